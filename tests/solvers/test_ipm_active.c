/* The interior point on active sets where rounds go astray: more classes than
 * rows, parts that do not fit, priors far from anything that rows can follow.
 * It is to converge all the same, on the simplex, and never to end worse than
 * an iterate that it had. */
#include "bench/run/run.h"
#include "problems/certificate.h"
#include "problems/problem.h"
#include "tests/support/run_dense.h"
#include "tests/support/solver_run.h"

#include <limits.h>

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

typedef enum prior_kind { UNIFORM, ALTERNATING, HALVING } prior_kind;

typedef struct small_case {
  const char *spec;
  double lambda;
  ys_loss loss;
  prior_kind prior;
} small_case;

/* u in proportion to 1; to 1 and 1e-13 in turn; to 2^-k, not below 1e-12. */
static double *prior_of(prior_kind kind, size_t n) {
  double *u = malloc(n * sizeof *u), sum = 0;
  for (size_t k = 0; k < n; k++) {
    u[k] = kind == UNIFORM       ? 1
           : kind == ALTERNATING ? (k % 2 ? 1e-13 : 1)
                                 : fmax(exp2(-(double)k), 1e-12);
    sum += u[k];
  }
  for (size_t k = 0; k < n; k++)
    u[k] /= sum;
  return u;
}

/* The lowest objective of a trace, all of which is to be finite. */
static double lowest(const run_result *result, const char *spec) {
  double least = INFINITY;
  for (size_t t = 0; t < result->traced; t++) {
    ck_assert_msg(isfinite(result->trace[t].objective), "%s, iteration %ld",
                  spec, result->trace[t].iteration);
    least = fmin(least, result->trace[t].objective);
  }
  return least;
}

/* From the uniform start to a gap of 1e-9. */
static void assert_solved(const small_case *c) {
  const run_limits limits = {1e-9, 300, 60, 1};
  const ys_solver *solver;
  ys_options options;
  ys_objective objective;
  ys_batch batch;
  ys_error error;
  run_result result;
  ck_assert_int_eq(ys_problem_make(c->spec, 1, &batch, &error), YS_OK);
  double *y = malloc(batch.rows * batch.classes * sizeof *y);
  double *prior = prior_of(c->prior, batch.classes);
  ck_assert_int_eq(ys_objective_init(&objective, &batch, c->loss, YS_STRONG,
                                     c->lambda, prior, 1, &error),
                   YS_OK);
  ck_assert_int_eq(ys_solver_parse("ipm:active=1", &solver, &options, &error),
                   YS_OK);
  ys_start_uniform(&objective, y);
  ck_assert_int_eq(run_dense(solver, &options, &objective, &limits, y, NULL,
                             NULL, &result, &error),
                   YS_OK);
  ck_assert_msg(
      result.status == RUN_CONVERGED, "%s, %s, lambda %g: %s after %ld, %g: %s",
      c->spec, ys_loss_name(c->loss), c->lambda, run_status_name(result.status),
      result.iterations, result.last.gap, result.message);
  ck_assert(result.last.objective <= lowest(&result, c->spec) + 1e-9);
  run_result_free(&result);
  ys_options_free(&options);
  ys_objective_free(&objective);
  free(prior);
  free(y);
  ys_batch_free(&batch);
}

/* Rows that hold many classes each, which no choice may drop. */
static const small_case crowded[] = {
    {"gaussian:M=3,K=20,scale=4,seed=2", 1e-4, YS_COLLISION, UNIFORM},
    {"gaussian:M=3,K=8,scale=2,seed=4", 1e-4, YS_COLLISION, UNIFORM},
    {"gaussian:M=3,K=12,scale=2,seed=3", 1e-3, YS_COLLISION, UNIFORM},
    {"dirichlet:M=3,K=20,seed=11", 1e-4, YS_COLLISION, UNIFORM},
    {"gaussian:M=3,K=34,scale=10,skew=13,seed=68283", 1e-4, YS_COLLISION,
     UNIFORM},
    {"dirichlet:M=18,K=55,seed=52341", 1e-4, YS_COLLISION, UNIFORM},
    {"gaussian:M=81,K=60,scale=2,skew=7,seed=16625", 1e-4, YS_COLLISION,
     UNIFORM},
    {"dirichlet:M=3,K=57,alpha=0.02,seed=24753", 0.1, YS_SHANNON, UNIFORM},
    {"gaussian:M=7,K=20,scale=10,skew=20,seed=41801", 1e4, YS_COLLISION,
     ALTERNATING},
    {"dirichlet:M=59,K=27,alpha=3,seed=58272", 0.01, YS_COLLISION, ALTERNATING},
    {"gaussian:M=47,K=29,scale=2,skew=17,seed=15588", 0.1, YS_COLLISION,
     ALTERNATING},
};

