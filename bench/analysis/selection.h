/* Which of a directory's runs a table or a figure is to show,
 * and for which gaps. */
#ifndef SELECTION_H
#define SELECTION_H

#include "bench/analysis/groups.h"
#include "bench/cli/args.h"
#include "bench/store/provenance.h"

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

/* A run directory, and those of its runs that are asked for. */
typedef struct selected_runs {
  const char *dir;
  result_set results; /* all of its runs */
  provenance made;
  group_set set; /* the selected ones */
} selected_runs;

/* Read the directory: its runs, unless it has none to be read (`with_runs` is
 * false), and where they come from. selected_runs_free is for failures, too. */
ys_code selected_runs_read(const char *dir, bool with_runs, selected_runs *runs,
                           ys_error *error);
/* Group the runs and apply the selection. */
ys_code selected_runs_choose(const arg *args, selected_runs *runs,
                             ys_error *error);
void selected_runs_free(selected_runs *runs); /* accepts a zeroed one */

/* Read option `name` as finite numbers >= 0, or take the `usual` ones if it is
 * not given: *gaps, to be freed, in descending order, each once. */
ys_code gap_levels_read(const arg *args, const char *name, const double *usual,
                        size_t usual_count, double **gaps, size_t *count,
                        ys_error *error);

#endif
