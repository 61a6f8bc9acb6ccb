/* The certificate at and near optima that are known: two classes solved by
 * brute force in long double, and long runs of EM. */
#include "problems/certificate.h"
#include "tests/support/dense.h"
#include "tests/support/em_run.h"

/* ------------------------------------- two classes, solved by brute force ----
 *
 * F* = min over the mean z of class 0 of  L(z) + lambda fairness(z), with L(z)
 * the least mean loss of labels of that mean: a multiplier theta ties the rows,
 * each row's y_0 rises with theta, and rows that jump share what is left. */

static double two_class_label(ys_loss loss, const double *sigma, real theta) {
  real a = sigma[0], b = sigma[1], low = 0, high = 1;
  if (loss == YS_SHANNON)
    return logl(a) + theta > logl(b);
  for (int i = 0; i < 70; i++) { /* bisect the derivative of the row's value */
    real y = (low + high) / 2, slope;
    slope = loss == YS_COLLISION ? (b - a) / (a * y + b * (1 - y))
                                 : (b > 0 ? b / (1 - y) : 0) - a / y;
    *(slope - theta > 0 ? &high : &low) = y;
  }
  return (double)((low + high) / 2);
}

static void two_class_labels(const ys_objective *f, real theta, double *y) {
  for (size_t i = 0; i < f->batch->rows; i++) {
    y[2 * i] = two_class_label(f->loss, f->batch->sigma + 2 * i, theta);
    y[2 * i + 1] = 1 - y[2 * i];
  }
}

static real mean_label(const ys_objective *f, const double *y) {
  real mean[MOST_CLASSES] = {0};
  reference_means(f, y, mean);
  return mean[0];
}

/* Minus the best value at mean z of class 0. */
static real two_class_value(real z, const void *context) {
  const ys_objective *f = context;
  const size_t rows = f->batch->rows;
  double below[64], above[64], y[64];
  real low = -1e4, high = 1e4;
  for (int i = 0; i < 90; i++) {
    real theta = (low + high) / 2;
    two_class_labels(f, theta, y);
    *(mean_label(f, y) < z ? &low : &high) = theta;
  }
  two_class_labels(f, low, below);
  two_class_labels(f, high, above);
  real from = mean_label(f, below), to = mean_label(f, above);
  real share = to > from ? (z - from) / (to - from) : 0;
  for (size_t e = 0; e < 2 * rows; e++)
    y[e] = (double)fminl(
        1, fmaxl(0, below[e] + share * ((real)above[e] - below[e])));
  return -reference_value(f, y);
}

