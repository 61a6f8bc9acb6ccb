/* bench/tables/gap_table.c, total_table.c, cmd_table.c: the table of times to
 * gaps, in every format. */
#include "bench/commands/commands.h"
#include "bench/tables/tables.h"
#include "tests/support/rundirs.h"
#include "tests/support/testing.h"

/* em: two repeats, of which one reaches 1e-4 (so that the median does not).
 * pgd: fails. md: reaches all. gsl: stopped at once. */
static const char runs[] =
    "1,\"d:M=9,K=3\",9,3,collision,strong,1,em,1,1,2,converged,20,0.5,2,0,1,1,"
    "0.0001,\n"
    "2,\"d:M=9,K=3\",9,3,collision,strong,1,em,2,2,2,time_limit,40,0.5,8,0,1,1,"
    "0.001,\n"
    "3,\"d:M=9,K=3\",9,3,collision,strong,1,\"pgd:step=9,x=a_b\",1,1,2,failed,"
    "2,0,0.5,0,inf,1,inf,\"left: 50% | out\"\n"
    "4,\"d:M=9,K=3\",9,3,collision,strong,1,md,1,1,2,converged,10,0,1e-5,0,1,1,"
    "0,\n"
    "5,e,9,3,collision,weak,0.5,gsl,1,1,2,stalled,0,0,0,0,1,1,0.5,\"at, "
    "\"\"once\"\"\"\n";
static const char traces[] = "1,0,0,1,1,1\n1,10,1,1,1,0.01\n1,20,2,1,1,1e-4\n"
                             "2,0,0,1,1,1\n2,20,4,1,1,0.01\n2,40,8,1,1,1e-3\n"
                             "3,0,0,1,1,1\n3,2,0.5,inf,1,inf\n"
                             "4,0,0,1,1,1\n4,10,1e-5,1,1,0\n"
                             "5,0,0,1,1,0.5\n";

static char *dir;

static void setup(void) {
  dir = run_dir(runs, traces);
  put_settings_of_run(dir, "1e-6", "60");
  put_meta_of_run(dir, "d", "x_86");
}

static void teardown(void) {
  drop_dir(dir);
}

/* `ystep table DIR ARGUMENTS -o DIR/NAME`. */
static const char *tabulate(const char *arguments, const char *name) {
  char line[1024];
  snprintf(line, sizeof line, "table %s %s -o %s", dir, arguments,
           in_dir(dir, name));
  assert_accepts(&cmd_table, line);
  return in_dir(dir, name);
}

START_TEST(markdown_table) {
  assert_file_is(
      tabulate("--gap 1e-2 1e-4", "t.md"),
      "### d:M=9,K=3 (9 x 3), collision + strong, lambda 1\n\n"
      "| solver | status | iterations | s/iteration | noise | to 1e-2: s "
      "(iterations) | to 1e-4: s (iterations) | final gap |\n"
      "|---|---|---:|---:|---:|---:|---:|---:|\n"
      "| em | converged 1, time_limit 1 | 30 | 0.15 | 67 % | 2.5 (15) | not "
      "reached in 5 s, gap 5.5e-4 (1 of 2 runs did) | 5.5e-4 |\n"
      "| pgd:step=9,x=a_b | failed | 2 | 0.25 | - | not reached in 0.5 s, gap "
      "1 "
      "| - | inf |\n"
      "| md | converged | 10 | 1e-6 | - | 1e-5 (10) | 1e-5 (10) | 0 |\n\n"
      "- pgd:step=9,x=a_b, run 3, failed: left: 50% \\| out\n\n"
      "### e (9 x 3), collision + weak, lambda 0.5\n\n"
      "| solver | status | iterations | s/iteration | to 1e-2: s (iterations) "
      "| to 1e-4: s (iterations) | final gap |\n"
      "|---|---|---:|---:|---:|---:|---:|\n"
      "| gsl | stalled | 0 | - | not reached in 0 s, gap 0.5 | - | 0.5 |\n\n"
      "- gsl, run 5, stalled: at, \"once\"\n\n"
      "Medians over repeats. Gaps are certified bounds on the distance to the "
      "optimum, in nats. Seconds are the solver's own, without set-up and "
      "monitoring, at the first recorded iterate within the gap. Noise: from "
      "the least to the most seconds an iteration over repeats, in per cent of "
      "the median.\n\n"
      "x_86; ystep 1, commit c, d\n");
}
END_TEST

