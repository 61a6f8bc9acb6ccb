/* The y-step in 128-bit arithmetic, written from the definitions of
 * docs/method.md, sections 1 and 2, and sharing no code with the program: F at
 * a point, the dual function at multipliers, and a bracket of the optimum. */
#ifndef TRUTH_H
#define TRUTH_H

#include "problems/objective.h"

#include <quadmath.h>

typedef __float128 quad;

/* F at y, its rows divided by their sums; infinite outside the domain. */
quad truth_value(const ys_objective *f, const double *y);
/* The same where y is in quad. */
quad truth_value_quad(const ys_objective *f, const quad *y);

/* The dual function g(nu), K multipliers: F* >= g(nu). */
quad truth_dual(const ys_objective *f, const quad *nu);

/* g(nu) <= F* <= F(y) at a y and a nu found by an interior point in quad. */
typedef struct truth_bracket {
  quad lower, upper;
  double level; /* mean_i |mu_i|, that rounding is relative to */
} truth_bracket;

/* False where the two ends could not be brought within 1e-15 (1 + |F*|). */
bool truth_bracket_optimum(const ys_objective *f, truth_bracket *bracket);

#endif
