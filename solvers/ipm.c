/* The structured primal-dual interior point: exact to the last digits in a few
 * dozen iterations. docs/method.md, "The interior point", derives it; ipm.h
 * names its parts.
 *
 * An iteration factorises once and solves a few times: Mehrotra's predictor
 * (SIAM J. Optim. 2, 1992), whose success sets the target of the products; the
 * direction with second order terms; and centrality correctors while they pay
 * (Gondzio, Comput. Optim. Appl. 6, 1996). Rows are tied together by K numbers
 * alone, so where the common step comes out short, rows may go apart: each as
 * far as it can, and then to its own centre. The duality gap that either way
 * leads to decides. */
#include "ipm.h"
#include "solver.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------- life cycle ---- */

static void ipm_free(void *work) {
  ys_ipm_state *p = work;
  if (!p)
    return;
  free(p->arena);
  free(p);
}

/* Hands out the arena piece by piece, each aligned for lanes; without an arena
 * it only counts. */
typedef struct carver {
  double *arena;
  size_t used;
} carver;

static void *carve(carver *from, size_t bytes) {
  const size_t unit = sizeof(ys_lanes) / sizeof(double);
  double *piece = from->arena ? from->arena + from->used : NULL;
  from->used += (bytes + sizeof(ys_lanes) - 1) / sizeof(ys_lanes) * unit;
  return piece;
}

static void carve_direction(carver *from, const ys_ipm_state *p,
                            ys_ipm_direction *d) {
  d->nu = carve(from, p->n * sizeof *d->nu);
  d->next = carve(from, p->n * sizeof *d->next);
  d->z = carve(from, p->n * sizeof *d->z);
  d->y = carve(from, p->tiles * p->n * sizeof *d->y);
  d->move = carve(from, p->tiles * sizeof *d->move);
}

static void carve_rows(carver *from, ys_ipm_state *p) {
  const size_t column = p->n * sizeof(ys_lanes);
  ys_lanes **large[] = {&p->a, &p->y, &p->s, &p->is, &p->c};
  for (size_t i = 0; i < sizeof large / sizeof *large; i++)
    *large[i] = carve(from, p->tiles * column);
  carve_direction(from, p, &p->now);
  carve_direction(from, p, &p->spare);
  p->tile = carve(from, p->tiles * sizeof *p->tile);
  p->cx = carve(from, p->tiles * sizeof *p->cx);
  p->none = carve(from, column);
  p->scratch = carve(from, (size_t)p->threads * YS_IPM_SCRATCH * column);
  p->vectors = carve(from, p->groups * 2 * YS_IPM_CHUNK * column);
}

static void carve_classes(carver *from, ys_ipm_state *p) {
  const size_t n = p->n, blocks = p->blocks.count;
  double **small[] = {&p->nu,    &p->hint, &p->z,      &p->ih,
                      &p->ahead, &p->base, &p->centre, &p->second};
  for (size_t i = 0; i < sizeof small / sizeof *small; i++)
    *small[i] = carve(from, n * sizeof(double));
  p->trial = carve(from, (YS_IPM_TRIALS + 1) * n * sizeof(double));
  p->group = carve(from, p->groups * n * n * sizeof(double));
  p->schur = carve(from, n * n * sizeof(double));
  p->partials = carve(from, blocks * YS_IPM_TRIALS * n * sizeof(double));
  p->totals = carve(from, blocks * YS_IPM_TRIALS * sizeof(double));
}

static ys_code take_memory(ys_ipm_state *p, ys_error *error) {
  const size_t align = sizeof(ys_lanes);
  carver from = {NULL, 0};
  carve_rows(&from, p);
  carve_classes(&from, p);
  p->arena = calloc(from.used + YS_LANES, sizeof *p->arena);
  if (!p->arena)
    return ys_fail_memory(error, "the interior point");
  size_t over = (uintptr_t)p->arena % align;
  from = (carver){p->arena + (over ? align - over : 0) / sizeof(double), 0};
  carve_rows(&from, p);
  carve_classes(&from, p);
  return YS_OK;
}

