/* bench/profile*.c, bars.c, winner*.c, scaling*.c, segments.c: the kinds of
 * figures beside convergence. What their data files hold is compared with
 * numbers worked out by hand, or anew from random times. */
#include "../bench/command.h"
#include "rundirs.h"
#include "testing.h"

static char *dir;

static void find_scripts(void) {
  char scripts[512];
  if (getenv("YSTEP_SOURCE") && !getenv("YSTEP_SCRIPTS")) {
    snprintf(scripts, sizeof scripts, "%s/scripts", getenv("YSTEP_SOURCE"));
    setenv("YSTEP_SCRIPTS", scripts, 1);
  }
}

/* ------------------------------------------------- directories of runs ---- */

/* Rows of a run directory under construction. */
static char runs[1 << 16], traces[1 << 16];
static int run_count;

static void begin(void) {
  runs[0] = traces[0] = '\0';
  run_count = 0;
}

/* A run that comes within 1e-3 after `seconds` (or never, if they are negative)
 * and ends at twice that time. */
static void add_run(const char *problem, int rows, int classes, double lambda,
                    const char *solver, double seconds, int iterations) {
  bool reached = seconds >= 0;
  double end = reached ? 2 * seconds : 8;
  int id = ++run_count;
  sprintf(runs + strlen(runs),
          "%d,\"%s\",%d,%d,collision,strong,%g,%s,0,1,2,%s,%d,0,%.17g,0,1,1,"
          "%g,%s\n",
          id, problem, rows, classes, lambda, solver,
          reached ? "converged" : "time_limit", 2 * iterations, end,
          reached ? 1e-4 : 0.5, reached ? "" : "too slow");
  sprintf(traces + strlen(traces), "%d,0,0,1,1,0.9\n", id);
  if (reached)
    sprintf(traces + strlen(traces), "%d,%d,%.17g,1,1,1e-3\n", id, iterations,
            seconds);
  sprintf(traces + strlen(traces), "%d,%d,%.17g,1,1,%g\n", id, 2 * iterations,
          end, reached ? 1e-4 : 0.5);
}

static void end(void) {
  dir = run_dir(runs, traces);
  put_in(dir, "meta.json",
         "{\"command\": [\"ystep\", \"run\", \"--time-limit\", \"8\"], "
         "\"version\": \"1\", \"commit\": \"c\", \"date\": \"day\", \"host\": "
         "{\"cpu\": \"x86\"}}");
}

/* Three y-steps; seconds to 1e-3 of a: 1, 4, never; b: 2, 1, never; c: never,
 * 2, never. An iteration of a takes 0.1 s on the first, 0.5 s on the second. */
static void make_small(void) {
  begin();
  add_run("d:M=9,K=3", 9, 3, 1, "a", 1, 10);
  add_run("d:M=9,K=3", 9, 3, 1, "b", 2, 4);
  add_run("d:M=9,K=3", 9, 3, 1, "c:step=0.5", -1, 40);
  add_run("d:M=9,K=3", 9, 3, 10, "a", 4, 8);
  add_run("d:M=9,K=3", 9, 3, 10, "b", 1, 5);
  add_run("d:M=9,K=3", 9, 3, 10, "c:step=0.5", 2, 4);
  add_run("d:M=9,K=2", 9, 2, 1, "a", -1, 80);
  add_run("d:M=9,K=2", 9, 2, 1, "b", -1, 80);
  end();
}

static void setup(void) {
  find_scripts();
  make_small();
}

static void teardown(void) {
  drop_dir(dir);
}

/* `ystep plot DIR ARGUMENTS`, which is to say nothing on standard error. */
static void plot(const char *arguments) {
  char line[1024], errors[1024];
  snprintf(line, sizeof line, "plot %s %s", dir, arguments);
  int status = run_words(cmd_plot, line, errors, sizeof errors);
  ck_assert_msg(status == 0 && !*errors, "%s: status %d, %s", line, status,
                errors);
}

static void assert_plot_refuses(const char *arguments, const char *words) {
  char line[1024];
  snprintf(line, sizeof line, "plot %s %s", dir, arguments);
  assert_refuses(cmd_plot, line, words);
}

/* -------------------------------------------------------------- profiles -- */

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

/* ------------------------------------------------------------------ bars -- */

