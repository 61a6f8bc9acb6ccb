/* Pairwise Frank-Wolfe: single rows against a search of their segments, and
 * whole runs on every kind of batch. */
#include "problems/certificate.h"
#include "problems/problem.h"
#include "solvers/fw/fw.h"
#include "solvers/fw/pairwise.h"
#include "tests/support/solver_run.h"

static const char *const specs[] = {"fw", "fw:corrective=none"};

/* The pairs that fw serves: collision and shannon, strong and weak. */
enum { SPECS = 2, SERVED = YS_REVERSE * YS_FAIRNESSES };

/* ---------------------------------------------------------- one row ---- */

/* F with row i of y replaced by (1 - share, share). */
static real with_share(const fixture *f, double *y, size_t i, double share) {
  double kept[2] = {y[2 * i], y[2 * i + 1]};
  y[2 * i] = 1 - share;
  y[2 * i + 1] = share;
  real value = reference_value(&f->objective, y);
  y[2 * i] = kept[0];
  y[2 * i + 1] = kept[1];
  return value;
}

static ys_running_means columns_of(fixture *f, const double *y, double *mean,
                                   double *nu) {
  const size_t n = f->batch.classes;
  ys_column_means(&f->objective, y, &f->scratch);
  memcpy(mean, f->scratch.ybar, n * sizeof *mean);
  ys_objective_multipliers(&f->objective, mean, nu);
  return (ys_running_means){.objective = &f->objective,
                            .share = 1 / (double)f->batch.rows,
                            .mean = mean,
                            .nu = nu,
                            .labels = y};
}

static void scores_of(const fixture *f, size_t i, double *score) {
  for (size_t k = 0; k < f->batch.classes; k++) {
    score[k] = f->batch.sigma[i * f->batch.classes + k];
    if (f->objective.loss == YS_SHANNON)
      score[k] = log(score[k]);
  }
}

/* With two classes a row is one segment, and a step minimises F over it. */
START_TEST(two_classes_are_solved_exactly) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int round = 0; round < 300; round++) {
    fixture f;
    double mean[2], nu[2], score[2];
    size_t rows = 1 + gsl_rng_uniform_int(rng, 5);
    setup(&f, random_batch(rng, (row_kind)(round % ROW_KINDS), rows, 2), _i,
          pow(10, gsl_rng_uniform(rng) * 4 - 2), NULL);
    double *y = case_labels(&f, rng, FLAT);
    ys_running_means columns = columns_of(&f, y, mean, nu);
    size_t i = gsl_rng_uniform_int(rng, rows);
    scores_of(&f, i, score);
    ys_pairwise_row row = {score, y + 2 * i, 2, f.objective.loss == YS_SHANNON};
    ys_pairwise_improve(row, &columns);
    real value = reference_value(&f.objective, y);
    for (int part = 0; part <= 1000; part++) {
      real other = with_share(&f, y, i, part / 1000.0);
      ck_assert_msg(!(other < value - 1e-12L * (1 + f.objective.lambda)),
                    "round %d: %.17Lg at %d/1000, %.17Lg at %g", round, other,
                    part, value, row.y[1]);
    }
    free(y);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

/* A class of no use is worth -infinity, and so are several. */
START_TEST(best_of_no_use_is_no_use) {
  const double score[] = {1, 1, 1, 1, 1};
  const double nu[] = {-INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY};
  for (size_t n = 1; n <= 5; n++)
    ck_assert_double_eq(ys_pairwise_best(score, nu, 1, n), -INFINITY);
}
END_TEST

/* F falls by steps on a row of many classes, and the columns follow. */
START_TEST(rows_improve_and_columns_follow) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int round = 0; round < 300; round++) {
    fixture f;
    double mean[5], nu[5], score[5];
    setup(&f, random_batch(rng, (row_kind)(round % ROW_KINDS), 4, 5), _i,
          pow(10, gsl_rng_uniform(rng) * 4 - 2), NULL);
    double *y = case_labels(&f, rng, FLAT);
    ys_running_means columns = columns_of(&f, y, mean, nu);
    real before = reference_value(&f.objective, y);
    for (size_t i = 0; i < 4 && isfinite(before); i++) {
      scores_of(&f, i, score);
      ys_pairwise_row row = {score, y + 5 * i, 5,
                             f.objective.loss == YS_SHANNON};
      ys_pairwise_improve(row, &columns);
      real after = reference_value(&f.objective, y);
      ck_assert_double_le((double)(after - before),
                          1e-14 * (1 + f.objective.lambda));
      before = after;
    }
    ys_column_means(&f.objective, y, &f.scratch);
    for (size_t k = 0; k < 5 && isfinite(before); k++)
      assert_close(mean[k], f.scratch.ybar[k], 1e-15);
    free(y);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

/* ------------------------------------------------------- whole runs ---- */

static ys_verdict checked_step(solver_run *run, fixture *f, double *y,
                               double *last, ys_step *step) {
  *step = next_step(run, y);
  ys_verdict verdict = judge_run(run, f, y);
  ck_assert(*step == YS_STEP_ON || *step == YS_STEP_STALLED);
  ck_assert_msg(verdict.objective <= *last + 1e-13 * (1 + f->objective.lambda),
                "%.17g after %.17g", verdict.objective, *last);
  ck_assert_double_le(verdict.row_sum_error, 1e-14);
  ck_assert_double_ge(verdict.least_entry, 0);
  *last = verdict.objective;
  return verdict;
}

START_TEST(every_step_descends) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int pair = 0; pair < SERVED; pair++)
    for (int kind = 0; kind < ROW_KINDS; kind++)
      for (int power = -8; power <= 6; power += 2) {
        fixture f;
        solver_run run;
        ys_step step = YS_STEP_ON;
        setup(&f, random_batch(rng, (row_kind)kind, 25, 4), pair,
              pow(10, power), NULL);
        double *y = case_labels(&f, rng, FLAT);
        double last = ys_objective_value(&f.objective, y, &f.scratch);
        if (isfinite(last)) {
          ck_assert(begin_run(&run, specs[_i], &f.objective, y));
          for (int i = 0; i < 60 && step == YS_STEP_ON; i++)
            checked_step(&run, &f, y, &last, &step);
          end_run(&run);
        }
        free(y);
        teardown(&f);
      }
  gsl_rng_free(rng);
}
END_TEST