static void set_shape(ys_ipm_state *p, const ys_objective *objective) {
  const size_t rows = objective->batch->rows, n = objective->batch->classes;
  p->objective = objective;
  p->n = n;
  p->tiles = (rows + YS_LANES - 1) / YS_LANES;
  p->blocks = ys_blocks_make(p->tiles, n * YS_LANES);
  p->threads = ys_block_threads(&p->blocks, objective->threads);
  p->groups = p->blocks.count < YS_IPM_GROUPS ? p->blocks.count : YS_IPM_GROUPS;
  if (p->groups > rows / n) /* no more memory than the rows take */
    p->groups = rows > n ? rows / n : 1;
  p->curved = objective->loss == YS_COLLISION;
  p->weighted = objective->loss == YS_REVERSE;
}

static ys_code ipm_init(void **work, const ys_objective *objective,
                        const ys_options *options, double *y, ys_error *error) {
  ys_ipm_state *p = calloc(1, sizeof *p);
  *work = NULL;
  if (!p)
    return ys_fail_memory(error, "the interior point");
  set_shape(p, objective);
  p->correctors = (int)ys_options_number(options, "correctors");
  ys_code code = take_memory(p, error);
  if (code) {
    ipm_free(p);
    return code;
  }
  if (objective->lambda > 0)
    ys_ipm_read(p, y);
  *work = p;
  return YS_OK;
}

/* ----------------------------------------------------------- directions ----
 */

/* Try the common length; if rows may go apart, also full length, and between.
 * The best length and its gap. */
static double best_length(ys_ipm_state *p, double target, bool apart,
                          ys_ipm_length *best) {
  ys_ipm_length common = ys_ipm_common_length(p), by[YS_IPM_TRIALS];
  double gap[YS_IPM_TRIALS];
  size_t count = apart ? YS_IPM_TRIALS : 1, least = 0;
  double y = sqrt(common.y), s = sqrt(common.s);
  by[0] = (ys_ipm_length){common.y, common.s, fmin(common.s, common.nu), 0};
  by[1] = (ys_ipm_length){y, s, fmin(s, common.nu), 0};
  by[2] = (ys_ipm_length){1, 1, common.nu, target};
  ys_ipm_trial(p, by, count, gap);
  for (size_t q = 1; q < count; q++)
    if (gap[q] < gap[least])
      least = q;
  *best = by[least];
  return gap[least];
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
  for (int i = 1; i <= p->correctors; i++) {
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
    ys_ipm_refine(p);
    ys_ipm_direct(p, to.target, to.keep, false);
    gap = best_length(p, to.target, true, by);
  }
  if (gap < p->gap)
    return gap;
  double centre = fmax(0.3 * p->gap / (double)p->n, to.target);
  memset(p->c, 0, p->tiles * p->n * sizeof *p->c);
  memset(p->cx, 0, p->tiles * sizeof *p->cx);
  ys_ipm_fairness(p);
  ys_ipm_solve(p, centre, 0);
  ys_ipm_direct(p, centre, to.keep, false);
  return best_length(p, centre, true, by);
}

/* ----------------------------------------------------------- iteration ---- */

/* The least target that means anything: below it, slacks are rounding errors.
 */
static double least_target(const ys_ipm_state *p) {
  double size = 1;
  for (size_t k = 0; k < p->n; k++)
    size = fmax(size, fabs(p->nu[k]));
  return 2 * DBL_EPSILON * size;
}

/* A target from how far the predictor gets: rows together, by their products;
 * or, where that is not far and apart is farther, by the gap. */
static plan make_plan(ys_ipm_state *p) {
  const double scale = p->gap / (double)p->n;
  ys_ipm_length common = ys_ipm_common_length(p), unused;
  common.s = fmin(common.s, common.nu);
  double together = ys_ipm_remainder(p, common), ratio = pow(together, 3);
  plan to = {.keep = fmin(0.9995, fmax(0.95, 0.99))};
  if (together > 0.5) {
    double hope = best_length(p, 0, true, &unused) / p->gap;
    to.apart = hope < 0.7 * together;
    if (to.apart)
      ratio = fmax(hope * hope, 0.03);
  }
  to.target = fmax(ratio * scale, least_target(p));
  return to;
}

