/* bench/store/records.c, results.c: a run directory read back. */
#include "bench/store/results.h"
#include "bench/tables/tables.h"
#include "tests/support/rundirs.h"
#include "tests/support/testing.h"

static ys_error error;

/* Shuffled, as `ystep run` leaves them. */
static const char runs[] =
    "7,\"gaussian:M=9,K=3\",9,3,shannon,weak,0.5,\"pgd:step=1,accel=1\",2,12,4,"
    "failed,3,0.25,1.5,0.125,inf,-inf,inf,\"too long: \"\"a\"\", b\"\n"
    "2,digits,100,10,collision,strong,1,em,1,11,2,converged,2,0,2.5e-3,0,"
    "1.25,1.125,1e-7,\n";
static const char traces[] = "7,0,0.000000000,2,1,1\n"
                             "7,3,1.500000000,inf,1,inf\n"
                             "2,1,0.001,1.5,1.125,0.375\n"
                             "2,0,0,1.75,1,0.75\n"
                             "2,2,0.0025,1.25,1.125,1e-7\n";

static void assert_is_run_2(const result_row *row) {
  ck_assert_int_eq(row->run_id, 2);
  ck_assert_str_eq(row->problem, "digits");
  ck_assert_int_eq(row->rows, 100);
  ck_assert_int_eq(row->classes, 10);
  ck_assert_str_eq(row->loss, "collision");
  ck_assert_str_eq(row->fairness, "strong");
  ck_assert(row->lambda == 1);
  ck_assert_str_eq(row->solver, "em");
  ck_assert_int_eq(row->repeat, 1);
  ck_assert_int_eq(row->seed, 11);
  ck_assert_int_eq(row->threads, 2);
  ck_assert(result_has_status(row, RUN_CONVERGED));
  ck_assert(!result_has_status(row, RUN_FAILED));
  ck_assert_int_eq(row->iterations, 2);
  ck_assert(row->setup_seconds == 0 && row->solve_seconds == 2.5e-3);
  ck_assert(row->monitor_seconds == 0 && row->objective == 1.25);
  ck_assert(row->lower_bound == 1.125 && row->gap == 1e-7);
  ck_assert_str_eq(row->message, "");
  ck_assert_uint_eq(row->line, 3);
}

START_TEST(every_column_comes_back) {
  char *dir = run_dir(runs, traces);
  result_set set;
  ck_assert_int_eq(results_read(dir, &set, &error), YS_OK);
  ck_assert_uint_eq(set.count, 2);
  assert_is_run_2(&set.rows[0]);
  const result_row *row = &set.rows[1];
  ck_assert_str_eq(row->problem, "gaussian:M=9,K=3");
  ck_assert_str_eq(row->solver, "pgd:step=1,accel=1");
  ck_assert_str_eq(row->message, "too long: \"a\", b");
  ck_assert_str_eq(row->status, "failed");
  ck_assert(isinf(row->objective) && row->objective > 0);
  ck_assert(isinf(row->lower_bound) && row->lower_bound < 0);
  results_free(&set);
  results_free(&set); /* twice is harmless */
  drop_dir(dir);
}
END_TEST

START_TEST(traces_belong_to_their_runs_in_order) {
  char *dir = run_dir(runs, traces);
  result_set set;
  ck_assert_int_eq(results_read(dir, &set, &error), YS_OK);
  const result_row *row = &set.rows[0];
  ck_assert_uint_eq(row->traced, 3);
  for (size_t i = 0; i < 3; i++)
    ck_assert_int_eq(row->trace[i].iteration, (long)i);
  ck_assert(row->trace[1].solve_seconds == 0.001);
  ck_assert(row->trace[1].objective == 1.5);
  ck_assert(row->trace[1].lower_bound == 1.125);
  ck_assert(row->trace[1].gap == 0.375);
  ck_assert_uint_eq(set.rows[1].traced, 2);
  ck_assert(isinf(set.rows[1].trace[1].gap));
  results_free(&set);
  drop_dir(dir);
}
END_TEST

