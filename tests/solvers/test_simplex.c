/* Projection on the simplex against sorting, and by its optimality conditions.
 */
#include "tests/support/simplex.h"
#include "tests/support/testing.h"

#include <gsl/gsl_randist.h>
#include <string.h>

enum { LONGEST = 3000 };

typedef struct inputs {
  double v[LONGEST], y[LONGEST];
} inputs;

static int descending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? 1 : x > y ? -1 : 0;
}

/* Held, Wolfe and Crowder 1974; Duchi et al. 2008: sort, and take the longest
 * prefix whose last entry stays positive. In differences from the largest. */
static void project_by_sorting(const double *v, long double *y, size_t n) {
  static double sorted[LONGEST];
  long double sum = 0, tau = 0;
  memcpy(sorted, v, n * sizeof *v);
  qsort(sorted, n, sizeof *sorted, descending);
  for (size_t k = 0; k < n; k++) {
    sum += (long double)sorted[k] - sorted[0];
    long double next = (sum - 1) / (long double)(k + 1);
    if (!((long double)sorted[k] - sorted[0] > next))
      break;
    tau = next;
  }
  for (size_t k = 0; k < n; k++)
    y[k] = fmaxl((long double)v[k] - sorted[0] - tau, 0);
}

static void check(const double *v, size_t n) {
  static double y[LONGEST], in_place[LONGEST];
  static long double exact[LONGEST];
  long double sum = 0;
  project_by_sorting(v, exact, n);
  ys_simplex_project(v, y, n);
  for (size_t k = 0; k < n; k++) {
    ck_assert_double_ge(y[k], 0);
    ck_assert_msg(fabsl(y[k] - exact[k]) <= 1e-15L * sqrtl((long double)n),
                  "entry %zu of %zu: %.17g for %.17Lg", k, n, y[k], exact[k]);
    sum += y[k];
  }
  ck_assert_msg(fabsl(sum - 1) <= 1e-15L + 5e-17L * (long double)n,
                "%zu entries sum to 1 + %Lg", n, sum - 1);
  memcpy(in_place, v, n * sizeof *v);
  ys_simplex_project(in_place, in_place, n);
  ck_assert_mem_eq(in_place, y, n * sizeof *y);
}

static size_t random_length(gsl_rng *rng) {
  /* those next to the lengths of the prefixes, and any other */
  static const size_t special[] = {1,   2,   3,   63,  64,   65,
                                   255, 256, 257, 300, 1023, 1025};
  if (gsl_rng_uniform_int(rng, 2))
    return special[gsl_rng_uniform_int(rng, 12)];
  return 1 + gsl_rng_uniform_int(rng, 200);
}

/* ------------------------------------------------------------- tests ---- */

START_TEST(agrees_with_sorting) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  static inputs in;
  for (int round = 0; round < 1500; round++) {
    size_t n = random_length(rng);
    double scale = pow(10, -8 + 11 * gsl_rng_uniform(rng));
    double shift = gsl_ran_gaussian(rng, 10);
    for (size_t k = 0; k < n; k++)
      in.v[k] = shift + gsl_ran_gaussian(rng, scale);
    check(in.v, n);
  }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(agrees_with_sorting_where_entries_tie) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  static inputs in;
  for (int round = 0; round < 800; round++) {
    size_t n = random_length(rng);
    double grid = pow(2, -(double)gsl_rng_uniform_int(rng, 12));
    for (size_t k = 0; k < n; k++)
      in.v[k] = grid * (double)gsl_rng_uniform_int(rng, 5);
    check(in.v, n);
  }
  gsl_rng_free(rng);
}
END_TEST

/* Orders and shapes that make prefixes poor guides to the whole. */
START_TEST(agrees_with_sorting_in_any_order) {
  static inputs in;
  for (size_t n = 1; n <= LONGEST; n += 1 + n / 3) {
    for (int shape = 0; shape < 4; shape++) {
      double up = shape & 1 ? 1 : -1;
      for (size_t k = 0; k < n; k++)
        in.v[k] = shape & 2 ? up * pow(0.99, (double)k) : up * 1e-3 * (double)k;
      check(in.v, n);
    }
  }
}
END_TEST

