/* problems/ranks.c and problems/objective/tree.c: what is whose, what is said
 * to all, and sums whose bits do not depend on who adds up what. */
#include "problems/objective/tree.h"
#include "tests/support/testing.h"
#include "tests/support/thread_ranks.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>

/* ------------------------------------------------------------- shares ---- */

static ys_blocks blocks_of(size_t count) {
  return (ys_blocks){10 * count - 3, 10, count};
}

START_TEST(shares_cover_all_blocks_and_are_alike) {
  for (size_t n = 1; n <= YS_MAX_BLOCKS; n++)
    for (size_t count = 1; count <= n; count++) {
      const ys_blocks whole = blocks_of(n);
      const double fair = (double)n / (double)count;
      ck_assert_uint_eq(ys_share_begin(&whole, count, 0), 0);
      ck_assert_uint_eq(ys_share_begin(&whole, count, count), n);
      for (size_t r = 0; r < count; r++) {
        const size_t begin = ys_share_begin(&whole, count, r);
        const size_t end = ys_share_begin(&whole, count, r + 1);
        ck_assert_msg(begin < end, "%zu of %zu of %zu", r, count, n);
        ck_assert_msg((double)(end - begin) <= fmax(1.25 * fair, fair + 1),
                      "%zu of %zu of %zu: %zu", r, count, n, end - begin);
      }
    }
}
END_TEST

/* Whether the tree's node [begin, end) has a node that is the share. */
static bool has_node(size_t begin, size_t end, const ys_share *share) {
  if (begin == share->first && end == share->end)
    return true;
  if (end - begin < 2)
    return false;
  const size_t middle = ys_tree_middle(begin, end);
  return has_node(begin, middle, share) || has_node(middle, end, share);
}

START_TEST(two_to_the_n_ranks_hold_a_subtree_each) {
  for (size_t n = 16; n <= YS_MAX_BLOCKS; n++)
    for (size_t count = 1; count <= 16; count *= 2)
      for (size_t r = 0; r < count; r++) {
        const ys_blocks whole = blocks_of(n);
        const ys_share share = {NULL, whole, ys_share_begin(&whole, count, r),
                                ys_share_begin(&whole, count, r + 1)};
        ck_assert_msg(has_node(0, n, &share), "%zu of %zu of %zu", r, count, n);
      }
}
END_TEST

START_TEST(shares_have_their_rows) {
  for (size_t count = 1; count <= 9; count++) {
    size_t next = 0;
    for (size_t r = 0; r < count; r++) {
      const ys_ranks ranks = {.rank = r, .count = count};
      const ys_share share = ys_share_make(&ranks, 100003, 7);
      const ys_blocks own = ys_share_blocks(&share);
      ck_assert_uint_eq(ys_share_first_row(&share), next);
      ck_assert_uint_eq(own.size, share.whole.size);
      for (size_t b = share.first; b < share.end; b++)
        ck_assert_uint_eq(ys_share_owner(&share, b), r);
      next += own.rows;
    }
    ck_assert_uint_eq(next, 100003);
  }
}
END_TEST

START_TEST(there_is_a_block_for_every_rank) {
  ys_error error;
  const ys_ranks three = {.rank = 1, .count = 3};
  const ys_share few = ys_share_make(&three, 2, 5000);
  const ys_share enough = ys_share_make(&three, 9, 5000);
  const ys_share alone = ys_share_make(NULL, 1, 2);
  const ys_ranks seven = {.rank = 5, .count = 7};
  const ys_share empty = ys_share_make(&seven, 2, 5000);
  ck_assert_uint_eq(ys_share_blocks(&empty).rows, 0);
  ck_assert_int_eq(ys_share_check(&few, &error), YS_UNSUPPORTED);
  ck_assert_ptr_nonnull(strstr(error.text, "3 ranks"));
  ck_assert_int_eq(ys_share_check(&enough, &error), YS_OK);
  ck_assert_int_eq(ys_share_check(&alone, &error), YS_OK);
}
END_TEST

