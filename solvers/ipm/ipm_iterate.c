/* One iteration of the interior point. It factorises once and solves a few
 * times: Mehrotra's predictor (SIAM J. Optim. 2, 1992), whose success sets the
 * target of the products; the direction with second order terms; and centrality
 * correctors while they pay (Gondzio, Comput. Optim. Appl. 6, 1996). Rows are
 * tied together by K numbers alone, so where the common step comes out short,
 * rows may go apart: each as far as it can, and then to its own centre. The
 * duality gap that either way leads to decides. */
#include "solvers/ipm/ipm_state.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* ----------------------------------------------------------- directions ----
 */

/* The best of some lengths, and its gap. */
static double best_of(ys_ipm_state *p, const ys_ipm_length *by, size_t count,
                      ys_ipm_length *best) {
  double gap[YS_IPM_TRIALS];
  size_t least = 0;
  ys_ipm_trial(p, by, count, gap);
  for (size_t q = 1; q < count; q++)
    if (gap[q] < gap[least])
      least = q;
  *best = by[least];
  return gap[least];
}

/* Try the common length; if rows may go apart, also full length, and between.
 * The best length and its gap. */
static double best_length(ys_ipm_state *p, double target, bool apart,
                          ys_ipm_length *best) {
  const ys_ipm_length common = ys_ipm_common_length(p);
  const double y = sqrt(common.y), s = fmin(sqrt(common.s), common.nu);
  const double together = fmin(common.s, common.nu);
  const ys_ipm_length by[YS_IPM_TRIALS] = {{common.y, together, together, 0},
                                           {y, s, s, 0},
                                           {1, common.nu, common.nu, target}};
  return best_of(p, by, apart ? YS_IPM_TRIALS : 1, best);
}

/* Shorter steps of all rows together: the best length and its gap. */
static double shorter_length(ys_ipm_state *p, ys_ipm_length *best) {
  const ys_ipm_length common = ys_ipm_common_length(p);
  ys_ipm_length by[YS_IPM_TRIALS];
  double length = fmin(common.y, fmin(common.s, common.nu));
  for (size_t q = 0; q < YS_IPM_TRIALS; q++) {
    length *= q ? 0.25 : 0.5;
    by[q] = (ys_ipm_length){length, length, length, 0};
  }
  return best_of(p, by, YS_IPM_TRIALS, best);
}

static void exchange_directions(ys_ipm_state *p) {
  ys_ipm_direction kept = p->now;
  p->now = p->spare;
  p->spare = kept;
}

/* What an iteration aims at. */
typedef struct plan {
  double target; /* of the products */
  double keep;   /* steps stay this fraction inside */
  bool apart;    /* whether rows may go apart */
} plan;

/* The direction of a plan, improved by centrality correctors as long as each
 * takes a tenth off the gap that it leads to. */
static double find_direction(ys_ipm_state *p, plan to, ys_ipm_length *by) {
  ys_ipm_solve(p, to.target, 1);
  ys_ipm_direct(p, to.target, to.keep, p->correctors > 0);
  double gap = best_length(p, to.target, to.apart, by);
  for (int i = 1; i <= p->correctors && !ys_stop_is_wanted(p->stop); i++) {
    ys_ipm_length other;
    exchange_directions(p);
    ys_ipm_solve(p, to.target, 1);
    ys_ipm_direct(p, to.target, to.keep, i < p->correctors);
    double found = best_length(p, to.target, to.apart, &other);
    if (!(found < 0.9 * gap)) {
      exchange_directions(p);
      break;
    }
    gap = found;
    *by = other;
  }
  return gap;
}

/* Where a direction leads to no smaller gap: let rows go apart; refine it, for
 * the system may be badly conditioned; at last, aim at the centre. */
static double rescue_direction(ys_ipm_state *p, plan to, ys_ipm_length *by) {
  enum { MOST_REFINEMENTS = 4 };
  double gap = best_length(p, to.target, true, by);
  for (int i = 0; i < MOST_REFINEMENTS && !(gap < p->gap); i++) {
    if (ys_stop_is_wanted(p->stop))
      return gap;
    ys_ipm_refine(p);
    ys_ipm_direct(p, to.target, to.keep, false);
    gap = best_length(p, to.target, true, by);
  }
  if (gap < p->gap)
    return gap;
  double centre = fmax(0.3 * p->gap / p->products, to.target);
  memset(p->c, 0, p->slots * sizeof *p->c);
  memset(p->cx, 0, p->tiles * sizeof *p->cx);
  ys_ipm_fairness(p);
  ys_ipm_solve(p, centre, 0);
  ys_ipm_direct(p, centre, to.keep, false);
  gap = best_length(p, centre, true, by);
  return gap < p->gap ? gap : shorter_length(p, by);
}

/* ----------------------------------------------------------- iteration ---- */

