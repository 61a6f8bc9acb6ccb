/* The built program, end to end: what a person types and what comes back. */
#include "tests/support/program.h"

#include <signal.h>
#include <sys/stat.h>

/* -------------------------------------------------------------- tests ---- */

START_TEST(every_command_has_help_with_examples) {
  const char *const names[] = {"list",   "run",  "sweep", "merge", "table",
                               "labels", "plot", "check", "gen",   "solve"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    ck_assert_int_eq(ystep("%s --help", names[i]), 0);
    char *text = slurp("out.txt");
    ck_assert_ptr_nonnull(strstr(text, "usage: ystep"));
    ck_assert_ptr_nonnull(strstr(text, "examples:\n  ystep"));
    free(text);
  }
  ck_assert_int_eq(ystep("--help"), 0);
  ck_assert_int_eq(ystep(" "), 2);
}
END_TEST

START_TEST(lists_name_what_there_is) {
  ck_assert_int_eq(ystep("list solvers"), 0);
  char *text = slurp("out.txt");
  const char *const solvers[] = {"em", "pgd", "md", "gsl"};
  for (size_t i = 0; i < 4; i++)
    ck_assert_ptr_nonnull(strstr(text, solvers[i]));
  free(text);
  ck_assert_int_eq(ystep("list problems --json"), 0);
  ck_assert_int_eq(ystep("list losses"), 0);
  ck_assert_int_eq(ystep("list fairness"), 0);
  assert_refuses("list solver", "solver|solvers");
}
END_TEST

START_TEST(a_run_leaves_its_tables) {
  ck_assert_int_eq(ystep("run -p dirichlet:M=100,K=4 gaussian:M=60,K=3 -s em "
                         "pgd --lambda 0.5 2 --repeat 2 --save-labels --tol "
                         "1e-4 -o out"),
                   0);
  table runs = read_table("out/runs.csv");
  table traces = read_table("out/traces.csv");
  ck_assert_uint_eq(runs.rows, 1 + 2 * 2 * 2 * 2);
  for (size_t i = 1; i < runs.rows; i++) {
    char labels[64];
    snprintf(labels, sizeof labels, "out/labels/%s.npy",
             at(&runs, i, "run_id"));
    ck_assert(exists(labels));
    ck_assert_str_eq(at(&runs, i, "status"), "converged");
    ck_assert(number_at(&runs, i, "gap") <= 1e-4);
    for (size_t j = 1; j < runs.rows; j++)
      if (strcmp(at(&runs, i, "problem"), at(&runs, j, "problem")) == 0 &&
          strcmp(at(&runs, i, "lambda"), at(&runs, j, "lambda")) == 0)
        ck_assert(number_at(&runs, i, "lower_bound") <=
                  number_at(&runs, j, "objective"));
  }
  ck_assert_uint_gt(traces.rows, runs.rows);
  ck_assert_str_eq(traces.field[0], "run_id");
  ck_assert(exists("out/meta.json"));
  assert_no_nan("out/runs.csv");
  assert_no_nan("out/traces.csv");
  free_table(&runs);
  free_table(&traces);
}
END_TEST

START_TEST(fresh_runs_are_numbered) {
  const char *run = "run -p dirichlet:M=20,K=3 -s em --max-iter 2";
  ck_assert_int_eq(ystep("%s", run), 0);
  ck_assert_int_eq(ystep("%s", run), 0);
  ck_assert(exists("results/0001/runs.csv") && exists("results/0002/runs.csv"));
}
END_TEST

START_TEST(an_existing_directory_is_kept) {
  const char *run = "run -p dirichlet:M=20,K=3 -s em --max-iter 2 -o out";
  ck_assert_int_eq(mkdir("out", 0777), 0);
  put_text("out/runs.csv", "mine");
  put_text("out/notes.txt", "mine too");
  assert_refuses(run, "out|--force");
  char *text = slurp("out/runs.csv");
  ck_assert_str_eq(text, "mine");
  free(text);
  char forced[128];
  snprintf(forced, sizeof forced, "%s --force", run);
  assert_refuses(forced, "out/runs.csv|not what ystep writes");
  unlink("out/runs.csv");
  for (int i = 0; i < 2; i++)
    ck_assert_int_eq(ystep("%s", forced), 0);
  text = slurp("out/notes.txt");
  ck_assert_str_eq(text, "mine too");
  free(text);
}
END_TEST

