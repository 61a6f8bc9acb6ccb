/* bench/analysis/labelling.c: problems and solvers under names of the user's,
 * in tables, figures and reports. */
#include "bench/analysis/solver_styles.h"
#include "tests/support/figure_runs.h"

static const char labels[] =
    "{\"labels\": {\"problems\": {\"d:M=9,K=3\": \"Small\"}, \"solvers\": "
    "{\"a\": \"First & best\", \"c:step=0.5\": \"Third\"}}}";

static void setup_labels(void) {
  setup();
  put_in(dir, "meta.json", labels);
}

static const char stem[] = "figures/bars-d-M9-K3-lambda1-gap1e-3-iteration";

static void assert_figure_says(const char *ending, const char *words) {
  char path[128];
  snprintf(path, sizeof path, "%s.%s", stem, ending);
  assert_file_says(in_dir(dir, path), words);
}

START_TEST(figure_has_the_labels_of_the_sweep) {
  plot("--kind bars --gap 1e-3 --lambda 1 -p d:M=9,K=3 --format svg");
  assert_figure_says("svg", ">First &amp; best<");
  assert_figure_says("svg", ">b<");
  assert_figure_says("txt", "on Small (9 x 3), collision + strong, lambda 1");
  assert_figure_says("txt", "Third: time_limit: too slow.\n");
  assert_figure_says("txt", "In the legend, First & best is a.\n");
  assert_figure_says("dat", "# b, 1 of 1 runs\n");
}
END_TEST

/* A label changes no colour. */
START_TEST(label_of_the_command_goes_before) {
  plot("--kind bars --gap 1e-3 --lambda 1 -p d:M=9,K=3 --format svg --label "
       "a=A c:step=0.5=step=half d:M=9,K=3=Tiny");
  assert_figure_says("svg", ">A<");
  assert_figure_says("svg", ">step=half<");
  assert_figure_says("txt", "on Tiny (9 x 3)");
  assert_figure_says("gp", solver_style_of("c:step=0.5").colour);
}
END_TEST

static const char *const formats[] = {"md", "tex"};

START_TEST(table_has_the_labels) {
  static const char *const says[][2] = {
      {"### Small (9 x 3)", "| First \\& best |"},
      {"repeats: Small ($9", "\nFirst \\& best & "}};
  char line[256], errors[256];
  snprintf(line, sizeof line, "table %s --format %s -o %s", dir, formats[_i],
           in_dir(dir, "table.txt"));
  ck_assert_int_eq(run_words(&cmd_table, line, errors, sizeof errors), 0);
  for (int i = 0; i < 2; i++)
    assert_file_says(in_dir(dir, "table.txt"), says[_i][i]);
}
END_TEST

START_TEST(report_has_the_labels) {
  char line[256], errors[256];
  snprintf(line, sizeof line, "report %s -o %s --label b=Second", dir,
           in_dir(dir, "page.html"));
  ck_assert_int_eq(run_words(&cmd_report, line, errors, sizeof errors), 0);
  const char *page = in_dir(dir, "page.html");
  assert_file_says(page, "Small (9 x 3)");
  assert_file_says(page, "First &amp; best</td>");
  assert_file_says(page, "\"name\":\"First \\u0026 best\"");
  assert_file_says(page, "\"name\":\"Second\"");
}
END_TEST

/* Of several directories a label may be of one alone, a training's too; one of
 * none is refused. */
START_TEST(labels_are_of_any_of_the_directories) {
  char line[512], errors[512], *first = dir;
  make_trainings("em", "collision", true);
  char *trained = dir;
  dir = first;
  snprintf(line, sizeof line,
           "report %s %s -o %s --label b=Second moons=Crescents em=Mean", first,
           trained, in_dir(first, "page.html"));
  ck_assert_msg(run_words(&cmd_report, line, errors, sizeof errors) == 0, "%s",
                errors);
  const char *page = in_dir(first, "page.html");
  assert_file_says(page, "\"name\":\"Second\"");
  assert_file_says(page, "\"data\":\"Crescents\"");
  assert_file_says(page, "<td class=\"\">Crescents</td>");
  assert_file_says(page, "<td class=\"solver\">Mean</td>");
  snprintf(line, sizeof line, "report %s %s -o %s --force --label mons=x",
           first, trained, page);
  assert_refuses(&cmd_report, line, "--label mons=x|'moons'");
  drop_dir(trained);
}
END_TEST

/* Both sides of a comparison: c is in the second alone. */
START_TEST(labels_are_of_either_side) {
  char line[512], errors[512], *first = dir;
  begin();
  add_run("d:M=9,K=3", 9, 3, 1, "a", 1, 10);
  end();
  put_in(dir, "meta.json", labels);
  char *small = dir;
  dir = first;
  snprintf(line, sizeof line,
           "compare %s %s --any-machine --label c:step=0.5=C a=A -o %s", small,
           first, in_dir(first, "c.md"));
  ck_assert_msg(run_words(&cmd_compare, line, errors, sizeof errors) == 0, "%s",
                errors);
  assert_file_says(in_dir(first, "c.md"), "### Small (9 x 3)");
  assert_file_says(in_dir(first, "c.md"), "| A | 1e-2 |");
  snprintf(line, sizeof line, "compare %s %s --any-machine --label zzz=C",
           small, first);
  assert_refuses(&cmd_compare, line, "--label zzz=C|such as 'd:M=9,K=3'");
  drop_dir(small);
}
END_TEST

static const struct {
  const char *words, *says;
} refused[] = {
    {"z=Z", "--label z=Z|SPEC=TEXT|'"},
    {"a", "--label a|SPEC=TEXT"},
    {"a=", "--label a=|a text"},
    {"a=0123456789012345678901234567890123456789012345678901234567890",
     "--label a=|60"},
};

START_TEST(bad_label_is_refused) {
  char arguments[128];
  snprintf(arguments, sizeof arguments, "--label %s", refused[_i].words);
  assert_plot_refuses(arguments, refused[_i].says);
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("labelling");
  TCase *tc = tcase_create("labelling");
  tcase_add_checked_fixture(tc, setup_labels, teardown);
  tcase_add_test(tc, figure_has_the_labels_of_the_sweep);
  tcase_add_test(tc, label_of_the_command_goes_before);
  tcase_add_loop_test(tc, table_has_the_labels, 0, 2);
  tcase_add_test(tc, report_has_the_labels);
  tcase_add_test(tc, labels_are_of_any_of_the_directories);
  tcase_add_test(tc, labels_are_of_either_side);
  tcase_add_loop_test(tc, bad_label_is_refused, 0,
                      many(sizeof refused, sizeof *refused));
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
