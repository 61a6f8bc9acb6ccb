/* Which of a directory's runs a table or a figure is to show,
 * and for which gaps. */
#ifndef SELECTION_H
#define SELECTION_H

#include "bench/analysis/groups.h"
#include "bench/cli/args.h"

/* Rows of a subcommand's option table. */
#define SELECTION_OPTIONS                                                      \
  {"problem",                                                                  \
   'p',                                                                        \
   ARG_MANY,                                                                   \
   "PROBLEM...  these only, by full text or name (`em`: with any options, "    \
   "`em:`: with none)",                                                        \
   0,                                                                          \
   0},                                                                         \
      {"solvers", 's', ARG_MANY, "SOLVER...  these only, likewise", 0, 0},     \
      {"lambda", 0, ARG_MANY, "X...  these only", 0, 0},                       \
      {"loss", 0, ARG_MANY, "LOSS...  these only", 0, 0}, {                    \
    "fairness", 0, ARG_MANY, "FAIRNESS...  these only", 0, 0                   \
  }

/* Leave in `set` what the options of `args` select. Refuses a word that nothing
 * in the directory matches (naming the nearest that would), and a selection
 * that leaves nothing. */
ys_code selection_apply(const arg *args, group_set *set, ys_error *error);

/* Read option `name` as finite numbers >= 0, or take the `usual` ones if it is
 * not given: *gaps, to be freed, in descending order, each once. */
ys_code gap_levels_read(const arg *args, const char *name, const double *usual,
                        size_t usual_count, double **gaps, size_t *count,
                        ys_error *error);

#endif
