/* bench/analysis/curve.c, solver_styles.c: what a convergence figure draws of a
 * solver, and the name it draws beside it. */
#include "bench/analysis/curve.h"
#include "bench/analysis/solver_styles.h"
#include "bench/figures/plot.h"
#include "tests/support/testing.h"

#include <string.h>

static ys_error error;

enum { MOST_RUNS = 8, MOST_POINTS = 40 };

/* Random traces whose gaps fall on the whole, go up now and then, and may be
 * infinite or zero. */
typedef struct random_runs {
  trace_point points[MOST_RUNS][MOST_POINTS];
  result_row rows[MOST_RUNS];
  const result_row *runs[MOST_RUNS];
  solver_runs solver;
} random_runs;

static void make_random(random_runs *r, gsl_rng *rng) {
  size_t count = 1 + gsl_rng_uniform_int(rng, MOST_RUNS);
  for (size_t i = 0; i < count; i++) {
    size_t traced = gsl_rng_uniform_int(rng, MOST_POINTS);
    double seconds = 0;
    for (size_t p = 0; p < traced; p++) {
      double gap = exp(-0.3 * (double)p + 2 * gsl_rng_uniform(rng));
      if (gsl_rng_uniform_int(rng, 20) == 0)
        gap = gsl_rng_uniform_int(rng, 2) ? INFINITY : 1e-3;
      r->points[i][p] = (trace_point){(long)p, seconds, 1, 0, gap};
      seconds += gsl_rng_uniform(rng);
    }
    r->rows[i] = (result_row){.trace = r->points[i], .traced = traced};
    r->runs[i] = &r->rows[i];
  }
  r->solver = (solver_runs){"s", r->runs, count};
}

/* Every point of a curve is what timetogap says of its gap, and every running
 * minimum that enough runs reached is a point. */
START_TEST(curves_agree_with_time_to_gap) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  random_runs r;
  curve made;
  gap_summary summary;
  for (int trial = 0; trial < 200; trial++) {
    make_random(&r, rng);
    ck_assert_int_eq(curve_make(&r.solver, COST_TIME, &made, &error), YS_OK);
    for (size_t i = 0; i < made.count; i++) {
      const curve_point *point = &made.points[i];
      ck_assert(i == 0 || point->gap < point[-1].gap);
      ck_assert_int_eq(
          timetogap_summarise(&r.solver, point->gap, &summary, &error), YS_OK);
      ck_assert(point->median == summary.to[COST_TIME].median);
      ck_assert(point->low == summary.to[COST_TIME].low);
      ck_assert(point->high == summary.to[COST_TIME].high);
      ck_assert(isfinite(point->low));
    }
    curve_free(&made);
  }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(one_run_is_its_recorded_points) {
  static const trace_point points[] = {{0, 0, 1, 0, 4},
                                       {1, 0.5, 1, 0, 2},
                                       {2, 1, 1, 0, 3},
                                       {4, 1.5, 1, 0, 0.25},
                                       {8, 2, 1, 0, 0.25}};
  static const double expected[][2] = {{0, 4}, {1, 2}, {4, 0.25}};
  result_row row = {.trace = points, .traced = 5};
  const result_row *runs[] = {&row};
  solver_runs solver = {"s", runs, 1};
  curve made;
  ck_assert_int_eq(curve_make(&solver, COST_ITERATION, &made, &error), YS_OK);
  ck_assert_uint_eq(made.count, 3);
  for (size_t i = 0; i < 3; i++) {
    ck_assert(made.points[i].median == expected[i][0]);
    ck_assert(made.points[i].low == expected[i][0]);
    ck_assert(made.points[i].high == expected[i][0]);
    ck_assert(made.points[i].gap == expected[i][1]);
  }
  ck_assert(curve_is_drawable(&made));
  ck_assert(!made.floored);
  ck_assert(!curve_point_is_drawable(&made.points[0])); /* at iteration 0 */
  curve_free(&made);
}
END_TEST

