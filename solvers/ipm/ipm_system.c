/* The interior point's K x K system (docs/method.md, section 3, "The interior
 * point", where 1 / h is ih)
 *
 *   (diag(ih) + sum_i B_i) dnu = ih * ahead - sum_i B_i b_i
 *
 * and the product of the fairness term that it comes from, which linearised
 * reads dnu_k = ahead_k - M dz_k / ih_k. */
#include "problems/objective/fairness.h"
#include "solvers/ipm/ipm_state.h"

#include <float.h>
#include <lapacke.h>
#include <math.h>

/* ln(w / z) for weak fairness, where w = u exp(-nu / lambda) goes with nu. */
static double log_ratio(const ys_ipm_state *p, size_t k) {
  const ys_objective *o = p->objective;
  return log(o->prior[k] / p->z[k]) - p->nu[k] / o->lambda;
}

/* The logarithmic mean (w - z) / ln(w / z). */
static double logarithmic_mean(double z, double ratio) {
  return ratio == 0 ? z : z * expm1(ratio) / ratio;
}

/* A class that no row can hold (shannon, sigma = 0 in every row): nu as good as
 * infinite, where it stays. */
static void shut_class(ys_ipm_state *p, size_t k) {
  const ys_objective *o = p->objective;
  p->nu[k] =
      ys_fairness_multiplier(YS_WEAK, o->lambda, o->prior[k], DBL_MIN, 1) -
      p->level;
  p->hint[k] = p->nu[k] + p->level;
  p->ih[k] = (double)o->batch->rows;
  p->ahead[k] = 0;
}

/* Strong: nu z = lambda u, linearised:
 *
 *   ih = M z / nu,   ahead = (lambda u - nu z) / z.
 *
 * Weak: nu = -lambda (ln(z / u) + 1), by the secant through z and w, that is z
 * and nu where one of them stays, L their logarithmic mean:
 *
 *   ih = M L / lambda,   ahead = lambda ln(w / z).
 *
 * These are residuals and slopes at nu and z that do not belong together, which
 * the formulas of fairness.h, of z alone, do not give. */
void ys_ipm_fairness(ys_ipm_state *p) {
  const ys_objective *o = p->objective;
  const double rows = (double)o->batch->rows, lambda = o->lambda;
  const double farthest = 30; /* an e^30-fold change is as good as any */
  for (size_t k = 0; k < p->n; k++) {
    double z = p->z[k], nu = p->level + p->nu[k], u = o->prior[k];
    if (o->fairness == YS_STRONG) {
      p->ih[k] = rows * z / nu;
      p->ahead[k] = (lambda * u - nu * z) / z;
    } else if (z == 0)
      shut_class(p, k);
    else {
      double ratio = log_ratio(p, k);
      double near = fmax(-farthest, fmin(farthest, ratio));
      p->ih[k] = rows * logarithmic_mean(z, near) / lambda;
      p->ahead[k] = lambda * ratio;
    }
  }
}

void ys_ipm_fairness_second(ys_ipm_state *p) {
  const ys_objective *o = p->objective;
  const double rows = (double)o->batch->rows;
  for (size_t k = 0; k < p->n; k++) {
    double r = p->now.z[k] / p->z[k];
    if (o->fairness == YS_STRONG)
      p->ahead[k] -= p->now.nu[k] * r;
    else if (p->z[k] > 0) { /* what the secant is off by at z + dz */
      r = fmax(r, -0.9);
      p->ahead[k] += rows * r * p->z[k] / p->ih[k] - o->lambda * log1p(r);
    }
  }
}

/* ln sum_k u_k exp(-nu_k / lambda), `nu` less level: weak fairness. */
static double log_partition(const ys_ipm_state *p, const double *nu) {
  const ys_objective *o = p->objective;
  double least = INFINITY, sum = 0;
  for (size_t k = 0; k < p->n; k++)
    least = fmin(least, nu[k]);
  for (size_t k = 0; k < p->n; k++)
    sum += ys_weak_tilt(o->lambda, o->prior[k], nu[k] - least);
  return log(sum) - least / o->lambda;
}

