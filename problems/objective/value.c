/* F, its gradient and its domain, as objective.h declares them. */
#include "problems/objective.h"

#include "problems/objective/collision.h"
#include "problems/objective/evaluation.h"
#include "problems/objective/fairness.h"
#include "problems/objective/labelrows.h"
#include "problems/vector/tiles.h"

#include <math.h>

/* ------------------------------------------------------------ value ---- */

/* -sum_k a_k ln b_k: shannon at a = y, b = sigma, reverse the other way round
 * (docs/method.md, 1). 0 ln 0 = 0. */
static double cross_entropy(const double *a, const double *b, size_t n) {
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    if (a[k] != 0)
      sum -= a[k] * log(b[k]);
  return sum;
}

/* -ln x, x = sigma . y. */
static double collision_row(const double *sigma, const double *y, size_t n) {
  double x = 0;
  for (size_t k = 0; k < n; k++)
    x += sigma[k] * y[k];
  return x > 0 ? -log(x) : INFINITY;
}

/* The loss of one row. Whatever is not finite, as from the logarithm of a
 * negative entry, is outside the domain. */
static double row_loss(ys_loss loss, const double *sigma, const double *y,
                       size_t n) {
  double value = loss == YS_COLLISION ? collision_row(sigma, y, n)
                 : loss == YS_SHANNON ? cross_entropy(y, sigma, n)
                                      : cross_entropy(sigma, y, n);
  return isfinite(value) ? value : INFINITY;
}

/* One block's sum_i loss(sigma_i, y_i), and sum_i y_ik for ybar_k (method.md,
 * 1). */
static void sum_block(const ys_objective *objective, const ys_labels *y,
                      ys_scratch *scratch, size_t block) {
  const size_t n = objective->batch->classes;
  if (objective->loss == YS_COLLISION) {
    ys_collision_value(objective, y, scratch, block);
    return;
  }
  ys_columns columns = ys_columns_begin(scratch, n, block);
  ys_label_rows rows = ys_label_rows_of(y, scratch);
  double *room = ys_row_room(scratch, n);
  ys_sum loss = {0, 0};
  for (size_t i = ys_block_begin(&scratch->blocks, block);
       i < ys_block_end(&scratch->blocks, block); i++) {
    const double *row = ys_label_rows_at(&rows, i, 1);
    const double *sigma = ys_batch_rows(objective->batch, i, 1, room);
    ys_sum_add(&loss, row_loss(objective->loss, sigma, row, n));
    ys_columns_add(&columns, row);
  }
  ys_columns_end(&columns);
  scratch->totals[block * YS_TOTALS + YS_LOSS] = ys_sum_value(&loss);
}

static double value_of(const ys_objective *objective, const ys_labels *y,
                       ys_scratch *scratch) {
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_scratch_threads(scratch, objective))
  for (size_t block = 0; block < scratch->blocks.count; block++)
    sum_block(objective, y, scratch, block);
  return ys_scratch_objective(objective, scratch);
}

double ys_objective_value(const ys_objective *objective, const double *y,
                          ys_scratch *scratch) {
  const ys_labels labels =
      ys_labels_view(y, objective->batch->rows, objective->batch->classes);
  return value_of(objective, &labels, scratch);
}

/* --------------------------------------------------------- gradient ---- */

void ys_objective_multipliers(const ys_objective *objective, const double *ybar,
                              double *nu) {
  for (size_t k = 0; k < objective->batch->classes; k++)
    nu[k] = ys_fairness_multiplier(objective->fairness, objective->lambda,
                                   objective->prior[k], ybar[k], 1);
}

/* The gradient of one row, G_i = M dF/dy_i (method.md, 1): that of its loss,
 * minus nu. */

/* G_k = -(ln sigma_k + nu_k); +infinity where sigma is 0, even if nu is
 * infinite there too. */