START_TEST(survives_any_magnitude) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  static inputs in;
  for (int round = 0; round < 800; round++) {
    size_t n = 1 + gsl_rng_uniform_int(rng, 100);
    for (size_t k = 0; k < n; k++)
      in.v[k] = (gsl_rng_uniform(rng) - 0.5) *
                pow(10, -300 + 600 * gsl_rng_uniform(rng));
    if (round % 2)
      in.v[gsl_rng_uniform_int(rng, n)] = 1e300;
    if (round % 3)
      in.v[gsl_rng_uniform_int(rng, n)] = -1e300;
    check(in.v, n);
  }
  const double opposite[] = {1.7e308, -1.7e308, 1.7e308};
  ys_simplex_project(opposite, in.y, 3); /* differences overflow */
  ck_assert_double_eq(in.y[0], 0.5);
  ck_assert_double_eq(in.y[1], 0);
  ck_assert_double_eq(in.y[2], 0.5);
  gsl_rng_free(rng);
}
END_TEST

START_TEST(leaves_the_simplex_alone) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  static inputs in;
  for (int round = 0; round < 1000; round++) {
    size_t n = random_length(rng);
    double sum = 0;
    for (size_t k = 0; k < n; k++)
      sum += in.v[k] =
          gsl_rng_uniform_int(rng, 3) ? gsl_ran_exponential(rng, 1) : 0;
    for (size_t k = 0; k < n; k++)
      in.v[k] = sum > 0 ? in.v[k] / sum : k == n / 2;
    ys_simplex_project(in.v, in.y, n);
    for (size_t k = 0; k < n; k++) {
      ck_assert_double_eq_tol(in.y[k], in.v[k], 1e-14);
      if (in.v[k] == 1)
        ck_assert_double_eq(in.y[k], 1);
    }
  }
  gsl_rng_free(rng);
}
END_TEST

/* y is the nearest point: (v - y) . (z - y) <= 0 for every z of the simplex,
 * which is linear in z, so that vertices suffice. */
START_TEST(is_the_nearest_point) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  static inputs in;
  for (int round = 0; round < 1000; round++) {
    size_t n = random_length(rng);
    double at_y = 0, scale = pow(10, -3 + 5 * gsl_rng_uniform(rng));
    for (size_t k = 0; k < n; k++)
      in.v[k] = gsl_ran_cauchy(rng, scale);
    ys_simplex_project(in.v, in.y, n);
    for (size_t k = 0; k < n; k++)
      at_y += (in.v[k] - in.y[k]) * in.y[k];
    for (size_t k = 0; k < n; k++)
      ck_assert_double_le(in.v[k] - in.y[k],
                          at_y + 1e-14 * (1 + fabs(at_y)) * (double)n);
  }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(takes_infinite_entries) {
  const double low[] = {0.25, -INFINITY, 0.75, -INFINITY};
  const double high[] = {INFINITY, 3, -INFINITY, INFINITY};
  const double none[] = {-INFINITY, -INFINITY};
  const double one[] = {-3};
  double y[4];
  ys_simplex_project(low, y, 4);
  ck_assert(y[0] == 0.25 && y[1] == 0 && y[2] == 0.75 && y[3] == 0);
  ys_simplex_project(high, y, 4);
  ck_assert(y[0] == 0.5 && y[1] == 0 && y[2] == 0 && y[3] == 0.5);
  ys_simplex_project(none, y, 2);
  ck_assert(y[0] == 0.5 && y[1] == 0.5);
  ys_simplex_project(one, y, 1);
  ck_assert(y[0] == 1);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("simplex");
  TCase *tests = tcase_create("simplex");
  tcase_set_timeout(tests, 60);
  tcase_add_test(tests, agrees_with_sorting);
  tcase_add_test(tests, agrees_with_sorting_where_entries_tie);
  tcase_add_test(tests, agrees_with_sorting_in_any_order);
  tcase_add_test(tests, survives_any_magnitude);
  tcase_add_test(tests, leaves_the_simplex_alone);
  tcase_add_test(tests, is_the_nearest_point);
  tcase_add_test(tests, takes_infinite_entries);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
