/* The argument parser, CSV output, and the two schedules. */
#include "tests/support/testing.h"

#include "bench/cli/args.h"
#include "bench/run/run.h"
#include "bench/store/csvout.h"
#include "problems/formats/csv.h"
#include "tests/support/tempfile.h"

#include <limits.h>

static const arg_option table[] = {
    {"problem", 'p', ARG_MANY, NULL, "PROBLEM...  what to solve"},
    {"tol", 0, ARG_ONE, "1e-6", "GAP  where to stop (default %s)"},
    {"lambda", 0, ARG_MANY, "1 0.5", "X...  weights (default %s)"},
    {"force", 0, ARG_FLAG, NULL, "  replace"},
    {0}};

typedef struct parsed {
  arg *args;
  const char *positional[1];
  size_t found;
  ys_error error;
  ys_code code;
} parsed;

static parsed parse(int argc, const char *const *argv) {
  parsed p = {.args = args_make(table)};
  p.code = args_parse(argc, (char **)argv, p.args, p.positional, 1, &p.found,
                      &p.error);
  return p;
}

#define PARSE(...)                                                             \
  parse((int)(sizeof((const char *[]){"cmd", __VA_ARGS__}) / sizeof(char *)),  \
        (const char *[]){"cmd", __VA_ARGS__})

START_TEST(reads_many_one_and_flags) {
  parsed p = PARSE("dir", "-p", "a", "b", "--tol=1e-3", "--force", "-p", "c");
  ck_assert_int_eq(p.code, YS_OK);
  ck_assert_uint_eq(p.found, 1);
  ck_assert_str_eq(p.positional[0], "dir");
  ck_assert_uint_eq(args_get(p.args, "problem")->count, 3);
  ck_assert_str_eq(args_get(p.args, "problem")->item[2], "c");
  ck_assert_str_eq(args_text(p.args, "tol"), "1e-3");
  ck_assert(args_given(p.args, "force"));
  args_free(p.args);
}
END_TEST

START_TEST(the_plural_is_the_option_too) {
  parsed p = PARSE("--problems", "a", "--lambdas=2");
  ck_assert_int_eq(p.code, YS_OK);
  ck_assert_str_eq(args_text(p.args, "problem"), "a");
  ck_assert_str_eq(args_text(p.args, "lambda"), "2");
  args_free(p.args);
  p = PARSE("--lambdass", "2");
  ck_assert_int_eq(p.code, YS_BAD_INPUT);
  args_free(p.args);
}
END_TEST

START_TEST(two_dashes_end_a_list) {
  parsed p = PARSE("-p", "a", "b", "--", "-dir");
  ck_assert_int_eq(p.code, YS_OK);
  ck_assert_uint_eq(args_get(p.args, "problem")->count, 2);
  ck_assert_uint_eq(p.found, 1);
  ck_assert_str_eq(p.positional[0], "-dir");
  args_free(p.args);
  p = PARSE("--tol", "--", "1");
  ck_assert_int_eq(p.code, YS_BAD_INPUT);
  args_free(p.args);
}
END_TEST

START_TEST(a_negative_number_is_a_value) {
  parsed p = PARSE("--tol", "-1");
  double tol;
  ck_assert_int_eq(p.code, YS_OK);
  ck_assert_int_eq(args_number(p.args, "tol", 0, 1, &tol, &p.error),
                   YS_BAD_INPUT);
  assert_says(p.error.text, "--tol|-1|[0, 1]");
  args_free(p.args);
}
END_TEST

START_TEST(what_is_not_given_has_its_default) {
  parsed p = PARSE("dir");
  double tol, *lambdas;
  long many = 7;
  size_t count;
  ck_assert_int_eq(args_number(p.args, "tol", 0, 1, &tol, &p.error), YS_OK);
  ck_assert(tol == 1e-6);
  ck_assert_int_eq(args_numbers(p.args, "lambda", &lambdas, &count, &p.error),
                   YS_OK);
  ck_assert_uint_eq(count, 2);
  ck_assert(lambdas[0] == 1 && lambdas[1] == 0.5);
  free(lambdas);
  ck_assert_uint_eq(args_texts(p.args, "problem").count, 0);
  ck_assert_uint_eq(args_texts(p.args, "tol").count, 1);
  ck_assert_str_eq(args_texts(p.args, "tol").item[0], "1e-6");
  ck_assert_ptr_null(args_text(p.args, "problem"));
  const arg_whole none = {"problem", 0, 9, &many};
  ck_assert_int_eq(args_wholes(p.args, &none, 1, &p.error), YS_OK);
  ck_assert_int_eq(many, 7);
  args_free(p.args);
}
END_TEST

START_TEST(whole_numbers_are_whole) {
  parsed p = PARSE("--tol", "2.5", "--lambda", "3");
  long whole = 7;
  size_t other = 7;
  const arg_whole both[] = {{"lambda", 0, 9, &other}, {"tol", 0, 9, &whole}};
  ck_assert_int_eq(args_wholes(p.args, both, 2, &p.error), YS_BAD_INPUT);
  assert_says(p.error.text, "--tol 2.5|whole number");
  ck_assert_int_eq(whole, 7);
  ck_assert_uint_eq(other, 3);
  args_free(p.args);
}
END_TEST

