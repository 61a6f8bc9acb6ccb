/* Command-line arguments: a table says what a subcommand takes, and one parser
 * and one help page serve them all. */
#ifndef ARGS_H
#define ARGS_H

#include "problems/error.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum arg_kind {
  ARG_FLAG, /* --force */
  ARG_ONE,  /* --tol GAP, --tol=GAP */
  ARG_MANY, /* -p PROBLEM..., up to the next option; may be repeated */
} arg_kind;

/* One option of a subcommand; the first four fields are given, the rest found.
 * A table ends with an entry whose name is NULL. */
typedef struct arg {
  const char *name; /* without the dashes */
  char letter;      /* 0 if there is no short form */
  arg_kind kind;
  const char *help;  /* "VALUE  what it does" */
  const char **item; /* what was given, in order; owned */
  size_t count;
} arg;

typedef struct arg_help {
  const char *usage;      /* "ystep run -p PROBLEM... [options]" */
  const char *about;      /* a paragraph */
  const char *examples;   /* one a line */
  void (*put_list)(void); /* prints what is to follow `about`; NULL: nothing */
} arg_help;

/* Read argv[1..argc-1]. Words that belong to no option become positional: at
 * most `most` of them go to `positional` (their number to *found). Fails on
 * unknown options (naming the nearest), missing values, and words too many.
 * args_free releases what was found, after failure too. */
ys_code args_parse(int argc, char **argv, arg *table, const char **positional,
                   size_t most, size_t *found, ys_error *error);
void args_free(arg *table);

/* The option of that name, which must be in the table. */
const arg *args_get(const arg *table, const char *name);
/* The last value given for the option, or `fallback`. */
const char *args_text(const arg *table, const char *name, const char *fallback);
bool args_given(const arg *table, const char *name);
/* A number in [low, high]; `fallback` if the option is not given. */
ys_code args_number(const arg *table, const char *name, double low, double high,
                    double fallback, double *number, ys_error *error);

/* The same for a whole number. */
ys_code args_whole(const arg *table, const char *name, double low, double high,
                   double fallback, double *number, ys_error *error);

/* Print the help page on standard output. */
void args_print_help(const arg_help *help, const arg *table);

#endif