/* All decades, down to the gap at which the runs were to stop. */
START_TEST(decades_go_down_to_the_tolerance) {
  static const char *const decades[] = {"1e-2", "1e-3", "1e-4", "1e-5",
                                        "1e-6", "1e-7", "1e-8", "1e-9"};
  static const struct {
    const char *tolerance;
    size_t count;
  } cases[] = {{"1e-6", 5}, {"1e-9", 8}, {"0", 8}, {"3e-4", 2}, {"0.5", 1}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char head[512] = "| s/iteration | noise |";
    put_settings_of_run(dir, cases[i].tolerance, "60");
    for (size_t k = 0; k < cases[i].count; k++)
      sprintf(head + strlen(head), " to %s: s (iterations) |", decades[k]);
    strcat(head, " final gap |\n");
    assert_file_says(tabulate("--force", "t.md"), head);
  }
}
END_TEST

START_TEST(csv_table) {
  char expected[2048];
  snprintf(expected, sizeof expected, "%s\n%s", gap_table_csv_header,
           "\"d:M=9,K=3\",9,3,collision,strong,1,uniform,uniform,em,2,"
           "\"converged 1, "
           "time_limit 1\",30,0.15,0.5,5,0.00055,0.01,2,2.5,1.3,3.7,15,"
           "0.00055,,0.666666667\n"
           "\"d:M=9,K=3\",9,3,collision,strong,1,uniform,uniform,em,2,"
           "\"converged 1, "
           "time_limit 1\",30,0.15,0.5,5,0.00055,0.0001,1,inf,inf,inf,inf,"
           "0.00055,,0.666666667\n"
           "\"d:M=9,K=3\",9,3,collision,strong,1,uniform,uniform,\"pgd:step=9,"
           "x=a_b\",1,failed,"
           "2,0.25,0,0.5,inf,0.01,0,inf,inf,inf,inf,1,left: 50% | out,\n"
           "\"d:M=9,K=3\",9,3,collision,strong,1,uniform,uniform,\"pgd:step=9,"
           "x=a_b\",1,failed,"
           "2,0.25,0,0.5,inf,0.0001,0,inf,inf,inf,inf,1,left: 50% | out,\n"
           "\"d:M=9,K=3\",9,3,collision,strong,1,uniform,uniform,md,1,"
           "converged,10,1e-06,0,"
           "1e-05,0,0.01,1,1e-05,1e-05,1e-05,10,0,,\n"
           "\"d:M=9,K=3\",9,3,collision,strong,1,uniform,uniform,md,1,"
           "converged,10,1e-06,0,"
           "1e-05,0,0.0001,1,1e-05,1e-05,1e-05,10,0,,\n"
           "e,9,3,collision,weak,0.5,uniform,uniform,gsl,1,stalled,0,nan,0,0,0."
           "5,0.01,0,inf,"
           "inf,inf,inf,0.5,\"at, \"\"once\"\"\",\n"
           "e,9,3,collision,weak,0.5,uniform,uniform,gsl,1,stalled,0,nan,0,0,0."
           "5,0.0001,0,inf,"
           "inf,inf,inf,0.5,\"at, \"\"once\"\"\",\n");
  assert_file_is(tabulate("--gap 1e-4 1e-2 1e-4", "t.csv"), expected);
}
END_TEST

