/* Charts of the simplex: every v, M x K, gives rows y_i on the simplex, so that
 * a minimiser that knows no equations can be used on v.
 *
 *   y_ik = w(v_ik) / sum_j w(v_ij),    w(v) = e^v, v^2 or v
 *   M dF/dv_ik = w'(v_ik) / sum_j w(v_ij) * (G_ik - sum_j y_ij G_ij)
 *
 * with G = M dF/dy. What they cost: under e^v and v^2 a row that comes near a
 * vertex has next to no gradient left there, right vertex or wrong; under v,
 * which must stay >= 0 (below counts as 0), a vertex is a bound like any other.
 * Where sigma_ik = 0 makes the loss infinite (shannon), y_ik is 0 whatever
 * v_ik. */
#ifndef YS_CHARTS_H
#define YS_CHARTS_H

#include "problems/objective.h"

typedef enum ys_chart {
  YS_SOFTMAX, /* w = e^v */
  YS_SQUARES, /* w = v^2 */
  YS_RATIO,   /* w = v >= 0 */
} ys_chart;

/* y at v; they must not overlap. Under softmax entries stay above e^-690 of
 * their row's largest. A row without a positive weight is not a number. */
void ys_chart_labels(const ys_objective *objective, ys_chart chart,
                     const double *v, double *y);

/* A v that gives y, but for its zeros, which count as 1e-12: softmax has none,
 * squares leave them no gradient, and F may have none there. v may be y. */
void ys_chart_inverse(const ys_objective *objective, ys_chart chart,
                      const double *y, double *v);

/* M dF/dv at v, from y there and G, which is overwritten with it. */
void ys_chart_slope(const ys_objective *objective, ys_chart chart,
                    const double *v, const double *y, double *gradient);

#endif
