/* The objective: values and gradients against long-double references and finite
 * differences, and the same bits on any number of threads. */
#include "problems/certificate.h"
#include "tests/support/dense.h"
#include "tests/support/fixture.h"

static void start(labelled *f, gsl_rng *rng, int pair, row_kind sigma_kind,
                  row_kind y_kind) {
  random_case(&f->at, rng, pair, sigma_kind);
  add_labels(f, case_labels(&f->at, rng, y_kind));
}

/* -------------------------------------------------- value, gradient ---- */

START_TEST(value_matches_the_definition) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int round = 0; round < 400; round++)
    for (int kind = 0; kind < ROW_KINDS; kind++) {
      labelled f;
      start(&f, rng, _i, (row_kind)kind, MIXED);
      double value = ys_objective_value(&f.at.objective, f.y, &f.at.scratch);
      real expected = reference_value(&f.at.objective, f.y);
      if (isfinite(expected))
        assert_close(value / (1 + f.at.objective.lambda),
                     (double)(expected / (1 + f.at.objective.lambda)), 1e-14);
      else
        ck_assert_double_eq(value, INFINITY);
      drop_labelled(&f);
    }
  gsl_rng_free(rng);
}
END_TEST

/* M dF/dy_ik in long double, and the sizes of its terms together: they are
 * rounded, and may cancel. */
typedef struct gradient_entry {
  real value, terms;
} gradient_entry;

static gradient_entry reference_gradient(const labelled *f, size_t i,
                                         size_t k) {
  const size_t n = f->at.batch.classes;
  const double *sigma = f->at.batch.sigma + i * n, *y = f->y + i * n;
  real mean[MOST_CLASSES], x = 0, loss, fairness, terms;
  reference_means(&f->at.objective, f->y, mean);
  for (size_t j = 0; j < n; j++)
    x += (real)sigma[j] * y[j];
  const real u = f->at.objective.prior[k], lambda = f->at.objective.lambda;
  if (f->at.objective.fairness == YS_STRONG) {
    fairness = -lambda * u / mean[k];
    terms = -fairness;
  } else { /* the logarithm of a ratio near 1 is known to lambda * eps */
    fairness = lambda * (logl(mean[k] / u) + 1);
    terms = lambda * (fabsl(logl(mean[k] / u)) + 1);
  }
  if (f->at.objective.loss == YS_COLLISION)
    loss = -sigma[k] / x;
  else if (f->at.objective.loss == YS_SHANNON)
    loss = -logl(sigma[k]);
  else
    loss = sigma[k] > 0 ? -sigma[k] / (real)y[k] : 0;
  return (gradient_entry){fairness + loss, terms + fabsl(loss)};
}

