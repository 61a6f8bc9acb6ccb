/* What users feed in, by the built program: files as NumPy and pandas write
 * them, numbers as they are shown, a file in the place of a problem. */
#include "tests/support/program.h"

static void assert_holds(const char *path, const char *words) {
  char *text = slurp(path);
  ck_assert_msg(strstr(text, words) != NULL, "%s: no '%s' in '%s'", path, words,
                text);
  free(text);
}

static void assert_said(const char *words) {
  assert_holds("err.txt", words);
}

/* ------------------------------------------------------------- files ---- */

static const char *python_with_numpy(void) {
  static const char *const pythons[] = {"python3", "/usr/bin/python3"};
  for (size_t i = 0; i < 2; i++) {
    char command[128];
    snprintf(command, sizeof command,
             "%s -c 'import numpy, pandas' >/dev/null 2>&1", pythons[i]);
    if (system(command) == 0)
      return pythons[i];
  }
  return NULL;
}

static void make_files(const char *python) {
  char command[4200];
  ck_assert_ptr_nonnull(getenv("YSTEP_SOURCE")); /* run through `make test` */
  snprintf(command, sizeof command, "%s '%s/tests/support/inputs.py' >list.txt",
           python, getenv("YSTEP_SOURCE"));
  ck_assert_int_eq(system(command), 0);
}

/* F at the solution, to nine digits. */
static double solve(const char *file, const char *options) {
  double objective = NAN;
  int status =
      ystep("solve 'file:path=%s%s%s' -o y.npy --force --tol 1e-9", file,
            *options == '-' ? "" : ",", *options == '-' ? "" : options);
  char *said = slurp(status ? "err.txt" : "out.txt");
  ck_assert_msg(!status && sscanf(said, "objective %lf", &objective) == 1,
                "%s: %s", file, said);
  free(said);
  return objective;
}

START_TEST(files_of_numpy_and_pandas_are_read) {
  char line[256], file[64], options[64], kind[16];
  size_t count = 0;
  const char *python = python_with_numpy();
  if (!python) {
    printf("reading: skipped: no python3 with numpy and pandas here\n");
    return;
  }
  make_files(python);
  const double objective = solve("f8.npy", "-");
  FILE *list = fopen("list.txt", "r");
  ck_assert_ptr_nonnull(list);
  while (fgets(line, sizeof line, list)) {
    ck_assert_int_eq(sscanf(line, "%63s %63s %15s", file, options, kind), 3);
    count++;
    if (strcmp(kind, "refused") == 0) {
      ck_assert_int_eq(ystep("solve %s -o y.npy --force", file), 2);
      assert_said(file);
      continue;
    }
    const double found = solve(file, options);
    ck_assert_msg(fabs(found - objective) <=
                      (strcmp(kind, "half") == 0 ? 2e-4 : 3e-9),
                  "%s: %.12g, not %.12g", file, found, objective);
  }
  fclose(list);
  ck_assert_uint_gt(count, 25);
}
END_TEST

START_TEST(what_was_made_of_a_file_is_told) {
  put_text("names.csv", "cat;dog\n1;3\n0.5;0.5\n");
  ck_assert_int_eq(ystep("solve file:path=names.csv,renormalise=1 -o y.npy"),
                   0);
  assert_said("line 1 is taken for a header ('cat', ...)");
  assert_said(
      "divided 1 of 2 rows by their sums (largest deviation from 1: 3)");
  put_text("start.csv", "0,1,2\n0.5,0.25,0.25\n");
  put_text("b.csv", "0.5 0.25 0.25\n");
  ck_assert_int_eq(ystep("run -p file:path=b.csv -s em --start start.csv "
                         "--max-iter 3 -o out"),
                   0);
  assert_said("start.csv: line 1, 0,1,2, is taken for a header");
}
END_TEST

START_TEST(what_is_wrong_is_told_with_its_cure) {
  put_text("logits.csv", "1.5,-2\n0.3,4\n");
  assert_refuses("run -p logits.csv -s em -o out",
                 "no problem 'logits.csv'|file:path=logits.csv");
  assert_refuses("solve logits.csv -o y.npz",
                 "-2 is not a probability|file:path=...,logits=1");
  ck_assert_int_eq(ystep("solve file:path=logits.csv,logits=1 -o y.npz"), 0);
  assert_refuses("run -p dirichlet:M=9,K=3 -s em --start unifrm -o out",
                 "no start 'unifrm'; did you mean 'uniform'?");
  assert_refuses("run -p dirichlet:M=9,K=3 -s em --start none.npy -o out",
                 "none.npy|No such file");
  ck_assert(!exists("out"));
}
END_TEST

/* ----------------------------------------------------------- numbers ---- */

START_TEST(numbers_are_stored_short_and_picked_as_shown) {
  ck_assert_int_eq(
      ystep("run -p dirichlet:M=20,K=3 -s em --tol 0.1 --save-labels "
            "--lambda 3.1622776601683795 0.1 -o out"),
      0);
  assert_holds("out/runs.csv", ",strong,3.1622776601683795,em,");
  assert_holds("out/runs.csv", ",strong,0.1,em,");
  assert_holds("out/settings.csv", ",0.1,1"); /* the tolerance */
  const char *const commands[] = {"table out", "labels out",
                                  "compare out out --force"};
  for (int old = 0; old < 2; old++) {
    for (int c = 0; c < 3; c++) {
      ck_assert_msg(ystep("%s --format csv --lambda 3.16228", commands[c]) == 0,
                    "%s", slurp("err.txt"));
      assert_holds("out.txt", ",3.1622776601683795,");
      ck_assert_int_eq(ystep("%s --lambda 0.1 --format csv", commands[c]), 0);
      assert_holds("out.txt", ",strong,0.1,");
    }
    assert_refuses("table out --lambda 3.1623",
                   "--lambda 3.1623|expected 3.1622776601683795, 0.1");
    if (!old) { /* as versions before stored them */
      ck_assert_int_eq(
          system("sed -i -e s/,strong,0.1,/,strong,0.10000000000000001,/ "
                 "-e s/3.1622776601683795/3.1622776601683794832/ out/runs.csv"),
          0);
      assert_holds("out/runs.csv", ",0.10000000000000001,");
      assert_holds("out/runs.csv", ",3.1622776601683794832,");
    }
  }
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("reading");
  TCase *tc = tcase_create("reading");
  tcase_add_checked_fixture(tc, enter_folder, leave_folder);
  tcase_set_timeout(tc, 120);
  tcase_add_test(tc, files_of_numpy_and_pandas_are_read);
  tcase_add_test(tc, what_was_made_of_a_file_is_told);
  tcase_add_test(tc, what_is_wrong_is_told_with_its_cure);
  tcase_add_test(tc, numbers_are_stored_short_and_picked_as_shown);
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
