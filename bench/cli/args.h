/* Command-line arguments: a table says what a subcommand takes, and one parser
 * and one help page serve them all. */
#ifndef ARGS_H
#define ARGS_H

#include "problems/options.h"

typedef enum arg_kind {
  ARG_FLAG, /* --force */
  ARG_ONE,  /* --tol GAP, --tol=GAP */
  ARG_MANY, /* -p PROBLEM..., up to the next option or "--"; may be repeated */
} arg_kind;

/* A row of a subcommand's table, which ends with one whose name is NULL. --help
 * and --quiet are options of every table and stand in none. */
typedef struct arg_option {
  const char *name; /* without the dashes */
  char letter;      /* 0 if there is no short form */
  arg_kind kind;
  const char *fallback; /* default, as a user would write it; NULL: none, or
                           one that is not constant */
  const char *help;     /* "VALUE  what it does"; %s stands for the default */
} arg_option;

/* An option and what was given for it, in order. */
typedef struct arg {
  arg_option option;
  const char **item; /* owned */
  size_t count;
} arg;

/* The options of a table, --quiet and --help, with nothing given yet; NULL
 * without memory. */
arg *args_make(const arg_option *table);
void args_free(arg *args); /* accepts NULL */

/* Read argv[1..argc-1]. Words that belong to no option, or stand behind "--",
 * become positional: at
 * most `most` of them go to `positional` (their number to *found). Fails on
 * unknown options (naming the nearest), missing values, and words too many. */
ys_code args_parse(int argc, char **argv, arg *args, const char **positional,
                   size_t most, size_t *found, ys_error *error);

/* The option of that name, which must be in the table. */
const arg *args_get(const arg *args, const char *name);
bool args_given(const arg *args, const char *name);

/* The last value given for the option, or its default. */
const char *args_text(const arg *args, const char *name);

/* All values given for the option, or its one default; borrowed. */
typedef struct arg_texts {
  const char *const *item;
  size_t count;
} arg_texts;
arg_texts args_texts(const arg *args, const char *name);

/* The value's place among `names`; or fail, with `refusal`, in which %s stands
 * for the value, or if that is NULL with the nearest name. */
ys_code args_choice(const arg *args, const char *name, ys_names names,
                    const char *refusal, size_t *choice, ys_error *error);

/* A number in [low, high]. Here and below, what has neither a value nor a
 * default leaves the variable as it is. */
ys_code args_number(const arg *args, const char *name, double low, double high,
                    double *number, ys_error *error);

/* All finite numbers >= 0 of the option, or the default, whose numbers blanks
 * part. *numbers is to be freed, on failure too. */
ys_code args_numbers(const arg *args, const char *name, double **numbers,
                     size_t *count, ys_error *error);

/* Whole numbers. */
typedef struct arg_whole {
  const char *name;
  double low, high;
  void *whole; /* a long, an unsigned long or a size_t */
} arg_whole;
ys_code args_wholes(const arg *args, const arg_whole *wholes, size_t count,
                    ys_error *error);

#define ARGS_MOST_SEED 4294967295.0

/* --threads; all cores if there is neither a value nor a default. */
ys_code args_threads(const arg *args, int *threads, ys_error *error);

/* What the option does, with its default. */
enum { ARGS_HELP_ROOM = 256 };
const char *args_help(const arg *of, char text[ARGS_HELP_ROOM]);

#endif
