/* bench/figures/panels.c, training.c, and scaling.c against lambda: what their
 * data files hold is compared with numbers worked out by hand. */
#include "tests/support/figure_runs.h"

/* ---------------------------------------------------------------- lambda -- */

/* Lambda 0 has no place on the axis; b never comes within the gap at 10. */
static void make_lambdas(void) {
  drop_dir(dir);
  begin();
  add_run("d:M=9,K=3", 9, 3, 10, "a", 4, 8);
  add_run("d:M=9,K=3", 9, 3, 10, "b", -1, 8);
  add_run("d:M=9,K=3", 9, 3, 0.5, "a", 1, 5);
  add_run("d:M=9,K=3", 9, 3, 0.5, "b", 2, 3);
  add_run("d:M=9,K=3", 9, 3, 0, "a", 1, 5);
  add_run("e", 9, 3, 0.5, "a", 1, 5);
  end();
}

START_TEST(lambda_by_hand) {
  make_lambdas();
  plot("--kind lambda --gap 1e-3 --format svg");
  const char *stem = "figures/lambda-d-M9-K3-gap1e-3";
  char path[128];
  snprintf(path, sizeof path, "%s-iteration.dat", stem);
  assert_file_is(in_dir(dir, path),
                 "# iterations to a certified gap of 1e-3 nats against lambda\n"
                 "# d:M=9,K=3 (9 x 3)\n"
                 "# medians over runs, 10 % and 90 % quantiles; inf: not "
                 "reached\n"
                 "# index 0: a\n# lambda median low high\n"
                 "0.5 5 5 5\n10 8 8 8\n"
                 "\n\n# index 1: b\n# lambda median low high\n"
                 "0.5 3 3 3\n10 inf inf inf\n");
  snprintf(path, sizeof path, "%s-time.dat", stem);
  assert_file_says(in_dir(dir, path), "0.5 1 1 1\n10 4 4 4\n");
  snprintf(path, sizeof path, "%s-time.txt", stem);
  assert_file_says(in_dir(dir, path), "b: not solved at lambda = 10.\n");
  ck_assert(!is_there(in_dir(dir, "figures/lambda-e-gap1e-3-time.svg")));
}
END_TEST

/* ---------------------------------------------------------------- panels -- */

START_TEST(panels_by_hand) {
  drop_dir(dir);
  begin();
  add_run("d:M=9,K=4", 9, 4, 1, "a", 1, 5);
  add_run("d:M=9,K=3", 9, 3, 1, "a", 2, 6);
  add_run("d:M=9,K=3", 9, 3, 1, "b", 3, 7);
  add_run("d:M=9,K=3", 9, 3, 10, "a", 3, 7);
  end();
  plot("--kind panels -x time --format svg");
  assert_file_is(
      in_dir(dir, "figures/panels-lambda1-time.dat"),
      "# Certified gap (nats) against solver time (s): median over runs of "
      "when "
      "a run was first within the gap\n"
      "# index 0: a on d:M=9,K=3 (9 x 3), collision + strong, lambda 1\n"
      "# x gap marker\n2 0.001 0\n4 0.0001 1\n"
      "\n\n# index 1: b on d:M=9,K=3 (9 x 3), collision + strong, lambda 1\n"
      "# x gap marker\n3 0.001 0\n6 0.0001 1\n"
      "\n\n# index 2: a on d:M=9,K=4 (9 x 4), collision + strong, lambda 1\n"
      "# x gap marker\n1 0.001 0\n2 0.0001 1\n"
      "\n\n# index 3: b on d:M=9,K=4 (9 x 4), collision + strong, lambda 1\n"
      "# x gap marker\nnan nan 0\n");
  assert_file_says(in_dir(dir, "figures/panels-lambda1-time.gp"),
                   "panels = 2\n");
  assert_file_says(in_dir(dir, "figures/panels-lambda1-time.gp"),
                   "array panel_names[2] = [\"d, 9 x 3\", \"d, 9 x 4\"]");
  assert_file_says(in_dir(dir, "figures/panels-lambda1-time.svg"),
                   ">d, 9 x 4<");
  ck_assert(!is_there(in_dir(dir, "figures/panels-lambda10-2-time.svg")));
}
END_TEST

/* ------------------------------------------------------------- trainings -- */

