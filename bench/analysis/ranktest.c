#include "bench/analysis/ranktest.h"

#include "bench/analysis/timetogap.h"
#include "problems/vector/array.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A value of either sample. */
typedef struct ranked {
  double value;
  size_t in_a;  /* 1 if it is of the first sample */
  size_t twice; /* its mean rank from 1, times two: a whole number */
} ranked;

static int by_value(const void *a, const void *b) {
  double x = ((const ranked *)a)->value, y = ((const ranked *)b)->value;
  return (x > y) - (x < y);
}

/* Rank the values; returns the sum of t^3 - t over groups of t equal ones. */
static double give_ranks(ranked *all, size_t count) {
  double ties = 0;
  qsort(all, count, sizeof *all, by_value);
  for (size_t begin = 0, end; begin < count; begin = end) {
    for (end = begin; end < count && all[end].value == all[begin].value;)
      end++;
    for (size_t i = begin; i < end; i++)
      all[i].twice = begin + end + 1;
    double t = (double)(end - begin);
    ties += t * t * t - t;
  }
  return ties;
}

static size_t sum_of_a(const ranked *all, size_t count) {
  size_t sum = 0;
  for (size_t i = 0; i < count; i++)
    sum += all[i].in_a * all[i].twice;
  return sum;
}

/* In how many ways k of the values have doubled ranks that add up to s, for k
 * up to n: ways[k * width + s], built up value by value. */
static void count_ways(const ranked *all, size_t count, size_t n, size_t width,
                       double *ways) {
  memset(ways, 0, (n + 1) * width * sizeof *ways);
  ways[0] = 1;
  for (size_t i = 0; i < count; i++)
    for (size_t k = n; k >= 1; k--)
      for (size_t s = width - 1; s >= all[i].twice; s--)
        ways[k * width + s] += ways[(k - 1) * width + s - all[i].twice];
}

static ys_code exact(const ranked *all, size_t count, size_t n, double *p,
                     ys_error *error) {
  size_t width = count * (count + 1) + 1, sum = sum_of_a(all, count);
  double *ways = ys_array(ys_times(n + 1, width), sizeof *ways);
  double below = 0, above = 0, whole = 0;
  if (!ways)
    return ys_fail_memory(error, "a rank test");
  count_ways(all, count, n, width, ways);
  for (size_t s = 0; s < width; s++) {
    double found = ways[n * width + s];
    whole += found;
    below += s <= sum ? found : 0;
    above += s >= sum ? found : 0;
  }
  *p = fmin(1, 2 * fmin(below, above) / whole);
  free(ways);
  return YS_OK;
}

static double approximate(const ranked *all, size_t count, double n,
                          double ties) {
  double whole = (double)count, m = whole - n;
  double u = (double)sum_of_a(all, count) / 2 - n * (n + 1) / 2;
  double variance = n * m / 12 * (whole + 1 - ties / (whole * (whole - 1)));
  double distance = fmax(0, fabs(u - n * m / 2) - 0.5);
  return variance > 0
             ? fmin(1, 2 * gsl_cdf_ugaussian_Q(distance / sqrt(variance)))
             : 1;
}

ys_code ranktest(const double *a, size_t n, const double *b, size_t m,
                 double *p, ys_error *error) {
  ys_memory memory = {0};
  ranked *all = ys_take(&memory, ys_plus(n, m), sizeof *all, "a rank test");
  ys_code code = ys_memory_check(&memory, error);
  for (size_t i = 0; !code && i < n + m; i++)
    all[i] = (ranked){.value = i < n ? a[i] : b[i - n], .in_a = i < n};
  double ties = code ? 0 : give_ranks(all, n + m);
  if (!code && n + m <= RANKTEST_EXACT)
    code = exact(all, n + m, n, p, error);
  else if (!code)
    *p = approximate(all, n + m, (double)n, ties);
  ys_give_back(&memory);
  return code;
}

double ranktest_least(size_t n, size_t m) {
  return fmin(1, 2 * exp(-gsl_sf_lnchoose((unsigned)(n + m), (unsigned)n)));
}

ys_code ranktest_holm(double *p, size_t count, ys_error *error) {
  ys_memory memory = {0};
  size_t *order =
      ys_take(&memory, count + 1, sizeof *order, "adjusted p-values");
  double least = 0;
  if (!order)
    return ys_memory_check(&memory, error);
  gsl_sort_index(order, p, 1, count);
  for (size_t i = 0; i < count; i++) {
    least = fmax(least, fmin(1, (double)(count - i) * p[order[i]]));
    p[order[i]] = least;
  }
  ys_give_back(&memory);
  return YS_OK;
}

/* ---------------------------------------------------------- bootstrap --- */

/* The median of a sample drawn anew into `room`. */
static double draw_median(const double *values, size_t count, double *room,
                          gsl_rng *rng) {
  for (size_t i = 0; i < count; i++)
    room[i] = values[gsl_rng_uniform_int(rng, count)];
  return quantile(room, count, 0.5);
}

ys_code bootstrap_ratio(const double *a, size_t n, const double *b, size_t m,
                        double confidence, gsl_rng *rng, double *low,
                        double *high, ys_error *error) {
  ys_memory memory = {0};
  double *room = ys_take_numbers(&memory, n > m ? n : m, "a bootstrap");
  double *ratios = ys_take_numbers(&memory, BOOTSTRAP_RESAMPLES, "a bootstrap");
  ys_code code = ys_memory_check(&memory, error);
  for (size_t i = 0; !code && i < BOOTSTRAP_RESAMPLES; i++) {
    double below = draw_median(a, n, room, rng);
    ratios[i] = draw_median(b, m, room, rng) / below;
  }
  if (!code) {
    *low = quantile(ratios, BOOTSTRAP_RESAMPLES, (1 - confidence) / 2);
    *high =
        quantile_of_sorted(ratios, BOOTSTRAP_RESAMPLES, (1 + confidence) / 2);
  }
  ys_give_back(&memory);
  return code;
}
