/* The solvers of a set of runs, each with the number that decides its colour
 * and the label that names it, the same in every figure drawn of the set. */
#ifndef SOLVER_STYLES_H
#define SOLVER_STYLES_H

#include "bench/analysis/groups.h"

#include <stdio.h>

enum {
  SOLVER_LABEL_LONGEST = 22,
  SOLVER_LABEL_ROOM = SOLVER_LABEL_LONGEST + 8
};

typedef struct solver_label {
  char text[SOLVER_LABEL_ROOM];
} solver_label;

/* A label for each solver, each unlike any other: its name and
 * options as given, if short enough; else without the keys of options whose
 * values are words (gsl:method=conjugate_fr becomes gsl:conjugate_fr); else
 * with its middle left out. Labels that come out the same are numbered. */
void solver_labels_make(const char *const *solvers, size_t count,
                        solver_label *labels);

typedef struct solver_styles {
  const char **names;   /* as in runs.csv, each once; borrowed from the set */
  solver_label *labels; /* of the same numbers */
  size_t count;         /* >= 1 */
  ys_memory memory;
} solver_styles;

/* Number the solvers in the order in which the groups have them. */
ys_code solver_styles_make(const group_set *set, solver_styles *solvers,
                           ys_error *error);
void solver_styles_free(solver_styles *solvers);

/* The number of a solver; their count if it is none of them. */
size_t solver_style_number(const solver_styles *solvers, const char *name);

/* For a caption: a line if the solver's label is not its name. */
void solver_style_explain(FILE *out, const solver_styles *solvers,
                          size_t number);

#endif