START_TEST(columns_go_by_their_names) {
  char *dir = temp_dir();
  result_set set;
  put_in(dir, "runs.csv",
         "gap,lower_bound,objective,monitor_seconds,solve_seconds,"
         "setup_seconds,iterations,status,threads,seed,repeat,solver,host,"
         "lambda,fairness,loss,classes,rows,problem,run_id,message\n"
         "1e-7,1.125,1.25,0,2.5e-3,0,2,converged,2,11,1,em,\"here, there\",1,"
         "strong,collision,10,100,digits,2,\n");
  put_in(dir, "traces.csv",
         "gap,x,iteration,lower_bound,run_id,objective,solve_seconds\n"
         "0.5,?,4,1,2,1.5,0.25\n");
  ck_assert_int_eq(results_read(dir, &set, &error), YS_OK);
  set.rows[0].line++; /* it has no other run above it here */
  assert_is_run_2(&set.rows[0]);
  ck_assert_int_eq(set.rows[0].trace[0].iteration, 4);
  ck_assert(set.rows[0].trace[0].gap == 0.5);
  ck_assert(set.rows[0].trace[0].solve_seconds == 0.25);
  results_free(&set);
  drop_dir(dir);
}
END_TEST

/* A killed run may have written part of its last rows. */
START_TEST(cut_last_line_is_left_out) {
  static const char *const ends[] = {
      "8,digits,100,10,coll", "8,\"gaussian:M=", "8", "8,\"a\"\"",
      "8,digits,100,10,collision,strong,1,em,1,11,2,converged,2,0,1,0,1,1,1,"};
  char text[1024];
  result_set set;
  snprintf(text, sizeof text, "%s%s", runs, ends[_i]);
  char *dir = run_dir(text, "2,1,0.5,1,1,0.25\n2,2,0.75,1,1,0.1");
  ck_assert_int_eq(results_read(dir, &set, &error), YS_OK);
  ck_assert_uint_eq(set.count, 2);
  ck_assert_uint_eq(set.rows[0].traced, 1);
  ck_assert_uint_eq(set.rows[1].traced, 0);
  ck_assert_ptr_null(set.rows[1].trace);
  results_free(&set);
  drop_dir(dir);
}
END_TEST

/* They are written first. */
START_TEST(traces_of_unfinished_runs_are_left_out) {
  char *dir = run_dir(runs, "1,0,0,1,1,1\n2,0,0,1,1,0.5\n5,0,0,1,1,1\n"
                            "7,0,0,1,1,0.25\n9,0,0,1,1,1\n");
  result_set set;
  ck_assert_int_eq(results_read(dir, &set, &error), YS_OK);
  ck_assert_uint_eq(set.point_count, 2);
  ck_assert(set.rows[0].trace[0].gap == 0.5);
  ck_assert(set.rows[1].trace[0].gap == 0.25);
  results_free(&set);
  drop_dir(dir);
}
END_TEST

#define ROW(id, rest) id ",d,9,3,collision,strong,1,em,1,1,1," rest "\n"
#define GOOD ROW("1", "converged,1,0,1,0,1,1,1,")

