/* What is to be seen in a figure: where curves and bands end, how large the
 * legend and the letters are. */
#include "tests/support/figure_runs.h"

/* A point in an .svg of `ystep plot`, from a node's text on. */
static double attribute(const char *from, const char *name) {
  const char *at = strstr(from, name);
  ck_assert_msg(at != NULL, "no %s", name);
  return strtod(at + strlen(name), NULL);
}

/* ------------------------------------------------------ where curves end ---
 */

/* A run that was to stop at 1e-4 and went to 1e-9 in its last step. */
START_TEST(curve_ends_at_the_tolerance) {
  drop_dir(dir);
  dir = run_dir("1,d,9,3,collision,strong,1,em,0,1,1,converged,4,0,2,0,1,1,1e-"
                "9,\n",
                "1,0,0,1,1,1\n1,1,1,1,1,1e-2\n1,4,2,1,1,1e-9\n");
  put_settings_of_run(dir, "1e-4", "8");
  put_in(dir, "meta.json", "{}");
  plot("-x time --format svg");
  const char *stem = "figures/convergence-d-lambda1-time";
  char path[128];
  snprintf(path, sizeof path, "%s.dat", stem);
  assert_file_says(in_dir(dir, path), "\n2 0.0001 2 2 1\n");
  snprintf(path, sizeof path, "%s.gp", stem);
  assert_file_says(in_dir(dir, path), "y_low = 0.0001;");
  snprintf(path, sizeof path, "%s.txt", stem);
  assert_file_says(in_dir(dir, path),
                   "A curve ends at the gap at which its runs were to stop.");
}
END_TEST

/* Of four runs one never comes within 1e-3: the 90 % quantile is infinite
 * there, and so it is of a solver that one of two ends with. */
START_TEST(band_ends_where_a_quantile_is_infinite) {
  drop_dir(dir);
  begin();
  for (int r = 0; r < 4; r++)
    add_run("d", 9, 3, 1, "em", r ? 1 + r : -1, 4);
  add_run("d", 9, 3, 1, "fw", 1, 4);
  end();
  plot("-x time --format svg");
  char *text =
      text_of_file(in_dir(dir, "figures/convergence-d-lambda1-time.dat"));
  char *band = strstr(text, "em, outline of the band\n# x gap\n");
  ck_assert_ptr_nonnull(band);
  band += strlen("em, outline of the band\n# x gap\n");
  for (double x, gap; sscanf(band, "%lf %lf", &x, &gap) == 2;
       band = strchr(band, '\n') + 1)
    ck_assert_msg(!(gap < 0.5), "the band is at %g", gap);
  free(text);
}
END_TEST

/* ------------------------------------------------------------ the legend -- */

static void make_solvers(int count) {
  char solver[32];
  drop_dir(dir);
  begin();
  for (int i = 0; i < count; i++) {
    sprintf(solver, "pgd:longer=%d", i + 1);
    for (int k = 3; k < 6; k++) {
      char problem[32];
      sprintf(problem, "d:M=9,K=%d", k);
      add_run(problem, 9, k, 1, solver, 1 + 0.1 * i, 4 + i);
    }
  }
  end();
}

static const struct {
  const char *kind, *stem;
} framed[] = {{"convergence", "convergence-d-M9-K3-lambda1-time"},
              {"profile", "profile-gap1e-3-time"},
              {"scaling", "scaling-K-d-M9-K3-lambda1-gap1e-3-time"}};

/* The uppermost entry of the legend is in the lowest quarter. */
START_TEST(legend_takes_a_quarter_at_most) {
  static const int counts[] = {1, 2, 5, 9, 12, 24};
  char line[512], path[128];
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    make_solvers(counts[i]);
    snprintf(line, sizeof line, "plot %s --kind %s -x time --format svg%s", dir,
             framed[_i].kind, _i ? " --gap 1e-3" : "");
    char errors[1024];
    ck_assert_int_eq(run_words(&cmd_plot, line, errors, sizeof errors), 0);
    snprintf(path, sizeof path, "figures/%s.svg", framed[_i].stem);
    char *text = text_of_file(in_dir(dir, path));
    double height = attribute(text, "height=\"");
    double letters = 7 * 96 / 72.0, top = INFINITY;
    /* <g transform="translate(x,y)" ...> <text><tspan ...>LABEL */
    for (char *at = text; (at = strstr(at, ">pgd:")); at++) {
      char *move = at;
      while (strncmp(move, "translate(", 10) != 0)
        move--;
      top = fmin(top, strtod(strchr(move, ',') + 1, NULL) - letters);
    }
    ck_assert_msg(top > 0.75 * height, "%d curves: %g of %g", counts[i], top,
                  height);
    free(text);
  }
}
END_TEST

/* ------------------------------------------------------------ the letters - */

static void make_figures(void) {
  begin();
  for (int k = 3; k < 6; k++)
    for (int l = 0; l < 4; l++) {
      char problem[32];
      sprintf(problem, "d:M=9,K=%d", k);
      add_run(problem, 9, k, pow(10, l), "em", 1 + k, 400);
      add_run(problem, 9, k, pow(10, l), "fw", 0.01 * k, 4);
      add_run(problem, 9, k, pow(10, l), "gsl:method=conjugate_fr", -1, 4);
    }
  end();
}

static const char drawn[] = "--kind convergence panels profile data-profile "
                            "bars winner scaling lambda --gap 1e-3 -x "
                            "iteration";

