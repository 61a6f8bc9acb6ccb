/* Sums of the rows of a matrix of numbers as they are stored, float or double:
 * each row is added in double from its first number to its last, as a plain
 * loop adds it, eight rows side by side. */
#ifndef YS_ROW_SUMS_H
#define YS_ROW_SUMS_H

#include "problems/vector/lanes.h"

enum { YS_SUMMED_ROWS = 2 * YS_LANES };

YS_INLINE double ys_stored_at(const void *row, size_t k, bool single) {
  return single ? (double)((const float *)row)[k] : ((const double *)row)[k];
}

/* Four numbers from the k-th on. */
YS_INLINE ys_lanes ys_load_stored(const void *row, size_t k, bool single) {
  typedef float floats __attribute__((vector_size(4 * YS_LANES)));
  floats narrow;
  if (!single)
    return ys_load((const double *)row + k);
  memcpy(&narrow, (const float *)row + k, sizeof narrow);
  return __builtin_convertvector(narrow, ys_lanes);
}

/* Sums of the `count` rows, 1 to YS_SUMMED_ROWS, of n numbers at `rows`.
 * Returns whether every number is >= 0; one that is not finite shows in its
 * row's sum. */
YS_INLINE bool ys_sum_rows(const void *rows, bool single, size_t n,
                           size_t count, double *restrict sums) {
  const size_t size = single ? sizeof(float) : sizeof(double);
  const char *at[YS_SUMMED_ROWS];
  ys_lanes sum[2] = {{0}, {0}}, square[YS_LANES];
  ys_mask good = ~(ys_mask){0};
  for (size_t l = 0; l < YS_SUMMED_ROWS; l++)
    at[l] = (const char *)rows + (l < count ? l : count - 1) * n * size;
  size_t k = 0;
  for (; k + YS_LANES <= n; k += YS_LANES)
    for (size_t g = 0; g < 2; g++) {
      for (size_t l = 0; l < YS_LANES; l++) {
        square[l] = ys_load_stored(at[g * YS_LANES + l], k, single);
        good &= square[l] >= 0;
      }
      ys_transpose(square);
      for (size_t c = 0; c < YS_LANES; c++)
        sum[g] += square[c];
    }
  for (; k < n; k++)
    for (size_t g = 0; g < 2; g++) {
      ys_lanes column = {0};
      for (size_t l = 0; l < YS_LANES; l++)
        column[l] = ys_stored_at(at[g * YS_LANES + l], k, single);
      good &= column >= 0;
      sum[g] += column;
    }
  for (size_t l = 0; l < count; l++)
    sums[l] = sum[l / YS_LANES][l % YS_LANES];
  return !ys_any(~good);
}

#endif