START_TEST(no_bound_is_above_the_optimum_of_two_classes) {
  const row_kind kinds[] = {FLAT, REPEATED, PEAKED, FLAT};
  const double lambdas[] = {0.05, 1, 20};
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int round = 0; round < 6; round++) {
    fixture f;
    double prior[2], best = -INFINITY;
    flat_row(rng, prior, 2);
    setup(&f, random_batch(rng, kinds[round % 4], 1 + (size_t)round, 2), _i,
          lambdas[round % 3], prior);
    if (f.objective.loss == YS_SHANNON) /* a finite loss for every label */
      for (size_t i = 0; i < f.batch.rows; i++) {
        double a = fmin(fmax(f.batch.sigma[2 * i], 1e-9), 1 - 1e-9);
        f.batch.sigma[2 * i] = a;
        f.batch.sigma[2 * i + 1] = 1 - a;
      }
    double optimum = -(double)greatest(two_class_value, &f.objective, 0, 1);
    double allowance = 1e-11 * (1 + f.objective.lambda);
    /* Strong duality: some multipliers reach it. */
    for (int a = -60; a <= 60; a++)
      for (int b = -60; b <= 60; b++) {
        double nu[] = {pow(1.15, a), pow(1.15, b)};
        if (f.objective.fairness == YS_WEAK) {
          nu[0] = a / 10.;
          nu[1] = b == 0 ? 0 : nu[1];
        }
        best = fmax(best, ys_lower_bound(&f.objective, nu, &f.scratch));
      }
    ck_assert_double_le(best, optimum + allowance);
    ck_assert_double_ge(best, optimum - 0.05 * (1 + f.objective.lambda));
    for (int point = 0; point < 200; point++) {
      double *y = case_labels(&f, rng, (row_kind)(point % ROW_KINDS));
      ys_verdict verdict = judge_dense(&f.objective, y, NULL, &f.scratch);
      ck_assert_double_ge(verdict.objective, optimum - allowance);
      ck_assert_double_le(verdict.lower_bound, optimum + allowance);
      free(y);
    }
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

/* ----------------------------------------------- at and near optima ---- */

/* Run EM from uniform labels; y is to be freed. */
static double *iterate(const fixture *f, int iterations) {
  double *y = malloc(f->batch.rows * f->batch.classes * sizeof *y);
  ck_assert_ptr_nonnull(y);
  ys_start_uniform(&f->objective, y);
  em_run run = start(f, y);
  for (int i = 0; i < iterations; i++)
    step(&run, y);
  finish(&run);
  return y;
}

START_TEST(gap_closes_at_the_optimum) {
  const ys_loss losses[] = {YS_COLLISION, YS_REVERSE};
  const double lambdas[] = {0, 0.1, 1, 10};
  const row_kind kinds[] = {FLAT, REPEATED, PEAKED, MIXED, ZEROS, ONE_HOT};
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (size_t l = 0; l < 4; l++)
    for (size_t kind = 0; kind < 6; kind++) {
      fixture f;
      setup(&f, random_batch(rng, kinds[kind], 12, 4),
            (int)losses[_i] * YS_FAIRNESSES, lambdas[l], NULL);
      double *rough = iterate(&f, 3), *y = iterate(&f, 20000);
      ys_verdict first = judge_dense(&f.objective, rough, NULL, &f.scratch);
      double bound = ys_lower_bound(&f.objective, f.scratch.nu, &f.scratch);
      ys_verdict last = judge_dense(&f.objective, y, NULL, &f.scratch);
      /* EM closes in slowly where classes tie, as they do in small fractions */
      ck_assert_msg(last.gap < (kinds[kind] == FLAT ? 1e-9 : 1e-3),
                    "lambda %g, kind %d: gap %g", lambdas[l], kinds[kind],
                    last.gap);
      ck_assert_double_ge(first.gap, first.objective - last.objective);
      ck_assert_double_le(bound, last.objective);
      free(rough);
      free(y);
      teardown(&f);
    }
  gsl_rng_free(rng);
}
END_TEST

/* ------------------------------------------------------------ hints ---- */

START_TEST(a_good_hint_tightens_the_gap) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  fixture f;
  double nu[4];
  setup(&f, random_batch(rng, FLAT, 20, 4), 0, 1, NULL);
  double *rough = iterate(&f, 5), *y = iterate(&f, 5000);
  judge_dense(&f.objective, y, NULL, &f.scratch);
  memcpy(nu, f.scratch.nu, sizeof nu);
  double optimum = ys_objective_value(&f.objective, y, &f.scratch);
  ys_verdict plain = judge_dense(&f.objective, rough, NULL, &f.scratch);
  ys_verdict hinted = judge_dense(&f.objective, rough, nu, &f.scratch);
  ck_assert_double_lt(hinted.gap, 0.99 * plain.gap);
  ck_assert_double_ge(hinted.gap, hinted.objective - optimum);
  assert_close(hinted.gap, hinted.objective - optimum, 1e-9);
  ck_assert_double_eq(hinted.objective, plain.objective);
  ck_assert_double_eq(hinted.lower_bound, hinted.objective - hinted.gap);
  free(rough);
  free(y);
  teardown(&f);
  gsl_rng_free(rng);
}
END_TEST

START_TEST(a_bad_hint_changes_nothing) {
  const double bad[] = {0, -1, NAN, INFINITY, 1e-200, 1e200, -INFINITY};
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int lambda = 0; lambda < 2; lambda++)
    for (size_t h = 0; h < sizeof bad / sizeof *bad; h++) {
      fixture f;
      double hint[] = {1, bad[h], 1};
      setup(&f, random_batch(rng, FLAT, 9, 3), 0, lambda, NULL);
      double *y = iterate(&f, 30);
      ys_verdict plain = judge_dense(&f.objective, y, NULL, &f.scratch);
      ys_verdict hinted = judge_dense(&f.objective, y, hint, &f.scratch);
      ck_assert_mem_eq(&plain, &hinted, sizeof plain);
      free(y);
      teardown(&f);
    }
  gsl_rng_free(rng);
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("optimum");
  TCase *two_classes = tcase_create("two classes");
  tcase_add_loop_test(two_classes, no_bound_is_above_the_optimum_of_two_classes,
                      0, PAIRS);
  suite_add_tcase(s, two_classes);
  TCase *long_runs = tcase_create("long runs");
  tcase_add_loop_test(long_runs, gap_closes_at_the_optimum, 0, 2);
  tcase_add_test(long_runs, a_good_hint_tightens_the_gap);
  tcase_add_test(long_runs, a_bad_hint_changes_nothing);
  suite_add_tcase(s, long_runs);
  return s;
}

int main(void) {
  return run_suite(suite());
}
