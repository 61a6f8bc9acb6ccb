/* Sweeps end to end: what a plan gives, what is refused, what a report says. */
#include "tests/support/sweeps.h"

START_TEST(a_sweep_leaves_its_tables) {
  run_whole();
  table runs = read_table("whole/runs.csv");
  table settings = read_table("whole/settings.csv");
  size_t unsupported = 0;
  bool seen[RUNS + 1] = {false};
  ck_assert_uint_eq(settings.rows, runs.rows);
  for (size_t i = 1; i < runs.rows; i++) {
    size_t id = (size_t)number_at(&runs, i, "run_id");
    ck_assert(id >= 1 && id <= RUNS && !seen[id]);
    seen[id] = true;
    if (strcmp(at(&runs, i, "status"), "unsupported") == 0) {
      unsupported++;
      assert_says(at(&runs, i, "message"), "em serves|shannon");
    } else {
      const char *status = at(&runs, i, "status");
      if (strcmp(status, "max_iter") == 0)
        ck_assert(number_at(&runs, i, "iterations") == 30);
      else if (strcmp(status, "converged") == 0) /* the tolerance is 0 */
        assert_says(at(&runs, i, "message"), "at the floor of rounding");
      else
        ck_assert_str_eq(status, "stalled");
    }
  }
  ck_assert_uint_eq(unsupported, RUNS / 6);
  ck_assert(exists("whole/meta.json"));
  assert_no_nan("whole/runs.csv");
  free_table(&runs);
  free_table(&settings);
}
END_TEST

START_TEST(a_dry_run_writes_nothing) {
  write_plan();
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --dry-run"), 0);
  char *text = slurp("out.txt");
  ck_assert_ptr_nonnull(strstr(text, "48 runs planned, 0 done, 48 to run, 8 of "
                                     "them unsupported"));
  ck_assert_ptr_nonnull(strstr(text, "at most 40 min"));
  free(text);
  ck_assert(!exists("out") && !exists("results"));
  ck_assert_int_eq(ystep("sweep plan.yaml -o out"), 0);
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --dry-run"), 0);
  text = slurp("out.txt");
  ck_assert_ptr_nonnull(strstr(text, "48 runs planned, 48 done, 0 to run"));
  free(text);
}
END_TEST

START_TEST(bad_input_is_one_line_and_writes_nothing) {
  write_plan();
  put_text("bad.yaml", "problems: dirichlet\nsolvers: em\nlamda: 1\n");
  assert_refuses("sweep", "FILE.yaml");
  assert_refuses("sweep none.yaml", "none.yaml|No such file");
  assert_refuses("sweep bad.yaml -o out", "bad.yaml:3:1: |lamda|lambdas");
  assert_refuses("sweep plan.yaml --shard 0/2 -o out", "--shard 0/2|I/N");
  assert_refuses("sweep plan.yaml --shard 3/2 -o out", "--shard 3/2|I/N");
  assert_refuses("sweep plan.yaml --jobs 0 -o out", "--jobs 0");
  assert_refuses("sweep plan.yaml --resume", "-o DIR");
  assert_refuses("merge out", "merge OUT DIR");
  assert_refuses("merge out none", "none|settings.csv");
  ck_assert(!exists("out") && !exists("results"));
}
END_TEST

/* A path may hold a comma, doubled in a spec; folders are made as needed. */
START_TEST(paths_may_be_what_they_like) {
  put_text("a,b.csv", "0.5,0.25,0.25\n0.125,0.5,0.375\n");
  put_text("comma.yaml",
           "problems: ['file:path=a,,b.csv']\nsolvers: em\nmax-iter: 2\n");
  put_text("with.yaml", "problems: {problem: file, with: {path: 'a,b.csv'}}\n"
                        "solvers: em\nmax-iter: 2\n");
  ck_assert_int_eq(ystep("sweep comma.yaml -o deep/er/out"), 0);
  ck_assert_int_eq(ystep("sweep with.yaml -o deep/er/out --resume"), 0);
  ck_assert_int_eq(ystep("sweep with.yaml -o other/out/ --resume"), 0);
  ck_assert_int_eq(
      ystep("run -p file:path=a,,b.csv -s em --max-iter 2 -o deep/run"), 0);
  ck_assert_uint_eq(count_rows("deep/er/out/runs.csv"), 1);
  table runs = read_table("deep/run/runs.csv");
  ck_assert_str_eq(at(&runs, 1, "problem"), "file:path=a,,b.csv");
  free_table(&runs);
  assert_refuses("sweep comma.yaml -o a,b.csv/out", "a,b.csv|directory");
}
END_TEST

