#include "problems/objective.h"

#include "problems/objective/collision.h"
#include "problems/objective/evaluation.h"
#include "problems/objective/fairness.h"
#include "problems/vector/array.h"
#include "problems/vector/simd.h"
#include "problems/vector/tiles.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------ names ---- */

const char *ys_loss_name(ys_loss loss) {
  static const char *const names[] = {"collision", "shannon", "reverse"};
  return names[loss];
}

const char *ys_loss_formula(ys_loss loss) {
  static const char *const formulas[] = {
      "-ln(sigma . y)", "-sum_k y_k ln sigma_k", "-sum_k sigma_k ln y_k"};
  return formulas[loss];
}

const char *ys_fairness_name(ys_fairness fairness) {
  static const char *const names[] = {"strong", "weak"};
  return names[fairness];
}

const char *ys_fairness_formula(ys_fairness fairness) {
  static const char *const formulas[] = {"sum_k u_k ln(u_k / ybar_k)",
                                         "sum_k ybar_k ln(ybar_k / u_k)"};
  return formulas[fairness];
}

/* ------------------------------------------------------- life cycle ---- */

static ys_code check_prior(const double *prior, size_t classes, double *total,
                           ys_error *error) {
  ys_sum sum = {0, 0};
  for (size_t k = 0; k < classes; k++) {
    if (!(prior[k] > 0) || !isfinite(prior[k]))
      return ys_fail(error, YS_BAD_INPUT,
                     "prior: entry %zu is %g; expected a positive number", k,
                     prior[k]);
    ys_sum_add(&sum, prior[k]);
  }
  *total = ys_sum_value(&sum);
  if (!(fabs(*total - 1) <= 1e-4))
    return ys_fail(error, YS_BAD_INPUT,
                   "prior: entries sum to %.9g; expected 1 within 1e-4",
                   *total);
  return YS_OK;
}

ys_code ys_objective_init(ys_objective *objective, const ys_batch *batch,
                          ys_loss loss, ys_fairness fairness, double lambda,
                          const double *prior, int threads, ys_error *error) {
  size_t classes = batch->classes;
  double sum = 1;
  *objective = (ys_objective){batch, loss, fairness, lambda, NULL, threads};
  if (!(lambda >= 0) || !isfinite(lambda))
    return ys_fail(error, YS_BAD_INPUT,
                   "lambda is %g; expected a finite number >= 0", lambda);
  if (prior) {
    ys_code code = check_prior(prior, classes, &sum, error);
    if (code)
      return code;
  }
  objective->prior = ys_array(classes, sizeof *objective->prior);
  if (!objective->prior)
    return ys_fail_memory(error, "the prior");
  for (size_t k = 0; k < classes; k++)
    objective->prior[k] = prior ? prior[k] / sum : 1.0 / (double)classes;
  return YS_OK;
}

void ys_objective_free(ys_objective *objective) {
  free(objective->prior);
  objective->prior = NULL;
}

ys_code ys_scratch_init(ys_scratch *scratch, const ys_objective *objective,
                        ys_error *error) {
  size_t rows = objective->batch->rows, classes = objective->batch->classes;
  ys_blocks blocks = ys_blocks_make(rows, classes);
  *scratch = (ys_scratch){.blocks = blocks};
  scratch->threads = ys_block_threads(&blocks, objective->threads);
  scratch->ybar = calloc(classes, sizeof(double));
  scratch->nu = calloc(classes, sizeof(double));
  scratch->x = calloc(rows, sizeof(double));
  scratch->top = calloc(rows, sizeof *scratch->top);
  scratch->partials =
      calloc(ys_times(ys_times(blocks.count, classes), 2), sizeof(double));
  scratch->totals = calloc(ys_times(blocks.count, YS_TOTALS), sizeof(double));
  size_t room = (size_t)scratch->threads * YS_ROOMS * ys_room_lanes(classes);
  scratch->room = ys_array(room + 1, sizeof(ys_lanes));
  if (scratch->ybar && scratch->nu && scratch->x && scratch->top &&
      scratch->partials && scratch->totals && scratch->room)
    return YS_OK;
  ys_scratch_free(scratch);
  return ys_fail_memory(error, "the evaluation of the objective");
}

