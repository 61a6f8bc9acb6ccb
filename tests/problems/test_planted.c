/* problems/generators/planted.c: the planted labels are the optimum, as stated,
 * of a problem that is worth solving. */
#include "problems/problem.h"
#include "tests/support/testing.h"

#include <stdlib.h>

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

static ys_batch make(const char *spec, int threads) {
  ys_batch batch;
  ys_error error;
  ck_assert_msg(ys_problem_make(spec, threads, &batch, &error) == YS_OK,
                "%s: %s", spec, error.text);
  return batch;
}

static const char *const plants[] = {
    "planted",
    "planted:seed=77,M=999",
    "planted:M=1",
    "planted:M=2,K=2",
    "planted:M=3,K=100",
    "planted:M=4000,K=2,lambda=3",
    "planted:M=500,K=50,lambda=0.3",
    "planted:lambda=1e-6",
    "planted:lambda=10",
    "planted:lambda=100,M=3000",
    "planted:lambda=1e4",
};

/* nu_k = lambda u_k / ybar_k with the uniform prior, from the definition. */
static long double *multipliers(const ys_batch *batch, const double *y) {
  size_t m = batch->rows, n = batch->classes;
  long double *nu = calloc(n, sizeof *nu);
  ck_assert_ptr_nonnull(nu);
  for (size_t i = 0; i < m * n; i++)
    nu[i % n] += (long double)y[i];
  for (size_t k = 0; k < n; k++)
    nu[k] = (long double)batch->planted_lambda * (long double)m /
            ((long double)n * nu[k]);
  return nu;
}

/* The objective by its definition, in long double, of y with its rows divided
 * by their sums. */
static double objective(const ys_batch *batch, const double *y) {
  size_t m = batch->rows, n = batch->classes;
  long double loss = 0, divergence = 0;
  long double *mean = calloc(n, sizeof *mean);
  ck_assert_ptr_nonnull(mean);
  for (size_t i = 0; i < m; i++) {
    long double x = 0, sum = 0;
    for (size_t k = 0; k < n; k++)
      sum += (long double)y[i * n + k];
    for (size_t k = 0; k < n; k++) {
      long double part = (long double)y[i * n + k] / sum;
      x += (long double)batch->sigma[i * n + k] * part;
      mean[k] += part / (long double)m;
    }
    loss -= logl(x) / (long double)m;
  }
  for (size_t k = 0; k < n; k++)
    divergence -= logl(mean[k] * (long double)n) / (long double)n;
  free(mean);
  return (double)(loss + (long double)batch->planted_lambda * divergence);
}

/* How far row i is from sigma_ik / x_i + nu_k <= mu_i = 1 + nu . y_i, equal
 * where y_ik > 0. */
static double kkt_violation(const ys_batch *batch, const long double *nu,
                            size_t i) {
  size_t n = batch->classes;
  const double *sigma = batch->sigma + i * n;
  const double *y = batch->planted_labels + i * n;
  long double x = 0, mu = 1;
  double worst = 0;
  for (size_t k = 0; k < n; k++) {
    x += (long double)sigma[k] * (long double)y[k];
    mu += nu[k] * (long double)y[k];
  }
  for (size_t k = 0; k < n; k++) {
    double excess = (double)((long double)sigma[k] / x + nu[k] - mu);
    worst = fmax(worst, y[k] > 0 ? fabs(excess) : excess);
  }
  return worst;
}

START_TEST(planted_labels_satisfy_the_optimality_conditions) {
  ys_batch batch = make(plants[_i], 2);
  double tolerance = 1e-12 * fmax(1, batch.planted_lambda / 100);
  long double *nu = multipliers(&batch, batch.planted_labels);
  for (size_t i = 0; i < batch.rows; i++) {
    double violation = kkt_violation(&batch, nu, i), sum = 0, least = 1;
    for (size_t k = 0; k < batch.classes; k++) {
      double y = batch.planted_labels[i * batch.classes + k];
      sum += y;
      least = fmin(least, y);
    }
    ck_assert_msg(violation <= tolerance && least >= 0 && fabs(sum - 1) < 1e-14,
                  "row %zu: violation %g, least %g, sum - 1 = %g", i, violation,
                  least, sum - 1);
  }
  free(nu);
  ys_batch_free(&batch);
}
END_TEST

