/* problems/batch.c: allocation, and bringing rows onto the simplex. */
#include "problems/batch.h"
#include "tests/support/tempfile.h"
#include "tests/support/testing.h"

#include <stdint.h>
#include <string.h>

static ys_batch batch;
static ys_error error;

static void set_up(void) {
  error = (ys_error){0};
  ck_assert_int_eq(ys_batch_alloc(&batch, "b", 4, 3, &error), YS_OK);
}

static void tear_down(void) {
  ys_batch_free(&batch);
}

static double *put_row(size_t row, double a, double b, double c) {
  double *sigma = batch.sigma + row * batch.classes;
  sigma[0] = a;
  sigma[1] = b;
  sigma[2] = c;
  return sigma;
}

START_TEST(new_batch_has_no_plant_and_no_counts) {
  ck_assert_uint_eq(batch.rows, 4);
  ck_assert_uint_eq(batch.classes, 3);
  ck_assert_uint_eq(batch.renormalised_rows, 0);
  ck_assert(batch.largest_deviation == 0);
  ck_assert_ptr_null(batch.planted_labels);
  ck_assert(isnan(batch.planted_lambda) && isnan(batch.planted_optimum));
}
END_TEST

START_TEST(freeing_twice_or_nothing_is_harmless) {
  ys_batch_free(NULL);
  ys_batch_free(&batch);
  ck_assert_ptr_null(batch.sigma);
  ys_batch_free(&batch);
}
END_TEST

static const struct {
  size_t rows, classes;
  const char *says;
} bad_shapes[] = {
    {0, 3, "name|M = 0|at least one row"},
    {5, 1, "name|K = 1|at least two classes"},
    {5, 0, "name|K = 0|at least two classes"},
    {SIZE_MAX / 2, 4, "name|larger than memory"},
    {2, SIZE_MAX / 4, "name|larger than memory"},
    {SIZE_MAX, SIZE_MAX, "name|larger than memory"},
};

START_TEST(bad_shape_is_refused) {
  ys_batch other;
  ck_assert_int_eq(ys_batch_alloc(&other, "name", bad_shapes[_i].rows,
                                  bad_shapes[_i].classes, &error),
                   YS_BAD_INPUT);
  assert_says(error.text, bad_shapes[_i].says);
  ck_assert_ptr_null(other.sigma);
}
END_TEST

START_TEST(exact_row_is_kept_to_the_bit) {
  double *row = put_row(1, 0.25, 0.75, -0.0);
  ck_assert_int_eq(ys_batch_accept_row(&batch, "b", 1, &error), YS_OK);
  ck_assert(row[0] == 0.25 && row[1] == 0.75 && row[2] == 0);
  ck_assert_msg(!signbit(row[2]), "-0 should become 0");
  ck_assert_uint_eq(batch.renormalised_rows, 0);
}
END_TEST

START_TEST(rows_off_by_little_are_divided_and_counted) {
  put_row(0, 0.5, 0.25, 0.25);
  double *low = put_row(1, 0.5, 0.25, 0.24995);
  put_row(2, 0.5, 0.25, 0.25 + 5e-13);
  put_row(3, 0.5, 0.25, 0.25001);
  for (size_t i = 0; i < 4; i++)
    ck_assert_int_eq(ys_batch_accept_row(&batch, "b", i, &error), YS_OK);
  ck_assert_uint_eq(batch.renormalised_rows, 2);
  assert_close(batch.largest_deviation, 5e-5, 1e-12);
  assert_close(low[0], 0.5 / 0.99995, 1e-15);
  assert_close(low[0] + low[1] + low[2], 1, 1e-15);
}
END_TEST

