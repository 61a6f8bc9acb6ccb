/* docs/file-formats.md: its lines for pandas and R, run as they stand there on
 * a directory with all that is hard to read. Skipped, with a word, where those
 * are not installed. */
#include "tests/support/program.h"

/* Quoted text, messages and none, an infinite objective (em does not serve
 * shannon), a run that left the domain. */
static void make_directory(void) {
  put_text("plan.yaml", "problems: dirichlet:M=50,K=5\n"
                        "solvers: [em, 'pgd:step=100,accel=0']\n"
                        "losses: [collision, shannon]\n"
                        "lambdas: 10\ntol: 0\nmax-iter: 7\nthreads: 1\n");
  ck_assert_int_eq(ystep("sweep plan.yaml -o out"), 0);
}

/* Copy the fenced block behind the marker in docs/file-formats.md, which is to
 * be three lines. */
static void put_block(const char *marker, FILE *out) {
  char path[4096], line[512];
  int lines = -2; /* before the marker; -1: before the fence */
  ck_assert_ptr_nonnull(getenv("YSTEP_SOURCE")); /* run through `make test` */
  snprintf(path, sizeof path, "%s/docs/file-formats.md",
           getenv("YSTEP_SOURCE"));
  FILE *in = fopen(path, "r");
  ck_assert_msg(in != NULL, "%s: %s", path, strerror(errno));
  while (fgets(line, sizeof line, in)) {
    bool is_fence = strncmp(line, "```", 3) == 0;
    if (lines == -2 ? strstr(line, marker) != NULL : lines >= 0 || is_fence)
      lines++;
    if (lines > 0 && is_fence)
      break;
    if (lines > 0)
      fputs(line, out);
  }
  fclose(in);
  ck_assert_int_eq(lines - 1, 3);
}

/* Run the lines, then `rest`, which fails if anything is other than expected.
 */
static void run_lines(const char *interpreter, const char *marker,
                      const char *rest) {
  char command[512];
  FILE *file = fopen("script", "w");
  put_block(marker, file);
  fputs(rest, file);
  fclose(file);
  snprintf(command, sizeof command, "%s script >out.txt 2>&1", interpreter);
  int status = system(command);
  char *said = slurp("out.txt");
  ck_assert_msg(status == 0, "%s", said);
  free(said);
}

/* The first of the interpreters that has what it takes; NULL if none does. */
static const char *find(const char *const *interpreters, const char *test) {
  char command[512];
  for (; *interpreters; interpreters++) {
    snprintf(command, sizeof command, "%s -e '%s' >/dev/null 2>&1",
             *interpreters, test);
    if (strncmp(*interpreters, "Rscript", 7) != 0)
      snprintf(command, sizeof command, "%s -c '%s' >/dev/null 2>&1",
               *interpreters, test);
    if (system(command) == 0)
      return *interpreters;
  }
  return NULL;
}

START_TEST(pandas_reads_the_tables) {
  static const char *const pythons[] = {"python3", "/usr/bin/python3", NULL};
  const char *python = find(pythons, "import pandas");
  if (!python) {
    printf("loading: skipped: no python3 with pandas here\n");
    return;
  }
  make_directory();
  run_lines(python, "<!-- python -->",
            "by = runs.set_index(['solver', 'loss'])\n"
            "assert len(runs) == 4 and len(joined) == len(traces) > 7\n"
            "assert by.status['em', 'shannon'] == 'unsupported'\n"
            "assert by.status['pgd:step=100,accel=0', 'collision'] == "
            "'failed'\n"
            "assert by.objective['em', 'shannon'] == float('inf')\n"
            "assert by.lower_bound['em', 'shannon'] == -float('inf')\n"
            "em = joined[(joined.solver == 'em') & (joined.loss == "
            "'collision')]\n"
            "assert list(em.iteration) == list(range(8))\n"
            "assert (em.objective >= em.lower_bound_end).all()\n"
            "assert em.gap.iloc[-1] == by.gap['em', 'collision']\n");
}
END_TEST

START_TEST(r_reads_the_tables) {
  static const char *const rs[] = {"Rscript", NULL};
  const char *r = find(rs, "1");
  if (!r) {
    printf("loading: skipped: no Rscript here\n");
    return;
  }
  make_directory();
  run_lines(r, "<!-- r -->",
            "stopifnot(nrow(runs) == 4, nrow(joined) == nrow(traces))\n"
            "none <- runs[runs$solver == 'em' & runs$loss == 'shannon', ]\n"
            "stopifnot(none$status == 'unsupported', none$objective == Inf)\n"
            "stopifnot(none$lower_bound == -Inf, is.numeric(runs$gap))\n"
            "pgd <- runs[runs$solver == 'pgd:step=100,accel=0', ]\n"
            "stopifnot('failed' %in% pgd$status)\n"
            "em <- joined[joined$solver == 'em', ]\n"
            "stopifnot(em$iteration == 0:7)\n"
            "stopifnot(em$objective >= em$lower_bound_end)\n"
            "stopifnot(em$gap[8] == em$gap_end[8])\n");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("loading");
  TCase *tests = tcase_create("loading");
  tcase_add_checked_fixture(tests, enter_folder, leave_folder);
  tcase_add_test(tests, pandas_reads_the_tables);
  tcase_add_test(tests, r_reads_the_tables);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
