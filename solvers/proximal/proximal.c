#include "solvers/proximal/proximal.h"

#include "problems/vector/simd.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Gradients next to the end of the domain are of any order, and so are steps
 * there. */
static const double SHRINK = 0.5, LEAST_ETA = 1e-300;

/* Places in a block's totals, behind the loss. */
enum { LINEAR = YS_LOSS + 1, DISTANCE };

/* ------------------------------------------------------- life cycle ---- */

void *ys_proximal_open(size_t size, const char *name,
                       const ys_geometry *geometry,
                       const ys_objective *objective, const ys_options *options,
                       const double *y, ys_error *error) {
  const char *what = "the iterates";
  ys_proximal *p = ys_work_open(size, name, objective, error);
  if (!p)
    return NULL;
  ys_memory *memory = &p->work.memory;
  p->geometry = geometry;
  p->steepest = fmin(1 / geometry->least, 1e100);
  p->fixed = ys_options_is_number(options, "step");
  p->accelerated = ys_options_number(options, "accel") > 0;
  p->measures = p->accelerated || ys_options_is_word(options, "step", "bb");
  p->eta = p->fixed ? ys_options_number(options, "step") : 1;
  p->theta = 1;
  p->widen = !p->fixed;
  p->last = ys_take_numbers(memory, p->work.entries, what);
  p->from =
      p->accelerated ? ys_take_numbers(memory, p->work.entries, what) : p->last;
  p->x = ys_take_numbers(memory, objective->batch->rows, what);
  p->nu = ys_take_numbers(memory, objective->batch->classes, what);
  /* Written once, so that the pages are there before the first iteration. */
  if (p->last)
    ys_proximal_copy(p, y, p->last);
  if (p->from && p->accelerated)
    ys_proximal_copy(p, y, p->from);
  return p;
}

/* By steps that are adapted, without momentum. */
bool ys_proximal_is_monotone(const ys_options *options) {
  return !ys_options_is_number(options, "step") &&
         !ys_options_is_word(options, "step", "bb") &&
         ys_options_number(options, "accel") == 0;
}

/* ----------------------------------------------------- vector parts ---- */

void ys_proximal_copy(const ys_proximal *p, const double *from, double *to) {
#pragma omp parallel for schedule(static) num_threads(ys_work_threads(&p->work))
  for (size_t block = 0; block < p->work.scratch.blocks.count; block++) {
    size_t begin = ys_work_begin(&p->work, block);
    memcpy(to + begin, from + begin,
           (ys_work_end(&p->work, block) - begin) * sizeof *to);
  }
}

static ys_proximal_sums begin_sums(const ys_proximal *p, size_t block) {
  return (ys_proximal_sums){.logs = ys_lane_logs_begin(),
                            .columns = ys_tile_columns_begin(
                                &p->work.scratch, p->work.classes, block)};
}

/* A block's rows of the proposal y; its loss and column sums into the scratch,
 * as ys_objective_value has them. */
static void propose_block(const ys_proximal *p, double eta, double *y,
                          size_t block) {
  const ys_scratch *scratch = &p->work.scratch;
  const size_t begin = ys_block_begin(&scratch->blocks, block);
  const size_t end = ys_block_end(&scratch->blocks, block);
  double *totals = scratch->totals + block * YS_TOTALS;
  ys_proximal_sums sums = begin_sums(p, block);
  totals[DISTANCE] = p->geometry->propose(p, eta, y, begin, end, &sums);
  totals[LINEAR] = ys_total(sums.linear);
  ys_tile_columns_end(&sums.columns);
  if (p->work.objective->loss == YS_COLLISION)
    totals[YS_LOSS] = ys_collision_loss(&sums.logs, scratch->x, begin, end);
}

/* What is asked of a proposal is combined at once: collision's column sums and
 * losses too. */
ys_move ys_proximal_propose(ys_proximal *p, double eta, double *y) {
  ys_scratch *scratch = &p->work.scratch;
#pragma omp parallel for schedule(static) num_threads(ys_work_threads(&p->work))
  for (size_t block = 0; block < p->work.scratch.blocks.count; block++)
    propose_block(p, eta, y, block);
  const double share = p->geometry->accept ? p->theta * p->theta : 1;
  const size_t end = p->measures ? DISTANCE + 1 : DISTANCE;
  p->fresh = false;
  if (p->work.objective->loss == YS_COLLISION)
    ys_scratch_sum_all(scratch, p->work.classes, YS_LOSS, end);
  else
    ys_scratch_sum(scratch, LINEAR, end - LINEAR);
  return (ys_move){ys_scratch_mean(scratch, LINEAR),
                   p->measures ? share * ys_scratch_mean(scratch, DISTANCE)
                               : 0};
}

