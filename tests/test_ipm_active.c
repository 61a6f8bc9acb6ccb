/* The interior point on active sets where rounds go astray: more classes than
 * rows, parts that do not fit, priors far from anything that rows can follow.
 * It is to converge all the same, on the simplex, and never to end worse than
 * an iterate that it had. */
#include "testing.h"

#include "../bench/run.h"
#include "../problems/problem.h"

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

/* The lowest objective of a trace. */
static double lowest(const run_result *result) {
  double least = INFINITY;
  for (size_t t = 0; t < result->traced; t++)
    least = fmin(least, result->trace[t].objective);
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
  ck_assert_int_eq(run_solver(solver, &options, &objective, &limits, y, NULL,
                              NULL, &result, &error),
                   YS_OK);
  ck_assert_msg(
      result.status == RUN_CONVERGED, "%s, %s, lambda %g: %s after %ld, %g: %s",
      c->spec, ys_loss_name(c->loss), c->lambda, run_status_name(result.status),
      result.iterations, result.last.gap, result.message);
  ck_assert(result.last.objective <= lowest(&result) + 1e-9);
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

int main(void) {
  Suite *suite = suite_create("ipm_active");
  TCase *tests = tcase_create("ipm_active");
  tcase_add_loop_test(tests, more_classes_than_rows_are_no_matter, 0,
                      COUNT(crowded));
  tcase_add_loop_test(tests, rounds_that_lead_nowhere_are_left, 0,
                      COUNT(astray));
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