START_TEST(bad_input_is_one_line_and_writes_nothing) {
  put_text("empty.csv", "");
  put_text("negative.csv", "0.5,0.5\n1.5,-0.5\n");
  put_text("sum.csv", "0.5,0.5\n0.5,0.6\n");
  put_text("ragged.csv", "0.5,0.5\n1\n");
  put_text("words.csv", "0.5,0.5\nhalf,0.5\n");
  put_text("single.csv", "1\n1\n");
  put_text("short.npy", "\x93NUMPY");
  put_text("good.csv", "0.5,0.5\n0.25,0.75\n");
  put_text("zero.csv", "1,0\n1,0\n");
  put_text("prior0.csv", "1,0\n");
  put_text("prior3.csv", "0.5,0.25,0.25\n");
#define RUN "run -o out -s em -p "
  assert_refuses("rum", "rum|run");
  /* What goes into tables and to terminals is text. */
  assert_refuses("run -s em -p \"file:path=$(printf 'l\\351').npy\"",
                 "argument 5|l\\xe9.npy|UTF-8");
  assert_refuses("table \"$(printf 'x\\033[2J')\"", "argument 2|x\\x1b[2J");
  assert_refuses("plot \"$(printf 'a\\nb')\"", "argument 2|a\\x0ab|control");
  assert_refuses("run -s em", "problem");
  assert_refuses("run -p dirichlet", "solver");
  assert_refuses("run -p dirichlet -s emm -o out", "emm|em");
  assert_refuses("run -p dirichlet -s em --lamda 1 -o out", "lamda|lambda");
  assert_refuses("run -p dirichlet -s pgd:stp=1 -o out", "pgd|stp|step");
  assert_refuses("run -p dirichlet -s pgd:step=-1 -o out", "pgd|step=-1");
  assert_refuses("run -p dirichlet -s gsl:method=bgfs -o out", "method|bfgs2");
  assert_refuses(RUN "dirichlt", "dirichlt|dirichlet");
  assert_refuses(RUN "dirichlet:N=3", "dirichlet|'N'");
  assert_refuses(RUN "dirichlet:K=1", "K=1");
  assert_refuses(RUN "dirichlet:M=0", "M=0");
  assert_refuses(RUN "file", "path");
  assert_refuses(RUN "file:path=none.npy", "none.npy|No such file");
  assert_refuses(RUN "file:path=empty.csv", "empty.csv");
  assert_refuses(RUN "file:path=negative.csv", "negative.csv|-0.5|row");
  assert_refuses(RUN "file:path=sum.csv", "sum.csv|1.1|row");
  assert_refuses(RUN "file:path=ragged.csv", "ragged.csv|2");
  assert_refuses(RUN "file:path=words.csv", "words.csv|half|2");
  assert_refuses(RUN "file:path=single.csv", "single.csv|K = 1");
  assert_refuses(RUN "file:path=short.npy", "short.npy");
#define GOOD RUN "file:path=good.csv "
  assert_refuses(GOOD "--lambda -1", "lambda|-1");
  assert_refuses(GOOD "--lambda nan", "lambda|nan");
  assert_refuses(GOOD "--lambda one", "lambda|one");
  assert_refuses(GOOD "--loss colision", "colision|collision");
  assert_refuses(GOOD "--fairness week", "week|weak");
  assert_refuses(GOOD "--tol -1", "tol|-1");
  assert_refuses(GOOD "--max-iter 1.5", "max-iter|1.5");
  assert_refuses(GOOD "--threads 0", "threads|0");
  assert_refuses(GOOD "--prior prior0.csv", "prior|entry 1");
  assert_refuses(GOOD "--prior prior3.csv", "prior3.csv|1 x 3|1 x 2");
  assert_refuses(GOOD "--prior none.csv", "none.csv");
  assert_refuses(GOOD "--start none.npy", "none.npy");
  assert_refuses(GOOD "--loss shannon", "em|shannon");
  assert_refuses(RUN "file:path=zero.csv --start sigma", "zero.csv|column 1");
  assert_refuses("run -s em -p dirichlet:M=9,K=3 -o /dev/null/out",
                 "/dev/null/out");
  assert_refuses("gen -p dirichlet", "-o");
  assert_refuses("gen -p dirichlet -o /dev/null/s.npy", "/dev/null");
  assert_refuses("plot none", "none");
  assert_refuses("table none", "none");
  ck_assert(!exists("out"));
  ck_assert(!exists("results"));
}
END_TEST

