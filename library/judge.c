#include "library/clock.h"
#include "library/handle.h"

#include "problems/vector/exp_log.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* -------------------------------------------------------------- judge ---- */

static void judge(ystep_handle *handle, const ys_labels *y, double started) {
  const double before = ys_clock_seconds();
  const ys_verdict verdict =
      ys_certify(&handle->objective, y, NULL, &handle->scratch);
  ys_results *results = &handle->results;
  results->objective = verdict.objective;
  results->lower_bound = verdict.lower_bound;
  results->gap = verdict.gap;
  results->row_sum_error = verdict.row_sum_error;
  results->least_entry = verdict.least_entry;
  results->seconds = ys_clock_seconds() - started;
  results->judge_seconds = ys_clock_seconds() - before;
}

int ys_judge(ystep_handle *handle, const ystep_array *sigma,
             const ystep_array *y) {
  const double started = ys_clock_seconds();
  ys_error error;
  ys_labels labels;
  if (!handle)
    return YSTEP_BAD_INPUT;
  ys_code code = ys_handle_take_dense(handle, sigma, y, true, &labels, &error);
  if (!code)
    judge(handle, &labels, started);
  return ys_handle_return(handle, code, &error);
}

int ys_judge_sparse(ystep_handle *handle, const ystep_array *sigma,
                    const ystep_sparse *y) {
  const double started = ys_clock_seconds();
  ys_error error;
  if (!handle)
    return YSTEP_BAD_INPUT;
  ys_code code = ys_handle_take(handle, sigma, &error);
  if (!code)
    code = ys_sparse_check(y, sigma, &error);
  if (!code)
    code = ys_sparse_read(y, &handle->sparse, &error);
  code = ys_handle_agree(handle, code, &error);
  if (!code)
    judge(handle, &handle->sparse, started);
  return ys_handle_return(handle, code, &error);
}

/* ---------------------------------------------------------- gradients ---- */

/* Room for three rows. */
typedef struct gradient_rows {
  double *sigma, *logits, *joint;
} gradient_rows;

/* M dF/dlogits of one row, into joint (docs/training.md, 1). With logits taken
 * as ln sigma where those are not given: softmax does not see the difference.
 */
static void collision(const gradient_rows *r, const double *y, size_t n) {
  for (size_t k = 0; k < n; k++)
    r->joint[k] = r->logits[k] + log(y[k]);
  ys_log_sum_exp(r->joint, r->joint, n);
  for (size_t k = 0; k < n; k++)
    r->joint[k] = r->sigma[k] - r->joint[k];
}

static void shannon(const gradient_rows *r, const double *y, size_t n) {
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    sum += y[k];
  for (size_t k = 0; k < n; k++)
    r->joint[k] = r->sigma[k] * sum - y[k];
}

static void reverse(const gradient_rows *r, const double *y, size_t n) {
  double mean = 0;
  for (size_t k = 0; k < n; k++)
    mean += r->sigma[k] > 0 ? r->sigma[k] * log(y[k]) : 0;
  for (size_t k = 0; k < n; k++)
    r->joint[k] = r->sigma[k] > 0 ? -r->sigma[k] * (log(y[k]) - mean) : 0;
}

static void row_by_logits(const ystep_handle *handle, const ystep_array *sigma,
                          const double *y, size_t i, const gradient_rows *r) {
  const size_t n = handle->batch.classes;
  const double *s = ys_batch_rows(&handle->batch, i, 1, r->sigma);
  if (s != r->sigma)
    memcpy(r->sigma, s, n * sizeof *s);
  if (handle->settings.logits != 0)
    ys_array_read(sigma, i, 1, r->logits);
  else
    for (size_t k = 0; k < n; k++)
      r->logits[k] = log(r->sigma[k]);
  if (handle->objective.loss == YS_COLLISION)
    collision(r, y, n);
  else if (handle->objective.loss == YS_SHANNON)
    shannon(r, y, n);
  else
    reverse(r, y, n);
}

static ys_code write_by_logits(const ystep_handle *handle,
                               const ystep_array *sigma, const ys_labels *y,
                               const ystep_array *to, ys_error *error) {
  ys_memory memory = {0};
  const size_t n = y->classes;
  const gradient_rows r = {ys_take_numbers(&memory, n, "a row"),
                           ys_take_numbers(&memory, n, "a row"),
                           ys_take_numbers(&memory, n, "a row")};
  ys_code code = ys_memory_check(&memory, error);
  for (size_t i = 0; !code && i < y->rows; i++) {
    row_by_logits(handle, sigma, y->dense + i * n, i, &r);
    for (size_t k = 0; k < n; k++)
      r.joint[k] /= (double)ys_batch_whole_rows(&handle->batch);
    ys_array_write_row(to, i, r.joint);
  }
  ys_give_back(&memory);
  return code;
}

static ys_code write_by_y(ystep_handle *handle, const ys_labels *y,
                          const ystep_array *to, ys_error *error) {
  ys_labels gradient;
  const size_t rows = y->rows, n = y->classes;
  ys_code code = ys_labels_make_dense(&gradient, rows, n, error);
  code = ys_handle_agree(handle, code, error);
  if (code) {
    ys_labels_free(&gradient);
    return code;
  }
  ys_objective_gradient(&handle->objective, y->dense, gradient.dense,
                        &handle->scratch);
  for (size_t i = 0; i < rows * n; i++)
    gradient.dense[i] /= (double)ys_batch_whole_rows(&handle->batch);
  ys_array_write_labels(to, &gradient);
  ys_labels_free(&gradient);
  return YS_OK;
}

static ys_code evaluate(ystep_handle *handle, const ystep_array *sigma,
                        const ys_labels *y, const ystep_array *by_y,
                        const ystep_array *by_logits, ys_error *error) {
  ys_code code = YS_OK;
  if (by_y)
    code = ys_array_check(by_y, "gradient by y", sigma, error);
  if (!code && by_logits)
    code = ys_array_check(by_logits, "gradient by logits", sigma, error);
  code = ys_handle_agree(handle, code, error);
  if (code)
    return code;
  handle->results.objective =
      ys_objective_value(&handle->objective, y->dense, &handle->scratch);
  if (by_y)
    code = write_by_y(handle, y, by_y, error);
  if (!code && by_logits)
    code = write_by_logits(handle, sigma, y, by_logits, error);
  return code;
}

int ys_evaluate(ystep_handle *handle, const ystep_array *sigma,
                const ystep_array *y, const ystep_array *by_y,
                const ystep_array *by_logits) {
  const double started = ys_clock_seconds();
  ys_error error;
  ys_labels labels;
  if (!handle)
    return YSTEP_BAD_INPUT;
  ys_code code = ys_handle_take_dense(handle, sigma, y, true, &labels, &error);
  if (!code)
    code = evaluate(handle, sigma, &labels, by_y, by_logits, &error);
  handle->results.seconds = ys_clock_seconds() - started;
  return ys_handle_return(handle, code, &error);
}
