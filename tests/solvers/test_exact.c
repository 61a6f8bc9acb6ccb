/* The exact solver: its optimum against ipm's, and the same bits whatever the
 * threads, the labels' kind and the storage. */
#include "bench/run/run.h"
#include "problems/certificate.h"
#include "problems/problem.h"
#include "tests/support/fixture.h"
#include "tests/support/run_dense.h"

#include <string.h>

static ys_error error;

/* ------------------------------------------------------------- optimum ---- */

typedef struct solved {
  run_status status;
  double objective, gap;
  ys_labels labels;
} solved;

static solved solve(const ys_objective *objective, const char *spec,
                    bool sparse) {
  const run_limits limits = {1e-9, 500, 60, 0};
  const size_t rows = objective->batch->rows, n = objective->batch->classes;
  const ys_solver *solver;
  ys_options options;
  run_result result;
  solved s = {0};
  ck_assert_int_eq(ys_solver_parse(spec, &solver, &options, &error), YS_OK);
  if (sparse)
    ck_assert_int_eq(ys_labels_make_sparse(&s.labels, rows, n, &error), YS_OK);
  else {
    ck_assert_int_eq(ys_labels_make_dense(&s.labels, rows, n, &error), YS_OK);
    ys_start_uniform(objective, s.labels.dense);
  }
  ck_assert_int_eq(run_solver(solver, &options, objective, &limits, &s.labels,
                              NULL, NULL, &result, &error),
                   YS_OK);
  s.status = result.status;
  s.objective = result.last.objective;
  s.gap = result.last.gap;
  run_result_free(&result);
  ys_options_free(&options);
  return s;
}

/* Many rows a class, few, hardly any; peaked, flat and skewed. */
static const char *const specs[] = {
    "dirichlet:M=33000,K=10",
    "gaussian:M=33000,K=10,scale=3,skew=3",
    "gaussian:M=33000,K=12,scale=10,skew=8",
    "dirichlet:M=3000,K=10",
    "gaussian:M=5000,K=10,scale=3,skew=3",
    "gaussian:M=4000,K=20,scale=10,skew=8",
    "gaussian:M=2000,K=2,scale=10,skew=3",
    "gaussian:M=3000,K=100,scale=4,skew=1",
    "gaussian:M=2100,K=130,scale=4,skew=1",
    "gaussian:M=200,K=10,scale=4,skew=1",
    "dirichlet:M=20,K=30",
    "dirichlet:M=50,K=100,alpha=0.1",
    "gaussian:M=50,K=100,scale=10,skew=8",
    "gaussian:M=5,K=10,scale=1,skew=8",
    "gaussian:M=1,K=2,scale=3,skew=3",
    "dirichlet:M=1,K=5",
    "planted:M=2000,K=10",
};
static const double lambdas[] = {1e-3, 0.1, 1, 10, 1000};

enum { SPECS = sizeof specs / sizeof *specs };
enum { LAMBDAS = sizeof lambdas / sizeof *lambdas };

/* Some are left out where the sanitizers make it six times as slow. */
#ifdef YS_SANITIZE
enum { EVERY = 2 };
#else
enum { EVERY = 1 };
#endif

START_TEST(it_finds_the_optimum) {
  ys_batch batch;
  ys_objective objective;
  ck_assert_int_eq(ys_problem_make(specs[_i], 1, &batch, &error), YS_OK);
  for (size_t l = 0; l < LAMBDAS; l += EVERY) {
    ck_assert_int_eq(ys_objective_init(&objective, &batch, YS_COLLISION,
                                       YS_STRONG, lambdas[l], NULL, 1, &error),
                     YS_OK);
    solved s = solve(&objective, "exact", true);
    solved reference = solve(&objective, "ipm", false);
    ck_assert_msg(s.status == RUN_CONVERGED, "%s, lambda %g: %s, %g", specs[_i],
                  lambdas[l], run_status_name(s.status), s.gap);
    ck_assert_int_eq(reference.status, RUN_CONVERGED);
    ck_assert(fabs(s.objective - reference.objective) <=
              2e-9 + 1e-12 * lambdas[l]);
    ys_labels_free(&s.labels);
    ys_labels_free(&reference.labels);
    ys_objective_free(&objective);
  }
  ys_batch_free(&batch);
}
END_TEST

