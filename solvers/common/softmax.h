/* The softmax of a row, in vectors: for rows on the simplex that are moved in
 * their logarithms. */
#ifndef YS_SOFTMAX_H
#define YS_SOFTMAX_H

#include "problems/vector/exp_log.h"
#include "problems/vector/simd.h"

#include <stddef.h>

/* y_k = e^(w_k) / sum_j e^(w_j), n entries, not all of w -infinity; y may be w.
 * An entry of w that is finite is kept above `least` below the largest: it may
 * have to grow again. */
YS_INLINE void ys_softmax_row(const double *w, double *y, size_t n,
                              double least) {
  double top = -INFINITY, sum = 0;
#pragma omp simd reduction(ys_most : top)
  for (size_t k = 0; k < n; k++)
    top = w[k] > top ? w[k] : top;
#pragma omp simd reduction(+ : sum)
  for (size_t k = 0; k < n; k++) {
    double d = w[k] - top;
    d = d < least && d > -INFINITY ? least : d;
    y[k] = ys_exponential(d);
    sum += y[k];
  }
  const double factor = 1 / sum;
#pragma omp simd
  for (size_t k = 0; k < n; k++)
    y[k] *= factor;
}

#endif
