#include "rowbound.h"

#include "simd.h"

#include <float.h>
#include <math.h>

double ys_log_excess(double d) {
  if (fabs(d) < 1e-2) /* Taylor: the next term is below d^2 * 1e-15 */
    return d * d *
           (1 / 2. -
            d * (1 / 3. -
                 d * (1 / 4. - d * (1 / 5. - d * (1 / 6. - d * (1 / 7.))))));
  return d - log1p(d);
}

/* --------------------------------------------------------- collision ----
 *
 *   phi(nu) = max over t > 0 of  1 + ln t - max_k (t sigma_k + nu_k)
 *
 * is one concave problem in t. It is solved by cutting planes: lines a and b,
 * active left and right of the optimum, are replaced by the line active at the
 * optimum of the problem with those two alone, until it is one of them. */

/* max_k (t sigma_k + nu_k), and the class that attains it. */
YS_HOT static double highest_line(const double *restrict sigma,
                                  const double *restrict nu, double t, size_t n,
                                  size_t *at) {
  double highest = -INFINITY;
#pragma omp simd reduction(max : highest)
  for (size_t k = 0; k < n; k++) {
    double line = t * sigma[k] + nu[k];
    highest = line > highest ? line : highest;
  }
  size_t k = 0;
  while (k + 1 < n && t * sigma[k] + nu[k] < highest)
    k++;
  *at = k;
  return highest;
}

/* The lines that are highest as t -> 0 (a) and as t -> infinity (b). */
static void outer_lines(const double *sigma, const double *nu, size_t n,
                        size_t *a, size_t *b) {
  *a = *b = 0;
  for (size_t k = 1; k < n; k++) {
    if (nu[k] > nu[*a] || (nu[k] == nu[*a] && sigma[k] > sigma[*a]))
      *a = k;
    if (sigma[k] > sigma[*b] || (sigma[k] == sigma[*b] && nu[k] > nu[*b]))
      *b = k;
  }
}

/* argmax over t of ln t - max(line a, line b), where sigma_a <= sigma_b. */
static double two_line_optimum(const double *sigma, const double *nu, size_t a,
                               size_t b) {
  double right = 1 / sigma[b];
  if (sigma[b] <= sigma[a])
    return right;
  double crossing = (nu[a] - nu[b]) / (sigma[b] - sigma[a]);
  if (right >= crossing)
    return right;
  return 1 < crossing * sigma[a] ? 1 / sigma[a] : crossing;
}

/* The t that gives the best bound, or one near it; any t > 0 gives a bound.
 * *highest is max_k (t sigma_k + nu_k). */
static double best_scalar(const double *sigma, const double *nu, size_t n,
                          double *highest) {
  enum { MOST_CUTS = 64 };
  size_t a, b, j;
  outer_lines(sigma, nu, n, &a, &b);
  double t = two_line_optimum(sigma, nu, a, b), best_t = t;
  double best = -INFINITY;
  for (int cut = 0; cut < MOST_CUTS; cut++) {
    double top = highest_line(sigma, nu, t, n, &j);
    double value = log(t) - top;
    if (value > best) {
      best = value;
      best_t = t;
      *highest = top;
    }
    if (j == a || j == b)
      break;
    if (t * sigma[j] < 1)
      a = j;
    else
      b = j;
    double next = two_line_optimum(sigma, nu, a, b);
    if (next == t)
      break;
    t = next;
  }
  return best_t;
}

static ys_row_gap collision_gap(const double *sigma, const double *y,
                                const double *nu, size_t n) {
  double highest, x = 0, slack = 0, own_slack = 0;
  size_t unused;
  double t = best_scalar(sigma, nu, n, &highest);
#pragma omp simd reduction(+ : x, slack)
  for (size_t k = 0; k < n; k++) {
    x += sigma[k] * y[k];
    slack += y[k] * (highest - (t * sigma[k] + nu[k]));
  }
  double own = highest_line(sigma, nu, 1 / x, n, &unused);
#pragma omp simd reduction(+ : own_slack)
  for (size_t k = 0; k < n; k++)
    own_slack += y[k] * (own - (sigma[k] / x + nu[k]));
  return (ys_row_gap){slack + ys_log_excess(t * x - 1), own_slack,
                      fabs(highest)};
}