/* ---------------------------------------------------------- decisions ---- */

typedef struct said {
  size_t failing; /* the rank that fails; MOST_RANKS: none */
  size_t spread[MOST_RANKS], least[MOST_RANKS];
  double most[MOST_RANKS];
  int64_t sum[MOST_RANKS][2];
  bool any[MOST_RANKS], none[MOST_RANKS];
  ys_code code[MOST_RANKS];
  ys_error error[MOST_RANKS];
} said;

static void talk(const ys_ranks *ranks, void *context) {
  said *s = context;
  const size_t r = ranks->rank;
  ys_code code = YS_OK;
  s->spread[r] = 100 + r;
  ys_ranks_spread(ranks, &s->spread[r], sizeof s->spread[r]);
  s->least[r] = ys_ranks_least(ranks, (r * 5 + 3) % 7);
  s->most[r] = ys_ranks_most(ranks, (double)((r * 5 + 3) % 7));
  int64_t room[2];
  s->sum[r][0] = (int64_t)r;
  s->sum[r][1] = -((int64_t)1 << 52) - (int64_t)r;
  ys_ranks_sum(ranks, s->sum[r], room, 2);
  s->any[r] = ys_ranks_any(ranks, r == ranks->count - 1);
  s->none[r] = ys_ranks_any(ranks, false);
  if (r >= s->failing)
    code = ys_fail(&s->error[r], YS_BAD_INPUT, "no %zu", r);
  s->code[r] = ys_ranks_agree(ranks, code, &s->error[r]);
}

/* Numbers that are 0 but for every `of`th place and one of each rank's own. */
typedef struct sparse_said {
  size_t of, count;
  int64_t *sum[MOST_RANKS];
} sparse_said;

static int64_t sparse_number(const sparse_said *s, size_t rank, size_t i) {
  return i % s->of == 0 || i == rank ? (int64_t)(rank * 1000 + i) - 3000 : 0;
}

static void add_sparse(const ys_ranks *ranks, void *context) {
  sparse_said *s = context;
  int64_t *room = malloc(s->count * sizeof *room);
  s->sum[ranks->rank] = malloc(s->count * sizeof *room);
  for (size_t i = 0; i < s->count; i++)
    s->sum[ranks->rank][i] = sparse_number(s, ranks->rank, i);
  ys_ranks_sum_sparse(ranks, s->sum[ranks->rank], room, s->count);
  free(room);
}

/* The sums are the numbers', and where most are 0 a tenth is sent. */
START_TEST(sparse_numbers_are_summed_and_little_is_sent) {
  static const size_t counts[] = {1, 10, 127, 128, 129, 1000, 5050},
                      of[] = {1, 2, 3, 100, 10000};
  for (size_t ranks = 1; ranks <= 7; ranks++)
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
      for (size_t f = 0; f < sizeof of / sizeof *of; f++) {
        sparse_said s = {.of = of[f], .count = counts[c]};
        const post_office sent = run_ranks(ranks, add_sparse, &s);
        for (size_t i = 0; i < s.count; i++) {
          int64_t sum = 0;
          for (size_t r = 0; r < ranks; r++)
            sum += sparse_number(&s, r, i);
          for (size_t r = 0; r < ranks; r++)
            ck_assert_int_eq(s.sum[r][i], sum);
        }
        const size_t dense = 3 * s.count * sizeof **s.sum;
        for (size_t r = 0; r < ranks; r++) {
          if (s.count >= 1000 && s.of >= 100)
            ck_assert_uint_le(sent.bytes[r], dense / 10);
          free(s.sum[r]);
        }
      }
}
END_TEST

