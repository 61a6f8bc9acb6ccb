#include "tests/audit/truth.h"

#include <math.h>
#include <stdlib.h>

static quad larger(quad a, quad b) {
  return a > b ? a : b;
}

/* ------------------------------------------------------------------ F ---- */

static quad row_loss(ys_loss loss, const double *sigma, const quad *y,
                     size_t n) {
  quad x = 0, sum = 0;
  for (size_t k = 0; k < n; k++) {
    x += sigma[k] * y[k];
    if (loss == YS_SHANNON && y[k] > 0)
      sum -= y[k] * logq(sigma[k]);
    if (loss == YS_REVERSE && sigma[k] > 0)
      sum -= sigma[k] * logq(y[k]);
  }
  return loss == YS_COLLISION ? -logq(x) : sum;
}

/* lambda times the fairness of the means. */
static quad fairness(const ys_objective *f, const quad *mean) {
  quad sum = 0;
  for (size_t k = 0; f->lambda > 0 && k < f->batch->classes; k++) {
    quad u = f->prior[k];
    if (f->fairness == YS_STRONG)
      sum += u * logq(u / mean[k]);
    else if (mean[k] > 0)
      sum += mean[k] * logq(mean[k] / u);
  }
  return f->lambda * sum;
}

quad truth_value_quad(const ys_objective *f, const quad *y) {
  const size_t n = f->batch->classes, rows = f->batch->rows;
  quad *row = calloc(2 * n, sizeof *row), *mean = row + n, loss = 0;
  for (size_t i = 0; i < rows; i++) {
    quad sum = 0;
    for (size_t k = 0; k < n; k++)
      sum += y[i * n + k];
    for (size_t k = 0; k < n; k++) {
      row[k] = y[i * n + k] / sum;
      mean[k] += row[k];
    }
    loss += row_loss(f->loss, f->batch->sigma + i * n, row, n);
  }
  for (size_t k = 0; k < n; k++)
    mean[k] /= rows;
  quad value = loss / rows + fairness(f, mean);
  free(row);
  return isnanq(value) ? (quad)INFINITY : value;
}

quad truth_value(const ys_objective *f, const double *y) {
  const size_t entries = f->batch->rows * f->batch->classes;
  quad *wide = calloc(entries, sizeof *wide);
  for (size_t e = 0; e < entries; e++)
    wide[e] = y[e] > 0 ? y[e] : 0;
  quad value = truth_value_quad(f, wide);
  free(wide);
  return value;
}

/* --------------------------------------------------- the dual function ---- */

static quad most_gain(const double *sigma, const quad *nu, quad t, size_t n,
                      size_t *at) {
  quad most = t * sigma[0] + nu[0];
  *at = 0;
  for (size_t k = 1; k < n; k++)
    if (t * sigma[k] + nu[k] > most) {
      most = t * sigma[k] + nu[k];
      *at = k;
    }
  return most;
}

/* max over t of 1 + ln t - max_k (t sigma_k + nu_k), by bisection in ln t on
 * the sign of 1/t - sigma_k: any t gives a bound. */
static quad collision_dual(const double *sigma, const quad *nu, size_t n) {
  quad low = -1, high = 800, best = -(quad)INFINITY;
  for (int step = 0; step < 130; step++) {
    size_t k;
    quad middle = (low + high) / 2, t = expq(middle);
    best = larger(best, 1 + middle - most_gain(sigma, nu, t, n, &k));
    if (t * sigma[k] < 1)
      low = middle;
    else
      high = middle;
  }
  return best;
}

/* 1 is sum sigma, which need not be 1 to the last bit: max over mu of
 * sum_k sigma_k (1 + ln((mu - nu_k) / sigma_k)) - mu, by bisection in
 * ln(mu - max nu) on sum_k sigma_k / (mu - nu_k) = 1. */
static quad reverse_dual(const double *sigma, const quad *nu, size_t n) {
  quad low = -2000, high = 2, top = nu[0], sum = 0;
  for (size_t k = 1; k < n; k++)
    top = larger(top, nu[k]);
  for (int step = 0; step < 130; step++) {
    quad middle = (low + high) / 2, d = expq(middle), mass = 0;
    for (size_t k = 0; k < n; k++)
      mass += sigma[k] / (d + (top - nu[k]));
    if (mass > 1)
      low = middle;
    else
      high = middle;
  }
  quad d = expq(high);
  for (size_t k = 0; k < n; k++)
    if (sigma[k] > 0)
      sum += sigma[k] * (1 + logq((d + (top - nu[k])) / sigma[k]));
  return sum - top - d;
}

static quad shannon_dual(const double *sigma, const quad *nu, size_t n) {
  quad most = -(quad)INFINITY;
  for (size_t k = 0; k < n; k++)
    if (sigma[k] > 0)
      most = larger(most, logq(sigma[k]) + nu[k]);
  return -most;
}

/* min over z > 0 (strong) or over the simplex (weak) of lambda fairness(z) +
 * nu . z. */
static quad fairness_dual(const ys_objective *f, const quad *nu) {
  const size_t n = f->batch->classes;
  const quad lambda = f->lambda;
  quad sum = 0, least = nu[0];
  if (f->lambda == 0)
    return 0;
  for (size_t k = 1; k < n; k++)
    least = nu[k] < least ? nu[k] : least;
  for (size_t k = 0; k < n; k++)
    sum += f->fairness == YS_STRONG
               ? f->prior[k] * (1 + logq(nu[k] / lambda))
               : f->prior[k] * expq(-(nu[k] - least) / lambda);
  return f->fairness == YS_STRONG ? lambda * sum : least - lambda * logq(sum);
}

quad truth_dual(const ys_objective *f, const quad *nu) {
  const size_t n = f->batch->classes;
  quad sum = 0;
  for (size_t i = 0; i < f->batch->rows; i++) {
    const double *sigma = f->batch->sigma + i * n;
    sum += f->loss == YS_COLLISION ? collision_dual(sigma, nu, n)
           : f->loss == YS_REVERSE ? reverse_dual(sigma, nu, n)
                                   : shannon_dual(sigma, nu, n);
  }
  return sum / f->batch->rows + fairness_dual(f, nu);
}
