/* The interior point's M K^2 part: outer products of the vectors that the tiles
 * leave, subtracted from a group's K x K matrix. As inner products between the
 * vectors' entries for two classes, DOWN x ACROSS at a time in registers.
 * Written here rather than left to a BLAS: it runs inside a parallel region,
 * where threaded BLAS libraries differ in what they do, and it is as fast as
 * their best (`make bench` compares). */
#include "problems/vector/simd.h"
#include "solvers/ipm/ipm_state.h"

enum { DOWN = 4, ACROSS = 3, PANEL = 48 };

/* Rows k to k + DOWN, columns l to l + ACROSS of the lower triangle. */
YS_INLINE void subtract_block(const ys_lanes *vectors, size_t count, size_t n,
                              size_t k, size_t l, double *matrix) {
  const size_t stride = 2 * YS_IPM_CHUNK;
  const ys_lanes *restrict left = vectors + k * stride;
  const ys_lanes *restrict right = vectors + l * stride;
  ys_lanes sum[DOWN][ACROSS] = {{{0}}};
  for (size_t c = 0; c < count; c++)
    for (size_t d = 0; d < DOWN; d++)
      for (size_t a = 0; a < ACROSS; a++)
        sum[d][a] += left[d * stride + c] * right[a * stride + c];
  for (size_t d = 0; d < DOWN; d++)
    for (size_t a = 0; a < ACROSS && l + a <= k + d; a++)
      matrix[(k + d) * n + l + a] -= ys_total(sum[d][a]);
}

/* The same, cut off at n. */
YS_INLINE void subtract_rest(const ys_lanes *vectors, size_t count, size_t n,
                             size_t k, size_t l, double *matrix) {
  const size_t stride = 2 * YS_IPM_CHUNK;
  for (size_t d = k; d < k + DOWN && d < n; d++)
    for (size_t a = l; a < l + ACROSS && a <= d; a++) {
      ys_lanes sum = {0};
      for (size_t c = 0; c < count; c++)
        sum += vectors[d * stride + c] * vectors[a * stride + c];
      matrix[d * n + a] -= ys_total(sum);
    }
}

/* The columns `first` to `end` of the lower triangle, `count` lanes a class. A
 * panel of columns stays in the cache while the rows pass by. */
YS_HOT static void subtract_panel(const ys_lanes *vectors, size_t count,
                                  size_t n, size_t first, size_t end,
                                  double *matrix) {
  for (size_t k = first / DOWN * DOWN; k < n; k += DOWN)
    for (size_t l = first; l < ys_ipm_least(k + DOWN, end); l += ACROSS)
      if (k + DOWN <= n && l + ACROSS <= n)
        subtract_block(vectors, count, n, k, l, matrix);
      else
        subtract_rest(vectors, count, n, k, l, matrix);
}

void ys_ipm_subtract(const ys_lanes *vectors, size_t count, size_t n,
                     double *matrix) {
  for (size_t first = 0; first < n; first += PANEL)
    subtract_panel(vectors, count, n, first, ys_ipm_least(first + PANEL, n),
                   matrix);
}
