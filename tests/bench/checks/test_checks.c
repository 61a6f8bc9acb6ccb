/* The engine of `ystep check` and the subcommand: good code passes, and every
 * control comes out violated. */
#include "bench/commands/commands.h"
#include "problems/formats/csv.h"
#include "tests/support/findings.h"
#include "tests/support/tempfile.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* ------------------------------------------------------- good code ---- */

static void assert_all_pass(const gathered *all) {
  for (size_t i = 0; i < all->count; i++) {
    const check_finding *f = &all->item[i];
    ck_assert_msg(check_passed(f), "%s, %s %s: worst %g, %zu samples", f->check,
                  f->loss, f->fairness, f->worst, f->samples);
  }
}

START_TEST(the_library_passes) {
  const size_t shapes[][2] = {{1, 2}, {3, 7}, {40, 4}, {100, 2}, {5, 60}};
  for (size_t s = 0; s < 5; s++) {
    gathered all = run_checks((row_kind)_i, shapes[s][0], shapes[s][1], s + 1,
                              1, &check_library);
    assert_all_pass(&all);
  }
}
END_TEST

START_TEST(every_pair_is_checked_and_something_is_tried) {
  const char *const by_pair[] = {"convexity", "gradient", "hessian",
                                 "least_eigenvalue", "weak_duality"};
  gathered all = run_checks(FLAT, 20, 4, 1, 1, &check_library);
  for (size_t c = 0; c < 5; c++) {
    size_t found = 0;
    for (size_t i = 0; i < all.count; i++)
      found += strcmp(all.item[i].check, by_pair[c]) == 0;
    ck_assert_uint_eq(found, YS_LOSSES * YS_FAIRNESSES);
  }
  for (size_t i = 0; i < all.count; i++) {
    ck_assert_uint_gt(all.item[i].samples, 0);
    ck_assert_str_eq(all.item[i].problem, "test");
    for (size_t j = 0; j < i; j++) /* a row of the table is named once */
      ck_assert(strcmp(all.item[i].check, all.item[j].check) != 0 ||
                strcmp(all.item[i].loss, all.item[j].loss) != 0 ||
                strcmp(all.item[i].fairness, all.item[j].fairness) != 0);
  }
}
END_TEST

START_TEST(controls_come_out_violated) {
  const char *const controls[] = {
      "convexity_in_sigma_and_y", "gradient_without_fairness",
      "least_eigenvalue_in_sigma_and_y", "bound_raised_by_0.01",
      "fairness_zero_anywhere"};
  for (int kind = 0; kind < ROW_KINDS; kind++) {
    gathered all = run_checks((row_kind)kind, 30, 4, 3, 1, &check_library);
    size_t count = 0;
    for (size_t c = 0; c < 5; c++)
      ck_assert(!find(&all, controls[c], NULL)->expected);
    ck_assert(!find(&all, "symmetry", "shannon")->expected);
    ck_assert(!find(&all, "no_gradient_at_uniform_y", "shannon")->expected);
    for (size_t i = 0; i < all.count; i++)
      if (!all.item[i].expected) {
        ck_assert(!check_observed(&all.item[i]));
        count++;
      }
    ck_assert_uint_ge(count, 7);
  }
}
END_TEST

START_TEST(findings_depend_on_the_seed_alone) {
  gathered one = run_checks(FLAT, 30, 5, 7, 1, &check_library);
  gathered two = run_checks(FLAT, 30, 5, 7, 2, &check_library);
  gathered other = run_checks(FLAT, 30, 5, 8, 1, &check_library);
  size_t different = 0;
  ck_assert_uint_eq(one.count, two.count);
  for (size_t i = 0; i < one.count; i++) {
    ck_assert(memcmp(&one.item[i].worst, &two.item[i].worst, sizeof(double)) ==
              0);
    ck_assert_uint_eq(one.item[i].samples, two.item[i].samples);
    different += one.item[i].worst != other.item[i].worst;
  }
  ck_assert_uint_gt(different, one.count / 2);
}
END_TEST

START_TEST(verdicts_follow_from_worst_and_expected) {
  check_finding f = {.worst = 1e-9, .tolerance = 1e-6, .expected = true};
  ck_assert(check_observed(&f) && check_passed(&f));
  f.expected = false;
  ck_assert(check_observed(&f) && !check_passed(&f));
  f.worst = 1;
  ck_assert(!check_observed(&f) && check_passed(&f));
  f.expected = true;
  ck_assert(!check_observed(&f) && !check_passed(&f));
  f.worst = NAN;
  ck_assert(!check_observed(&f));
}
END_TEST

static ys_code refuse(void *context, const check_finding *finding,
                      ys_error *error) {
  (void)finding;
  return ++*(int *)context < 5 ? YS_OK : ys_fail(error, YS_IO, "full");
}

START_TEST(a_sink_that_fails_ends_the_checks) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  ys_batch batch = random_batch(rng, FLAT, 5, 3);
  check_task task = {&batch, "test", 1, 1, &check_library};
  ys_error error;
  int calls = 0;
  ck_assert_int_eq(checks_run(&task, refuse, &calls, &error), YS_IO);
  ck_assert_str_eq(error.text, "full");
  ck_assert_int_eq(calls, 5);
  ys_batch_free(&batch);
  gsl_rng_free(rng);
}
END_TEST

/* -------------------------------------------------------- segments ---- */