/* Run to a certified gap, from uniform labels. */
static ys_verdict solve(fixture *f, const char *spec, double gap, int most) {
  double *y = malloc(f->batch.rows * f->batch.classes * sizeof *y);
  ys_verdict verdict = {.gap = INFINITY};
  ys_step step = YS_STEP_ON;
  double last = INFINITY;
  solver_run run;
  ys_start_uniform(&f->objective, y);
  if (f->objective.loss == YS_SHANNON)
    avoid_zeros(&f->batch, y);
  ck_assert(begin_run(&run, spec, &f->objective, y));
  for (int i = 0; i < most && step == YS_STEP_ON && verdict.gap > gap; i++)
    verdict = checked_step(&run, f, y, &last, &step);
  end_run(&run);
  free(y);
  return verdict;
}

/* Every kind of batch. Fewer rows than classes make rows hold many classes,
 * which two at a time solve slowly; with shannon and strong fairness they may
 * leave no point of finite F. */
START_TEST(gaps_close) {
  static const size_t shapes[][2] = {{40, 2}, {60, 6}, {1, 2}, {1, 6}, {2, 5}};
  static const double lambdas[] = {0, 1e-3, 0.1, 1, 10, 100};
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int kind = 0; kind < ROW_KINDS; kind++)
    for (int shape = 0; shape < (_i == 2 ? 2 : 5); shape++)
      for (int l = 0; l < 6; l++) {
        fixture f;
        double prior[MOST_CLASSES];
        const double gap = (shape < 2 ? 1e-8 : 1e-6) * (1 + lambdas[l]);
        flat_row(rng, prior, shapes[shape][1]);
        setup(&f,
              random_batch(rng, (row_kind)kind, shapes[shape][0],
                           shapes[shape][1]),
              _i, lambdas[l], l % 2 ? prior : NULL);
        ys_verdict verdict = solve(&f, "fw", gap, 300);
        ck_assert_msg(verdict.gap <= gap, "kind %d, %zu x %zu, lambda %g: %g",
                      kind, f.batch.rows, f.batch.classes, lambdas[l],
                      verdict.gap);
        teardown(&f);
      }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(plain_sweeps_close_easy_gaps) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int round = 0; round < 20; round++) {
    fixture f;
    setup(&f, random_batch(rng, FLAT, 60, 4), 0, 1, NULL);
    ck_assert_double_le(solve(&f, specs[1], 1e-8, 2000).gap, 1e-8);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(planted_optima_are_found) {
  const char *problems[] = {"planted:M=400,K=5", "planted:M=300,K=20,seed=3"};
  for (int i = 0; i < 2; i++) {
    fixture f;
    ys_batch batch;
    ck_assert_int_eq(ys_problem_make(problems[i], 1, &batch, NULL), YS_OK);
    setup(&f, batch, 0, batch.planted_lambda, NULL);
    ys_verdict verdict = solve(&f, "fw", 1e-6, 200);
    double above = verdict.objective - batch.planted_optimum;
    ck_assert_double_le(verdict.gap, 1e-6);
    ck_assert(above >= -1e-13 && above <= verdict.gap);
    teardown(&f);
  }
}
END_TEST

/* However many corrections a row has been through: no step adds to the rounding
 * errors of the last. */
START_TEST(rows_do_not_drift) {
  static const char *const problems[] = {"planted:M=8,K=5", "planted:M=12,K=9"};
  for (size_t p = 0; p < sizeof problems / sizeof *problems; p++) {
    fixture f;
    ys_batch batch;
    solver_run run;
    ck_assert_int_eq(ys_problem_make(problems[p], 1, &batch, NULL), YS_OK);
    setup(&f, batch, 0, 100, NULL);
    double *y = malloc(batch.rows * batch.classes * sizeof *y);
    ys_start_uniform(&f.objective, y);
    ck_assert(begin_run(&run, "fw", &f.objective, y));
    ys_step step = YS_STEP_ON;
    for (int i = 0; i < 10000 && step == YS_STEP_ON; i++) {
      step = next_step(&run, y);
      if (i % 10 == 0)
        ck_assert_double_le(judge_run(&run, &f, y).row_sum_error, 5e-15);
    }
    end_run(&run);
    free(y);
    teardown(&f);
  }
}
END_TEST

/* What its own stop means: nothing is left to gain but rounding. */
START_TEST(stalls_at_the_optimum_alone) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int round = 0; round < 30; round++) {
    fixture f;
    solver_run run;
    ys_step step = YS_STEP_ON;
    double before[4 * 50];
    setup(&f, random_batch(rng, FLAT, 50, 4), 0, round % 2 ? 5 : 0, NULL);
    double *y = random_labels(rng, FLAT, 50, 4);
    ck_assert(begin_run(&run, "fw", &f.objective, y));
    for (int i = 0; i < 500 && step == YS_STEP_ON; i++) {
      memcpy(before, y, sizeof before);
      step = next_step(&run, y);
    }
    if (step == YS_STEP_STALLED) {
      ck_assert_mem_eq(y, before, sizeof before);
      ck_assert_double_le(judge_run(&run, &f, y).gap, 1e-13);
    } else
      ck_assert_double_le(judge_run(&run, &f, y).gap, 1e-12);
    end_run(&run);
    free(y);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(threads_do_not_change_a_bit) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const size_t rows = 6000, classes = 7,
               bytes = rows * classes * sizeof(double);
  double *results[3];
  fixture f;
  setup(&f, random_batch(rng, FLAT, rows, classes), _i, 10, NULL);
  for (int t = 0; t < 3; t++) {
    solver_run run;
    f.objective.threads = t + 1;
    results[t] = malloc(bytes);
    ys_start_uniform(&f.objective, results[t]);
    ck_assert(begin_run(&run, "fw", &f.objective, results[t]));
    for (int i = 0; i < 4; i++)
      next_step(&run, results[t]);
    end_run(&run);
    ck_assert_mem_eq(results[t], results[0], bytes);
  }
  for (int t = 0; t < 3; t++)
    free(results[t]);
  teardown(&f);
  gsl_rng_free(rng);
}
END_TEST

