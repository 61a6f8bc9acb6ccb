/* The exponential of the row kernels against long double. */
#include "../solvers/exponential.h"
#include "testing.h"

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

int main(void) {
  Suite *suite = suite_create("exponential");
  TCase *tests = tcase_create("exponential");
  tcase_add_test(tests, agrees_with_long_double);
  tcase_add_test(tests, is_exact_where_it_must_be);
  tcase_add_test(tests, does_not_depend_on_its_neighbours);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
