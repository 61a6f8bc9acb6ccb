#include "problems/batch.h"

#include "problems/blocks.h"
#include "problems/vector/array.h"
#include "problems/vector/exp_log.h"
#include "problems/vector/row_sums.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

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

size_t ys_batch_whole_rows(const ys_batch *batch) {
  return batch->ranks ? batch->whole_rows : batch->rows;
}

ys_share ys_batch_share(const ys_batch *batch) {
  return ys_share_make(batch->ranks, ys_batch_whole_rows(batch),
                       batch->classes);
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

/* Whether a row of this sum is a distribution. A sum may also overflow, or be
 * that of zeros. */
static bool is_accepted(const ys_row_rule *rule, double sum) {
  return fabs(sum - 1) <= YS_SUM_TOLERANCE + rule->rounding && sum > 0 &&
         isfinite(sum);
}

static ys_code refuse_entry(const char *name, const ys_row_rule *rule,
                            size_t row, size_t k, double entry,
                            ys_error *error) {
  return ys_fail(error, YS_BAD_INPUT,
                 "%s: row %zu, class %zu (from 0): %g is not a "
                 "probability: expected a finite number >= 0%s",
                 name, row, k, entry,
                 rule->advises && isfinite(entry)
                     ? " (if these are logits: file:path=...,logits=1)"
                     : "");
}

static ys_code refuse_sum(const char *name, const ys_row_rule *rule, size_t row,
                          double sum, ys_error *error) {
  const bool any = isinf(rule->rounding);
  const bool divides = sum > 0 && isfinite(sum);
  char expected[64];
  snprintf(expected, sizeof expected,
           any ? "a finite sum above 0" : "1 to within %g",
           YS_SUM_TOLERANCE + rule->rounding);
  return ys_fail(
      error, YS_BAD_INPUT, "%s: row %zu (from 0) sums to %.9g: expected %s%s",
      name, row, sum, expected,
      !rule->advises || any ? ""
      : divides ? " (if these are logits: file:path=...,logits=1; if they "
                  "are to be divided by their sums: renormalise=1)"
                : " (if these are logits: file:path=...,logits=1)");
}

/* Check one row of K raw probabilities, note it in `batch`, and add it up. */
static ys_code check_sigma_row(ys_batch *batch, const char *name,
                               const ys_row_rule *rule, size_t row,
                               const double *sigma, double *total,
                               ys_error *error) {
  double sum = 0;
  for (size_t k = 0; k < batch->classes; k++) {
    if (!(sigma[k] >= 0 && isfinite(sigma[k])))
      return refuse_entry(name, rule, row, k, sigma[k], error);
    sum += sigma[k];
  }
  if (!is_accepted(rule, sum))
    return refuse_sum(name, rule, row, sum, error);
  double deviation = fabs(sum - 1);
  if (deviation > SUM_ROUNDING)
    batch->renormalised_rows++;
  batch->largest_deviation = fmax(batch->largest_deviation, deviation);
  *total = sum;
  return YS_OK;
}

static ys_code accept_row(ys_batch *batch, const char *name,
                          const ys_row_rule *rule, size_t row,
                          ys_error *error) {
  double *sigma = batch->sigma + row * batch->classes, sum;
  ys_code code = check_sigma_row(batch, name, rule, row, sigma, &sum, error);
  if (code)
    return code;
  /* Adding 0 turns -0 into 0. */
  for (size_t k = 0; k < batch->classes; k++)
    sigma[k] = sigma[k] / sum + 0.0;
  return YS_OK;
}

ys_code ys_batch_accept_row(ys_batch *batch, const char *name, size_t row,
                            ys_error *error) {
  return accept_row(batch, name, &(ys_row_rule){0}, row, error);
}

ys_code ys_batch_take_row(ys_batch *batch, const char *name,
                          const ys_row_rule *rule, size_t row,
                          ys_error *error) {
  return rule->logits ? ys_batch_softmax_row(batch, name, row, error)
                      : accept_row(batch, name, rule, row, error);
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

/* ------------------------------------------------------ many rows ----
 *
 * Rows are checked in parallel, block by block and several side by side, in one
 * pass. Where some of them are refused, they are gone through once more, one
 * after the other, for the message. */

enum { TOGETHER = YS_SUMMED_ROWS };

/* What checking a block has found. */
typedef struct findings {
  size_t bad; /* a row refused is at most TOGETHER - 1 after this; or `rows` */
  size_t renormalised;
  double deviation;
} findings;

YS_HOT static bool sum_floats(const float *rows, size_t n, size_t count,
                              double *sums) {
  return ys_sum_rows(rows, true, n, count, sums);
}

YS_HOT static bool sum_doubles(const double *rows, size_t n, size_t count,
                               double *sums) {
  return ys_sum_rows(rows, false, n, count, sums);
}

/* Note the sums of some rows; whether they will do. */
static bool note_sums(findings *found, const ys_row_rule *rule,
                      const double *sums, size_t count) {
  bool will_do = true;
  for (size_t l = 0; l < count; l++) {
    const double deviation = fabs(sums[l] - 1);
    will_do = will_do && is_accepted(rule, sums[l]);
    found->renormalised += deviation > SUM_ROUNDING;
    found->deviation = fmax(found->deviation, deviation);
  }
  return will_do;
}

/* Goes through rows [begin, end), as far as they will do. */
typedef findings block_checker(ys_batch *batch, const void *how, size_t begin,
                               size_t end);

static findings check_blocks(ys_batch *batch, block_checker *check,
                             const void *how, int threads) {
  const ys_blocks blocks = ys_blocks_make(batch->rows, batch->classes);
  findings found[YS_MAX_BLOCKS], all = {.bad = batch->rows};
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_block_threads(&blocks, threads))
  for (size_t block = 0; block < blocks.count; block++)
    found[block] = check(batch, how, ys_block_begin(&blocks, block),
                         ys_block_end(&blocks, block));
  for (size_t block = 0; block < blocks.count; block++) {
    all.bad = found[block].bad < all.bad ? found[block].bad : all.bad;
    all.renormalised += found[block].renormalised;
    all.deviation = fmax(all.deviation, found[block].deviation);
  }
  batch->renormalised_rows = all.renormalised;
  batch->largest_deviation = all.deviation;
  return all;
}

/* A file may change while it is read. */
static ys_code fail_changed(const char *name, ys_error *error) {
  return ys_fail(error, YS_IO, "%s: changed while it was read", name);
}

/* How an allocated batch is filled. */
typedef struct filling {
  ys_rows_reader *read;
  const void *context;
  const ys_row_rule *rule;
} filling;

YS_HOT static void divide(double *sigma, double sum, size_t n) {
#pragma omp simd
  for (size_t k = 0; k < n; k++)
    sigma[k] = sigma[k] / sum + 0.0;
}

/* Some rows that have been read onto the simplex, if they will do. */
static bool accept_rows(ys_batch *batch, const ys_row_rule *rule, size_t first,
                        size_t count, findings *found) {
  const size_t n = batch->classes;
  double *sigma = batch->sigma + first * n, sums[TOGETHER];
  if (!sum_doubles(sigma, n, count, sums) ||
      !note_sums(found, rule, sums, count))
    return false;
  for (size_t l = 0; l < count; l++)
    divide(sigma + l * n, sums[l], n);
  return true;
}

static findings fill_rows(ys_batch *batch, const void *how, size_t begin,
                          size_t end) {
  const filling *f = how;
  findings found = {.bad = batch->rows};
  size_t count;
  for (size_t i = begin; i < end; i += count) {
    count = f->rule->logits ? 1 : end - i < TOGETHER ? end - i : TOGETHER;
    f->read(f->context, i, count, batch->sigma + i * batch->classes);
    bool will_do = f->rule->logits
                       ? ys_batch_softmax_row(batch, NULL, i, NULL) == YS_OK
                       : accept_rows(batch, f->rule, i, count, &found);
    if (!will_do) {
      found.bad = i;
      break;
    }
  }
  return found;
}

ys_code ys_batch_fill(ys_batch *batch, const char *name,
                      const ys_row_rule *rule, ys_rows_reader *read,
                      const void *context, int threads, ys_error *error) {
  const filling how = {read, context, rule};
  const findings found = check_blocks(batch, fill_rows, &how, threads);
  ys_code code = YS_OK;
  for (size_t i = found.bad; !code && i < batch->rows; i++)
    code = ys_batch_take_row(batch, name, rule, i, error);
  return code || found.bad == batch->rows ? code : fail_changed(name, error);
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

double ys_batch_entry(const ys_batch *batch, size_t row, size_t class) {
  const size_t at = row * batch->classes + class;
  return batch->sigma ? batch->sigma[at]
                      : (double)batch->recorded[at] / batch->sum[row] + 0.0;
}

static findings check_kept(ys_batch *batch, const void *how, size_t begin,
                           size_t end) {
  const size_t n = batch->classes;
  findings found = {.bad = batch->rows};
  for (size_t i = begin; i < end; i += TOGETHER) {
    const size_t count = end - i < TOGETHER ? end - i : TOGETHER;
    if (!sum_floats(batch->recorded + i * n, n, count, batch->sum + i) ||
        !note_sums(&found, how, batch->sum + i, count)) {
      found.bad = i;
      break;
    }
  }
  return found;
}

/* What is wrong with a row from `first` on. */
static ys_code refuse_kept(ys_batch *batch, const char *name,
                           const ys_row_rule *rule, size_t first,
                           ys_error *error) {
  const size_t n = batch->classes;
  double *row = ys_array(n, sizeof *row), sum;
  ys_code code = row ? YS_OK : ys_fail_memory(error, "a row");
  for (size_t i = first; !code && i < batch->rows; i++) {
    for (size_t k = 0; k < n; k++)
      row[k] = (double)batch->recorded[i * n + k];
    code = check_sigma_row(batch, name, rule, i, row, &sum, error);
  }
  free(row);
  return code ? code : fail_changed(name, error);
}

ys_code ys_batch_keep(ys_batch *batch, const char *name,
                      const ys_row_rule *rule, const float *recorded,
                      size_t rows, size_t classes, void *map, size_t map_size,
                      int threads, ys_error *error) {
  ys_code code = begin(batch, name, rows, classes, error);
  if (code)
    return code;
  batch->sum = ys_array(rows, sizeof *batch->sum);
  if (!batch->sum)
    return ys_fail_memory(error, "the row sums");
  batch->recorded = recorded;
  const findings found = check_blocks(batch, check_kept, rule, threads);
  if (found.bad < rows) {
    code = refuse_kept(batch, name, rule, found.bad, error);
    ys_batch_free(batch);
    return code;
  }
  batch->map = map;
  batch->map_size = map_size;
  return YS_OK;
}

ys_code ys_batch_widen(ys_batch *batch, const char *who, int threads,
                       ys_error *error) {
  const size_t n = batch->classes;
  const ys_blocks blocks = ys_blocks_make(batch->rows, n);
  if (batch->sigma)
    return YS_OK;
  if (batch->stays)
    return ys_fail(error, YS_UNSUPPORTED,
                   "%s reads sigma in double precision: leave out "
                   "storage=float32",
                   who);
  double *sigma = ys_array(ys_times(batch->rows, n), sizeof *sigma);
  if (!sigma)
    return ys_fail(error, YS_NO_MEMORY, "%s: out of memory for %zu x %zu", who,
                   batch->rows, n);
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_block_threads(&blocks, threads))
  for (size_t block = 0; block < blocks.count; block++)
    for (size_t i = ys_block_begin(&blocks, block);
         i < ys_block_end(&blocks, block); i++)
      ys_batch_rows(batch, i, 1, sigma + i * n);
  free(batch->sum);
  munmap(batch->map, batch->map_size);
  batch->sigma = sigma;
  batch->recorded = NULL;
  batch->sum = NULL;
  batch->map = NULL;
  return YS_OK;
}