START_TEST(latex_table) {
  assert_file_is(
      tabulate("-p d --gap 1e-2 1e-4", "t.tex"),
      "% x\\_86; ystep 1, commit c, d\n"
      "% Needs \\usepackage{booktabs}.\n"
      "\\begin{table}\n"
      "\\setlength{\\emergencystretch}{\\textwidth}\n"
      "\\caption{Seconds (iterations) to a certified gap, medians over "
      "repeats: "
      "\\texttt{d:\\allowbreak{}M=\\allowbreak{}9,\\allowbreak{}K=\\allowbreak{"
      "}3} ($9\\times3$), collision + strong, $\\lambda=1$. Part 1 of 2.}\n"
      "\\smallskip\\centering\\footnotesize\\setlength{\\tabcolsep}{3pt}\n"
      "\\begin{tabular}{@{}llllr@{}}\n"
      "\\toprule\n"
      "solver & $10^{-2}$ & $10^{-4}$ & status & iterations \\\\\n"
      "\\midrule\n"
      "\\texttt{em} & $2.5$ (15) & 1 of 2 runs & converged 1, time\\_limit 1 & "
      "$30$ \\\\\n"
      "\\texttt{pgd:step=9,x=a\\_b} & not reached & not reached & failed & $2$ "
      "\\\\\n"
      "\\texttt{md} & $10^{-5}$ (10) & $10^{-5}$ (10) & converged & $10$ \\\\\n"
      "\\bottomrule\n"
      "\\end{tabular}\n"
      "\\end{table}\n"
      "\\begin{table}\n"
      "\\setlength{\\emergencystretch}{\\textwidth}\n"
      "\\caption{Seconds (iterations) to a certified gap, medians over "
      "repeats: "
      "\\texttt{d:\\allowbreak{}M=\\allowbreak{}9,\\allowbreak{}K=\\allowbreak{"
      "}3} ($9\\times3$), collision + strong, $\\lambda=1$. Part 2 of 2.}\n"
      "\\smallskip\\centering\\footnotesize\\setlength{\\tabcolsep}{3pt}\n"
      "\\begin{tabular}{@{}lrr@{}}\n"
      "\\toprule\n"
      "solver & s/iteration & final gap \\\\\n"
      "\\midrule\n"
      "\\texttt{em} & $0.15$ & $5.5\\times10^{-4}$ \\\\\n"
      "\\texttt{pgd:step=9,x=a\\_b} & $0.25$ & $\\infty$ \\\\\n"
      "\\texttt{md} & $10^{-6}$ & $0$ \\\\\n"
      "\\bottomrule\n"
      "\\end{tabular}\n"
      "\\par\\raggedright\n"
      "\n"
      "\\texttt{pgd:\\allowbreak{}step=\\allowbreak{}9,\\allowbreak{}x="
      "\\allowbreak{}a\\_\\allowbreak{}b}: failed: left: 50\\% \\textbar{} "
      "out\n"
      "\\end{table}\n");
}
END_TEST

START_TEST(minority_that_fails_is_said) {
  drop_dir(dir);
  dir = run_dir("1,d,9,3,collision,strong,1,em,1,1,1,converged,2,0,1,0,1,1,0,\n"
                "2,d,9,3,collision,strong,1,em,2,1,1,converged,2,0,1,0,1,1,0,\n"
                "3,d,9,3,collision,strong,1,em,3,1,1,failed,2,0,1,0,1,1,1,\n",
                "1,2,1,1,1,0\n2,2,1,1,1,0\n3,2,1,1,1,1\n");
  assert_file_says(tabulate("", "t.md"), " 1 (2), 2 of 3 runs |");
  assert_file_says(tabulate("", "t.tex"), "& $1$ (2), 2 of 3 runs &");
}
END_TEST

START_TEST(markdown_bars_stay_in_their_cell) {
  drop_dir(dir);
  dir = run_dir("1,d,9,3,collision,strong,1,em:a|b,1,1,1,converged,2,0,1,0,1,1,"
                "0,\n",
                "1,2,1,1,1,0\n");
  assert_file_says(tabulate("", "t.md"), "| em:a\\|b |");
}
END_TEST

