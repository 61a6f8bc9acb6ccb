/* bench/analysis/timetogap.c, bench/text/table_cells.c, latex.c: from traces to
 * times, and how numbers and text are written. */
#include "bench/analysis/timetogap.h"
#include "bench/text/latex.h"
#include "bench/text/numbers.h"
#include "tests/support/rundirs.h"
#include "tests/support/testing.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>

static ys_error error;

/* The gap goes up again on the way, and is no number once. */
static const trace_point trace[] = {
    {0, 0, 9, 0, INFINITY}, {1, 0.5, 9, 0, 0.5}, {2, 1, 9, 0, 2},
    {3, 1.5, 9, 0, NAN},    {5, 2.5, 9, 0, 0.1}, {8, 4, 9, 0, 0.2},
    {9, 4.5, 9, 0, 0.1},    {10, 5, 9, 0, 1e-3},
};
enum { TRACED = sizeof trace / sizeof *trace };

static const struct {
  double gap, seconds, iterations;
} firsts[] = {
    {5, 0.5, 1},   {2, 0.5, 1},     {0.5, 0.5, 1}, {0.4999, 2.5, 5},
    {0.1, 2.5, 5}, {0.0999, 5, 10}, {1e-3, 5, 10}, {9e-4, INFINITY, INFINITY}};

START_TEST(first_time_within_a_gap) {
  result_row row = {.trace = trace, .traced = TRACED};
  gap_reached first = timetogap(&row, firsts[_i].gap);
  ck_assert(first.seconds == firsts[_i].seconds);
  ck_assert(first.iterations == firsts[_i].iterations);
  ck_assert(timetogap_best(&row) == 1e-3);
}
END_TEST

START_TEST(run_without_trace_reaches_nothing) {
  result_row row = {0};
  ck_assert(isinf(timetogap(&row, 1e300).seconds));
  ck_assert(isinf(timetogap_best(&row)));
}
END_TEST

START_TEST(quantiles_are_those_of_gsl) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int trial = 0; trial < 500; trial++) {
    double values[40], sorted[40], q = gsl_rng_uniform(rng);
    size_t count = 1 + gsl_rng_uniform_int(rng, 40);
    for (size_t i = 0; i < count; i++)
      values[i] = sorted[i] = gsl_rng_uniform(rng);
    gsl_sort(sorted, 1, count);
    assert_close(quantile(values, count, q),
                 gsl_stats_quantile_from_sorted_data(sorted, 1, count, q),
                 1e-14);
  }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(infinite_values_have_quantiles) {
  double values[] = {INFINITY, 1, INFINITY, 2, 3};
  ck_assert(quantile(values, 5, 0.5) == 3);
  ck_assert(quantile(values, 5, 0.25) == 2);
  ck_assert(isinf(quantile(values, 5, 0.5001)));
  ck_assert(isinf(quantile(values, 5, 1)));
  double even[] = {1, INFINITY};
  ck_assert(isinf(quantile(even, 2, 0.5)));
  ck_assert(quantile(even, 2, 0) == 1);
  double none[] = {INFINITY, INFINITY};
  ck_assert(isinf(quantile(none, 2, 0.3)));
}
END_TEST

START_TEST(rounding_needs_no_further_value) {
  double values[31];
  for (int i = 0; i < 31; i++)
    values[i] = i <= 3 ? (double)i : INFINITY;
  ck_assert(quantile(values, 31, 0.1) == 3); /* 0.1 * 30 is just above 3 */
}
END_TEST

START_TEST(summary_is_over_the_repeats) {
  result_row rows[4];
  const result_row *runs[4];
  for (int i = 0; i < 4; i++) {
    rows[i] = (result_row){
        .trace = trace, .traced = i == 3 ? 2 : TRACED, .solve_seconds = i + 1};
    runs[i] = &rows[i];
  }
  solver_runs solver = {"s", runs, 4};
  gap_summary summary;
  ck_assert_int_eq(timetogap_summarise(&solver, 0.1, &summary, &error), YS_OK);
  ck_assert_uint_eq(summary.runs, 4);
  ck_assert_uint_eq(summary.reached, 3);
  ck_assert(summary.to[COST_TIME].median == 2.5 &&
            summary.to[COST_ITERATION].median == 5);
  ck_assert(summary.to[COST_TIME].low == 2.5 &&
            isinf(summary.to[COST_TIME].high));
  ck_assert(summary.spent == 2.5);
  ck_assert(summary.best == 1e-3);
}
END_TEST

