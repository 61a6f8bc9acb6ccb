/* bench/figures/plot.c, convergence.c, cmd_plot.c: figures from a run
 * directory. */
#include "bench/commands/commands.h"
#include "tests/support/rundirs.h"
#include "tests/support/testing.h"

/* em: three repeats, at gap 0.125 the third is missing; 0.0625 one alone
 * reached. conjugate_fr: one run. bad: failed at its start. */
static const char runs[] =
    "1,\"d:M=9,K=3\",9,3,collision,strong,1,em,1,1,2,converged,4,0,1,0,1,1,"
    "0.0625,\n"
    "2,\"d:M=9,K=3\",9,3,collision,strong,1,em,2,2,2,time_limit,4,0,2,0,1,1,"
    "0.125,\n"
    "3,\"d:M=9,K=3\",9,3,collision,strong,1,em,3,3,2,time_limit,2,0,3,0,1,1,"
    "0.5,\n"
    "4,\"d:M=9,K=3\",9,3,collision,strong,1,gsl:method=conjugate_fr,1,1,1,"
    "stalled,3,0,3,0,1,1,0.25,no further\n"
    "5,\"d:M=9,K=3\",9,3,collision,strong,1,bad:p=50%,1,1,2,failed,0,0,0,0,1,1,"
    "inf,\"the objective is infinite, 100%\"\n"
    "6,e,9,3,collision,strong,1,bad:p=50%,1,1,2,failed,0,0,0,0,1,1,inf,\n";
static const char traces[] =
    "1,0,0,1,1,1\n1,1,0.25,1,1,0.5\n1,2,0.5,1,1,0.125\n1,4,1,1,1,0.0625\n"
    "2,0,0,1,1,1\n2,1,0.5,1,1,0.5\n2,2,1,1,1,0.75\n2,4,2,1,1,0.125\n"
    "3,0,0,1,1,1\n3,1,1,1,1,0.5\n3,2,3,1,1,0.5\n"
    "4,0,0,1,1,1\n4,1,0.5,1,1,0.5\n4,3,1.5,1,1,0.25\n"
    "5,0,0,inf,1,inf\n6,0,0,inf,1,inf\n";

static char *dir;

static void setup(void) {
  char scripts[512];
  if (getenv("YSTEP_SOURCE") && !getenv("YSTEP_SCRIPTS")) {
    snprintf(scripts, sizeof scripts, "%s/scripts/assets",
             getenv("YSTEP_SOURCE"));
    setenv("YSTEP_SCRIPTS", scripts, 1);
  }
  dir = run_dir(runs, traces);
  put_settings_of_run(dir, "0.0625", "60");
  put_meta_of_run(dir, "day", "x86");
}

static void teardown(void) {
  drop_dir(dir);
}

/* `ystep plot DIR ARGUMENTS`. */
static void plot(const char *arguments) {
  char line[1024];
  snprintf(line, sizeof line, "plot %s %s", dir, arguments);
  assert_accepts(&cmd_plot, line);
}

static void assert_plot_refuses(const char *arguments, const char *words) {
  char line[1024];
  snprintf(line, sizeof line, "plot %s %s", dir, arguments);
  assert_refuses(&cmd_plot, line, words);
}

#define TIME "figures/convergence-d-M9-K3-lambda1-time"
#define ITERATION "figures/convergence-d-M9-K3-lambda1-iteration"

/* Quantiles of type 7 over em's three repeats. At gap 0.5: 0.25, 0.5, 1; at
 * 0.125: 0.5, 2, never; 0.0625 was reached once alone, so that not even the 10
 * % quantile is finite. */
START_TEST(data_file_holds_curves_and_bands) {
  plot("-x time -p d --format svg");
  assert_file_is(
      in_dir(dir, TIME ".dat"),
      "# Certified gap (nats) against solver time (s)\n"
      "# d:M=9,K=3 (9 x 3), collision + strong, lambda 1\n"
      "# x: when a run was first within the gap; median, 10 % and 90 % "
      "quantile over runs, inf where too few ever were\n"
      "# index 0: em, 3 runs\n"
      "# x_median gap x_low x_high marker\n"
      "0.5 0.5 0.3 0.9 0\n"
      "2 0.125 0.8 inf 1\n"
      "\n\n"
      "# index 1: gsl:method=conjugate_fr, 1 runs\n"
      "# x_median gap x_low x_high marker\n"
      "0.5 0.5 0.5 0.5 0\n"
      "1.5 0.25 1.5 1.5 1\n"
      "\n\n"
      "# index 2: em, outline of the band\n"
      "# x gap\n"
      "0.3 0.5\n0.9 0.5\n"
      "\n\n"
      "# index 3: gsl:method=conjugate_fr, outline of the band\n"
      "# x gap\n"
      "0.5 0.5\n1.5 0.25\n1.5 0.25\n0.5 0.5\n");
}
END_TEST

