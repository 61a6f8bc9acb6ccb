/* libystep: a code and a message for every misuse. */
#include "tests/support/handles.h"

START_TEST(misuse_is_a_code_and_a_message) {
  double *sigma = make_batch(M, K), y[M * K];
  ystep_array given = doubles(sigma, M, K), labels = doubles(y, M, K);
  ystep_handle *handle = opened(3);
  const int bad = YSTEP_BAD_INPUT;
  fails(handle, ys_set(handle, "lamda", 1), bad, "did you mean 'lambda'?");
  fails(handle, ys_set(handle, "lambda", -1), bad, "lambda is -1; expected");
  fails(handle, ys_set(handle, "lambda", NAN), bad, "lambda is nan; expected");
  fails(handle, ys_set(handle, "threads", 1.5), bad, "a whole number");
  fails(handle, ys_set_text(handle, "loss", "colision"), bad,
        "did you mean 'collision'?");
  fails(handle, ys_set_text(handle, "start", "warm"), bad, "start");
  fails(handle, ys_set_text(handle, "solver", "exactly"), bad, "'exact'");
  fails(handle, ys_set_text(handle, "solver", "em:acel=squarem"), bad, "accel");
  fails(handle, ys_set_text(handle, "lambda", "1"), bad, "setting of a text");
  fails(handle, ys_solve(handle, NULL, &labels), bad, "sigma: NULL");
  fails(handle, ys_solve(handle, &given, NULL), bad, "labels: NULL");
  given.type = 7;
  fails(handle, ys_solve(handle, &given, &labels), bad, "sigma: type 7");
  given = doubles(sigma, 0, K);
  fails(handle, ys_solve(handle, &given, &labels), bad, "sigma: 0 x 5");
  given = doubles(sigma, M, 1);
  fails(handle, ys_solve(handle, &given, &labels), bad, "sigma: 40 x 1");
  given = doubles(sigma, SIZE_MAX / 4, K);
  fails(handle, ys_solve(handle, &given, &labels), bad, "memory can address");
  given = doubles(sigma, M, K);
  given.stride = K - 1;
  fails(handle, ys_solve(handle, &given, &labels), bad, "a stride of 4");
  given = doubles(sigma, M, K);
  labels.rows--;
  fails(handle, ys_solve(handle, &given, &labels), bad,
        "labels: 39 x 5; expected sigma's 40 x 5");
  labels.rows++;
  sigma[7 * K] += 0.5;
  fails(handle, ys_solve(handle, &given, &labels), bad,
        "sigma: row 7 (from 0) sums to 1.5");
  sigma[7 * K] = NAN;
  fails(handle, ys_judge(handle, &given, &labels), bad,
        "sigma: row 7, class 0");
  put_row(7, K, sigma + 7 * K);
  succeeds(handle, ys_set_text(handle, "start", "given"));
  for (size_t i = 0; i < M * K; i++)
    y[i] = i % K == 0;
  fails(handle, ys_solve(handle, &given, &labels), YSTEP_BAD_NUMERICS,
        "start given: the objective is infinite: column 1 of y is zero");
  y[3] = 0.5;
  fails(handle, ys_solve(handle, &given, &labels), bad,
        "labels: row 0 (from 0) sums to 1.5");
  succeeds(handle, ys_set_text(handle, "start", "uniform"));
  succeeds(handle, ys_set_text(handle, "loss", "reverse"));
  succeeds(handle, ys_set_text(handle, "solver", "fw"));
  fails(handle, ys_solve(handle, &given, &labels), YSTEP_UNSUPPORTED, "fw");
  ck_assert_int_eq(ys_solve(NULL, &given, &labels), bad);
  ck_assert_int_eq(ys_set(NULL, "lambda", 1), bad);
  ck_assert_ptr_nonnull(ys_message(NULL));
  ck_assert(isnan(ys_get(handle, "gapp")));
  ck_assert_ptr_null(ys_get_text(handle, "statuses"));
  ys_close(NULL);
  ys_close(handle);
  free(sigma);
}
END_TEST

START_TEST(sparse_labels_that_are_none) {
  double *sigma = make_batch(2, K);
  const ystep_array given = doubles(sigma, 2, K);
  const size_t begin[] = {0, 2, 3}, falling[] = {0, 2, 1}, late[] = {1, 2, 3},
               many[] = {0, K + 1, K + 2};
  const uint32_t held[] = {0, 2, 1}, twice[] = {2, 2, 1}, beyond[] = {0, K, 1};
  const double weight[] = {0.5, 0.5, 1}, negative[] = {1.5, -0.5, 1},
               half[] = {0.5, 0.5, 0.5};
  const struct {
    ystep_sparse y;
    const char *words;
  } cases[] = {
      {{2, K, falling, held, weight}, "row 1 (from 0) has entries 2 to 1"},
      {{2, K, late, held, weight}, "begin[0] is 1"},
      {{2, K, many, held, weight}, "row 0 (from 0) has entries 0 to 6"},
      {{2, K, begin, twice, weight}, "row 0 (from 0) holds class 2"},
      {{2, K, begin, beyond, weight}, "row 0 (from 0) holds class 5"},
      {{2, K, begin, held, negative}, "row 0, class 2 (from 0): -0.5"},
      {{2, K, begin, held, half}, "row 1 (from 0) sums to 0.5"},
      {{2, K + 1, begin, held, weight}, "labels: 2 x 6; expected"},
      {{2, K, NULL, held, weight}, "labels: NULL"},
  };
  ystep_handle *handle = opened(0);
  succeeds(handle, ys_set_text(handle, "start", "given"));
  ystep_sparse good = {2, K, begin, held, weight};
  succeeds(handle, ys_solve_sparse(handle, &given, &good));
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    ystep_sparse y = cases[c].y;
    fails(handle, ys_solve_sparse(handle, &given, &y), YSTEP_BAD_INPUT,
          cases[c].words);
  }
  fails(handle, ys_solve_sparse(handle, &given, NULL), YSTEP_BAD_INPUT,
        "labels: NULL");
  ys_close(handle);
  free(sigma);
}
END_TEST

START_TEST(versions_agree) {
  char *makefile, wanted[64], path[512];
  snprintf(path, sizeof path, "%s/Makefile", getenv("YSTEP_SOURCE"));
  makefile = slurp(path);
  snprintf(wanted, sizeof wanted, "VERSION  := %s\n", YSTEP_VERSION);
  ck_assert_ptr_nonnull(strstr(makefile, wanted));
  ck_assert_str_eq(ys_version(), YSTEP_VERSION);
  free(makefile);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("misuse");
  TCase *misuse = tcase_create("misuse");
  tcase_add_test(misuse, misuse_is_a_code_and_a_message);
  tcase_add_test(misuse, sparse_labels_that_are_none);
  tcase_add_test(misuse, versions_agree);
  suite_add_tcase(suite, misuse);
  return run_suite(suite);
}
