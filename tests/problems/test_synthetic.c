/* problems/generators/rng.c and synthetic.c, and what planted.c shares with
 * them: reproducible, on the simplex, of the distribution they claim. */
#include "problems/generators/rng.h"
#include "problems/problem.h"
#include "tests/support/testing.h"

#include <gsl/gsl_sort.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

static ys_batch make(const char *spec, int threads) {
  ys_batch batch;
  ys_error error;
  ck_assert_msg(ys_problem_make(spec, threads, &batch, &error) == YS_OK,
                "%s: %s", spec, error.text);
  return batch;
}

static size_t bytes(const ys_batch *batch) {
  return batch->rows * batch->classes * sizeof *batch->sigma;
}

/* --- randomness ------------------------------------------------------ */

static void draw_row(gsl_rng *rng, size_t row, void *context) {
  ((unsigned long *)context)[row] = gsl_rng_get(rng);
}

START_TEST(rows_do_not_depend_on_threads_or_on_how_many) {
  enum { ROWS = 2000 };
  unsigned long whole[ROWS], part[ROWS];
  for (int threads = -1; threads < 6; threads++) {
    ck_assert_int_eq(
        ys_rng_rows(0, ROWS, 9, YS_RNG_DATA, 1, draw_row, whole, NULL), YS_OK);
    for (size_t rows = 0; rows < ROWS; rows += rows % 256 == 1 ? 255 : 1) {
      memset(part, 0, sizeof part);
      ck_assert_int_eq(
          ys_rng_rows(0, rows, 9, YS_RNG_DATA, threads, draw_row, part, NULL),
          YS_OK);
      ck_assert(memcmp(part, whole, rows * sizeof *part) == 0);
      ck_assert_uint_eq(part[rows], 0);
    }
  }
}
END_TEST

START_TEST(no_two_streams_are_the_same) {
  enum { BLOCKS = 3000, USES = 3, SEEDS = 3, ALL = BLOCKS * USES * SEEDS };
  static double first[ALL];
  gsl_rng *rng = ys_rng_alloc();
  int at = 0;
  for (unsigned seed = 0; seed < SEEDS; seed++)
    for (int use = 0; use < USES; use++)
      for (size_t block = 0; block < BLOCKS; block++) {
        ys_rng_seed(rng, seed, (ys_rng_use)use, block);
        double high = (double)(gsl_rng_get(rng) >> 6);
        first[at++] = high * 67108864 + (double)(gsl_rng_get(rng) >> 6);
      }
  ys_rng_free(rng);
  ys_rng_free(NULL);
  gsl_sort(first, 1, ALL);
  int same = 0;
  for (int i = 1; i < ALL; i++)
    same += first[i] == first[i - 1];
  ck_assert_int_eq(same, 0);
}
END_TEST

/* --- properties of every generator ----------------------------------- */

static const char *const specs[] = {
    "dirichlet:M=1000,K=7,alpha=0.3",
    "gaussian:M=1000,K=7,scale=3,skew=2",
    "planted:M=1000,K=7",
    "dirichlet:M=257,K=2",
    "gaussian:M=1,K=1000",
    "planted:M=3,K=500",
};

START_TEST(threads_change_no_bit) {
  ys_batch one = make(specs[_i], 1);
  for (int threads = 2; threads < 6; threads++) {
    ys_batch many = make(specs[_i], threads);
    ck_assert_mem_eq(many.sigma, one.sigma, bytes(&one));
    ck_assert_mem_eq(&many.planted_optimum, &one.planted_optimum,
                     sizeof(double));
    if (one.planted_labels)
      ck_assert_mem_eq(many.planted_labels, one.planted_labels, bytes(&one));
    ys_batch_free(&many);
  }
  ys_batch_free(&one);
}
END_TEST

