/* The subcommands of ystep, and what they do alike: read the arguments, show
 * the help page, say what went wrong, and return an exit status. */
#ifndef COMMAND_H
#define COMMAND_H

#include "bench/cli/args.h"

/* What the user wrote. */
typedef struct command_line {
  int argc;
  char **argv;
  arg *args;          /* the command's options, with what was given */
  const char **words; /* that belong to no option, in order */
  size_t word_count;
} command_line;

typedef struct command_spec {
  const arg *options; /* ends with an entry whose name is NULL */
  const arg_help *help;
  size_t least_words, most_words; /* that belong to no option */
  const char *missing_words;      /* the error if there are fewer */
  /* Do it; *status is EXIT_DONE, and becomes the exit status if all is well. */
  ys_code (*run)(const command_line *line, int *status, ys_error *error);
} command_spec;

int command_run(const command_spec *of, int argc, char **argv);

/* argv[0] is the subcommand's name; each returns the program's exit status. */

int cmd_list(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_sweep(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_repair(int argc, char **argv);
int cmd_worker(void); /* one run of a sweep; not listed */
int cmd_check(int argc, char **argv);
int cmd_plot(int argc, char **argv);
int cmd_table(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_train(int argc, char **argv);
int cmd_labels(int argc, char **argv);
int cmd_scores(int argc, char **argv);
int cmd_gen(int argc, char **argv);

#endif
