/* How long every solver took on every y-step to come within one gap. */
#ifndef GAPMATRIX_H
#define GAPMATRIX_H

#include "bench/analysis/timetogap.h"
#include "bench/figures/plot.h"

typedef struct gap_matrix {
  const group_set *set;  /* borrowed */
  const roster *solvers; /* borrowed */
  double gap;
  gap_summary *cells; /* groups x solvers; without runs where the solver has
                         none or does not serve the y-step */
} gap_matrix;

ys_code gapmatrix_make(const group_set *set, const roster *solvers, double gap,
                       gap_matrix *made, ys_error *error);
void gapmatrix_free(gap_matrix *made);

const gap_summary *gapmatrix_at(const gap_matrix *of, size_t group,
                                size_t solver);

/* Whether the solver does not serve the y-step, or was not built. */
bool gapmatrix_is_unsupported(const solver_runs *solver);

/* Whether the solver ran on any of the y-steps. */
bool gapmatrix_ran(const gap_matrix *of, size_t solver);

/* Seconds or iterations, medians over repeats: infinite if half of the runs or
 * more did not come within the gap, or there are none. */
double gapmatrix_cost(const gap_summary *cell, plot_axis axis);

/* How many repeats the cells have: "3", or "1 to 3". */
void gapmatrix_runs_text(const gap_matrix *of, char *text, size_t room);

/* For a caption: what within the gap means, and who did not run where. */
void gapmatrix_explain(FILE *out, const gap_matrix *of);

#endif
