/* Anderson acceleration of a fixed-point map (Anderson 1965; type II in the
 * form of Walker and Ni, SIAM J. Numerical Analysis 49, 2011), in the
 * logarithms of y: with w = ln y, r = ln(map y) - w, and the differences dw_j
 * and dr_j of the last iterates,
 *
 *   ln y+ = w + r - sum_j c_j (dw_j + dr_j),
 *   c the minimiser of |r - sum_j c_j dr_j| in the Fisher metric at map y,
 *
 * before rows are divided by their sums. c is halved up to three times while F
 * comes out higher than at y; then y+ = map y, the differences are dropped, and
 * F has not risen. (Henderson and Varadhan, J. Computational and Graphical
 * Statistics 28, 2019, damp c by a ridge and restart every few steps; on these
 * problems both took more maps than halving.) */
#ifndef YS_ANDERSON_H
#define YS_ANDERSON_H

#include "solvers/em/logspace.h"

#include <stdbool.h>

enum { YS_ANDERSON_MOST = 10 };

typedef struct ys_anderson {
  const ys_objective *objective;
  size_t memory; /* most differences kept, 1 to YS_ANDERSON_MOST */
  size_t count;  /* differences made so far; the oldest are overwritten */
  bool primed;   /* value is F at y, and last and residual are filled */
  double value;
  double *last;     /* M x K: w of the iterate before */
  double *residual; /* M x K: its r, then that of this iterate */
  double *mapped;   /* M x K: w + r */
  double *change[YS_ANDERSON_MOST]; /* M x K each: dr_j */
  double *step[YS_ANDERSON_MOST];   /* M x K each: dw_j + dr_j */
  double *sums; /* blocks x (YS_ANDERSON_MOST + 1)^2: partial products */
} ys_anderson;

ys_code ys_anderson_init(ys_anderson *anderson, const ys_objective *objective,
                         size_t memory, ys_error *error);
void ys_anderson_free(ys_anderson *anderson);

/* Replace y by y+: one map and one or more evaluations of F. */
void ys_anderson_step(ys_anderson *anderson, ys_map *map, void *context,
                      ys_scratch *scratch, double *y);

#endif
