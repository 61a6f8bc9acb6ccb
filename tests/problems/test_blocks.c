/* problems/blocks.c: the fixed row blocks and the compensated sum. */
#include "problems/blocks.h"
#include "tests/support/testing.h"

#include <stdbool.h>

static bool covers_in_order(const ys_blocks *blocks, size_t rows) {
  size_t next = 0;
  for (size_t b = 0; b < blocks->count; b++) {
    if (ys_block_begin(blocks, b) != next || ys_block_end(blocks, b) <= next)
      return false;
    next = ys_block_end(blocks, b);
  }
  return next == rows;
}

START_TEST(blocks_cover_every_row_once_in_order) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int trial = 0; trial < 5000; trial++) {
    size_t rows = 1 + (size_t)exp(18 * gsl_rng_uniform(rng));
    size_t classes = 1 + (size_t)exp(11 * gsl_rng_uniform(rng));
    ys_blocks blocks = ys_blocks_make(rows, classes);
    ck_assert_msg(blocks.count >= 1 && blocks.count <= YS_MAX_BLOCKS &&
                      blocks.size % YS_TILE_ROWS == 0 &&
                      covers_in_order(&blocks, rows),
                  "%zu x %zu in %zu blocks of %zu", rows, classes, blocks.count,
                  blocks.size);
  }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(small_batches_stay_in_one_block) {
  ck_assert_uint_eq(ys_blocks_make(1, 2).count, 1);
  ck_assert_uint_eq(ys_blocks_make(400, 10).count, 1);
  ck_assert_uint_gt(ys_blocks_make(4000, 10).count, 1);
  ck_assert_uint_eq(ys_blocks_make(5, 100000).count, 2);
}
END_TEST

START_TEST(no_more_threads_than_blocks) {
  ys_blocks blocks = ys_blocks_make(9, 100000);
  ck_assert_uint_eq(blocks.count, 3);
  ck_assert_int_eq(ys_block_threads(&blocks, 8), 3);
  ck_assert_int_eq(ys_block_threads(&blocks, 3), 3);
  ck_assert_int_eq(ys_block_threads(&blocks, 2), 2);
  ck_assert_int_eq(ys_block_threads(&blocks, 0), 1);
  ck_assert_int_eq(ys_block_threads(&blocks, -4), 1);
}
END_TEST

START_TEST(sum_recovers_what_plain_addition_loses) {
  static const double terms[] = {1, 1e100, 1, -1e100};
  ys_sum sum = {0, 0};
  for (int i = 0; i < 4; i++)
    ys_sum_add(&sum, terms[i]);
  ck_assert(ys_sum_value(&sum) == 2);
}
END_TEST

/* Integers times 2^-60 of mixed size and sign, whose true sum a 128-bit integer
 * holds exactly. */
START_TEST(sum_agrees_with_exact_arithmetic) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  ys_sum sum = {0, 0};
  __extension__ __int128 exact = 0;
  double size = 0;
  for (int i = 0; i < 100000; i++) {
    double term = floor(exp(40 * gsl_rng_uniform(rng)));
    if (gsl_rng_uniform(rng) < 0.5)
      term = -term;
    exact += (long long)term;
    size += fabs(term);
    ys_sum_add(&sum, ldexp(term, -60));
  }
  double error = fabs(ldexp(ys_sum_value(&sum), 60) - (double)exact);
  ck_assert_double_le(error, 1e-15 * fabs((double)exact) + 1e-26 * size);
  gsl_rng_free(rng);
}
END_TEST

START_TEST(infinite_terms_stay_infinite) {
  ys_sum sum = {0, 0};
  ys_sum_add(&sum, 1);
  ys_sum_add(&sum, INFINITY);
  ys_sum_add(&sum, 2);
  ck_assert(ys_sum_value(&sum) == INFINITY);
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("blocks");
  TCase *tc = tcase_create("blocks");
  tcase_add_test(tc, blocks_cover_every_row_once_in_order);
  tcase_add_test(tc, small_batches_stay_in_one_block);
  tcase_add_test(tc, no_more_threads_than_blocks);
  tcase_add_test(tc, sum_recovers_what_plain_addition_loses);
  tcase_add_test(tc, sum_agrees_with_exact_arithmetic);
  tcase_add_test(tc, infinite_terms_stay_infinite);
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
