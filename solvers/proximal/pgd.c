/* Projected gradient: y <- Proj(y - eta G), row by row on the simplex, G = M
 * dF/dy per row, in one of four ways:
 *
 *   step=NUMBER  a fixed eta, the paper's baseline
 *   step=armijo  backtracking along the projection arc (Bertsekas 1976)
 *   step=bb      spectral projected gradient: Barzilai and Borwein's eta and a
 *                non-monotone search along the feasible direction (Birgin,
 *                Martinez and Raydan, SIAM J. Optim. 10, 2000, SPG2)
 *   accel=1      FISTA (Beck and Teboulle 2009) with restarts, its step fixed
 * or found by backtracking
 */
#include "solvers/proximal/proximal.h"

enum { HISTORY = 10 };

typedef struct pgd {
  ys_proximal proximal; /* first, so that a pointer to it points here */
  bool spectral;
  double past[HISTORY]; /* F of the last iterates, oldest overwritten */
  size_t count;
} pgd;

/* --------------------------------------------------- the projection ---- */

/* from - eta * gradient into y; the largest entries of its rows. */
YS_INLINE void descend(const ys_proximal_tile *t, double eta, ys_lanes *top) {
  for (size_t g = 0; g < t->groups; g++)
    top[g] = ys_all(-INFINITY);
  for (size_t k = 0; k < t->n; k++)
    for (size_t g = 0; g < t->groups; g++) {
      const size_t at = k * t->groups + g;
      t->y[at] = t->from[at] - eta * t->gradient[at];
      top[g] = ys_larger(t->y[at], top[g]);
    }
}

/* Differences from the largest entry, which lose nothing where it matters: it
 * keeps at most 1. And thresholds that are not above the projection's, as none
 * is that would do for some of the classes: those that the row has. */
YS_INLINE void first_thresholds(const ys_proximal_tile *t, const ys_lanes *top,
                                ys_lanes *tau) {
  const ys_lanes one = ys_all(1);
  ys_lanes sum[YS_GROUPS], count[YS_GROUPS];
  for (size_t g = 0; g < t->groups; g++)
    sum[g] = count[g] = (ys_lanes){0};
  for (size_t k = 0; k < t->n; k++)
    for (size_t g = 0; g < t->groups; g++) {
      const size_t at = k * t->groups + g;
      ys_mask held = t->from[at] > 0;
      t->y[at] -= top[g];
      sum[g] += ys_only(held, t->y[at]);
      count[g] += ys_only(held, one);
    }
  for (size_t g = 0; g < t->groups; g++)
    tau[g] = ys_larger((sum[g] - 1) / count[g], -one);
}

/* One step of Newton's method on sum_k max(w_k - tau, 0) = 1, tau not above the
 * root (Michelot 1986 in the reading of Condat, Math. Programming 158, 2016):
 * the sum is convex in tau, so that tau climbs to the root, the entries above
 * it become fewer, and it is there once they do not. Whether one has risen. */
YS_INLINE bool climb(const ys_proximal_tile *t, ys_lanes *tau) {
  ys_lanes sum[YS_GROUPS], count[YS_GROUPS];
  ys_mask any = {0};
  for (size_t g = 0; g < t->groups; g++)
    sum[g] = count[g] = (ys_lanes){0};
  for (size_t k = 0; k < t->n; k++)
    for (size_t g = 0; g < t->groups; g++) {
      const ys_lanes w = t->y[k * t->groups + g];
      ys_mask above = w > tau[g];
      sum[g] += ys_only(above, w);
      count[g] += ys_only(above, ys_all(1));
    }
  for (size_t g = 0; g < t->groups; g++) {
    ys_lanes next = (sum[g] - 1) / count[g];
    ys_mask higher = (count[g] > 0) & (next > tau[g]);
    tau[g] = ys_pick(higher, next, tau[g]);
    any |= higher;
  }
  return ys_any(any);
}

/* The projections max(w - tau, 0) of `from - eta * gradient` into y, but for a
 * factor, one over their sums. */
YS_INLINE void project_tiles(const ys_proximal_tile *t, double eta,
                             ys_lanes *factor) {
  ys_lanes top[YS_GROUPS], tau[YS_GROUPS];
  descend(t, eta, top);
  first_thresholds(t, top, tau);
  for (size_t pass = 0; pass <= t->n && climb(t, tau); pass++)
    ;
  for (size_t g = 0; g < t->groups; g++)
    factor[g] = (ys_lanes){0};
  for (size_t k = 0; k < t->n; k++)
    for (size_t g = 0; g < t->groups; g++) {
      const size_t at = k * t->groups + g;
      t->y[at] = ys_larger(t->y[at] - tau[g], ys_all(0));
      factor[g] += t->y[at];
    }
  for (size_t g = 0; g < t->groups; g++)
    factor[g] = 1 / factor[g];
}

YS_INLINE void project_rows(size_t i, size_t groups, size_t count,
                            const ys_proximal_rows *r, double eta,
                            ys_proximal_sums *sums) {
  ys_proximal_tile t = ys_read_proximal(r, i, groups, count);
  ys_lanes factor[YS_GROUPS];
  project_tiles(&t, eta, factor);
  ys_take_tiles(r, &t, factor, 0, i, sums);
}

YS_HOT static void project_all(const ys_proximal_rows *r, double eta,
                               size_t begin, size_t end,
                               ys_proximal_sums *sums) {
  YS_BY_TILES(4, r->room.n, begin, end, project_rows, r, eta, sums);
}