START_TEST(trainings_by_hand) {
  drop_dir(dir);
  make_trainings("em", "collision", true);
  plot("--format svg"); /* the kind is that of the directory */
  assert_file_is(in_dir(dir, "figures/training-moons-accuracy.dat"),
                 "# accuracy against the epoch, trainings on moons\n"
                 "# median, 10 % and 90 % quantile over seeds\n"
                 "# index 0: fw, 2 trainings\n"
                 "# epoch median low high marker\n"
                 "1 0.6 0.52 0.68 1\n2 0.75 0.75 0.75 1\n"
                 "\n\n# index 1: em, 1 trainings\n"
                 "# epoch median low high marker\n"
                 "1 0.25 0.25 0.25 1\n2 0.5 0.5 0.5 1\n"
                 "\n\n# index 2: fw, outline of the band\n# epoch value\n"
                 "1 0.52\n2 0.75\n2 0.75\n1 0.68\n"
                 "\n\n# index 3: em, outline of the band\n# epoch value\n"
                 "1 0.25\n2 0.5\n2 0.5\n1 0.25\n");
  assert_file_says(in_dir(dir, "figures/training-moons-seconds.dat"),
                   "1 0.375 0.275 0.475 1\n2 0.75 0.55 0.95 1\n");
  /* A solver has its style. */
  assert_file_says(in_dir(dir, "figures/training-moons-accuracy.gp"),
                   "labels[curves] = \"fw\"; colours[curves] = \"#0072B2\"; "
                   "dashes[curves] = 1; marks[curves] = 5;");
  assert_file_says(in_dir(dir, "figures/training-moons-accuracy.txt"),
                   "Trainings: 2 of fw, 1 of em.\n");
}
END_TEST

/* Of one solver: by what tells them apart. */
START_TEST(trainings_are_named_by_what_differs) {
  drop_dir(dir);
  make_trainings("fw", "shannon", true);
  plot("--format svg");
  const char *script = in_dir(dir, "figures/training-moons-accuracy.gp");
  assert_file_says(script, "labels[curves] = \"collision\";");
  assert_file_says(script, "labels[curves] = \"shannon\";");
}
END_TEST

/* What --label calls a text is there in its place, and the caption says what
 * that stands for; a spec that no training has is refused. */
START_TEST(trainings_are_called_what_the_user_says) {
  drop_dir(dir);
  make_trainings("em", "collision", true);
  plot("--format svg --label em=Expectation moons=Crescents");
  const char *script = in_dir(dir, "figures/training-moons-accuracy.gp");
  const char *caption = in_dir(dir, "figures/training-moons-accuracy.txt");
  assert_file_says(script, "labels[curves] = \"Expectation\";");
  assert_file_says(script, "labels[curves] = \"fw\";");
  assert_file_says(caption, "in trainings on Crescents.\n");
  assert_file_says(caption, "1 of Expectation.\n");
  assert_file_says(caption, "In the legend, Expectation is em.\n");
  assert_plot_refuses("--label emm=x", "--label emm=x|SPEC=TEXT|'em'");
  assert_plot_refuses("--label em=", "--label em=|1 to");
}
END_TEST

/* Without labels there are seconds alone. */
START_TEST(trainings_without_labels_have_seconds) {
  char line[512], errors[1024];
  drop_dir(dir);
  make_trainings("em", "collision", false);
  snprintf(line, sizeof line, "plot %s --format svg", dir);
  ck_assert_int_eq(run_words(&cmd_plot, line, errors, sizeof errors), 0);
  ck_assert_ptr_nonnull(strstr(errors, "1 of 2 figures are not drawn: no "
                                       "accuracy of trainings on moons"));
  ck_assert(is_there(in_dir(dir, "figures/training-moons-seconds.svg")));
  ck_assert(!is_there(in_dir(dir, "figures/training-moons-accuracy.svg")));
}
END_TEST

/* In every format and preset, without a word from gnuplot. */
static const struct {
  const char *kind, *stem;
} drawn[] = {{"training", "training-moons-accuracy"},
             {"training", "training-moons-seconds"},
             {"lambda --gap 1e-3 -x time", "lambda-d-M9-K3-gap1e-3-time"},
             {"panels -x time", "panels-lambda0.5-time"}};

START_TEST(kind_is_drawn_in_every_format) {
  static const char *const presets[] = {"column", "slide"};
  static const char *const endings[] = {"pdf", "png", "svg", "tex"};
  char line[256], path[128];
  if (_i < 2) {
    drop_dir(dir);
    make_trainings("em", "collision", true);
  } else {
    make_lambdas();
  }
  for (size_t p = 0; p < 2; p++) {
    snprintf(line, sizeof line,
             "--preset %s --kind %s --format pdf png svg "
             "tikz",
             presets[p], drawn[_i].kind);
    plot(line);
    for (size_t e = 0; e < 4; e++) {
      snprintf(path, sizeof path, "figures/%s.%s", drawn[_i].stem, endings[e]);
      char *text = text_of_file(in_dir(dir, path));
      ck_assert_uint_gt(strlen(text), 3);
      free(text);
      unlink(in_dir(dir, path));
    }
  }
}
END_TEST

/* --------------------------------------------------- what can be drawn is - */

