/* bench/figures/profile.c: performance and data profiles. What their data files
 * hold is compared with numbers worked out by hand, or anew from random times.
 */
#include "tests/support/figure_runs.h"

START_TEST(performance_profile_by_hand) {
  plot("--kind profile --gap 1e-3 --x time --format svg");
  assert_file_is(
      in_dir(dir, "figures/profile-gap1e-3-time.dat"),
      "# Performance profile: the share of 3 y-steps solved to a certified gap "
      "of 1e-3 nats\n"
      "# x: solver time, as a multiple of the fastest's\n"
      "# y-step 1: d:M=9,K=3 (9 x 3), collision + strong, lambda 1; unit 1\n"
      "# y-step 2: d:M=9,K=3 (9 x 3), collision + strong, lambda 10; unit 1\n"
      "# y-step 3: d:M=9,K=2 (9 x 2), collision + strong, lambda 1; unit inf\n"
      "# index 0: a\n# x share solved marker\n"
      "1 0.3333333333 1 1\n4 0.6666666667 2 1\n10 0.6666666667 2 0\n"
      "\n\n# index 1: b\n# x share solved marker\n"
      "1 0.3333333333 1 1\n2 0.6666666667 2 1\n10 0.6666666667 2 0\n"
      "\n\n# index 2: c:step=0.5\n# x share solved marker\n"
      "1 0 0 0\n2 0.3333333333 1 1\n10 0.3333333333 1 0\n");
  const char *caption = in_dir(dir, "figures/profile-gap1e-3-time.txt");
  assert_file_says(caption, "Dolan and More 2002");
  assert_file_says(caption, "c:step=0.5: has no run on 1 of the y-steps");
  assert_file_says(caption, "counts as infinitely dear");
  assert_file_says(caption, "1 of the y-steps nobody solved; they count too.");
  assert_file_says(caption, "or after 8 s of solver time");
}
END_TEST

/* Units: 0.1 s and 0.5 s; y-step 3 took 16 s for 160 iterations. */
START_TEST(data_profile_by_hand) {
  plot("--kind data-profile --gap 1e-3 --unit a --x time --format svg");
  const char *data = in_dir(dir, "figures/data-profile-gap1e-3-time.dat");
  assert_file_says(data, "lambda 1; unit 0.1\n");
  assert_file_says(data, "lambda 10; unit 0.5\n");
  assert_file_says(data, "# index 0: a\n# x share solved marker\n"
                         "1 0 0 0\n"
                         "8 0.3333333333 1 1\n"
                         "10 0.6666666667 2 1\n"
                         "100 0.6666666667 2 0\n");
  assert_file_says(data, "# index 1: b\n# x share solved marker\n"
                         "1 0 0 0\n"
                         "2 0.3333333333 1 1\n"
                         "20 0.6666666667 2 1\n"
                         "100 0.6666666667 2 0\n");
  const char *caption = in_dir(dir, "figures/data-profile-gap1e-3-time.txt");
  assert_file_says(caption, "More and Wild 2009");
  assert_file_says(caption,
                   "the time of one iteration of a on the same y-step");
}
END_TEST

START_TEST(data_profile_counts_iterations_as_they_are) {
  plot("--kind data-profile --gap 1e-3 --x iteration --format svg");
  assert_file_says(in_dir(dir, "figures/data-profile-gap1e-3-iteration.dat"),
                   "# index 2: c:step=0.5\n# x share solved marker\n"
                   "1 0 0 0\n"
                   "4 0.3333333333 1 1\n"
                   "10 0.3333333333 1 0\n");
  assert_file_says(in_dir(dir, "figures/data-profile-gap1e-3-iteration.txt"),
                   "its own iterations, whatever they cost");
}
END_TEST

/* The unit is known though its solver is not drawn. */
START_TEST(unit_need_not_be_selected) {
  plot("--kind data-profile -g 1e-3 --unit a -x time -s b --format svg");
  const char *data = in_dir(dir, "figures/data-profile-gap1e-3-time.dat");
  assert_file_says(data, "unit 0.5");
  assert_file_says(data, "# index 0: b\n");
}
END_TEST