START_TEST(gradient_matches_the_formula) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int round = 0; round < 200; round++)
    for (int kind = 0; kind <= EXTREME; kind++) {
      labelled f;
      start(&f, rng, _i, (row_kind)kind, round % 2 ? FLAT : PEAKED);
      const size_t n = f.at.batch.classes;
      double value = ys_objective_value(&f.at.objective, f.y, &f.at.scratch);
      double same = ys_objective_gradient(&f.at.objective, f.y, f.gradient,
                                          &f.at.scratch);
      ck_assert_double_eq(value, same);
      for (size_t e = 0; e < f.at.batch.rows * n; e++) {
        gradient_entry expected = reference_gradient(&f, e / n, e % n);
        ck_assert_double_le(fabs(f.gradient[e] - (double)expected.value),
                            4e-15 * (double)expected.terms);
      }
      drop_labelled(&f);
    }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(gradient_matches_finite_differences) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int round = 0; round < 60; round++) {
    labelled f;
    start(&f, rng, _i, round % 2 ? FLAT : ZEROS, FLAT);
    const size_t n = f.at.batch.classes;
    double value =
        ys_objective_gradient(&f.at.objective, f.y, f.gradient, &f.at.scratch);
    for (size_t e = 0; isfinite(value) && e < f.at.batch.rows * n; e++) {
      double y = f.y[e], step = 1e-4 * y;
      f.y[e] = y + step;
      real above = reference_value(&f.at.objective, f.y);
      double higher = f.y[e];
      f.y[e] = y - step;
      real below = reference_value(&f.at.objective, f.y);
      real slope = (above - below) / ((real)higher - f.y[e]);
      f.y[e] = y;
      if (y > 0)
        assert_close(f.gradient[e], (double)(slope * (real)f.at.batch.rows),
                     1e-7);
    }
    drop_labelled(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(an_evaluation_leaves_the_column_means) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int pair = 0; pair < PAIRS; pair++) {
    labelled f;
    real mean[MOST_CLASSES];
    start(&f, rng, pair, FLAT, FLAT);
    reference_means(&f.at.objective, f.y, mean);
    ys_objective_value(&f.at.objective, f.y, &f.at.scratch);
    for (size_t k = 0; k < f.at.batch.classes; k++) {
      assert_close(f.at.scratch.ybar[k], (double)mean[k], 1e-15);
      f.at.scratch.ybar[k] = -1;
    }
    ys_column_means(&f.at.objective, f.y, &f.at.scratch);
    for (size_t k = 0; k < f.at.batch.classes; k++)
      assert_close(f.at.scratch.ybar[k], (double)mean[k], 1e-15);
    drop_labelled(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

/* Long plain sums of like terms drift, all to the same side. */
START_TEST(column_means_of_many_rows_are_accurate) {
  const double row[] = {0.1, 0.7, 0.2};
  const size_t rows = 1000000, classes = 3;
  labelled f;
  ys_batch batch;
  ys_batch_alloc(&batch, "test", rows, classes, NULL);
  double *y = malloc(rows * classes * sizeof *y);
  for (size_t e = 0; e < rows * classes; e++)
    batch.sigma[e] = y[e] = row[e % classes];
  setup(&f.at, batch, 0, 1, NULL);
  add_labels(&f, y);
  ys_column_means(&f.at.objective, y, &f.at.scratch);
  for (size_t k = 0; k < classes; k++)
    assert_close(f.at.scratch.ybar[k], row[k], 2e-15);
  drop_labelled(&f);
}
END_TEST

/* ---------------------------------------------------------- threads ---- */

START_TEST(threads_do_not_change_a_bit) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const size_t rows = 3001, classes = 7, entries = rows * classes;
  labelled f;
  setup(&f.at, random_batch(rng, FLAT, rows, classes), _i, 1, NULL);
  add_labels(&f, random_labels(rng, FLAT, rows, classes));
  ck_assert_uint_gt(f.at.scratch.blocks.count, 4);
  double *first = malloc(entries * sizeof *first);
  double value =
      ys_objective_gradient(&f.at.objective, f.y, first, &f.at.scratch);
  ys_verdict verdict = judge_dense(&f.at.objective, f.y, NULL, &f.at.scratch);
  double bound =
      ys_lower_bound(&f.at.objective, f.at.objective.prior, &f.at.scratch);
  for (int threads = 2; threads <= 5; threads++) {
    f.at.objective.threads = threads;
    ys_scratch_free(&f.at.scratch);
    ck_assert_int_eq(ys_scratch_init(&f.at.scratch, &f.at.objective, NULL),
                     YS_OK);
    ck_assert_int_eq(ys_scratch_threads(&f.at.scratch, &f.at.objective),
                     threads);
    double again =
        ys_objective_gradient(&f.at.objective, f.y, f.gradient, &f.at.scratch);
    ck_assert_double_eq(again, value);
    ck_assert_mem_eq(f.gradient, first, entries * sizeof *first);
    ys_verdict other = judge_dense(&f.at.objective, f.y, NULL, &f.at.scratch);
    ck_assert_mem_eq(&other, &verdict, sizeof verdict);
    ck_assert_double_eq(
        ys_lower_bound(&f.at.objective, f.at.objective.prior, &f.at.scratch),
        bound);
  }
  free(first);
  drop_labelled(&f);
  gsl_rng_free(rng);
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("objective");
  TCase *values = tcase_create("values");
  tcase_add_loop_test(values, value_matches_the_definition, 0, PAIRS);
  tcase_add_loop_test(values, gradient_matches_the_formula, 0, PAIRS);
  tcase_add_loop_test(values, gradient_matches_finite_differences, 0, PAIRS);
  tcase_add_test(values, an_evaluation_leaves_the_column_means);
  tcase_add_test(values, column_means_of_many_rows_are_accurate);
  tcase_add_loop_test(values, threads_do_not_change_a_bit, 0, PAIRS);
  suite_add_tcase(s, values);
  return s;
}

int main(void) {
  return run_suite(suite());
}