/* Of a kind for which there is nothing, and of one whose table is not there. */
START_TEST(what_cannot_be_drawn_is_said) {
  char line[512], errors[1024];
  snprintf(line, sizeof line,
           "plot %s --kind scaling segments bars training --gap 1e-3 -x time "
           "-p d:M=9,K=3 --format svg",
           dir);
  ck_assert_int_eq(run_words(&cmd_plot, line, errors, sizeof errors), 0);
  ck_assert_ptr_nonnull(
      strstr(errors, "no figure of kind segments is drawn: "));
  ck_assert_ptr_nonnull(strstr(errors, " has no segments.csv\n"));
  ck_assert_ptr_nonnull(
      strstr(errors, "no figure of kind training is drawn: "));
  ck_assert_ptr_nonnull(
      strstr(errors, "no figure of kind scaling is drawn: no scaling"));
  ck_assert(
      is_there(in_dir(dir, "figures/bars-d-M9-K3-lambda1-gap1e-3-time.svg")));
}
END_TEST

START_TEST(nothing_drawn_is_an_error) {
  assert_refuses(&cmd_plot, "plot /nonexistent", "/nonexistent");
  char line[512], errors[1024];
  snprintf(line, sizeof line, "plot %s --kind scaling bars --gap 1e-9", dir);
  ck_assert_int_eq(run_words(&cmd_plot, line, errors, sizeof errors), 2);
  ck_assert_ptr_nonnull(strstr(errors, "error: "));
}
END_TEST

START_TEST(many_curves_are_said_to_be_many) {
  char line[512], errors[1024];
  for (int count = 12; count <= 13; count++) {
    drop_dir(dir);
    begin();
    for (int i = 0; i < count; i++) {
      char solver[16];
      sprintf(solver, "s%d", i);
      add_run("d", 9, 3, 1, solver, 1 + i, 4);
    }
    end();
    snprintf(line, sizeof line, "plot %s -x time --format svg", dir);
    ck_assert_int_eq(run_words(&cmd_plot, line, errors, sizeof errors), 0);
    bool said = strstr(errors, "13 curves") && strstr(errors, "--solver");
    ck_assert_msg(said == (count > 12), "%s", errors);
  }
}
END_TEST

/* --------------------------------------------------------------- options -- */

START_TEST(looks_are_the_users) {
  plot(
      "--kind convergence -x time -p d:M=9,K=3 --lambda 1 --format svg --title "
      "Mine --font Courier --width 120 --no-legend --x-limits 0.5 20 "
      "--y-limits "
      "1e-5 2");
  const char *svg = in_dir(dir, "figures/convergence-d-M9-K3-lambda1-time.svg");
  assert_file_says(svg, "width=\"453\"");
  assert_file_says(svg, ">Mine<");
  assert_file_says(svg, "Courier");
  char *text = text_of_file(svg);
  ck_assert_ptr_null(strstr(text, ">c:step=0.5<"));
  free(text);
  assert_file_says(in_dir(dir, "figures/convergence-d-M9-K3-lambda1-time.gp"),
                   "x_low = 0.5; x_high = 20; y_low = 1e-05; y_high = 2\n");
}
END_TEST

static const struct {
  const char *arguments, *says;
} refused[] = {
    {"--width 2", "--width|30"},
    {"--x-limits 1", "--x-limits|two numbers"},
    {"--x-limits 2 1", "--x-limits|smaller one first"},
    {"--x-limits 0 1", "--x-limits|above 0"},
    {"--kind winner --x-limits 1 2", "--x-limits|winner"},
    {"--kind bars --y-limits 1 2", "--y-limits|bars"},
    {"--kind lambda -p d:M=9,K=2 --gap 1e-3", "lambda"},
    {"--kind panels --lambda 10", "no panels"},
    {"--kind training", "training.csv"},
};

START_TEST(bad_argument_is_refused) {
  assert_plot_refuses(refused[_i].arguments, refused[_i].says);
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("kinds");
  TCase *tc = tcase_create("kinds");
  tcase_add_checked_fixture(tc, setup, teardown);
  tcase_set_timeout(tc, 60);
  tcase_add_test(tc, lambda_by_hand);
  tcase_add_test(tc, panels_by_hand);
  tcase_add_test(tc, trainings_by_hand);
  tcase_add_test(tc, trainings_are_named_by_what_differs);
  tcase_add_test(tc, trainings_are_called_what_the_user_says);
  tcase_add_test(tc, trainings_without_labels_have_seconds);
  tcase_add_loop_test(tc, kind_is_drawn_in_every_format, 0,
                      many(sizeof drawn, sizeof *drawn));
  tcase_add_test(tc, what_cannot_be_drawn_is_said);
  tcase_add_test(tc, nothing_drawn_is_an_error);
  tcase_add_test(tc, many_curves_are_said_to_be_many);
  tcase_add_test(tc, looks_are_the_users);
  tcase_add_loop_test(tc, bad_argument_is_refused, 0,
                      many(sizeof refused, sizeof *refused));
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
