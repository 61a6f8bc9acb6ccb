/* bench/analysis/ranktest.c: the statistics of a comparison.
 * Reference numbers are R 4.2's, wilcox.test and p.adjust, or counted out here.
 */
#include "bench/analysis/ranktest.h"
#include "tests/support/testing.h"

static ys_error error;

/* ------------------------------------------------------------- rank test -- */

static double p_of(const double *a, size_t n, const double *b, size_t m) {
  double p = -1, other = -1;
  ck_assert_int_eq(ranktest(a, n, b, m, &p, &error), YS_OK);
  ck_assert_int_eq(ranktest(b, m, a, n, &other, &error), YS_OK);
  assert_close(p, other, 1e-12); /* the question has no direction */
  return p;
}

START_TEST(small_samples_as_in_r) {
  const double a[] = {1.1, 1.3, 1.2, 1.7, 1.9, 1.05, 1.15};
  const double b[] = {1.25, 1.8, 2.1, 2.2, 1.95, 1.6, 2.5};
  const double males[] = {19, 22, 16, 29, 24}, females[] = {20, 11, 17, 12};
  const double x[] = {1, 4, 2, 8, 5, 7, 3}, y[] = {6, 9, 10, 12, 11};
  assert_close(p_of(a, 7, b, 7), 0.0174825174825175, 1e-14);
  assert_close(p_of(males, 5, females, 4), 0.111111111111111, 1e-14);
  assert_close(p_of(x, 7, y, 5), 0.0101010101010101, 1e-14);
  assert_close(p_of(x, 1, y, 1), 1, 1e-14);
}
END_TEST

START_TEST(large_samples_as_in_r) {
  double x[40], y[35], p;
  for (int i = 0; i < 40; i++)
    x[i] = i + 1;
  for (int i = 0; i < 35; i++)
    y[i] = (i + 1) * 1.1 + 6;
  ck_assert_int_eq(ranktest(x, 40, y, 35, &p, &error), YS_OK);
  assert_close(p, 0.061603391858295, 1e-12);
  for (int i = 0; i < 40; i++)
    x[i] = 1 + i % 8;
  for (int i = 0; i < 35; i++)
    y[i] = 2 + i % 7;
  assert_close(p_of(x, 40, y, 35), 0.351466016561725, 1e-12);
  for (int i = 0; i < 40; i++)
    x[i] = INFINITY;
  ck_assert(p_of(x, 40, x, 35) == 1);
}
END_TEST

/* Pairs (i, j) with a_i above b_j, equal ones a half: twice Mann and Whitney's
 * U of the values chosen by the bits of `set`. */
static int twice_u(const double *all, int count, unsigned set) {
  int u = 0;
  for (int i = 0; i < count; i++)
    for (int j = 0; j < count; j++)
      if ((set >> i & 1) && !(set >> j & 1))
        u += 2 * (all[i] > all[j]) + (all[i] == all[j]);
  return u;
}

/* Every way to choose the first sample from the values, counted out. */
START_TEST(ties_and_infinities_by_enumeration) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  gsl_rng_set(rng, (unsigned long)_i);
  double all[10];
  int n = 1 + (int)gsl_rng_uniform_int(rng, 6), count = n + 1 + _i % 4;
  for (int i = 0; i < count; i++) {
    all[i] = (double)gsl_rng_uniform_int(rng, 4);
    if (all[i] == 3)
      all[i] = INFINITY;
  }
  unsigned seen = (1U << n) - 1;
  double whole = 0, below = 0, above = 0;
  int u = twice_u(all, count, seen);
  for (unsigned set = 0; set < 1U << count; set++) {
    if (__builtin_popcount(set) != n)
      continue;
    whole++;
    below += twice_u(all, count, set) <= u;
    above += twice_u(all, count, set) >= u;
  }
  assert_close(p_of(all, (size_t)n, all + n, (size_t)(count - n)),
               fmin(1, 2 * fmin(below, above) / whole), 1e-13);
  gsl_rng_free(rng);
}
END_TEST

START_TEST(the_least_p_is_that_of_samples_apart) {
  double a[8], b[8];
  for (size_t n = 1; n <= 8; n++)
    for (size_t m = 1; m <= 8; m++) {
      for (size_t i = 0; i < n; i++)
        a[i] = (double)i;
      for (size_t i = 0; i < m; i++)
        b[i] = 100 + (double)i;
      assert_close(ranktest_least(n, m), p_of(a, n, b, m), 1e-12);
    }
}
END_TEST

START_TEST(holm_as_in_r) {
  double p[] = {0.01, 0.04, 0.03, 0.005, 0.9, 0.04};
  const double expected[] = {0.05, 0.12, 0.12, 0.03, 0.9, 0.12};
  ck_assert_int_eq(ranktest_holm(p, 6, &error), YS_OK);
  for (int i = 0; i < 6; i++)
    assert_close(p[i], expected[i], 1e-14);
  ck_assert_int_eq(ranktest_holm(p, 0, &error), YS_OK);
}
END_TEST

/* ------------------------------------------------------------- bootstrap -- */

/* Of three values, a resample's median is the least with chance 7/27, the
 * middle one with 13/27. The ratios of these two samples come out, in order, as
 * 0.75 (0.067), 1.25 (0.192), ..., 3.5 (0.808), 5 (0.933), 7 (1), with the
 * chance up to each: the middle 80 % go from 1.25 to 5, the middle 30 % from
 * 1.75 (0.317 to 0.384) to 3 (0.616 to 0.683). */
START_TEST(intervals_of_counted_out_ratios) {
  const double a[] = {1, 2, 4}, b[] = {3, 5, 7};
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  double low, high;
  gsl_rng_set(rng, (unsigned long)_i);
  ck_assert_int_eq(bootstrap_ratio(a, 3, b, 3, 0.8, rng, &low, &high, &error),
                   YS_OK);
  ck_assert(low == 1.25 && high == 5);
  ck_assert_int_eq(bootstrap_ratio(a, 3, b, 3, 0.3, rng, &low, &high, &error),
                   YS_OK);
  ck_assert(low == 1.75 && high == 3);
  ck_assert_int_eq(bootstrap_ratio(a, 1, b, 1, 0.95, rng, &low, &high, &error),
                   YS_OK);
  ck_assert(low == 3 && high == 3);
  gsl_rng_free(rng);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("ranktest");
  TCase *tc = tcase_create("statistics");
  tcase_add_test(tc, small_samples_as_in_r);
  tcase_add_test(tc, large_samples_as_in_r);
  tcase_add_loop_test(tc, ties_and_infinities_by_enumeration, 0, 40);
  tcase_add_test(tc, the_least_p_is_that_of_samples_apart);
  tcase_add_test(tc, holm_as_in_r);
  tcase_add_loop_test(tc, intervals_of_counted_out_ratios, 0, 5);
  suite_add_tcase(suite, tc);
  return run_suite(suite);
}
