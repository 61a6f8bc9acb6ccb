/* The paper's expectation-maximisation algorithm for strong fairness (Zhang and
 * Boykov, arXiv 2303.07321, section 3.2).
 *
 * E step: S_ik = y_ik / sum_j y_jk. M step, a row at a time, with a_k = lambda
 * M u_k S_ik = nu_k y_ik: minimise loss(sigma_i, y) - sum_k a_k ln y_k. For
 * reverse, y_k is proportional to sigma_k + a_k. For collision, with A = sum_k
 * a_k and B = 1 + A, the stationary point is
 *
 *   y_k = a_k / (B - sigma_k / x),      x = sigma . y right of every pole.
 *
 * The root x may lie closer to the largest pole than doubles are spaced, so the
 * unknown here is z = B - top / x, top the largest sigma_k with a_k > 0:
 *
 *   y_k = a_k top / (sigma_k z + B (top - sigma_k)),
 *
 * where nothing cancels, and z in (0, A] solves S(z) = sum_k y_k = 1. 1 / S is
 * a harmonic mean of functions linear in z, so it is concave, and Newton's
 * method on 1 / S = 1 climbs to the root from the left without a line search;
 * from the right it jumps to the left in one step.
 *
 * Both steps together are a map of y that never raises F, slow where classes
 * are on their way out of a row; accel= extrapolates it (squarem.h,
 * anderson.h). docs/method.md, "EM and mirror descent", says why. */
#include "../problems/simd.h"
#include "anderson.h"
#include "solver.h"
#include "squarem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct em {
  const ys_objective *objective;
  ys_scratch scratch;
  double *root; /* M: the last sweep's z, a good start for the next */
  enum { EM_PLAIN, EM_SQUAREM, EM_ANDERSON } accel;
  ys_squarem squarem;
  ys_anderson anderson;
} em;

static ys_code em_supports(const ys_objective *objective,
                           const ys_options *options, ys_error *why) {
  (void)options;
  if (objective->fairness == YS_STRONG && objective->loss != YS_SHANNON)
    return YS_OK;
  return ys_fail(why, YS_UNSUPPORTED,
                 "em serves collision and reverse with strong fairness, not "
                 "%s with %s",
                 ys_loss_name(objective->loss),
                 ys_fairness_name(objective->fairness));
}

static void em_free(void *work) {
  em *state = work;
  if (!state)
    return;
  ys_scratch_free(&state->scratch);
  ys_squarem_free(&state->squarem);
  ys_anderson_free(&state->anderson);
  free(state->root);
  free(state);
}

/* Without fairness one map reaches the optimum. */
static ys_code init_accel(em *state, const ys_options *options,
                          ys_error *error) {
  const ys_objective *objective = state->objective;
  if (objective->lambda == 0 || ys_options_is_word(options, "accel", "none"))
    return YS_OK;
  if (ys_options_is_word(options, "accel", "squarem")) {
    state->accel = EM_SQUAREM;
    return ys_squarem_init(&state->squarem, objective, error);
  }
  state->accel = EM_ANDERSON;
  return ys_anderson_init(&state->anderson, objective,
                          (size_t)ys_options_number(options, "memory"), error);
}

static ys_code em_init(void **work, const ys_objective *objective,
                       const ys_options *options, double *y, ys_error *error) {
  (void)y;
  em *state = calloc(1, sizeof *state);
  *work = NULL;
  if (!state)
    return ys_fail_memory(error, "em");
  state->objective = objective;
  ys_code code = ys_scratch_init(&state->scratch, objective, error);
  if (!code) {
    state->root = calloc(objective->batch->rows, sizeof *state->root);
    if (!state->root)
      code = ys_fail_memory(error, "em's roots");
  }
  if (!code)
    code = init_accel(state, options, error);
  if (code)
    em_free(state);
  else
    *work = state;
  return code;
}

/* What the M step needs to know of a row. */
typedef struct em_row {
  double sum;    /* A = sum_k a_k */
  double top;    /* the largest sigma_k with a_k > 0 */
  double at_top; /* sum of a_k over the classes that attain it */
  double mean;   /* sum_k a_k sigma_k */
} em_row;

/* a_k = nu_k y_k into y. An entry that was positive stays so: it may have to
 * grow again. */
YS_HOT static em_row expect(const double *restrict sigma,
                            const double *restrict nu, double *restrict y,
                            size_t n) {
  const double least = 1e-290;
  double sum = 0, mean = 0, top = 0, at_top = 0;
#pragma omp simd reduction(+ : sum, mean) reduction(max : top)
  for (size_t k = 0; k < n; k++) {
    double a = nu[k] * y[k];
    a = a > 0 && a < least ? least : a;
    double s = a > 0 ? sigma[k] : 0;
    top = s > top ? s : top;
    y[k] = a;
    sum += a;
    mean += a * sigma[k];
  }
#pragma omp simd reduction(+ : at_top)
  for (size_t k = 0; k < n; k++)
    at_top += sigma[k] == top ? y[k] : 0;
  return (em_row){sum, top, at_top, mean};
}