START_TEST(bars_by_hand) {
  plot("--kind bars --gap 1e-3 --lambda 1 -p d:M=9,K=3 --format svg");
  const char *stem = "figures/bars-d-M9-K3-lambda1-gap1e-3-iteration";
  char path[128];
  snprintf(path, sizeof path, "%s.dat", stem);
  assert_file_is(in_dir(dir, path),
                 "# iterations to gap 1e-3, certified, in nats\n"
                 "# d:M=9,K=3 (9 x 3), collision + strong, lambda 1\n"
                 "# place median low high: medians over runs, 10 % and 90 % "
                 "quantiles; inf: not reached\n"
                 "1 4 4 4 # b, 1 of 1 runs\n"
                 "2 10 10 10 # a, 1 of 1 runs\n"
                 "3 inf inf inf # c:step=0.5, 0 of 1 runs\n");
  snprintf(path, sizeof path, "%s.txt", stem);
  assert_file_says(in_dir(dir, path), "c:step=0.5: time_limit: too slow.\n");
  snprintf(path, sizeof path, "%s.svg", stem);
  assert_file_says(in_dir(dir, path), "not reached in 8 s: gap 0.5");
}
END_TEST

/* Iterations 4, 8, 40 and never, of four repeats: the median is 24. */
START_TEST(bars_have_quantiles) {
  drop_dir(dir);
  begin();
  add_run("d", 9, 3, 1, "a", 1, 4);
  add_run("d", 9, 3, 1, "a", 2, 8);
  add_run("d", 9, 3, 1, "a", 9, 40);
  add_run("d", 9, 3, 1, "a", -1, 90);
  end();
  plot("--kind bars --gap 1e-3 --format svg");
  assert_file_says(in_dir(dir, "figures/bars-d-lambda1-gap1e-3-iteration.dat"),
                   "\n1 24 5.2 inf # a, 3 of 4 runs\n");
  plot("--kind bars --gap 1e-3 --x time --format svg");
  assert_file_says(in_dir(dir, "figures/bars-d-lambda1-gap1e-3-time.dat"),
                   "\n1 5.5 1.3 inf # a, 3 of 4 runs\n");
}
END_TEST

/* ---------------------------------------------------------------- winner -- */

START_TEST(winners_by_hand) {
  plot("--kind winner --gap 1e-3 --format svg");
  const char *stem = "figures/winner-collision-strong-gap1e-3-time";
  char path[128];
  snprintf(path, sizeof path, "%s.dat", stem);
  assert_file_is(
      in_dir(dir, path),
      "# The solver with the least solver time to a certified gap of 1e-3 "
      "nats, "
      "by median\n"
      "# column row lambda K winner time second/winner; winner 0: nobody\n"
      "1 2 1 3 1 1 2 # d:M=9,K=3, a\n"
      "2 2 10 3 2 1 2 # d:M=9,K=3, b\n"
      "1 1 1 2 0 inf inf # d:M=9,K=2, nobody\n");
  snprintf(path, sizeof path, "%s.gp", stem);
  assert_file_says(in_dir(dir, path), "array columns_of[2] = [\"1\", \"10\"]");
  assert_file_says(in_dir(dir, path),
                   "array shapes_of[2] = ['9 x 2', '9 x 3']");
  snprintf(path, sizeof path, "%s.txt", stem);
  assert_file_says(in_dir(dir, path), "Compared are: a b c:step=0.5.");
}
END_TEST

START_TEST(winner_by_iterations) {
  plot("--kind winner --gap 1e-3 --x iteration -s a b --format svg");
  const char *data =
      in_dir(dir, "figures/winner-collision-strong-gap1e-3-iteration.dat");
  assert_file_says(data, "1 2 1 3 1 4 2.5 # d:M=9,K=3, b\n");
  assert_file_says(data, "2 2 10 3 1 5 1.6 # d:M=9,K=3, b\n");
}
END_TEST

/* Problems of one kind stand together, by K; losses have maps of their own. */
START_TEST(rows_are_ordered_and_losses_apart) {
  drop_dir(dir);
  begin();
  add_run("d:K=20", 9, 20, 1, "a", 1, 4);
  add_run("g:K=5", 9, 5, 1, "a", 1, 4);
  add_run("d:K=3", 9, 3, 1, "a", 1, 4);
  add_run("d:K=100", 9, 100, 1, "a", 1, 4);
  sprintf(runs + strlen(runs), "9,e,9,3,reverse,strong,1,a,0,1,2,converged,1,0,"
                               "1,0,1,1,0,\n");
  strcat(traces, "9,1,1,1,1,0\n");
  end();
  plot("--kind winner --gap 1e-3 --format svg");
  assert_file_says(
      in_dir(dir, "figures/winner-collision-strong-gap1e-3-time.gp"),
      "array shapes_of[4] = ['9 x 3', '9 x 20', '9 x 100', '9 x 5']");
  assert_file_says(
      in_dir(dir, "figures/winner-reverse-strong-2-gap1e-3-time.gp"),
      "array rows[1] = ['e']");
}
END_TEST

/* --------------------------------------------------------------- scaling -- */