START_TEST(a_missing_value_is_explained_with_the_default) {
  parsed p = PARSE("--tol");
  ck_assert_int_eq(p.code, YS_BAD_INPUT);
  assert_says(p.error.text, "--tol needs a value|GAP  where to stop|1e-6");
  args_free(p.args);
}
END_TEST

START_TEST(refuses_what_it_does_not_know) {
  parsed p = PARSE("--forse");
  ck_assert_int_eq(p.code, YS_BAD_INPUT);
  assert_says(p.error.text, "--forse|--force");
  args_free(p.args);
  p = PARSE("-p");
  ck_assert_int_eq(p.code, YS_BAD_INPUT);
  assert_says(p.error.text, "-p|value");
  args_free(p.args);
  p = PARSE("--force=yes");
  ck_assert_int_eq(p.code, YS_BAD_INPUT);
  args_free(p.args);
  p = PARSE("one", "two");
  ck_assert_int_eq(p.code, YS_BAD_INPUT);
  assert_says(p.error.text, "two");
  args_free(p.args);
}
END_TEST

/* What csvout writes, the project's own reader reads back: text as it was, line
 * ends and other control characters as they are shown everywhere. */
START_TEST(csv_survives_the_round_trip) {
  const char *const texts[] = {"plain", "a,b=\"c\"", "two\nlines", "", " x "};
  const char *const read[] = {"plain", "a,b=\"c\"", "two\\x0alines", "", " x "};
  char *path = temp_file(".csv");
  csvout out;
  ys_csv in;
  ys_error error;
  bool more;
  ck_assert_int_eq(csvout_open(&out, path, "a,b,c,d,e,n,i,s", &error), YS_OK);
  for (int row = 0; row < 300; row++) {
    for (int i = 0; i < 5; i++)
      csvout_text(&out, texts[i]);
    csvout_number(&out, 0.1 * row);
    csvout_integer(&out, -row);
    csvout_seconds(&out, 1.5);
    csvout_end_row(&out);
  }
  ck_assert_int_eq(csvout_flush(&out, &error), YS_OK);
  csvout_close(&out);
  ck_assert_int_eq(ys_csv_open(path, 0, &in, &error), YS_OK);
  ck_assert_int_eq(ys_csv_next_row(&in, &more, &error), YS_OK);
  for (int row = 0; row < 300; row++) {
    ck_assert_int_eq(ys_csv_next_row(&in, &more, &error), YS_OK);
    ck_assert_uint_eq(in.count, 8);
    for (size_t i = 0; i < 5; i++)
      ck_assert_str_eq(ys_csv_field(&in, i), read[i]);
    ck_assert(strtod(ys_csv_field(&in, 5), NULL) == 0.1 * row);
    ck_assert_int_eq(atoi(ys_csv_field(&in, 6)), -row);
  }
  ys_csv_close(&in);
  drop_file(path);
}
END_TEST

START_TEST(csv_says_where_it_cannot_write) {
  csvout out;
  ys_error error;
  ck_assert_int_eq(csvout_open(&out, "/nonexistent/x.csv", "a", &error), YS_IO);
  assert_says(error.text, "/nonexistent/x.csv");
}
END_TEST

START_TEST(checks_thin_out_geometrically) {
  long iteration = 0, checks = 0;
  for (long i = 1; i <= 10; i++)
    ck_assert_int_eq(ys_run_next_check(i - 1), i);
  while (iteration < 1000000) {
    long next = ys_run_next_check(iteration);
    ck_assert_int_gt(next, iteration);
    ck_assert_int_le(next, iteration + 1 + iteration / 7);
    iteration = next;
    checks++;
  }
  ck_assert_int_lt(checks, 110);
}
END_TEST

START_TEST(the_trace_follows_its_period) {
  ck_assert_int_eq(schedule_next_trace(0, 7), 7);
  ck_assert_int_eq(schedule_next_trace(7, 7), 14);
  ck_assert_int_eq(schedule_next_trace(9, 1), 10);
  ck_assert_int_eq(schedule_next_trace(9, 0), LONG_MAX);
  ck_assert_int_eq(schedule_next_trace(20, SCHEDULE_THIN),
                   ys_run_next_check(20));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("args");
  TCase *tests = tcase_create("args");
  tcase_add_test(tests, reads_many_one_and_flags);
  tcase_add_test(tests, the_plural_is_the_option_too);
  tcase_add_test(tests, two_dashes_end_a_list);
  tcase_add_test(tests, a_negative_number_is_a_value);
  tcase_add_test(tests, what_is_not_given_has_its_default);
  tcase_add_test(tests, whole_numbers_are_whole);
  tcase_add_test(tests, a_missing_value_is_explained_with_the_default);
  tcase_add_test(tests, refuses_what_it_does_not_know);
  tcase_add_test(tests, csv_survives_the_round_trip);
  tcase_add_test(tests, csv_says_where_it_cannot_write);
  tcase_add_test(tests, checks_thin_out_geometrically);
  tcase_add_test(tests, the_trace_follows_its_period);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