/* Labels are no part of a run: they change, and nothing is run again. */
START_TEST(labels_are_kept_for_whoever_draws) {
  static const char file[] =
      "problems: {problem: 'planted:M=20,K=3', label: %s}\n"
      "solvers: [{solver: md, with: {accel: 1}, label: Mirror}, em]\n"
      "max-iter: 3\n";
  char text[512];
  snprintf(text, sizeof text, file, "Small");
  put_text("labels.yaml", text);
  ck_assert_int_eq(ystep("sweep labels.yaml -o out"), 0);
  char *meta = slurp("out/meta.json");
  ck_assert_ptr_nonnull(strstr(meta, "\"planted:M=20,K=3\": \"Small\""));
  ck_assert_ptr_nonnull(strstr(meta, "\"md:accel=1\": \"Mirror\""));
  ck_assert_ptr_null(strstr(meta, "\"em\""));
  free(meta);
  snprintf(text, sizeof text, file, "Tiny");
  put_text("labels.yaml", text);
  ck_assert_int_eq(ystep("sweep labels.yaml -o out --resume"), 0);
  ck_assert_uint_eq(count_rows("out/runs.csv"), 2);
  ck_assert_int_eq(ystep("table out"), 0);
  char *shown = slurp("out.txt");
  ck_assert_ptr_nonnull(strstr(shown, "### Tiny (20 x 3)"));
  ck_assert_ptr_nonnull(strstr(shown, "| Mirror |"));
  ck_assert_ptr_nonnull(strstr(shown, "| em |"));
  free(shown);
}
END_TEST

START_TEST(side_by_side_is_the_same) {
  run_whole();
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --jobs 3"), 0);
  assert_same("out", "whole");
}
END_TEST

/* The row of runs.csv with that run_id. */
static size_t find_run(const table *runs, const char *id) {
  for (size_t i = 1; i < runs->rows; i++)
    if (strcmp(at(runs, i, "run_id"), id) == 0)
      return i;
  ck_abort_msg("no run %s", id);
}

/* Run the line below "# run ID, ..." of a report and compare. */
static void run_again(const table *runs, const char *heading) {
  static const char *const same[] = {
      "problem", "solver",    "loss",        "lambda",  "status",  "iterations",
      "gap",     "objective", "lower_bound", "threads", "fairness"};
  char id[16];
  snprintf(id, sizeof id, "%.*s", (int)strspn(heading, "0123456789"), heading);
  const char *line = strstr(heading, "\nystep run ") + strlen("\nystep ");
  ck_assert_int_eq(
      ystep("%.*s -o again --force", (int)strcspn(line, "\n"), line), 0);
  table made = read_table("again/runs.csv");
  size_t row = find_run(runs, id);
  ck_assert_uint_eq(made.rows, 2);
  for (size_t i = 0; i < sizeof same / sizeof *same; i++)
    ck_assert_str_eq(at(&made, 1, same[i]), at(runs, row, same[i]));
  free_table(&made);
}

START_TEST(a_report_says_how_to_do_each_run_again) {
  put_text("prior.csv", "0.5,0.25,0.25\n");
  put_text("plan.yaml", "problems: dirichlet:M=50,K=3\n"
                        "solvers: [pgd, 'em:accel=squarem']\n"
                        "starts: [random, sigma]\nseeds: [3, 4]\n"
                        "priors: [uniform, prior.csv]\n"
                        "lambdas: 0.3\nlosses: [collision]\n"
                        "tol: 1e-30\nmax-iter: 7\nthreads: 1\n");
  ck_assert_int_eq(ystep("sweep plan.yaml -o out"), 0);
  ck_assert_int_eq(ystep("report out"), 0);
  table runs = read_table("out/runs.csv");
  char *page = slurp("out/report.html");
  size_t done = 0;
  for (char *at = page; (at = strstr(at, "# run ")); done++)
    run_again(&runs, at += strlen("# run "));
  /* A start that is not random needs no seed: one line for both. */
  ck_assert_uint_ge(done, 2 * 3);
  free(page);
  free_table(&runs);
}
END_TEST

START_TEST(labels_are_saved) {
  write_plan();
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --save-labels --shard 1/4"),
                   0);
  table runs = read_table("out/runs.csv");
  for (size_t i = 1; i < runs.rows; i++) {
    char path[64];
    snprintf(path, sizeof path, "out/labels/%s.npy", at(&runs, i, "run_id"));
    ck_assert(exists(path) ==
              (strcmp(at(&runs, i, "status"), "unsupported") != 0));
  }
  free_table(&runs);
}
END_TEST

START_TEST(the_sweeps_that_are_shipped_can_be_planned) {
  static const char *const names[] = {"broad", "paper", "scaling-k",
                                      "scaling-m"};
  link_bench();
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    ck_assert_int_eq(ystep("sweep bench/sweeps/%s.yaml --dry-run", names[i]),
                     0);
    char *said = slurp("out.txt");
    ck_assert_ptr_nonnull(strstr(said, " runs planned, 0 done"));
    free(said);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("sweep");
  TCase *tests = tcase_create("sweep");
  tcase_add_checked_fixture(tests, enter_folder, leave_folder);
  tcase_add_test(tests, a_sweep_leaves_its_tables);
  tcase_add_test(tests, a_dry_run_writes_nothing);
  tcase_add_test(tests, bad_input_is_one_line_and_writes_nothing);
  tcase_add_test(tests, paths_may_be_what_they_like);
  tcase_add_test(tests, labels_are_kept_for_whoever_draws);
  tcase_add_test(tests, side_by_side_is_the_same);
  tcase_add_test(tests, a_report_says_how_to_do_each_run_again);
  tcase_add_test(tests, labels_are_saved);
  tcase_add_test(tests, the_sweeps_that_are_shipped_can_be_planned);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
