#include "solvers/rivals/lifted.h"

#include "problems/objective/fairness.h"

#include <math.h>

ys_lifted ys_lifted_make(const ys_objective *objective) {
  const size_t m = objective->batch->rows, k = objective->batch->classes;
  const bool is_collision = objective->loss == YS_COLLISION;
  ys_lifted p = {.objective = objective, .labels = m * k};
  p.products = is_collision && k > YS_MOST_DENSE_CLASSES ? m : 0;
  p.sums = objective->lambda > 0 ? k : 0;
  if (is_collision && !p.products)
    p.blocks = m * (k * (k + 1) / 2);
  else if (objective->loss == YS_REVERSE)
    p.blocks = p.labels;
  p.variables = p.labels + p.products + p.sums;
  p.constraints = m + p.products + p.sums;
  p.jacobian = p.labels;
  p.jacobian += p.products ? p.products + p.labels : 0;
  p.jacobian += p.sums ? p.sums + p.labels : 0;
  p.hessian = p.blocks + p.products + p.sums;
  return p;
}

/* ------------------------------------------------------------ points ---- */

void ys_lifted_bounds(const ys_lifted *p, double *lower, double *upper) {
  for (size_t j = 0; j < p->variables; j++) {
    lower[j] = 0;
    upper[j] = INFINITY;
  }
  if (p->objective->loss != YS_SHANNON)
    return;
  for (size_t j = 0; j < p->labels; j++)
    if (p->objective->batch->sigma[j] == 0)
      upper[j] = 0;
}

void ys_lifted_targets(const ys_lifted *p, double *targets) {
  for (size_t j = 0; j < p->constraints; j++)
    targets[j] = j < p->objective->batch->rows;
}

/* sum_k y_ik and sigma_i . y_i, of one row. */
static double row_sum(const double *y, size_t n) {
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    sum += y[k];
  return sum;
}

static double dot(const double *a, const double *b, size_t n) {
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    sum += a[k] * b[k];
  return sum;
}

/* sign * sum_i y_ik added to sums[K]. */
static void add_columns(const ys_lifted *p, const double *y, double sign,
                        double *sums) {
  const size_t n = p->objective->batch->classes;
  for (size_t i = 0; i < p->labels; i += n)
    for (size_t k = 0; k < n; k++)
      sums[k] += sign * y[i + k];
}

void ys_lifted_start(const ys_lifted *p, const double *y, double *v) {
  const size_t n = p->objective->batch->classes;
  double *x = v + p->labels, *z = x + p->products;
  for (size_t j = 0; j < p->labels; j++)
    v[j] = y[j];
  for (size_t i = 0; i < p->products; i++)
    x[i] = dot(p->objective->batch->sigma + i * n, y + i * n, n);
  for (size_t k = 0; k < p->sums; k++)
    z[k] = 0;
  if (p->sums)
    add_columns(p, y, 1, z);
}

void ys_lifted_labels(const ys_lifted *p, const double *v, double *y) {
  const size_t n = p->objective->batch->classes;
  for (size_t i = 0; i < p->labels; i += n) {
    double sum = 0;
    for (size_t k = 0; k < n; k++)
      sum += fmax(v[i + k], 0);
    for (size_t k = 0; k < n && sum > 0; k++)
      y[i + k] = fmax(v[i + k], 0) / sum;
  }
}

/* --------------------------------------------------------- objective ---- */

/* sigma_i . y_i of one row: x_i where it is a variable. */
static double product(const ys_lifted *p, const double *v, size_t i) {
  const size_t n = p->objective->batch->classes;
  return p->products ? v[p->labels + i]
                     : dot(p->objective->batch->sigma + i * n, v + i * n, n);
}

/* sum_i loss_i: -ln x_i, -sum_k sigma_ik ln y_ik or -sum_k y_ik ln sigma_ik. */
static double loss_value(const ys_lifted *p, const double *v) {
  const ys_objective *f = p->objective;
  const double *sigma = f->batch->sigma;
  ys_sum sum = {0, 0};
  if (f->loss == YS_COLLISION)
    for (size_t i = 0; i < f->batch->rows; i++)
      ys_sum_add(&sum, -log(product(p, v, i)));
  else
    for (size_t j = 0; j < p->labels; j++)
      if (f->loss == YS_REVERSE && sigma[j] != 0)
        ys_sum_add(&sum, -sigma[j] * log(v[j]));
      else if (f->loss == YS_SHANNON && v[j] != 0)
        ys_sum_add(&sum, -v[j] * log(sigma[j]));
  return ys_sum_value(&sum);
}

/* lambda M fairness(z / M): the term of M u and z, since both are M times as
 * large. */
static double fairness_value(const ys_lifted *p, const double *z) {
  const double *u = p->objective->prior;
  const double rows = (double)p->objective->batch->rows;
  ys_sum sum = {0, 0};
  for (size_t k = 0; k < p->sums; k++)
    ys_sum_add(&sum, ys_fairness_definition(p->objective->fairness, rows * u[k],
                                            z[k]));
  return p->objective->lambda * ys_sum_value(&sum);
}

double ys_lifted_value(const ys_lifted *p, const double *v) {
  double value =
      loss_value(p, v) + fairness_value(p, v + p->labels + p->products);
  return isnan(value) ? INFINITY : value;
}

/* d loss_i / d y_ik of one row, where x is no variable: -sigma_ik / x_i,
 * -sigma_ik / y_ik or -ln sigma_ik. */