START_TEST(planted_optimum_is_the_objective_of_the_labels) {
  ys_batch batch = make(plants[_i], 2);
  assert_close(batch.planted_optimum, objective(&batch, batch.planted_labels),
               1e-14);
  ys_batch_free(&batch);
}
END_TEST

/* A random row of labels, blended into the planted one. */
static void blend_row(gsl_rng *rng, const double *planted, double *y, size_t n,
                      double amount) {
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    sum += y[k] = pow(gsl_rng_uniform_pos(rng), 8);
  for (size_t k = 0; k < n; k++)
    y[k] = (1 - amount) * planted[k] + amount * y[k] / sum;
}

START_TEST(no_feasible_labels_go_below_the_planted_optimum) {
  ys_batch batch = make(plants[_i], 2);
  size_t n = batch.classes;
  double *y = malloc(batch.rows * n * sizeof *y), nearest = INFINITY;
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int trial = 0; trial < 60; trial++) {
    double amount = pow(10, -trial % 7);
    for (size_t i = 0; i < batch.rows; i++)
      blend_row(rng, batch.planted_labels + i * n, y + i * n, n, amount);
    double above = objective(&batch, y) - batch.planted_optimum;
    nearest = fmin(nearest, above);
    ck_assert_msg(above > -1e-14 * fmax(1, batch.planted_lambda),
                  "below by %g at blend %g", -above, amount);
  }
  ck_assert_double_lt(nearest, 1e-5);
  gsl_rng_free(rng);
  free(y);
  ys_batch_free(&batch);
}
END_TEST

/* What makes the problem worth solving: rows of several classes, columns off
 * the prior, zeros in the data, and classes that are only just not used. */
START_TEST(planted_batch_is_not_trivial) {
  ys_batch batch = make("planted:M=2000,K=10", 2);
  size_t n = batch.classes, several = 0, three = 0, zeros = 0, close_calls = 0;
  long double *nu = multipliers(&batch, batch.planted_labels);
  for (size_t i = 0; i < batch.rows; i++) {
    const double *y = batch.planted_labels + i * n;
    const double *sigma = batch.sigma + i * n;
    size_t support = 0;
    long double x = 0, mu = 1;
    for (size_t k = 0; k < n; k++) {
      support += y[k] > 0;
      x += (long double)sigma[k] * (long double)y[k];
      mu += nu[k] * (long double)y[k];
    }
    several += support >= 2;
    three += support >= 3;
    for (size_t k = 0; k < n; k++) {
      long double slack = mu - nu[k] - (long double)sigma[k] / x;
      zeros += sigma[k] == 0;
      close_calls += y[k] == 0 && slack < 1e-3L;
    }
  }
  ck_assert_uint_gt(several, 600);
  ck_assert_uint_gt(three, 100);
  ck_assert_uint_lt(several, 1900);
  ck_assert_uint_gt(zeros, 2000);
  ck_assert_uint_gt(close_calls, 1000);
  long double low = nu[0], high = nu[0];
  for (size_t k = 1; k < n; k++) {
    low = nu[k] < low ? nu[k] : low;
    high = nu[k] > high ? nu[k] : high;
  }
  ck_assert(high - low > 0.5L && high - low < 0.9L);
  free(nu);
  ys_batch_free(&batch);
}
END_TEST

START_TEST(only_planted_batches_claim_an_optimum) {
  ys_batch batch = make("gaussian:M=5,K=3", 1);
  ck_assert(!batch.planted_labels && isnan(batch.planted_optimum) &&
            isnan(batch.planted_lambda));
  ys_batch_free(&batch);
  batch = make("planted:M=5,K=3,lambda=2.5", 1);
  ck_assert(batch.planted_labels && batch.planted_lambda == 2.5 &&
            isfinite(batch.planted_optimum));
  ys_batch_free(&batch);
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("planted");
  TCase *tc = tcase_create("planted");
  tcase_add_loop_test(tc, planted_labels_satisfy_the_optimality_conditions, 0,
                      COUNT(plants));
  tcase_add_loop_test(tc, planted_optimum_is_the_objective_of_the_labels, 0,
                      COUNT(plants));
  tcase_add_loop_test(tc, no_feasible_labels_go_below_the_planted_optimum, 0,
                      COUNT(plants));
  tcase_add_test(tc, planted_batch_is_not_trivial);
  tcase_add_test(tc, only_planted_batches_claim_an_optimum);
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
