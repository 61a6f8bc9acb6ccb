/* bench/tables/latex_table.c: what `ystep table` writes stays within the text
 * of an 11 pt article, as LaTeX itself sees it (scripts/check-tex; Debian:
 * texlive-latex-base, texlive-latex-recommended). Skipped without LaTeX, unless
 * TEX_REQUIRED is set. */
#include "bench/commands/commands.h"
#include "tests/support/rundirs.h"
#include "tests/support/testing.h"

#include <sys/wait.h>

/* As in bench/sweeps/paper.yaml, and longer. */
static const char *const solvers[] = {
    "em",
    "em:accel=squarem",
    "fw",
    "ipm",
    "ipm:active=0",
    "pgd",
    "pgd:step=bb",
    "md",
    "em:accel=anderson",
    "pgd:accel=1",
    "md:accel=1",
    "pgd:step=0.01",
    "pgd:step=100",
    "gsl",
    "gsl:method=conjugate_pr",
    "nlopt",
    "ipopt",
    "gsl:method=vector_bfgs2,line=0.25,step=0.125,restart=17",
    "WMWMWM:WM=WMWM",
    "f%_&#$^~{}\\|<>\"'"};
enum { SOLVERS = sizeof solvers / sizeof *solvers };
static const char *const problems[] = {
    "dirichlet:M=5000,K=200",
    "file:path=/home/somebody/experiments/batches/of-last-year/"
    "cifar10_lenet5_3000_without_augmentation.npy,logits=1"};

static char *dir;

/* Every third solver stalls with a long message, every fifth leaves repeats
 * behind; times and iterations have as many digits as they may. */
static void put_solver(FILE *runs, FILE *traces, size_t problem, size_t solver,
                       const char *name) {
  static long id;
  for (size_t repeat = 0; repeat < 3; repeat++) {
    const bool stalls = solver % 3 == 0, stops = solver % 5 == 0 && repeat;
    id++;
    fprintf(runs, "%ld,\"%s\",5000,200,collision,strong,0.1,\"", id,
            problems[problem]);
    for (const char *c = name; *c; c++)
      fprintf(runs, *c == '"' ? "\"\"" : "%c", *c);
    fprintf(runs, "\",%zu,1,2,%s,123456,0,0.000123456,0,1,1,1.23e-9,%s\n",
            repeat,
            stalls  ? "stalled"
            : stops ? "time_limit"
                    : "converged",
            stalls ? "the line search finds no step that lessens F; which an "
                     "unbreakablywrittenwordofmanylettersmakeslonger"
                   : "");
    for (int gap = 1; gap <= (stops ? 3 : 9); gap++)
      fprintf(traces, "%ld,%d,0.000012345%d,1,1,1e-%d\n", id, 123450 + gap, gap,
              gap);
  }
}

static void make(size_t copies) {
  char name[128];
  dir = temp_dir();
  FILE *runs = fopen(in_dir(dir, "runs.csv"), "w");
  FILE *traces = fopen(in_dir(dir, "traces.csv"), "w");
  fputs(RUNS_HEADER, runs);
  fputs(TRACES_HEADER, traces);
  for (size_t p = 0; p < sizeof problems / sizeof *problems; p++)
    for (size_t i = 0; i < copies * SOLVERS; i++) {
      snprintf(name, sizeof name, i < SOLVERS ? "%s" : "%s%zu",
               solvers[i % SOLVERS], i / SOLVERS);
      put_solver(runs, traces, p, i, name);
    }
  fclose(runs);
  fclose(traces);
  put_settings_of_run(dir, "1e-9", "60");
}

static void assert_fits(const char *arguments) {
  char line[1024], command[2048];
  snprintf(line, sizeof line, "table %s %s --format tex --force -o %s", dir,
           arguments, in_dir(dir, "t.tex"));
  assert_accepts(&cmd_table, line);
  snprintf(command, sizeof command, "\"%s/scripts/check-tex\" %s >%s",
           getenv("YSTEP_SOURCE"), in_dir(dir, "t.tex"),
           in_dir(dir, "said.txt"));
  const int status = system(command);
  char *said = text_of_file(in_dir(dir, "said.txt"));
  const char *required = getenv("TEX_REQUIRED");
  const bool skipped = WEXITSTATUS(status) == 77 && !(required && *required);
  ck_assert_msg(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || skipped),
                "table %s: %s", arguments, said);
  free(said);
}

static const char every_gap[] =
    "--gap 0.1 1e-2 1e-3 1e-4 1e-5 1e-6 1e-7 1e-8 1e-9";
static const char *const arguments[] = {"", "--gap 1e-2 1e-4 1e-6 1e-8 1e-9",
                                        every_gap, "--pivot"};

START_TEST(tables_are_no_wider_than_the_text) {
  make(1);
  assert_fits(arguments[_i]);
  drop_dir(dir);
}
END_TEST

/* 60 solvers, of which a page holds 36. */
START_TEST(long_tables_go_on_on_the_next_page) {
  make(3);
  assert_fits("--gap 1e-2");
  assert_file_says(in_dir(dir, "t.tex"), "Part 4 of 4.");
  drop_dir(dir);
}
END_TEST

int main(void) {
  Suite *s = suite_create("latex_table");
  TCase *tc = tcase_create("latex_table");
  tcase_set_timeout(tc, 120);
  tcase_add_loop_test(tc, tables_are_no_wider_than_the_text, 0,
                      many(sizeof arguments, sizeof *arguments));
  tcase_add_test(tc, long_tables_go_on_on_the_next_page);
  suite_add_tcase(s, tc);
  return run_suite(s);
}