YS_INLINE void slope_of_tiles(size_t i, size_t groups, size_t count,
                              const ys_proximal_rows *r, const double *y,
                              ys_proximal_sums *sums) {
  const ys_proximal *p = r->p;
  ys_proximal_tile t = r->room;
  ys_lanes scale[YS_GROUPS], x[YS_GROUPS];
  t.groups = groups;
  t.count = count;
  t.live = ys_live(count);
  t.next = ys_read_rows(&r->source, p->from, i, groups, count, t.sigma, t.from);
  t.next_last = ys_rows_ahead(y + (i + groups * YS_LANES) * t.n);
  for (size_t g = 0; g < groups; g++) {
    scale[g] = ys_all(1);
    ys_read_tile(y + (i + g * YS_LANES) * t.n, t.n, count, groups, t.y + g);
  }
  ys_gradient_tiles(p, &t, t.y, p->work.scratch.x, i, p->work.scratch.nu);
  ys_add_tiles(&t, scale, 0, sums, x);
}

YS_HOT static double slope_of_rows(const ys_proximal_rows *r, const double *y,
                                   size_t begin, size_t end,
                                   ys_proximal_sums *sums) {
  YS_BY_TILES(4, r->room.n, begin, end, slope_of_tiles, r, y, sums);
  return ys_total(sums->linear);
}

/* Multipliers at the column means in scratch, which become no less than what
 * the geometry can give a class, as ys_gradient_tiles wants them. */
static void bounded_multipliers(const ys_proximal *p, double *nu) {
  const size_t n = p->work.classes;
  const double least = p->geometry->least /
                       (double)ys_batch_whole_rows(p->work.objective->batch);
  const double most = 1e100;
  double *mean = p->work.scratch.ybar;
  for (size_t k = 0; k < n; k++)
    mean[k] = fmax(mean[k], least);
  ys_objective_multipliers(p->work.objective, mean, nu);
  for (size_t k = 0; k < n; k++)
    nu[k] = fmax(fmin(nu[k], most), -most);
}

double ys_proximal_slope(ys_proximal *p, const double *y) {
  const ys_blocks *blocks = &p->work.scratch.blocks;
  bounded_multipliers(p, p->work.scratch.nu);
#pragma omp parallel for schedule(static) num_threads(ys_work_threads(&p->work))
  for (size_t block = 0; block < blocks->count; block++) {
    const ys_proximal_rows rows = ys_proximal_rows_of(p, NULL);
    ys_proximal_sums sums = begin_sums(p, block);
    p->work.scratch.totals[block * YS_TOTALS + LINEAR] =
        slope_of_rows(&rows, y, ys_block_begin(blocks, block),
                      ys_block_end(blocks, block), &sums);
  }
  ys_scratch_sum(&p->work.scratch, LINEAR, 1);
  return ys_scratch_mean(&p->work.scratch, LINEAR);
}

/* from = y + beta (y - last), last = y. */
YS_HOT static void extrapolate(const double *restrict y, double *restrict last,
                               double *restrict from, double beta, size_t begin,
                               size_t end) {
#pragma omp simd
  for (size_t i = begin; i < end; i++) {
    from[i] = y[i] + beta * (y[i] - last[i]);
    last[i] = y[i];
  }
}

/* ---------------------------------------------------- plain descent ---- */

/* What two evaluations of F may differ by through rounding alone, that of the
 * row sums included: the mean over the rows of sum_k y_ik G_ik is -(1 + lambda)
 * for collision + strong. */
static double rounding(const ys_proximal *p, double value) {
  return 4 * DBL_EPSILON * (1 + p->work.objective->lambda + fabs(value));
}

/* Whether y, evaluated last, has emptied a class under weak fairness, and
 * should not have: the slope there, all but vertical, says so. F is finite, but
 * the way back long. */
static bool is_dead_end(ys_proximal *p, const double *y) {
  const ys_objective *objective = p->work.objective;
  bool emptied = false;
  if (objective->fairness != YS_WEAK || objective->lambda == 0)
    return false;
  for (size_t k = 0; k < objective->batch->classes; k++)
    emptied = emptied || !(p->work.scratch.ybar[k] > 0);
  return emptied && ys_proximal_slope(p, y) > 0;
}