int ys_scratch_threads(const ys_scratch *scratch,
                       const ys_objective *objective) {
  int threads = ys_block_threads(&scratch->blocks, objective->threads);
  return threads < scratch->threads ? threads : scratch->threads;
}

void ys_scratch_free(ys_scratch *scratch) {
  free(scratch->ybar);
  free(scratch->nu);
  free(scratch->x);
  free(scratch->top);
  free(scratch->partials);
  free(scratch->totals);
  free(scratch->room);
  *scratch = (ys_scratch){.blocks = scratch->blocks};
}

/* ------------------------------------------------------------ value ---- */

static double shannon_row(const double *sigma, const double *y, size_t n) {
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    if (y[k] != 0) /* 0 ln 0 = 0 */
      sum -= y[k] * log(sigma[k]);
  return sum;
}

static double reverse_row(const double *sigma, const double *y, size_t n) {
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    if (sigma[k] != 0)
      sum -= sigma[k] * log(y[k]);
  return sum;
}

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
                 : loss == YS_SHANNON ? shannon_row(sigma, y, n)
                                      : reverse_row(sigma, y, n);
  return isfinite(value) ? value : INFINITY;
}

static void add_to(double *restrict sum, const double *restrict row, size_t n) {
#pragma omp simd
  for (size_t k = 0; k < n; k++)
    sum[k] += row[k];
}

ys_columns ys_columns_begin(const ys_scratch *scratch, size_t classes,
                            size_t block) {
  double *sum = scratch->partials + 2 * block * classes;
  memset(sum, 0, 2 * classes * sizeof *sum);
  return (ys_columns){sum, sum + classes, classes, 0};
}

void ys_columns_end(ys_columns *columns) {
  add_to(columns->sum, columns->chunk, columns->n);
  memset(columns->chunk, 0, columns->n * sizeof *columns->chunk);
  columns->held = 0;
}

void ys_columns_next(ys_columns *columns) {
  enum { ROWS_A_CHUNK = 64 };
  if (++columns->held == ROWS_A_CHUNK)
    ys_columns_end(columns);
}

/* Sum the loss and the columns of the rows of one block. */
static void sum_block(const ys_objective *objective, const double *y,
                      ys_scratch *scratch, size_t block) {
  const size_t n = objective->batch->classes;
  if (objective->loss == YS_COLLISION) {
    ys_collision_value(objective, y, scratch, block);
    return;
  }
  ys_columns columns = ys_columns_begin(scratch, n, block);
  double *room = ys_row_room(scratch, n);
  ys_sum loss = {0, 0};
  for (size_t i = ys_block_begin(&scratch->blocks, block);
       i < ys_block_end(&scratch->blocks, block); i++) {
    const double *row = y + i * n;
    const double *sigma = ys_batch_rows(objective->batch, i, 1, room);
    ys_sum_add(&loss, row_loss(objective->loss, sigma, row, n));
    add_to(columns.chunk, row, n);
    ys_columns_next(&columns);
  }
  ys_columns_end(&columns);
  scratch->totals[block * YS_TOTALS + YS_LOSS] = ys_sum_value(&loss);
}

/* total + carry is the sum, but for the rounding of carry (Knuth 1969). */
static void add_exactly(double *restrict total, double *restrict carry,
                        const double *restrict row, size_t n) {
#pragma omp simd
  for (size_t k = 0; k < n; k++) {
    const double sum = total[k] + row[k], added = sum - total[k];
    carry[k] += (total[k] - (sum - added)) + (row[k] - added);
    total[k] = sum;
  }
}

/* The first block's chunk is empty: it is room for what rounding leaves. */
void ys_scratch_means(ys_scratch *scratch, size_t classes) {
  double *ybar = scratch->ybar, *carry = scratch->partials + classes;
  memset(ybar, 0, classes * sizeof *ybar);
  memset(carry, 0, classes * sizeof *carry);
  for (size_t block = 0; block < scratch->blocks.count; block++)
    add_exactly(ybar, carry, scratch->partials + 2 * block * classes, classes);
  for (size_t k = 0; k < classes; k++) {
    /* An infinite total has a carry that is not a number. */
    const double sum = isfinite(ybar[k]) ? ybar[k] + carry[k] : ybar[k];
    ybar[k] = sum / (double)scratch->blocks.rows;
  }
}