START_TEST(threads_do_not_change_the_bits) {
  for (int threads = 1; threads <= 2; threads++)
    ck_assert_int_eq(ystep("run -p gaussian:M=3000,K=9,scale=2 -s em pgd md "
                           "gsl pgd:step=bb md:accel=1 --max-iter 40 --tol 0 "
                           "--threads %d -o t%d",
                           threads, threads),
                     0);
  table one = read_table("t1/runs.csv"), two = read_table("t2/runs.csv");
  ck_assert_uint_eq(one.rows, two.rows);
  for (size_t i = 1; i < one.rows; i++) {
    ck_assert_str_eq(at(&one, i, "solver"), at(&two, i, "solver"));
    ck_assert_str_eq(at(&one, i, "objective"), at(&two, i, "objective"));
    ck_assert_str_eq(at(&one, i, "gap"), at(&two, i, "gap"));
    ck_assert_str_eq(at(&one, i, "threads"), "1");
    ck_assert_str_eq(at(&two, i, "threads"), "2");
  }
  free_table(&one);
  free_table(&two);
}
END_TEST

START_TEST(gen_writes_what_run_reads) {
  ck_assert_int_eq(ystep("gen -p planted:M=50,K=4 -o s.npy --labels y.npy"), 0);
  assert_refuses("gen -p planted:M=50,K=4 -o s.npy", "s.npy|--force");
  ck_assert_int_eq(
      ystep("run -p file:path=s.npy -s em --start y.npy -o out --tol 1e-9"), 0);
  table runs = read_table("out/runs.csv");
  ck_assert_str_eq(at(&runs, 1, "status"), "converged");
  ck_assert_str_eq(at(&runs, 1, "iterations"), "0");
  free_table(&runs);
}
END_TEST

/* A large one stays there unless a solver of the run wants doubles. */
START_TEST(a_large_float32_file_serves_every_solver) {
  ck_assert_int_eq(
      ystep("gen -p dirichlet:M=4200,K=1000 -o a.npy --dtype float32"), 0);
  ck_assert_int_eq(ystep("run -p file:path=a.npy -s em gsl --max-iter 1 "
                         "--time-limit 1 -o both"),
                   0);
}
END_TEST

/* A float32 file runs where it is, to the same table as read in double; what
 * needs doubles says so. */
START_TEST(gen_writes_float32_that_runs_in_place) {
  ck_assert_int_eq(ystep("gen -p dirichlet:M=700,K=6 -o a.npy --dtype float32"),
                   0);
  ck_assert_int_eq(ystep("run -p file:path=a.npy -s em pgd md --max-iter 7 "
                         "--save-labels -o wide"),
                   0);
  ck_assert_int_eq(ystep("run -p file:path=a.npy,storage=float32 -s em pgd md "
                         "--max-iter 7 --save-labels -o kept"),
                   0);
  for (int id = 1; id <= 3; id++) {
    char command[128];
    snprintf(command, sizeof command,
             "cmp wide/labels/%d.npy kept/labels/%d.npy", id, id);
    ck_assert_int_eq(system(command), 0);
  }
  ck_assert_int_eq(ystep("run -p file:path=a.npy,storage=float32 -s gsl -o no"),
                   2);
  char *errors = slurp("err.txt");
  ck_assert_ptr_nonnull(strstr(errors, "gsl reads sigma in double precision"));
  free(errors);
  assert_refuses("check -p file:path=a.npy,storage=float32",
                 "a.npy|double|storage=float32");
  assert_refuses("gen -p dirichlet:M=7,K=6 -o b.npy --dtype float16",
                 "float16|float32");
  ck_assert_int_eq(system("test $(stat -c %s a.npy) = 16928"), 0);
}
END_TEST

START_TEST(the_first_command_to_the_last_figure) {
  ck_assert_int_eq(ystep("run -p dirichlet:M=100,K=4 -s em pgd --repeat 2 -o "
                         "out"),
                   0);
  ck_assert_int_eq(ystep("plot out --format png"), 0);
  ck_assert_int_eq(system("ls out/figures/*.png out/figures/*.dat "
                          "out/figures/*.gp out/figures/*.txt >list.txt"),
                   0);
  ck_assert_int_eq(ystep("table out"), 0);
  char *text = slurp("out.txt");
  ck_assert_ptr_nonnull(strstr(text, "| em"));
  free(text);
}
END_TEST

