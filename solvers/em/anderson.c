#include "solvers/em/anderson.h"

#include "problems/vector/array.h"
#include "problems/vector/simd.h"

#include <lapacke.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = YS_ANDERSON_MOST + 1, PRODUCTS = SIDE * SIDE };

ys_code ys_anderson_init(ys_anderson *anderson, const ys_objective *objective,
                         size_t memory, ys_error *error) {
  const ys_batch *batch = objective->batch;
  const size_t bytes =
      ys_times(ys_times(batch->rows, batch->classes), sizeof(double));
  ys_blocks blocks = ys_blocks_make(batch->rows, batch->classes);
  *anderson = (ys_anderson){.objective = objective, .memory = memory};
  anderson->last = malloc(bytes);
  anderson->residual = malloc(bytes);
  anderson->mapped = malloc(bytes);
  anderson->sums = ys_array(ys_times(blocks.count, PRODUCTS), sizeof(double));
  bool complete = anderson->last && anderson->residual && anderson->mapped &&
                  anderson->sums;
  for (size_t j = 0; j < memory; j++) {
    anderson->change[j] = malloc(bytes);
    anderson->step[j] = malloc(bytes);
    complete = complete && anderson->change[j] && anderson->step[j];
  }
  if (complete)
    return YS_OK;
  ys_anderson_free(anderson);
  return ys_fail_memory(error, "the memory of Anderson acceleration");
}

void ys_anderson_free(ys_anderson *anderson) {
  free(anderson->last);
  free(anderson->residual);
  free(anderson->mapped);
  free(anderson->sums);
  for (size_t j = 0; j < YS_ANDERSON_MOST; j++) {
    free(anderson->change[j]);
    free(anderson->step[j]);
  }
  *anderson = (ys_anderson){0};
}

static size_t kept(const ys_anderson *a) {
  return a->count < a->memory ? a->count : a->memory;
}

/* ------------------------------------------------------ one block's part ----
 */

/* mapped holds w and becomes w + r, r = ln(map y) - w; last and residual become
 * w and r; their differences, if there are any before, go into step and change.
 */
YS_HOT static void record_first(const double *restrict y,
                                double *restrict mapped, double *restrict last,
                                double *restrict residual, size_t count) {
#pragma omp simd
  for (size_t i = 0; i < count; i++) {
    double w = mapped[i], r = y[i] > 0 ? ys_logarithm(y[i]) - w : 0;
    mapped[i] = w + r;
    last[i] = w;
    residual[i] = r;
  }
}

YS_HOT static void record(const double *restrict y, double *restrict mapped,
                          double *restrict last, double *restrict residual,
                          double *restrict change, double *restrict step,
                          size_t count) {
#pragma omp simd
  for (size_t i = 0; i < count; i++) {
    double w = mapped[i], r = y[i] > 0 ? ys_logarithm(y[i]) - w : 0;
    double turn = r - residual[i];
    change[i] = turn;
    step[i] = y[i] > 0 ? w - last[i] + turn : 0;
    mapped[i] = w + r;
    last[i] = w;
    residual[i] = r;
  }
}

YS_HOT static void log_block(const double *y, double *out, size_t count) {
  ys_log_row(y, out, count);
}

/* sum_i y_i a_i b_i */
YS_INLINE double product(const double *restrict y, const double *restrict a,
                         const double *restrict b, size_t count) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (size_t i = 0; i < count; i++)
    sum += y[i] * a[i] * b[i];
  return sum;
}

/* Fisher products of the differences with each other (lower triangle), and in
 * row `vectors` with the residual. */
YS_HOT static void multiply(const ys_anderson *a, const double *y, size_t begin,
                            size_t count, double *sums) {
  const size_t vectors = kept(a);
  for (size_t p = 0; p <= vectors; p++)
    for (size_t q = 0; q <= p && q < vectors; q++)
      sums[p * SIDE + q] =
          product(y + begin, (p < vectors ? a->change[p] : a->residual) + begin,
                  a->change[q] + begin, count);
}

/* y = softmax(w + r - sum_j c_j step_j), row by row. */
YS_HOT static void combine(const ys_anderson *a, const double *c, double *y,
                           size_t begin, size_t end) {
  const size_t n = a->objective->batch->classes;
  for (size_t i = begin; i < end; i++) {
    double *row = y + i * n;
    memcpy(row, a->mapped + i * n, n * sizeof *row);
    for (size_t j = 0; j < kept(a); j++) {
      const double *step = a->step[j] + i * n;
#pragma omp simd
      for (size_t k = 0; k < n; k++)
        row[k] -= c[j] * step[k];
    }
    ys_softmax_row(row, n);
  }
}

/* ------------------------------------------------------- all blocks ---- */