static double collision_dual(const double *sigma, const double *nu, size_t n) {
  double highest;
  double t = best_scalar(sigma, nu, n, &highest);
  return 1 + log(t) - highest;
}

/* ----------------------------------------------------------- shannon ----
 *
 * The loss is linear: phi(nu) = -max_k (ln sigma_k + nu_k). */

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
 *   phi(nu) = max over mu of
 *             1 - sum_k sigma_k ln sigma_k + sum_k sigma_k ln(mu - nu_k) - mu
 *
 * with mu >= every nu_k; the optimum solves sum_k sigma_k / (mu - nu_k) = 1 or
 * is the largest nu_k of a class with sigma_k = 0. */

/* Newton from the left on a convex decreasing function: it never overshoots,
 * and every mu above max_k (nu_k + sigma_k) is in the domain. */
static double reverse_scalar(const double *sigma, const double *nu, size_t n) {
  enum { MOST_STEPS = 100 };
  double mu = -INFINITY;
  for (size_t k = 0; k < n; k++)
    mu = fmax(mu, nu[k] + sigma[k]);
  for (int step = 0; step < MOST_STEPS; step++) {
    double f = -1, slope = 0;
    for (size_t k = 0; k < n; k++)
      if (sigma[k] > 0) {
        double r = sigma[k] / (mu - nu[k]);
        f += r;
        slope += r * r / sigma[k];
      }
    double next = mu + f / slope;
    if (!(f > 0) || !(next > mu))
      break;
    mu = next;
  }
  return mu;
}

static ys_row_gap reverse_gap(const double *sigma, const double *y,
                              const double *nu, size_t n) {
  double mu = reverse_scalar(sigma, nu, n), gap = 0;
  double steepest = INFINITY, along = 0; /* min_k G_k, and G . y */
  for (size_t k = 0; k < n; k++) {
    if (sigma[k] > 0)
      gap += sigma[k] * ys_log_excess((mu - nu[k]) * y[k] / sigma[k] - 1);
    else
      gap += (mu - nu[k]) * y[k];
    steepest = fmin(steepest, (sigma[k] > 0 ? -sigma[k] / y[k] : 0) - nu[k]);
    along -= sigma[k] + nu[k] * y[k];
  }
  return (ys_row_gap){gap, along - steepest, fabs(mu)};
}

static double reverse_dual(const double *sigma, const double *nu, size_t n) {
  double mu = reverse_scalar(sigma, nu, n), sum = 1 - mu;
  for (size_t k = 0; k < n; k++)
    if (sigma[k] > 0)
      sum += sigma[k] * log((mu - nu[k]) / sigma[k]);
  return sum;
}

/* ------------------------------------------------------------- entry ---- */

ys_row_gap ys_row_gap_at(ys_loss loss, const double *sigma, const double *y,
                         const double *nu, size_t n) {
  switch (loss) {
  case YS_COLLISION:
    return collision_gap(sigma, y, nu, n);
  case YS_SHANNON:
    return shannon_gap(sigma, y, nu, n);
  case YS_REVERSE:
    return reverse_gap(sigma, y, nu, n);
  }
  return (ys_row_gap){INFINITY, INFINITY, INFINITY};
}

double ys_row_dual(ys_loss loss, const double *sigma, const double *nu,
                   size_t n) {
  switch (loss) {
  case YS_COLLISION:
    return collision_dual(sigma, nu, n);
  case YS_SHANNON:
    return -shannon_level(sigma, nu, n);
  case YS_REVERSE:
    return reverse_dual(sigma, nu, n);
  }
  return -INFINITY;
}