START_TEST(segments_bend_the_right_way) {
  static check_panel panels[CHECK_PANELS];
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  ys_batch batch = random_batch(rng, (row_kind)_i, 30, 5);
  check_task task = {&batch, "test", 1, 1, &check_library};
  ck_assert_int_eq(checks_segments(&task, panels, NULL), YS_OK);
  for (int p = 0; p < CHECK_PANELS; p++) {
    const char *names[] = {"collision", "shannon", "reverse", "joint"};
    ck_assert_str_eq(panels[p].name, names[p]);
    for (int curve = 0; curve < CHECK_CURVES; curve++) {
      const double *value = panels[p].value[curve];
      double chord = (value[0] + value[CHECK_POINTS - 1]) / 2;
      double middle = value[CHECK_POINTS / 2];
      ck_assert(!isnan(middle));
      if (p == YS_LOSSES)
        ck_assert_double_gt(middle, chord);
      else if (isfinite(chord))
        ck_assert_double_le(middle, chord + 1e-13);
    }
  }
  ys_batch_free(&batch);
  gsl_rng_free(rng);
}
END_TEST

/* ------------------------------------------------------ subcommand ---- */

/* Run `ystep check -o DIR WORD VALUE`, its output thrown away. */
static int check_command(const char *dir, const char *word, const char *value) {
  char *argv[] = {"check",      "-o",          (char *)dir,
                  (char *)word, (char *)value, NULL};
  int saved[] = {dup(1), dup(2)}, nowhere = open("/dev/null", O_WRONLY);
  fflush(stdout);
  dup2(nowhere, 1);
  dup2(nowhere, 2);
  int status = command_run(&cmd_check, word ? value ? 5 : 4 : 3, argv);
  fflush(stdout);
  dup2(saved[0], 1);
  dup2(saved[1], 2);
  close(saved[0]);
  close(saved[1]);
  close(nowhere);
  return status;
}

static char *fresh_directory(void) {
  char *path = temp_file("");
  unlink(path);
  return path;
}

static void drop_directory(char *path) {
  char command[600];
  snprintf(command, sizeof command, "rm -rf '%s'", path);
  ck_assert_int_eq(system(command), 0);
  free(path);
}

START_TEST(the_command_writes_its_table) {
  char *dir = fresh_directory(), path[600];
  ys_csv csv;
  bool more = true;
  size_t rows = 0, controls = 0;
  ck_assert_int_eq(check_command(dir, "-p", "dirichlet:M=20,K=3"), 0);
  snprintf(path, sizeof path, "%s/checks.csv", dir);
  ck_assert_int_eq(ys_csv_open(path, '#', &csv, NULL), YS_OK);
  for (; !ys_csv_next_row(&csv, &more, NULL) && more; rows++) {
    const char *const header[] = {
        "check", "problem",   "loss",     "fairness", "samples",
        "worst", "tolerance", "expected", "observed", "verdict"};
    ck_assert_uint_eq(csv.count, 10);
    for (size_t k = 0; rows == 0 && k < 10; k++)
      ck_assert_str_eq(ys_csv_field(&csv, k), header[k]);
    if (rows == 0)
      continue;
    ck_assert_str_eq(ys_csv_field(&csv, 1), "dirichlet:M=20,K=3");
    ck_assert_str_eq(ys_csv_field(&csv, 9), "ok");
    ck_assert_str_eq(ys_csv_field(&csv, 7), ys_csv_field(&csv, 8));
    controls += strcmp(ys_csv_field(&csv, 7), "violated") == 0;
  }
  ys_csv_close(&csv);
  ck_assert_uint_gt(rows, 50);
  ck_assert_uint_ge(controls, 7);
  snprintf(path, sizeof path, "%s/meta.json", dir);
  ck_assert_int_eq(access(path, R_OK), 0);
  snprintf(path, sizeof path, "%s/segments.csv", dir);
  ck_assert_int_eq(access(path, R_OK), 0);
  snprintf(path, sizeof path, "%s/figures/segments-1-dirichlet-M20-K3.dat",
           dir);
  ck_assert_int_eq(access(path, R_OK), 0);
  ck_assert_int_eq(check_command(dir, NULL, NULL), 2); /* exists */
  ck_assert_int_eq(check_command(dir, "--force", NULL), 0);
  drop_directory(dir);
}
END_TEST

START_TEST(bad_input_writes_nothing) {
  const char *const words[][2] = {{"-p", "nonesuch"},  {"-p", "dirichlet:M=0"},
                                  {"--seed", "1.5"},   {"--threads", "0"},
                                  {"--format", "gif"}, {"--nonesuch", NULL}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    char *dir = fresh_directory();
    ck_assert_int_eq(check_command(dir, words[i][0], words[i][1]), 2);
    ck_assert_int_ne(access(dir, F_OK), 0);
    free(dir);
  }
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("checks");
  TCase *good = tcase_create("good");
  tcase_add_loop_test(good, the_library_passes, 0, ROW_KINDS);
  tcase_add_test(good, every_pair_is_checked_and_something_is_tried);
  tcase_add_test(good, controls_come_out_violated);
  tcase_add_test(good, findings_depend_on_the_seed_alone);
  tcase_add_test(good, verdicts_follow_from_worst_and_expected);
  tcase_add_test(good, a_sink_that_fails_ends_the_checks);
  tcase_add_loop_test(good, segments_bend_the_right_way, 0, ROW_KINDS);
  suite_add_tcase(s, good);
  TCase *command = tcase_create("command");
  tcase_add_test(command, the_command_writes_its_table);
  tcase_add_test(command, bad_input_writes_nothing);
  suite_add_tcase(s, command);
  return s;
}

int main(void) {
  return run_suite(suite());
}
