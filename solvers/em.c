/* The paper's expectation-maximisation algorithm for strong fairness (Zhang and
 * Boykov, arXiv 2303.07321, section 3.2).
 *
 * E step: S_ik = y_ik / sum_j y_jk. M step, a row at a time, with a_k = lambda
 * M u_k S_ik = nu_k y_ik: minimise loss(sigma_i, y) - sum_k a_k ln y_k. For
 * collision, with A = sum_k a_k, the stationary point is
 *
 *   y_k = a_k / (1 + A - sigma_k / x),      x = sigma . y the one root of
 *   f(x) = sum_k a_k / (1 + A - sigma_k / x) - 1
 *
 * right of its largest pole. f falls and is convex there, so Newton's method
 * from the left of the root climbs to it without a line search, and from the
 * right jumps to the left in one step. For reverse, y_k is proportional to
 * sigma_k + a_k. */
#include "../problems/simd.h"
#include "solver.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct em {
  const ys_objective *objective;
  ys_scratch scratch;
  double *root; /* M: the last sweep's x, a good start for the next */
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
  free(state->root);
  free(state);
}

static ys_code em_init(void **work, const ys_objective *objective,
                       const ys_options *options, double *y, ys_error *error) {
  (void)options;
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
  if (code)
    em_free(state);
  else
    *work = state;
  return code;
}

/* a_k = nu_k y_k into y; the sum of a. An entry that was positive stays so: it
 * may have to grow again. */
YS_HOT static double expect(const double *restrict nu, double *restrict y,
                            size_t n) {
  const double least = 1e-290;
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (size_t k = 0; k < n; k++) {
    double a = nu[k] * y[k];
    a = a > 0 && a < least ? least : a;
    y[k] = a;
    sum += a;
  }
  return sum;
}

/* A point left of the root and right of every pole: x >= sigma_k / (1 + A -
 * a_k) for each k with a_k > 0. */
YS_HOT static double left_of_root(const double *restrict sigma,
                                  const double *restrict a, double b,
                                  size_t n) {
  double left = 0;
#pragma omp simd reduction(max : left)
  for (size_t k = 0; k < n; k++) {
    double x = a[k] > 0 ? sigma[k] / (b - a[k]) : 0;
    left = x > left ? x : left;
  }
  return left;
}

/* f(x) and minus its derivative, with B = 1 + A. */
YS_HOT static void evaluate_root(const double *restrict sigma,
                                 const double *restrict a, double b, double x,
                                 size_t n, double *f, double *slope) {
  double sum = 0, fall = 0;
#pragma omp simd reduction(+ : sum, fall)
  for (size_t k = 0; k < n; k++) {
    double r = 1 / (b * x - sigma[k]);
    double p = a[k] > 0 ? a[k] * r : 0; /* without a_k there is no pole */
    r = a[k] > 0 ? r : 0;
    sum += p;
    fall += p * (sigma[k] * r);
  }
  *f = x * sum - 1;
  *slope = fall;
}

/* The root of f, from a guess (0 if there is none). */
static double find_root(const double *sigma, const double *a, double b,
                        double guess, size_t n) {
  enum { MOST_STEPS = 64 };
  double left = left_of_root(sigma, a, b, n);
  double x = guess > left ? guess : left;
  for (int step = 0; step < MOST_STEPS; step++) {
    double f, slope;
    evaluate_root(sigma, a, b, x, n, &f, &slope);
    double next = x + f / slope;
    if (!(next > left)) /* the guess was far to the right, or not a number */
      next = left;
    bool arrived = step > 0 && next <= x; /* no more rise: rounding */
    if (arrived || fabs(next - x) <= 4 * DBL_EPSILON * x)
      return arrived ? x : next;
    x = next;
  }
  return x;
}

/* y_k = a_k x / (B x - sigma_k), in place of a, scaled to sum to 1. */
YS_HOT static void maximise(const double *restrict sigma, double *restrict y,
                            double b, double x, size_t n) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (size_t k = 0; k < n; k++) {
    y[k] = y[k] > 0 ? y[k] * x / (b * x - sigma[k]) : 0;
    sum += y[k];
  }
#pragma omp simd
  for (size_t k = 0; k < n; k++)
    y[k] /= sum;
}

static void collision_row(const double *sigma, const double *nu, double *root,
                          double *y, size_t n) {
  double b = 1 + expect(nu, y, n);
  *root = find_root(sigma, y, b, *root, n);
  maximise(sigma, y, b, *root, n);
}

static void reverse_row(const double *sigma, const double *nu, double *y,
                        size_t n) {
  double sum = expect(nu, y, n);
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

static ys_step em_step(void *work, double *y, ys_error *error) {
  em *state = work;
  (void)error;
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
  return YS_STEP_ON;
}

static const ys_option em_options[] = {{0}};

const ys_solver ys_em = {
    .name = "em",
    .summary = "the paper's expectation-maximisation: no parameter, monotone",
    .options = em_options,
    .supports = em_supports,
    .init = em_init,
    .step = em_step,
    .free = em_free,
};
