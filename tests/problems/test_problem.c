/* problems/registry.c and file.c: the table of problems, what it answers to a
 * mistake, and batches read from files. */
#include "problems/formats/npy.h"
#include "problems/problem.h"
#include "tests/support/tempfile.h"
#include "tests/support/testing.h"

#include <string.h>

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

static char *npy, *csv;
static ys_batch batch;
static ys_error error;

static void set_up(void) {
  npy = temp_file(".npy");
  csv = temp_file(".csv");
  error = (ys_error){0};
}

static void tear_down(void) {
  drop_file(npy);
  drop_file(csv);
}

/* Make "file:path=PATH" followed by `options`. */
static ys_code read_file(const char *path, const char *options) {
  char spec[700];
  snprintf(spec, sizeof spec, "file:path=%s%s", path, options);
  return ys_problem_make(spec, 1, &batch, &error);
}

START_TEST(table_is_whole) {
  size_t count = 0;
  for (; ys_problems[count]; count++) {
    const ys_problem *problem = ys_problems[count];
    ck_assert(*problem->name && *problem->summary && problem->options);
    ck_assert_ptr_null(strpbrk(problem->name, ":,=\" "));
    for (size_t i = 0; i < count; i++)
      ck_assert_str_ne(problem->name, ys_problems[i]->name);
    for (const ys_option *option = problem->options; option->name; option++)
      ck_assert_msg(option->help && *option->help, "%s:%s has no help",
                    problem->name, option->name);
  }
  ck_assert_uint_ge(count, 4);
}
END_TEST

START_TEST(every_problem_but_files_works_by_default) {
  for (size_t i = 0; ys_problems[i]; i++) {
    ys_code code = ys_problem_make(ys_problems[i]->name, 2, &batch, &error);
    if (strcmp(ys_problems[i]->name, "file") == 0) {
      ck_assert_int_eq(code, YS_BAD_INPUT);
      assert_says(error.text, "file needs the option path=");
      continue;
    }
    if (strcmp(ys_problems[i]->name, "recorded") == 0) {
      ck_assert_int_eq(code, YS_BAD_INPUT);
      assert_says(error.text, "recorded needs the option dir=");
      continue;
    }
    ck_assert_msg(code == YS_OK, "%s: %s", ys_problems[i]->name, error.text);
    ck_assert(batch.rows >= 1000 && batch.classes >= 10);
    ys_batch_free(&batch);
  }
}
END_TEST

START_TEST(options_reach_the_generator) {
  ck_assert_int_eq(ys_problem_make("dirichlet:K=3,M=17", 1, &batch, &error),
                   YS_OK);
  ck_assert_uint_eq(batch.rows, 17);
  ck_assert_uint_eq(batch.classes, 3);
  ys_batch_free(&batch);
}
END_TEST

static const struct {
  const char *spec, *says;
} mistakes[] = {
    {"dirchlet:M=3", "no problem 'dirchlet'|did you mean 'dirichlet'"},
    {"gausian", "no problem 'gausian'|did you mean 'gaussian'"},
    {"plant", "no problem 'plant'|did you mean 'planted'"},
    {"", "no problem ''|expected dirichlet, gaussian, planted, file"},
    {"batch", "no problem 'batch': expected dirichlet|ystep list problems"},
    {"batch.npy", "no problem 'batch.npy'|write file:path=batch.npy"},
    {"Batch.NPZ", "write file:path=Batch.NPZ"},
    {"file.csv", "write file:path=file.csv"},
    {"a/b", "write file:path=a/b"},
    {"a.npy:logits=1", "write file:path=a.npy,logits=1"},
    {"a.npy,logits=1,noise=2", "write file:path=a.npy,logits=1,noise=2"},
    {"/dev/null/x,y:z", "write file:path=/dev/null/x,y:z"},
    {"/dev", "no problem '/dev': for the recording write recorded:dir=/dev"},
    {"planted :M=3", "no problem 'planted '|did you mean 'planted'"},
    {"planted:lamda=3", "planted has no option 'lamda'|did you mean 'lambda'"},
    {"dirichlet:m=3", "dirichlet has no option 'm'|did you mean 'M'"},
    {"dirichlet:M=0", "dirichlet: M=0|whole number in [1, 1e+08]"},
    {"dirichlet:K=1", "dirichlet: K=1|whole number in [2, 100000]"},
    {"gaussian:K=100001", "gaussian: K=100001|whole number in [2, 100000]"},
    {"gaussian:M=1e20", "gaussian: M=1e20|whole number in [1, 1e+08]"},
    {"gaussian:M=-5", "gaussian: M=-5|whole number"},
    {"gaussian:M=2.5", "gaussian: M=2.5|whole number"},
    {"gaussian:scale=-1", "gaussian: scale=-1|a number in [0,"},
    {"dirichlet:alpha=0", "dirichlet: alpha=0|a number in"},
    {"dirichlet:alpha=nan", "dirichlet: alpha=nan|a number in"},
    {"planted:lambda=0", "planted: lambda=0|a number in [1e-06,"},
    {"dirichlet:seed=-1", "dirichlet: seed=-1|whole number in [0,"},
    {"file:path=x,logits=2", "file: logits=2|whole number in [0, 1]"},
    {"file:path=x,logits=yes", "file: logits=yes|whole number in [0, 1]"},
};