static int threads(const ys_anderson *a, const ys_blocks *blocks) {
  return ys_block_threads(blocks, a->objective->threads);
}

/* mapped = ln y */
static void start(ys_anderson *a, const ys_blocks *blocks, const double *y) {
  const size_t n = a->objective->batch->classes;
#pragma omp parallel for schedule(static) num_threads(threads(a, blocks))
  for (size_t block = 0; block < blocks->count; block++) {
    size_t begin = ys_block_begin(blocks, block) * n;
    log_block(y + begin, a->mapped + begin,
              ys_block_end(blocks, block) * n - begin);
  }
}

/* Take in y, which has been mapped. */
static void record_all(ys_anderson *a, const ys_blocks *blocks,
                       const double *y) {
  const size_t n = a->objective->batch->classes;
  const size_t place = a->count % a->memory;
  double *change = a->primed ? a->change[place] : NULL;
  double *step = a->primed ? a->step[place] : NULL;
#pragma omp parallel for schedule(static) num_threads(threads(a, blocks))
  for (size_t block = 0; block < blocks->count; block++) {
    size_t begin = ys_block_begin(blocks, block) * n;
    size_t count = ys_block_end(blocks, block) * n - begin;
    if (change)
      record(y + begin, a->mapped + begin, a->last + begin, a->residual + begin,
             change + begin, step + begin, count);
    else
      record_first(y + begin, a->mapped + begin, a->last + begin,
                   a->residual + begin, count);
  }
  a->count += a->primed;
}

static void combine_all(const ys_anderson *a, const ys_blocks *blocks,
                        const double *c, double *y) {
#pragma omp parallel for schedule(static) num_threads(threads(a, blocks))
  for (size_t block = 0; block < blocks->count; block++)
    combine(a, c, y, ys_block_begin(blocks, block),
            ys_block_end(blocks, block));
}

/* The coefficients c: normal equations, each difference scaled to length 1 and
 * with a ridge against parallel ones. Returns whether there are any. */
static bool coefficients(const ys_anderson *a, const ys_blocks *blocks,
                         const double *y, double *c) {
  const double ridge = 1e-10;
  const size_t n = a->objective->batch->classes, m = kept(a);
  double total[PRODUCTS] = {0}, matrix[YS_ANDERSON_MOST * YS_ANDERSON_MOST];
#pragma omp parallel for schedule(static) num_threads(threads(a, blocks))
  for (size_t block = 0; block < blocks->count; block++) {
    size_t begin = ys_block_begin(blocks, block) * n;
    multiply(a, y, begin, ys_block_end(blocks, block) * n - begin,
             a->sums + block * PRODUCTS);
  }
  for (size_t block = 0; block < blocks->count; block++)
    for (size_t p = 0; p <= m; p++)
      for (size_t q = 0; q <= p && q < m; q++)
        total[p * SIDE + q] += a->sums[block * PRODUCTS + p * SIDE + q];
  double scale[YS_ANDERSON_MOST];
  for (size_t p = 0; p < m; p++) {
    scale[p] = 1 / sqrt(total[p * SIDE + p]);
    c[p] = total[m * SIDE + p] * scale[p];
    for (size_t q = 0; q <= p; q++)
      matrix[p * m + q] = total[p * SIDE + q] * scale[p] * scale[q];
    matrix[p * m + p] = 1 + ridge;
  }
  if (m == 0 || LAPACKE_dposv(LAPACK_ROW_MAJOR, 'L', (lapack_int)m, 1, matrix,
                              (lapack_int)m, c, 1))
    return false;
  bool finite = true;
  for (size_t p = 0; p < m; p++) {
    c[p] *= scale[p];
    finite = finite && isfinite(c[p]);
  }
  return finite;
}

void ys_anderson_step(ys_anderson *a, ys_map *map, void *context,
                      ys_scratch *scratch, double *y) {
  enum { MOST_TRIALS = 4 };
  const ys_blocks *blocks = &scratch->blocks;
  double c[YS_ANDERSON_MOST] = {0};
  if (!a->primed)
    a->value = ys_objective_value(a->objective, y, scratch);
  start(a, blocks, y);
  map(context, y);
  record_all(a, blocks, y);
  a->primed = true;
  bool some = coefficients(a, blocks, y, c);
  for (int trial = 0; some && trial < MOST_TRIALS; trial++) {
    combine_all(a, blocks, c, y);
    double value = ys_objective_value(a->objective, y, scratch);
    if (value <= a->value + ys_rise_allowed(a->value)) {
      a->value = value;
      return;
    }
    for (size_t j = 0; j < kept(a); j++)
      c[j] /= 2;
  }
  a->count = 0; /* what was learnt is of no use here: start anew */
  combine_all(a, blocks, c, y);
  a->value = ys_objective_value(a->objective, y, scratch);
}
