/* The whole interior point (ipm:active=0) from starts and under priors that are
 * far from the optimum: it gets to 1e-9 all the same. */
#include "bench/run/run.h"
#include "problems/certificate.h"
#include "problems/problem.h"
#include "tests/support/run_dense.h"
#include "tests/support/solver_run.h"

#include <string.h>

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

/* Priors: uniform, a million to one, falling by halves, every other class next
 * to nothing. */
typedef enum prior_kind { EVEN, SKEWED, HALVES, EVERY_OTHER } prior_kind;

static double weight_of(prior_kind kind, size_t k) {
  switch (kind) {
  case EVEN:
    break;
  case SKEWED:
    return k == 0 ? 1 : 1e-6;
  case HALVES:
    return pow(2, -(double)k);
  case EVERY_OTHER:
    return k % 2 ? 1e-12 : 1;
  }
  return 1;
}

static double *make_prior(prior_kind kind, size_t classes) {
  double *prior = malloc(classes * sizeof *prior), sum = 0;
  for (size_t k = 0; k < classes; k++)
    sum += prior[k] = weight_of(kind, k);
  for (size_t k = 0; k < classes; k++)
    prior[k] /= sum;
  return prior;
}

/* Starts: uniform, or each row on one class or two, taken in turn. */
typedef enum start_kind { MIDDLE_START, ONE_CLASS, TWO_CLASSES } start_kind;

static void make_start(start_kind kind, const ys_objective *objective,
                       double *y) {
  const size_t n = objective->batch->classes;
  ys_start_uniform(objective, y);
  for (size_t i = 0; kind != MIDDLE_START && i < objective->batch->rows; i++) {
    memset(y + i * n, 0, n * sizeof *y);
    y[i * n + i % n] += kind == TWO_CLASSES ? 0.5 : 1;
    if (kind == TWO_CLASSES)
      y[i * n + (3 * i + 1) % n] += 0.5;
  }
}

typedef struct far_case {
  const char *batch;
  ys_loss loss;
  ys_fairness fairness;
  double lambda;
  prior_kind prior;
  start_kind start;
} far_case;

/* Run the case; the result's trace is freed. */
static run_result run_case(const far_case *c) {
  const run_limits limits = {1e-9, 300, 60, 0};
  const ys_solver *solver;
  ys_options options;
  ys_objective objective;
  ys_batch batch;
  ys_error error;
  run_result result;
  ck_assert_int_eq(ys_problem_make(c->batch, 1, &batch, &error), YS_OK);
  double *prior = make_prior(c->prior, batch.classes);
  double *y = malloc(batch.rows * batch.classes * sizeof *y);
  ck_assert_int_eq(ys_objective_init(&objective, &batch, c->loss, c->fairness,
                                     c->lambda, prior, 1, &error),
                   YS_OK);
  ck_assert_int_eq(ys_solver_parse("ipm:active=0", &solver, &options, &error),
                   YS_OK);
  make_start(c->start, &objective, y);
  ck_assert_int_eq(run_dense(solver, &options, &objective, &limits, y, NULL,
                             NULL, &result, &error),
                   YS_OK);
  run_result_free(&result);
  ys_options_free(&options);
  ys_objective_free(&objective);
  free(y);
  free(prior);
  ys_batch_free(&batch);
  return result;
}

static void assert_converges(const far_case *c) {
  run_result result = run_case(c);
  ck_assert_msg(result.status == RUN_CONVERGED,
                "%s, %s, %s, lambda %g, prior %d, start %d: %s after %ld, gap "
                "%g: %s",
                c->batch, ys_loss_name(c->loss), ys_fairness_name(c->fairness),
                c->lambda, (int)c->prior, (int)c->start,
                run_status_name(result.status), result.iterations,
                result.last.gap, result.message);
}

static const double lambdas[] = {0.1, 1, 100, 1000};

