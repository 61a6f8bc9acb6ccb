/* Long-double references for the objective, its dual function and its optimum,
 * written straight from the definitions, and random data that reach the
 * corners: peaked rows, exact zeros, one-hot rows. */
#ifndef REFERENCE_H
#define REFERENCE_H

#include "problems/objective.h"
#include "tests/support/testing.h"

#include <gsl/gsl_randist.h>
#include <stdint.h>
#include <string.h>

typedef long double real;

enum { MOST_CLASSES = 16 };

/* ------------------------------------------------------ random data ---- */

typedef enum row_kind {
  FLAT,     /* uniform on the simplex */
  PEAKED,   /* entries down to 1e-40 or so */
  EXTREME,  /* entries down to 1e-250 */
  ZEROS,    /* about half of the entries exactly 0 */
  ONE_HOT,  /* a vertex */
  REPEATED, /* small fractions: ties within and between rows */
  MIXED,    /* any of the above */
} row_kind;

enum { ROW_KINDS = MIXED + 1 };

static inline void softmax_noise(gsl_rng *rng, double scale, double *row,
                                 size_t n) {
  double top = -INFINITY, sum = 0;
  for (size_t k = 0; k < n; k++) {
    row[k] = scale * (gsl_rng_uniform(rng) - 0.5);
    top = fmax(top, row[k]);
  }
  for (size_t k = 0; k < n; k++)
    sum += row[k] = exp(row[k] - top);
  for (size_t k = 0; k < n; k++)
    row[k] /= sum;
}

static inline void flat_row(gsl_rng *rng, double *row, size_t n) {
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    sum += row[k] = gsl_ran_exponential(rng, 1);
  for (size_t k = 0; k < n; k++)
    row[k] /= sum;
}

static inline void random_row(gsl_rng *rng, row_kind kind, double *row,
                              size_t n) {
  double sum = 0;
  size_t one = gsl_rng_uniform_int(rng, n);
  if (kind == MIXED)
    kind = (row_kind)gsl_rng_uniform_int(rng, MIXED);
  if (kind == PEAKED || kind == EXTREME) {
    softmax_noise(rng, kind == PEAKED ? 90 : 560, row, n);
    return;
  }
  flat_row(rng, row, n);
  for (size_t k = 0; k < n; k++) {
    if (kind == ONE_HOT || (kind == ZEROS && gsl_rng_uniform_int(rng, 2)))
      row[k] = 0;
    else if (kind == REPEATED)
      row[k] = (double)gsl_rng_uniform_int(rng, 4);
    if (k == one && kind != FLAT)
      row[k] = fmax(row[k], 1);
    sum += row[k];
  }
  for (size_t k = 0; k < n; k++)
    row[k] /= sum;
}

static inline ys_batch random_batch(gsl_rng *rng, row_kind kind, size_t rows,
                                    size_t classes) {
  ys_batch batch;
  ck_assert_int_eq(ys_batch_alloc(&batch, "test", rows, classes, NULL), YS_OK);
  for (size_t i = 0; i < rows; i++)
    random_row(rng, kind, batch.sigma + i * classes, classes);
  return batch;
}

/* y with every entry positive. */
static inline double *random_labels(gsl_rng *rng, row_kind kind, size_t rows,
                                    size_t classes) {
  double *y = malloc(rows * classes * sizeof *y);
  ck_assert_ptr_nonnull(y);
  for (size_t i = 0; i < rows; i++)
    random_row(rng, kind, y + i * classes, classes);
  return y;
}

/* Clear the entries of y whose sigma is 0, where Shannon's loss is infinite. */
static inline void avoid_zeros(const ys_batch *batch, double *y) {
  const size_t n = batch->classes;
  for (size_t i = 0; i < batch->rows; i++) {
    double sum = 0;
    for (size_t k = 0; k < n; k++) {
      y[i * n + k] = batch->sigma[i * n + k] > 0 ? y[i * n + k] : 0;
      sum += y[i * n + k];
    }
    for (size_t k = 0; k < n; k++)
      y[i * n + k] = sum > 0 ? y[i * n + k] / sum : batch->sigma[i * n + k];
  }
}

/* ---------------------------------------------------- the objective ---- */

static inline real reference_loss(ys_loss loss, const double *sigma,
                                  const double *y, size_t n) {
  real x = 0, sum = 0;
  for (size_t k = 0; k < n; k++) {
    x += (real)sigma[k] * y[k];
    if (loss == YS_SHANNON && y[k] > 0)
      sum -= y[k] * logl(sigma[k]);
    if (loss == YS_REVERSE && sigma[k] > 0)
      sum -= sigma[k] * logl(y[k]);
  }
  return loss == YS_COLLISION ? -logl(x) : sum;
}

static inline void reference_means(const ys_objective *f, const double *y,
                                   real *mean) {
  const size_t n = f->batch->classes;
  for (size_t k = 0; k < n; k++) {
    mean[k] = 0;
    for (size_t i = 0; i < f->batch->rows; i++)
      mean[k] += y[i * n + k];
    mean[k] /= (real)f->batch->rows;
  }
}

/* lambda * fairness */
static inline real reference_fairness(const ys_objective *f, const real *mean) {
  real sum = 0;
  for (size_t k = 0; k < f->batch->classes; k++) {
    real u = f->prior[k];
    if (f->fairness == YS_STRONG)
      sum += u * logl(u / mean[k]);
    else if (mean[k] > 0)
      sum += mean[k] * logl(mean[k] / u);
  }
  return f->lambda > 0 ? f->lambda * sum : 0;
}

