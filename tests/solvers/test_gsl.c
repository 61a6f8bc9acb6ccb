/* GSL's minimisers on softmax: the first step against the gradient written out,
 * what is refused, and GSL's error handler. */
#include "tests/support/solver_run.h"

#include <gsl/gsl_errno.h>

enum { ROWS = 6, CLASSES = 3, SIZE = ROWS * CLASSES };

static const char *const specs[] = {
    "gsl",
    "gsl:method=bfgs",
    "gsl:method=conjugate_fr",
    "gsl:method=conjugate_pr",
    "gsl:method=steepest",
    "gsl:method=nmsimplex2",
};

static void make_case(fixture *f, gsl_rng *rng, row_kind kind, int pair) {
  setup(f, random_batch(rng, kind, ROWS, CLASSES), pair, 1, NULL);
}

/* theta moved against its gradient, by differences in long double, by a length
 * of sqrt(M K) step: what every one of them does first if that lowers F. */
static void descend(const fixture *f, double step, const double *y, double *z) {
  real theta[SIZE], slope[SIZE], norm = 0;
  for (size_t e = 0; e < SIZE; e++) {
    double values[2];
    for (int side = 0; side < 2; side++) {
      const real width = 1e-3L;
      double moved[SIZE];
      size_t row = e - e % CLASSES;
      real sum = 0;
      memcpy(moved, y, sizeof moved);
      moved[e] *= (double)expl(side ? width : -width);
      for (size_t k = 0; k < CLASSES; k++)
        sum += moved[row + k];
      for (size_t k = 0; k < CLASSES; k++)
        moved[row + k] = (double)(moved[row + k] / sum);
      values[side] = (double)reference_value(&f->objective, moved);
    }
    slope[e] = values[1] - values[0];
    norm += slope[e] * slope[e];
  }
  for (size_t e = 0; e < SIZE; e++)
    theta[e] = logl(y[e]) - step * sqrtl(SIZE / norm) * slope[e];
  for (size_t i = 0; i < SIZE; i += CLASSES) {
    real sum = 0;
    for (size_t k = 0; k < CLASSES; k++)
      sum += expl(theta[i + k]);
    for (size_t k = 0; k < CLASSES; k++)
      z[i + k] = (double)(expl(theta[i + k]) / sum);
  }
}

/* Steepest descent takes just that step. */
START_TEST(the_first_step_is_down_the_gradient) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int pair = 0; pair < PAIRS; pair++) {
    fixture f;
    double expected[SIZE];
    solver_run run;
    make_case(&f, rng, FLAT, pair);
    double *y = random_labels(rng, FLAT, ROWS, CLASSES);
    descend(&f, 0.01, y, expected);
    ck_assert(
        begin_run(&run, "gsl:method=steepest,step=0.01", &f.objective, y));
    ck_assert_int_eq(next_step(&run, y), YS_STEP_ON);
    for (size_t e = 0; e < SIZE; e++)
      ck_assert_double_eq_tol(y[e], expected[e], 1e-6);
    end_run(&run);
    free(y);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

/* Small well-behaved problems are within reach of all but the simplex. */
START_TEST(small_problems_are_solved) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  fixture f;
  double y[SIZE], best = INFINITY;
  solver_run run;
  ys_step step = YS_STEP_ON;
  make_case(&f, rng, FLAT, YS_REVERSE * YS_FAIRNESSES);
  ys_start_uniform(&f.objective, y);
  ck_assert(begin_run(&run, specs[_i], &f.objective, y));
  for (int i = 0; i < 20000 && step == YS_STEP_ON; i++) {
    step = next_step(&run, y);
    best = fmin(best, judge_run(&run, &f, y).gap);
  }
  ck_assert_int_ne(step, YS_STEP_FAILED);
  ck_assert_double_le(best, _i == 5 ? 1e-2 : 1e-6);
  end_run(&run);
  teardown(&f);
  gsl_rng_free(rng);
}
END_TEST

