/* For kernels that work on rows side by side: compensated sums, a lane each,
 * and sums of ln x. */
#ifndef YS_LANE_SUMS_H
#define YS_LANE_SUMS_H

#include "problems/blocks.h"
#include "problems/vector/lanes.h"

#include <math.h>

/* ln x to about one unit in the last place; -infinity at 0, NaN below. x = 2^n
 * (1 + f) with 1 + f from sqrt(1/2) to sqrt(2); the polynomial is that of
 * FreeBSD's msun/src/e_log.c (Sun Microsystems, 1993). */
YS_INLINE ys_lanes ys_lanes_logarithm(ys_lanes x) {
  const long long root_half = 0x3fe6a09e667f3bcd, one = 0x3ff0000000000000;
  typedef unsigned long long ys_bits
      __attribute__((vector_size(sizeof(ys_lanes))));
  const ys_mask tiny = x < 0x1p-1022;
  ys_lanes scaled = ys_pick(tiny, x * 0x1p54, x);
  /* unsigned: those of a NaN wrap around */
  ys_mask bits =
      (ys_mask)((ys_bits)scaled + (unsigned long long)(one - root_half));
  /* An integer added to these bits is added to the number, too. */
  const ys_lanes big = ys_all(0x1.8p52);
  ys_lanes n = (ys_lanes)((ys_mask)big + ((bits >> 52) - 1023)) - big;
  n = ys_pick(tiny, n - 54, n);
  ys_lanes f = (ys_lanes)((bits & 0xfffffffffffff) + root_half) - 1;
  ys_lanes s = f / (2 + f), z = s * s, w = z * z, half = 0.5 * f * f;
  ys_lanes even = w * (0x1.999999997fa04p-2 +
                       w * (0x1.c71c51d8e78afp-3 + w * 0x1.39a09d078c69fp-3));
  ys_lanes odd =
      z * (0x1.5555555555593p-1 +
           w * (0x1.2492494229359p-2 +
                w * (0x1.7466496cb03dep-3 + w * 0x1.2f112df3e5244p-3)));
  ys_lanes rest = s * (half + (odd + even)) + n * 0x1.a39ef35793c76p-33;
  ys_lanes value = n * 0x1.62e42fee00000p-1 - ((half - rest) - f);
  value = ys_pick(x > 0, value, ys_all(NAN));
  value = ys_pick(x == 0, ys_all(-INFINITY), value);
  return ys_pick(x == INFINITY, x, value);
}

/* ys_log_excess of rowbound.h: r - 1 - ln r. */
YS_INLINE ys_lanes ys_lanes_log_excess(ys_lanes r) {
  const ys_lanes d = r - 1;
  ys_lanes series = d * (1 / 6. - d * (1 / 7.));
  series = d * (1 / 4. - d * (1 / 5. - series));
  series = d * d * (1 / 2. - d * (1 / 3. - series));
  ys_mask near = ys_absolute(d) < 1e-2;
  return ys_any(~near) ? ys_pick(near, series, d - ys_lanes_logarithm(r))
                       : series;
}

/* ys_sum, a sum a lane (Knuth's two-sum, The Art of Computer Programming 2,
 * 4.2.2). */
typedef struct ys_lane_sum {
  ys_lanes total, carry;
} ys_lane_sum;

YS_INLINE void ys_lane_sum_add(ys_lane_sum *sum, ys_lanes term) {
  ys_lanes total = sum->total + term, back = total - sum->total;
  sum->carry += (sum->total - (total - back)) + (term - back);
  sum->total = total;
}

YS_INLINE double ys_lane_sum_value(const ys_lane_sum *sum) {
  ys_sum all = {0, 0};
  for (size_t l = 0; l < YS_LANES; l++) {
    ys_sum_add(&all, sum->total[l]);
    if (isfinite(sum->total[l]))
      ys_sum_add(&all, sum->carry[l]);
  }
  return ys_sum_value(&all);
}

/* Sums of ln x over many rows, as the logarithm of a product that is kept as a
 * power of two and a mantissa: more exact than adding logarithms, and much
 * faster. */
typedef struct ys_lane_logs {
  ys_lanes mantissa;
  ys_mask exponent, normal; /* normal: no x was other than a normal number */
  ys_lane_sum sum;
  size_t held;
} ys_lane_logs;

YS_INLINE ys_lane_logs ys_lane_logs_begin(void) {
  return (ys_lane_logs){.mantissa = ys_all(1), .normal = ~(ys_mask){0}};
}

/* Move the product to the sum. */
YS_INLINE void ys_lane_logs_end(ys_lane_logs *logs) {
  ys_lanes power;
  for (size_t l = 0; l < YS_LANES; l++)
    power[l] = (double)logs->exponent[l];
  ys_lane_sum_add(&logs->sum, power * 0x1.62e42fee00000p-1); /* exact */
  ys_lane_sum_add(&logs->sum, power * 0x1.a39ef35793c76p-33 +
                                  ys_lanes_logarithm(logs->mantissa));
  logs->mantissa = ys_all(1);
  logs->exponent = (ys_mask){0};
  logs->held = 0;
}

/* Factors below 2, so that 512 of them are far from overflow. */
YS_INLINE void ys_lane_logs_add(ys_lane_logs *logs, ys_lanes x) {
  enum { MOST_FACTORS = 512 };
  logs->normal &= (x >= 0x1p-1022) & (x < INFINITY);
  logs->exponent += ((ys_mask)x >> 52) - 1023;
  logs->mantissa *=
      (ys_lanes)(((ys_mask)x & 0xfffffffffffff) | 0x3ff0000000000000);
  if (++logs->held == MOST_FACTORS)
    ys_lane_logs_end(logs);
}

/* False if some x was zero, subnormal, negative or no finite number: the sum
 * says nothing then. */
YS_INLINE bool ys_lane_logs_value(ys_lane_logs *logs, double *value) {
  ys_lane_logs_end(logs);
  *value = ys_lane_sum_value(&logs->sum);
  return !ys_any(~logs->normal);
}

#endif
