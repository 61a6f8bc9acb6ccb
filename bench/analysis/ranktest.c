#include "bench/analysis/ranktest.h"

#include "problems/vector/array.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
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
  ranked *all = ys_array(ys_plus(n, m), sizeof *all);
  ys_code code = YS_OK;
  if (!all)
    return ys_fail_memory(error, "a rank test");
  for (size_t i = 0; i < n; i++)
    all[i] = (ranked){.value = a[i], .in_a = 1};
  for (size_t i = 0; i < m; i++)
    all[n + i] = (ranked){.value = b[i]};
  double ties = give_ranks(all, n + m);
  if (n + m <= RANKTEST_EXACT)
    code = exact(all, n + m, n, p, error);
  else
    *p = approximate(all, n + m, (double)n, ties);
  free(all);
  return code;
}

double ranktest_least(size_t n, size_t m) {
  return fmin(1, 2 * exp(-gsl_sf_lnchoose((unsigned)(n + m), (unsigned)n)));
}

/* A p-value and where it stood. */
typedef struct placed {
  double p;
  size_t place;
} placed;

static int by_p(const void *a, const void *b) {
  double x = ((const placed *)a)->p, y = ((const placed *)b)->p;
  return (x > y) - (x < y);
}

ys_code ranktest_holm(double *p, size_t count, ys_error *error) {
  placed *sorted = ys_array(count + 1, sizeof *sorted);
  double least = 0;
  if (!sorted)
    return ys_fail_memory(error, "adjusted p-values");
  for (size_t i = 0; i < count; i++)
    sorted[i] = (placed){p[i], i};
  qsort(sorted, count, sizeof *sorted, by_p);
  for (size_t i = 0; i < count; i++) {
    least = fmax(least, fmin(1, (double)(count - i) * sorted[i].p));
    p[sorted[i].place] = least;
  }
  free(sorted);
  return YS_OK;
}
