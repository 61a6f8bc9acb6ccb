/* Charts of the simplex: labels from any point, there and back, and slopes
 * against differences of the objective. */
#include "problems/certificate.h"
#include "tests/support/fixture.h"

#include "solvers/rivals/charts.h"
#include "tests/support/dense.h"

enum { CHARTS = 3, ROWS = 7, CLASSES = 4, SIZE = ROWS * CLASSES };

static void make_case(fixture *f, gsl_rng *rng, int pair, row_kind kind) {
  setup(f, random_batch(rng, kind, ROWS, CLASSES), pair, 1.3, NULL);
}

/* Wild for softmax, of both signs for squares, not below 0 for ratio. */
static void random_point(gsl_rng *rng, ys_chart chart, double *v) {
  const double scale = chart == YS_SOFTMAX ? 2000 : 2;
  for (size_t i = 0; i < SIZE; i++)
    v[i] = scale * (gsl_rng_uniform(rng) - (chart == YS_RATIO ? 0 : 0.5));
}

START_TEST(every_point_gives_labels) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int round = 0; round < 20 * PAIRS * CHARTS; round++) {
    const ys_chart chart = (ys_chart)(round % CHARTS);
    double v[SIZE], y[SIZE];
    fixture f;
    make_case(&f, rng, round / CHARTS % PAIRS, FLAT);
    random_point(rng, chart, v);
    ys_chart_labels(&f.objective, chart, v, y);
    ys_verdict verdict = judge_dense(&f.objective, y, NULL, &f.scratch);
    ck_assert_double_le(verdict.row_sum_error, 1e-12);
    ck_assert_double_ge(verdict.least_entry, 0);
    ck_assert(isfinite(verdict.objective));
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

/* But for exact zeros, which may become 1e-12. */
START_TEST(inverse_is_the_way_back) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int chart = 0; chart < CHARTS; chart++)
    for (int kind = 0; kind < ROW_KINDS; kind++) {
      double v[SIZE], back[SIZE];
      fixture f;
      make_case(&f, rng, 0, FLAT);
      double *y = random_labels(rng, (row_kind)kind, ROWS, CLASSES);
      ys_chart_inverse(&f.objective, (ys_chart)chart, y, v);
      ys_chart_labels(&f.objective, (ys_chart)chart, v, back);
      for (size_t i = 0; i < SIZE; i++)
        assert_close(back[i], y[i], 5e-12);
      ck_assert(chart == YS_RATIO || v[0] != 0 || y[0] == 1);
      free(y);
      teardown(&f);
    }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(infinite_losses_stay_at_zero) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int round = 0; round < 10 * CHARTS; round++) {
    const ys_chart chart = (ys_chart)(round % CHARTS);
    double v[SIZE], y[SIZE], slope[SIZE];
    fixture f;
    make_case(&f, rng, YS_SHANNON * YS_FAIRNESSES, ZEROS);
    random_point(rng, chart, v);
    ys_chart_labels(&f.objective, chart, v, y);
    ys_objective_gradient(&f.objective, y, slope, &f.scratch);
    ys_chart_slope(&f.objective, chart, v, y, slope);
    for (size_t i = 0; i < SIZE; i++)
      if (f.batch.sigma[i] == 0) {
        ck_assert_double_eq(y[i], 0);
        ck_assert_double_eq(slope[i], 0);
      }
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

/* M F as a function of v. */
static double value_at(fixture *f, ys_chart chart, const double *v) {
  double y[SIZE];
  ys_chart_labels(&f->objective, chart, v, y);
  return ROWS * ys_objective_value(&f->objective, y, &f->scratch);
}

START_TEST(slopes_are_the_objectives) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const double h = 1e-6;
  for (int round = 0; round < 4 * PAIRS * CHARTS; round++) {
    const ys_chart chart = (ys_chart)(round % CHARTS);
    double v[SIZE], y[SIZE], slope[SIZE];
    fixture f;
    make_case(&f, rng, round / CHARTS % PAIRS, FLAT);
    for (size_t i = 0; i < SIZE; i++)
      v[i] = 0.3 + gsl_rng_uniform(rng);
    ys_chart_labels(&f.objective, chart, v, y);
    ys_objective_gradient(&f.objective, y, slope, &f.scratch);
    ys_chart_slope(&f.objective, chart, v, y, slope);
    for (size_t i = 0; i < SIZE; i++) {
      double at = v[i], sides[2];
      for (int side = 0; side < 2; side++) {
        v[i] = side ? at + h : at - h;
        sides[side] = value_at(&f, chart, v);
      }
      v[i] = at;
      assert_close(slope[i], (sides[1] - sides[0]) / (2 * h), 1e-7);
    }
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

/* A wrong vertex, where the price of each chart shows: under ratio alone does
 * the better class have a slope to speak of. */
START_TEST(only_ratio_leaves_a_wrong_vertex) {
  double sigma[4] = {0.1, 0.9, 0.9, 0.1}, prior[2] = {0.5, 0.5};
  const ys_batch batch = {.rows = 2, .classes = 2, .sigma = sigma};
  const ys_objective objective = {&batch, YS_COLLISION, YS_STRONG, 1, prior, 1};
  const double y[4] = {1 - 1e-9, 1e-9, 1e-9, 1 - 1e-9};
  ys_scratch scratch;
  ck_assert_int_eq(ys_scratch_init(&scratch, &objective, NULL), YS_OK);
  for (int chart = 0; chart < CHARTS; chart++) {
    double v[4], slope[4];
    ys_chart_inverse(&objective, (ys_chart)chart, y, v);
    ys_objective_gradient(&objective, y, slope, &scratch);
    ys_chart_slope(&objective, (ys_chart)chart, v, y, slope);
    ck_assert(slope[1] < 0);
    ck_assert((slope[1] < -1) == (chart == YS_RATIO));
  }
  ys_scratch_free(&scratch);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("charts");
  TCase *tests = tcase_create("charts");
  tcase_add_test(tests, every_point_gives_labels);
  tcase_add_test(tests, inverse_is_the_way_back);
  tcase_add_test(tests, infinite_losses_stay_at_zero);
  tcase_add_test(tests, slopes_are_the_objectives);
  tcase_add_test(tests, only_ratio_leaves_a_wrong_vertex);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