void ys_column_means(const ys_objective *objective, const double *y,
                     ys_scratch *scratch) {
  const size_t n = objective->batch->classes;
  const ys_blocks *blocks = &scratch->blocks;
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_scratch_threads(scratch, objective))
  for (size_t block = 0; block < blocks->count; block++) {
    ys_columns columns = ys_columns_begin(scratch, n, block);
    for (size_t i = ys_block_begin(blocks, block);
         i < ys_block_end(blocks, block); i++) {
      add_to(columns.chunk, y + i * n, n);
      ys_columns_next(&columns);
    }
    ys_columns_end(&columns);
  }
  ys_scratch_means(scratch, n);
}

double ys_scratch_total(const ys_scratch *scratch, size_t which) {
  ys_sum sum = {0, 0};
  for (size_t block = 0; block < scratch->blocks.count; block++)
    ys_sum_add(&sum, scratch->totals[block * YS_TOTALS + which]);
  return ys_sum_value(&sum);
}

double ys_fairness_value(const ys_objective *objective, const double *ybar) {
  const double *u = objective->prior;
  ys_sum sum = {0, 0};
  if (objective->lambda == 0)
    return 0;
  for (size_t k = 0; k < objective->batch->classes; k++) {
    if (!isfinite(ybar[k]) || ybar[k] < 0)
      return INFINITY;
    ys_sum_add(&sum, ys_fairness_term(objective->fairness, u[k], ybar[k]));
  }
  return objective->lambda * ys_sum_value(&sum);
}

double ys_objective_value(const ys_objective *objective, const double *y,
                          ys_scratch *scratch) {
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_scratch_threads(scratch, objective))
  for (size_t block = 0; block < scratch->blocks.count; block++)
    sum_block(objective, y, scratch, block);
  return ys_scratch_objective(objective, scratch);
}

double ys_scratch_objective(const ys_objective *objective,
                            ys_scratch *scratch) {
  ys_scratch_means(scratch, objective->batch->classes);
  return ys_scratch_total(scratch, YS_LOSS) / (double)objective->batch->rows +
         ys_fairness_value(objective, scratch->ybar);
}

/* --------------------------------------------------------- gradient ---- */

void ys_objective_multipliers(const ys_objective *objective, const double *ybar,
                              double *nu) {
  for (size_t k = 0; k < objective->batch->classes; k++)
    nu[k] = ys_fairness_multiplier(objective->fairness, objective->lambda,
                                   objective->prior[k], ybar[k], 1);
}

/* The gradient of one row: that of its loss, minus nu. */

/* +infinity where sigma is 0, even if nu is infinite there too. */
static void shannon_gradient(const double *sigma, const double *nu,
                             double *gradient, size_t n) {
  for (size_t k = 0; k < n; k++)
    gradient[k] = sigma[k] > 0 ? -log(sigma[k]) - nu[k] : INFINITY;
}

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

ys_code ys_objective_check_finite(const ys_objective *objective,
                                  const double *y, ys_scratch *scratch,
                                  ys_error *error) {
  const size_t n = objective->batch->classes;
  if (isfinite(ys_objective_value(objective, y, scratch)))
    return YS_OK;
  ys_code code = check_columns(objective, scratch->ybar, error);
  if (code)
    return code;
  for (size_t i = 0; i < objective->batch->rows; i++) {
    const double *sigma =
        ys_batch_rows(objective->batch, i, 1, ys_row_room(scratch, n));
    if (!isfinite(row_loss(objective->loss, sigma, y + i * n, n)))
      return ys_fail(error, YS_BAD_NUMERICS,
                     "the objective is infinite: the %s loss of row %zu is not "
                     "finite (zeros in sigma or y)",
                     ys_loss_name(objective->loss), i);
  }
  return ys_fail(error, YS_BAD_NUMERICS, "the objective is not finite");
}
