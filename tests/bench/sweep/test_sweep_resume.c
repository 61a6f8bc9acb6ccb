/* Sweeps that go on: what is killed or interrupted is taken up again, what is
 * cut is mended, what does not belong together is not mixed. */
#include "tests/support/sweeps.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* How many whole lines the table has, 0 if it is not there. */
static size_t count_lines(const char *path) {
  size_t count = 0;
  if (!exists(path))
    return 0;
  char *text = slurp(path);
  for (const char *c = text; *c; c++)
    count += *c == '\n';
  free(text);
  return count;
}

/* Kill the sweep three times, at moments that differ from one time the test is
 * run to the next, each within so many seconds; then let it end. */
static void kill_and_go_on(const char *jobs, double within) {
  unsigned seed = (unsigned)time(NULL);
  size_t before = 0;
  srand(seed);
  for (int i = 0; i < 3; i++) {
    int status;
    pid_t child = start_sweep(jobs);
    nap(0.02 + within * rand() / RAND_MAX);
    kill(child, SIGKILL);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    size_t after = count_lines("out/runs.csv");
    ck_assert_msg(after >= before, "seed %u: runs were lost", seed);
    before = after;
  }
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --resume --jobs %s", jobs), 0);
}

START_TEST(a_killed_sweep_goes_on) {
  run_whole();
  kill_and_go_on("1", 0.4);
  assert_same("out", "whole");
}
END_TEST

/* The same with the broad sweep over synthetic and recorded batches. */
START_TEST(a_killed_broad_sweep_goes_on) {
  link_bench();
  ck_assert_int_eq(symlink("bench/sweeps/broad.yaml", "plan.yaml"), 0);
  ck_assert_int_eq(ystep("sweep plan.yaml -o whole --jobs 2"), 0);
  ck_assert_uint_ge(count_rows("whole/runs.csv"), 300);
  kill_and_go_on("2", 5);
  assert_same("out", "whole");
}
END_TEST

/* Cut the last `bytes` bytes off a file. */
static void cut(const char *path, off_t bytes) {
  struct stat status;
  ck_assert_int_eq(stat(path, &status), 0);
  ck_assert_int_eq(
      truncate(path, status.st_size > bytes ? status.st_size - bytes : 0), 0);
}

/* A table that ends anywhere, even within its header, or is not there. */
START_TEST(a_torn_table_is_mended) {
  const char *const names[] = {"out/runs.csv", "out/traces.csv",
                               "out/settings.csv"};
  const off_t bytes[] = {1, 60, 1 << 20};
  run_whole();
  for (size_t n = 0; n < 3; n++)
    for (size_t b = 0; b < 3; b++) {
      bool is_settings = n == 2;
      ck_assert_int_eq(system("rm -rf out && cp -r whole out"), 0);
      cut(names[n], bytes[b]);
      /* Written last, runs.csv is never longer than settings.csv allows; and
       * what is in runs.csv has its whole trace. */
      if (is_settings || n == 1)
        cut("out/runs.csv", is_settings && b < 2 ? 2000 : 1 << 20);
      ck_assert_int_eq(ystep("sweep plan.yaml -o out --resume"), 0);
      assert_same("out", "whole");
    }
}
END_TEST

/* A full disk, played by a limit on the size of files: the sweep stops with a
 * message, and goes on when there is room again. */