/* What is there is a file, whatever its name. */
START_TEST(a_file_for_a_problem_is_told_how_to_be_written) {
  char *path = temp_file("-0,5:dirichlet"), expected[700];
  put_text(path, "0.5,0.5\n");
  ck_assert_int_eq(ys_problem_make(path, 1, &batch, &error), YS_BAD_INPUT);
  size_t at = (size_t)sprintf(expected, "write file:path=");
  for (const char *c = path; *c; c++)
    at += (size_t)sprintf(expected + at, *c == ',' ? "%c," : "%c", *c);
  assert_says(error.text, expected);
  drop_file(path);
}
END_TEST

START_TEST(mistake_is_answered_with_a_hint) {
  ck_assert_int_eq(ys_problem_make(mistakes[_i].spec, 1, &batch, &error),
                   YS_BAD_INPUT);
  assert_says(error.text, mistakes[_i].says);
}
END_TEST

static const double rows[] = {0.5, 0.25, 0.25, 0.125, 0.875, 0};

START_TEST(probabilities_are_read_from_npy_and_csv) {
  ck_assert_int_eq(ys_npy_write(npy, rows, 2, 3, &error), YS_OK);
  put_text(csv, "a,b,c\n0.5,0.25,0.25\n# second\n0.125,0.875,0\n");
  for (int text = 0; text < 2; text++) {
    ck_assert_msg(read_file(text ? csv : npy, "") == YS_OK, "%s", error.text);
    ck_assert_uint_eq(batch.rows, 2);
    ck_assert_uint_eq(batch.classes, 3);
    ck_assert_mem_eq(batch.sigma, rows, sizeof rows);
    ck_assert_uint_eq(batch.renormalised_rows, 0);
    ys_batch_free(&batch);
  }
}
END_TEST

START_TEST(logits_are_put_through_softmax) {
  static const double logits[] = {0, 1.0986122886681098, 800, 800, -1e4, -1e4};
  ck_assert_int_eq(ys_npy_write(npy, logits, 3, 2, &error), YS_OK);
  put_text(csv, "0,1.0986122886681098\n800,800\n-1e4,-1e4\n");
  for (int text = 0; text < 2; text++) {
    ck_assert_int_eq(read_file(text ? csv : npy, ",logits=1"), YS_OK);
    assert_close(batch.sigma[0], 0.25, 1e-15);
    assert_close(batch.sigma[1], 0.75, 1e-15);
    for (int i = 2; i < 6; i++)
      ck_assert(batch.sigma[i] == 0.5);
    ys_batch_free(&batch);
  }
}
END_TEST

START_TEST(rounded_rows_are_divided_and_reported) {
  put_text(csv, "0.33333,0.33333,0.33333\n0.5,0.25,0.25\n");
  ck_assert_int_eq(read_file(csv, ""), YS_OK);
  ck_assert_uint_eq(batch.renormalised_rows, 1);
  assert_close(batch.largest_deviation, 1e-5, 1e-10);
  assert_close(batch.sigma[0], 1.0 / 3, 1e-15);
  ys_batch_free(&batch);
}
END_TEST

/* Noise of standard deviation s changes a row's log-odds by a Gaussian of
 * variance 2 s^2, leaves zeros alone, and depends on its seed. */
START_TEST(noise_shakes_the_logits) {
  enum { ROWS = 4000 };
  static double sigma[ROWS * 3];
  double square = 0, first;
  for (size_t i = 0; i < ROWS; i++) {
    sigma[3 * i] = 0.25;
    sigma[3 * i + 1] = 0.75;
  }
  ck_assert_int_eq(ys_npy_write(npy, sigma, ROWS, 3, &error), YS_OK);
  ck_assert_int_eq(read_file(npy, ",noise=0.1"), YS_OK);
  first = batch.sigma[0];
  for (size_t i = 0; i < ROWS; i++) {
    double odds = log(batch.sigma[3 * i + 1] / batch.sigma[3 * i]) - log(3);
    square += odds * odds / ROWS;
    ck_assert(batch.sigma[3 * i + 2] == 0);
  }
  assert_close(square, 0.02, 0.002);
  ys_batch_free(&batch);
  ck_assert_int_eq(read_file(npy, ",noise=0.1,noise-seed=2"), YS_OK);
  ck_assert(batch.sigma[0] != first);
  ys_batch_free(&batch);
  ck_assert_int_eq(read_file(npy, ",noise=0"), YS_OK);
  ck_assert(batch.sigma[0] == 0.25);
  ys_batch_free(&batch);
}
END_TEST