START_TEST(it_serves_every_pair) {
  ys_batch batch;
  ys_objective objective;
  ck_assert_int_eq(
      ys_problem_make("gaussian:M=400,K=6,scale=2,skew=1", 1, &batch, &error),
      YS_OK);
  for (int lambda = 0; lambda < 2; lambda++) {
    ck_assert_int_eq(ys_objective_init(&objective, &batch,
                                       (ys_loss)(_i / YS_FAIRNESSES),
                                       (ys_fairness)(_i % YS_FAIRNESSES),
                                       lambda, NULL, 1, &error),
                     YS_OK);
    for (int sparse = 0; sparse < 2; sparse++) {
      solved s = solve(&objective, "exact", sparse);
      ck_assert_msg(s.status == RUN_CONVERGED, "%s, lambda %d: %g",
                    ys_loss_name(objective.loss), lambda, s.gap);
      ys_labels_free(&s.labels);
    }
    ys_objective_free(&objective);
  }
  ys_batch_free(&batch);
}
END_TEST

/* A prior of all orders: no class may be left out. */
START_TEST(odd_priors_are_followed) {
  double prior[10], sum = 0;
  ys_batch batch;
  ys_objective objective;
  for (size_t k = 0; k < 10; k++)
    sum += prior[k] = exp2(-3 * (double)k);
  for (size_t k = 0; k < 10; k++)
    prior[k] /= sum;
  ck_assert_int_eq(ys_problem_make(_i ? "gaussian:M=33000,K=10,scale=4"
                                      : "gaussian:M=4000,K=10,scale=4",
                                   1, &batch, &error),
                   YS_OK);
  for (size_t l = 0; l < LAMBDAS; l++) {
    ck_assert_int_eq(ys_objective_init(&objective, &batch, YS_COLLISION,
                                       YS_STRONG, lambdas[l], prior, 1, &error),
                     YS_OK);
    solved s = solve(&objective, "exact", true);
    ck_assert_msg(s.status == RUN_CONVERGED, "lambda %g: %g", lambdas[l],
                  s.gap);
    ys_labels_free(&s.labels);
    ys_objective_free(&objective);
  }
  ys_batch_free(&batch);
}
END_TEST

/* One-hot rows of float32 softmax, zeros elsewhere: many rows bend at the same
 * multipliers, where Newton's method is of no use. */
START_TEST(one_hot_rows_are_shared_out) {
  const size_t rows = _i ? 33000 : 3000, n = 10;
  ys_batch batch;
  ys_objective objective;
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  ck_assert_int_eq(ys_batch_alloc(&batch, "one-hot", rows, n, &error), YS_OK);
  memset(batch.sigma, 0, rows * n * sizeof *batch.sigma);
  for (size_t i = 0; i < rows; i++) /* the first class twice as often */
    batch.sigma[i * n + (gsl_rng_uniform_int(rng, 11) + n - 1) % n] = 1;
  for (size_t l = 0; l < LAMBDAS; l += EVERY) {
    ck_assert_int_eq(ys_objective_init(&objective, &batch, YS_COLLISION,
                                       YS_STRONG, lambdas[l], NULL, 1, &error),
                     YS_OK);
    solved s = solve(&objective, "exact", true);
    ck_assert_msg(s.status == RUN_CONVERGED, "lambda %g: %s, %g", lambdas[l],
                  run_status_name(s.status), s.gap);
    ys_labels_free(&s.labels);
    ys_objective_free(&objective);
  }
  gsl_rng_free(rng);
  ys_batch_free(&batch);
}
END_TEST