START_TEST(iterations_have_a_figure_of_their_own) {
  plot("-x iteration -p d -s gsl --format svg");
  assert_file_is(in_dir(dir, ITERATION ".dat"),
                 "# Certified gap (nats) against iterations\n"
                 "# d:M=9,K=3 (9 x 3), collision + strong, lambda 1\n"
                 "# x: when a run was first within the gap; median, 10 % and "
                 "90 % quantile over runs, inf where too few ever were\n"
                 "# index 0: gsl:method=conjugate_fr, 1 runs\n"
                 "# x_median gap x_low x_high marker\n"
                 "1 0.5 1 1 0\n"
                 "3 0.25 3 3 1\n");
  ck_assert(!is_there(in_dir(dir, TIME ".dat")));
}
END_TEST

START_TEST(caption_says_what_is_drawn_and_what_is_not) {
  plot("-x time -p d --format svg");
  assert_file_is(
      in_dir(dir, TIME ".txt"),
      "Certified gap against solver time (s) on d:M=9,K=3 (9 x 3), collision + "
      "strong, lambda 1; both axes logarithmic.\n"
      "The gap bounds F(y) - F* from above, in nats, and is computed from the "
      "data and the iterate alone.\n"
      "Time is the solver's own, without set-up and monitoring.\n"
      "Lines: median over 1 to 3 runs of when a run was first recorded within "
      "the gap; bands: 10 % to 90 % quantiles. A run that never was counts as "
      "infinitely late, so that a line ends where half the runs do, and a band "
      "where a tenth of them does.\n"
      "A curve ends at the gap at which its runs were to stop.\n"
      "Runs stopped at a gap of 6.25e-2 nats or after 60 s of solver time.\n"
      "em: converged 1, time_limit 2.\n"
      "gsl:method=conjugate_fr: stalled: no further.\n"
      "bad:p=50%: failed; not drawn: no finite gap: the objective is infinite, "
      "100%.\n"
      "In the legend, gsl:conjugate_fr is gsl:method=conjugate_fr.\n"
      "Measured with 1 to 2 threads on x86; ystep 1, commit c, day.\n");
}
END_TEST

START_TEST(caption_names_the_floor_and_a_start_alone) {
  drop_dir(dir);
  dir = run_dir(
      "1,d,9,3,collision,strong,1,em,1,1,1,converged,4,0,1,0,1,1,0,\n"
      "2,d,9,3,collision,strong,1,md,1,1,1,converged,0,0,0,0,1,1,0.5,\n",
      "1,1,1,1,1,0\n2,0,0,1,1,0.5\n");
  plot("-x time --format svg");
  const char *caption = in_dir(dir, "figures/convergence-d-lambda1-time.txt");
  assert_file_says(caption, "Gaps below 1e-16 are drawn there.\n");
  assert_file_says(caption, "Lines: when the one run of a solver was first");
  assert_file_says(caption, "md: converged; not drawn: no gap but the start's "
                            "(0.5).\n");
  assert_file_says(caption, "Measured with 1 thread on unknown;");
  assert_file_says(in_dir(dir, "figures/convergence-d-lambda1-time.dat"),
                   "\n1 1e-16 1 1 1\n");
}
END_TEST

