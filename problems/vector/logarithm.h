/* ln for row kernels: branch-free, so that loops over it become vector code,
 * which those over the C library's log do not. */
#ifndef YS_LOGARITHM_H
#define YS_LOGARITHM_H

#include "problems/vector/inline.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* ln x for finite x >= 0, to about one unit in the last place; -infinity at 0.
 * x = 2^e m with m in [1/sqrt(2), sqrt(2)), and ln m = 2 artanh(s), s = (m - 1)
 * / (m + 1), by its Taylor polynomial in s^2 <= 0.0295, whose next term is
 * below 2e-17 of the first. Integers become doubles as the last bits of 2^52.
 */
YS_INLINE double ys_logarithm(double x) {
  const int64_t root_half = 0x3fe6a09e667f3bcd, one = 0x3ff0000000000000;
  const double small = x < 0x1p-1022 ? 1 : 0;
  const double scaled = small != 0 ? x * 0x1p54 : x;
  int64_t bits, mantissa;
  double m, e;
  memcpy(&bits, &scaled, sizeof bits);
  const uint64_t biased = (uint64_t)(bits - root_half + one) >> 52;
  mantissa = bits - (int64_t)(biased << 52) + one;
  memcpy(&m, &mantissa, sizeof m);
  const uint64_t shifted = biased | 0x4330000000000000;
  memcpy(&e, &shifted, sizeof e);
  e -= 0x1p52 + 1023 + 54 * small;
  const double s = (m - 1) / (m + 1), z = s * s;
  double p = 1 / 21.0;
  p = p * z + 1 / 19.0;
  p = p * z + 1 / 17.0;
  p = p * z + 1 / 15.0;
  p = p * z + 1 / 13.0;
  p = p * z + 1 / 11.0;
  p = p * z + 1 / 9.0;
  p = p * z + 1 / 7.0;
  p = p * z + 1 / 5.0;
  p = p * z + 1 / 3.0;
  const double tail = 2 * s * (z * p) + e * 0x1.a39ef35793c76p-33;
  const double whole = e * 0x1.62e42fee00000p-1 + (tail + 2 * s);
  return x > 0 ? whole : -INFINITY;
}

#endif
