/* Rows side by side: kernels work on tiles of YS_LANES rows, so that what is a
 * number for a row is a vector here, and a loop over classes needs no sum
 * across a vector and leaves no remainder. The vector types are those of GCC
 * and Clang; a machine with narrower vectors uses several. docs/kernels.md says
 * why.
 *
 * Functions that take or return vectors must be inlined (YS_INLINE): how
 * vectors are passed depends on the machine that a function is compiled for,
 * and the passes are compiled for several. */
#ifndef YS_LANES_H
#define YS_LANES_H

#include "problems/blocks.h"
#include "problems/vector/simd.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wpsabi" /* see above */

enum { YS_LANES = YS_TILE_ROWS };

typedef double ys_lanes __attribute__((vector_size(8 * YS_LANES)));
typedef long long ys_mask __attribute__((vector_size(8 * YS_LANES)));

YS_INLINE ys_lanes ys_pick(ys_mask where, ys_lanes yes, ys_lanes no) {
  return (ys_lanes)((where & (ys_mask)yes) | (~where & (ys_mask)no));
}

/* Both are b where a or b is not a number. */
YS_INLINE ys_lanes ys_larger(ys_lanes a, ys_lanes b) {
  return ys_pick(a > b, a, b);
}

YS_INLINE ys_lanes ys_smaller(ys_lanes a, ys_lanes b) {
  return ys_pick(a < b, a, b);
}

/* `value` where `where`, else 0, whatever value may be there. */
YS_INLINE ys_lanes ys_only(ys_mask where, ys_lanes value) {
  return (ys_lanes)(where & (ys_mask)value);
}

YS_INLINE ys_lanes ys_all(double value) {
  return value - (ys_lanes){0};
}

YS_INLINE ys_lanes ys_absolute(ys_lanes a) {
  const ys_mask all_but_sign = (ys_mask){0} + LLONG_MAX;
  return (ys_lanes)((ys_mask)a & all_but_sign);
}

YS_INLINE double ys_total(ys_lanes a) {
  double sum = 0;
  for (size_t l = 0; l < YS_LANES; l++)
    sum += a[l];
  return sum;
}

YS_INLINE double ys_least(ys_lanes a) {
  double least = a[0];
  for (size_t l = 1; l < YS_LANES; l++)
    least = a[l] < least ? a[l] : least;
  return least;
}

YS_INLINE bool ys_any(ys_mask a) {
  long long any = 0;
  for (size_t l = 0; l < YS_LANES; l++)
    any |= a[l];
  return any != 0;
}

/* Lane l is that of column[index[l]]. */
YS_INLINE ys_lanes ys_gather(const ys_lanes *column, const unsigned *index) {
  ys_lanes found;
  for (size_t l = 0; l < YS_LANES; l++)
    found[l] = column[index[l]][l];
  return found;
}

YS_INLINE void ys_scatter(ys_lanes *column, const unsigned *index,
                          ys_lanes value) {
  for (size_t l = 0; l < YS_LANES; l++)
    column[index[l]][l] = value[l];
}

/* ------------------------------------------------- rows to lanes and back ----
 *
 * A tile's columns are ys_lanes, `step` apart, one a class; its rows lie in
 * memory one after the other, n doubles each. `count` rows are there, 1 to
 * YS_LANES; lanes beyond repeat the last of them. */

YS_INLINE ys_lanes ys_load(const double *from) {
  ys_lanes a;
  memcpy(&a, from, sizeof a);
  return a;
}

YS_INLINE void ys_store(double *to, ys_lanes a) {
  memcpy(to, &a, sizeof a);
}

/* Which lanes stand for a row. */
YS_INLINE ys_mask ys_live(size_t count) {
  const ys_mask lane = {0, 1, 2, 3};
  return lane < (ys_mask){0} + (long long)count;
}

/* A square of four rows and columns, turned in place. */
YS_INLINE void ys_transpose(ys_lanes *a) {
  ys_lanes p = __builtin_shufflevector(a[0], a[1], 0, 4, 2, 6);
  ys_lanes q = __builtin_shufflevector(a[0], a[1], 1, 5, 3, 7);
  ys_lanes r = __builtin_shufflevector(a[2], a[3], 0, 4, 2, 6);
  ys_lanes s = __builtin_shufflevector(a[2], a[3], 1, 5, 3, 7);
  a[0] = __builtin_shufflevector(p, r, 0, 1, 4, 5);
  a[1] = __builtin_shufflevector(q, s, 0, 1, 4, 5);
  a[2] = __builtin_shufflevector(p, r, 2, 3, 6, 7);
  a[3] = __builtin_shufflevector(q, s, 2, 3, 6, 7);
}

