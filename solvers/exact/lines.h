/* A row's lines t sigma_k + nu_k over many classes, the classes side by side in
 * vectors. To be inlined into kernels (YS_HOT). */
#ifndef YS_EXACT_LINES_H
#define YS_EXACT_LINES_H

#include "problems/vector/lanes.h"

#include <math.h>

/* max over first <= k < end of t sigma_k + nu_k; -infinity of none. */
YS_INLINE double ys_lines_top(const double *restrict sigma,
                              const double *restrict nu, double t, size_t first,
                              size_t end) {
  enum { WIDE = 4 };
  ys_lanes most[WIDE];
  size_t k = first;
  for (size_t i = 0; i < WIDE; i++)
    most[i] = ys_all(-INFINITY);
  for (; k + WIDE * YS_LANES <= end; k += WIDE * YS_LANES)
    for (size_t i = 0; i < WIDE; i++) {
      const size_t at = k + i * YS_LANES;
      most[i] = ys_larger(t * ys_load(sigma + at) + ys_load(nu + at), most[i]);
    }
  for (; k + YS_LANES <= end; k += YS_LANES)
    most[0] = ys_larger(t * ys_load(sigma + k) + ys_load(nu + k), most[0]);
  for (size_t i = 1; i < WIDE; i++)
    most[0] = ys_larger(most[i], most[0]);
  double top = -INFINITY;
  for (size_t l = 0; l < YS_LANES; l++)
    top = most[0][l] > top ? most[0][l] : top;
  for (; k < end; k++) {
    const double line = t * sigma[k] + nu[k];
    top = line > top ? line : top;
  }
  return top;
}

/* max_k a_k b_k >= 0. */
YS_INLINE double ys_most_product(const double *restrict a,
                                 const double *restrict b, size_t n) {
  enum { WIDE = 4 };
  ys_lanes most[WIDE] = {{0}};
  size_t k = 0;
  for (; k + WIDE * YS_LANES <= n; k += WIDE * YS_LANES)
    for (size_t i = 0; i < WIDE; i++) {
      const size_t at = k + i * YS_LANES;
      most[i] = ys_larger(ys_load(a + at) * ys_load(b + at), most[i]);
    }
  for (size_t i = 1; i < WIDE; i++)
    most[0] = ys_larger(most[i], most[0]);
  double top = 0;
  for (size_t l = 0; l < YS_LANES; l++)
    top = most[0][l] > top ? most[0][l] : top;
  for (; k < n; k++)
    top = a[k] * b[k] > top ? a[k] * b[k] : top;
  return top;
}

/* The first class whose line is `top`, by ys_lines_top. */
YS_INLINE size_t ys_lines_find(const double *restrict sigma,
                               const double *restrict nu, double t, double top,
                               size_t n) {
  size_t k = 0;
  for (; k + YS_LANES <= n; k += YS_LANES)
    if (ys_any(t * ys_load(sigma + k) + ys_load(nu + k) >= top))
      break;
  while (k + 1 < n && !(t * sigma[k] + nu[k] >= top))
    k++;
  return k;
}

/* The first class whose product is `top`, by ys_most_product. */
YS_INLINE size_t ys_product_find(const double *restrict a,
                                 const double *restrict b, double top,
                                 size_t n) {
  size_t k = 0;
  for (; k + YS_LANES <= n; k += YS_LANES)
    if (ys_any(ys_load(a + k) * ys_load(b + k) >= top))
      break;
  while (k + 1 < n && !(a[k] * b[k] >= top))
    k++;
  return k;
}

#endif
