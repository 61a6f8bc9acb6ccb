/* One row's part of the certificate. For multipliers nu the row's dual value is
 *
 *   phi_i(nu) = min over the simplex of  loss(sigma_i, y) - nu . y,
 *
 * and loss(sigma_i, y_i) - nu . y_i - phi_i(nu) >= 0 is the row's gap. Formulas
 * and proofs: docs/method.md, "The certificate". For shannon and reverse;
 * collision's rows go side by side, in collision_tile.h. */
#ifndef YS_ROWBOUND_H
#define YS_ROWBOUND_H

#include "problems/objective.h"

typedef struct ys_row_gap {
  double gap;         /* row gap, a sum of terms that are never negative */
  double frank_wolfe; /* the same at the row's own gradient */
  double level;       /* size of the numbers subtracted: for rounding */
} ys_row_gap;

/* The gap of row y (n entries >= 0, summing to 1) at nu (n finite entries). The
 * loss of y must be finite. */
ys_row_gap ys_row_gap_at(ys_loss loss, const double *sigma, const double *y,
                         const double *nu, size_t n);

/* phi_i(nu), rounded to nearest: a bound up to rounding. */
double ys_row_dual(ys_loss loss, const double *sigma, const double *nu,
                   size_t n);

/* r - 1 - ln r >= 0 for finite r >= 0 (infinite at 0), to a relative 2e-13 near
 * r = 1 and to rounding elsewhere. */
double ys_log_excess(double r);

/* a e(b / a) = b - a - a ln(b / a) >= 0 with e the above, for a, b >= 0 not
 * both 0: the term of a Kullback-Leibler divergence between distributions,
 * which so loses nothing to cancellation. b where b / a is too large for a
 * double. */
double ys_excess(double a, double b);

#endif
