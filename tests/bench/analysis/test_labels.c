/* bench/analysis/labelshape.c and `ystep labels`: counts of labels made by
 * hand, and what docs/method.md proves of the optimum's. */
#include "bench/analysis/labelshape.h"
#include "tests/support/program.h"

#include "problems/formats/npy.h"

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

static ys_error error;

/* Five rows: one class, one beside rounding, two, three, all four. */
static double rows[] = {1, 0,   0,   0,   0, 1 - 1e-7, 1e-7, 0,    0.5, 0, 0.5,
                        0, 0.7, 0.2, 0.1, 0, 0.25,     0.25, 0.25, 0.25};

START_TEST(rows_are_counted_by_hand) {
  const ys_labels y = ys_labels_view(rows, 5, 4);
  label_shape shape;
  ck_assert_int_eq(label_shape_of(&y, NULL, 1e-6, &shape, &error), YS_OK);
  ck_assert(shape.one == 2 && shape.two == 1 && shape.more == 2);
  ck_assert_uint_eq(shape.most, 4);
  assert_close(shape.mean_largest, (1 + 1 - 1e-7 + 0.5 + 0.7 + 0.25) / 5,
               1e-15);
  assert_close(shape.largest[0], 0.25, 1e-15);
  assert_close(shape.largest[2], 0.25 + 0.4 * 0.25, 1e-15);
  assert_close(shape.largest[3], 0.7, 1e-15);
  assert_close(shape.least_share, 0.25 / 5 * 4, 1e-15);
  assert_close(shape.largest_share, (1 + 0.5 + 0.7 + 0.25) / 5 * 4, 1e-15);
  ck_assert_int_eq(label_shape_of(&y, NULL, 0, &shape, &error), YS_OK);
  ck_assert(shape.one == 1 && shape.two == 2 && shape.more == 2);
  ck_assert_int_eq(label_shape_of(&y, NULL, 0.15, &shape, &error), YS_OK);
  ck_assert(shape.one == 2 && shape.two == 2 && shape.more == 1);
}
END_TEST

START_TEST(shares_are_of_the_prior) {
  double even[] = {1, 0, 0, 1, 0, 1, 0, 1}, prior[] = {0.5, 1.5};
  const ys_labels y = ys_labels_view(even, 4, 2);
  label_shape shape;
  ck_assert_int_eq(label_shape_of(&y, prior, 1e-6, &shape, &error), YS_OK);
  assert_close(shape.least_share, 1, 1e-15);
  assert_close(shape.largest_share, 1, 1e-15);
}
END_TEST

static table labels_of(const char *arguments) {
  ck_assert_int_eq(ystep("labels out --format csv %s", arguments), 0);
  return read_table("out.txt");
}

START_TEST(a_directory_is_shown) {
  ck_assert_int_eq(ystep("run -p dirichlet:M=40,K=3 -s fw em:accel=squarem "
                         "--lambda 1 10 --save-labels -o out"),
                   0);
  table t = labels_of("");
  ck_assert_uint_eq(t.rows, 5);
  for (size_t i = 1; i < t.rows; i++)
    ck_assert(number_at(&t, i, "one") + number_at(&t, i, "two") +
                  number_at(&t, i, "more") ==
              40);
  free_table(&t);
  t = labels_of("-s fw --lambda 10");
  ck_assert_uint_eq(t.rows, 2);
  ck_assert_str_eq(at(&t, 1, "solver"), "fw");
  free_table(&t);
  ck_assert_int_eq(ystep("labels out"), 0);
  char *text = slurp("out.txt");
  ck_assert_ptr_nonnull(strstr(text, "### dirichlet:M=40,K=3 (40 x 3)"));
  ck_assert_ptr_nonnull(strstr(text, "| run | solver | gap | one class |"));
  free(text);
  ck_assert_int_eq(unlink("out/labels/2.npy"), 0);
  t = labels_of("");
  ck_assert_uint_eq(t.rows, 4);
  free_table(&t);
  text = slurp("err.txt");
  assert_says(strtok(text, "\n"), "1 of 4 runs have no labels");
  free(text);
}
END_TEST