/* The same draw, its logits moved: by the noise's own seed, and little. */
START_TEST(noise_moves_a_batch_by_its_own_seed) {
  static const char *const names[] = {"dirichlet", "gaussian:scale=3"};
  for (int i = 0; i < COUNT(names); i++) {
    ys_batch batch[4];
    static const char *const ends[] = {"noise=0", "noise=0.01",
                                       "noise=0.01,noise-seed=2", "noise=1"};
    double odds[4];
    for (int j = 0; j < COUNT(ends); j++) {
      char spec[80];
      snprintf(spec, sizeof spec, "%s%sM=300,K=5,%s", names[i],
               strchr(names[i], ':') ? "," : ":", ends[j]);
      batch[j] = make(spec, 2);
      odds[j] = 0;
      for (size_t row = 0; row < 300; row++) {
        const double *to = batch[j].sigma + 5 * row;
        const double *from = batch[0].sigma + 5 * row;
        double change = log(to[0] / to[1]) - log(from[0] / from[1]);
        odds[j] += change * change / 300;
      }
    }
    ck_assert(odds[0] == 0);
    assert_close(odds[1], 2e-4, 5e-5);
    assert_close(odds[2], 2e-4, 5e-5);
    assert_close(odds[3], 2, 0.5);
    ck_assert(batch[1].sigma[0] != batch[2].sigma[0]);
    for (int j = 0; j < COUNT(ends); j++)
      ys_batch_free(&batch[j]);
  }
}
END_TEST

START_TEST(rows_lie_on_the_simplex) {
  ys_batch batch = make(specs[_i], 2);
  for (size_t i = 0; i < batch.rows; i++) {
    const double *row = batch.sigma + i * batch.classes;
    double sum = 0, least = INFINITY;
    for (size_t k = 0; k < batch.classes; k++) {
      sum += row[k];
      least = row[k] < least ? row[k] : least;
    }
    ck_assert_msg(least >= 0 && fabs(sum - 1) < 1e-12, "row %zu: %g, %g", i,
                  least, sum);
  }
  ys_batch_free(&batch);
}
END_TEST

START_TEST(seed_changes_the_data) {
  static const char *const kinds[] = {"dirichlet", "gaussian", "planted"};
  char spec[64];
  ys_batch batch[3];
  for (int seed = 0; seed < 3; seed++) {
    snprintf(spec, sizeof spec, "%s:M=50,K=5,seed=%d", kinds[_i], seed);
    batch[seed] = make(spec, 1);
  }
  for (int a = 0; a < 3; a++)
    for (int b = a + 1; b < 3; b++)
      for (size_t i = 0; i < 50; i++)
        ck_assert_msg(memcmp(batch[a].sigma + 5 * i, batch[b].sigma + 5 * i,
                             5 * sizeof(double)) != 0,
                      "seeds %d and %d share row %zu", a, b, i);
  for (int a = 0; a < 3; a++)
    ys_batch_free(&batch[a]);
}
END_TEST

START_TEST(first_rows_do_not_depend_on_the_number_of_rows) {
  static const char *const kinds[] = {"dirichlet:alpha=0.4",
                                      "gaussian:scale=2,skew=1"};
  static const int sizes[] = {1, 255, 256, 257, 300};
  char spec[64];
  snprintf(spec, sizeof spec, "%s,K=6,seed=3,M=1000", kinds[_i]);
  ys_batch whole = make(spec, 2);
  for (int s = 0; s < COUNT(sizes); s++) {
    snprintf(spec, sizeof spec, "%s,K=6,seed=3,M=%d", kinds[_i], sizes[s]);
    ys_batch part = make(spec, 2);
    ck_assert_mem_eq(part.sigma, whole.sigma, bytes(&part));
    ys_batch_free(&part);
  }
  ys_batch_free(&whole);
}
END_TEST

/* --- distributions ---------------------------------------------------- */

/* Mean and variance of n numbers, `stride` apart. */
static void moments(const double *x, size_t n, size_t stride, double *mean,
                    double *variance) {
  *mean = *variance = 0;
  for (size_t i = 0; i < n; i++)
    *mean += x[i * stride] / (double)n;
  for (size_t i = 0; i < n; i++)
    *variance += pow(x[i * stride] - *mean, 2) / (double)(n - 1);
}

/* Each entry has mean 1/K and variance (K - 1) / (K^2 (K alpha + 1)). */
START_TEST(dirichlet_has_its_moments) {
  static const double alphas[] = {0.01, 0.5, 1, 30};
  char spec[64];
  double mean, variance;
  snprintf(spec, sizeof spec, "dirichlet:M=40000,K=4,alpha=%g", alphas[_i]);
  ys_batch batch = make(spec, 2);
  double expected = 3 / (16 * (4 * alphas[_i] + 1));
  for (size_t k = 0; k < 4; k++) {
    moments(batch.sigma + k, batch.rows, 4, &mean, &variance);
    ck_assert_double_le(fabs(mean - 0.25), 5 * sqrt(expected / 40000));
    ck_assert_double_le(fabs(variance / expected - 1), 0.05);
  }
  ys_batch_free(&batch);
}
END_TEST

