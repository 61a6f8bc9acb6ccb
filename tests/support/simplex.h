/* Euclidean projection onto the unit simplex { y >= 0, sum_k y_k = 1 }, a row
 * at a time: what pgd's, of rows side by side, is held against. */
#ifndef SIMPLEX_H
#define SIMPLEX_H

#include "problems/vector/simd.h"

#include <math.h>
#include <stddef.h>

static inline double simplex_largest(const double *v, size_t n) {
  double most = -INFINITY;
#pragma omp simd reduction(ys_most : most)
  for (size_t k = 0; k < n; k++)
    most = v[k] > most ? v[k] : most;
  return most;
}

static inline void simplex_share_equally(const double *v, double *y, size_t n,
                                         double top) {
  double count = 0;
  for (size_t k = 0; k < n; k++)
    count += v[k] == top;
  for (size_t k = 0; k < n; k++)
    y[k] = v[k] == top ? 1 / count : 0;
}

/* Newton's method on sum_k max(w_k - tau, 0) = 1, w = v - top, from a tau that
 * is not above the root. The sum is convex in tau, so tau climbs to the root,
 * the entries above it become fewer, and it is there once they do not. */
static inline double simplex_climb(const double *v, size_t n, double top,
                                   double tau) {
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

static inline double simplex_cut(const double *v, double *y, size_t n,
                                 double top, double tau) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (size_t k = 0; k < n; k++) {
    double excess = (v[k] - top) - tau;
    y[k] = excess > 0 ? excess : 0;
    sum += y[k];
  }
  return sum;
}

static inline void simplex_scale(double *y, size_t n, double factor) {
#pragma omp simd
  for (size_t k = 0; k < n; k++)
    y[k] *= factor;
}

/* The point of the simplex nearest to v (n >= 1 entries), into y, which may be
 * v. It is max(v - tau, 0) for the one threshold tau that makes it sum to 1; it
 * is divided by its sum at the end, so that the sum is 1 up to the rounding of
 * one summation, and no entry is negative. An entry of -infinity projects to 0;
 * entries of +infinity share the whole equally, as do entries that are all
 * -infinity. No entry may be a NaN.
 *
 * Expected time O(n) for entries in random order: Newton's method on tau
 * (Michelot 1986 in the reading of Condat, Math. Programming 158, 2016), run on
 * prefixes of growing length, each of which bounds the next one's tau below. */
static inline void ys_simplex_project(const double *v, double *y, size_t n) {
  const size_t first_prefix = 64, growth = 4;
  const double top = simplex_largest(v, n);
  if (isinf(top)) {
    simplex_share_equally(v, y, n, top);
    return;
  }
  /* The largest entry keeps at most 1. Differences from it lose nothing where
   * they matter, which is where they are above -1. */
  double tau = -1;
  for (size_t prefix = first_prefix; prefix < n; prefix *= growth)
    tau = simplex_climb(v, prefix, top, tau);
  tau = simplex_climb(v, n, top, tau);
  double sum = simplex_cut(v, y, n, top, tau);
  if (sum != 1)
    simplex_scale(y, n, 1 / sum);
}

#endif
