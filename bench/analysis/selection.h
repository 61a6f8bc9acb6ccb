/* Which of a directory's runs a table or a figure is to show,
 * and for which gaps. */
#ifndef SELECTION_H
#define SELECTION_H

#include "bench/analysis/groups.h"
#include "bench/cli/args.h"
#include "bench/store/meta.h"

/* Rows of a subcommand's option table. */
#define SELECTION_OPTIONS                                                      \
  {"problem", 'p', ARG_MANY, NULL,                                             \
   "PROBLEM...  these only, by full text or name (`em`: with any options, "    \
   "`em:`: with none)"},                                                       \
      {"solver", 's', ARG_MANY, NULL, "SOLVER...  these only, likewise"},      \
      {"lambda", 0, ARG_MANY, NULL, "LAMBDA...  these only"},                  \
      {"loss", 0, ARG_MANY, NULL, "LOSS...  these only"},                      \
      {"fairness", 0, ARG_MANY, NULL, "FAIRNESS...  these only"},              \
      {"interrupted", 0, ARG_FLAG, NULL, "  also runs that were interrupted"}, \
  {                                                                            \
    "label", 0, ARG_MANY, NULL,                                                \
        "SPEC=TEXT...  what to call a problem or solver"                       \
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
/* Leave out the runs that were interrupted, with a note, unless the arguments
 * ask for them. */
ys_code selection_leave_out(const arg *args, const char *dir,
                            result_set *results, ys_error *error);

/* Label the runs, group them and apply the selection. */
ys_code selected_runs_choose(const arg *args, selected_runs *runs,
                             ys_error *error);
/* The same of one of several directories, of which --label may name what
 * another one has: labelling_check is to follow. */
ys_code selected_runs_choose_part(const arg *args, selected_runs *runs,
                                  ys_error *error);
void selected_runs_free(selected_runs *runs); /* accepts a zeroed one */

/* Read option `name`, which has a default, as finite numbers >= 0: *gaps, to be
 * freed, in descending order, each once. */
ys_code gap_levels_read(const arg *args, const char *name, double **gaps,
                        size_t *count, ys_error *error);

#endif