/* With K = 2 and alpha = 1 an entry is uniform on [0, 1]: Kolmogorov and
 * Smirnov's distance, whose 0.1 % point is 1.95 / sqrt(M). */
START_TEST(flat_dirichlet_of_two_classes_is_uniform) {
  ys_batch batch = make("dirichlet:M=20000,K=2", 2);
  double distance = 0;
  gsl_sort(batch.sigma, 2, batch.rows);
  for (size_t i = 0; i < batch.rows; i++)
    distance =
        fmax(distance, fabs(batch.sigma[2 * i] - ((double)i + 0.5) / 20000));
  ck_assert_double_le(distance, 1.95 / sqrt(20000));
  ys_batch_free(&batch);
}
END_TEST

START_TEST(tiny_alpha_gives_one_hot_rows_of_every_class) {
  ys_batch batch = make("dirichlet:M=4000,K=5,alpha=1e-9", 2);
  size_t hot[5] = {0}, ones = 0;
  for (size_t i = 0; i < batch.rows * 5; i++)
    if (batch.sigma[i] == 1) {
      hot[i % 5]++;
      ones++;
    } else {
      ck_assert(batch.sigma[i] >= 0 && batch.sigma[i] < 1e-100);
    }
  ck_assert_uint_eq(ones, batch.rows);
  for (int k = 0; k < 5; k++)
    ck_assert_double_le(fabs((double)hot[k] - 800), 5 * sqrt(4000 * 0.16));
  ys_batch_free(&batch);
}
END_TEST

/* ln(sigma_ia / sigma_ib) has mean skew (b - a) / (K - 1) and variance
 * 2 scale^2. */
START_TEST(gaussian_has_its_scale_and_drift) {
  enum { M = 40000, K = 5 };
  static double ratio[M];
  double mean, variance;
  ys_batch batch = make("gaussian:M=40000,K=5,scale=1.5,skew=3", 2);
  for (size_t k = 1; k < K; k++) {
    for (size_t i = 0; i < M; i++)
      ratio[i] = log(batch.sigma[i * K] / batch.sigma[i * K + k]);
    moments(ratio, M, 1, &mean, &variance);
    ck_assert_double_le(fabs(mean - 3 * (double)k / 4), 5 * sqrt(4.5 / M));
    ck_assert_double_le(fabs(variance / 4.5 - 1), 5 * sqrt(2.0 / M));
  }
  ys_batch_free(&batch);
}
END_TEST

START_TEST(gaussian_without_scale_is_its_drift_alone) {
  ys_batch batch = make("gaussian:M=3,K=3,scale=0,skew=2", 1);
  double sum = exp(1) + 1 + exp(-1);
  for (size_t i = 0; i < 9; i++)
    assert_close(batch.sigma[i], exp(1 - (double)(i % 3)) / sum, 1e-15);
  ys_batch_free(&batch);
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("synthetic");
  TCase *tc = tcase_create("synthetic");
  tcase_add_test(tc, rows_do_not_depend_on_threads_or_on_how_many);
  tcase_add_test(tc, no_two_streams_are_the_same);
  tcase_add_loop_test(tc, threads_change_no_bit, 0, COUNT(specs));
  tcase_add_loop_test(tc, rows_lie_on_the_simplex, 0, COUNT(specs));
  tcase_add_loop_test(tc, seed_changes_the_data, 0, 3);
  tcase_add_loop_test(tc, first_rows_do_not_depend_on_the_number_of_rows, 0, 2);
  tcase_add_loop_test(tc, dirichlet_has_its_moments, 0, 4);
  tcase_add_test(tc, noise_moves_a_batch_by_its_own_seed);
  tcase_add_test(tc, flat_dirichlet_of_two_classes_is_uniform);
  tcase_add_test(tc, tiny_alpha_gives_one_hot_rows_of_every_class);
  tcase_add_test(tc, gaussian_has_its_scale_and_drift);
  tcase_add_test(tc, gaussian_without_scale_is_its_drift_alone);
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