/* At a minimum no line search finds anything: a stall, and y as it was. */
START_TEST(no_progress_is_a_stall) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  fixture f;
  double y[SIZE], before[SIZE];
  solver_run run;
  ys_step step = YS_STEP_ON;
  make_case(&f, rng, FLAT, YS_REVERSE * YS_FAIRNESSES);
  ys_start_uniform(&f.objective, y);
  ck_assert(begin_run(&run, specs[_i], &f.objective, y));
  for (int i = 0; i < 200000 && step == YS_STEP_ON; i++) {
    memcpy(before, y, sizeof y);
    step = next_step(&run, y);
  }
  ck_assert_int_eq(step, YS_STEP_STALLED);
  ck_assert_mem_eq(y, before, sizeof y);
  end_run(&run);
  teardown(&f);
  gsl_rng_free(rng);
}
END_TEST

/* A softmax is positive: zeros of the start become small. */
START_TEST(zeros_of_the_start_are_lifted) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  fixture f;
  double y[SIZE];
  solver_run run;
  make_case(&f, rng, ONE_HOT, 0);
  ys_start_sigma(&f.objective, y);
  ck_assert(begin_run(&run, specs[_i], &f.objective, y));
  for (size_t e = 0; e < SIZE; e++) {
    ck_assert_double_gt(y[e], 0);
    ck_assert_double_eq_tol(y[e], f.batch.sigma[e], 1e-5);
  }
  end_run(&run);
  teardown(&f);
  gsl_rng_free(rng);
}
END_TEST

/* ------------------------------------------------------------- refusals ----
 */

START_TEST(the_simplex_takes_few_variables) {
  const size_t rows[] = {60, 61};
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int i = 0; i < 2; i++) {
    fixture f;
    solver_run run;
    setup(&f, random_batch(rng, FLAT, rows[i], 5), 0, 1, NULL);
    double *y = random_labels(rng, FLAT, rows[i], 5);
    bool served = begin_run(&run, "gsl:method=nmsimplex2", &f.objective, y);
    ck_assert(served == (i == 0));
    if (served)
      end_run(&run);
    else
      ck_assert_ptr_nonnull(strstr(run.error.text, "305"));
    free(y);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(shannon_with_zeros_is_refused) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  fixture f;
  double y[SIZE];
  solver_run run;
  make_case(&f, rng, ONE_HOT, YS_SHANNON * YS_FAIRNESSES);
  ck_assert(!begin_run(&run, specs[_i], &f.objective, y));
  ck_assert_ptr_nonnull(strstr(run.error.text, "softmax"));
  teardown(&f);
  gsl_rng_free(rng);
}
END_TEST

static void own_handler(const char *reason, const char *file, int line,
                        int code) {
  ck_abort_msg("GSL's handler: %s (%s:%d, %d)", reason, file, line, code);
}

START_TEST(the_error_handler_is_left_in_place) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  fixture f;
  double y[SIZE];
  solver_run run;
  make_case(&f, rng, FLAT, 0);
  ys_start_uniform(&f.objective, y);
  gsl_set_error_handler(own_handler);
  ck_assert(begin_run(&run, specs[_i], &f.objective, y));
  for (int i = 0; i < 300; i++)
    next_step(&run, y);
  ck_assert(gsl_set_error_handler(NULL) == own_handler);
  end_run(&run);
  teardown(&f);
  gsl_rng_free(rng);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("gsl");
  TCase *tests = tcase_create("gsl");
  tcase_set_timeout(tests, 60);
  tcase_add_test(tests, the_first_step_is_down_the_gradient);
  tcase_add_loop_test(tests, small_problems_are_solved, 0, 6);
  tcase_add_loop_test(tests, no_progress_is_a_stall, 0, 6);
  tcase_add_loop_test(tests, zeros_of_the_start_are_lifted, 0, 6);
  tcase_add_test(tests, the_simplex_takes_few_variables);
  tcase_add_loop_test(tests, shannon_with_zeros_is_refused, 0, 6);
  tcase_add_loop_test(tests, the_error_handler_is_left_in_place, 0, 6);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