static void loss_gradient(const ys_lifted *p, const double *v, size_t i,
                          double *gradient) {
  const size_t n = p->objective->batch->classes;
  const double *sigma = p->objective->batch->sigma + i * n, *y = v + i * n;
  const ys_loss loss = p->objective->loss;
  const double t = loss == YS_COLLISION ? 1 / product(p, v, i) : 0;
  for (size_t k = 0; k < n; k++)
    if (sigma[k] == 0)
      gradient[k] = 0;
    else if (loss == YS_COLLISION)
      gradient[k] = -sigma[k] * t;
    else
      gradient[k] = loss == YS_REVERSE ? -sigma[k] / y[k] : -log(sigma[k]);
}

void ys_lifted_gradient(const ys_lifted *p, const double *v, double *gradient) {
  const ys_objective *f = p->objective;
  const double rows = (double)f->batch->rows;
  const double *x = v + p->labels, *z = x + p->products;
  double *dx = gradient + p->labels, *dz = dx + p->products;
  for (size_t j = 0; j < p->labels && p->products; j++)
    gradient[j] = 0;
  for (size_t i = 0; i < f->batch->rows && !p->products; i++)
    loss_gradient(p, v, i, gradient + i * f->batch->classes);
  for (size_t i = 0; i < p->products; i++)
    dx[i] = -1 / x[i];
  for (size_t k = 0; k < p->sums; k++)
    dz[k] = -ys_fairness_multiplier(f->fairness, f->lambda, f->prior[k], z[k],
                                    rows);
}

/* The entries come in the order: of y, row by row, of x, of z. */
void ys_lifted_hessian_pattern(const ys_lifted *p, int *rows, int *columns) {
  const size_t n = p->objective->batch->classes;
  const bool is_dense = p->objective->loss == YS_COLLISION;
  for (size_t i = 0; i < p->labels && p->blocks; i++)
    for (size_t j = is_dense ? i - i % n : i; j <= i; j++) {
      *rows++ = (int)i;
      *columns++ = (int)j;
    }
  for (size_t i = p->labels; i < p->variables; i++)
    *rows++ = *columns++ = (int)i;
}

/* The blocks of y, sigma_i sigma_i^T / x_i^2 or diag(sigma_i / y_i^2), times
 * `factor`; where they end. */
static double *loss_hessian(const ys_lifted *p, const double *v, double factor,
                            double *values) {
  const size_t n = p->objective->batch->classes;
  const double *sigma = p->objective->batch->sigma;
  if (p->objective->loss == YS_REVERSE)
    for (size_t j = 0; j < p->labels; j++)
      *values++ = sigma[j] != 0 ? factor * sigma[j] / (v[j] * v[j]) : 0;
  else
    for (size_t i = 0; i < p->labels && p->blocks; i++) {
      double t = 1 / product(p, v, i / n), scale = factor * sigma[i] * t * t;
      for (size_t j = i - i % n; j <= i; j++)
        *values++ = scale * sigma[j];
    }
  return values;
}

void ys_lifted_hessian(const ys_lifted *p, const double *v, double factor,
                       double *values) {
  const ys_objective *f = p->objective;
  const double rows = (double)f->batch->rows;
  const double *x = v + p->labels, *z = x + p->products;
  values = loss_hessian(p, v, factor, values);
  for (size_t i = 0; i < p->products; i++)
    *values++ = factor / (x[i] * x[i]);
  for (size_t k = 0; k < p->sums; k++)
    *values++ = factor * f->lambda *
                ys_fairness_stiffness(f->fairness, 1, rows * f->prior[k], z[k]);
}

/* ------------------------------------------------------- constraints ---- */

void ys_lifted_constraints(const ys_lifted *p, const double *v, double *g) {
  const size_t m = p->objective->batch->rows, n = p->objective->batch->classes;
  const double *x = v + p->labels, *z = x + p->products;
  double *products = g + m, *sums = products + p->products;
  for (size_t i = 0; i < m; i++)
    g[i] = row_sum(v + i * n, n);
  for (size_t i = 0; i < p->products; i++)
    products[i] = x[i] - dot(p->objective->batch->sigma + i * n, v + i * n, n);
  for (size_t k = 0; k < p->sums; k++)
    sums[k] = z[k];
  if (p->sums)
    add_columns(p, v, -1, sums);
}

/* Write the next entry: where it is or, if `values` is wanted, what. */
static void put(ys_entries *to, size_t row, size_t column, double value) {
  if (to->values) {
    *to->values++ = value;
    return;
  }
  *to->rows++ = (int)row;
  *to->columns++ = (int)column;
}

/* In the order: of the y in the row sums, of the y in the products, of the y in
 * the column sums, of x, of z; without those that are not there. */
void ys_lifted_jacobian(const ys_lifted *p, ys_entries to) {
  const size_t m = p->objective->batch->rows, n = p->objective->batch->classes;
  const double *sigma = p->objective->batch->sigma;
  for (size_t j = 0; j < p->labels; j++)
    put(&to, j / n, j, 1);
  for (size_t j = 0; j < p->labels && p->products; j++)
    put(&to, m + j / n, j, -sigma[j]);
  for (size_t j = 0; j < p->labels && p->sums; j++)
    put(&to, m + p->products + j % n, j, -1);
  for (size_t j = 0; j < p->products + p->sums; j++)
    put(&to, m + j, p->labels + j, 1);
}
