/* The run loop: stopping, tracing, and that looking changes nothing. */
#include "tests/support/testing.h"

#include "bench/run/run.h"
#include "bench/run/starts.h"
#include "problems/problem.h"
#include "tests/support/run_dense.h"
#include "tests/support/tempfile.h"

typedef struct fixture {
  ys_batch batch;
  ys_objective objective;
  double *y;
  ys_error error;
} fixture;

static void set_up(fixture *f, const char *spec) {
  ck_assert_int_eq(ys_problem_make(spec, 1, &f->batch, &f->error), YS_OK);
  ck_assert_int_eq(ys_objective_init(&f->objective, &f->batch, YS_COLLISION,
                                     YS_STRONG, 1, NULL, 1, &f->error),
                   YS_OK);
  f->y = malloc(f->batch.rows * f->batch.classes * sizeof *f->y);
  ys_start_uniform(&f->objective, f->y);
}

static void tear_down(fixture *f) {
  ys_objective_free(&f->objective);
  ys_batch_free(&f->batch);
  free(f->y);
}

static run_result run(fixture *f, const ys_solver *solver, run_limits limits) {
  run_result result;
  ys_options none = {0};
  ck_assert_int_eq(run_dense(solver, &none, &f->objective, &limits, f->y, NULL,
                             NULL, &result, &f->error),
                   YS_OK);
  return result;
}

static run_result run_em(fixture *f, run_limits limits) {
  const ys_solver *solver;
  ys_options options;
  run_result result;
  ck_assert_int_eq(ys_solver_parse("em", &solver, &options, &f->error), YS_OK);
  ck_assert_int_eq(run_dense(solver, &options, &f->objective, &limits, f->y,
                             NULL, NULL, &result, &f->error),
                   YS_OK);
  ys_options_free(&options);
  return result;
}

static const run_limits usual = {1e-5, 100000, 60, SCHEDULE_THIN};

START_TEST(observing_changes_nothing) {
  const long every[] = {0, 1, 7, SCHEDULE_THIN};
  double *first = NULL;
  long iterations = 0;
  for (size_t i = 0; i < 4; i++) {
    fixture f;
    set_up(&f, "dirichlet:M=200,K=5");
    run_limits limits = usual;
    limits.trace_every = every[i];
    run_result result = run_em(&f, limits);
    size_t bytes = f.batch.rows * f.batch.classes * sizeof *f.y;
    ck_assert_int_eq(result.status, RUN_CONVERGED);
    if (!first) {
      first = malloc(bytes);
      memcpy(first, f.y, bytes);
      iterations = result.iterations;
    }
    ck_assert_int_eq(result.iterations, iterations);
    ck_assert(memcmp(first, f.y, bytes) == 0);
    run_result_free(&result);
    tear_down(&f);
  }
  free(first);
}
END_TEST

START_TEST(the_last_iterate_is_always_recorded) {
  const long every[] = {0, 1, 7, 1000, SCHEDULE_THIN};
  for (size_t i = 0; i < 5; i++)
    for (long most = 0; most < 25; most++) {
      fixture f;
      set_up(&f, "dirichlet:M=50,K=3");
      run_limits limits = {0, most, 60, every[i]};
      run_result result = run_em(&f, limits);
      ck_assert_int_eq(result.status, RUN_MAX_ITER);
      ck_assert_int_eq(result.iterations, most);
      ck_assert_uint_ge(result.traced, 1);
      ck_assert_int_eq(result.trace[result.traced - 1].iteration, most);
      for (size_t t = 1; t < result.traced; t++) {
        ck_assert_int_gt(result.trace[t].iteration,
                         result.trace[t - 1].iteration);
        ck_assert(result.trace[t].lower_bound >=
                  result.trace[t - 1].lower_bound);
      }
      run_result_free(&result);
      tear_down(&f);
    }
}
END_TEST

START_TEST(every_bound_is_below_every_objective) {
  fixture f;
  set_up(&f, "gaussian:M=300,K=7,scale=3,skew=2");
  run_result result = run_em(&f, usual);
  for (size_t s = 0; s < result.traced; s++)
    for (size_t t = 0; t < result.traced; t++)
      ck_assert(result.trace[s].lower_bound <= result.trace[t].objective);
  run_result_free(&result);
  tear_down(&f);
}
END_TEST