/* Means of y have to move by orders of magnitude. */
START_TEST(weak_fairness_follows_a_prior_of_any_shape) {
  static const char *const batches[] = {
      "gaussian:M=20,K=2", "gaussian:M=30,K=9,scale=3", "dirichlet:M=10,K=20"};
  for (int loss = 0; loss < YS_LOSSES; loss++)
    for (int l = 0; l < COUNT(lambdas); l++)
      for (int b = 0; b < COUNT(batches); b++)
        assert_converges(&(far_case){batches[b], (ys_loss)loss, YS_WEAK,
                                     lambdas[l], (prior_kind)_i, MIDDLE_START});
}
END_TEST

/* Slacks and multipliers go together, or the multipliers of reverse leave its
 * dual's domain. */
START_TEST(reverse_keeps_to_its_domain) {
  static const char *const batches[] = {
      "gaussian:M=20,K=20", "gaussian:M=60,K=9,scale=4", "dirichlet:M=3,K=12"};
  for (int l = 0; l < COUNT(lambdas); l++)
    for (int b = 0; b < COUNT(batches); b++)
      assert_converges(&(far_case){batches[b], YS_REVERSE, YS_STRONG,
                                   lambdas[l], (prior_kind)_i, MIDDLE_START});
}
END_TEST

/* Rows begin on classes that sigma next to rules out. */
START_TEST(starts_at_a_vertex_converge) {
  static const char *const batches[] = {"gaussian:M=60,K=8,scale=10",
                                        "dirichlet:M=40,K=20,alpha=0.05",
                                        "gaussian:M=30,K=3,scale=10,skew=20"};
  for (int start = ONE_CLASS; start <= TWO_CLASSES; start++)
    for (int l = 0; l < COUNT(lambdas); l++)
      for (int b = 0; b < COUNT(batches); b++)
        assert_converges(&(far_case){batches[b], YS_COLLISION, (ys_fairness)_i,
                                     lambdas[l], EVEN, (start_kind)start});
}
END_TEST

static const double large[] = {1e3, 1e4, 1e5, 1e7};

static const char *const shared[] = {
    "gaussian:M=20,K=41,scale=1,skew=20", "dirichlet:M=19,K=56",
    "gaussian:M=12,K=42,scale=2", "gaussian:M=99,K=100,scale=10"};

/* To the floor of rounding: what the multipliers are rounded to is no residual
 * to small slacks. Few rows share the classes out. */
START_TEST(large_lambda_gets_to_the_floor_of_rounding) {
  const char *batch = shared[_i / YS_FAIRNESSES];
  for (int loss = 0; loss < YS_LOSSES; loss++)
    for (int l = 0; l < COUNT(large); l++)
      assert_converges(&(far_case){batch, (ys_loss)loss,
                                   (ys_fairness)(_i % YS_FAIRNESSES), large[l],
                                   EVEN, MIDDLE_START});
}
END_TEST

/* Where no target of the losses' size joins rows and multipliers. */
START_TEST(priors_of_any_shape_converge_under_large_lambda) {
  static const char *const batches[] = {"gaussian:M=14,K=59,scale=1,skew=8",
                                        "gaussian:M=1,K=37,scale=2,skew=8",
                                        "dirichlet:M=40,K=3"};
  for (int fairness = 0; fairness < YS_FAIRNESSES; fairness++)
    for (int loss = 0; loss < YS_LOSSES; loss++)
      for (int l = 0; l < COUNT(large); l++)
        for (int b = 0; b < COUNT(batches); b++)
          assert_converges(&(far_case){batches[b], (ys_loss)loss,
                                       (ys_fairness)fairness, large[l],
                                       (prior_kind)_i, MIDDLE_START});
}
END_TEST

/* A caller that wants a stop from question `at` on, if that is not negative. */
typedef struct question {
  int asked, at;
} question;

static bool is_wanted(void *context) {
  question *q = context;
  const int asked = q->asked++;
  return q->at >= 0 && asked >= q->at;
}

/* Steps to 1e-9, a stop wanted at question `at`. Returns how many were asked.
 */