/* At most so many iterations, labels sparse. */
static run_result solve_some(const char *spec, int threads, double lambda,
                             long most) {
  const run_limits limits = {1e-9, most, 60, 0};
  const ys_solver *solver;
  ys_options options;
  ys_batch batch;
  ys_objective objective;
  ys_labels y;
  run_result result;
  ck_assert_int_eq(ys_solver_parse("exact", &solver, &options, &error), YS_OK);
  ck_assert_int_eq(ys_problem_make(spec, threads, &batch, &error), YS_OK);
  ck_assert_int_eq(ys_objective_init(&objective, &batch, YS_COLLISION,
                                     YS_STRONG, lambda, NULL, threads, &error),
                   YS_OK);
  ck_assert_int_eq(ys_labels_make_sparse(&y, batch.rows, batch.classes, &error),
                   YS_OK);
  ck_assert_int_eq(run_solver(solver, &options, &objective, &limits, &y, NULL,
                              NULL, &result, &error),
                   YS_OK);
  ys_labels_free(&y);
  ys_objective_free(&objective);
  ys_options_free(&options);
  ys_batch_free(&batch);
  return result;
}

/* Many rows between classes, and too many to hand over at once: rounds on
 * samples and on all rows come to the optimum, in a few steps, without the
 * interior point on everything. */
START_TEST(rounds_solve_what_newton_cannot) {
  run_result result =
      solve_some("gaussian:M=220000,K=10,scale=3,skew=3", 2, 10, 5);
  ck_assert_msg(result.status == RUN_CONVERGED && result.iterations > 1,
                "%s after %ld, %g", run_status_name(result.status),
                result.iterations, result.last.gap);
  run_result_free(&result);
}
END_TEST

/* Where Newton's method fails on a sample, the next one is looked at as widely:
 * all rows were chosen from within nothing of a nu that was as far away as
 * before, and the first step ended at 1e-2. */
START_TEST(a_sample_may_lead_nowhere) {
  run_result result =
      solve_some("gaussian:M=200000,K=20,scale=3,skew=3", 2, 10, 1);
  ck_assert_msg(result.last.gap <= 1e-7, "%g", result.last.gap);
  run_result_free(&result);
}
END_TEST

/* Some hundred rows a class, of many classes, whose lists are long: where
 * samples lead nowhere sweeps are nearer at once than rounds, whose first ends
 * at 0.8; by any number of threads alike. */
START_TEST(sweeps_take_over_where_lists_are_long) {
  const char *spec = "gaussian:M=20000,K=200,scale=10,skew=1";
  run_result one = solve_some(spec, 1, 10, 1), two = solve_some(spec, 2, 10, 1);
  ck_assert_msg(one.last.gap <= 0.05, "%g", one.last.gap);
  ck_assert(one.last.gap == two.last.gap &&
            one.last.objective == two.last.objective);
  run_result_free(&one);
  run_result_free(&two);
}
END_TEST

/* Two hundred classes are few enough for looks at all rows, and sweeps: lists
 * were at 2e-5 after so many steps. */
START_TEST(two_hundred_classes_take_few_steps) {
  run_result result = solve_some("dirichlet:M=5000,K=200", 1, 10, 6);
  ck_assert_msg(result.last.gap <= 4e-6, "%g", result.last.gap);
  run_result_free(&result);
}
END_TEST

/* Skewed so far that a sample's interior point ends nowhere near: the first
 * round's breaks down there, and the one on everything takes over. */
START_TEST(rounds_that_break_down_end_in_the_whole) {
  run_result result =
      solve_some("gaussian:M=22000,K=100,scale=1,skew=8,seed=2", 1, 30, 1);
  ck_assert_msg(result.status == RUN_MAX_ITER && isfinite(result.last.gap),
                "%s: %s", run_status_name(result.status), result.message);
  run_result_free(&result);
}
END_TEST

/* Asked when it has been asked so often. */
typedef struct patience {
  int asked, most;
} patience;

static bool is_at_end(void *context) {
  patience *p = context;
  return ++p->asked > p->most;
}

/* A step that is stopped wherever it asks leaves y on the simplex, and F where
 * it was or lower; so does the next, which nothing stops. */