/* A gap of 1.02 times the tolerance is above it, one of the tolerance is not.
 */
START_TEST(converged_is_a_gap_of_the_tolerance_and_no_more) {
  enum { AT = 5 };
  double gap[AT + 2];
  for (int share = 0; share < 3; share++) {
    fixture f;
    set_up(&f, "dirichlet:M=50,K=3");
    run_limits limits = {0, AT + 1, 60, 1};
    if (share)
      limits.tolerance = share == 1 ? gap[AT] / 1.02 : gap[AT];
    run_result result = run_em(&f, limits);
    if (share == 0) {
      for (long i = 0; i <= AT + 1; i++)
        gap[i] = result.trace[i].gap;
      ck_assert_double_lt(gap[AT + 1], gap[AT] / 1.02);
    } else {
      ck_assert_int_eq(result.status, RUN_CONVERGED);
      ck_assert_int_eq(result.iterations, share == 1 ? AT + 1 : AT);
    }
    run_result_free(&result);
    tear_down(&f);
  }
}
END_TEST

START_TEST(no_time_means_no_iteration) {
  fixture f;
  set_up(&f, "dirichlet:M=50,K=3");
  run_limits limits = {0, 1000, 0, SCHEDULE_THIN};
  run_result result = run_em(&f, limits);
  ck_assert_int_eq(result.status, RUN_TIME_LIMIT);
  ck_assert_int_eq(result.iterations, 0);
  run_result_free(&result);
  tear_down(&f);
}
END_TEST

/* Solvers that misbehave after five good steps of doing nothing. */

typedef struct misfit {
  int steps;
} misfit;

static ys_code misfit_init(void **work, const ys_objective *objective,
                           const ys_options *options, ys_labels *y,
                           ys_error *error) {
  (void)objective, (void)options, (void)y, (void)error;
  *work = calloc(1, sizeof(misfit));
  return *work ? YS_OK : ys_fail_memory(error, "misfit");
}

static bool is_time(void *work) {
  return ++((misfit *)work)->steps > 5;
}

static ys_step break_down(void *work, ys_labels *y, ys_error *error) {
  (void)y;
  if (!is_time(work))
    return YS_STEP_ON;
  ys_fail(error, YS_BAD_NUMERICS, "broke down on purpose");
  return YS_STEP_FAILED;
}

static ys_step leave_simplex(void *work, ys_labels *y, ys_error *error) {
  (void)error;
  if (is_time(work))
    y->dense[0] += 1e-9;
  return YS_STEP_ON;
}

static ys_step go_nan(void *work, ys_labels *y, ys_error *error) {
  (void)error;
  if (is_time(work))
    y->dense[0] = NAN;
  return YS_STEP_ON;
}

static ys_step stall(void *work, ys_labels *y, ys_error *error) {
  (void)y, (void)error;
  return is_time(work) ? YS_STEP_STALLED : YS_STEP_ON;
}

/* Rows to their first class: a class less at each, and at last none but it. */
static ys_step empty_classes(void *work, ys_labels *y, ys_error *error) {
  (void)error;
  if (is_time(work))
    for (size_t i = 0; i < 50; i++)
      for (size_t k = 0; k < 3; k++)
        y->dense[i * 3 + k] = k == 0;
  return YS_STEP_ON;
}

/* A good step, then worse and worse ones. */
static ys_step grow_worse(void *work, ys_labels *y, ys_error *error) {
  const double share[] = {0.5, 0.4, 0.3, 0.2, 0.1, 0.05};
  (void)error;
  const double most = 1 - share[((misfit *)work)->steps];
  for (size_t i = 0; i < 50; i++)
    for (size_t k = 0; k < 3; k++)
      y->dense[i * 3 + k] = k == 0 ? most : (1 - most) / 2;
  return is_time(work) ? YS_STEP_STALLED : YS_STEP_ON;
}

static ys_solver misfit_with(ys_step (*step)(void *, ys_labels *, ys_error *)) {
  return (ys_solver){
      .name = "misfit", .init = misfit_init, .step = step, .free = free};
}