static const struct {
  double a, b, c;
  const char *says;
} bad_rows[] = {
    {0.5, -1e-9, 0.5, "here|row 2|class 1|-1e-09 is not a probability"},
    {NAN, 0.5, 0.5, "here|row 2|class 0|nan is not a probability"},
    {0.5, 0.5, INFINITY, "here|row 2|class 2|inf is not a probability"},
    {0.5, 0.25, 0.2502, "here|row 2|sums to 1.0002|expected 1"},
    {0.5, 0.25, 0.2498, "here|row 2|sums to 0.9998|expected 1"},
    {0, 0, 0, "here|row 2|sums to 0:|expected 1"},
    {1e308, 1e308, 1e308, "here|row 2|sums to inf|expected 1"},
};

START_TEST(row_off_the_simplex_is_refused) {
  put_row(2, bad_rows[_i].a, bad_rows[_i].b, bad_rows[_i].c);
  ck_assert_int_eq(ys_batch_accept_row(&batch, "here", 2, &error),
                   YS_BAD_INPUT);
  assert_says(error.text, bad_rows[_i].says);
  ck_assert_uint_eq(batch.renormalised_rows, 0);
}
END_TEST

START_TEST(softmax_is_that_of_its_definition) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int trial = 0; trial < 1000; trial++) {
    double logit[3];
    long double sum = 0;
    for (int k = 0; k < 3; k++) {
      logit[k] = 40 * gsl_rng_uniform(rng) - 20;
      sum += expl((long double)logit[k]);
    }
    double shift = trial % 2 ? 1000 * gsl_rng_uniform(rng) : 0;
    double *row =
        put_row(0, logit[0] + shift, logit[1] + shift, logit[2] + shift);
    ck_assert_int_eq(ys_batch_softmax_row(&batch, "b", 0, &error), YS_OK);
    for (int k = 0; k < 3; k++)
      assert_close(row[k], (double)(expl((long double)logit[k]) / sum), 1e-12);
  }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(extreme_logits_give_a_row_on_the_simplex) {
  double *row = put_row(0, 1e308, -1e308, -INFINITY);
  ck_assert_int_eq(ys_batch_softmax_row(&batch, "b", 0, &error), YS_OK);
  ck_assert(row[0] == 1 && row[1] == 0 && row[2] == 0);
  row = put_row(0, -1e300, -1e300, -INFINITY);
  ck_assert_int_eq(ys_batch_softmax_row(&batch, "b", 0, &error), YS_OK);
  ck_assert(row[0] == 0.5 && row[1] == 0.5 && row[2] == 0);
}
END_TEST

static const struct {
  double a, b, c;
  const char *says;
} bad_logits[] = {
    {0, NAN, 0, "here|row 3|class 1|nan is not a logit"},
    {0, 0, INFINITY, "here|row 3|class 2|inf is not a logit"},
    {-INFINITY, -INFINITY, -INFINITY, "here|row 3|every logit is -inf"},
};

START_TEST(bad_logits_are_refused) {
  put_row(3, bad_logits[_i].a, bad_logits[_i].b, bad_logits[_i].c);
  ck_assert_int_eq(ys_batch_softmax_row(&batch, "here", 3, &error),
                   YS_BAD_INPUT);
  assert_says(error.text, bad_logits[_i].says);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

static Suite *suite(void) {
  Suite *s = suite_create("batch");
  TCase *tc = tcase_create("batch");
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_test(tc, new_batch_has_no_plant_and_no_counts);
  tcase_add_test(tc, freeing_twice_or_nothing_is_harmless);
  tcase_add_loop_test(tc, bad_shape_is_refused, 0, COUNT(bad_shapes));
  tcase_add_test(tc, exact_row_is_kept_to_the_bit);
  tcase_add_test(tc, rows_off_by_little_are_divided_and_counted);
  tcase_add_loop_test(tc, row_off_the_simplex_is_refused, 0, COUNT(bad_rows));
  tcase_add_test(tc, softmax_is_that_of_its_definition);
  tcase_add_test(tc, extreme_logits_give_a_row_on_the_simplex);
  tcase_add_loop_test(tc, bad_logits_are_refused, 0, COUNT(bad_logits));
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