START_TEST(gaps_of_zero_are_drawn_at_the_floor) {
  static const trace_point points[] = {
      {1, 0.5, 1, 0, 1}, {2, 1, 1, 0, 1e-17}, {3, 2, 1, 0, 0}};
  result_row row = {.trace = points, .traced = 3};
  const result_row *runs[] = {&row};
  solver_runs solver = {"s", runs, 1};
  curve made;
  ck_assert_int_eq(curve_make(&solver, COST_TIME, &made, &error), YS_OK);
  ck_assert_uint_eq(made.count, 2);
  ck_assert(made.floored);
  ck_assert(made.points[1].gap == CURVE_FLOOR && made.points[1].median == 1);
  curve_free(&made);
}
END_TEST

START_TEST(run_without_finite_gap_has_no_curve) {
  static const trace_point points[] = {{1, 0.5, 1, 0, INFINITY},
                                       {2, 1, 1, 0, NAN}};
  result_row row = {.trace = points, .traced = 2};
  const result_row *runs[] = {&row};
  solver_runs solver = {"s", runs, 1};
  curve made;
  ck_assert_int_eq(curve_make(&solver, COST_TIME, &made, &error), YS_OK);
  ck_assert_uint_eq(made.count, 0);
  ck_assert(!curve_is_drawable(&made));
  curve_free(&made);
}
END_TEST

/* --------------------------------------------------------------- legend --- */

static const struct {
  const char *solver, *label;
} labelled[] = {
    {"em", "em"},
    {"pgd:step=0.1,accel=1", "pgd:step=0.1,accel=1"},
    {"gsl:method=conjugate_fr", "gsl:conjugate_fr"},
    {"pgd:accel=1,step=armijo", "pgd:accel=1,armijo"},
    {"a:key=one,other=two,third=333", "a:one,two,third=333"},
    {"ipm:active=1,first_round=0.25", "ipm:active=..ound=0.25"},
    {"ipm:active=1,first_rounded=0.25", "ipm:active=..nded=0.25"},
    {"ipm:active=1,last_round=0.25", "ipm:active=..ound=0.25 (2)"},
    {"ipm:active=2,first_round=0.25", "ipm:active=..ound=0.25 (3)"},
    {"abcdefghijklmnopqrstuvwxyz", "abcdefghijk..rstuvwxyz"},
};
enum { LABELLED = sizeof labelled / sizeof *labelled };

START_TEST(labels_are_short_and_differ) {
  const char *solvers[LABELLED];
  solver_label labels[LABELLED];
  for (size_t i = 0; i < LABELLED; i++)
    solvers[i] = labelled[i].solver;
  solver_labels_make(solvers, NULL, LABELLED, labels);
  for (size_t i = 0; i < LABELLED; i++) {
    ck_assert_str_eq(labels[i].text, labelled[i].label);
    for (size_t j = 0; j < i; j++)
      ck_assert_str_ne(labels[i].text, labels[j].text);
  }
}
END_TEST

START_TEST(columns_follow_the_longest_label) {
  ck_assert_uint_eq(legend_columns(3, 5, 84), 4);
  ck_assert_uint_eq(legend_columns(3, 3, 84), 3);
  ck_assert_uint_eq(legend_columns(11, 5, 84), 3);
  ck_assert_uint_eq(legend_columns(12, 5, 84), 2);
  ck_assert_uint_eq(legend_columns(23, 5, 84), 2);
  ck_assert_uint_eq(legend_columns(24, 5, 84), 1);
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("curve");
  TCase *tc = tcase_create("curve");
  tcase_add_test(tc, curves_agree_with_time_to_gap);
  tcase_add_test(tc, one_run_is_its_recorded_points);
  tcase_add_test(tc, gaps_of_zero_are_drawn_at_the_floor);
  tcase_add_test(tc, run_without_finite_gap_has_no_curve);
  tcase_add_test(tc, labels_are_short_and_differ);
  tcase_add_test(tc, columns_follow_the_longest_label);
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