START_TEST(a_full_disk_stops_a_sweep_that_then_goes_on) {
#ifdef __clang__ /* LLVM's OpenMP ends a program that cannot have 1 KB */
  const rlim_t least = 1100;
#else
  const rlim_t least = 200;
#endif
  int status;
  run_whole();
  for (rlim_t most = least; most < 8000; most = most * 3 / 2) {
    pid_t child = fork();
    if (child == 0) {
      struct rlimit limit = {most, most};
      signal(SIGXFSZ, SIG_IGN);
      if (!freopen("/dev/null", "w", stdout) ||
          !freopen("/dev/null", "w", stderr))
        _exit(99);
      setrlimit(RLIMIT_FSIZE, &limit);
      execl(getenv("YSTEP"), "ystep", "sweep", "plan.yaml", "-o", "out",
            "--resume", NULL);
      _exit(99);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(WEXITSTATUS(status), 2);
  }
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --resume"), 0);
  assert_same("out", "whole");
}
END_TEST

START_TEST(an_interrupt_keeps_what_is_done) {
  int status;
  run_whole();
  pid_t child = start_sweep("1");
  wait_for_rows("out/runs.csv");
  kill(child, SIGINT);
  ck_assert_int_eq(waitpid(child, &status, 0), child);
  ck_assert(WIFEXITED(status));
  ck_assert_int_eq(WEXITSTATUS(status), 128 + SIGINT);
  char *errors = slurp("err.txt");
  ck_assert_ptr_nonnull(strstr(errors, "interrupted"));
  free(errors);
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --resume"), 0);
  assert_same("out", "whole");
}
END_TEST

START_TEST(a_new_solver_runs_alone) {
  char more[1024];
  run_whole();
  char *before = slurp("whole/runs.csv");
  strcpy(more, plan);
  char *place = strstr(more, "md, 'pgd");
  memmove(place + 7, place, strlen(place) + 1);
  memcpy(place, "pgd,   ", 7);
  put_text("plan.yaml", more);
  ck_assert_int_eq(ystep("sweep plan.yaml -o whole --resume"), 0);
  char *after = slurp("whole/runs.csv");
  ck_assert_uint_eq(count_rows("whole/runs.csv"), RUNS + RUNS / 3);
  ck_assert(strncmp(before, after, strlen(before)) == 0);
  ck_assert_int_eq(ystep("sweep plan.yaml -o out"), 0);
  assert_same("out", "whole");
  /* One that is taken out again leaves its runs. */
  write_plan();
  ck_assert_int_eq(ystep("sweep plan.yaml -o whole --resume"), 0);
  ck_assert_uint_eq(count_rows("whole/runs.csv"), RUNS + RUNS / 3);
  free(before);
  free(after);
}
END_TEST

START_TEST(other_settings_do_not_mix) {
  char other[1024];
  run_whole();
  strcpy(other, plan);
  memcpy(strstr(other, "max-iter: 30"), "max-iter: 20", 12);
  put_text("plan.yaml", other);
  char *before = slurp("whole/runs.csv");
  assert_refuses("sweep plan.yaml -o whole", "whole|--resume|--force");
  assert_refuses("sweep plan.yaml -o whole --resume",
                 "whole|run 1|other limits|--replace");
  char *after = slurp("whole/runs.csv");
  ck_assert_str_eq(before, after);
  ck_assert_int_eq(ystep("sweep plan.yaml -o whole --resume --replace"), 0);
  ck_assert_int_eq(ystep("sweep plan.yaml -o out"), 0);
  assert_same("out", "whole");
  free(before);
  free(after);
}
END_TEST

START_TEST(the_directory_of_a_run_is_left_alone) {
  write_plan();
  ck_assert_int_eq(ystep("run -p dirichlet:M=20,K=3 -s em --max-iter 2 -o out"),
                   0);
  char *before = slurp("out/runs.csv");
  assert_refuses("sweep plan.yaml -o out", "out|--force");
  assert_refuses("sweep plan.yaml -o out --resume", "out|settings.csv");
  assert_refuses("merge new out", "out|settings.csv");
  char *after = slurp("out/runs.csv");
  ck_assert_str_eq(before, after);
  free(before);
  free(after);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("sweep_resume");
  TCase *tests = tcase_create("sweep_resume");
  tcase_add_checked_fixture(tests, enter_folder, leave_folder);
  tcase_add_test(tests, a_killed_sweep_goes_on);
  tcase_add_test(tests, a_killed_broad_sweep_goes_on);
  tcase_add_test(tests, a_torn_table_is_mended);
  tcase_add_test(tests, a_full_disk_stops_a_sweep_that_then_goes_on);
  tcase_add_test(tests, an_interrupt_keeps_what_is_done);
  tcase_add_test(tests, a_new_solver_runs_alone);
  tcase_add_test(tests, other_settings_do_not_mix);
  tcase_add_test(tests, the_directory_of_a_run_is_left_alone);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
