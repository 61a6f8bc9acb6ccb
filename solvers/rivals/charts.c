#include "solvers/rivals/charts.h"

#include "problems/vector/exp_log.h"
#include "problems/vector/simd.h"

#include <math.h>

/* ------------------------------------------------------------ labels ---- */

YS_HOT static void exponentials(const double *restrict v, double *restrict w,
                                size_t n) {
  const double least = -690;
  double top = -INFINITY;
  for (size_t k = 0; k < n; k++)
    top = v[k] > top ? v[k] : top;
#pragma omp simd
  for (size_t k = 0; k < n; k++) {
    double below = v[k] - top;
    w[k] = ys_exponential(below < least ? least : below);
  }
}

static void weights(ys_chart chart, const double *restrict v,
                    double *restrict w, size_t n) {
  if (chart == YS_SOFTMAX)
    exponentials(v, w, n);
  else
    for (size_t k = 0; k < n; k++)
      w[k] = chart == YS_SQUARES ? v[k] * v[k] : fmax(v[k], 0);
}

static void forbid(const double *sigma, double *w, size_t n) {
  for (size_t k = 0; k < n; k++)
    if (sigma[k] == 0)
      w[k] = 0;
}

YS_HOT static void normalise(double *restrict y, size_t n) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (size_t k = 0; k < n; k++)
    sum += y[k];
#pragma omp simd
  for (size_t k = 0; k < n; k++)
    y[k] /= sum;
}

void ys_chart_labels(const ys_objective *objective, ys_chart chart,
                     const double *v, double *y) {
  const size_t n = objective->batch->classes;
  const ys_blocks blocks = ys_blocks_make(objective->batch->rows, n);
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_block_threads(&blocks, objective->threads))
  for (size_t block = 0; block < blocks.count; block++)
    for (size_t i = ys_block_begin(&blocks, block) * n;
         i < ys_block_end(&blocks, block) * n; i += n) {
      weights(chart, v + i, y + i, n);
      if (objective->loss == YS_SHANNON)
        forbid(objective->batch->sigma + i, y + i, n);
      normalise(y + i, n);
    }
}

void ys_chart_inverse(const ys_objective *objective, ys_chart chart,
                      const double *y, double *v) {
  const ys_batch *batch = objective->batch;
  for (size_t i = 0; i < batch->rows * batch->classes; i++) {
    double positive = y[i] > 0 ? y[i] : 1e-12;
    if (chart == YS_SOFTMAX)
      v[i] = log(positive);
    else if (objective->loss == YS_SHANNON && batch->sigma[i] == 0)
      v[i] = 0;
    else
      v[i] = chart == YS_SQUARES ? sqrt(positive) : positive;
  }
}

/* ------------------------------------------------------------- slope ---- */

/* G_k - sum_j y_j G_j in place of G_k. Where y_k is 0 by decree G_k may be
 * infinite; v_k has no effect then. */
static void center(const double *y, double *gradient, size_t n) {
  double mean = 0;
  for (size_t k = 0; k < n; k++)
    mean += y[k] > 0 ? y[k] * gradient[k] : 0;
  for (size_t k = 0; k < n; k++)
    gradient[k] = gradient[k] < INFINITY ? gradient[k] - mean : 0;
}

/* sum_j w(v_j), which the largest entry knows. */
static double weight_sum(ys_chart chart, const double *v, const double *y,
                         size_t n) {
  size_t top = 0;
  for (size_t k = 1; k < n; k++)
    if (y[k] > y[top])
      top = k;
  return (chart == YS_SQUARES ? v[top] * v[top] : v[top]) / y[top];
}

/* w'(v_k) / sum_j w(v_j) times G_k - sum_j y_j G_j: y_k, 2 v_k / sum, 1 / sum.
 */
static void slope_row(ys_chart chart, const double *v, const double *y,
                      double *gradient, size_t n) {
  center(y, gradient, n);
  if (chart == YS_SOFTMAX) {
    for (size_t k = 0; k < n; k++)
      gradient[k] *= y[k];
    return;
  }
  const double factor = 1 / weight_sum(chart, v, y, n);
  for (size_t k = 0; k < n; k++)
    gradient[k] *= chart == YS_SQUARES ? 2 * v[k] * factor : factor;
}

void ys_chart_slope(const ys_objective *objective, ys_chart chart,
                    const double *v, const double *y, double *gradient) {
  const size_t n = objective->batch->classes;
  const ys_blocks blocks = ys_blocks_make(objective->batch->rows, n);
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_block_threads(&blocks, objective->threads))
  for (size_t block = 0; block < blocks.count; block++)
    for (size_t i = ys_block_begin(&blocks, block) * n;
         i < ys_block_end(&blocks, block) * n; i += n)
      slope_row(chart, v + i, y + i, gradient + i, n);
}
