/* Rows side by side: the interior point works on tiles of YS_LANES rows, so
 * that what is a number for a row is a vector here, and a loop over classes
 * needs no sum across a vector and leaves no remainder. The vector types are
 * those of GCC and Clang; a machine with narrower vectors uses several.
 *
 * Functions that take or return vectors must be inlined (YS_INLINE): how
 * vectors are passed depends on the machine that a function is compiled for,
 * and the passes are compiled for several. */
#ifndef YS_IPM_LANES_H
#define YS_IPM_LANES_H

#include <stdbool.h>
#include <stddef.h>

#define YS_INLINE static inline __attribute__((always_inline))
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

#endif