static inline real reference_value(const ys_objective *f, const double *y) {
  const size_t n = f->batch->classes;
  real mean[MOST_CLASSES], sum = 0;
  reference_means(f, y, mean);
  for (size_t i = 0; i < f->batch->rows; i++)
    sum += reference_loss(f->loss, f->batch->sigma + i * n, y + i * n, n);
  return sum / (real)f->batch->rows + reference_fairness(f, mean);
}

/* ------------------------------------------------------ the dual function ----
 *
 * Of a row: min over the simplex of loss(sigma, y) - nu . y. */

typedef real scalar_function(real t, const void *context);

/* The greatest value of a concave function on [low, high]. */
static inline real greatest(scalar_function *f, const void *context, real low,
                            real high) {
  const real golden = 0.61803398874989484820L;
  real a = high - golden * (high - low), b = low + golden * (high - low);
  real fa = f(a, context), fb = f(b, context), best = fmaxl(fa, fb);
  for (int i = 0; i < 220; i++) {
    if (fa < fb) {
      low = a, a = b, fa = fb;
      b = low + golden * (high - low);
      fb = f(b, context);
    } else {
      high = b, b = a, fb = fa;
      a = high - golden * (high - low);
      fa = f(a, context);
    }
    best = fmaxl(best, fmaxl(fa, fb));
  }
  return best;
}

typedef struct row_problem {
  const double *sigma, *nu;
  size_t n, a, b;
} row_problem;

/* 1 + ln t - max_k (t sigma_k + nu_k) at t = e^s. */
static inline real collision_bound(real s, const void *context) {
  const row_problem *row = context;
  real top = -INFINITY;
  for (size_t k = 0; k < row->n; k++)
    top = fmaxl(top, expl(s) * row->sigma[k] + row->nu[k]);
  return 1 + s - top;
}

/* The multiplier of reverse's row: mu = max nu + d, d > 0 the root of sum_k
 * sigma_k / (mu - nu_k) = 1, by bisection in ln d; next to 0 if there is none.
 */
static inline real reverse_distance(const double *sigma, const double *nu,
                                    size_t n, real *top) {
  real low = -900, high = 1;
  *top = -INFINITY;
  for (size_t k = 0; k < n; k++)
    *top = fmaxl(*top, nu[k]);
  for (int i = 0; i < 120; i++) {
    real middle = (low + high) / 2, sum = 0;
    for (size_t k = 0; k < n; k++)
      if (sigma[k] > 0)
        sum += sigma[k] / (expl(middle) + (*top - nu[k]));
    *(sum > 1 ? &low : &high) = middle;
  }
  return expl(high);
}

static inline real reverse_dual(const double *sigma, const double *nu,
                                size_t n) {
  real top, d = reverse_distance(sigma, nu, n, &top), sum = 0;
  for (size_t k = 0; k < n; k++)
    if (sigma[k] > 0)
      sum += sigma[k] * (1 + logl((d + (top - nu[k])) / sigma[k]));
  return sum - top - d;
}

static inline real reference_row_dual(ys_loss loss, const double *sigma,
                                      const double *nu, size_t n) {
  row_problem row = {sigma, nu, n, 0, 0};
  real best = INFINITY;
  if (loss == YS_COLLISION)
    return greatest(collision_bound, &row, -1, 800);
  if (loss == YS_REVERSE)
    return reverse_dual(sigma, nu, n);
  for (size_t k = 0; k < n; k++)
    best = fminl(best, -logl(sigma[k]) - nu[k]);
  return best;
}

/* min over z of lambda * fairness(z) + nu . z: over z > 0 (strong) or over the
 * simplex (weak), at its stationary point. */
static inline real reference_fairness_dual(const ys_objective *f,
                                           const double *nu) {
  const real lambda = f->lambda;
  const size_t n = f->batch->classes;
  real value = 0, sum = 0, z[MOST_CLASSES], least = INFINITY;
  if (f->lambda == 0)
    return 0;
  for (size_t k = 0; k < n; k++)
    least = fminl(least, nu[k]);
  for (size_t k = 0; k < n; k++)
    sum += z[k] = f->prior[k] * expl(-(nu[k] - least) / lambda);
  for (size_t k = 0; k < n; k++) {
    z[k] = f->fairness == YS_STRONG ? lambda * f->prior[k] / nu[k] : z[k] / sum;
    value += nu[k] * z[k];
  }
  return value + reference_fairness(f, z);
}

static inline real reference_dual(const ys_objective *f, const double *nu) {
  const size_t n = f->batch->classes;
  real sum = 0;
  for (size_t i = 0; i < f->batch->rows; i++)
    sum += reference_row_dual(f->loss, f->batch->sigma + i * n, nu, n);
  return sum / (real)f->batch->rows + reference_fairness_dual(f, nu);
}

/* ------------------------------------------------------ multipliers ---- */

/* Multipliers of all sizes; with ties, and of either sign where that is in the
 * dual function's domain. */
static inline void random_multipliers(gsl_rng *rng, bool positive, double *nu,
                                      size_t n) {
  static const double scales[] = {1e-9, 0.1, 1, 1, 10, 1e6};
  double scale = scales[gsl_rng_uniform_int(rng, 6)];
  bool ties = gsl_rng_uniform_int(rng, 3) == 0;
  for (size_t k = 0; k < n; k++) {
    nu[k] = scale * (ties ? (double)gsl_rng_uniform_int(rng, 3) + 1
                          : gsl_ran_exponential(rng, 1));
    if (!positive && gsl_rng_uniform_int(rng, 2))
      nu[k] = -nu[k];
  }
}

static inline double largest(const double *nu, size_t n) {
  double level = 0;
  for (size_t k = 0; k < n; k++)
    level = fmax(level, fabs(nu[k]));
  return level;
}

#endif