static int stop_at(fixture *f, int at, double *y) {
  const size_t bytes = f->batch.rows * f->batch.classes * sizeof *y;
  double *before = malloc(bytes);
  question q = {0, at};
  ys_stop stop = {is_wanted, &q};
  solver_run run;
  ys_start_uniform(&f->objective, y);
  ck_assert(begin_run(&run, "ipm:active=0", &f->objective, y));
  run.solver->heed(run.work, &stop);
  ys_verdict verdict = judge_run(&run, f, y);
  for (int step = 0; step < 60 && verdict.gap > 1e-9; step++) {
    memcpy(before, y, bytes);
    ck_assert_int_eq(next_step(&run, y), YS_STEP_ON);
    if (q.at >= 0 && q.asked > q.at) {
      ck_assert_msg(memcmp(before, y, bytes) == 0, "question %d", at);
      q.at = -1;
    }
    verdict = judge_run(&run, f, y);
  }
  ck_assert_double_le(verdict.gap, 1e-9);
  end_run(&run);
  free(before);
  return q.asked;
}

/* A step in which a stop is wanted leaves y as it was, and the next goes on. */
START_TEST(a_stop_is_heard_inside_a_step) {
  ys_batch batch;
  fixture f;
  ck_assert_int_eq(ys_problem_make("gaussian:M=60,K=9", 1, &batch, NULL),
                   YS_OK);
  setup(&f, batch, YS_COLLISION * YS_FAIRNESSES + YS_STRONG, 10, NULL);
  double *y = malloc(f.batch.rows * f.batch.classes * sizeof *y);
  const int questions = stop_at(&f, -1, y);
  ck_assert_int_ge(questions, 12);
  for (int at = 0; at < questions; at++)
    stop_at(&f, at, y);
  free(y);
  teardown(&f);
}
END_TEST

/* Products are more times such a sigma than a double holds. */
START_TEST(reverse_bears_subnormal_sigma) {
  static const double tiny[] = {1e-310, 5e-324};
  for (int t = 0; t < COUNT(tiny); t++)
    for (int l = 0; l < COUNT(lambdas); l++) {
      ys_batch batch;
      fixture f;
      solver_run run;
      ck_assert_int_eq(ys_problem_make("gaussian:M=12,K=5", 1, &batch, NULL),
                       YS_OK);
      for (size_t i = 0; i < batch.rows; i++) {
        double *sigma = batch.sigma + i * batch.classes;
        sigma[(i + 1) % 5] += sigma[i % 5];
        sigma[i % 5] = tiny[t];
      }
      setup(&f, batch, YS_REVERSE * YS_FAIRNESSES + _i, lambdas[l], NULL);
      double *y = malloc(f.batch.rows * f.batch.classes * sizeof *y);
      ys_start_uniform(&f.objective, y);
      ck_assert(begin_run(&run, "ipm", &f.objective, y));
      for (int i = 0; i < 20 && next_step(&run, y) == YS_STEP_ON; i++)
        ;
      ck_assert_double_le(judge_run(&run, &f, y).gap, 1e-9);
      end_run(&run);
      free(y);
      teardown(&f);
    }
}
END_TEST

/* Whatever ends without the tolerance says why in its own words. */
START_TEST(a_stall_says_why) {
  static const char *const specs[] = {"ipm:active=0", "ipm"};
  ys_batch batch;
  fixture f;
  ys_step step = YS_STEP_ON;
  ck_assert_int_eq(ys_problem_make("gaussian:M=60,K=9", 1, &batch, NULL),
                   YS_OK);
  setup(&f, batch, _i, 10, NULL);
  double *y = malloc(f.batch.rows * f.batch.classes * sizeof *y);
  for (int s = 0; s < COUNT(specs); s++) {
    solver_run run;
    ys_start_uniform(&f.objective, y);
    ck_assert(begin_run(&run, specs[s], &f.objective, y));
    run.error.text[0] = 0;
    for (int i = 0; i < 300 && (step = next_step(&run, y)) == YS_STEP_ON; i++)
      ;
    ck_assert_int_eq(step, YS_STEP_STALLED);
    ck_assert_msg(run.error.text[0] != 0, "%s", specs[s]);
    end_run(&run);
  }
  free(y);
  teardown(&f);
}
END_TEST

