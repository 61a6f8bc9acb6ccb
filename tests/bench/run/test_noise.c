/* bench/run/noise.c: repeats that scatter, and a first one that stands out. */
#include "tests/support/testing.h"

#include "bench/run/noise.h"

/* Repeats of one run, an iteration each, of `times` seconds. */
static void add(noise *n, run_spec *run, const double *times, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const run_result result = {
        .status = RUN_CONVERGED, .iterations = 10, .solve_seconds = times[i]};
    ck_assert_int_eq(noise_expect(n, NULL), YS_OK);
    noise_add(n, run, &result);
  }
}

static run_spec spec_of(const char *solver) {
  return (run_spec){.problem = "dirichlet",
                    .solver = solver,
                    .start = "uniform",
                    .prior = "uniform",
                    .lambda = 1};
}

START_TEST(what_scatters_is_told_from_what_does_not) {
  run_spec steady = spec_of("em"), wild = spec_of("pgd"), cold = spec_of("fw"),
           twice = spec_of("md");
  const double calm[] = {1, 1.1, 1.05, 1}, far[] = {1, 1.5, 1.1},
               first[] = {2, 1, 1.1, 1.05}, two[] = {1, 9};
  noise n = {0};
  add(&n, &steady, calm, 4);
  noise_verdict verdict = noise_judge(&n);
  ck_assert(verdict.sets == 1 && !verdict.scattered && !verdict.first_slow);
  ck_assert_double_eq_tol(verdict.worst, 0.1 / 1.025, 1e-12);
  add(&n, &wild, far, 3);
  add(&n, &twice, two, 2);
  verdict = noise_judge(&n);
  ck_assert(verdict.sets == 2 && verdict.scattered == 1);
  ck_assert_ptr_eq(verdict.worst_run, &wild);
  ck_assert_uint_eq(verdict.first_slow, 0);
  add(&n, &cold, first, 4);
  verdict = noise_judge(&n);
  ck_assert(verdict.sets == 3 && verdict.scattered == 2);
  ck_assert_uint_eq(verdict.first_slow, 1);
  ck_assert_ptr_eq(verdict.worst_run, &cold);
  noise_free(&n);
}
END_TEST

START_TEST(other_runs_are_no_repeats) {
  run_spec a = spec_of("em"), b = a, c = a, d = a;
  const double once[] = {1}, later[] = {5}, last[] = {25},
               tiny[] = {1e-4, 1, 2};
  noise n = {0};
  b.lambda = 2;
  c.loss = YS_REVERSE;
  d.ranks = 2;
  add(&n, &a, once, 1);
  add(&n, &b, later, 1);
  add(&n, &c, last, 1);
  add(&n, &d, once, 1);
  ck_assert_uint_eq(noise_judge(&n).sets, 0);
  noise_free(&n);
  add(&n, &a, tiny, 3); /* one is too short to be timed */
  ck_assert_uint_eq(noise_judge(&n).sets, 0);
  noise_free(&n);
}
END_TEST

int main(void) {
  TCase *tc = tcase_create("noise");
  tcase_add_test(tc, what_scatters_is_told_from_what_does_not);
  tcase_add_test(tc, other_runs_are_no_repeats);
  Suite *suite = suite_create("noise");
  suite_add_tcase(suite, tc);
  return run_suite(suite);
}