/* Of a sweep, settings.csv says when each run was to stop. */
START_TEST(caption_of_a_sweep_has_its_limits) {
  put_in(dir, "settings.csv",
         "run_id,hash,batch,start,prior,tolerance,max_iterations,time_limit,"
         "trace_every,wall_limit,memory_limit,version,commit,cpu\n"
         "1,h,b,uniform,uniform,1e-9,1000000000000000,1.5,-1,9,9,1,c,x86\n"
         "2,h,b,uniform,uniform,1e-9,1000000000000000,1.5,-1,9,9,1,c,x86\n"
         "3,h,b,uniform,uniform,1e-9,1000000000000000,1.5,-1,9,9,1,c,x86\n"
         "4,h,b,uniform,uniform,1e-9,1000000000000000,8,-1,9,9,1,c,x86\n"
         "5,h,b,uniform,uniform,1e-9,500,8,-1,9,9,1,c,x86\n"
         "6,h,b,sigma,uniform,1e-9,500,8,-1,9,9,1,c,x86\n");
  plot("-x time -p d -s em --format svg");
  assert_file_says(
      in_dir(dir, TIME ".txt"),
      "Runs stopped at a gap of 1e-9 nats or after 1.5 s of solver "
      "time.\n");
  plot("-x time -p d --format svg");
  assert_file_says(in_dir(dir, TIME ".txt"),
                   "Runs stopped at a gap of 1e-9 nats, after 1.5 to 8 s of "
                   "solver time or, some of them, after 500 iterations.\n");
}
END_TEST

static const struct {
  const char *format, *ending, *begins, *says;
} drawn[] = {
    {"pdf", "pdf", "%PDF-", NULL},
    {"png", "png", "\x89PNG", NULL},
    {"svg", "svg", "<?xml", "gsl:conjugate_fr"},
    {"tikz", "tex", "\\begin{tikzpicture}", "gsl:conjugate\\_fr"},
};

START_TEST(every_format_is_drawn) {
  char arguments[128], path[512];
  snprintf(arguments, sizeof arguments, "-p d --format %s", drawn[_i].format);
  plot(arguments);
  const char *const stems[] = {TIME, ITERATION};
  for (size_t i = 0; i < 2; i++) {
    snprintf(path, sizeof path, "%s/%s.%s", dir, stems[i], drawn[_i].ending);
    FILE *file = fopen(path, "r");
    char head[32] = "";
    ck_assert_msg(file != NULL, "%s is not there", path);
    ck_assert_ptr_nonnull(fgets(head, (int)strlen(drawn[_i].begins) + 1, file));
    fclose(file);
    ck_assert_str_eq(head, drawn[_i].begins);
    if (drawn[_i].says)
      assert_file_says(path, drawn[_i].says);
  }
}
END_TEST

START_TEST(several_formats_leave_the_script_of_the_first) {
  plot("-x time -p d --format svg tikz");
  ck_assert(is_there(in_dir(dir, TIME ".svg")));
  ck_assert(is_there(in_dir(dir, TIME ".tex")));
  const char *script = in_dir(dir, TIME ".gp");
  assert_file_says(script, "format = \"svg\"");
  assert_file_says(script, "\ncurves = curves + 1; labels[curves] = \"em\"; "
                           "colours[curves] = \"#009E73\"; dashes[curves] = "
                           "2; marks[curves] = 13; blocks[curves] = 0\n");
  assert_file_says(script, "labels[curves] = \"gsl:conjugate_fr\";");
  assert_file_says(script, "legend_title = \"\"\n");
  plot("-x time -p d --format tikz");
  assert_file_says(script, "\"gsl:conjugate\\134_fr\"");
}
END_TEST

/* A researcher restyles the script and runs gnuplot by hand. */
START_TEST(script_draws_the_figure_again) {
  char command[1024];
  plot("-x time -p d --format svg");
  unlink(in_dir(dir, TIME ".svg"));
  snprintf(command, sizeof command,
           "cd %s/figures && gnuplot convergence-d-M9-K3-lambda1-time.gp", dir);
  ck_assert_int_eq(system(command), 0);
  assert_file_says(in_dir(dir, TIME ".svg"), "</svg>");
}
END_TEST

/* A name, and how XML and LaTeX have it. */
static const struct {
  const char *name, *svg, *tex;
} names[] = {
    {"it's", "it's", "it's"},
    {"a''b", "a''b", "a''b"},
    {"a''''b", "a''''b", "a''''b"},
    {"'a'", "'a'", "'a'"},
    {"`touch P`", "`touch P`", "`touch P`"},
    {"a\\b\\", "a\\b\\", "a\\textbackslash{}b\\textbackslash{}"},
    {"@x$y{z}", "@x$y{z}", "@x\\$y\\{z\\}"},
    {"a_b^c~d", "a_b^c~d", "a\\_b\\textasciicircum{}c\\textasciitilde{}d"},
    {"a<b>&c", "a&lt;b>&amp;c", "a\\textless{}b\\textgreater{}\\&c"},
    {"l\xc3\xa9\xce\xbb", "l\xc3\xa9\xce\xbb", "l\xc3\xa9\xce\xbb"},
};

