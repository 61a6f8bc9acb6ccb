/* bench/analysis/pivot.c, bench/tables/pivot_table.c: solvers against y-steps
 * at one gap. */
#include "bench/commands/commands.h"
#include "bench/tables/tables.h"
#include "tests/support/rundirs.h"
#include "tests/support/testing.h"

#include <jansson.h>

/* fw gets to 1e-2 on both y-steps, em on the first alone, pgd on none: it fails
 * at once, on the second by a step that is too long, and would be the fastest.
 * gsl does not serve the second, and never ran on the first. */
static const char runs[] =
    "1,\"d:M=9,K=3\",9,3,collision,strong,1,pgd:step=9,1,1,2,failed,1,0,1e-6,"
    "0,inf,1,inf,out\n"
    "2,\"d:M=9,K=3\",9,3,collision,strong,1,em,1,1,2,converged,20,0,2,0,1,1,"
    "1e-4,\n"
    "3,\"d:M=9,K=3\",9,3,collision,strong,1,fw,1,1,2,converged,2,0,0.015,0,1,1,"
    "0,\n"
    "4,\"e:M=9,K=3\",9,3,collision,strong,10,pgd:step=9,1,1,2,failed,1,0,1e-6,"
    "0,inf,1,inf,left the domain: out\n"
    "5,\"e:M=9,K=3\",9,3,collision,strong,10,em,1,1,2,time_limit,20,0,60,0,1,1,"
    "0.1,\n"
    "6,\"e:M=9,K=3\",9,3,collision,strong,10,fw,1,1,2,converged,3,0,0.003,0,1,"
    "1,0,\n"
    "7,\"e:M=9,K=3\",9,3,collision,strong,10,gsl,1,1,2,unsupported,0,0,0,0,1,1,"
    "inf,no\n";
static const char traces[] =
    "1,1,1e-6,inf,1,inf\n"
    "2,0,0,1,1,1\n2,10,1.599,1,1,0.01\n2,20,2,1,1,1e-4\n"
    "3,2,0.015,1,1,0\n"
    "4,1,1e-6,inf,1,inf\n"
    "5,0,0,1,1,1\n5,20,60,1,1,0.1\n"
    "6,0,0,1,1,1\n6,3,0.003,1,1,0\n";

static char *dir;

static void setup(void) {
  dir = run_dir(runs, traces);
  put_settings_of_run(dir, "1e-6", "60");
  put_meta_of_run(dir, "d", "x86");
}

static void teardown(void) {
  drop_dir(dir);
}

/* `ystep table DIR --pivot --gap 1e-2 OPTION -o DIR/NAME`. */
static const char *pivoted_by(const char *option, const char *name) {
  char line[1024];
  snprintf(line, sizeof line, "table %s --pivot --gap 1e-2 %s -o %s", dir,
           option, in_dir(dir, name));
  assert_accepts(&cmd_table, line);
  return in_dir(dir, name);
}

static const char *pivoted(const char *name) {
  return pivoted_by("", name);
}

/* fw: sqrt(0.016 * 0.004) - 0.001 = 0.007; em, with the limit of 60 s where it
 * did not get there: sqrt(1.6 * 60.001) - 0.001 = 9.797. */
START_TEST(markdown) {
  assert_file_is(
      pivoted("t.md"),
      "| solver | solved | mean s | times the best | d 9 x 3, lambda 1 | e 9 x "
      "3, lambda 10 |\n"
      "|---|---:|---:|---:|---:|---:|\n"
      "| fw | 2 of 2 | 0.007 | 1 | 0.015 (2) | 0.003 (3) |\n"
      "| em | 1 of 2 | 9.8 | 1400 | 1.6 (10) | not reached, 0.1 |\n"
      "| pgd:step=9 | 0 of 2 | 60 | 8571 | failed | left the domain |\n"
      "| gsl | 0 of 2 | 60 | 8571 | - | not served |\n"
      "\n"
      "Seconds (iterations) to a certified gap of 1e-2, medians over repeats; "
      "solved of 2 y-steps; mean of seconds: geometric, shifted by 0.001 s, "
      "where what is not solved counts as 60 s.\n"
      "\n"
      "x86; ystep 1, commit c, d\n");
}
END_TEST