static void visit_figures(const char *ending, int least,
                          void (*visit)(const char *name, char *text)) {
  char line[512], path[256];
  int count = 0;
  snprintf(line, sizeof line, "cd %s/figures && ls *.%s > list", dir, ending);
  ck_assert_int_eq(system(line), 0);
  char *list = text_of_file(in_dir(dir, "figures/list"));
  for (char *rest = list, *name; (name = strsep(&rest, "\n")) && *name;
       count++) {
    snprintf(path, sizeof path, "figures/%.200s", name);
    char *text = text_of_file(in_dir(dir, path));
    visit(name, text);
    free(text);
  }
  ck_assert_int_ge(count, least);
  free(list);
}

/* Seven points, where a pixel is three quarters of one. */
static void assert_large_in_svg(const char *name, char *text) {
  int count = 0;
  for (char *at = text; (at = strstr(at, "font-size=\"")); at++, count++)
    ck_assert_msg(attribute(at, "font-size=\"") >= 7 * 96 / 72.0 - 0.05,
                  "%s: %.40s", name, at);
  ck_assert_int_gt(count, 3);
}

static void assert_large_in_tikz(const char *name, char *text) {
  int count = 0;
  for (char *at = text; (at = strstr(at, "\\fontsize{")); at++, count++)
    ck_assert_msg(attribute(at, "\\fontsize{") >= 7, "%s: %.40s", name, at);
  ck_assert_int_gt(count, 0);
  /* What LaTeX sets in its own, smaller letters. */
  ck_assert_msg(!strstr(text, "^{"), "%s has an exponent of LaTeX's", name);
  ck_assert_msg(!strstr(text, "\\scriptsize"), "%s", name);
}

START_TEST(letters_have_seven_points) {
  char line[256];
  drop_dir(dir);
  make_figures();
  snprintf(line, sizeof line, "%s --format svg tikz", drawn);
  plot(line);
  visit_figures("svg", 11, assert_large_in_svg);
  visit_figures("tex", 11, assert_large_in_tikz);
}
END_TEST

/* ----------------------------------------------------------------- LaTeX -- */

/* TEX_REQUIRED=1: a machine without TeX fails, as PORTABILITY_REQUIRED has it.
 */
static bool has_tex(void) {
  bool found = system("pdflatex --version >/dev/null 2>&1 && kpsewhich "
                      "tikz.sty >/dev/null 2>&1") == 0;
  const char *required = getenv("TEX_REQUIRED");
  ck_assert_msg(found || !required || !*required,
                "no pdflatex with TikZ, and TEX_REQUIRED is set");
  return found;
}

static void add_to_document(const char *name, char *text) {
  FILE *file = fopen(in_dir(dir, "figures/all.ltx"), "a");
  (void)text;
  fprintf(file, "\\noindent\\input{%s}\\clearpage\n", name);
  fclose(file);
}

/* The points by which a box is too wide or too high, the worst of the log. */
static double worst_box(const char *log) {
  double worst = 0;
  for (const char *at = log; (at = strstr(at, "Overfull ")); at++)
    worst = fmax(worst, strtod(strchr(at, '(') + 1, NULL));
  return worst;
}

/* What is drawn of which directory, and how many figures there are at least. */
static void make_tikz(int which, int *least) {
  char line[512];
  drop_dir(dir);
  if (which == 0)
    make_figures();
  else if (which == 1)
    make_segments(true);
  else
    make_trainings("em", "collision", true);
  snprintf(line, sizeof line, "%s --format tikz", which ? "" : drawn);
  plot(line);
  *least = which == 0 ? 11 : which;
}

START_TEST(tikz_compiles_without_an_overfull_box) {
  char line[900];
  int least;
  if (!has_tex())
    return;
  make_tikz(_i, &least);
  put_in(dir, "figures/all.ltx",
         "\\documentclass[11pt]{article}\n\\usepackage{gnuplot-lua-tikz}"
         "\n\\begin{document}\n");
  visit_figures("tex", least, add_to_document);
  FILE *file = fopen(in_dir(dir, "figures/all.ltx"), "a");
  fputs("\\end{document}\n", file);
  fclose(file);
  snprintf(
      line, sizeof line,
      "cd %s/figures && gnuplot -d -e 'set terminal tikz createstyle' && "
      "pdflatex -interaction=nonstopmode -halt-on-error all.ltx > said 2>&1",
      dir);
  int status = system(line);
  char *log = text_of_file(in_dir(dir, "figures/all.log"));
  const char *wrong = strstr(log, "\n!");
  ck_assert_msg(status == 0, "%.800s", wrong ? wrong : log);
  ck_assert_msg(worst_box(log) <= 1, "%.800s", strstr(log, "Overfull"));
  free(log);
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("looks");
  TCase *tc = tcase_create("looks");
  tcase_add_checked_fixture(tc, setup, teardown);
  tcase_set_timeout(tc, 120);
  tcase_add_test(tc, curve_ends_at_the_tolerance);
  tcase_add_test(tc, band_ends_where_a_quantile_is_infinite);
  tcase_add_loop_test(tc, legend_takes_a_quarter_at_most, 0,
                      many(sizeof framed, sizeof *framed));
  tcase_add_test(tc, letters_have_seven_points);
  tcase_add_loop_test(tc, tikz_compiles_without_an_overfull_box, 0, 3);
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