static void shannon_gradient(const double *sigma, const double *nu,
                             double *gradient, size_t n) {
  for (size_t k = 0; k < n; k++)
    gradient[k] = sigma[k] > 0 ? -log(sigma[k]) - nu[k] : INFINITY;
}

/* G_k = -(sigma_k / y_k + nu_k). */
static void reverse_gradient(const double *sigma, const double *y,
                             const double *nu, double *gradient, size_t n) {
  for (size_t k = 0; k < n; k++)
    gradient[k] = (sigma[k] != 0 ? -sigma[k] / y[k] : 0) - nu[k];
}

static void gradient_block(const ys_objective *objective, const double *y,
                           double *gradient, const ys_scratch *scratch,
                           size_t block) {
  const size_t n = objective->batch->classes;
  if (objective->loss == YS_COLLISION) {
    ys_collision_gradient(objective, gradient, scratch, block);
    return;
  }
  double *room = ys_row_room(scratch, n);
  for (size_t i = ys_block_begin(&scratch->blocks, block);
       i < ys_block_end(&scratch->blocks, block); i++) {
    const double *sigma = ys_batch_rows(objective->batch, i, 1, room);
    if (objective->loss == YS_SHANNON)
      shannon_gradient(sigma, scratch->nu, gradient + i * n, n);
    else
      reverse_gradient(sigma, y + i * n, scratch->nu, gradient + i * n, n);
  }
}

double ys_objective_gradient(const ys_objective *objective, const double *y,
                             double *gradient, ys_scratch *scratch) {
  double value = ys_objective_value(objective, y, scratch);
  ys_objective_multipliers(objective, scratch->ybar, scratch->nu);
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_scratch_threads(scratch, objective))
  for (size_t block = 0; block < scratch->blocks.count; block++)
    gradient_block(objective, y, gradient, scratch, block);
  return value;
}

/* ----------------------------------------------------------- domain ---- */

static ys_code check_columns(const ys_objective *objective, const double *ybar,
                             ys_error *error) {
  if (objective->fairness != YS_STRONG || objective->lambda == 0)
    return YS_OK;
  for (size_t k = 0; k < objective->batch->classes; k++)
    if (ybar[k] <= 0)
      return ys_fail(error, YS_BAD_NUMERICS,
                     "the objective is infinite: column %zu of y is zero, and "
                     "strong fairness needs every class",
                     k);
  return YS_OK;
}

/* The first of the caller's rows whose loss is not finite, counted in the whole
 * batch; SIZE_MAX if there is none. */
static size_t infinite_row(const ys_objective *objective, const ys_labels *y,
                           ys_scratch *scratch) {
  const size_t n = objective->batch->classes;
  ys_label_rows rows = ys_label_rows_of(y, scratch);
  for (size_t i = 0; i < objective->batch->rows; i++) {
    const double *row = ys_label_rows_at(&rows, i, 1);
    const double *sigma =
        ys_batch_rows(objective->batch, i, 1, ys_row_room(scratch, n));
    if (!isfinite(row_loss(objective->loss, sigma, row, n)))
      return ys_share_first_row(&scratch->share) + i;
  }
  return SIZE_MAX;
}

ys_code ys_objective_check_finite(const ys_objective *objective,
                                  const ys_labels *y, ys_scratch *scratch,
                                  ys_error *error) {
  if (isfinite(value_of(objective, y, scratch)))
    return YS_OK;
  ys_code code = check_columns(objective, scratch->ybar, error);
  if (code)
    return code;
  const size_t row = ys_ranks_least(objective->batch->ranks,
                                    infinite_row(objective, y, scratch));
  if (row < ys_batch_whole_rows(objective->batch))
    return ys_fail(error, YS_BAD_NUMERICS,
                   "the objective is infinite: the %s loss of row %zu is not "
                   "finite (zeros in sigma or y)",
                   ys_loss_name(objective->loss), row);
  return ys_fail(error, YS_BAD_NUMERICS, "the objective is not finite");
}