/* Exactly 0.001 K^1.5 for a; for b values off any line. */
static void make_family(void) {
  static const int sizes[] = {16, 4, 8, 32};
  static const double off[] = {0.2, 0.1, 0.4, 0.3};
  char problem[32];
  begin();
  for (int i = 0; i < 4; i++) {
    sprintf(problem, "d:M=9,K=%d", sizes[i]);
    add_run(problem, 9, sizes[i], 1, "a", 0.001 * pow(sizes[i], 1.5), sizes[i]);
    add_run(problem, 9, sizes[i], 1, "b", off[i], 7);
    add_run(problem, 9, sizes[i], 1, "c", sizes[i] == 4 ? 2 : -1, 7);
  }
  add_run("d:M=18,K=4", 18, 4, 1, "a", 0.5, 3);
  end();
}

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
  assert_file_says(in_dir(dir, path), "'a  1.50'");
  assert_file_says(in_dir(dir, path), "'c']");
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

/* -------------------------------------------------------------- segments -- */

/* Two segments of three points in each of four panels: F is 0, -1, 0 and 1, 3,
 * 3 times the panel's number. */
static void make_segments(bool whole) {
  static const char *const panels[] = {"collision", "shannon", "reverse",
                                       "joint"};
  static const double values[2][3] = {{0, -1, 0}, {1, 3, 3}};
  char text[4096] = "problem,seed,panel,segment,t,objective\n";
  for (int p = 0; p < 4; p++)
    for (int s = 0; s < 2; s++)
      for (int t = 0; t < (whole || p < 3 || s < 1 ? 3 : 2); t++)
        sprintf(text + strlen(text), "\"d:M=9,K=3\",5,%s,%d,%g,%g\n", panels[p],
                s + 1, t / 2.0, (p + 1) * values[s][t]);
  dir = temp_dir();
  put_in(dir, "segments.csv", text);
  put_in(dir, "meta.json", "{}");
}

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
  assert_accepts(cmd_check, line);
  const char *drawn = "figures/segments-2-planted-M20-K3.dat";
  char *before = text_of_file(in_dir(where, drawn));
  unlink(in_dir(where, drawn));
  snprintf(line, sizeof line, "plot %s --kind segments --format svg", where);
  assert_accepts(cmd_plot, line);
  assert_file_is(in_dir(where, drawn), before);
  free(before);
  drop_dir(where);
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

/* --------------------------------------------------- every kind alike ----- */

static const struct {
  const char *kind, *stem;
} kinds[] = {
    {"convergence -x time", "convergence-d-M9-K4-lambda1-time"},
    {"profile -x time", "profile-gap1e-3-time"},
    {"data-profile -x iteration", "data-profile-gap1e-3-iteration"},
    {"bars", "bars-d-M9-K4-lambda1-gap1e-3-iteration"},
    {"winner", "winner-collision-strong-gap1e-3-time"},
    {"scaling -x time", "scaling-K-d-M9-K4-lambda1-gap1e-3-time"},
    {"segments", "segments-1-d-M9-K3"},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static const struct {
  const char *format, *ending, *begins;
} formats[] = {{"pdf", "pdf", "%PDF-"},
               {"png", "png", "\x89PNG"},
               {"svg", "svg", "<?xml"},
               {"tikz", "tex", "\\begin{tikzpicture}"}};

static const char *const sizes[][2] = {
    {"column", "width=\"317\""}, {"slide", "width=\"960\" height=\"540\""}};

static void assert_begins(const char *path, const char *begins) {
  char head[32] = "";
  FILE *file = fopen(path, "r");
  ck_assert_msg(file != NULL, "%s is not there", path);
  ck_assert_ptr_nonnull(fgets(head, (int)strlen(begins) + 1, file));
  fclose(file);
  ck_assert_str_eq(head, begins);
}

/* In every format and preset, without a word from gnuplot. */
START_TEST(every_kind_is_drawn) {
  char line[256], path[128];
  bool segments = strcmp(kinds[_i].kind, "segments") == 0;
  bool gap = strncmp(kinds[_i].kind, "conv", 4) != 0 && !segments;
  drop_dir(dir);
  if (segments)
    make_segments(true);
  else
    make_family();
  for (size_t p = 0; p < 2; p++) {
    snprintf(line, sizeof line,
             "--preset %s %s--kind %s --format pdf png svg tikz", sizes[p][0],
             gap ? "--gap 1e-3 " : "", kinds[_i].kind);
    plot(line);
    for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
      snprintf(path, sizeof path, "figures/%s.%s", kinds[_i].stem,
               formats[f].ending);
      assert_begins(in_dir(dir, path), formats[f].begins);
    }
    snprintf(path, sizeof path, "figures/%s.svg", kinds[_i].stem);
    assert_file_says(in_dir(dir, path), sizes[p][1]);
  }
  snprintf(path, sizeof path, "figures/%s.txt", kinds[_i].stem);
  ck_assert(is_there(in_dir(dir, path)));
}
END_TEST

