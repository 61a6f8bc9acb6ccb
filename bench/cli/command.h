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

/* Print `candidate` and what it is, if it begins with `word`. */
typedef void command_offer(const char *word, const char *candidate,
                           const char *help);

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
  /* Offers a shell what may stand in place of the last of the words behind the
   * command's name, `count` standing before it; NULL: files. */
  void (*complete_word)(int count, char **words, command_offer *offer);
} command_spec;

/* Do the command, of which argv[0] is the name; returns the exit status. */
int command_run(const command_spec *of, int argc, char **argv);

/* Print its help page. */
ys_code command_print_help(const command_spec *of, ys_error *error);

#endif