/* lambda sum_k z_k e(w_k / z_k), w proportional to u exp(-nu / lambda). */
static double weak_gap(const ys_ipm_state *p, const double *z,
                       const double *nu) {
  const ys_objective *o = p->objective;
  const double level = log_partition(p, nu);
  ys_sum sum = {0, 0};
  for (size_t k = 0; k < p->n; k++) {
    double w = o->prior[k] * exp(-nu[k] / o->lambda - level);
    if (!(z[k] >= 0))
      return INFINITY;
    ys_sum_add(&sum, ys_fairness_term(YS_WEAK, w, z[k]));
  }
  return o->lambda * ys_sum_value(&sum);
}

/* lambda sum_k u_k e(nu_k z_k / (lambda u_k)) */
static double strong_gap(const ys_ipm_state *p, const double *z,
                         const double *nu) {
  const ys_objective *o = p->objective;
  ys_sum sum = {0, 0};
  for (size_t k = 0; k < p->n; k++) {
    double u = o->prior[k];
    if (!(z[k] > 0))
      return INFINITY;
    ys_sum_add(&sum,
               u * ys_log_excess((p->level + nu[k]) * z[k] / (o->lambda * u)));
  }
  return o->lambda * ys_sum_value(&sum);
}

double ys_ipm_fairness_gap(const ys_ipm_state *p, const double *z,
                           const double *nu) {
  return p->objective->fairness == YS_STRONG ? strong_gap(p, z, nu)
                                             : weak_gap(p, z, nu);
}

double ys_ipm_common_shift(const ys_ipm_state *p) {
  const ys_objective *o = p->objective;
  return o->fairness == YS_STRONG ? 0 : o->lambda * log_partition(p, p->nu);
}

/* The lower triangle of the system, from the groups' parts. */
static void add_up(ys_ipm_state *p) {
  const size_t n = p->n;
  for (size_t k = 0; k < n; k++)
    for (size_t l = 0; l <= k; l++) {
      double sum = 0;
      for (size_t group = 0; group < p->groups; group++) {
        const double *part = p->group + group * n * n;
        sum += k == l ? part[k * n + k] : part[k * n + l] + part[l * n + k];
      }
      p->schur[k * n + l] = k == l ? sum + p->ih[k] : sum;
    }
}

/* LAPACK's columns are our rows: its upper triangle is our lower one. */
bool ys_ipm_assemble(ys_ipm_state *p) {
  enum { MOST_TRIES = 6 };
  const lapack_int n = (lapack_int)p->n;
  double lift = 0;
  if (p->system)
    return p->system->assemble(p, p->system->context);
  for (int attempt = 0; attempt < MOST_TRIES; attempt++) {
    add_up(p);
    for (size_t k = 0; k < p->n; k++)
      p->schur[k * p->n + k] *= 1 + lift;
    if (LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'U', n, p->schur, n) == 0)
      return true;
    lift = lift > 0 ? 100 * lift : 16 * DBL_EPSILON;
  }
  return false;
}

/* right becomes schur^-1 right. */
static void solve_in_place(const ys_ipm_state *p, double *right) {
  const lapack_int n = (lapack_int)p->n;
  if (p->system) {
    p->system->solve(p, p->system->context, right);
    return;
  }
  LAPACKE_dpotrs_work(LAPACK_COL_MAJOR, 'U', n, 1, p->schur, n, right, n);
}

void ys_ipm_solve(ys_ipm_state *p, double target, double extra) {
  for (size_t k = 0; k < p->n; k++)
    p->now.nu[k] = p->ih[k] * p->ahead[k] - p->base[k] - target * p->centre[k] -
                   extra * p->second[k];
  solve_in_place(p, p->now.nu);
}

void ys_ipm_refine(ys_ipm_state *p) {
  const double rows = (double)p->objective->batch->rows;
  double *right = p->trial;
  for (size_t k = 0; k < p->n; k++)
    right[k] = p->ih[k] * (p->ahead[k] - p->now.nu[k]) - rows * p->now.z[k];
  solve_in_place(p, right);
  for (size_t k = 0; k < p->n; k++)
    p->now.nu[k] += right[k];
}
