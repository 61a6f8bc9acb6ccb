#include "solvers/em/squarem.h"

#include "problems/vector/array.h"
#include "problems/vector/simd.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST, BEND }; /* places in a block's totals */

ys_code ys_squarem_init(ys_squarem *squarem, const ys_objective *objective,
                        ys_error *error) {
  const ys_batch *batch = objective->batch;
  const size_t bytes =
      ys_times(ys_times(batch->rows, batch->classes), sizeof(double));
  *squarem = (ys_squarem){.objective = objective};
  squarem->log = malloc(bytes);
  squarem->first = malloc(bytes);
  squarem->bend = malloc(bytes);
  if (squarem->log && squarem->first && squarem->bend)
    return YS_OK;
  ys_squarem_free(squarem);
  return ys_fail_memory(error, "SQUAREM's differences");
}

void ys_squarem_free(ys_squarem *squarem) {
  free(squarem->log);
  free(squarem->first);
  free(squarem->bend);
  *squarem = (ys_squarem){0};
}

static int threads(const ys_squarem *q, const ys_blocks *blocks) {
  return ys_block_threads(blocks, q->objective->threads);
}

YS_HOT static void log_block(const double *y, double *out, size_t count) {
  ys_log_row(y, out, count);
}

static void take_logs(ys_squarem *q, const ys_blocks *blocks, const double *y,
                      double *out) {
  const size_t n = q->objective->batch->classes;
#pragma omp parallel for schedule(static) num_threads(threads(q, blocks))
  for (size_t block = 0; block < blocks->count; block++) {
    size_t begin = ys_block_begin(blocks, block) * n;
    log_block(y + begin, out + begin, ys_block_end(blocks, block) * n - begin);
  }
}

/* first holds ln y1 and becomes r; bend holds ln y2 and becomes v; log holds ln
 * y and becomes ln y2. A class without mass, whose logarithms are -infinity,
 * stays without. Their squared lengths go into totals. */
YS_HOT static void subtract(const double *restrict y, double *restrict start,
                            double *restrict first, double *restrict bend,
                            size_t count, double *totals) {
  double r2 = 0, v2 = 0;
#pragma omp simd reduction(+ : r2, v2)
  for (size_t i = 0; i < count; i++) {
    double r = first[i] - start[i], v = bend[i] - first[i] - r;
    r = y[i] > 0 ? r : 0;
    v = y[i] > 0 ? v : 0;
    start[i] = bend[i];
    first[i] = r;
    bend[i] = v;
    r2 += y[i] * r * r;
    v2 += y[i] * v * v;
  }
  totals[FIRST] = r2;
  totals[BEND] = v2;
}

static double total(const ys_scratch *scratch, size_t which) {
  ys_sum sum = {0, 0};
  for (size_t block = 0; block < scratch->blocks.count; block++)
    ys_sum_add(&sum, scratch->totals[block * YS_TOTALS + which]);
  return ys_sum_value(&sum);
}

/* |r| / |v|, at least 1 and finite when squared. */
static double step_length(ys_squarem *q, ys_scratch *scratch, const double *y) {
  const double longest = 1e8;
  const size_t n = q->objective->batch->classes;
  const ys_blocks *blocks = &scratch->blocks;
#pragma omp parallel for schedule(static) num_threads(threads(q, blocks))
  for (size_t block = 0; block < blocks->count; block++) {
    size_t begin = ys_block_begin(blocks, block) * n;
    subtract(y + begin, q->log + begin, q->first + begin, q->bend + begin,
             ys_block_end(blocks, block) * n - begin,
             scratch->totals + block * YS_TOTALS);
  }
  double length = sqrt(total(scratch, FIRST) / total(scratch, BEND));
  return length > 1 ? fmin(length, longest) : 1;
}

YS_HOT static void extrapolate_rows(const double *restrict from,
                                    const double *restrict first,
                                    const double *restrict bend, double length,
                                    double *restrict y, size_t count) {
  const double p = 2 * (length - 1), q = length * length - 1;
#pragma omp simd
  for (size_t i = 0; i < count; i++)
    y[i] = from[i] + p * first[i] + q * bend[i];
}

YS_HOT static void softmax_rows(double *y, size_t begin, size_t end, size_t n) {
  for (size_t i = begin; i < end; i++)
    ys_softmax_row(y + i * n, n);
}

static void extrapolate(const ys_squarem *q, const ys_blocks *blocks,
                        double length, double *y) {
  const size_t n = q->objective->batch->classes;
#pragma omp parallel for schedule(static) num_threads(threads(q, blocks))
  for (size_t block = 0; block < blocks->count; block++) {
    size_t begin = ys_block_begin(blocks, block);
    size_t end = ys_block_end(blocks, block);
    extrapolate_rows(q->log + begin * n, q->first + begin * n,
                     q->bend + begin * n, length, y + begin * n,
                     (end - begin) * n);
    softmax_rows(y, begin, end, n);
  }
}

void ys_squarem_step(ys_squarem *q, ys_map *map, void *context,
                     ys_scratch *scratch, double *y) {
  enum { MOST_TRIALS = 8 };
  const ys_blocks *blocks = &scratch->blocks;
  if (!q->primed)
    q->value = ys_objective_value(q->objective, y, scratch);
  q->primed = true;
  take_logs(q, blocks, y, q->log);
  map(context, y);
  take_logs(q, blocks, y, q->first);
  map(context, y);
  take_logs(q, blocks, y, q->bend);
  double length = step_length(q, scratch, y), value;
  for (int trial = 1; length > 1; trial++) {
    extrapolate(q, blocks, length, y);
    value = ys_objective_value(q->objective, y, scratch);
    if (value <= q->value + ys_rise_allowed(q->value)) {
      q->value = value;
      return;
    }
    length = trial < MOST_TRIALS ? (length + 1) / 2 : 1;
  }
  extrapolate(q, blocks, 1, y);
  q->value = ys_objective_value(q->objective, y, scratch);
}