START_TEST(a_stop_leaves_labels_whole) {
  const ys_solver *solver = ys_solver_find("exact", 5);
  ys_options options;
  ys_batch batch;
  ys_objective objective;
  ys_scratch scratch;
  ck_assert_int_eq(ys_solver_parse("exact", &solver, &options, &error), YS_OK);
  ck_assert_int_eq(ys_problem_make(specs[1], 1, &batch, &error), YS_OK);
  ck_assert_int_eq(ys_objective_init(&objective, &batch, YS_COLLISION,
                                     YS_STRONG, 1, NULL, 1, &error),
                   YS_OK);
  ck_assert_int_eq(ys_scratch_init(&scratch, &objective, &error), YS_OK);
  bool stopped = true;
  for (int most = 0; stopped; most++) {
    patience p = {0, most};
    const ys_stop stop = {is_at_end, &p};
    ys_labels y;
    void *work;
    ck_assert_int_eq(
        ys_labels_make_sparse(&y, batch.rows, batch.classes, &error), YS_OK);
    const double before = ys_certify(&objective, &y, NULL, &scratch).objective;
    ck_assert_int_eq(solver->init(&work, &objective, &options, &y, &error),
                     YS_OK);
    solver->heed(work, &stop);
    ck_assert_int_eq(solver->step(work, &y, &error), YS_STEP_ON);
    stopped = p.asked > most;
    ck_assert(stopped || most > 1);
    ys_verdict verdict = ys_certify(&objective, &y, NULL, &scratch);
    ck_assert(verdict.row_sum_error <= 1e-12 && verdict.least_entry >= 0);
    ck_assert(verdict.objective <= before + 1e-12);
    p.most = 1 << 30;
    ck_assert_int_eq(solver->step(work, &y, &error), YS_STEP_ON);
    ck_assert(ys_certify(&objective, &y, NULL, &scratch).objective < before);
    solver->free(work);
    ys_labels_free(&y);
  }
  ys_scratch_free(&scratch);
  ys_objective_free(&objective);
  ys_options_free(&options);
  ys_batch_free(&batch);
}
END_TEST

/* ------------------------------------------------------------- restart ---- */

static const struct {
  const char *solver, *first, *then;
} restarts[] = {
    {"exact", "gaussian:M=200,K=10,scale=4,skew=1", "dirichlet:M=200,K=10"},
    {"exact", "dirichlet:M=60,K=40", "gaussian:M=60,K=40,scale=4,skew=1"},
    {"exact", "dirichlet:M=33000,K=10", "gaussian:M=33000,K=10,scale=3,skew=3"},
    {"exact", "dirichlet:M=2100,K=130", "gaussian:M=2100,K=130,scale=4,skew=1"},
    {"exact", "dirichlet:M=900,K=100", "gaussian:M=900,K=100,scale=4,skew=1"},
    {"fw", "gaussian:M=200,K=10,scale=4,skew=1", "dirichlet:M=200,K=10"},
};

/* A work and the labels that it is to work on. */
typedef struct pupil {
  ys_labels y;
  void *work;
} pupil;

static void start(const ys_solver *solver, const ys_objective *objective,
                  bool sparse, pupil *p) {
  const size_t rows = objective->batch->rows, n = objective->batch->classes;
  ys_options options;
  ys_code code = sparse ? ys_labels_make_sparse(&p->y, rows, n, &error)
                        : ys_labels_make_dense(&p->y, rows, n, &error);
  ck_assert_int_eq(code, YS_OK);
  if (!sparse)
    ys_start_uniform(objective, p->y.dense);
  ck_assert_int_eq(ys_solver_parse(solver->name, &solver, &options, &error),
                   YS_OK);
  ck_assert_int_eq(solver->init(&p->work, objective, &options, &p->y, &error),
                   YS_OK);
  ys_options_free(&options);
}

static void start_again(const ys_solver *solver, const ys_objective *objective,
                        pupil *p) {
  if (p->y.dense)
    ys_start_uniform(objective, p->y.dense);
  else
    memset(p->y.begin, 0, (p->y.rows + 1) * sizeof *p->y.begin);
  ck_assert_int_eq(solver->restart(p->work, &p->y, &error), YS_OK);
}

static void finish(const ys_solver *solver, pupil *p) {
  solver->free(p->work);
  ys_labels_free(&p->y);
}

