/* Collision's rows in lanes: what evaluation and the certificate need of a
 * tile. Private to problems/. Column k of a tile is at k * step.
 *
 * For multipliers nu a row's dual value is one concave problem in t,
 *
 *   phi(nu) = max over t > 0 of  1 + ln t - max_k (t sigma_k + nu_k).
 *
 * It is solved by cutting planes: lines a and b, active left and right of the
 * optimum, are replaced by the line active at the optimum of the problem with
 * those two alone, until it is one of them. */
#ifndef YS_COLLISION_TILE_H
#define YS_COLLISION_TILE_H

#include "logarithm.h"

#include <float.h>

/* -ln x; infinite wherever that is no finite number. */
YS_INLINE ys_lanes ys_collision_loss(ys_lanes x) {
  ys_mask finite = (x > 0) & (x < INFINITY);
  return ys_pick(finite, -ys_logarithm(x), ys_all(INFINITY));
}

/* The line t sigma + nu of one class of each row. */
typedef struct ys_line {
  ys_lanes sigma, nu;
} ys_line;

YS_INLINE ys_line ys_pick_line(ys_mask where, ys_line yes, ys_line no) {
  return (ys_line){ys_pick(where, yes.sigma, no.sigma),
                   ys_pick(where, yes.nu, no.nu)};
}

/* max_k (t sigma_k + nu_k), and a line that attains it. */
YS_INLINE ys_lanes ys_highest_line(const ys_lanes *restrict sigma, size_t step,
                                   const double *restrict nu, ys_lanes t,
                                   size_t n, ys_line *at) {
  ys_lanes highest = ys_all(-INFINITY);
  ys_line best = {sigma[0], ys_all(nu[0])};
  for (size_t k = 0; k < n; k++) {
    const ys_lanes s = sigma[k * step];
    ys_lanes value = t * s + nu[k];
    ys_mask higher = value > highest;
    highest = ys_pick(higher, value, highest);
    best.sigma = ys_pick(higher, s, best.sigma);
    best.nu = ys_pick(higher, ys_all(nu[k]), best.nu);
  }
  *at = best;
  return highest;
}

/* The class of largest nu, whose line is highest as t -> 0. */
YS_INLINE size_t ys_left_class(const double *nu, size_t n) {
  size_t first = 0;
  for (size_t k = 1; k < n; k++)
    first = nu[k] > nu[first] ? k : first;
  return first;
}

/* The same, and the line of largest sigma, which is highest as t -> infinity.
 */
YS_INLINE ys_lanes ys_first_lines(const ys_lanes *restrict sigma, size_t step,
                                  const double *restrict nu, ys_lanes t,
                                  size_t n, ys_line *at, ys_line *steepest) {
  ys_lanes highest = t * sigma[0] + nu[0];
  ys_line best = {sigma[0], ys_all(nu[0])}, last = best;
  for (size_t k = 1; k < n; k++) {
    const ys_lanes s = sigma[k * step];
    const ys_line line = {s, ys_all(nu[k])};
    ys_lanes value = t * s + nu[k];
    best = ys_pick_line(value > highest, line, best);
    last = ys_pick_line(s > last.sigma, line, last);
    highest = ys_pick(value > highest, value, highest);
  }
  *at = best;
  *steepest = last;
  return highest;
}

/* argmax over t of ln t - max(line a, line b), where sigma_a <= sigma_b. */
YS_INLINE ys_lanes ys_two_line_optimum(const ys_line *a, const ys_line *b) {
  ys_lanes right = 1 / b->sigma;
  ys_lanes crossing = (a->nu - b->nu) / (b->sigma - a->sigma);
  ys_lanes middle = ys_pick(crossing * a->sigma > 1, 1 / a->sigma, crossing);
  return ys_pick((right < crossing) & (b->sigma > a->sigma), middle, right);
}

YS_INLINE ys_mask ys_same_line(const ys_line *a, const ys_line *b) {
  return (a->sigma == b->sigma) & (a->nu == b->nu);
}

/* The t > 0 that gives the best bound, or one near it; any gives a bound. The
 * search begins at t = start. `left` is ys_left_class. *highest and *at_start
 * are max_k (t sigma_k + nu_k) at the t found and at the start. */
YS_INLINE ys_lanes ys_best_scalar(const ys_lanes *sigma, size_t step,
                                  const double *nu, size_t left, size_t n,
                                  ys_lanes start, ys_lanes *highest,
                                  ys_lanes *at_start) {
  enum { MOST_CUTS = 64 };
  ys_line a = {sigma[left * step], ys_all(nu[left])}, b, j;
  *at_start = ys_first_lines(sigma, step, nu, start, n, &j, &b);
  ys_mask is_left = start * j.sigma < 1;
  a = ys_pick_line(is_left, j, a);
  b = ys_pick_line(is_left, b, j);
  ys_lanes t = ys_two_line_optimum(&a, &b);
  for (int cut = 1;; cut++) {
    *highest = ys_highest_line(sigma, step, nu, t, n, &j);
    ys_mask open = ~(ys_same_line(&j, &a) | ys_same_line(&j, &b));
    if (!ys_any(open) || cut == MOST_CUTS)
      return t;
    is_left = t * j.sigma < 1;
    a = ys_pick_line(open & is_left, j, a);
    b = ys_pick_line(open & ~is_left, j, b);
    ys_lanes next = ys_pick(open, ys_two_line_optimum(&a, &b), t);
    if (!ys_any(next != t))
      return t;
    t = next;
  }
}

/* phi(nu), rounded to nearest: a bound up to rounding. */
YS_INLINE ys_lanes ys_collision_dual(const ys_lanes *sigma, size_t step,
                                     const double *nu, size_t left, size_t n) {
  ys_lanes highest, unused;
  ys_lanes t =
      ys_best_scalar(sigma, step, nu, left, n, ys_all(1), &highest, &unused);
  return 1 + ys_logarithm(t) - highest;
}

/* As ys_row_gap of rowbound.h. */
typedef struct ys_tile_gap {
  ys_lanes gap, frank_wolfe, level;
} ys_tile_gap;

/* The gap of rows y / sum, with x = sigma . y / sum. y >= 0. */
YS_INLINE ys_tile_gap ys_collision_gap(const ys_lanes *restrict sigma,
                                       const ys_lanes *restrict y, size_t step,
                                       ys_lanes sum, ys_lanes x,
                                       const double *restrict nu, size_t left,
                                       size_t n) {
  ys_lanes highest, own, slack = {0}, own_slack = {0};
  ys_lanes own_t = ys_smaller(1 / x, ys_all(DBL_MAX)); /* 0 * own_t stays 0 */
  ys_lanes t = ys_best_scalar(sigma, step, nu, left, n, own_t, &highest, &own);
  for (size_t k = 0; k < n; k++) {
    const ys_lanes s = sigma[k * step], p = y[k * step];
    slack += p * (highest - (t * s + nu[k]));
    own_slack += p * (own - (own_t * s + nu[k]));
  }
  return (ys_tile_gap){slack / sum + ys_lanes_log_excess(t * x),
                       own_slack / sum, ys_absolute(highest)};
}

#endif
