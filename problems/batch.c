#include "batch.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* A sum further from 1 than this is a mistake in the data, not rounding. */
static const double SUM_TOLERANCE = 1e-4;
static const double SUM_ROUNDING = 1e-12;

static void clear(ys_batch *batch) {
  *batch = (ys_batch){.planted_lambda = NAN, .planted_optimum = NAN};
}

ys_code ys_batch_alloc(ys_batch *batch, const char *name, size_t rows,
                       size_t classes, ys_error *error) {
  clear(batch);
  if (rows == 0)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: M = 0: a batch needs at least one row", name);
  if (classes < 2)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: K = %zu: a batch needs at least two classes", name,
                   classes);
  if (rows > PTRDIFF_MAX / sizeof(double) / classes)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: a %zu x %zu batch is larger than memory can address",
                   name, rows, classes);
  batch->sigma = malloc(rows * classes * sizeof *batch->sigma);
  if (!batch->sigma)
    return ys_fail(error, YS_NO_MEMORY, "%s: out of memory for %zu x %zu", name,
                   rows, classes);
  batch->rows = rows;
  batch->classes = classes;
  return YS_OK;
}

void ys_batch_free(ys_batch *batch) {
  if (!batch)
    return;
  free(batch->sigma);
  free(batch->planted_labels);
  clear(batch);
}

ys_code ys_batch_accept_row(ys_batch *batch, const char *name, size_t row,
                            ys_error *error) {
  double *sigma = batch->sigma + row * batch->classes;
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
  /* Adding 0 turns -0 into 0. */
  for (size_t k = 0; k < batch->classes; k++)
    sigma[k] = sigma[k] / sum + 0.0;
  return YS_OK;
}

ys_code ys_batch_softmax_row(ys_batch *batch, const char *name, size_t row,
                             ys_error *error) {
  double *sigma = batch->sigma + row * batch->classes;
  double largest = -INFINITY, sum = 0;
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
  for (size_t k = 0; k < batch->classes; k++)
    sum += sigma[k] = exp(sigma[k] - largest);
  for (size_t k = 0; k < batch->classes; k++)
    sigma[k] /= sum;
  return YS_OK;
}
