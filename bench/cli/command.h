/* What commands do alike: read the arguments, show the help page, say what went
 * wrong, and return an exit status. */
#ifndef COMMAND_H
#define COMMAND_H

#include "bench/cli/args.h"

/* What the user wrote. */
typedef struct command_line {
  const struct command_spec *of;
  int argc;
  char **argv;
  arg *args;          /* the command's options, with what was given */
  const char **words; /* that belong to no option, in order */
  size_t word_count;
  int status; /* the exit status if all goes well; EXIT_DONE at first */
} command_line;

typedef struct command_spec {
  const char *name, *summary;
  const char *usage;      /* "ystep run -p PROBLEM... [options]" */
  const char *about;      /* a paragraph of the help page, */
  void (*put_list)(void); /* prints what is to follow it; NULL: nothing */
  const char *examples;   /* one a line */
  const arg_option *options;
  size_t least_words, most_words; /* that belong to no option */
  const char *missing_words;      /* the error if there are fewer */
  ys_code (*run)(command_line *line, ys_error *error);
} command_spec;

/* Do the command, of which argv[0] is the name; returns the exit status. */
int command_run(const command_spec *of, int argc, char **argv);

#endif