START_TEST(more_classes_than_rows_are_no_matter) {
  assert_solved(crowded + _i);
}
END_TEST

/* Where the rounds come to a halt: no part fits, or the interior point stalls
 * on one. */
static const small_case astray[] = {
    {"gaussian:M=106,K=53,scale=30,skew=6,seed=57110", 1000, YS_COLLISION,
     UNIFORM},
    {"gaussian:M=118,K=55,scale=30,seed=74323", 1e4, YS_COLLISION, UNIFORM},
    {"gaussian:M=91,K=55,scale=30,seed=30571", 1e4, YS_COLLISION, UNIFORM},
    {"gaussian:M=102,K=46,scale=30,seed=36293", 1000, YS_COLLISION, UNIFORM},
    {"gaussian:M=42,K=26,scale=4,seed=66195", 1e4, YS_COLLISION, HALVING},
    {"gaussian:M=38,K=4,scale=4,skew=8,seed=14519", 1e4, YS_SHANNON, HALVING},
    {"gaussian:M=1,K=37,scale=2,seed=46841", 1000, YS_COLLISION, HALVING},
};

START_TEST(rounds_that_lead_nowhere_are_left) {
  assert_solved(astray + _i);
}
END_TEST

/* A caller whose patience ends with so many questions, till the step is over.
 */
typedef struct patience {
  int asked, most;
} patience;

static bool is_at_end(void *context) {
  patience *p = context;
  return ++p->asked >= p->most;
}

/* Steps of a run up to a gap of 1e-9. No step in which the stop is wanted
 * leaves F higher than it was. Returns how often it was asked. */
static int run_with(patience *p, fixture *f, double *y) {
  solver_run run;
  ys_stop stop = {is_at_end, p};
  ys_start_uniform(&f->objective, y);
  ck_assert(begin_run(&run, "ipm", &f->objective, y));
  run.solver->heed(run.work, &stop);
  ys_verdict verdict = judge_run(&run, f, y);
  for (int step = 0; step < 60 && verdict.gap > 1e-9; step++) {
    const double before = verdict.objective;
    const int asked = p->asked;
    ck_assert_int_eq(next_step(&run, y), YS_STEP_ON);
    verdict = judge_run(&run, f, y);
    ck_assert(verdict.row_sum_error <= 1e-12 && verdict.least_entry >= 0);
    if (asked < p->most && p->asked >= p->most) {
      ck_assert_msg(verdict.objective <= before + 1e-14,
                    "question %d: from %.17g to %.17g", p->most, before,
                    verdict.objective);
      ck_assert_int_le(p->asked, p->most + 1);
      p->most = INT_MAX;
    }
  }
  ck_assert_double_le(verdict.gap, 1e-9);
  end_run(&run);
  return p->asked;
}

static const char *const long_rounds[] = {
    "gaussian:M=200,K=40,scale=3,skew=3",
    "gaussian:M=106,K=53,scale=30,skew=6,seed=57110", /* on to the whole */
    "dirichlet:M=20,K=40",
};

START_TEST(a_stop_is_heard_between_iterations) {
  ys_batch batch;
  fixture f;
  ck_assert_int_eq(ys_problem_make(long_rounds[_i], 1, &batch, NULL), YS_OK);
  setup(&f, batch, YS_COLLISION * YS_FAIRNESSES + YS_STRONG, 1000, NULL);
  double *y = malloc(f.batch.rows * f.batch.classes * sizeof *y);
  const int questions = run_with(&(patience){0, INT_MAX}, &f, y);
  ck_assert_int_ge(questions, 12);
  for (int most = 1; most <= questions; most++)
    run_with(&(patience){0, most}, &f, y);
  free(y);
  teardown(&f);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("ipm_active");
  TCase *tests = tcase_create("ipm_active");
  tcase_add_loop_test(tests, more_classes_than_rows_are_no_matter, 0,
                      COUNT(crowded));
  tcase_add_loop_test(tests, rounds_that_lead_nowhere_are_left, 0,
                      COUNT(astray));
  tcase_add_loop_test(tests, a_stop_is_heard_between_iterations, 0,
                      COUNT(long_rounds));
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