START_TEST(all_ranks_hear_the_same) {
  for (size_t count = 1; count <= 9; count++) {
    said s = {.failing = count > 2 ? 2 : MOST_RANKS};
    size_t least = 7, most = 0;
    run_ranks(count, talk, &s);
    for (size_t r = 0; r < count; r++) {
      least = (r * 5 + 3) % 7 < least ? (r * 5 + 3) % 7 : least;
      most = (r * 5 + 3) % 7 > most ? (r * 5 + 3) % 7 : most;
    }
    const int64_t all = (int64_t)(count * (count - 1) / 2);
    for (size_t r = 0; r < count; r++) {
      ck_assert_uint_eq(s.spread[r], 100);
      ck_assert_uint_eq(s.least[r], least);
      ck_assert(s.most[r] == (double)most);
      ck_assert(s.sum[r][0] == all);
      ck_assert(s.sum[r][1] == -((int64_t)count << 52) - all);
      ck_assert(s.any[r] && !s.none[r]);
      ck_assert_int_eq(s.code[r], count > 2 ? YS_BAD_INPUT : YS_OK);
      if (count > 2)
        ck_assert_str_eq(s.error[r].text, "rank 2: no 2");
    }
  }
}
END_TEST

/* Pieces of any size, some of none. */
enum { PIECES = 9 * 9 };
static unsigned char pieces[MOST_RANKS][PIECES];

static void find_pieces(size_t count, size_t *begin) {
  begin[0] = 0;
  for (size_t r = 0; r < count; r++)
    begin[r + 1] = begin[r] + r * 7 % 9;
}

static void bring_piece(const ys_ranks *ranks, void *context) {
  size_t begin[MOST_RANKS + 1];
  bool *ok = context;
  find_pieces(ranks->count, begin);
  for (size_t i = begin[ranks->rank]; i < begin[ranks->rank + 1]; i++)
    pieces[ranks->rank][i] = (unsigned char)(i + 1);
  ok[ranks->rank] = ys_ranks_gather(ranks, pieces[ranks->rank], begin);
}

START_TEST(pieces_are_gathered_on_all) {
  for (size_t count = 1; count <= 9; count++) {
    size_t begin[MOST_RANKS + 1];
    bool ok[MOST_RANKS];
    memset(pieces, 0, sizeof pieces);
    find_pieces(count, begin);
    run_ranks(count, bring_piece, ok);
    for (size_t r = 0; r < count; r++)
      for (size_t i = 0; i < PIECES; i++)
        ck_assert(ok[r] && pieces[r][i] == (i < begin[count] ? i + 1 : 0));
  }
}
END_TEST

START_TEST(a_process_alone_asks_nobody) {
  ys_error error;
  int number = 3;
  ck_assert(ys_ranks_spread(NULL, &number, sizeof number) && number == 3);
  ck_assert_uint_eq(ys_ranks_least(NULL, 5), 5);
  ck_assert(ys_ranks_any(NULL, true) && !ys_ranks_any(NULL, false));
  ck_assert_int_eq(ys_ranks_agree(NULL, YS_OK, &error), YS_OK);
  ck_assert_int_eq(ys_fail(&error, YS_IO, "so"), YS_IO);
  ck_assert_int_eq(ys_ranks_agree(NULL, YS_IO, &error), YS_IO);
  ck_assert_str_eq(error.text, "so");
}
END_TEST

/* ----------------------------------------------------------- the tree ---- */

enum { COLUMNS = 5, TOTALS = 4, STRIDE = 10, RESULTS = COLUMNS + TOTALS };
enum { PLAIN = COLUMNS + 3 }; /* the first column once more */

typedef struct adding {
  ys_blocks whole;
  double numbers[YS_MAX_BLOCKS][STRIDE];
  double result[MOST_RANKS][RESULTS];
  size_t lost; /* a rank that is gone before it has said anything */
} adding;

