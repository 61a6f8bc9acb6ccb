/* Extrapolation of rows on the simplex in their logarithms: whatever is added
 * to ln y, the exponentials divided by their sum are a row on the simplex, and
 * a class that had mass keeps some. For accelerators of fixed-point maps.
 *
 * Lengths are measured in the Fisher metric, sum_k y_k (d ln y_k)^2 a row:
 * classes on their way out of a row, whose logarithms fall for ever, do not
 * count. */
#ifndef YS_LOGSPACE_H
#define YS_LOGSPACE_H

#include "problems/objective.h"
#include "problems/vector/exp_log.h"

#include <float.h>
#include <math.h>

/* A map of y (M x K) to the next y, in place, that never raises F. */
typedef void ys_map(void *context, double *y);

/* ln y; -infinity at 0. */
YS_INLINE void ys_log_row(const double *restrict y, double *restrict out,
                          size_t n) {
#pragma omp simd
  for (size_t k = 0; k < n; k++)
    out[k] = ys_logarithm(y[k]);
}

/* w, n entries not all -infinity, becomes e^w divided by its sum. An entry that
 * is finite is kept above e^-660 of the largest: it may have to grow again, and
 * a map's own floor (1e-290 in em.c) must not lift it, which extrapolation
 * would take for growth. */
YS_INLINE void ys_softmax_row(double *w, size_t n) {
  const double least = -660;
  double top = -INFINITY, sum = 0;
#pragma omp simd reduction(ys_most : top)
  for (size_t k = 0; k < n; k++)
    top = w[k] > top ? w[k] : top;
#pragma omp simd reduction(+ : sum)
  for (size_t k = 0; k < n; k++) {
    double d = w[k] - top;
    d = d < least && d > -INFINITY ? least : d;
    w[k] = ys_exponential(d);
    sum += w[k];
  }
  const double factor = 1 / sum;
#pragma omp simd
  for (size_t k = 0; k < n; k++)
    w[k] *= factor;
}

/* How much higher than `value` F may come out and still count as no rise: what
 * rounding can do. */
static inline double ys_rise_allowed(double value) {
  return 4 * DBL_EPSILON * (1 + fabs(value));
}

#endif
