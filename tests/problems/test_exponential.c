/* The exponential and the logarithm of the row kernels against long double. */
#include "problems/vector/exp_log.h"
#include "tests/support/testing.h"

#include <float.h>

/* Largest error in units of the last place over x = -scale * (0, 1). */
static double worst_error(gsl_rng *rng, double scale) {
  double worst = 0;
  for (int i = 0; i < 20000; i++) {
    double x = -scale * gsl_rng_uniform(rng);
    long double exact = expl(x);
    long double error = fabsl(ys_exponential(x) - exact) / exact;
    worst = fmax(worst, (double)(error / DBL_EPSILON));
  }
  return worst;
}

START_TEST(agrees_with_long_double) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const double scales[] = {1e-12, 1e-3, 0.4, 1, 30, 708, -1, -700};
  for (size_t i = 0; i < sizeof scales / sizeof *scales; i++)
    ck_assert_double_le(worst_error(rng, scales[i]), 1.2);
  gsl_rng_free(rng);
}
END_TEST

START_TEST(is_exact_where_it_must_be) {
  ck_assert_double_eq(ys_exponential(0), 1);
  ck_assert_double_eq(ys_exponential(-0.0), 1);
  ck_assert_double_gt(ys_exponential(-708), 0);
  ck_assert_double_eq(ys_exponential(-708.001), 0);
  ck_assert_double_eq(ys_exponential(-1e5), 0);
  ck_assert_double_eq(ys_exponential(-1e300), 0);
  ck_assert_double_eq(ys_exponential(-INFINITY), 0);
}
END_TEST

/* The same in a loop that the compiler may turn into vector code. */
START_TEST(does_not_depend_on_its_neighbours) {
  double x[67], y[67];
  for (int i = 0; i < 67; i++)
    x[i] = i % 7 == 3 ? -INFINITY : -11.3 * i;
#pragma omp simd
  for (int i = 0; i < 67; i++)
    y[i] = ys_exponential(x[i]);
  for (int i = 0; i < 67; i++) {
    volatile double alone = x[i];
    ck_assert_double_eq(y[i], ys_exponential(alone));
  }
}
END_TEST

/* Over x = scale^u, u uniform on (0, 1): from tiny to 1, or near 1. */
START_TEST(logarithm_agrees_with_long_double) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const double scales[] = {1e-323, 1e-308, 1e-16, 0.1, 0.5, 0.999, 1e300, 2};
  double worst = 0;
  for (size_t i = 0; i < sizeof scales / sizeof *scales; i++)
    for (int j = 0; j < 20000; j++) {
      double x = pow(scales[i], gsl_rng_uniform(rng));
      long double exact = logl(x);
      long double error = fabsl(ys_logarithm(x) - exact);
      if (x != 1)
        worst = fmax(worst, (double)(error / fabsl(exact) / DBL_EPSILON));
    }
  ck_assert_double_le(worst, 2);
  gsl_rng_free(rng);
}
END_TEST

START_TEST(logarithm_is_exact_where_it_must_be) {
  ck_assert_double_eq(ys_logarithm(1), 0);
  ck_assert_double_eq(ys_logarithm(0), -INFINITY);
  ck_assert_double_eq(ys_logarithm(0x1p-1074), log(0x1p-1074));
  ck_assert_double_eq(ys_logarithm(0x1p-1022), log(0x1p-1022));
  ck_assert_double_eq(ys_logarithm(DBL_MAX), log(DBL_MAX));
  double x[67], y[67];
  for (int i = 0; i < 67; i++)
    x[i] = i % 7 == 3 ? 0 : pow(10, -4.7 * i);
#pragma omp simd
  for (int i = 0; i < 67; i++)
    y[i] = ys_logarithm(x[i]);
  for (int i = 0; i < 67; i++) {
    volatile double alone = x[i];
    ck_assert_double_eq(y[i], ys_logarithm(alone));
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("exponential");
  TCase *tests = tcase_create("exponential");
  tcase_add_test(tests, agrees_with_long_double);
  tcase_add_test(tests, is_exact_where_it_must_be);
  tcase_add_test(tests, does_not_depend_on_its_neighbours);
  tcase_add_test(tests, logarithm_agrees_with_long_double);
  tcase_add_test(tests, logarithm_is_exact_where_it_must_be);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