START_TEST(kinds_and_gaps_are_drawn_together) {
  plot("--kind profile bars --gap 1e-3 0.5 -x time --format svg -p d:M=9,K=3");
  ck_assert(is_there(in_dir(dir, "figures/profile-gap1e-3-time.svg")));
  ck_assert(is_there(in_dir(dir, "figures/profile-gap5e-1-time.svg")));
  ck_assert(
      is_there(in_dir(dir, "figures/bars-d-M9-K3-lambda1-gap1e-3-time.svg")));
  ck_assert(
      is_there(in_dir(dir, "figures/bars-d-M9-K3-lambda10-gap5e-1-time.svg")));
}
END_TEST

/* A solver that was not built, or serves no y-step, is named and not drawn. */
START_TEST(unsupported_solvers_are_left_out) {
  sprintf(runs + strlen(runs),
          "50,\"d:M=9,K=3\",9,3,collision,strong,1,ipopt,0,"
          "1,2,unsupported,0,0,0,0,inf,-inf,inf,not "
          "built\n");
  drop_dir(dir);
  end();
  plot("--kind profile bars --gap 1e-3 -x time -p d:M=9,K=3 --lambda 1 "
       "--format svg");
  assert_file_says(in_dir(dir, "figures/profile-gap1e-3-time.gp"),
                   "curves = 3\n");
  assert_file_says(in_dir(dir, "figures/profile-gap1e-3-time.txt"),
                   "ipopt: not drawn: it ran on none of the y-steps.");
  assert_file_says(in_dir(dir, "figures/bars-d-M9-K3-lambda1-gap1e-3-time.gp"),
                   "curves = 3\n");
}
END_TEST

static const struct {
  const char *arguments, *says;
} refused[] = {
    {"--kind profile --gap 1e-9", "no profile at gap 1e-9|no solver"},
    {"--kind profile --gap -1", "--gap -1|>= 0"},
    {"--kind profile --gap x", "--gap x|number"},
    {"--kind bars --gap 1e-9", "no bars|gap 1e-9"},
    {"--kind winner --gap 1e-9", "no winners|1e-9"},
    {"--kind scaling -p d:M=9,K=3", "no scaling|K or in M"},
    {"--kind scaling --lambda 1 --gap 1e-9", "no scaling|1e-9"},
    {"--kind data-profile -g 1e-3 -x time", "iteration of em|--unit"},
    {"--kind data-profile -g 1e-3 -x time -u zz", "iteration of zz|--unit"},
    {"--kind profile --unit a", "--unit|profile"},
    {"--kind convergence --gap 1e-3", "--gap|convergence"},
    {"--kind prophile", "'prophile'|'profile'"},
    {"--preset poster", "'poster'|'column'"},
    {"--kind profile bars -x time -g 1e-3 -o x.svg", "one figure|4"},
};

START_TEST(bad_argument_is_refused) {
  assert_plot_refuses(refused[_i].arguments, refused[_i].says);
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("figures");
  TCase *tc = tcase_create("figures");
  tcase_add_checked_fixture(tc, setup, teardown);
  tcase_add_test(tc, performance_profile_by_hand);
  tcase_add_test(tc, data_profile_by_hand);
  tcase_add_test(tc, data_profile_counts_iterations_as_they_are);
  tcase_add_test(tc, unit_need_not_be_selected);
  tcase_add_loop_test(tc, profiles_of_random_times, 0, 5);
  tcase_add_test(tc, start_within_the_gap_is_a_tie);
  tcase_add_test(tc, bars_by_hand);
  tcase_add_test(tc, bars_have_quantiles);
  tcase_add_test(tc, winners_by_hand);
  tcase_add_test(tc, winner_by_iterations);
  tcase_add_test(tc, rows_are_ordered_and_losses_apart);
  tcase_add_test(tc, slopes_by_the_book);
  tcase_add_test(tc, both_sizes_have_families);
  tcase_add_test(tc, segments_by_hand);
  tcase_add_test(tc, segments_of_a_check_are_drawn_again);
  tcase_add_test(tc, bad_segments_are_refused);
  tcase_add_loop_test(tc, every_kind_is_drawn, 0, KINDS);
  tcase_add_test(tc, kinds_and_gaps_are_drawn_together);
  tcase_add_test(tc, unsupported_solvers_are_left_out);
  tcase_add_loop_test(tc, bad_argument_is_refused, 0,
                      many(sizeof refused, sizeof *refused));
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