/* S(z) and minus its derivative. */
YS_HOT static double evaluate_sum(const em_row *row,
                                  const double *restrict sigma,
                                  const double *restrict a, double z, size_t n,
                                  double *slope) {
  const double b = 1 + row->sum, top = row->top;
  double sum = 0, fall = 0;
#pragma omp simd reduction(+ : sum, fall)
  for (size_t k = 0; k < n; k++) {
    double r = 1 / (sigma[k] * z + b * (top - sigma[k]));
    r = a[k] > 0 ? r : 0; /* without a_k there is no pole */
    double p = a[k] * r;
    sum += p;
    fall += p * (sigma[k] * r);
  }
  *slope = top * fall;
  return top * sum;
}

/* A lower bound of the root: the classes at the top alone have S >= at_top / z,
 * and by Jensen x >= sum_k a_k sigma_k / A, less an allowance for rounding. */
static double left_of_root(const em_row *row) {
  double b = (1 + row->sum) * (1 - 1e-12);
  double jensen = b - row->top * (row->sum / row->mean);
  return jensen > row->at_top ? jensen : row->at_top;
}

/* The root z of S = 1, from a guess (0 if there is none). */
static double find_root(const em_row *row, const double *sigma, const double *a,
                        double guess, size_t n) {
  enum { MOST_STEPS = 100 };
  const double left = left_of_root(row);
  double z = guess > left ? guess : left;
  for (int step = 0; step < MOST_STEPS; step++) {
    double slope, sum = evaluate_sum(row, sigma, a, z, n, &slope);
    double next = z + sum * (sum - 1) / slope;
    next = next > left ? next : left; /* the guess was far to the right */
    /* A step by a share d of z leaves an error of d^2: every part of S is one
     * over a sum of z and something positive. */
    if (fabs(sum - 1) <= 1e-14 || fabs(next - z) <= 1e-8 * z)
      return next;
    z = next;
  }
  return z;
}

/* y_k in place of a_k, scaled to sum to 1. */
YS_HOT static void maximise(const em_row *row, const double *restrict sigma,
                            double *restrict y, double z, size_t n) {
  const double b = 1 + row->sum, top = row->top;
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (size_t k = 0; k < n; k++) {
    double share = top / (sigma[k] * z + b * (top - sigma[k]));
    y[k] = y[k] > 0 ? y[k] * share : 0;
    sum += y[k];
  }
#pragma omp simd
  for (size_t k = 0; k < n; k++)
    y[k] /= sum;
}

static void collision_row(const double *sigma, const double *nu, double *root,
                          double *y, size_t n) {
  em_row row = expect(sigma, nu, y, n);
  *root = find_root(&row, sigma, y, *root, n);
  maximise(&row, sigma, y, *root, n);
}

static void reverse_row(const double *sigma, const double *nu, double *y,
                        size_t n) {
  double sum = expect(sigma, nu, y, n).sum;
  for (size_t k = 0; k < n; k++)
    sum += sigma[k];
  for (size_t k = 0; k < n; k++)
    y[k] = (sigma[k] + y[k]) / sum;
}

/* Without fairness the optimum is in closed form: the row's largest sigma
 * (collision), or sigma itself (reverse). */
static void closed_form_row(ys_loss loss, const double *sigma, double *y,
                            size_t n) {
  size_t largest = 0;
  for (size_t k = 1; k < n; k++)
    if (sigma[k] > sigma[largest])
      largest = k;
  for (size_t k = 0; k < n; k++)
    y[k] = loss == YS_REVERSE ? sigma[k] : k == largest;
}

/* One E step and one M step. */
static void em_map(void *work, double *y) {
  em *state = work;
  const ys_objective *objective = state->objective;
  const size_t n = objective->batch->classes;
  const double *nu = state->scratch.nu;
  const ys_blocks *blocks = &state->scratch.blocks;
  ys_column_means(objective, y, &state->scratch);
  ys_objective_multipliers(objective, state->scratch.ybar, state->scratch.nu);
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_block_threads(blocks, objective->threads))
  for (size_t block = 0; block < blocks->count; block++)
    for (size_t i = ys_block_begin(blocks, block);
         i < ys_block_end(blocks, block); i++) {
      const double *sigma = objective->batch->sigma + i * n;
      if (objective->lambda == 0)
        closed_form_row(objective->loss, sigma, y + i * n, n);
      else if (objective->loss == YS_REVERSE)
        reverse_row(sigma, nu, y + i * n, n);
      else
        collision_row(sigma, nu, &state->root[i], y + i * n, n);
    }
}

static ys_step em_step(void *work, double *y, ys_error *error) {
  em *state = work;
  (void)error;
  if (state->accel == EM_SQUAREM)
    ys_squarem_step(&state->squarem, em_map, state, &state->scratch, y);
  else if (state->accel == EM_ANDERSON)
    ys_anderson_step(&state->anderson, em_map, state, &state->scratch, y);
  else
    em_map(state, y);
  return YS_STEP_ON;
}

static const ys_option em_options[] = {
    {"accel", YS_WORD, "none", 0, 0, "none|squarem|anderson",
     "extrapolation: squarem (two maps a step) or anderson (one)"},
    {"memory", YS_INTEGER, "5", 1, YS_ANDERSON_MOST, NULL,
     "accel=anderson: how many differences to keep"},
    {0}};

const ys_solver ys_em = {
    .name = "em",
    .summary = "the paper's expectation-maximisation: monotone; accelerations",
    .options = em_options,
    .supports = em_supports,
    .init = em_init,
    .step = em_step,
    .free = em_free,
};