/* ---------------------------------------------------------- numbers, TeX ---
 */

static const struct {
  const char *(*write)(char *, double);
  double number;
  const char *text;
} numbers[] = {
    {text_seconds, 0, "0"},
    {text_seconds, 0.01234, "0.0123"},
    {text_seconds, 1.2e-5, "1.2e-5"},
    {text_seconds, 1.234e-6, "1.23e-6"},
    {text_seconds, 99.96, "100"},
    {text_seconds, 1234.5, "1234"},
    {text_seconds, NAN, "-"},
    {text_seconds, INFINITY, "inf"},
    {text_gap, 0, "0"},
    {text_gap, 3.24e-5, "3.2e-5"},
    {text_gap, 1e-10, "1e-10"},
    {text_gap, 3.2, "3.2"},
    {text_gap, 0.35, "0.35"},
    {text_gap, 1e5, "1e5"},
    {text_gap, INFINITY, "inf"},
    {text_target, 1e-2, "1e-2"},
    {text_target, 1.25e-3, "1.25e-3"},
    {text_target, 0, "0"},
    {text_target, 1, "1e0"},
    {text_count, 14, "14"},
    {text_count, 14.5, "14.5"},
    {text_count, 1234567, "1234567"},
    {text_count, NAN, "-"},
};

START_TEST(numbers_are_short) {
  char text[NUMBER_ROOM];
  ck_assert_str_eq(numbers[_i].write(text, numbers[_i].number),
                   numbers[_i].text);
}
END_TEST

static void assert_latex(void (*put)(FILE *, const char *), const char *text,
                         const char *expected) {
  char *made;
  size_t size;
  FILE *out = open_memstream(&made, &size);
  put(out, text);
  fclose(out);
  ck_assert_str_eq(made, expected);
  free(made);
}

START_TEST(latex_sets_text_as_it_is) {
  assert_latex(latex_put, "gsl:method=conjugate_fr,x=1",
               "gsl:method=conjugate\\_fr,x=1");
  assert_latex(latex_put, "100% & #1 $x {y} a|b",
               "100\\% \\& \\#1 \\$x \\{y\\} a\\textbar{}b");
  assert_latex(latex_put, "\\~^<>",
               "\\textbackslash{}\\textasciitilde{}\\textasciicircum{}"
               "\\textless{}\\textgreater{}");
  assert_latex(latex_put, "two\nlines", "two lines");
  assert_latex(latex_put_number, "0.12", "$0.12$");
  assert_latex(latex_put_number, "3.2e-5", "$3.2\\times10^{-5}$");
  assert_latex(latex_put_number, "1e-4", "$10^{-4}$");
  assert_latex(latex_put_number, "1.5e-4", "$1.5\\times10^{-4}$");
  assert_latex(latex_put_number, "inf", "$\\infty$");
  assert_latex(latex_put_number, "-", "-");
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("timetogap");
  TCase *tc = tcase_create("timetogap");
  tcase_add_loop_test(tc, first_time_within_a_gap, 0,
                      many(sizeof firsts, sizeof *firsts));
  tcase_add_test(tc, run_without_trace_reaches_nothing);
  tcase_add_test(tc, quantiles_are_those_of_gsl);
  tcase_add_test(tc, infinite_values_have_quantiles);
  tcase_add_test(tc, rounding_needs_no_further_value);
  tcase_add_test(tc, summary_is_over_the_repeats);
  tcase_add_loop_test(tc, numbers_are_short, 0,
                      many(sizeof numbers, sizeof *numbers));
  tcase_add_test(tc, latex_sets_text_as_it_is);
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
