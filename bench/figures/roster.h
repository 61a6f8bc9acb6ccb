/* The solvers of a set of runs, each with the number that decides its colour
 * and the label that names it, the same in every figure drawn of the set. */
#ifndef ROSTER_H
#define ROSTER_H

#include "bench/figures/legend.h"

#include <stdio.h>

typedef struct roster {
  const char **names;   /* as in runs.csv, each once; borrowed from the set */
  legend_label *labels; /* of the same numbers */
  size_t count;         /* >= 1 */
} roster;

/* Number the solvers in the order in which the groups have them. */
ys_code roster_make(const group_set *set, roster *solvers, ys_error *error);
void roster_free(roster *solvers);

/* The number of a solver, which must be one of them. */
size_t roster_number(const roster *solvers, const char *name);

/* For a caption: a line if the solver's label is not its name. */
void roster_explain(FILE *out, const roster *solvers, size_t number);

#endif
