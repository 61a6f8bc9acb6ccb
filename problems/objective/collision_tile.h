/* Collision's rows in lanes: what evaluation and the certificate need of a
 * tile. Private to problems/.
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

#include "problems/vector/lane_sums.h"
#include "problems/vector/tiles.h"

#include <float.h>

/* Sum of the losses -ln x of rows [begin, end), whose logarithms were added to
 * `logs`; infinite if one of them is. */
YS_INLINE double ys_collision_loss(ys_lane_logs *logs, const double *x,
                                   size_t begin, size_t end) {
  double value;
  if (ys_lane_logs_value(logs, &value))
    return -value;
  ys_sum sum = {0, 0};
  for (size_t i = begin; i < end; i++)
    ys_sum_add(&sum, x[i] > 0 && x[i] < INFINITY ? -log(x[i]) : INFINITY);
  return ys_sum_value(&sum);
}

/* The line t sigma + nu of one class of each row. */
typedef struct ys_line {
  ys_lanes sigma, nu;
} ys_line;

YS_INLINE ys_line ys_pick_line(ys_mask where, ys_line yes, ys_line no) {
  return (ys_line){ys_pick(where, yes.sigma, no.sigma),
                   ys_pick(where, yes.nu, no.nu)};
}

/* The lines of `groups` tiles of `count` rows side by side: sigma of class k in
 * tile g is at k * groups + g. */
typedef struct ys_lines {
  const ys_lanes *sigma;
  size_t groups, count, n;
  const double *nu;    /* n */
  size_t left;         /* class of largest nu: its line is highest as t -> 0 */
  const uint32_t *top; /* of each row, the class of largest sigma: as t ->
                          infinity */
} ys_lines;

YS_INLINE size_t ys_left_class(const double *nu, size_t n) {
  size_t first = 0;
  for (size_t k = 1; k < n; k++)
    first = nu[k] > nu[first] ? k : first;
  return first;
}

/* The search for the best scalars of a tile's rows. */
typedef struct ys_cuts {
  ys_lanes t;
  ys_lanes highest; /* max_k (t sigma_k + nu_k) */
  ys_line at;       /* a line that attains it */
  ys_line a, b;     /* active left and right of the optimum */
} ys_cuts;

/* The largest of some numbers, row by row, and what belongs to the first such
 * class. */
typedef struct ys_peak {
  ys_lanes value, label;
} ys_peak;

YS_INLINE void ys_meet(ys_peak *peak, ys_lanes value, ys_lanes label) {
  ys_mask higher = value > peak->value;
  peak->label = ys_pick(higher, label, peak->label);
  peak->value = ys_pick(higher, value, peak->value);
}

/* max_k (t sigma_k + nu_k) of each tile, and lines that attain them, up to
 * rounding. What lies `ahead`, if not NULL, is fetched. One tile's classes are
 * searched in as many strands as there would be tiles, which need not wait for
 * each other. */
YS_INLINE void ys_highest_lines(const ys_lines *lines, const ys_ahead *ahead,
                                ys_cuts *cuts) {
  const size_t groups = lines->groups, most = lines->n * groups;
  const size_t whole = most - most % YS_GROUPS;
  const ys_lanes *restrict sigma = lines->sigma;
  const double *restrict nu = lines->nu;
  ys_peak peaks[YS_GROUPS];
  for (size_t g = 0; g < YS_GROUPS; g++)
    peaks[g] = (ys_peak){ys_all(-INFINITY), {0}};
  for (size_t i = 0; i < whole; i += YS_GROUPS)
    for (size_t g = 0; g < YS_GROUPS; g++) {
      if (ahead)
        ys_fetch(ahead, i + g);
      ys_meet(peaks + g,
              cuts[(i + g) % groups].t * sigma[i + g] + nu[(i + g) / groups],
              sigma[i + g]);
    }
  for (size_t i = whole; i < most; i++)
    ys_meet(peaks, cuts[i % groups].t * sigma[i] + nu[i / groups], sigma[i]);
  for (size_t g = groups; g < YS_GROUPS; g++)
    ys_meet(peaks, peaks[g].value, peaks[g].label);
  for (size_t g = 0; g < groups; g++) {
    const ys_lanes slope = peaks[g].label;
    cuts[g].highest = peaks[g].value;
    cuts[g].at = (ys_line){slope, peaks[g].value - cuts[g].t * slope};
  }
}

/* The lines that are highest as t -> 0 and as t -> infinity. */
YS_INLINE void ys_outer_lines(const ys_lines *lines, ys_cuts *cuts) {
  const size_t groups = lines->groups, last = lines->count - 1;
  for (size_t g = 0; g < groups; g++) {
    ys_line b = {{0}, {0}};
    for (size_t l = 0; l < YS_LANES; l++) {
      const size_t k = lines->top[g * YS_LANES + (l < last ? l : last)];
      b.sigma[l] = lines->sigma[k * groups + g][l];
      b.nu[l] = lines->nu[k];
    }
    cuts[g].a = (ys_line){lines->sigma[lines->left * groups + g],
                          ys_all(lines->nu[lines->left])};
    cuts[g].b = b;
  }
}

/* argmax over t of ln t - max(line a, line b), where sigma_a <= sigma_b: where
 * they cross, t = (nu_a - nu_b) / (sigma_b - sigma_a), or, if the optimum of
 * one alone, 1 / sigma_a or 1 / sigma_b, lies on its side, there. */
