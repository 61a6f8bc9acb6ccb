/* exp for row kernels: branch-free, so that loops over it become vector code,
 * which those over the C library's exp do not. */
#ifndef YS_EXPONENTIAL_H
#define YS_EXPONENTIAL_H

#include "problems/vector/inline.h"
#include "problems/vector/lanes.h"

#include <stdint.h>
#include <string.h>

/* e^r from p = 1 / 13!, numbers or vectors of them. */
#define YS_EXPONENTIAL_SERIES(p, r)                                            \
  do {                                                                         \
    (p) = (p) * (r) + 1 / 479001600.0;                                         \
    (p) = (p) * (r) + 1 / 39916800.0;                                          \
    (p) = (p) * (r) + 1 / 3628800.0;                                           \
    (p) = (p) * (r) + 1 / 362880.0;                                            \
    (p) = (p) * (r) + 1 / 40320.0;                                             \
    (p) = (p) * (r) + 1 / 5040.0;                                              \
    (p) = (p) * (r) + 1 / 720.0;                                               \
    (p) = (p) * (r) + 1 / 120.0;                                               \
    (p) = (p) * (r) + 1 / 24.0;                                                \
    (p) = (p) * (r) + 1 / 6.0;                                                 \
    (p) = (p) * (r) + 1 / 2.0;                                                 \
    (p) = 1 + ((r) + (r) * (r) * (p));                                         \
  } while (0)

/* e^x for x <= 700, to about one unit in the last place; 0 below -708,
 * -infinity included. x = n ln 2 + r with |r| <= ln(2) / 2 (Cody and Waite
 * 1980), e^r by its Taylor polynomial, whose next term is below 4e-18. */
YS_INLINE double ys_exponential(double x) {
  const double round = 0x1.8p52; /* adding it leaves an integer's bits last */
  const double shifted = x * 0x1.71547652b82fep0 + round;
  const double n = shifted - round;
  const double r = (x - n * 0x1.62e42fee00000p-1) - n * 0x1.a39ef35793c76p-33;
  double p = 1 / 6227020800.0;
  YS_EXPONENTIAL_SERIES(p, r);
  uint64_t bits;
  double power;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 1023) << 52;
  memcpy(&power, &bits, sizeof power);
  return x < -708 ? 0 : p * power;
}

/* The same, rows side by side. */
YS_INLINE ys_lanes ys_lanes_exponential(ys_lanes x) {
  const ys_lanes round = ys_all(0x1.8p52);
  const ys_lanes shifted = x * 0x1.71547652b82fep0 + round;
  const ys_lanes n = shifted - round;
  const ys_lanes r = (x - n * 0x1.62e42fee00000p-1) - n * 0x1.a39ef35793c76p-33;
  ys_lanes p = ys_all(1 / 6227020800.0);
  YS_EXPONENTIAL_SERIES(p, r);
  ys_lanes power = (ys_lanes)(((ys_mask)shifted + 1023) << 52);
  return ys_only(x >= -708, p * power);
}

#endif