START_TEST(bad_row_is_named_by_file_line_and_row) {
  put_text(csv, "a,b\n0.5,0.5\n0.5,0.5\n1.5,-0.5\n");
  ck_assert_int_eq(read_file(csv, ""), YS_BAD_INPUT);
  assert_says(error.text, csv);
  assert_says(error.text, "line 4|row 2|class 1|-0.5 is not a probability");
  put_text(csv, "0.5,0.5\n0.5,0.6\n");
  ck_assert_int_eq(read_file(csv, ""), YS_BAD_INPUT);
  assert_says(error.text, "line 2|row 1|sums to 1.1|expected 1");
  put_text(csv, "0.5,0.5\n0.5,nan\n");
  ck_assert_int_eq(read_file(csv, ",logits=1"), YS_BAD_INPUT);
  assert_says(error.text, "line 2|row 1|class 1|nan is not a logit");
  static const double bad[] = {0.5, 0.5, 0.25, 0.25};
  ck_assert_int_eq(ys_npy_write(npy, bad, 2, 2, &error), YS_OK);
  ck_assert_int_eq(read_file(npy, ""), YS_BAD_INPUT);
  assert_says(error.text, npy);
  assert_says(error.text, "row 1|sums to 0.5|expected 1");
}
END_TEST

START_TEST(unusable_file_is_refused) {
  put_text(csv, "1\n1\n");
  ck_assert_int_eq(read_file(csv, ""), YS_BAD_INPUT);
  assert_says(error.text, csv);
  assert_says(error.text, "K = 1|at least two classes");
  put_text(csv, "a,b\n");
  ck_assert_int_eq(read_file(csv, ""), YS_BAD_INPUT);
  assert_says(error.text, "holds no rows");
  put_text(npy, "not an array");
  ck_assert_int_eq(read_file(npy, ""), YS_BAD_INPUT);
  assert_says(error.text, "not a .npy file");
  ck_assert_int_eq(read_file("/nonexistent/x.npy", ""), YS_IO);
  assert_says(error.text, "/nonexistent/x.npy|No such file");
  ck_assert_int_eq(read_file("/nonexistent/x.csv", ""), YS_IO);
  assert_says(error.text, "/nonexistent/x.csv|No such file");
}
END_TEST

START_TEST(vector_is_not_a_batch) {
  static const char dict[] =
      "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }";
  unsigned char bytes[200] = "\x93NUMPY\x01";
  size_t length = sizeof dict - 1;
  bytes[8] = (unsigned char)length;
  memcpy(bytes + 10, dict, length);
  memcpy(bytes + 10 + length, rows, 2 * sizeof *rows);
  put_bytes(npy, bytes, 10 + length + 2 * sizeof *rows);
  ck_assert_int_eq(read_file(npy, ""), YS_BAD_INPUT);
  assert_says(error.text, npy);
  assert_says(error.text, "1 dimension|expected 2");
}
END_TEST

START_TEST(recorded_batch_is_accepted) {
  char path[600];
  const char *source = getenv("YSTEP_SOURCE");
  snprintf(path, sizeof path, "%s/tests/data/cifar10_vgg16_first20.npy",
           source ? source : ".");
  ck_assert_msg(read_file(path, "") == YS_OK, "%s", error.text);
  ck_assert_uint_eq(batch.rows, 20);
  ck_assert_uint_eq(batch.classes, 10);
  /* Single precision: sums are off by about 1e-8, and are put right. */
  ck_assert_uint_gt(batch.renormalised_rows, 15);
  ck_assert(batch.largest_deviation > 1e-10 && batch.largest_deviation < 1e-6);
  /* The first images are a cat, two ships and an aeroplane. */
  static const size_t classes[] = {3, 8, 8, 0};
  for (size_t i = 0; i < 4; i++)
    ck_assert_double_gt(batch.sigma[10 * i + classes[i]], 0.5);
  ys_batch_free(&batch);
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("problem");
  TCase *tc = tcase_create("problem");
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_test(tc, table_is_whole);
  tcase_add_test(tc, every_problem_but_files_works_by_default);
  tcase_add_test(tc, options_reach_the_generator);
  tcase_add_test(tc, a_file_for_a_problem_is_told_how_to_be_written);
  tcase_add_loop_test(tc, mistake_is_answered_with_a_hint, 0, COUNT(mistakes));
  tcase_add_test(tc, probabilities_are_read_from_npy_and_csv);
  tcase_add_test(tc, logits_are_put_through_softmax);
  tcase_add_test(tc, rounded_rows_are_divided_and_reported);
  tcase_add_test(tc, noise_shakes_the_logits);
  tcase_add_test(tc, bad_row_is_named_by_file_line_and_row);
  tcase_add_test(tc, unusable_file_is_refused);
  tcase_add_test(tc, vector_is_not_a_batch);
  tcase_add_test(tc, recorded_batch_is_accepted);
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
