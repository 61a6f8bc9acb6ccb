/* exp and ln for row kernels: branch-free, so that loops over them become
 * vector code, which those over the C library's do not; and softmax by the
 * latter. */
#ifndef YS_EXP_LOG_H
#define YS_EXP_LOG_H

#include "problems/vector/lanes.h"
#include "problems/vector/simd.h"

#include <math.h>
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

/* ln(sum_k exp(v_k)), which is returned, and softmax(v) into s, which may be v:
 * s_k = exp(v_k - max v) / sum_j exp(v_j - max v). n >= 1 entries. */
static inline double ys_log_sum_exp(const double *v, double *s, size_t n) {
  double most = v[0], sum = 0;
  for (size_t k = 1; k < n; k++)
    most = v[k] > most ? v[k] : most;
  for (size_t k = 0; k < n; k++)
    sum += s[k] = exp(v[k] - most);
  for (size_t k = 0; k < n; k++)
    s[k] /= sum;
  return most + log(sum);
}

#endif
