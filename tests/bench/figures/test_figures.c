/* bench/figures/time_bars.c, winner.c: these kinds of figures, compared with
 * numbers worked out by hand; and what every kind of figure does alike. */
#include "tests/support/figure_runs.h"

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
                   "array shapes_of[2] = [\"9 x 2\", \"9 x 3\"]");
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
      "array shapes_of[4] = [\"9 x 3\", \"9 x 20\", \"9 x 100\", \"9 x 5\"]");
  assert_file_says(
      in_dir(dir, "figures/winner-reverse-strong-2-gap1e-3-time.gp"),
      "array rows[1] = [\"e\"]");
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
                   "blocks_in_all = 3;");
  assert_file_says(in_dir(dir, "figures/profile-gap1e-3-time.txt"),
                   "ipopt: not drawn: it ran on none of the y-steps.");
  assert_file_says(in_dir(dir, "figures/bars-d-M9-K3-lambda1-gap1e-3-time.gp"),
                   "blocks_in_all = 3;");
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
    {"--preset poster", "'poster'|column"},
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
  tcase_add_test(tc, bars_by_hand);
  tcase_add_test(tc, bars_have_quantiles);
  tcase_add_test(tc, winners_by_hand);
  tcase_add_test(tc, winner_by_iterations);
  tcase_add_test(tc, rows_are_ordered_and_losses_apart);
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
