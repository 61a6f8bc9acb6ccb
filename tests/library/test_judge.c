/* libystep's judge and gradients. */
#include "tests/support/handles.h"

START_TEST(the_judge_takes_any_labels) {
  double *sigma = make_batch(M, K), y[M * K];
  const ystep_array given = doubles(sigma, M, K), labels = doubles(y, M, K);
  ystep_handle *handle = opened(3);
  succeeds(handle, ys_solve(handle, &given, &labels));
  const double optimum = ys_get(handle, "objective"),
               bound = ys_get(handle, "lower_bound");
  for (size_t i = 0; i < M * K; i++)
    y[i] = 1.0 / K;
  succeeds(handle, ys_judge(handle, &given, &labels));
  ck_assert(ys_get(handle, "objective") > optimum);
  ck_assert(ys_get(handle, "gap") >= ys_get(handle, "objective") - optimum);
  ck_assert(ys_get(handle, "lower_bound") <= bound + 1e-6);
  ck_assert_ptr_null(ys_get_text(handle, "status"));
  ck_assert_ptr_null(ys_get_multipliers(handle));
  y[0] = -0.5;
  succeeds(handle, ys_judge(handle, &given, &labels));
  ck_assert(isinf(ys_get(handle, "objective")));
  ck_assert(ys_get(handle, "least_entry") == -0.5);
  y[0] = NAN;
  succeeds(handle, ys_judge(handle, &given, &labels));
  ck_assert(isinf(ys_get(handle, "gap")));
  ys_close(handle);
  free(sigma);
}
END_TEST

static void softmax(const double *logits, double *sigma) {
  for (size_t i = 0; i < M; i++) {
    double sum = 0;
    for (size_t k = 0; k < K; k++)
      sum += sigma[i * K + k] = exp(logits[i * K + k]);
    for (size_t k = 0; k < K; k++)
      sigma[i * K + k] /= sum;
  }
}

static double value_at(ystep_handle *handle, const double *sigma,
                       const double *y) {
  const ystep_array a = doubles(sigma, M, K), b = doubles(y, M, K);
  succeeds(handle, ys_evaluate(handle, &a, &b, NULL, NULL));
  return ys_get(handle, "objective");
}

/* Of one entry of y, and one of the logits, by central differences. */
static void assert_slopes(ystep_handle *handle, double *logits, double *y,
                          size_t at, double by_y, double by_logits) {
  const double step = 1e-6;
  double sigma[M * K], *of[] = {y, logits}, slopes[2] = {0, 0}, kept;
  for (size_t which = 0; which < 2; which++) {
    kept = of[which][at];
    for (int side = -1; side <= 1; side += 2) {
      of[which][at] = kept + side * step;
      softmax(logits, sigma);
      slopes[which] += side * value_at(handle, sigma, y) / (2 * step);
    }
    of[which][at] = kept;
  }
  assert_close(by_y, slopes[0], 1e-7);
  assert_close(by_logits, slopes[1], 1e-7);
}

START_TEST(gradients_are_slopes) {
  static const char *const losses[] = {"collision", "shannon", "reverse"};
  double *y = make_batch(M, K), logits[M * K], sigma[M * K], by_y[M * K],
         by_logits[M * K], by_given[M * K];
  const ystep_array labels = doubles(y, M, K), given = doubles(sigma, M, K),
                    raw = doubles(logits, M, K), one = doubles(by_y, M, K),
                    other = doubles(by_logits, M, K),
                    third = doubles(by_given, M, K);
  for (size_t i = 0; i < M * K; i++)
    logits[i] = 3 * cos((double)(7 * i));
  softmax(logits, sigma);
  for (int l = 0; l < 3; l++) {
    /* weak fairness is, off the simplex, what its formula says up to a
       constant: its gradient differs in that; strong's in the sum of ybar. */
    ystep_handle *handle = opened(0);
    succeeds(handle, ys_set_text(handle, "loss", losses[l]));
    succeeds(handle, ys_evaluate(handle, &given, &labels, &one, &other));
    for (size_t at = 0; at < M * K; at += 13)
      assert_slopes(handle, logits, y, at, by_y[at], by_logits[at]);
    succeeds(handle, ys_set(handle, "logits", 1));
    succeeds(handle, ys_evaluate(handle, &raw, &labels, NULL, &third));
    for (size_t at = 0; at < M * K; at++)
      assert_close(by_given[at], by_logits[at], 1e-13);
    ys_close(handle);
  }
  free(y);
}
END_TEST

/* Fairness: along directions that stay on the simplex. */
START_TEST(gradients_know_fairness) {
  static const char *const words[] = {"strong", "weak"};
  double *y = make_batch(M, K), *sigma = make_batch(M, K), by_y[M * K];
  const ystep_array labels = doubles(y, M, K), given = doubles(sigma, M, K),
                    one = doubles(by_y, M, K);
  const double step = 1e-5;
  for (int f = 0; f < 2; f++) {
    ystep_handle *handle = opened(7);
    succeeds(handle, ys_set_text(handle, "fairness", words[f]));
    succeeds(handle, ys_evaluate(handle, &given, &labels, &one, NULL));
    double slope = 0;
    for (int side = -1; side <= 1; side += 2) {
      y[0] += side * step;
      y[1] -= side * step;
      slope += side * value_at(handle, sigma, y) / (2 * step);
      y[0] -= side * step;
      y[1] += side * step;
    }
    assert_close(by_y[0] - by_y[1], slope, 1e-7);
    ys_close(handle);
  }
  free(y);
  free(sigma);
}
END_TEST

START_TEST(logits_lose_nothing_where_sigma_underflows) {
  const double logits[2] = {0, -2000}, y[2] = {1e-300, 1};
  double by_logits[2];
  const ystep_array given = doubles(logits, 1, 2), labels = doubles(y, 1, 2),
                    to = doubles(by_logits, 1, 2);
  ystep_handle *handle = opened(0);
  succeeds(handle, ys_set(handle, "logits", 1));
  succeeds(handle, ys_evaluate(handle, &given, &labels, NULL, &to));
  /* ln y = (-691, 0): of the joint rows the first has nearly all. */
  assert_close(by_logits[0], 0, 1e-15);
  const double far[2] = {0, -500};
  const ystep_array near = doubles(far, 1, 2);
  succeeds(handle, ys_evaluate(handle, &near, &labels, NULL, &to));
  assert_close(by_logits[0], 1, 1e-15);
  ys_close(handle);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("judge");
  TCase *judge = tcase_create("judge and gradients");
  tcase_add_test(judge, the_judge_takes_any_labels);
  tcase_add_test(judge, gradients_are_slopes);
  tcase_add_test(judge, gradients_know_fairness);
  tcase_add_test(judge, logits_lose_nothing_where_sigma_underflows);
  suite_add_tcase(suite, judge);
  return run_suite(suite);
}