/* Rows to their centres before the first iteration, at a target that suits the
 * start point: as low as its gap allows, but not so low that the columns of y
 * come to be out of all proportion to nu. */
static void begin(ys_ipm_state *p) {
  const double n = (double)p->n;
  double target = fmax(fmin(0.03, p->gap / n), least_target(p));
  for (;; target *= 5) {
    ys_ipm_centre(p, target);
    ys_ipm_factor(p);
    double outer = ys_ipm_fairness_gap(p, p->z, p->nu);
    if (outer <= n * target || target > 1)
      break;
  }
}

/* Whether a step to this gap makes sense. The gap may rise for a while, but not
 * for long, and not by much. */
static bool accept(ys_ipm_state *p, double gap) {
  enum { MOST_IDLE = 5 };
  if (!(gap < 2 * p->gap))
    return false;
  p->idle = gap < p->best ? 0 : p->idle + 1;
  p->best = fmin(p->best, gap);
  return p->idle <= MOST_IDLE;
}

static ys_step iterate(ys_ipm_state *p, double *y) {
  ys_ipm_length by;
  if (p->started)
    ys_ipm_factor(p);
  else
    begin(p);
  ys_ipm_fairness(p);
  if (!ys_ipm_assemble(p))
    return YS_STEP_STALLED;
  ys_ipm_solve(p, 0, 0);
  ys_ipm_predict(p);
  if (!p->started) {
    ys_ipm_trial(p, &(ys_ipm_length){0, 0, 0, 0}, 1, &p->gap);
    p->best = p->gap;
    p->started = true;
  }
  if (p->gap <= 2 * (double)p->n * least_target(p))
    return YS_STEP_STALLED;
  plan to = make_plan(p);
  ys_ipm_fairness_second(p);
  double gap = find_direction(p, to, &by);
  if (!(gap < p->gap))
    gap = rescue_direction(p, to, &by);
  if (!accept(p, gap))
    return YS_STEP_STALLED;
  ys_ipm_advance(p, by, y);
  p->gap = gap;
  return YS_STEP_ON;
}

/* lambda = 0: reverse is least at sigma, the others where sigma is largest. */
static void solve_apart(const ys_ipm_state *p, double *y) {
  const ys_batch *batch = p->objective->batch;
  const size_t n = p->n;
  memcpy(y, batch->sigma, batch->rows * n * sizeof *y);
  if (p->objective->loss == YS_REVERSE)
    return;
  for (size_t i = 0; i < batch->rows; i++) {
    size_t top = 0;
    for (size_t k = 1; k < n; k++)
      if (y[i * n + k] > y[i * n + top])
        top = k;
    for (size_t k = 0; k < n; k++)
      y[i * n + k] = k == top ? 1 : 0;
  }
}

static ys_step ipm_step(void *work, double *y, ys_error *error) {
  ys_ipm_state *p = work;
  (void)error;
  if (p->done)
    return YS_STEP_STALLED;
  if (p->objective->lambda == 0) {
    solve_apart(p, y);
    p->done = true;
    return YS_STEP_ON;
  }
  ys_step step = iterate(p, y);
  p->done = step != YS_STEP_ON;
  return step;
}

static const double *ipm_multipliers(const void *work) {
  return ((const ys_ipm_state *)work)->hint;
}

static const ys_option ipm_options[] = {
    {"correctors", YS_INTEGER, "2", 0, 10, NULL,
     "most centrality correctors an iteration"},
    {0},
};

const ys_solver ys_ipm = {
    .name = "ipm",
    .summary = "structured primal-dual interior point: exact, no parameter",
    .options = ipm_options,
    .init = ipm_init,
    .step = ipm_step,
    .multipliers = ipm_multipliers,
    .free = ipm_free,
};