/* For few solvers on many y-steps. */
START_TEST(transposed) {
  assert_file_is(
      pivoted_by("--transpose", "t.md"),
      "| y-step | fw | em | pgd:step=9 | gsl |\n"
      "|---|---:|---:|---:|---:|\n"
      "| d 9 x 3, lambda 1 | 0.015 (2) | 1.6 (10) | failed | - |\n"
      "| e 9 x 3, lambda 10 | 0.003 (3) | not reached, 0.1 | left the domain | "
      "not served |\n"
      "| solved | 2 | 1 | 0 | 0 |\n"
      "| mean s | 0.007 | 9.8 | 60 | 60 |\n"
      "| times the best | 1 | 1400 | 8571 | 8571 |\n"
      "\n"
      "Seconds (iterations) to a certified gap of 1e-2, medians over repeats; "
      "solved of 2 y-steps; mean of seconds: geometric, shifted by 0.001 s, "
      "where what is not solved counts as 60 s.\n"
      "\n"
      "x86; ystep 1, commit c, d\n");
  assert_file_says(pivoted_by("--transpose", "t.tex"),
                   "y-step & \\texttt{fw} & \\texttt{em} & "
                   "\\texttt{pgd:step=9} & \\texttt{gsl} \\\\\n");
  assert_file_says(in_dir(dir, "t.tex"),
                   "\n2 & $0.003$ (3) & not reached, 0.1 & "
                   "left the domain & not served \\\\\n");
}
END_TEST

START_TEST(csv) {
  assert_file_is(
      pivoted("t.csv"),
      "solver,target_gap,ysteps,solved,mean_seconds,times_best,\"d:M=9,K=3 (9 "
      "x 3), collision + strong, lambda 1\",\"e:M=9,K=3 (9 x 3), collision + "
      "strong, lambda 10\"\n"
      "fw,0.01,2,2,0.007,1,0.015,0.003\n"
      "em,0.01,2,1,9.79704062,1399.57723,1.599,inf\n"
      "pgd:step=9,0.01,2,0,60,8571.42857,inf,inf\n"
      "gsl,0.01,2,0,60,8571.42857,,\n");
}
END_TEST

START_TEST(latex) {
  assert_file_says(pivoted("t.tex"),
                   "\\begin{tabular}{@{}lrrrll@{}}\n"
                   "\\toprule\n"
                   "solver & solved & mean s & times the best & 1 & 2 \\\\\n"
                   "\\midrule\n"
                   "\\texttt{fw} & $2$ & $0.007$ & $1$ & $0.015$ (2) & "
                   "$0.003$ (3) \\\\\n");
  assert_file_says(in_dir(dir, "t.tex"),
                   "\n1: d 9 x 3, lambda 1; 2: e 9 x 3, lambda 10.\n");
}
END_TEST

START_TEST(json) {
  json_error_t wrong;
  json_t *made = json_load_file(pivoted("t.json"), 0, &wrong);
  ck_assert_msg(made != NULL, "%s", wrong.text);
  json_t *rows = json_object_get(made, "rows");
  json_t *em = json_array_get(rows, 1);
  json_t *to = json_array_get(json_object_get(em, "ysteps"), 0);
  ck_assert_uint_eq(json_array_size(rows), 4);
  ck_assert_uint_eq(json_array_size(json_object_get(made, "ysteps")), 2);
  ck_assert_str_eq(json_string_value(json_object_get(em, "solver")), "em");
  ck_assert_int_eq(json_integer_value(json_object_get(em, "solved")), 1);
  ck_assert(json_real_value(json_object_get(json_object_get(to, "seconds"),
                                            "median")) == 1.599);
  to = json_array_get(json_object_get(em, "ysteps"), 1);
  ck_assert(
      json_is_null(json_object_get(json_object_get(to, "seconds"), "median")));
  /* The fewest digits that give the number back. */
  assert_file_says(in_dir(dir, "t.json"), "\"gap\": 0.01,");
  json_decref(made);
}
END_TEST

int main(void) {
  Suite *s = suite_create("pivot");
  TCase *tc = tcase_create("pivot");
  tcase_add_checked_fixture(tc, setup, teardown);
  tcase_add_test(tc, markdown);
  tcase_add_test(tc, transposed);
  tcase_add_test(tc, csv);
  tcase_add_test(tc, latex);
  tcase_add_test(tc, json);
  suite_add_tcase(s, tc);
  return run_suite(s);
}
