#include "problems/objective/rowbound.h"

#include <float.h>
#include <math.h>

double ys_log_excess(double r) {
  const double d = r - 1; /* exact near 1 */
  if (fabs(d) < 1e-2)     /* Taylor: the next term is below d^2 * 2e-13 */
    return d * d *
           (1 / 2. -
            d * (1 / 3. -
                 d * (1 / 4. - d * (1 / 5. - d * (1 / 6. - d * (1 / 7.))))));
  return d - log(r);
}

double ys_excess(double a, double b) {
  const double r = b / a;
  return r <= DBL_MAX ? a * ys_log_excess(r) : b;
}

/* ----------------------------------------------------------- shannon ----
 *
 * The loss is linear: phi(nu) = -h, h = max_k (ln sigma_k + nu_k), and
 *
 *   gap = sum_k y_k [h - (ln sigma_k + nu_k)]      (docs/method.md, section 2)
 */

static double shannon_level(const double *sigma, const double *nu, size_t n) {
  double highest = -INFINITY;
  for (size_t k = 0; k < n; k++)
    highest = fmax(highest, log(sigma[k]) + nu[k]);
  return highest;
}

static ys_row_gap shannon_gap(const double *sigma, const double *y,
                              const double *nu, size_t n) {
  double highest = shannon_level(sigma, nu, n), slack = 0;
  for (size_t k = 0; k < n; k++)
    if (y[k] > 0)
      slack += y[k] * (highest - (log(sigma[k]) + nu[k]));
  return (ys_row_gap){slack, slack, fabs(highest)};
}

/* ----------------------------------------------------------- reverse ----
 *
 *   phi(nu) = max over mu >= max_k nu_k of
 *             sum_k sigma_k (1 + ln((mu - nu_k) / sigma_k)) - mu
 *
 * and the optimum solves S = sum_k sigma_k / (mu - nu_k) = 1, or is the largest
 * nu_k if S < 1 there. The unknown is the distance d of mu above the largest
 * nu_k, since mu itself may be closer to a pole than doubles are spaced.
 *
 *   gap = sum_k sigma_k e((mu - nu_k) y_k / sigma_k)
 *         + sum over sigma_k = 0 of (mu - nu_k) y_k */

typedef struct reverse_point {
  double top; /* max_k nu_k */
  double d;   /* mu - top >= 0 */
} reverse_point;

static double above(reverse_point mu, double nu) {
  return mu.d + (mu.top - nu);
}

/* A lower bound of d: each term of S is at most 1, and by Jensen S >= s^2 /
 * sum_k sigma_k (mu - nu_k), with s = sum_k sigma_k. */
static double reverse_least(const double *sigma, const double *nu, size_t n,
                            double top) {
  double sum = 0, mean = 0, least = DBL_MIN;
  for (size_t k = 0; k < n; k++) {
    sum += sigma[k];
    mean += sigma[k] * (top - nu[k]);
    least = fmax(least, sigma[k] - (top - nu[k]));
  }
  return fmax(least, sum - mean / sum);
}

/* S and minus its derivative. */
static double reverse_sum(const double *sigma, const double *nu, size_t n,
                          reverse_point mu, double *slope) {
  double sum = 0;
  *slope = 0;
  for (size_t k = 0; k < n; k++)
    if (sigma[k] > 0) {
      double r = sigma[k] / above(mu, nu[k]);
      sum += r;
      *slope += r / above(mu, nu[k]);
    }
  return sum;
}

/* 1 / S is a harmonic mean of functions linear in d, so it is concave, and
 * Newton's method on 1 / S = 1 climbs to the root from the left and never
 * overshoots: d+ = d + S (S - 1) / |dS/dd|. */
static reverse_point reverse_scalar(const double *sigma, const double *nu,
                                    size_t n) {
  enum { MOST_STEPS = 100 };
  reverse_point mu = {-INFINITY, 0};
  double slope;
  for (size_t k = 0; k < n; k++)
    mu.top = fmax(mu.top, nu[k]);
  if (reverse_sum(sigma, nu, n, mu, &slope) <= 1)
    return mu;
  mu.d = reverse_least(sigma, nu, n, mu.top);
  for (int step = 0; step < MOST_STEPS; step++) {
    double sum = reverse_sum(sigma, nu, n, mu, &slope);
    double next = mu.d + sum * (sum - 1) / slope;
    if (!(sum > 1) || !(next > mu.d))
      break;
    mu.d = next;
  }
  return mu;
}

/* One class's part of the gap, distance = mu - nu_k: sigma (r - 1 - ln r) with
 * r = distance * y / sigma. Where r is too large for a double this is just
 * below distance * y. */
static double reverse_excess(double sigma, double distance, double y) {
  double r = distance / sigma * y;
  return r <= DBL_MAX ? sigma * ys_log_excess(r) : distance * y;
}

static ys_row_gap reverse_gap(const double *sigma, const double *y,
                              const double *nu, size_t n) {
  reverse_point mu = reverse_scalar(sigma, nu, n);
  double gap = 0;
  double steepest = INFINITY, along = 0; /* min_k G_k, and G . y */
  for (size_t k = 0; k < n; k++) {
    double distance = above(mu, nu[k]);
    gap += sigma[k] > 0 ? reverse_excess(sigma[k], distance, y[k])
                        : distance * y[k];
    steepest = fmin(steepest, (sigma[k] > 0 ? -sigma[k] / y[k] : 0) - nu[k]);
    along -= sigma[k] + nu[k] * y[k];
  }
  return (ys_row_gap){gap, along - steepest, fabs(mu.top) + mu.d};
}

static double reverse_dual(const double *sigma, const double *nu, size_t n) {
  reverse_point mu = reverse_scalar(sigma, nu, n);
  ys_sum sum = {-mu.top, 0};
  ys_sum_add(&sum, -mu.d);
  for (size_t k = 0; k < n; k++)
    if (sigma[k] > 0) /* a ratio cut short gives a lower bound still */
      ys_sum_add(&sum, sigma[k] * (1 + log(fmin(above(mu, nu[k]) / sigma[k],
                                                DBL_MAX))));
  return ys_sum_value(&sum);
}

/* ------------------------------------------------------------- entry ---- */

ys_row_gap ys_row_gap_at(ys_loss loss, const double *sigma, const double *y,
                         const double *nu, size_t n) {
  return loss == YS_SHANNON ? shannon_gap(sigma, y, nu, n)
                            : reverse_gap(sigma, y, nu, n);
}

double ys_row_dual(ys_loss loss, const double *sigma, const double *nu,
                   size_t n) {
  return loss == YS_SHANNON ? -shannon_level(sigma, nu, n)
                            : reverse_dual(sigma, nu, n);
}
