#include "problems/batch.h"

#include "problems/vector/array.h"
#include "problems/vector/exp_log.h"
#include "problems/vector/simd.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

/* A sum further from 1 than this is a mistake in the data, not rounding. */
static const double SUM_TOLERANCE = 1e-4;
static const double SUM_ROUNDING = 1e-12;

/* A batch of this shape, but for its numbers. */
static ys_code begin(ys_batch *batch, const char *name, size_t rows,
                     size_t classes, ys_error *error) {
  *batch = (ys_batch){.rows = rows,
                      .classes = classes,
                      .planted_lambda = NAN,
                      .planted_optimum = NAN};
  if (rows == 0)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: M = 0: a batch needs at least one row", name);
  if (classes < 2)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: K = %zu: a batch needs at least two classes", name,
                   classes);
  if (ys_times(ys_times(rows, classes), sizeof(double)) > PTRDIFF_MAX)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: a %zu x %zu batch is larger than memory can address",
                   name, rows, classes);
  return YS_OK;
}

ys_code ys_batch_alloc(ys_batch *batch, const char *name, size_t rows,
                       size_t classes, ys_error *error) {
  ys_code code = begin(batch, name, rows, classes, error);
  if (code)
    return code;
  batch->sigma = ys_array(ys_times(rows, classes), sizeof *batch->sigma);
  if (!batch->sigma)
    return ys_fail(error, YS_NO_MEMORY, "%s: out of memory for %zu x %zu", name,
                   rows, classes);
  return YS_OK;
}

void ys_batch_free(ys_batch *batch) {
  if (!batch)
    return;
  free(batch->sigma);
  free(batch->sum);
  if (batch->map)
    munmap(batch->map, batch->map_size);
  free(batch->planted_labels);
  *batch = (ys_batch){.planted_lambda = NAN, .planted_optimum = NAN};
}

/* Check one row of K raw probabilities, note it in `batch`, and add it up. */
static ys_code check_sigma_row(ys_batch *batch, const char *name, size_t row,
                               const double *sigma, double *total,
                               ys_error *error) {
  double sum = 0;
  for (size_t k = 0; k < batch->classes; k++) {
    if (!(sigma[k] >= 0 && isfinite(sigma[k])))
      return ys_fail(error, YS_BAD_INPUT,
                     "%s: row %zu, class %zu (from 0): %g is not a "
                     "probability: expected a finite number >= 0",
                     name, row, k, sigma[k]);
    sum += sigma[k];
  }
  double deviation = fabs(sum - 1);
  if (!(deviation <= SUM_TOLERANCE))
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: row %zu (from 0) sums to %.9g: expected 1 to within %g",
                   name, row, sum, SUM_TOLERANCE);
  if (deviation > SUM_ROUNDING)
    batch->renormalised_rows++;
  batch->largest_deviation = fmax(batch->largest_deviation, deviation);
  *total = sum;
  return YS_OK;
}

ys_code ys_batch_accept_row(ys_batch *batch, const char *name, size_t row,
                            ys_error *error) {
  double *sigma = batch->sigma + row * batch->classes, sum;
  ys_code code = check_sigma_row(batch, name, row, sigma, &sum, error);
  if (code)
    return code;
  /* Adding 0 turns -0 into 0. */
  for (size_t k = 0; k < batch->classes; k++)
    sigma[k] = sigma[k] / sum + 0.0;
  return YS_OK;
}

ys_code ys_batch_softmax_row(ys_batch *batch, const char *name, size_t row,
                             ys_error *error) {
  double *sigma = batch->sigma + row * batch->classes;
  double largest = -INFINITY;
  for (size_t k = 0; k < batch->classes; k++) {
    if (isnan(sigma[k]) || sigma[k] == INFINITY)
      return ys_fail(error, YS_BAD_INPUT,
                     "%s: row %zu, class %zu (from 0): %g is not a logit: "
                     "expected a finite number or -inf",
                     name, row, k, sigma[k]);
    largest = fmax(largest, sigma[k]);
  }
  if (largest == -INFINITY)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: row %zu (from 0): every logit is -inf: expected at "
                   "least one finite",
                   name, row);
  ys_log_sum_exp(sigma, sigma, batch->classes);
  return YS_OK;
}

/* ------------------------------------------------- kept as float32 ---- */

YS_HOT static void widen(const float *restrict recorded, double sum, size_t n,
                         double *restrict sigma) {
#pragma omp simd
  for (size_t k = 0; k < n; k++)
    sigma[k] = (double)recorded[k] / sum + 0.0;
}

const double *ys_batch_rows(const ys_batch *batch, size_t first, size_t count,
                            double *room) {
  const size_t n = batch->classes;
  if (batch->sigma)
    return batch->sigma + first * n;
  for (size_t i = 0; i < count; i++)
    widen(batch->recorded + (first + i) * n, batch->sum[first + i], n,
          room + i * n);
  return room;
}

static ys_code check_sigma_rows(ys_batch *batch, const char *name,
                                ys_error *error) {
  const size_t n = batch->classes;
  double *row = ys_array(n, sizeof *row);
  ys_code code = row ? YS_OK : ys_fail_memory(error, "a row");
  for (size_t i = 0; !code && i < batch->rows; i++) {
    for (size_t k = 0; k < n; k++)
      row[k] = (double)batch->recorded[i * n + k];
    code = check_sigma_row(batch, name, i, row, &batch->sum[i], error);
  }
  free(row);
  return code;
}

ys_code ys_batch_keep(ys_batch *batch, const char *name, const float *recorded,
                      size_t rows, size_t classes, void *map, size_t map_size,
                      ys_error *error) {
  ys_code code = begin(batch, name, rows, classes, error);
  if (code)
    return code;
  batch->sum = ys_array(rows, sizeof *batch->sum);
  if (!batch->sum)
    return ys_fail_memory(error, "the row sums");
  batch->recorded = recorded;
  code = check_sigma_rows(batch, name, error);
  if (code) {
    ys_batch_free(batch);
    return code;
  }
  batch->map = map;
  batch->map_size = map_size;
  return YS_OK;
}