START_TEST(names_are_drawn_as_they_are) {
  char row[256];
  snprintf(row, sizeof row,
           "1,d,9,3,collision,strong,1,%s,1,1,1,converged,4,0,1,0,1,1,1,\n",
           names[_i].name);
  drop_dir(dir);
  dir = run_dir(row, "1,1,1,1,1,1\n");
  plot("-x time --format svg tikz");
  assert_file_says(in_dir(dir, "figures/convergence-d-lambda1-time.svg"),
                   names[_i].svg);
  assert_file_says(in_dir(dir, "figures/convergence-d-lambda1-time.tex"),
                   names[_i].tex);
  ck_assert(!is_there(in_dir(dir, "figures/P")));
}
END_TEST

START_TEST(many_solvers_are_drawn) {
  char *rows = calloc(1, 8192), *points = calloc(1, 8192);
  for (int i = 1; i <= 30; i++) {
    sprintf(rows + strlen(rows),
            "%d,d,9,3,collision,strong,1,pgd:step=%d,1,1,1,converged,4,0,1,0,1,"
            "1,1e-6,\n",
            i, i);
    sprintf(points + strlen(points), "%d,1,%d,1,1,0.5\n%d,9,%d,1,1,1e-6\n", i,
            i, i, 9 * i);
  }
  drop_dir(dir);
  dir = run_dir(rows, points);
  plot("--format svg pdf");
  assert_file_says(in_dir(dir, "figures/convergence-d-lambda1-time.svg"),
                   "pgd:step=30");
  assert_file_says(in_dir(dir, "figures/convergence-d-lambda1-time.gp"),
                   "blocks[curves] = 29\n");
  free(rows);
  free(points);
}
END_TEST

/* ----------------------------------------------------------- the command ---
 */

START_TEST(output_file_takes_one_figure_of_its_ending) {
  char arguments[512];
  const char *stem = in_dir(dir, "one");
  snprintf(arguments, sizeof arguments, "-x time -p d -o %s.tex", stem);
  plot(arguments);
  assert_file_says(in_dir(dir, "one.tex"), "tikzpicture");
  assert_file_says(in_dir(dir, "one.dat"), "# index 0");
  ck_assert(is_there(in_dir(dir, "one.gp")) &&
            is_there(in_dir(dir, "one.txt")));
  ck_assert(!is_there(in_dir(dir, "figures")));
}
END_TEST

/* To gnuplot a name may be a command, an option or the end of a string. */
static const char *const odd_outputs[] = {"|touch${IFS}P;#.svg",
                                          "<touch${IFS}P;.svg",
                                          "-.svg",

                                          "`touch${IFS}P`.svg",
                                          "a\";system('touch${IFS}P');\".svg",
                                          "a''b.svg",
                                          "a\\.svg",
                                          "$x@y{z}.svg",
                                          "'.svg"};