/* The product of losses, fairness and lambdas; a loss given twice is one. */
START_TEST(a_run_takes_several_losses) {
  ck_assert_int_eq(ystep("run -p dirichlet:M=30,K=3 -s exact --loss collision "
                         "reverse collision --fairness strong weak --lambda 1 "
                         "2 -o out"),
                   0);
  table runs = read_table("out/runs.csv");
  size_t reverse = 0, weak = 0, two = 0;
  ck_assert_uint_eq(runs.rows, 1 + 2 * 2 * 2);
  for (size_t i = 1; i < runs.rows; i++) {
    reverse += strcmp(at(&runs, i, "loss"), "reverse") == 0;
    weak += strcmp(at(&runs, i, "fairness"), "weak") == 0;
    two += number_at(&runs, i, "lambda") == 2;
  }
  ck_assert(reverse == 4 && weak == 4 && two == 4);
  free_table(&runs);
}
END_TEST

/* -o makes what is missing above it, and its ending is the format. */
START_TEST(every_output_goes_where_o_says) {
  const struct {
    const char *command, *file, *begins;
  } outputs[] = {
      {"table out", "a/b/t.csv", "problem,"},
      {"table out", "a/c/t.tex", "%"},
      {"labels out", "d/l.csv", "run_id,"},
      {"compare out out", "e/c.csv", "problem,"},
      {"report out", "f/page.html", "<!DOCTYPE html>"},
      {"gen -p dirichlet:M=9,K=3", "g/s.csv", "0"},
      {"solve dirichlet:M=9,K=3", "h/i/y.npy", "\x93NUMPY"},
  };
  ck_assert_int_eq(ystep("run -p dirichlet:M=30,K=3 -s exact em --save-labels "
                         "-o out"),
                   0);
  for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
    ck_assert_msg(ystep("%s -o %s", outputs[i].command, outputs[i].file) == 0,
                  "%s", outputs[i].command);
    char *text = slurp(outputs[i].file);
    ck_assert_msg(
        strncmp(text, outputs[i].begins, strlen(outputs[i].begins)) == 0,
        "%s -o %s: '%.30s'", outputs[i].command, outputs[i].file, text);
    free(text);
    char again[128];
    snprintf(again, sizeof again, "%s -o %s", outputs[i].command,
             outputs[i].file);
    assert_refuses(again, "exists|--force");
  }
  ck_assert_int_eq(ystep("plot out -x time -o j/k/figure.svg"), 0);
  ck_assert(exists("j/k/figure.svg"));
}
END_TEST

START_TEST(an_interrupt_keeps_what_is_done) {
  const int signals[] = {SIGINT, SIGTERM};
  for (size_t i = 0; i < 2; i++) {
    int status;
    pid_t child = fork();
    if (child == 0) {
      if (!freopen("out.txt", "w", stdout) || !freopen("err.txt", "w", stderr))
        _exit(99);
      execl(getenv("YSTEP"), "ystep", "run", "-p", "dirichlet:M=50,K=3", "-s",
            "em", "--repeat", "1000", "--time-limit", "0.2", "--tol", "0",
            "--force", "-o", "out", NULL);
      _exit(99);
    }
    wait_for_rows("out/runs.csv");
    kill(child, signals[i]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 128 + signals[i]);
    table runs = read_table("out/runs.csv"),
          traces = read_table("out/traces.csv");
    ck_assert_uint_ge(runs.rows, 2);
    char *errors = slurp("err.txt");
    assert_says(strtok(errors, "\n"), "interrupted|kept");
    free(errors);
    free_table(&runs);
    free_table(&traces);
    ck_assert_int_eq(system("rm -r out"), 0);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("program");
  TCase *tests = tcase_create("program");
  tcase_add_checked_fixture(tests, enter_folder, leave_folder);
  tcase_add_test(tests, every_command_has_help_with_examples);
  tcase_add_test(tests, lists_name_what_there_is);
  tcase_add_test(tests, a_run_leaves_its_tables);
  tcase_add_test(tests, fresh_runs_are_numbered);
  tcase_add_test(tests, an_existing_directory_is_kept);
  tcase_add_test(tests, bad_input_is_one_line_and_writes_nothing);
  tcase_add_test(tests, threads_do_not_change_the_bits);
  tcase_add_test(tests, gen_writes_what_run_reads);
  tcase_add_test(tests, gen_writes_float32_that_runs_in_place);
  tcase_add_test(tests, a_large_float32_file_serves_every_solver);
  tcase_add_test(tests, the_first_command_to_the_last_figure);
  tcase_add_test(tests, a_run_takes_several_losses);
  tcase_add_test(tests, every_output_goes_where_o_says);
  tcase_add_test(tests, an_interrupt_keeps_what_is_done);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