bool ys_proximal_descends(ys_proximal *p, double fraction, ys_move move,
                          double value, double bound, const double *y) {
  const double enough = -fraction * move.linear, blur = rounding(p, bound);
  if (is_dead_end(p, y))
    return false;
  if (enough > blur)
    return value <= bound - enough;
  return value <= bound + blur &&
         ys_proximal_slope(p, y) <= (2 * fraction - 1) * move.linear;
}

/* The gradient at `from` is that of the last evaluation. */
static void take_gradient(ys_proximal *p) {
  double *x = p->x;
  p->x = p->work.scratch.x;
  p->work.scratch.x = x;
  bounded_multipliers(p, p->nu);
}

void ys_proximal_accept(ys_proximal *p, double value) {
  if (!p->accelerated)
    take_gradient(p);
  p->value = value;
  if (p->geometry->accept)
    p->geometry->accept(p);
}

/* Put back the y from before this iteration, if a proposal has moved it. */
static void undo(const ys_proximal *p, double *y) {
  if (!p->fresh)
    ys_proximal_copy(p, p->last, y);
}

static bool has_zeros(const ys_proximal *p, const double *y) {
  bool has = false;
  for (size_t e = 0; e < p->work.entries && !has; e++)
    has = y[e] == 0;
  return ys_ranks_any(p->work.objective->batch->ranks, has);
}

/* Nothing lowers F any more: y stays. */
static ys_step rest(const ys_proximal *p, const double *y, ys_error *error) {
  const bool limited = has_zeros(p, y);
  ys_fail(error, YS_OK, "no step lowers F by more than rounding%s%s",
          limited ? "; " : "", limited ? p->geometry->limit : "");
  return YS_STEP_STALLED;
}

ys_step ys_proximal_stall(const ys_proximal *p, double *y, ys_error *error) {
  undo(p, y);
  return rest(p, y, error);
}

const double *ys_proximal_multipliers(const void *proximal) {
  const ys_proximal *p = proximal;
  return p->primed && p->work.objective->fairness == YS_WEAK ? p->nu : NULL;
}

/* A fixed step has led to an infinite F. */
static ys_step leave_domain(ys_proximal *p, double *y, ys_error *error) {
  ys_error why = {YS_OK, ""};
  const ys_labels labels = ys_labels_view(y, p->work.rows, p->work.classes);
  ys_objective_check_finite(p->work.objective, &labels, &p->work.scratch, &why);
  undo(p, y);
  ys_fail(error, YS_BAD_NUMERICS, "step=%g is too long: %s", p->eta, why.text);
  return YS_STEP_FAILED;
}

/* The first step to try: a longer one, if the last was accepted at once. */
static double first_eta(const ys_proximal *p) {
  const double tiny = 1e-12, growth = p->eta < tiny ? 1024 : 2, longest = 1e12;
  return p->widen ? fmin(growth * p->eta, longest) : p->eta;
}

static void prime(ys_proximal *p, const double *y) {
  if (p->primed)
    return;
  p->value = ys_objective_value(p->work.objective, y, &p->work.scratch);
  if (!p->accelerated)
    take_gradient(p);
  p->primed = true;
}

void ys_proximal_start(ys_proximal *p, const double *y) {
  prime(p, y);
  p->fresh = true;
}

double ys_proximal_value(ys_proximal *p, const double *y) {
  return p->work.objective->loss == YS_COLLISION
             ? ys_scratch_value(p->work.objective, &p->work.scratch)
             : ys_objective_value(p->work.objective, y, &p->work.scratch);
}

/* Shorten eta until F(y+) <= F(y) + (1/2) (1/M) <G, y+ - y>. */
static ys_step plain_step(ys_proximal *p, double *y, ys_error *error) {
  ys_proximal_start(p, y);
  for (double eta = first_eta(p); eta > LEAST_ETA; eta *= SHRINK) {
    ys_move move = ys_proximal_propose(p, eta, y);
    const bool falls = move.linear < 0;
    if (!falls && p->fixed)
      break;
    double value = ys_proximal_value(p, y);
    if (!falls && !(value < p->value - rounding(p, p->value)))
      break; /* or else it falls, but rounding hides the slope */
    if (!falls ||
        (p->fixed ? isfinite(value)
                  : ys_proximal_descends(p, 0.5, move, value, p->value, y))) {
      p->widen = !p->fixed && eta >= p->eta;
      p->eta = eta;
      ys_proximal_accept(p, value);
      return YS_STEP_ON;
    }
    if (p->fixed)
      return leave_domain(p, y, error);
  }
  return ys_proximal_stall(p, y, error);
}