static void add_share(const ys_ranks *ranks, const ys_blocks *whole, adding *a,
                      double *result) {
  const ys_share share = {
      ranks, *whole,
      ranks ? ys_share_begin(whole, ranks->count, ranks->rank) : 0,
      ranks ? ys_share_begin(whole, ranks->count, ranks->rank + 1)
            : whole->count};
  const double *own = a->numbers[share.first];
  const ys_tree_part parts[] = {
      {YS_SUM, own, STRIDE, COLUMNS, result},
      {YS_SUM, own + COLUMNS, STRIDE, 1, result + COLUMNS},
      {YS_LARGEST, own + COLUMNS + 1, STRIDE, 1, result + COLUMNS + 1},
      {YS_LEAST, own + COLUMNS + 2, STRIDE, 1, result + COLUMNS + 2},
      {YS_PLAIN_SUM, own, STRIDE, 1, result + PLAIN}};
  double *room = malloc(ys_tree_room(&share, COLUMNS + 1, 3) * sizeof *room);
  ys_tree_combine(&share, parts, 5, room);
  free(room);
}

static void add_mine(const ys_ranks *ranks, void *context) {
  adding *a = context;
  if (ranks->rank == a->lost)
    post_lose(ranks);
  else
    add_share(ranks, &a->whole, a, a->result[ranks->rank]);
}

static adding *random_numbers(gsl_rng *rng, size_t count) {
  adding *a = calloc(1, sizeof *a);
  a->whole = blocks_of(count);
  a->lost = MOST_RANKS;
  for (size_t b = 0; b < count; b++)
    for (size_t k = 0; k < STRIDE; k++)
      a->numbers[b][k] = (k < COLUMNS ? 1 : 2 * gsl_rng_uniform(rng) - 1) *
                         exp(20 * gsl_rng_uniform(rng));
  return a;
}

START_TEST(sums_have_the_same_bits_on_any_number_of_ranks) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int trial = 0; trial < 40; trial++) {
    const size_t n = 1 + gsl_rng_uniform_int(rng, YS_MAX_BLOCKS);
    adding *a = random_numbers(rng, n);
    double alone[RESULTS];
    add_share(NULL, &a->whole, a, alone);
    for (size_t count = 1; count <= 9 && count <= n; count++) {
      run_ranks(count, add_mine, a);
      for (size_t r = 0; r < count; r++)
        ck_assert_mem_eq(a->result[r], alone, sizeof alone);
    }
    free(a);
  }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(sums_are_compensated_and_extremes_extreme) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int trial = 0; trial < 200; trial++) {
    const size_t n = 1 + gsl_rng_uniform_int(rng, YS_MAX_BLOCKS);
    adding *a = random_numbers(rng, n);
    double result[RESULTS], largest = -INFINITY, least = INFINITY;
    long double sum[COLUMNS] = {0};
    add_share(NULL, &a->whole, a, result);
    for (size_t b = 0; b < n; b++) {
      for (size_t k = 0; k < COLUMNS; k++)
        sum[k] += a->numbers[b][k];
      largest = fmax(largest, a->numbers[b][COLUMNS + 1]);
      least = fmin(least, a->numbers[b][COLUMNS + 2]);
    }
    for (size_t k = 0; k < COLUMNS; k++)
      ck_assert_double_le(fabs((double)(result[k] - sum[k])),
                          1.2e-16 * (double)sum[k]);
    ck_assert_double_le(fabs((double)(result[PLAIN] - *sum)),
                        7.1 * 1.2e-16 * (double)*sum); /* a level each */
    ck_assert(result[COLUMNS + 1] == largest && result[COLUMNS + 2] == least);
    free(a);
  }
  gsl_rng_free(rng);
}
END_TEST

/* What a plain sum in any order loses. */
START_TEST(what_rounding_leaves_travels) {
  adding *a = calloc(1, sizeof *a);
  a->whole = blocks_of(4);
  a->lost = MOST_RANKS;
  a->numbers[0][0] = 1;
  a->numbers[1][0] = 1e100;
  a->numbers[2][0] = 1;
  a->numbers[3][0] = -1e100;
  a->numbers[2][1] = INFINITY;
  a->numbers[1][COLUMNS + 1] = NAN;
  for (size_t count = 1; count <= 4; count++) {
    run_ranks(count, add_mine, a);
    ck_assert(a->result[0][0] == 2 && a->result[count - 1][0] == 2);
    ck_assert(a->result[0][1] == INFINITY);
    ck_assert(a->result[0][COLUMNS + 1] == 0);
  }
  free(a);
}
END_TEST