START_TEST(output_file_of_any_name_is_drawn) {
  char arguments[512];
  ck_assert_int_eq(chdir(dir), 0);
  snprintf(arguments, sizeof arguments, "--solver em -x time -p d -o %s",
           odd_outputs[_i]);
  char line[1024], errors[1024];
  snprintf(line, sizeof line, "plot . %s", arguments);
  ck_assert_int_eq(run_words(&cmd_plot, line, errors, sizeof errors), 0);
  assert_file_says(odd_outputs[_i], "</svg>");
  ck_assert(!is_there("P"));
  ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

START_TEST(output_file_replaces_nothing_without_force) {
  char arguments[512];
  put_in(dir, "one.txt", "mine");
  snprintf(arguments, sizeof arguments, "-x time -p d -o %s",
           in_dir(dir, "one.svg"));
  assert_plot_refuses(arguments, "one.txt|--force");
  assert_file_is(in_dir(dir, "one.txt"), "mine");
  ck_assert(!is_there(in_dir(dir, "one.svg")));
  strcat(arguments, " --force");
  plot(arguments);
  assert_file_says(in_dir(dir, "one.txt"), "Certified gap");
}
END_TEST

static const struct {
  const char *arguments, *says;
} refused[] = {
    {"-o x.svg", "one figure|4|--x|--problem|--lambda"},
    {"-x time -o x.svg", "one figure|2|--problem"},
    {"-x time -p d -o x.jpg", "x.jpg|.pdf|.svg|.tex"},
    {"-x time -p d -o x", "-o x|.pdf"},
    {"-x time -p d -o .svg", ".svg|expected"},
    {"-x time -p d --format svg -o x.svg", "--format|-o"},
    {"-x time -p d -o /dev/null/x.svg", "/dev/null/x.dat|cannot write"},
    {"-x tine", "no axis 'tine'|'time'"},
    {"--format pgn", "'pgn'|did you mean 'p"},
    {"--format svg pfd", "'pfd'|'pdf'"},
    {"--kind convergance", "'convergance'|'convergence'"},
    {"--solver emm", "emm|'em'"},
    {"-p e", "nothing to draw|e (9 x 3)|no solver"},
};

START_TEST(bad_argument_is_refused) {
  assert_plot_refuses(refused[_i].arguments, refused[_i].says);
  ck_assert(!is_there("x.dat") && !is_there("x.svg"));
}
END_TEST

START_TEST(directory_that_cannot_be_read_is_refused) {
  assert_refuses(&cmd_plot, "plot", "run directory|--help");
  assert_refuses(&cmd_plot, "plot /nonexistent/dir", "/nonexistent/dir");
  put_in(dir, "traces.csv", TRACES_HEADER "1,0,0,1,1,1\n1,1,x,1,1,1\n");
  assert_plot_refuses("", "traces.csv, line 3|solve_seconds|'x'");
  put_in(dir, "runs.csv", RUNS_HEADER);
  assert_plot_refuses("", "runs.csv|no runs");
  ck_assert(!is_there(in_dir(dir, "figures")));
}
END_TEST

/* A y-step on which every solver failed is noted, not an error among others. */
START_TEST(what_can_be_drawn_is) {
  char line[512], errors[1024];
  snprintf(line, sizeof line, "plot %s --format svg", dir);
  ck_assert_int_eq(run_words(&cmd_plot, line, errors, sizeof errors), 0);
  ck_assert_ptr_nonnull(strstr(
      errors,
      "note: 2 of 4 figures are not drawn: nothing to draw on e (9 x 3)"));
  ck_assert(is_there(in_dir(dir, TIME ".svg")));
  ck_assert(!is_there(in_dir(dir, "figures/convergence-e-lambda1-time.svg")));
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("plot");
  TCase *tc = tcase_create("plot");
  tcase_add_checked_fixture(tc, setup, teardown);
  tcase_add_test(tc, data_file_holds_curves_and_bands);
  tcase_add_test(tc, iterations_have_a_figure_of_their_own);
  tcase_add_test(tc, caption_says_what_is_drawn_and_what_is_not);
  tcase_add_test(tc, caption_of_a_sweep_has_its_limits);
  tcase_add_test(tc, caption_names_the_floor_and_a_start_alone);
  tcase_add_loop_test(tc, every_format_is_drawn, 0,
                      many(sizeof drawn, sizeof *drawn));
  tcase_add_test(tc, several_formats_leave_the_script_of_the_first);
  tcase_add_test(tc, script_draws_the_figure_again);
  tcase_add_loop_test(tc, names_are_drawn_as_they_are, 0,
                      many(sizeof names, sizeof *names));
  tcase_add_test(tc, many_solvers_are_drawn);
  tcase_add_test(tc, output_file_takes_one_figure_of_its_ending);
  tcase_add_loop_test(tc, output_file_of_any_name_is_drawn, 0,
                      many(sizeof odd_outputs, sizeof *odd_outputs));
  tcase_add_test(tc, output_file_replaces_nothing_without_force);
  tcase_add_loop_test(tc, bad_argument_is_refused, 0,
                      many(sizeof refused, sizeof *refused));
  tcase_add_test(tc, directory_that_cannot_be_read_is_refused);
  tcase_add_test(tc, what_can_be_drawn_is);
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