/* Wanted from the third question on. */
static bool third_question(void *context) {
  return ++*(int *)context > 2;
}

/* A stop inside the first sweep leaves rows unvisited, and what there is whole.
 */
START_TEST(a_stop_inside_a_step_is_heeded) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  int questions = 0;
  const ys_stop stop = {third_question, &questions};
  size_t waiting = 0;
  fixture f;
  solver_run run;
  setup(&f, random_batch(rng, FLAT, 5000, 4), _i, 1, NULL);
  double *y = malloc(5000 * 4 * sizeof *y);
  ys_start_uniform(&f.objective, y);
  double before = ys_objective_value(&f.objective, y, &f.scratch);
  ck_assert(begin_run(&run, "fw", &f.objective, y));
  run.solver->heed(run.work, &stop);
  ck_assert_int_eq(next_step(&run, y), YS_STEP_ON);
  for (size_t i = 0; i < 5000; i++)
    waiting += y[4 * i] == 0.25;
  ck_assert_uint_ge(waiting, 3000);
  ck_assert_uint_lt(waiting, 5000);
  ys_verdict verdict = judge_run(&run, &f, y);
  ck_assert_double_lt(verdict.objective, before);
  ck_assert_double_le(verdict.row_sum_error, 1e-14);
  end_run(&run);
  free(y);
  teardown(&f);
  gsl_rng_free(rng);
}
END_TEST