YS_INLINE ys_lanes ys_two_line_optimum(const ys_line *a, const ys_line *b) {
  const ys_lanes rise = b->sigma - a->sigma, fall = a->nu - b->nu;
  ys_mask left = fall * a->sigma > rise;
  ys_mask right = ~((rise > 0) & (fall * b->sigma > rise));
  ys_lanes over = ys_pick(left, a->sigma, rise);
  over = ys_pick(right, b->sigma, over);
  return ys_pick(left | right, ys_all(1), fall) / over;
}

/* Replace line a or b by the highest at t where that is above both, by more
 * than rounding: there. */
YS_INLINE ys_mask ys_cut(ys_cuts *c) {
  const ys_lanes rise = c->t * c->at.sigma;
  const ys_lanes blur = 4 * DBL_EPSILON * (rise + ys_absolute(c->at.nu));
  ys_mask open = (c->highest - (c->t * c->a.sigma + c->a.nu) > blur) &
                 (c->highest - (c->t * c->b.sigma + c->b.nu) > blur);
  c->a = ys_pick_line(open & (rise < 1), c->at, c->a);
  c->b = ys_pick_line(open & (rise >= 1), c->at, c->b);
  return open;
}

/* From outer lines, or better ones, the t > 0 that give the best bounds, or
 * some near them (any gives a bound), and what is highest there. What lies
 * `ahead`, if not NULL, is fetched meanwhile. */
YS_INLINE void ys_best_scalars(const ys_lines *lines, const ys_ahead *ahead,
                               ys_cuts *cuts) {
  enum { MOST_CUTS = 64 };
  const size_t groups = lines->groups;
  for (size_t g = 0; g < groups; g++)
    cuts[g].t = ys_two_line_optimum(&cuts[g].a, &cuts[g].b);
  for (int cut = 1;; cut++) {
    ys_mask open[YS_GROUPS], any = {0};
    ys_highest_lines(lines, cut == 1 ? ahead : NULL, cuts);
    for (size_t g = 0; g < groups; g++)
      any |= open[g] = ys_cut(cuts + g);
    if (cut == MOST_CUTS || !ys_any(any))
      return;
    any = (ys_mask){0};
    for (size_t g = 0; g < groups; g++) {
      ys_lanes t = ys_two_line_optimum(&cuts[g].a, &cuts[g].b);
      any |= open[g] & (t != cuts[g].t);
      cuts[g].t = ys_pick(open[g], t, cuts[g].t);
    }
    if (!ys_any(any))
      return;
  }
}

/* phi(nu) = 1 + ln t - h, h = max_k (t sigma_k + nu_k), but for ln t, which
 * goes into `logs`: a bound up to rounding. */
YS_INLINE ys_lanes ys_collision_duals(const ys_lines *lines,
                                      const ys_ahead *ahead,
                                      ys_lane_logs *logs) {
  const ys_mask live = ys_live(lines->count);
  ys_cuts cuts[YS_GROUPS] = {{.t = {0}}};
  ys_lanes rest = {0};
  ys_outer_lines(lines, cuts);
  ys_best_scalars(lines, ahead, cuts);
  for (size_t g = 0; g < lines->groups; g++) {
    rest += ys_only(live, 1 - cuts[g].highest);
    ys_lane_logs_add(logs, ys_pick(live, cuts[g].t, ys_all(1)));
  }
  return rest;
}

/* As ys_row_gap of rowbound.h. */
typedef struct ys_tile_gap {
  ys_lanes gap, frank_wolfe, level;
} ys_tile_gap;

/* The gaps of rows p = y / sum, with x = sigma . p, y >= 0 (method.md, 2, "The
 * gap"):
 *
 *   gap = sum_k p_k [h - (t sigma_k + nu_k)] + e(t x),
 *   h = max_j (t sigma_j + nu_j),
 *
 * at the best t; at t = 1 / x it is Frank-Wolfe's, whose e(1) is 0. */
YS_INLINE void ys_collision_gaps(const ys_lines *lines,
                                 const ys_lanes *restrict y,
                                 const ys_lanes *sum, const ys_lanes *x,
                                 ys_tile_gap *gaps) {
  const size_t groups = lines->groups;
  ys_cuts cuts[YS_GROUPS];
  ys_lanes own[YS_GROUPS], own_t[YS_GROUPS];
  for (size_t g = 0; g < groups; g++) {
    cuts[g].t = own_t[g] =
        ys_smaller(1 / x[g], ys_all(DBL_MAX)); /* 0 * it: 0 */
    gaps[g] = (ys_tile_gap){.gap = {0}};
  }
  ys_outer_lines(lines, cuts);
  ys_highest_lines(lines, NULL, cuts);
  for (size_t g = 0; g < groups; g++) {
    own[g] = cuts[g].highest;
    ys_cut(cuts + g);
  }
  ys_best_scalars(lines, NULL, cuts);
  for (size_t k = 0; k < lines->n; k++)
    for (size_t g = 0; g < groups; g++) {
      const ys_lanes s = lines->sigma[k * groups + g], p = y[k * groups + g];
      const double nu = lines->nu[k];
      gaps[g].gap += p * (cuts[g].highest - (cuts[g].t * s + nu));
      gaps[g].frank_wolfe += p * (own[g] - (own_t[g] * s + nu));
    }
  for (size_t g = 0; g < groups; g++) {
    gaps[g].gap = gaps[g].gap / sum[g] + ys_lanes_log_excess(cuts[g].t * x[g]);
    gaps[g].frank_wolfe /= sum[g];
    gaps[g].level = ys_absolute(cuts[g].highest);
  }
}

#endif