/* ------------------------------------------------------------ the command ---
 */

START_TEST(format_wins_over_the_ending) {
  assert_file_says(tabulate("--format csv", "t.md"), gap_table_csv_header);
  assert_file_says(tabulate("", "other"), "to 1e-6: s (iterations)");
  assert_file_says(tabulate("-g 0", "zero.md"), "| 1e-5 (10) |");
}
END_TEST

/* The repeats are those that there are: a number in a file is no size. */
START_TEST(total_times_do_not_count_to_a_repeat) {
  put_in(dir, "runs.csv",
         RUNS_HEADER
         "1,d,9,3,collision,strong,1,em,999999999999999,1,2,converged,20,0,2,0,"
         "1,1,1e-4,\n"
         "2,e,9,3,collision,strong,1,em,999999999999999,1,2,converged,20,0,4,0,"
         "1,1,1e-4,\n"
         "3,d,9,3,collision,strong,1,em,7,1,2,converged,20,0,1,0,1,1,1e-4,\n"
         "4,e,9,3,collision,strong,1,em,7,1,2,converged,20,0,1,0,1,1,1e-4,\n");
  assert_file_says(
      tabulate("--total --format csv", "t.csv"),
      "collision,strong,1,2,4,4,40,4.000000000,2.000000000,6.000000000,");
}
END_TEST

/* As few digits as give the number back, whoever stored it with more. */
START_TEST(total_times_are_written_short) {
  put_in(dir, "runs.csv",
         RUNS_HEADER "1,d,9,3,collision,strong,0.10000000000000001,em,7,1,2,"
                     "converged,20,0,1,0,1,1,0.20000000000000001,\n");
  assert_file_says(tabulate("--total --format csv", "t.csv"),
                   "collision,strong,0.1,1,1,1,20,1.000000000,1.000000000,"
                   "1.000000000,0.2\n");
}
END_TEST

/* What is selected, and what it is to be called, as in every other table. */
START_TEST(total_times_are_of_what_is_selected) {
  const char *path =
      tabulate("--total -p d -s em md --label em=Mine md=Yours", "t.md");
  assert_file_says(path, "| Mine | collision | 1 | 1 |");
  assert_file_says(path, "| Yours | collision | 1 | 1 |");
  char *text = text_of_file(path);
  ck_assert(!strstr(text, "pgd") && !strstr(text, "gsl"));
  free(text);
  assert_file_says(tabulate("--total -s em --label em=Mine", "t.csv"),
                   "\nem,collision,");
}
END_TEST

static size_t place_of(const char *path, const char *words) {
  char *text = text_of_file(path);
  size_t place = 0;
  while (text[place] && strncmp(text + place, words, strlen(words)) != 0)
    place++;
  ck_assert_msg(text[place], "no '%s' in\n%s", words, text);
  free(text);
  return place;
}

/* pgd fails at once on both batches, and so takes the least time; md converges
 * on one. */
START_TEST(total_times_rank_no_failure_first) {
  put_in(dir, "runs.csv",
         RUNS_HEADER
         "1,d,9,3,collision,strong,1,pgd,0,1,2,failed,1,0,1e-6,0,1,1,inf,\n"
         "2,e,9,3,collision,strong,1,pgd,0,1,2,failed,1,0,1e-6,0,1,1,inf,\n"
         "3,d,9,3,collision,strong,1,md,0,1,2,converged,2,0,1,0,1,1,0,\n"
         "4,e,9,3,collision,strong,1,md,0,1,2,time_limit,2,0,1,0,1,1,1,\n"
         "5,d,9,3,collision,strong,1,em,0,1,2,converged,9,0,5,0,1,1,0,\n"
         "6,e,9,3,collision,strong,1,em,0,1,2,converged,9,0,5,0,1,1,0,\n"
         "7,d,9,3,collision,strong,1,fw,0,1,2,converged,9,0,3,0,1,1,0,\n"
         "8,e,9,3,collision,strong,1,fw,0,1,2,converged,9,0,3,0,1,1,0,\n");
  static const char *const order[] = {"| fw |", "| em |", "| md |", "| pgd |"};
  const char *path = tabulate("--total", "t.md");
  for (size_t i = 1; i < sizeof order / sizeof *order; i++)
    ck_assert_uint_lt(place_of(path, order[i - 1]), place_of(path, order[i]));
}
END_TEST