enum { STEPS = 12, SOLVERS = 4 };

static double times[STEPS][SOLVERS];

static void make_random(gsl_rng *rng) {
  char problem[32];
  static const char *const names[SOLVERS] = {"a", "b", "c", "d"};
  begin();
  for (int p = 0; p < STEPS; p++)
    for (int s = 0; s < SOLVERS; s++) {
      sprintf(problem, "p%d", p);
      times[p][s] =
          gsl_rng_uniform_int(rng, 4) ? 0.01 + 3 * gsl_rng_uniform(rng) : -1;
      add_run(problem, 9, 3, 1, names[s], times[p][s], 5);
    }
  end();
}

/* The share of y-steps that a solver has within x of the best. */
static double share_within(int solver, double x) {
  int count = 0;
  for (int p = 0; p < STEPS; p++) {
    double best = INFINITY;
    for (int s = 0; s < SOLVERS; s++)
      if (times[p][s] >= 0)
        best = fmin(best, times[p][s]);
    count += times[p][solver] >= 0 && times[p][solver] <= best * x * (1 + 1e-9);
  }
  return (double)count / STEPS;
}

/* Every point of the file is on the profile, which rises nowhere else. */
START_TEST(profiles_of_random_times) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  gsl_rng_set(rng, (unsigned long)_i + 1);
  char line[256];
  drop_dir(dir);
  make_random(rng);
  plot("--kind profile --gap 1e-3 --x time --format svg");
  FILE *file = fopen(in_dir(dir, "figures/profile-gap1e-3-time.dat"), "r");
  int solver = -1, checked = 0;
  double x, share, last = 0;
  while (fgets(line, sizeof line, file)) {
    if (strncmp(line, "# index", 7) == 0) {
      solver++;
      last = 0;
    }
    if (line[0] == '#' || sscanf(line, "%lf %lf", &x, &share) != 2)
      continue;
    ck_assert_double_ge(x, 1);
    assert_close(share, share_within(solver, x), 1e-9);
    assert_close(last, x > 1 ? share_within(solver, x * (1 - 1e-6)) : 0, 1e-9);
    last = share;
    checked++;
  }
  fclose(file);
  ck_assert_int_eq(solver, SOLVERS - 1);
  ck_assert_int_gt(checked, 2 * SOLVERS);
  gsl_rng_free(rng);
}
END_TEST

/* A start within the gap takes no time: everybody is first. */
START_TEST(start_within_the_gap_is_a_tie) {
  drop_dir(dir);
  dir = run_dir("1,d,9,3,collision,strong,1,a,0,1,1,converged,0,0,0,0,1,1,0,\n"
                "2,d,9,3,collision,strong,1,b,0,1,1,converged,0,0,0,0,1,1,0,\n",
                "1,0,0,1,1,0\n2,0,0,1,1,0\n");
  put_in(dir, "meta.json", "{}");
  plot("--kind profile --format svg");
  assert_file_says(in_dir(dir, "figures/profile-gap1e-6-time.dat"),
                   "# index 0: a\n# x share solved marker\n1 1 1 1\n");
  assert_file_says(in_dir(dir, "figures/profile-gap1e-6-iteration.dat"),
                   "# index 1: b\n# x share solved marker\n1 1 1 1\n");
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("profile");
  TCase *tc = tcase_create("profile");
  tcase_add_checked_fixture(tc, setup, teardown);
  tcase_add_test(tc, performance_profile_by_hand);
  tcase_add_test(tc, data_profile_by_hand);
  tcase_add_test(tc, data_profile_counts_iterations_as_they_are);
  tcase_add_test(tc, unit_need_not_be_selected);
  tcase_add_loop_test(tc, profiles_of_random_times, 0, 5);
  tcase_add_test(tc, start_within_the_gap_is_a_tie);
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