/* D(y, from) = |y - from|^2 / 2. */
static double project(const ys_proximal *p, double eta, double *y, size_t begin,
                      size_t end, ys_proximal_sums *sums) {
  const ys_proximal_rows rows = ys_proximal_rows_of(p, y);
  project_all(&rows, eta, begin, end, sums);
  return ys_total(sums->square) / 2;
}

/* --------------------------------------------------- spectral steps ---- */

/* y = last + factor * (y - last) */
YS_HOT static void shorten_block(const double *restrict last, double factor,
                                 double *restrict y, size_t begin, size_t end) {
#pragma omp simd
  for (size_t i = begin; i < end; i++)
    y[i] = last[i] + factor * (y[i] - last[i]);
}

static void shorten(const ys_proximal *p, double factor, double *y) {
#pragma omp parallel for schedule(static) num_threads(ys_work_threads(&p->work))
  for (size_t block = 0; block < p->work.scratch.blocks.count; block++)
    shorten_block(p->last, factor, y, ys_work_begin(&p->work, block),
                  ys_work_end(&p->work, block));
}

/* The largest F of the last iterates, this one included. */
static double remember(pgd *w) {
  double worst = w->past[w->count++ % HISTORY] = w->proximal.value;
  for (size_t i = 0; i < w->count && i < HISTORY; i++)
    worst = fmax(worst, w->past[i]);
  return worst;
}

/* eta = <s, s> / <s, change of G> for the step s just taken. */
static double spectral_eta(ys_proximal *p, ys_move move, const double *y) {
  const double shortest = 1e-12, longest = 1e12;
  double curvature = ys_proximal_slope(p, y) - move.linear;
  if (!(curvature > 0))
    return longest;
  return fmin(fmax(2 * move.distance / curvature, shortest), longest);
}

/* By what factor to shorten a rejected step: to the minimum of the parabola
 * linear a + (change - linear) a^2, through the values and the slope at its
 * start, within bounds. */
static double shrinkage(ys_move move, double change) {
  double factor = -move.linear / (2 * (change - move.linear));
  return factor > 0.1 ? fmin(factor, 0.5) : 0.1; /* change may be infinite */
}

static ys_step spectral_step(pgd *w, double *y, ys_error *error) {
  enum { MOST_TRIALS = 60 };
  ys_proximal *p = &w->proximal;
  ys_proximal_start(p, y);
  const double bound = remember(w);
  ys_move move = ys_proximal_propose(p, p->eta, y);
  if (!(move.linear < 0))
    return ys_proximal_stall(p, y, error);
  double value = ys_proximal_value(p, y);
  for (int trial = 0; trial < MOST_TRIALS; trial++) {
    if (ys_proximal_descends(p, 0.1, move, value, bound, y)) {
      p->eta = spectral_eta(p, move, y);
      ys_proximal_accept(p, value);
      return YS_STEP_ON;
    }
    double factor = shrinkage(move, value - p->value);
    shorten(p, factor, y);
    value = ys_objective_value(p->work.objective, y, &p->work.scratch);
    move.linear *= factor;
    move.distance *= factor * factor;
  }
  return ys_proximal_stall(p, y, error);
}

/* ----------------------------------------------------- the solver ---- */

static ys_step pgd_step(void *work, ys_labels *y, ys_error *error) {
  pgd *w = work;
  return w->spectral ? spectral_step(w, y->dense, error)
                     : ys_proximal_step(w, y, error);
}

/* Entries are differences from a row's largest. */
static const ys_geometry euclidean = {
    .least = 1e-18,
    .limit = "the projection keeps no entry below 1e-16, and the optimum may "
             "have such",
    .propose = project};

static ys_code pgd_init(void **work, const ys_objective *objective,
                        const ys_options *options, ys_labels *y,
                        ys_error *error) {
  pgd *w = ys_proximal_open(sizeof *w, "pgd", &euclidean, objective, options,
                            y->dense, error);
  if (w)
    w->spectral = ys_options_is_word(options, "step", "bb");
  return ys_work_hand_over(work, w, YS_OK, ys_work_free, error);
}

static ys_code pgd_supports(const ys_objective *objective,
                            const ys_options *options, ys_error *why) {
  (void)objective;
  if (ys_options_is_word(options, "step", "bb") &&
      ys_options_number(options, "accel") > 0)
    return ys_fail(why, YS_UNSUPPORTED,
                   "pgd: step=bb is not monotone and takes no momentum; use "
                   "accel=1 with step=armijo or a number");
  return YS_OK;
}

static const ys_option pgd_options[] = {
    {"step", YS_REAL_OR_WORD, "armijo", 1e-12, 1e12, "armijo|bb",
     "a fixed step; armijo: backtracking; bb: spectral, non-monotone"},
    {"accel", YS_INTEGER, "0", 0, 1, NULL,
     "1: FISTA's momentum with restarts (not with step=bb)"},
    {0}};

const ys_solver ys_pgd = {
    .name = "pgd",
    .summary = "projected gradient: fixed, Armijo or spectral steps; FISTA",
    .options = pgd_options,
    .by_rows = true,
    .over_ranks = true,
    .supports = pgd_supports,
    .init = pgd_init,
    .step = pgd_step,
    .multipliers = ys_proximal_multipliers,
    .descends = ys_proximal_is_monotone,
    .free = ys_work_free,
};