START_TEST(existing_file_is_kept_without_force) {
  char line[1024];
  put_in(dir, "t.md", "mine");
  snprintf(line, sizeof line, "table %s -o %s", dir, in_dir(dir, "t.md"));
  assert_refuses(&cmd_table, line, "t.md|--force");
  assert_file_is(in_dir(dir, "t.md"), "mine");
  strcat(line, " --force");
  assert_accepts(&cmd_table, line);
  assert_file_says(in_dir(dir, "t.md"), "### ");
}
END_TEST

static const struct {
  const char *arguments, *says;
} refused[] = {
    {"--format pdf", "no format 'pdf': expected md, csv, tex"},
    {"--format text", "text|did you mean 'tex'"},
    {"--gap 1e-2 x", "--gap x|number"},
    {"--gap -1", "--gap -1|number >= 0"},
    {"--gap nan", "--gap nan"},
    {"--solver emm", "emm|em"},
    {"--lambda 3", "--lambda 3"},
    {"--gat 1", "gat|--gap"},
    {"--pivot --gap 1 2", "--pivot|one gap"},
    {"--pivot --total", "--total or --pivot"},
    {"--transpose", "--transpose|--pivot"},
    {"--pivot --transpose --format csv", "--transpose|md or tex"},
    {"--total --format tex", "--total|md, csv or json"},
    {"second", "unexpected|second"},
    {"-o /dev/null/t.md", "/dev/null/t.md|cannot write"},
};

START_TEST(bad_argument_is_refused) {
  char line[1024];
  snprintf(line, sizeof line, "table %s %s", dir, refused[_i].arguments);
  assert_refuses(&cmd_table, line, refused[_i].says);
}
END_TEST

START_TEST(directory_that_cannot_be_read_is_refused) {
  char line[1024];
  assert_refuses(&cmd_table, "table", "run directory|--help");
  assert_refuses(&cmd_table, "table /nonexistent/dir", "/nonexistent/dir");
  put_in(dir, "meta.json", "{");
  snprintf(line, sizeof line, "table %s -o %s", dir, in_dir(dir, "t.md"));
  assert_refuses(&cmd_table, line, "meta.json, line 1");
  put_in(dir, "runs.csv", RUNS_HEADER "1,2,3\n4,5,6\n");
  assert_refuses(&cmd_table, line, "runs.csv, line 2|3 fields");
  ck_assert(!is_there(in_dir(dir, "t.md")));
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("table");
  TCase *tc = tcase_create("table");
  tcase_add_checked_fixture(tc, setup, teardown);
  tcase_add_test(tc, markdown_table);
  tcase_add_test(tc, decades_go_down_to_the_tolerance);
  tcase_add_test(tc, csv_table);
  tcase_add_test(tc, latex_table);
  tcase_add_test(tc, minority_that_fails_is_said);
  tcase_add_test(tc, markdown_bars_stay_in_their_cell);
  tcase_add_test(tc, format_wins_over_the_ending);
  tcase_add_test(tc, total_times_do_not_count_to_a_repeat);
  tcase_add_test(tc, total_times_are_written_short);
  tcase_add_test(tc, total_times_rank_no_failure_first);
  tcase_add_test(tc, total_times_are_of_what_is_selected);
  tcase_add_test(tc, existing_file_is_kept_without_force);
  tcase_add_loop_test(tc, bad_argument_is_refused, 0,
                      many(sizeof refused, sizeof *refused));
  tcase_add_test(tc, directory_that_cannot_be_read_is_refused);
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
