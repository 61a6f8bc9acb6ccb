#include "solvers/proximal/simplex.h"

#include "problems/vector/simd.h"

#include <math.h>

YS_INLINE double largest(const double *v, size_t n) {
  double most = -INFINITY;
#pragma omp simd reduction(ys_most : most)
  for (size_t k = 0; k < n; k++)
    most = v[k] > most ? v[k] : most;
  return most;
}

static void share_equally(const double *v, double *y, size_t n, double top) {
  double count = 0;
  for (size_t k = 0; k < n; k++)
    count += v[k] == top;
  for (size_t k = 0; k < n; k++)
    y[k] = v[k] == top ? 1 / count : 0;
}

/* Newton's method on sum_k max(w_k - tau, 0) = 1, w = v - top, from a tau that
 * is not above the root. The sum is convex in tau, so tau climbs to the root,
 * the entries above it become fewer, and it is there once they do not. */
YS_INLINE double climb(const double *v, size_t n, double top, double tau) {
  double previous = (double)n + 1;
  for (;;) {
    double sum = 0, count = 0;
#pragma omp simd reduction(+ : sum, count)
    for (size_t k = 0; k < n; k++) {
      double w = v[k] - top;
      sum += w > tau ? w : 0;
      count += w > tau ? 1 : 0;
    }
    if (!(count < previous) || count == 0)
      return tau;
    double next = (sum - 1) / count;
    tau = next > tau ? next : tau;
    previous = count;
  }
}

YS_INLINE double cut(const double *v, double *y, size_t n, double top,
                     double tau) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (size_t k = 0; k < n; k++) {
    double excess = (v[k] - top) - tau;
    y[k] = excess > 0 ? excess : 0;
    sum += y[k];
  }
  return sum;
}

YS_INLINE void scale(double *y, size_t n, double factor) {
#pragma omp simd
  for (size_t k = 0; k < n; k++)
    y[k] *= factor;
}

YS_HOT void ys_simplex_project(const double *v, double *y, size_t n) {
  const size_t first_prefix = 64, growth = 4;
  const double top = largest(v, n);
  if (isinf(top)) {
    share_equally(v, y, n, top);
    return;
  }
  /* The largest entry keeps at most 1. Differences from it lose nothing where
   * they matter, which is where they are above -1. */
  double tau = -1;
  for (size_t prefix = first_prefix; prefix < n; prefix *= growth)
    tau = climb(v, prefix, top, tau);
  tau = climb(v, n, top, tau);
  double sum = cut(v, y, n, top, tau);
  if (sum != 1)
    scale(y, n, 1 / sum);
}
