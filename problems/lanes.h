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

#include "inline.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wpsabi" /* see above */

enum { YS_LANES = 4 };

typedef double ys_lanes __attribute__((vector_size(8 * YS_LANES)));
typedef long long ys_mask __attribute__((vector_size(8 * YS_LANES)));

YS_INLINE ys_lanes ys_pick(ys_mask where, ys_lanes yes, ys_lanes no) {
  return (ys_lanes)((where & (ys_mask)yes) | (~where & (ys_mask)no));
}

/* `value` where `where`, else 0, whatever value may be there. */
YS_INLINE ys_lanes ys_only(ys_mask where, ys_lanes value) {
  return (ys_lanes)(where & (ys_mask)value);
}

YS_INLINE ys_lanes ys_all(double value) {
  return value - (ys_lanes){0};
}

/* Both are b where a is not a number. */
YS_INLINE ys_lanes ys_larger(ys_lanes a, ys_lanes b) {
  return ys_pick(a > b, a, b);
}

YS_INLINE ys_lanes ys_smaller(ys_lanes a, ys_lanes b) {
  return ys_pick(a < b, a, b);
}

YS_INLINE ys_lanes ys_absolute(ys_lanes a) {
  return ys_larger(a, -a);
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

YS_INLINE void ys_scatter_add(ys_lanes *column, const unsigned *index,
                              ys_lanes value) {
  for (size_t l = 0; l < YS_LANES; l++)
    column[index[l]][l] += value[l];
}

/* ------------------------------------------------- rows to lanes and back ----
 *
 * A tile's columns are ys_lanes, `step` apart, one a class; its rows lie in
 * memory one after the other, n doubles each. `count` rows are there, 1 to
 * YS_LANES; lanes beyond repeat the last of them. */

#if defined(__clang__)
#define YS_SHUFFLE(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
#else
#define YS_SHUFFLE(a, b, i, j, k, l)                                           \
  __builtin_shuffle(a, b, (ys_mask){i, j, k, l})
#endif

YS_INLINE ys_lanes ys_load(const double *from) {
  ys_lanes a;
  memcpy(&a, from, sizeof a);
  return a;
}

YS_INLINE void ys_store(double *to, ys_lanes a) {
  memcpy(to, &a, sizeof a);
}

/* Fetch column `index` of a tile to come, whose rows are one after the other in
 * memory: tiles are too short for the processor to see where they go. The rows
 * need not be there. */
YS_INLINE void ys_fetch(const double *rows, size_t index) {
  __builtin_prefetch(rows + YS_LANES * index, 0, 2);
}

/* Which lanes stand for a row. */
YS_INLINE ys_mask ys_live(size_t count) {
  const ys_mask lane = {0, 1, 2, 3};
  return lane < (ys_mask){0} + (long long)count;
}

/* Where the row of each lane begins. */
YS_INLINE void ys_row_offsets(size_t n, size_t count, size_t *at) {
  for (size_t l = 0; l < YS_LANES; l++)
    at[l] = (l < count ? l : count - 1) * n;
}

/* A square of four rows and columns, turned in place. */
YS_INLINE void ys_transpose(ys_lanes *a) {
  ys_lanes p = YS_SHUFFLE(a[0], a[1], 0, 4, 2, 6);
  ys_lanes q = YS_SHUFFLE(a[0], a[1], 1, 5, 3, 7);
  ys_lanes r = YS_SHUFFLE(a[2], a[3], 0, 4, 2, 6);
  ys_lanes s = YS_SHUFFLE(a[2], a[3], 1, 5, 3, 7);
  a[0] = YS_SHUFFLE(p, r, 0, 1, 4, 5);
  a[1] = YS_SHUFFLE(q, s, 0, 1, 4, 5);
  a[2] = YS_SHUFFLE(p, r, 2, 3, 6, 7);
  a[3] = YS_SHUFFLE(q, s, 2, 3, 6, 7);
}

YS_INLINE void ys_read_tile(const double *restrict rows, size_t n, size_t count,
                            size_t step, ys_lanes *restrict columns) {
  size_t at[YS_LANES], k = 0;
  ys_row_offsets(n, count, at);
  for (; k + YS_LANES <= n; k += YS_LANES) {
    ys_lanes square[YS_LANES];
    for (size_t l = 0; l < YS_LANES; l++)
      square[l] = ys_load(rows + at[l] + k);
    ys_transpose(square);
    for (size_t c = 0; c < YS_LANES; c++)
      columns[(k + c) * step] = square[c];
  }
  for (; k < n; k++)
    columns[k * step] = (ys_lanes){rows[at[0] + k], rows[at[1] + k],
                                   rows[at[2] + k], rows[at[3] + k]};
}

/* Lanes beyond `count` are written to the last row: they must hold its
 * numbers, as they do if they came from ys_read_tile. */
YS_INLINE void ys_write_tile(const ys_lanes *restrict columns, size_t step,
                             size_t n, size_t count, double *restrict rows) {
  size_t at[YS_LANES], k = 0;
  ys_row_offsets(n, count, at);
  for (; k + YS_LANES <= n; k += YS_LANES) {
    ys_lanes square[YS_LANES];
    for (size_t c = 0; c < YS_LANES; c++)
      square[c] = columns[(k + c) * step];
    ys_transpose(square);
    for (size_t l = 0; l < YS_LANES; l++)
      ys_store(rows + at[l] + k, square[l]);
  }
  for (; k < n; k++)
    for (size_t l = 0; l < YS_LANES; l++)
      rows[at[l] + k] = columns[k * step][l];
}

#endif