/* log2(ranks) nodes go out of a rank where shares are subtrees: two numbers a
 * compensated sum, one of every other, and the rider. */
START_TEST(little_is_sent) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  adding *a = random_numbers(rng, YS_MAX_BLOCKS);
  const size_t node = (2 * (COLUMNS + 1) + 3 + 1) * sizeof(double);
  for (size_t count = 2; count <= 9; count++) {
    const post_office office = run_ranks(count, add_mine, a);
    const size_t levels = (size_t)ceil(log2((double)count));
    const bool subtrees = (count & (count - 1)) == 0;
    for (size_t r = 0; r < count; r++) {
      ck_assert_uint_le(office.sent[r], subtrees ? levels : 2 * levels);
      ck_assert_uint_le(office.bytes[r],
                        (subtrees ? levels : 2 * levels) * node);
    }
  }
  free(a);
  gsl_rng_free(rng);
}
END_TEST

/* Each rank says its number, and all hear the largest. */
static double say_number(void *context) {
  const ys_ranks *ranks = context;
  return (double)((7 * ranks->rank + 5) % ranks->count);
}

static void ride(const ys_ranks *ranks, void *context) {
  adding *a = context;
  *ranks->rider = (ys_rider){say_number, (void *)(uintptr_t)ranks, -1};
  add_share(ranks, &a->whole, a, a->result[ranks->rank]);
  a->result[ranks->rank][0] = ranks->rider->most;
}

START_TEST(a_number_rides_on_what_is_combined) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  adding *a = random_numbers(rng, 50);
  for (size_t count = 2; count <= 9; count++) {
    double largest = 0;
    run_ranks(count, ride, a);
    for (size_t r = 0; r < count; r++)
      largest = fmax(largest, (double)((7 * r + 5) % count));
    for (size_t r = 0; r < count; r++)
      ck_assert_double_eq(a->result[r][0], largest);
  }
  free(a);
  gsl_rng_free(rng);
}
END_TEST

START_TEST(a_lost_rank_leaves_no_numbers_and_nobody_waiting) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (size_t count = 2; count <= 6; count++)
    for (size_t lost = 0; lost < count; lost++) {
      adding *a = random_numbers(rng, 50);
      a->lost = lost;
      run_ranks(count, add_mine, a);
      for (size_t r = 0; r < count; r++)
        for (size_t k = 0; r != lost && k < RESULTS; k++)
          ck_assert(isnan(a->result[r][k]));
      free(a);
    }
  gsl_rng_free(rng);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("ranks");
  TCase *tests = tcase_create("ranks");
  tcase_set_timeout(tests, 30);
  tcase_add_test(tests, shares_cover_all_blocks_and_are_alike);
  tcase_add_test(tests, two_to_the_n_ranks_hold_a_subtree_each);
  tcase_add_test(tests, shares_have_their_rows);
  tcase_add_test(tests, there_is_a_block_for_every_rank);
  tcase_add_test(tests, sparse_numbers_are_summed_and_little_is_sent);
  tcase_add_test(tests, all_ranks_hear_the_same);
  tcase_add_test(tests, pieces_are_gathered_on_all);
  tcase_add_test(tests, a_process_alone_asks_nobody);
  tcase_add_test(tests, sums_have_the_same_bits_on_any_number_of_ranks);
  tcase_add_test(tests, sums_are_compensated_and_extremes_extreme);
  tcase_add_test(tests, what_rounding_leaves_travels);
  tcase_add_test(tests, little_is_sent);
  tcase_add_test(tests, a_number_rides_on_what_is_combined);
  tcase_add_test(tests, a_lost_rank_leaves_no_numbers_and_nobody_waiting);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
