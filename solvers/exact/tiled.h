/* Rows in doubt of few classes, YS_LANES side by side with all of their
 * classes: what answers cost there is not classes but branches. docs/method.md,
 * "The exact solver". */
#ifndef YS_EXACT_TILED_H
#define YS_EXACT_TILED_H

#include "solvers/exact/candidates.h"

/* How many whole numbers are added up, of n classes. */
static inline size_t ys_tiled_sums(size_t n) {
  return n + 2 * n * n;
}

/* The candidates' rows, as they have been chosen, into their tiles. */
void ys_tiled_read(ys_candidates *c, const ys_work *work);

/* As ys_candidates_ask, from the tiles; and the weights of pairs of classes. */
void ys_tiled_ask(ys_candidates *c, const ys_work *work, const double *nu,
                  const ys_window *window, double *ybar);

#endif