/* A target from how far the predictor gets: rows together, by their products;
 * or, where that is not far and apart is farther, by the gap. */
static plan make_plan(ys_ipm_state *p) {
  const double scale = p->gap / p->products;
  ys_ipm_length common = ys_ipm_common_length(p), unused;
  common.s = fmin(common.s, common.nu);
  double together = ys_ipm_remainder(p, common),
         ratio = fmin(1, pow(together, 3));
  plan to = {.keep = 0.99};
  if (together > 0.5) {
    double hope = best_length(p, 0, true, &unused) / p->gap;
    to.apart = hope < 0.7 * together;
    if (to.apart)
      ratio = fmax(hope * hope, 0.03);
  }
  to.target = fmax(ratio * scale, ys_ipm_least_target(p));
  return to;
}

/* Whether no target in proportion to the losses joins rows and nu, and to begin
 * at their middle is better. Reverse, and weak fairness, whose z moves to where
 * nu is at once, come along from anywhere. */
static bool is_far(const ys_ipm_state *p, double target) {
  return target > 1 && p->objective->fairness == YS_STRONG && !p->weighted;
}

/* What there is when it goes no farther. */
static bool give_up(ys_ipm_state *p, const char *why) {
  p->why = why;
  return false;
}

/* Rows to their centres before the first iteration, at a target that suits the
 * start point, but not so low that the columns of y come to be out of all
 * proportion to nu. Where y and nu come together from near by, y stays: to
 * centre its rows would take it farther from nu than it is from its centre. */
static void begin(ys_ipm_state *p) {
  const double highest = 100 * (1 + p->objective->lambda);
  bool even = false;
  memset(p->second, 0, p->n * sizeof *p->second); /* 0 times it is to be 0 */
  if (p->matched && !p->again) {
    ys_ipm_factor(p);
    return;
  }
  for (double target = p->target;; target *= 5) {
    if (!even && (p->again || is_far(p, target))) {
      target = ys_ipm_read_even(p);
      even = true;
    }
    ys_ipm_centre(p, target);
    ys_ipm_factor(p);
    double outer = ys_ipm_fairness_gap(p, p->z, p->nu);
    if (outer <= p->products * target || !(target < highest) ||
        ys_stop_is_wanted(p->stop))
      break;
  }
}

/* Whether a step to this gap makes sense. The gap may rise for a while, but not
 * for long, and not by much. */
static bool accept(ys_ipm_state *p, double gap) {
  enum { MOST_IDLE = 5 };
  if (!(gap < 2 * p->gap))
    return give_up(p, "no step leads to a smaller gap");
  p->idle = gap < p->best ? 0 : p->idle + 1;
  p->best = fmin(p->best, gap);
  return p->idle <= MOST_IDLE ||
         give_up(p, "the gap has not fallen for five iterations");
}

/* The gap of the first iterate, rows and nu as they were joined. */
static void measure_start(ys_ipm_state *p) {
  ys_ipm_trial(p, &(ys_ipm_length){0, 0, 0, 0}, 1, &p->gap);
  p->best = p->gap;
  p->started = true;
}

static double least_gap(const ys_ipm_state *p) {
  return 2 * p->products * ys_ipm_least_target(p);
}

static bool iterate(ys_ipm_state *p, double *y) {
  ys_ipm_length by;
  if (p->started)
    ys_ipm_factor(p);
  else
    begin(p);
  if (ys_stop_is_wanted(p->stop))
    return true;
  ys_ipm_fairness(p);
  if (!ys_ipm_assemble(p))
    return give_up(p, "the system of the multipliers is singular to rounding");
  ys_ipm_solve(p, 0, 0);
  ys_ipm_predict(p);
  if (!p->started)
    measure_start(p);
  if (p->gap <= least_gap(p))
    return give_up(p, "its slacks are at the rounding of its multipliers");
  plan to = make_plan(p);
  ys_ipm_fairness_second(p);
  double gap = find_direction(p, to, &by);
  if (!(gap < p->gap))
    gap = rescue_direction(p, to, &by);
  if (ys_stop_is_wanted(p->stop))
    return true;
  if (!accept(p, gap))
    return false;
  ys_ipm_advance(p, by, y);
  p->gap = gap;
  return true;
}

/* Some start points are so odd that no step leads away from them: once, and
 * where that is far from the optimum, rows begin anew at their middle. */
static bool begin_again(ys_ipm_state *p) {
  const double far = 1e3;
  if (p->part || p->again || p->gap <= far * least_gap(p))
    return false;
  p->again = true;
  p->started = false;
  p->gap = INFINITY;
  p->idle = 0;
  return true;
}

bool ys_ipm_iterate(ys_ipm_state *p, double *y) {
  return iterate(p, y) || (begin_again(p) && iterate(p, y));
}
