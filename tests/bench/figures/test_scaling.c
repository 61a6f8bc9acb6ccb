/* bench/figures/scaling.c: time or iterations over a problem's size, and the
 * lines fitted to it. Slopes are compared with the textbook's. */
#include "tests/support/figure_runs.h"

/* Slope and its standard error of y = 0.1, 0.4, 0.2, 0.3 at x = 4, 8, 16, 32 by
 * the textbook, in log10. */
static void fit_by_the_book(double *slope, double *error) {
  static const double x[] = {4, 8, 16, 32}, y[] = {0.1, 0.4, 0.2, 0.3};
  double mx = 0, my = 0, xx = 0, xy = 0, rest = 0;
  for (int i = 0; i < 4; i++) {
    mx += log10(x[i]) / 4;
    my += log10(y[i]) / 4;
  }
  for (int i = 0; i < 4; i++) {
    xx += (log10(x[i]) - mx) * (log10(x[i]) - mx);
    xy += (log10(x[i]) - mx) * (log10(y[i]) - my);
  }
  *slope = xy / xx;
  for (int i = 0; i < 4; i++)
    rest += pow(log10(y[i]) - my - *slope * (log10(x[i]) - mx), 2);
  *error = sqrt(rest / 2 / xx);
}

START_TEST(slopes_by_the_book) {
  double slope, error;
  char words[128];
  drop_dir(dir);
  make_family();
  plot("--kind scaling --gap 1e-3 --x time --format svg");
  const char *stem = "figures/scaling-K-d-M9-K4-lambda1-gap1e-3-time";
  char path[128];
  snprintf(path, sizeof path, "%s.dat", stem);
  const char *data = in_dir(dir, path);
  assert_file_says(data, "# index 0: a\n# K median low high\n"
                         "4 0.008 0.008 0.008\n"
                         "8 0.022627417 0.022627417 0.022627417\n"
                         "16 0.064 0.064 0.064\n"
                         "32 0.181019336 0.181019336 0.181019336\n");
  assert_file_says(data, "# index 2: c\n# K median low high\n"
                         "4 2 2 2\n8 inf inf inf\n");
  assert_file_says(data, "# index 3: a, 4 points, slope 1.5, standard error");
  assert_file_says(data, "# K fit\n4 0.008\n32 0.181019336\n");
  assert_file_says(data, "# index 5: c, 1 points, slope nan");
  fit_by_the_book(&slope, &error);
  snprintf(words, sizeof words,
           "# index 4: b, 4 points, slope %.6g, standard error %.3g\n", slope,
           error);
  assert_file_says(data, words);
  snprintf(path, sizeof path, "%s.gp", stem);
  assert_file_says(in_dir(dir, path), "\"a  1.50\"");
  assert_file_says(in_dir(dir, path), "= \"c\";");
  snprintf(path, sizeof path, "%s.txt", stem);
  assert_file_says(in_dir(dir, path), "a 1.50 (0.00)");
  assert_file_says(in_dir(dir, path), "c: not solved at K = 8, 16, 32.");
}
END_TEST

/* The family in M is the pair of problems with K = 4. */
START_TEST(both_sizes_have_families) {
  drop_dir(dir);
  make_family();
  plot("--kind scaling --gap 1e-3 --format svg");
  const char *data =
      in_dir(dir, "figures/scaling-M-d-M9-K4-lambda1-gap1e-3-iteration.dat");
  assert_file_says(data,
                   "# index 0: a\n# M median low high\n9 4 4 4\n18 3 3 3");
  assert_file_says(data, "# index 3: a, 2 points, slope nan");
  ck_assert(is_there(
      in_dir(dir, "figures/scaling-K-d-M9-K4-lambda1-gap1e-3-iteration.svg")));
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("scaling");
  TCase *tc = tcase_create("scaling");
  tcase_add_checked_fixture(tc, setup, teardown);
  tcase_add_test(tc, slopes_by_the_book);
  tcase_add_test(tc, both_sizes_have_families);
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