static const struct {
  const char *runs, *traces, *says; /* NULL: no such file */
} refused[] = {
    {NULL, TRACES_HEADER, "runs.csv|No such file"},
    {"", TRACES_HEADER, "runs.csv|empty|header"},
    {RUNS_HEADER, TRACES_HEADER, "runs.csv|no runs"},
    {"run_id,problem\n1,x\n", TRACES_HEADER, "runs.csv, line 1|no column"},
    {RUNS_HEADER GOOD "2,d,9\n" GOOD, TRACES_HEADER,
     "runs.csv, line 3|3 fields|20"},
    {RUNS_HEADER GOOD ROW("two", "converged,1,0,1,0,1,1,1,"), TRACES_HEADER,
     "runs.csv, line 3|run_id|'two'|whole number"},
    {RUNS_HEADER ROW("1", "converged,1.5,0,1,0,1,1,1,"), TRACES_HEADER,
     "runs.csv, line 2|iterations|'1.5'|whole number"},
    {RUNS_HEADER ROW("1", "converged,1,0,1,0,1,1,,"), TRACES_HEADER,
     "runs.csv, line 2|gap|''|expected a number"},
    {RUNS_HEADER ROW("1", "converged,1,0,1s,0,1,1,1,"), TRACES_HEADER,
     "runs.csv, line 2|solve_seconds|'1s'|a finite number from 0"},
    {RUNS_HEADER ROW("99999999999999999999", "converged,1,0,1,0,1,1,1,"),
     TRACES_HEADER, "runs.csv, line 2|run_id"},
    /* Whole numbers fit a long with room to count on from there. */
    {RUNS_HEADER ROW("9223372036854775807", "converged,1,0,1,0,1,1,1,"),
     TRACES_HEADER,
     "runs.csv, line 2|run_id|'9223372036854775807'|from 1 to 1e+15"},
    {RUNS_HEADER ROW("1", "converged,-2,0,1,0,1,1,1,"), TRACES_HEADER,
     "runs.csv, line 2|iterations|'-2'|from 0"},
    {RUNS_HEADER "1,d,9,3,collision,strong,1,em,2305843009213693951,1,1,"
                 "converged,1,0,1,0,1,1,1,\n",
     TRACES_HEADER, "runs.csv, line 2|repeat|'2305843009213693951'|1e+15"},
    /* Every field is one of those it may be. */
    {RUNS_HEADER ROW("0", "converged,1,0,1,0,1,1,1,"), TRACES_HEADER,
     "runs.csv, line 2|run_id|'0'|from 1"},
    {RUNS_HEADER ROW("-1", "converged,1,0,1,0,1,1,1,"), TRACES_HEADER,
     "runs.csv, line 2|run_id|'-1'"},
    {RUNS_HEADER ROW("1", "converged,1,0,1,0,nan,1,1,"), TRACES_HEADER,
     "runs.csv, line 2|objective|'nan'|expected a number"},
    {RUNS_HEADER ROW("1", "converged,1,0,inf,0,1,1,1,"), TRACES_HEADER,
     "runs.csv, line 2|solve_seconds|'inf'|finite"},
    {RUNS_HEADER ROW("1", "converged,1,0,1,-1e-9,1,1,1,"), TRACES_HEADER,
     "runs.csv, line 2|monitor_seconds|'-1e-9'"},
    {RUNS_HEADER ROW("1", "done,1,0,1,0,1,1,1,"), TRACES_HEADER,
     "runs.csv, line 2|status|'done'|one of 'converged', |'failed'"},
    {RUNS_HEADER "1,d,9,3,a`touch P`,strong,1,em,1,1,1,converged,1,0,1,0,1,1,"
                 "1,\n",
     TRACES_HEADER,
     "runs.csv, line 2|loss|'a`touch P`'|'collision', 'shannon', 'reverse'"},
    {RUNS_HEADER "1,d,9,3,/../../../E,strong,1,em,1,1,1,converged,1,0,1,0,1,1,"
                 "1,\n",
     TRACES_HEADER, "runs.csv, line 2|loss|'/../../../E'"},
    {RUNS_HEADER "1,d,9,3,collision,\"weak\n\",1,em,1,1,1,converged,1,0,1,0,1,"
                 "1,1,\n",
     TRACES_HEADER, "runs.csv, line 2|fairness|'weak\\x0a'|'strong', 'weak'"},
    {RUNS_HEADER "1,d,9,3,collision,strong,-1,em,1,1,1,converged,1,0,1,0,1,1,"
                 "1,\n",
     TRACES_HEADER, "runs.csv, line 2|lambda|'-1'"},
    {RUNS_HEADER "1,d,0,3,collision,strong,1,em,1,1,1,converged,1,0,1,0,1,1,"
                 "1,\n",
     TRACES_HEADER, "runs.csv, line 2|rows|'0'"},
    {RUNS_HEADER "1,\033[31m,9,3,collision,strong,1,em,1,1,1,converged,1,0,1,0,"
                 "1,1,1,\n",
     TRACES_HEADER, "runs.csv, line 2|problem|'\\x1b[31m'|control"},
    {RUNS_HEADER "1,d,9,3,collision,strong,1,\xff,1,1,1,converged,1,0,1,0,1,1,"
                 "1,\n",
     TRACES_HEADER, "runs.csv, line 2|solver|'\\xff'|UTF-8"},
    {RUNS_HEADER ROW("1", "converged,1,0,1,0,1,1,1,\"a\nb\""), TRACES_HEADER,
     "runs.csv, line 2|message|'a\\x0ab'|control"},
    {RUNS_HEADER GOOD, TRACES_HEADER "1,1000000000000001,0,1,1,1\n",
     "traces.csv, line 2|iteration|1000000000000001"},
    {RUNS_HEADER GOOD ROW("2", "converged,1,0,1,0,1,1,1,") GOOD, TRACES_HEADER,
     "runs.csv, line 4|run_id 1|line 2"},
    {RUNS_HEADER "1,\"d\"x\n" GOOD, TRACES_HEADER,
     "runs.csv, line 2|closing quote"},
    {RUNS_HEADER GOOD, NULL, "traces.csv|No such file"},
    {RUNS_HEADER GOOD, "run_id,gap\n", "traces.csv, line 1|no column"},
    {RUNS_HEADER GOOD, TRACES_HEADER "1,0,0,1,1,1\n1,1,0,1,1,?\n",
     "traces.csv, line 3|gap|'?'"},
    {RUNS_HEADER GOOD, TRACES_HEADER "1,0,0,1,1\n1,1,0,1,1,1\n",
     "traces.csv, line 2|5 fields|6"},
};

