/* Whole runs of the paper's EM: monotone descent, fixed points, what it serves.
 * The M step has a suite of its own. */
#include "problems/certificate.h"
#include "tests/support/dense.h"
#include "tests/support/em_run.h"
#include "tests/support/solver_run.h"

/* ------------------------------------------------------- whole runs ---- */

START_TEST(every_step_descends) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const int pair = (_i ? YS_REVERSE : YS_COLLISION) * YS_FAIRNESSES;
  for (int kind = 0; kind < ROW_KINDS; kind++)
    for (int power = -10; power <= 6; power += 2) {
      fixture f;
      setup(&f, random_batch(rng, (row_kind)kind, 15, 4), pair, pow(10, power),
            NULL);
      double *y = random_labels(rng, FLAT, 15, 4);
      double last = ys_objective_value(&f.objective, y, &f.scratch);
      em_run run = start(&f, y);
      for (int sweep = 0; sweep < 200; sweep++) {
        step(&run, y);
        ys_verdict verdict = judge_dense(&f.objective, y, NULL, &f.scratch);
        ck_assert_msg(verdict.objective <=
                          last + 1e-14 * (1 + f.objective.lambda),
                      "kind %d, lambda 1e%d, sweep %d: %.17g after %.17g", kind,
                      power, sweep, verdict.objective, last);
        ck_assert_double_le(verdict.row_sum_error, 1e-14);
        ck_assert_double_ge(verdict.least_entry, 0);
        last = verdict.objective;
      }
      finish(&run);
      free(y);
      teardown(&f);
    }
  gsl_rng_free(rng);
}
END_TEST