/* As exact asks for it: rows between two classes wait for the corrections, but
 * not those that hold more, as all do at the start, or want another class. */
START_TEST(corrections_come_first) {
  enum { ROWS = 200, CLASSES = 8, MOST_STEPS = 30 };
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int kind = 0; kind < ROW_KINDS; kind++) {
    fixture f;
    solver_run run;
    double gap = INFINITY;
    setup(&f, random_batch(rng, (row_kind)kind, ROWS, CLASSES), 0, 3, NULL);
    double *y = malloc(sizeof(double[ROWS][CLASSES]));
    ys_start_uniform(&f.objective, y);
    ck_assert(begin_run(&run, "fw", &f.objective, y));
    ys_fw_correct_first(run.work);
    for (int i = 0; i < MOST_STEPS && gap > 1e-9; i++) {
      next_step(&run, y);
      gap = judge_run(&run, &f, y).gap;
    }
    ck_assert_msg(gap <= 1e-9, "kind %d: %g", kind, gap);
    end_run(&run);
    free(y);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

/* ---------------------------------------------------------- serving ---- */

START_TEST(reverse_is_refused) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int pair = 0; pair < PAIRS; pair++) {
    fixture f;
    solver_run run;
    setup(&f, random_batch(rng, FLAT, 3, 3), pair, 1, NULL);
    double *y = random_labels(rng, FLAT, 3, 3);
    bool served = begin_run(&run, "fw", &f.objective, y);
    ck_assert(served == (pair < SERVED));
    if (served)
      end_run(&run);
    else
      ck_assert_ptr_nonnull(strstr(run.error.text, "reverse"));
    free(y);
    teardown(&f);
  }
  ys_solver_find("fw", 2)->free(NULL);
  gsl_rng_free(rng);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("fw");
  TCase *rows = tcase_create("rows"), *runs = tcase_create("runs");
  tcase_add_loop_test(rows, two_classes_are_solved_exactly, 0, SERVED);
  tcase_add_test(rows, best_of_no_use_is_no_use);
  tcase_add_loop_test(rows, rows_improve_and_columns_follow, 0, SERVED);
  tcase_add_loop_test(runs, every_step_descends, 0, SPECS);
  tcase_add_loop_test(runs, gaps_close, 0, SERVED);
  tcase_add_test(runs, plain_sweeps_close_easy_gaps);
  tcase_add_test(runs, planted_optima_are_found);
  tcase_add_test(runs, rows_do_not_drift);
  tcase_add_test(runs, stalls_at_the_optimum_alone);
  tcase_add_loop_test(runs, threads_do_not_change_a_bit, 0, SERVED);
  tcase_add_loop_test(runs, a_stop_inside_a_step_is_heeded, 0, SERVED);
  tcase_add_test(runs, corrections_come_first);
  tcase_add_test(runs, reverse_is_refused);
  suite_add_tcase(suite, rows);
  suite_add_tcase(suite, runs);
  return run_suite(suite);
}
