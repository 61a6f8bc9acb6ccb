/* The formulas of the fairness term, one class at a time, each once. docs/
 * method.md: sections 1 (value, nu), 2 (dual function, rounding) and 3
 * (stiffness: Frank-Wolfe's and the interior point's).
 *
 *   strong   lambda KL(u || z) = lambda sum_k u_k ln(u_k / z_k)
 *   weak     lambda KL(z || u) = lambda sum_k z_k ln(z_k / u_k)
 *
 * z is ybar, or, for those that have `rows` as an argument, may be the column
 * sums, rows * ybar. */
#ifndef YS_FAIRNESS_H
#define YS_FAIRNESS_H

#include "problems/objective.h"
#include "problems/objective/rowbound.h"
#include "problems/vector/simd.h"

#include <math.h>

/* u ln(u / z), z ln(z / u): what the definition adds up. 0 ln 0 = 0. */
YS_INLINE double ys_fairness_definition(ys_fairness fairness, double u,
                                        double z) {
  if (fairness == YS_STRONG)
    return u * log(u / z);
  return z != 0 ? z * log(z / u) : 0;
}

/* u e(z / u), z e(u / z), e(r) = r - 1 - ln r: the same sum where z and u both
 * add up to 1, without cancellation (2, "Fairness"). Nats / lambda. */
YS_INLINE double ys_fairness_term(ys_fairness fairness, double u, double z) {
  return fairness == YS_STRONG ? ys_excess(u, z) : ys_excess(z, u);
}

/* nu = lambda u / ybar. */
YS_INLINE double ys_strong_multiplier(double lambda, double u, double ybar) {
  return lambda * u / ybar;
}

/* nu, minus the term's derivative by ybar (section 1): lambda u / ybar, or
 * -lambda (ln(ybar / u) + 1); at z = rows * ybar. */
YS_INLINE double ys_fairness_multiplier(ys_fairness fairness, double lambda,
                                        double u, double z, double rows) {
  if (lambda == 0)
    return 0;
  if (fairness == YS_STRONG)
    return ys_strong_multiplier(lambda * rows, u, z);
  return -lambda * (log(z / (rows * u)) + 1);
}

/* -dnu / dz, the second derivative: lambda u / z^2, or lambda / z. */
YS_INLINE double ys_fairness_stiffness(ys_fairness fairness, double lambda,
                                       double u, double z) {
  return fairness == YS_STRONG ? lambda * u / (z * z) : lambda / z;
}

/* |ybar d/dybar| along the simplex, where the derivative is 0 at ybar = u:
 * |ybar - u|, or ybar |ln(ybar / u)| (2, "Rounding": a term of D). */
YS_INLINE double ys_fairness_steepness(ys_fairness fairness, double u,
                                       double ybar) {
  if (fairness == YS_STRONG)
    return fabs(ybar - u);
  return ybar > 0 ? ybar * fabs(log(ybar / u)) : 0;
}

/* What the definition's term changes by from `mean` to `after`, which is `mean`
 * + `shift` unless hardly any is left: -u ln(after / mean), or
 * shift ln(after / u) + mean ln(after / mean). */
YS_INLINE double ys_fairness_change(ys_fairness fairness, double weight,
                                    double u, double mean, double shift,
                                    double after, bool hardly_any) {
  if (fairness == YS_STRONG)
    return -weight * u * (hardly_any ? log(after / mean) : log1p(shift / mean));
  if (!hardly_any)
    return weight * (shift * log(after / u) + mean * log1p(shift / mean));
  return weight *
         ((after > 0 ? after * log(after / u) : 0) - mean * log(mean / u));
}

/* lambda u ln(nu / lambda): strong psi(nu) is lambda + their sum (2). */
YS_INLINE double ys_strong_dual_term(double lambda, double u, double nu) {
  return lambda * u * log(nu / lambda);
}

/* u exp(-nu / lambda): weak psi(nu) is -lambda ln of their sum, and its
 * minimiser w is proportional to them (2). */
YS_INLINE double ys_weak_tilt(double lambda, double u, double nu) {
  return u * exp(-nu / lambda);
}

#endif