/* A work that has solved another batch takes the steps of a new one. */
START_TEST(a_restart_forgets_the_batch_before) {
  enum { STEPS = 12 };
  const ys_solver *solver =
      ys_solver_find(restarts[_i].solver, strlen(restarts[_i].solver));
  for (int sparse = 0; sparse <= solver->sparse; sparse++)
    for (size_t l = 2; l < LAMBDAS - 1; l++) {
      ys_batch batch, then;
      ys_objective objective;
      pupil old, fresh;
      double left[256], right[256];
      ck_assert_int_eq(ys_problem_make(restarts[_i].first, 1, &batch, &error),
                       YS_OK);
      ck_assert_int_eq(ys_problem_make(restarts[_i].then, 1, &then, &error),
                       YS_OK);
      ck_assert_int_eq(ys_objective_init(&objective, &batch, YS_COLLISION,
                                         YS_STRONG, lambdas[l], NULL, 1,
                                         &error),
                       YS_OK);
      start(solver, &objective, sparse, &old);
      for (int step = 0; step < STEPS; step++)
        ck_assert_int_ne(solver->step(old.work, &old.y, &error),
                         YS_STEP_FAILED);
      memcpy(batch.sigma, then.sigma,
             batch.rows * batch.classes * sizeof *batch.sigma);
      start_again(solver, &objective, &old);
      start(solver, &objective, sparse, &fresh);
      for (int step = 0; step < STEPS; step++) {
        ck_assert_int_eq(solver->step(old.work, &old.y, &error),
                         solver->step(fresh.work, &fresh.y, &error));
        for (size_t i = 0; i < batch.rows; i++)
          ck_assert(memcmp(ys_labels_row(&old.y, i, left),
                           ys_labels_row(&fresh.y, i, right),
                           batch.classes * sizeof *left) == 0);
      }
      finish(solver, &old);
      finish(solver, &fresh);
      ys_objective_free(&objective);
      ys_batch_free(&batch);
      ys_batch_free(&then);
    }
}
END_TEST

/* ---------------------------------------------------------------- bits ---- */

static void assert_same(const solved *a, const solved *b) {
  const size_t n = a->labels.classes;
  double left[256], right[256];
  ck_assert(a->objective == b->objective && a->gap == b->gap);
  for (size_t i = 0; i < a->labels.rows; i++)
    ck_assert(memcmp(ys_labels_row(&a->labels, i, left),
                     ys_labels_row(&b->labels, i, right),
                     n * sizeof *left) == 0);
}

START_TEST(threads_and_kind_of_labels_change_no_bit) {
  ys_batch batch;
  ys_objective objective;
  ck_assert_int_eq(ys_problem_make(specs[_i], 1, &batch, &error), YS_OK);
  for (size_t l = 1; l < LAMBDAS - 1; l++) {
    solved first = {0};
    for (int threads = 1; threads <= 4; threads += EVERY) {
      ck_assert_int_eq(ys_objective_init(&objective, &batch, YS_COLLISION,
                                         YS_STRONG, lambdas[l], NULL, threads,
                                         &error),
                       YS_OK);
      solved s = solve(&objective, "exact", threads < 2);
      if (threads == 1)
        first = s;
      else {
        assert_same(&first, &s);
        ys_labels_free(&s.labels);
      }
      ys_objective_free(&objective);
    }
    ys_labels_free(&first.labels);
  }
  ys_batch_free(&batch);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("exact");
  TCase *test = tcase_create("exact");
  tcase_set_timeout(test, 600);
  tcase_add_loop_test(test, it_finds_the_optimum, 0, SPECS);
  tcase_add_loop_test(test, it_serves_every_pair, 0, PAIRS);
  tcase_add_loop_test(test, odd_priors_are_followed, 0, 2);
  tcase_add_loop_test(test, one_hot_rows_are_shared_out, 0, 2);
  tcase_add_test(test, rounds_solve_what_newton_cannot);
  tcase_add_test(test, sweeps_take_over_where_lists_are_long);
  tcase_add_test(test, a_sample_may_lead_nowhere);
  tcase_add_test(test, two_hundred_classes_take_few_steps);
  tcase_add_test(test, rounds_that_break_down_end_in_the_whole);
  tcase_add_test(test, a_stop_leaves_labels_whole);
  tcase_add_loop_test(test, a_restart_forgets_the_batch_before, 0,
                      sizeof restarts / sizeof *restarts);
  tcase_add_loop_test(test, threads_and_kind_of_labels_change_no_bit, 0, SPECS);
  suite_add_tcase(suite, test);
  return run_suite(suite);
}