static void assert_ends(ys_step (*step)(void *, ys_labels *, ys_error *),
                        run_status status, const char *words) {
  fixture f;
  set_up(&f, "dirichlet:M=50,K=3");
  ys_solver solver = misfit_with(step);
  run_limits limits = usual;
  limits.max_iterations = 100;
  run_result result = run(&f, &solver, limits);
  ck_assert_int_eq(result.status, status);
  ck_assert_int_eq(result.iterations, 6);
  assert_says(result.message, words);
  ck_assert(!isnan(result.last.objective) && !isnan(result.last.gap));
  run_result_free(&result);
  tear_down(&f);
}

START_TEST(a_misbehaving_solver_is_a_status) {
  assert_ends(break_down, RUN_FAILED, "broke down on purpose");
  assert_ends(leave_simplex, RUN_FAILED, "left the simplex");
  assert_ends(go_nan, RUN_FAILED, "left the simplex");
  assert_ends(stall, RUN_STALLED, "");
}
END_TEST

START_TEST(an_empty_class_is_a_failure_that_names_it) {
  assert_ends(empty_classes, RUN_FAILED, "column 1 of y is zero");
}
END_TEST

START_TEST(a_run_ends_with_its_best_iterate) {
  fixture f;
  set_up(&f, "dirichlet:M=50,K=3");
  ys_solver solver = misfit_with(grow_worse);
  run_limits limits = usual;
  limits.trace_every = 1;
  run_result result = run(&f, &solver, limits);
  ck_assert_int_eq(result.status, RUN_STALLED);
  assert_says(result.message, "iteration 0 was best");
  ck_assert_int_eq(result.iterations, 6);
  ck_assert_uint_eq(result.traced, 7);
  for (size_t t = 0; t < result.traced; t++)
    ck_assert(result.last.objective <= result.trace[t].objective);
  ck_assert(result.trace[6].objective > result.trace[5].objective);
  for (size_t i = 0; i < 150; i++)
    ck_assert(f.y[i] == 1.0 / 3);
  run_result_free(&result);
  tear_down(&f);
}
END_TEST

/* A solver that takes labels of either kind: each row to one class, its largest
 * of sigma at first, then with every step another row to class 0, which is
 * worse. */
static const ys_batch *voters;

static size_t largest_class(const double *row, size_t n) {
  size_t top = 0;
  for (size_t k = 1; k < n; k++)
    top = row[k] > row[top] ? k : top;
  return top;
}

static ys_code vote_init(void **work, const ys_objective *objective,
                         const ys_options *options, ys_labels *y,
                         ys_error *error) {
  voters = objective->batch;
  ys_code code = y->dense ? YS_OK : ys_labels_reserve(y, voters->rows, error);
  return code ? code : misfit_init(work, objective, options, y, error);
}

static ys_step vote(void *work, ys_labels *y, ys_error *error) {
  const size_t n = voters->classes;
  const size_t bribed = (size_t)((misfit *)work)->steps;
  (void)error;
  for (size_t i = 0; i < voters->rows; i++) {
    const size_t top = i < bribed ? 0 : largest_class(voters->sigma + i * n, n);
    for (size_t k = 0; y->dense && k < n; k++)
      y->dense[i * n + k] = k == top;
    if (y->dense)
      continue;
    y->held[i] = (uint32_t)top;
    y->weight[i] = 1;
    y->begin[i + 1] = i + 1;
  }
  return is_time(work) ? YS_STEP_STALLED : YS_STEP_ON;
}

START_TEST(sparse_labels_run_like_dense_ones) {
  run_result of[2];
  ys_labels y[2];
  const ys_options none = {0};
  const ys_solver solver = {.name = "vote",
                            .sparse = true,
                            .init = vote_init,
                            .step = vote,
                            .free = free};
  fixture f;
  run_limits limits = usual;
  limits.trace_every = 1;
  set_up(&f, "dirichlet:M=50,K=3,seed=3");
  for (int sparse = 0; sparse < 2; sparse++) {
    ck_assert_int_eq(start_make("uniform", 1, &f.objective,
                                sparse ? START_SPARSE : START_DENSE, &y[sparse],
                                &f.error),
                     YS_OK);
    ck_assert_int_eq(run_solver(&solver, &none, &f.objective, &limits,
                                &y[sparse], NULL, NULL, &of[sparse], &f.error),
                     YS_OK);
  }
  ck_assert(y[0].dense && !y[1].dense);
  ck_assert_str_eq(of[0].message, of[1].message);
  assert_says(of[0].message, "was best");
  ck_assert_uint_eq(of[0].traced, 7);
  for (size_t t = 0; t < of[0].traced; t++) {
    of[0].trace[t].solve_seconds = of[1].trace[t].solve_seconds;
    ck_assert_mem_eq(&of[0].trace[t], &of[1].trace[t], sizeof(trace_point));
  }
  /* The best iterate is what is left of either. */
  for (size_t i = 0; i < 50; i++) {
    double room[3];
    ck_assert_mem_eq(ys_labels_row(&y[1], i, room), y[0].dense + 3 * i,
                     sizeof room);
  }
  for (int sparse = 0; sparse < 2; sparse++) {
    run_result_free(&of[sparse]);
    ys_labels_free(&y[sparse]);
  }
  tear_down(&f);
}
END_TEST