START_TEST(malformed_tables_are_refused_with_their_line) {
  char *dir = temp_dir();
  result_set set;
  if (refused[_i].runs)
    put_in(dir, "runs.csv", refused[_i].runs);
  if (refused[_i].traces)
    put_in(dir, "traces.csv", refused[_i].traces);
  ck_assert_int_ne(results_read(dir, &set, &error), YS_OK);
  assert_says(error.text, refused[_i].says);
  ck_assert_ptr_null(set.rows);
  ck_assert_ptr_null(set.points);
  drop_dir(dir);
}
END_TEST

START_TEST(what_is_no_directory_is_refused) {
  result_set set;
  char *file = temp_file(".csv");
  ck_assert_int_eq(results_read("/nonexistent/dir", &set, &error), YS_IO);
  assert_says(error.text, "/nonexistent/dir|run directory|No such file");
  ck_assert_int_eq(results_read(file, &set, &error), YS_BAD_INPUT);
  assert_says(error.text, file);
  assert_says(error.text, "not a directory");
  drop_file(file);
}
END_TEST

/* Trainings without labels have no scores, and theirs are no numbers. */
START_TEST(scores_may_be_missing) {
  char *folder = temp_dir();
  const char *const dirs[] = {folder};
  train_summary summary;
  put_in(folder, "training.csv",
         "data,classifier,solver,targets,settings,loss,fairness,status,"
         "max_iterations,epochs,epochs_done,ysteps,ystep_iterations,lambda,"
         "tolerance,total_seconds,ystep_seconds,accuracy,plain_accuracy,nmi,"
         "ari\n"
         "d,linear,fw,,s,collision,strong,done,9,1,1,1,1,1,1,2,1,,,,\n"
         "e,linear,fw,,s,collision,strong,done,9,1,1,1,1,1,1,2,1,0.5,0,0,0\n");
  ck_assert_int_eq(train_summary_make(dirs, 1, &summary, &error), YS_OK);
  ck_assert_uint_eq(summary.groups, 2);
  ck_assert(isnan(summary.group[0].of[TRAIN_ACCURACY].mean) &&
            isnan(summary.group[0].of[TRAIN_ACCURACY].deviation));
  ck_assert(summary.group[0].of[TRAIN_SECONDS].mean == 2);
  ck_assert(summary.group[1].of[TRAIN_ACCURACY].mean == 0.5 &&
            summary.group[1].of[TRAIN_ACCURACY].deviation == 0);
  char *path = temp_file(".csv");
  FILE *out = fopen(path, "w");
  train_summary_csv(out, &summary);
  fclose(out);
  assert_file_says(path,
                   "\nd,linear,collision,strong,fw,,s,1,1,9,1,1,0,,,,,,,,,"
                   ",,,,2,0,2,2,0.5,0,0.5,0.5,1\n");
  train_summary_free(&summary);
  drop_file(path);
  drop_dir(folder);
}
END_TEST

/* Notes are for people, not for the log of a suite. */
static void silence(void) {
  ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
}

static Suite *suite(void) {
  Suite *s = suite_create("results");
  TCase *tc = tcase_create("results");
  tcase_add_checked_fixture(tc, silence, NULL);
  tcase_add_test(tc, every_column_comes_back);
  tcase_add_test(tc, traces_belong_to_their_runs_in_order);
  tcase_add_test(tc, columns_go_by_their_names);
  tcase_add_loop_test(tc, cut_last_line_is_left_out, 0, 5);
  tcase_add_test(tc, traces_of_unfinished_runs_are_left_out);
  tcase_add_loop_test(tc, malformed_tables_are_refused_with_their_line, 0,
                      many(sizeof refused, sizeof *refused));
  tcase_add_test(tc, what_is_no_directory_is_refused);
  tcase_add_test(tc, scores_may_be_missing);
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