/* --------------------------------------------------- with momentum ---- */

/* The weight theta+ of the next iteration, whose step is eta+:
 *
 *   eta+ (1 - theta+) / theta+^2 = eta / theta^2
 *
 * (Nesterov 1983; for steps that change, Scheinberg, Goldfarb and Bai 2014). A
 * step that turns out shorter keeps the equation as an inequality, which is all
 * the proofs need. */
static double next_theta(double theta, double eta, double next_eta) {
  double a = eta / (next_eta * theta * theta);
  return 2 / (1 + sqrt(1 + 4 * a));
}

/* The next gradient is taken at y + beta (y - last). With beta = theta+ (1 -
 * theta) / theta that is both FISTA's extrapolation and (1 - theta+) y + theta+
 * z for y = (1 - theta) last + theta z. */
static void go_on_from(ys_proximal *p, const double *y, double beta) {
#pragma omp parallel for schedule(static) num_threads(ys_work_threads(&p->work))
  for (size_t block = 0; block < p->work.scratch.blocks.count; block++)
    extrapolate(y, p->last, p->from, beta, ys_work_begin(&p->work, block),
                ys_work_end(&p->work, block));
}

static void restart(ys_proximal *p) {
  ys_proximal_copy(p, p->last, p->from);
  p->theta = 1;
  if (p->geometry->restart)
    p->geometry->restart(p);
}

typedef struct trial {
  bool found;
  double eta, value;
  ys_move move;
} trial;

/* Take the gradient at p->from, and propose y until the model bounds F,
 *
 *   F(y) <= F(from) + (1/M) <G, y - from> + distance / eta,
 *
 * or, for a fixed step, once. */
static trial search(ys_proximal *p, double eta, double *y) {
  const double short_eta = 1e-6;
  trial t = {false, eta, INFINITY, {0, 0}};
  double at = ys_objective_value(p->work.objective, p->from, &p->work.scratch);
  take_gradient(p);
  for (; isfinite(at) && t.eta > LEAST_ETA; t.eta *= SHRINK) {
    t.move = ys_proximal_propose(p, t.eta, y);
    t.value = ys_proximal_value(p, y);
    double model = t.move.linear + t.move.distance / t.eta;
    /* From a point of the simplex, which momentum need not lead to, the minimum
     * of the model is no higher than its middle, but for moves that are all
     * rounding. */
    if (p->theta == 1)
      model = fmin(model, 0);
    double blur = rounding(p, at);
    t.found = p->fixed ? isfinite(t.value)
                       : t.value <= at + model + blur && !is_dead_end(p, y);
    /* What a short step gains may be below rounding, and it must grow still. */
    p->widen =
        !p->fixed && t.eta >= eta && (fabs(model) > blur || t.eta < short_eta);
    if (t.found || p->fixed)
      break;
  }
  return t;
}

/* An iteration that would raise F, or that leaves the domain, is done again
 * without momentum (O'Donoghue and Candes 2015, the function scheme). */
static ys_step accelerated_step(ys_proximal *p, double *y, ys_error *error) {
  prime(p, y);
  const double eta = first_eta(p), theta = p->theta;
  if (p->momentum)
    p->theta = next_theta(theta, p->eta, eta);
  go_on_from(p, y, p->theta * (1 - theta) / theta);
  trial t = search(p, eta, y);
  if (p->momentum && !(t.found && t.value <= p->value)) {
    restart(p);
    t = search(p, eta, y);
  }
  if (!t.found)
    return p->fixed ? leave_domain(p, y, error)
                    : ys_proximal_stall(p, y, error);
  bool arrived =
      t.move.distance == 0 && !(t.move.linear < 0) && t.value == p->value;
  p->eta = t.eta;
  p->momentum = true;
  ys_proximal_accept(p, t.value);
  return arrived ? rest(p, y, error) : YS_STEP_ON;
}

ys_step ys_proximal_step(void *proximal, ys_labels *y, ys_error *error) {
  ys_proximal *p = proximal;
  return p->accelerated ? accelerated_step(p, y->dense, error)
                        : plain_step(p, y->dense, error);
}