/* A solver that would not come back by itself. */
static const ys_stop *asked;

static void heed(void *work, const ys_stop *stop) {
  (void)work;
  asked = stop;
}

static ys_step endless(void *work, ys_labels *y, ys_error *error) {
  (void)work, (void)y, (void)error;
  while (!ys_stop_is_wanted(asked))
    continue;
  return YS_STEP_ON;
}

START_TEST(a_time_limit_is_heard_inside_a_step) {
  fixture f;
  set_up(&f, "dirichlet:M=50,K=3");
  ys_solver solver = misfit_with(endless);
  solver.heed = heed;
  run_limits limits = usual;
  limits.seconds = 0.02;
  run_result result = run(&f, &solver, limits);
  ck_assert_int_eq(result.status, RUN_TIME_LIMIT);
  ck_assert_int_eq(result.iterations, 1);
  run_result_free(&result);
  tear_down(&f);
}
END_TEST

/* No gap is certified below what rounding does to F, which grows with lambda:
 * whoever asks for less gets that, and is told. */
START_TEST(the_floor_of_rounding_is_as_good_as_converged) {
  const double lambdas[] = {1e5, 1e6, 1e8};
  for (size_t l = 0; l < 3; l++) {
    fixture f;
    ys_options options;
    const ys_solver *solver;
    run_result result;
    run_limits limits = {1e-12, 1000, 60, SCHEDULE_THIN};
    set_up(&f, "dirichlet:M=100,K=4");
    f.objective.lambda = lambdas[l];
    ck_assert_int_eq(ys_solver_parse("fw", &solver, &options, &f.error), YS_OK);
    ck_assert_int_eq(run_dense(solver, &options, &f.objective, &limits, f.y,
                               NULL, NULL, &result, &f.error),
                     YS_OK);
    ck_assert_int_eq(result.status, RUN_CONVERGED);
    assert_says(result.message, "at the floor of rounding");
    ck_assert_double_le(result.last.gap, 3e-14 * lambdas[l]);
    ck_assert_double_gt(result.last.gap, 1e-12);
    ys_options_free(&options);
    run_result_free(&result);
    tear_down(&f);
  }
}
END_TEST

START_TEST(converged_at_the_start_needs_no_step) {
  fixture f;
  set_up(&f, "planted:M=60,K=4");
  memcpy(f.y, f.batch.planted_labels,
         f.batch.rows * f.batch.classes * sizeof *f.y);
  run_result result = run_em(&f, usual);
  ck_assert_int_eq(result.status, RUN_CONVERGED);
  ck_assert_int_eq(result.iterations, 0);
  run_result_free(&result);
  tear_down(&f);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("run");
  TCase *tests = tcase_create("run");
  tcase_add_test(tests, observing_changes_nothing);
  tcase_add_test(tests, the_last_iterate_is_always_recorded);
  tcase_add_test(tests, every_bound_is_below_every_objective);
  tcase_add_test(tests, no_time_means_no_iteration);
  tcase_add_test(tests, converged_is_a_gap_of_the_tolerance_and_no_more);
  tcase_add_test(tests, a_misbehaving_solver_is_a_status);
  tcase_add_test(tests, an_empty_class_is_a_failure_that_names_it);
  tcase_add_test(tests, a_run_ends_with_its_best_iterate);
  tcase_add_test(tests, sparse_labels_run_like_dense_ones);
  tcase_add_test(tests, a_time_limit_is_heard_inside_a_step);
  tcase_add_test(tests, the_floor_of_rounding_is_as_good_as_converged);
  tcase_add_test(tests, converged_at_the_start_needs_no_step);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