/* A fixed point has a small certificate, and the other way round. */
START_TEST(fixed_points_are_optima) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const int pair = (_i ? YS_REVERSE : YS_COLLISION) * YS_FAIRNESSES;
  for (int round = 0; round < 5; round++) {
    fixture f;
    double before[80], change = 0;
    setup(&f, random_batch(rng, FLAT, 20, 4), pair, 1, NULL);
    double *y = random_labels(rng, FLAT, 20, 4);
    em_run run = start(&f, y);
    for (int sweep = 0; sweep < 30000; sweep++)
      step(&run, y);
    memcpy(before, y, sizeof before);
    step(&run, y);
    for (size_t e = 0; e < 80; e++)
      change = fmax(change, fabs(y[e] - before[e]));
    ck_assert_double_le(change, 1e-11);
    ck_assert_double_le(judge_dense(&f.objective, y, NULL, &f.scratch).gap,
                        1e-9);
    finish(&run);
    free(y);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(without_fairness_one_step_is_exact) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const int pair = (_i ? YS_REVERSE : YS_COLLISION) * YS_FAIRNESSES;
  for (int kind = 0; kind < ROW_KINDS; kind++) {
    fixture f;
    setup(&f, random_batch(rng, (row_kind)kind, 9, 4), pair, 0, NULL);
    double *y = random_labels(rng, FLAT, 9, 4);
    em_run run = start(&f, y);
    step(&run, y);
    finish(&run);
    for (size_t i = 0; i < 9; i++) {
      double top = 0;
      const double *sigma = f.batch.sigma + 4 * i;
      for (size_t k = 0; k < 4; k++)
        top = fmax(top, sigma[k]);
      for (size_t k = 0; k < 4; k++)
        if (_i)
          ck_assert_double_eq(y[4 * i + k], sigma[k]);
        else
          ck_assert(y[4 * i + k] == 0 ||
                    (y[4 * i + k] == 1 && sigma[k] == top));
    }
    ck_assert_double_le(judge_dense(&f.objective, y, NULL, &f.scratch).gap,
                        3e-14);
    free(y);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(threads_do_not_change_a_bit) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const size_t rows = 2500, classes = 8,
               bytes = rows * classes * sizeof(double);
  const int pair = (_i ? YS_REVERSE : YS_COLLISION) * YS_FAIRNESSES;
  fixture f;
  setup(&f, random_batch(rng, FLAT, rows, classes), pair, 1, NULL);
  double *results[3];
  for (int t = 0; t < 3; t++) {
    f.objective.threads = t + 1;
    results[t] = malloc(bytes);
    ys_start_uniform(&f.objective, results[t]);
    em_run run = start(&f, results[t]);
    for (int sweep = 0; sweep < 10; sweep++)
      step(&run, results[t]);
    finish(&run);
    ck_assert_mem_eq(results[t], results[0], bytes);
  }
  for (int t = 0; t < 3; t++)
    free(results[t]);
  teardown(&f);
  gsl_rng_free(rng);
}
END_TEST

/* ---------------------------------------------------------- serving ---- */

/* A zero stays one: y comes to rest short of the optimum, and it is said why.
 * Row i starts with class i % 3 alone or, for reverse, only the first row with
 * class 0, which the predictions of the others lack, too. */
START_TEST(zeros_of_the_start_are_named) {
  static const char *const specs[] = {"em", "em:accel=squarem",
                                      "em:accel=anderson"};
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int round = 0; round < 12; round++) {
    fixture f;
    solver_run run;
    ys_step last = YS_STEP_ON;
    const int pair = round % 2 ? YS_REVERSE * YS_FAIRNESSES : 0;
    double *y = random_labels(rng, FLAT, 12, 3);
    setup(&f, random_batch(rng, FLAT, 12, 3), pair, 10, NULL);
    for (size_t e = 0; e < 36; e++)
      y[e] = !pair ? e % 3 == e / 3 % 3 : e < 3 ? e == 0 : (e % 3 > 0) / 2.0;
    if (pair)
      memcpy(f.batch.sigma, y, 36 * sizeof *y);
    ck_assert(begin_run(&run, specs[round % 3], &f.objective, y));
    for (int i = 0; i < 20000 && last == YS_STEP_ON; i++)
      last = next_step(&run, y);
    ck_assert_int_eq(last, YS_STEP_STALLED);
    ck_assert_ptr_nonnull(strstr(run.error.text, "zeros"));
    ck_assert_double_gt(judge_run(&run, &f, y).gap, 1e-6);
    end_run(&run);
    free(y);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(unserved_pairs_are_told_apart) {
  const ys_solver *em = ys_solver_find("em", 2);
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int pair = 0; pair < PAIRS; pair++) {
    fixture f;
    ys_options options;
    ys_error why = {0};
    setup(&f, random_batch(rng, FLAT, 3, 3), pair, 1, NULL);
    ys_options_parse("em", em->options, NULL, &options, NULL);
    bool serves =
        f.objective.fairness == YS_STRONG && f.objective.loss != YS_SHANNON;
    ck_assert_int_eq(em->supports(&f.objective, &options, &why),
                     serves ? YS_OK : YS_UNSUPPORTED);
    if (!serves) {
      ck_assert_ptr_nonnull(strstr(why.text, ys_loss_name(f.objective.loss)));
      ck_assert_ptr_nonnull(
          strstr(why.text, ys_fairness_name(f.objective.fairness)));
      ck_assert_int_eq(why.code, YS_UNSUPPORTED);
    }
    ys_options_free(&options);
    teardown(&f);
  }
  em->free(NULL);
  gsl_rng_free(rng);
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("em");
  TCase *runs = tcase_create("runs");
  tcase_add_loop_test(runs, every_step_descends, 0, 2);
  tcase_add_loop_test(runs, fixed_points_are_optima, 0, 2);
  tcase_add_loop_test(runs, without_fairness_one_step_is_exact, 0, 2);
  tcase_add_loop_test(runs, threads_do_not_change_a_bit, 0, 2);
  tcase_add_test(runs, zeros_of_the_start_are_named);
  tcase_add_test(runs, unserved_pairs_are_told_apart);
  suite_add_tcase(s, runs);
  return s;
}

int main(void) {
  return run_suite(suite());
}