/* Two numbers each from two rows, as one vector. */
YS_INLINE ys_lanes ys_load_halves(const double *low, const double *high) {
  typedef double half __attribute__((vector_size(4 * YS_LANES)));
  half a, b;
  memcpy(&a, low, sizeof a);
  memcpy(&b, high, sizeof b);
  return __builtin_shufflevector(a, b, 0, 1, 2, 3);
}

/* Columns k and k + 1 of the four rows at `at`. */
YS_INLINE void ys_read_pair(const double *const *at, size_t k, size_t step,
                            ys_lanes *restrict columns) {
  ys_lanes even = ys_load_halves(at[0] + k, at[2] + k);
  ys_lanes odd = ys_load_halves(at[1] + k, at[3] + k);
  columns[k * step] = __builtin_shufflevector(even, odd, 0, 4, 2, 6);
  columns[(k + 1) * step] = __builtin_shufflevector(even, odd, 1, 5, 3, 7);
}

YS_INLINE void ys_write_pair(const ys_lanes *restrict columns, size_t step,
                             size_t k, double *const *at) {
  const ys_lanes a = columns[k * step], b = columns[(k + 1) * step];
  const ys_lanes even = __builtin_shufflevector(a, b, 0, 4, 2, 6);
  const ys_lanes odd = __builtin_shufflevector(a, b, 1, 5, 3, 7);
  memcpy(at[0] + k, &even, 2 * sizeof(double));
  memcpy(at[1] + k, &odd, 2 * sizeof(double));
  memcpy(at[2] + k, (const double *)&even + 2, 2 * sizeof(double));
  memcpy(at[3] + k, (const double *)&odd + 2, 2 * sizeof(double));
}

YS_INLINE void ys_read_square(const double *const *at, size_t k, size_t step,
                              ys_lanes *restrict columns) {
  ys_lanes square[YS_LANES];
  for (size_t l = 0; l < YS_LANES; l++)
    square[l] = ys_load(at[l] + k);
  ys_transpose(square);
  for (size_t c = 0; c < YS_LANES; c++)
    columns[(k + c) * step] = square[c];
}

YS_INLINE void ys_write_square(const ys_lanes *restrict columns, size_t step,
                               size_t k, double *const *at) {
  ys_lanes square[YS_LANES];
  for (size_t c = 0; c < YS_LANES; c++)
    square[c] = columns[(k + c) * step];
  ys_transpose(square);
  for (size_t l = 0; l < YS_LANES; l++)
    ys_store(at[l] + k, square[l]);
}

/* What four does not divide is read and written by a last square that laps over
 * the one before it; two or three classes by a pair of columns. */

/* The rows at `at`. */
YS_INLINE void ys_read_rows_at(const double *const *at, size_t n, size_t step,
                               ys_lanes *restrict columns) {
  if (n >= YS_LANES) {
    for (size_t k = 0; k + YS_LANES <= n; k += YS_LANES)
      ys_read_square(at, k, step, columns);
    if (n % YS_LANES)
      ys_read_square(at, n - YS_LANES, step, columns);
    return;
  }
  if (n >= 2)
    ys_read_pair(at, 0, step, columns);
  if (n % 2)
    columns[(n - 1) * step] =
        (ys_lanes){at[0][n - 1], at[1][n - 1], at[2][n - 1], at[3][n - 1]};
}

YS_INLINE void ys_read_tile(const double *restrict rows, size_t n, size_t count,
                            size_t step, ys_lanes *restrict columns) {
  const double *at[YS_LANES];
  for (size_t l = 0; l < YS_LANES; l++)
    at[l] = rows + (l < count ? l : count - 1) * n;
  ys_read_rows_at(at, n, step, columns);
}

/* Lanes beyond `count` are written to the last row: they must hold its
 * numbers, as they do if they came from ys_read_tile. */
YS_INLINE void ys_write_tile(const ys_lanes *restrict columns, size_t step,
                             size_t n, size_t count, double *restrict rows) {
  double *at[YS_LANES];
  for (size_t l = 0; l < YS_LANES; l++)
    at[l] = rows + (l < count ? l : count - 1) * n;
  if (n >= YS_LANES) {
    for (size_t k = 0; k + YS_LANES <= n; k += YS_LANES)
      ys_write_square(columns, step, k, at);
    if (n % YS_LANES)
      ys_write_square(columns, step, n - YS_LANES, at);
    return;
  }
  if (n >= 2)
    ys_write_pair(columns, step, 0, at);
  if (n % 2)
    for (size_t l = 0; l < YS_LANES; l++)
      at[l][n - 1] = columns[(n - 1) * step][l];
}

#endif
