#include "bench/analysis/axis.h"

#include <math.h>

/* The largest of 1, 2, 5 times a power of ten that is <= x. */
static double round_down(double x) {
  double decade = pow(10, floor(log10(x)));
  double lead = x / decade * (1 + 1e-12);
  return lead >= 5 ? 5 * decade : lead >= 2 ? 2 * decade : decade;
}

/* The least of 1, 2, 5 times a power of ten that is >= x. */
static double round_up(double x) {
  double decade = pow(10, floor(log10(x)));
  double lead = x / decade * (1 - 1e-12);
  return decade * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
}

void axis_round(double *low, double *high) {
  double first = round_down(*low), last = round_up(*high);
  if (ceil(log10(first) - 1e-9) + 1 > floor(log10(last) + 1e-9)) {
    first = pow(10, floor(log10(first) + 1e-9));
    last = pow(10, ceil(log10(last) - 1e-9));
  }
  *low = first;
  *high = last > 2 * first ? last : 10 * first;
}