/* Solve from y, 200 steps at most, and ask for 1e-9. */
static void assert_solves(fixture *f, const char *spec, double *y) {
  solver_run run;
  ys_verdict verdict = {.gap = INFINITY};
  ys_step step = YS_STEP_ON;
  ck_assert(begin_run(&run, spec, &f->objective, y));
  for (int i = 0; i < 200 && step == YS_STEP_ON && !(verdict.gap <= 1e-9);
       i++) {
    step = next_step(&run, y);
    verdict = judge_run(&run, f, y);
  }
  ck_assert_msg(verdict.gap <= fmax(1e-9, 16 * verdict.floor),
                "%s, %s + %s, lambda %g, %zu x %zu: gap %g", spec,
                ys_loss_name(f->objective.loss),
                ys_fairness_name(f->objective.fairness), f->objective.lambda,
                f->batch.rows, f->batch.classes, verdict.gap);
  end_run(&run);
}

static const char *const forms[] = {"ipm", "ipm:active=0"};

/* Shannon keeps a class empty where its sigma is 0; here in every row. */
START_TEST(a_class_that_no_row_can_hold_is_shut) {
  const double weights[] = {1e-6, 0.1, 1, 1e4};
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int round = 0; round < 24; round++) {
    const size_t rows = 1 + (size_t)round % 5, n = 3 + (size_t)round % 7;
    fixture f;
    ys_batch batch = random_batch(rng, FLAT, rows, n);
    for (size_t i = 0; i < rows; i++) {
      double *row = batch.sigma + i * n;
      const double left = 1 - row[round % (int)n];
      row[round % (int)n] = 0;
      for (size_t k = 0; k < n; k++)
        row[k] /= left;
    }
    setup(&f, batch, YS_SHANNON * YS_FAIRNESSES + YS_WEAK, weights[round % 4],
          NULL);
    double *y = malloc(rows * n * sizeof *y);
    ys_start_sigma(&f.objective, y);
    assert_solves(&f, forms[_i], y);
    free(y);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

/* Rows on next to nothing but sigma near the least double, and peaked sigma as
 * the start: from there no step leads anywhere. */
START_TEST(odd_starts_begin_anew_at_the_middle) {
  const double weights[] = {1e-6, 0.03, 1, 1e4};
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int round = 0; round < 120; round++) {
    const size_t rows = 1 + (size_t)round % 7, n = 3 + (size_t)round % 9;
    fixture f;
    setup(&f, random_batch(rng, round % 2 ? EXTREME : ONE_HOT, rows, n),
          YS_COLLISION * YS_FAIRNESSES + round / 4 % YS_FAIRNESSES,
          weights[round % 4], NULL);
    double *y = malloc(rows * n * sizeof *y);
    for (size_t i = 0; i < rows * n; i++)
      y[i] = i % n == (i / n) % n ? 1 : 1e-310 * (double)(1 + i % 5);
    if (isfinite(ys_objective_value(&f.objective, y, &f.scratch)))
      assert_solves(&f, forms[_i], y);
    free(y);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("ipm_whole");
  TCase *tests = tcase_create("ipm_whole");
  tcase_set_timeout(tests, 60);
  tcase_add_loop_test(tests, weak_fairness_follows_a_prior_of_any_shape, EVEN,
                      EVERY_OTHER + 1);
  tcase_add_loop_test(tests, reverse_keeps_to_its_domain, EVEN,
                      EVERY_OTHER + 1);
  tcase_add_loop_test(tests, large_lambda_gets_to_the_floor_of_rounding, 0,
                      COUNT(shared) * YS_FAIRNESSES);
  tcase_add_loop_test(tests, priors_of_any_shape_converge_under_large_lambda,
                      EVEN, EVERY_OTHER + 1);
  tcase_add_loop_test(tests, starts_at_a_vertex_converge, 0, YS_FAIRNESSES);
  tcase_add_loop_test(tests, reverse_bears_subnormal_sigma, 0, YS_FAIRNESSES);
  tcase_add_test(tests, a_stop_is_heard_inside_a_step);
  tcase_add_loop_test(tests, a_stall_says_why, 0, YS_LOSSES * YS_FAIRNESSES);
  tcase_add_loop_test(tests, a_class_that_no_row_can_hold_is_shut, 0,
                      COUNT(forms));
  tcase_add_loop_test(tests, odd_starts_begin_anew_at_the_middle, 0,
                      COUNT(forms));
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