START_TEST(a_prior_of_the_run_is_used) {
  put_text("prior.csv", "0.5,0.3,0.2\n");
  ck_assert_int_eq(
      ystep("run -p dirichlet:M=90,K=3 -s fw --lambda 1000 --prior "
            "prior.csv --save-labels -o out"),
      0);
  table own = labels_of("");
  put_text("even.csv", "1,1,1\n");
  table even = labels_of("--prior even.csv");
  assert_close(number_at(&own, 1, "largest_share"), 1, 0.01);
  assert_close(number_at(&even, 1, "largest_share"), 1.5, 0.01);
  free_table(&own);
  free_table(&even);
}
END_TEST

START_TEST(what_cannot_be_shown_is_refused) {
  assert_refuses("labels", "needs a run directory");
  assert_refuses("labels none", "none");
  ck_assert_int_eq(ystep("run -p dirichlet:M=4,K=3 -s fw -o out"), 0);
  assert_refuses("labels out", "out/labels|--save-labels");
  ck_assert_int_eq(
      ystep("run -p dirichlet:M=4,K=3 -s fw --save-labels -o out --force"), 0);
  assert_refuses("labels out --format pdf", "pdf|md, csv");
  assert_refuses("labels out --threshold 0.4", "0.4|below 1/3");
  assert_refuses("labels out --threshold -1", "threshold");
  assert_refuses("labels out --prior none.csv", "none.csv");
  put_text("zero.csv", "0.5,0,0.5\n");
  assert_refuses("labels out --prior zero.csv", "zero.csv|class 1|above 0");
  ck_assert_int_eq(ys_npy_write("out/labels/1.npy", rows, 5, 4, &error), YS_OK);
  assert_refuses("labels out", "out/labels/1.npy|5 x 4|run 1 is 4 x 3");
}
END_TEST

/* docs/method.md, "What the optimum looks like": of a batch in general position
 * at most K - 2 rows hold more than two classes; of the linear loss, at most
 * K - 1 hold more than one. Rows that hold two are few where classes are even
 * and many where they are not. */
START_TEST(optimum_is_as_sparse_as_proved) {
  static const char *const batches[] = {
      "dirichlet:M=300,K=4", "dirichlet:M=300,K=12",
      "gaussian:M=300,K=4,scale=3,skew=2", "gaussian:M=300,K=8,scale=1,skew=4"};
  char all[400] = "";
  for (int i = 0; i < COUNT(batches); i++)
    strcat(strcat(all, batches[i]), " ");
  for (int linear = 0; linear < 2; linear++) {
    ck_assert_int_eq(ystep("run -p %s -s fw --loss %s --lambda 0.1 1 10 --tol "
                           "1e-11 --save-labels -o out --force",
                           all, linear ? "shannon" : "collision"),
                     0);
    table t = labels_of("");
    ck_assert_uint_eq(t.rows, 1 + 3 * COUNT(batches));
    for (size_t i = 1; i < t.rows; i++) {
      double classes = number_at(&t, i, "classes");
      double two = number_at(&t, i, "two"), more = number_at(&t, i, "more");
      if (linear)
        ck_assert_msg(two + more <= classes - 1, "%s: %g mixed rows",
                      at(&t, i, "problem"), two + more);
      else
        ck_assert_msg(more <= classes - 2, "%s: %g rows of three",
                      at(&t, i, "problem"), more);
    }
    free_table(&t);
  }
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("labels");
  TCase *plain = tcase_create("shapes"), *tc = tcase_create("program");
  tcase_add_test(plain, rows_are_counted_by_hand);
  tcase_add_test(plain, shares_are_of_the_prior);
  suite_add_tcase(s, plain);
  tcase_add_checked_fixture(tc, enter_folder, leave_folder);
  tcase_add_test(tc, a_directory_is_shown);
  tcase_add_test(tc, a_prior_of_the_run_is_used);
  tcase_add_test(tc, what_cannot_be_shown_is_refused);
  tcase_add_test(tc, optimum_is_as_sparse_as_proved);
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
