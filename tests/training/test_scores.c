/* training/scores.c: scores of a clustering, and the assignment in them. */
#include "tests/support/testing.h"
#include "training/scores.h"

#include <string.h>

enum { MOST = 6, ROWS = 40 };

static gsl_rng *rng;

static void set_up(void) {
  rng = gsl_rng_alloc(gsl_rng_mt19937);
}

static void tear_down(void) {
  gsl_rng_free(rng);
}

/* The least total cost over all permutations. */
static double least_cost(const double *cost, size_t n, size_t row,
                         unsigned used) {
  double best = INFINITY;
  if (row == n)
    return 0;
  for (size_t j = 0; j < n; j++)
    if (!(used & 1u << j))
      best = fmin(best, cost[row * n + j] +
                            least_cost(cost, n, row + 1, used | 1u << j));
  return best;
}

START_TEST(assignment_is_the_best_of_all_permutations) {
  for (int trial = 0; trial < 300; trial++) {
    size_t n = 1 + gsl_rng_uniform_int(rng, MOST), column[MOST];
    double cost[MOST * MOST], total = 0;
    unsigned used = 0;
    for (size_t i = 0; i < n * n; i++) /* ties, negative costs */
      cost[i] = trial % 2 ? gsl_rng_uniform(rng) - 0.5
                          : -(double)gsl_rng_uniform_int(rng, 4);
    ck_assert_int_eq(ys_assign(cost, n, column, NULL), YS_OK);
    for (size_t i = 0; i < n; i++) {
      ck_assert_uint_lt(column[i], n);
      used |= 1u << column[i];
      total += cost[i * n + column[i]];
    }
    ck_assert_uint_eq(used, (1u << n) - 1);
    assert_close(total, least_cost(cost, n, 0, 0), 1e-12);
  }
}
END_TEST

static ys_scores scores_of(const size_t *cluster, const size_t *label,
                           size_t rows, size_t classes) {
  ys_scores scores;
  ck_assert_int_eq(ys_scores_find(cluster, label, rows, classes, &scores, NULL),
                   YS_OK);
  return scores;
}

START_TEST(renamed_clusters_are_perfect) {
  size_t label[ROWS], cluster[ROWS];
  for (size_t i = 0; i < ROWS; i++) {
    label[i] = i % 5;
    cluster[i] = (label[i] + 2) % 5;
  }
  ys_scores s = scores_of(cluster, label, ROWS, 5);
  assert_close(s.accuracy, 1, 1e-12);
  assert_close(s.nmi, 1, 1e-12);
  assert_close(s.ari, 1, 1e-12);
  ck_assert(s.plain == 0);
}
END_TEST

/* The Rand index by its definition: over all pairs of rows. */
static double adjusted_rand(const size_t *a, const size_t *b, size_t rows) {
  double same = 0, in_a = 0, in_b = 0, all = 0;
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < i; j++) {
      all++;
      in_a += a[i] == a[j];
      in_b += b[i] == b[j];
      same += a[i] == a[j] && b[i] == b[j];
    }
  double expected = in_a * in_b / all;
  return (same - expected) / ((in_a + in_b) / 2 - expected);
}

/* Mutual information as a mean over the rows. */
static double normalised_information(const size_t *a, const size_t *b,
                                     size_t rows) {
  double both = 0, entropy_a = 0, entropy_b = 0, n = (double)rows;
  for (size_t i = 0; i < rows; i++) {
    double like_a = 0, like_b = 0, alike = 0;
    for (size_t j = 0; j < rows; j++) {
      like_a += a[i] == a[j];
      like_b += b[i] == b[j];
      alike += a[i] == a[j] && b[i] == b[j];
    }
    both += log(alike * n / (like_a * like_b)) / n;
    entropy_a -= log(like_a / n) / n;
    entropy_b -= log(like_b / n) / n;
  }
  return both / ((entropy_a + entropy_b) / 2);
}

START_TEST(scores_are_what_their_definitions_say) {
  for (int trial = 0; trial < 100; trial++) {
    size_t label[ROWS], cluster[ROWS], n = 2 + gsl_rng_uniform_int(rng, 4);
    double cost[MOST * MOST] = {0}, plain = 0;
    for (size_t i = 0; i < ROWS; i++) {
      label[i] = gsl_rng_uniform_int(rng, n);
      cluster[i] =
          gsl_rng_uniform(rng) < 0.5 ? label[i] : gsl_rng_uniform_int(rng, n);
      cost[cluster[i] * n + label[i]]--;
      plain += cluster[i] == label[i];
    }
    ys_scores s = scores_of(cluster, label, ROWS, n);
    assert_close(s.accuracy, -least_cost(cost, n, 0, 0) / ROWS, 1e-12);
    assert_close(s.plain, plain / ROWS, 1e-12);
    assert_close(s.ari, adjusted_rand(cluster, label, ROWS), 1e-10);
    assert_close(s.nmi, normalised_information(cluster, label, ROWS), 1e-10);
  }
}
END_TEST

START_TEST(one_cluster_tells_nothing) {
  size_t label[ROWS], cluster[ROWS] = {0};
  for (size_t i = 0; i < ROWS; i++)
    label[i] = i % 4;
  ys_scores s = scores_of(cluster, label, ROWS, 4);
  assert_close(s.accuracy, 0.25, 1e-12);
  assert_close(s.nmi, 0, 1e-12);
  assert_close(s.ari, 0, 1e-12);
  s = scores_of(cluster, cluster, ROWS, 4); /* and is right about one class */
  assert_close(s.nmi, 1, 1e-12);
  assert_close(s.ari, 1, 1e-12);
  s = scores_of(cluster, cluster, 1, 4); /* a single row */
  assert_close(s.accuracy, 1, 1e-12);
}
END_TEST

START_TEST(the_first_of_equal_columns_is_the_largest) {
  const double matrix[] = {0.2, 0.5, 0.5, 0.1, 1, 0, 0, 0};
  size_t column[2];
  ys_largest_columns(matrix, 2, 4, column);
  ck_assert_uint_eq(column[0], 1);
  ck_assert_uint_eq(column[1], 0);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("scores");
  TCase *scores = tcase_create("scores");
  tcase_add_checked_fixture(scores, set_up, tear_down);
  tcase_add_test(scores, assignment_is_the_best_of_all_permutations);
  tcase_add_test(scores, renamed_clusters_are_perfect);
  tcase_add_test(scores, scores_are_what_their_definitions_say);
  tcase_add_test(scores, one_cluster_tells_nothing);
  tcase_add_test(scores, the_first_of_equal_columns_is_the_largest);
  suite_add_tcase(suite, scores);
  return run_suite(suite);
}
