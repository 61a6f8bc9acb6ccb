/* bench/figures/segments.c: the objective along segments, drawn from
 * segments.csv, and the tables that are refused. */
#include "tests/support/figure_runs.h"

START_TEST(segments_by_hand) {
  drop_dir(dir);
  make_segments(true);
  plot("--kind segments --format svg");
  const char *data = in_dir(dir, "figures/segments-1-d-M9-K3.dat");
  assert_file_says(data, "# d:M=9,K=3, seed 5\n");
  assert_file_says(data, "# collision: departures are divided by 1 nats\n"
                         "0.00 0 0 0 1\n0.50 -1 1 -1 3\n1.00 0 0 0 3\n");
  assert_file_says(data, "# joint: departures are divided by 4 nats\n"
                         "0.00 0 0 0 4\n0.50 -1 1 -4 12\n1.00 0 0 0 12\n");
  assert_file_says(in_dir(dir, "figures/segments-1-d-M9-K3.txt"), "Seed 5.");
}
END_TEST

START_TEST(segments_of_a_check_are_drawn_again) {
  char line[1024], *where = temp_dir();
  snprintf(line, sizeof line,
           "check -o %s --force -p dirichlet:M=20,K=3 planted:M=20,K=3 "
           "--format svg",
           where);
  assert_accepts(&cmd_check, line);
  const char *drawn = "figures/segments-2-planted-M20-K3.dat";
  char *before = text_of_file(in_dir(where, drawn));
  unlink(in_dir(where, drawn));
  snprintf(line, sizeof line, "plot %s --kind segments --format svg", where);
  assert_accepts(&cmd_plot, line);
  assert_file_is(in_dir(where, drawn), before);
  free(before);
  drop_dir(where);
}
END_TEST

START_TEST(the_ends_of_the_axes_are_the_users) {
  drop_dir(dir);
  make_segments(true);
  plot("--kind segments --format svg");
  const char *script = in_dir(dir, "figures/segments-1-d-M9-K3.gp");
  assert_file_says(script, "x_low = 0; x_high = 1; y_low = -1.1; y_high = 1.1");
  plot("--kind segments --format svg --x-limits 0.25 0.75 --y-limits -1 0");
  assert_file_says(script,
                   "x_low = 0.25; x_high = 0.75; y_low = -1; y_high = 0\n");
}
END_TEST

START_TEST(bad_segments_are_refused) {
  assert_plot_refuses("--kind segments", "segments.csv");
  assert_plot_refuses("--kind segments --lambda 1", "--lambda|segments");
  drop_dir(dir);
  make_segments(false);
  assert_plot_refuses("--kind segments", "segments.csv|d:M=9,K=3|not whole");
  put_in(dir, "segments.csv", "problem,seed,panel,segment,t,objective\n");
  assert_plot_refuses("--kind segments", "segments.csv|no rows");
  put_in(dir, "segments.csv", "problem,seed,panel,t,objective\n");
  assert_plot_refuses("--kind segments", "segments.csv, line 1|'segment'");
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("segments");
  TCase *tc = tcase_create("segments");
  tcase_add_checked_fixture(tc, setup, teardown);
  tcase_add_test(tc, segments_by_hand);
  tcase_add_test(tc, segments_of_a_check_are_drawn_again);
  tcase_add_test(tc, the_ends_of_the_axes_are_the_users);
  tcase_add_test(tc, bad_segments_are_refused);
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
