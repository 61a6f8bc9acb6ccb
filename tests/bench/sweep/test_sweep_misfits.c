/* Sweeps of solvers that misbehave: what crashes is a row, workers die with
 * their sweep, and a directory has one sweep at a time. */
#include "tests/support/sweeps.h"

#include <signal.h>

/* The path of the program whose table has solvers that misbehave. */
static void use_misfits(void) {
  char path[4096];
  snprintf(path, sizeof path, "%s", getenv("YSTEP"));
  *strrchr(path, '/') = '\0';
  strcat(path, "/tests/support/ystep-misfits");
  ck_assert_msg(exists(path), "%s is not built", path);
  setenv("YSTEP", path, 1);
}

/* A program under AddressSanitizer has no memory limit. */
#ifdef YS_SANITIZE
#define HOARD ""
enum { MISFITS = 2 };
#else
#define HOARD ", hoard"
enum { MISFITS = 3 };
#endif

static const char misfits[] =
    "problems: dirichlet:M=50,K=3\n"
    "solvers: [em, crash, {solver: hang, wall-limit: 2}" HOARD "]\n"
    "tol: 0\nmax-iter: 5\nmemory-limit: 600\nthreads: 1\n";

START_TEST(a_misbehaving_solver_is_a_failed_row) {
  use_misfits();
  put_text("misfits.yaml", misfits);
  ck_assert_int_eq(ystep("sweep misfits.yaml -o out"), 1);
  table runs = read_table("out/runs.csv");
  ck_assert_uint_eq(runs.rows, 2 + MISFITS);
  for (size_t i = 1; i < runs.rows; i++) {
    const char *solver = at(&runs, i, "solver");
    const char *message = at(&runs, i, "message");
    ck_assert_str_eq(at(&runs, i, "status"),
                     strcmp(solver, "em") == 0 ? "max_iter" : "failed");
    if (strcmp(solver, "crash") == 0)
      assert_says(message, "signal 11|Segmentation fault");
    else if (strcmp(solver, "hang") == 0)
      assert_says(message, "killed at the wall limit of 2 s");
    else if (strcmp(solver, "hoard") == 0)
      assert_says(message, "killed by signal|limit: 600 MiB");
  }
  free_table(&runs);
  ck_assert_int_eq(ystep("sweep misfits.yaml -o out --resume"), 0);
  ck_assert_uint_eq(count_rows("out/runs.csv"), 1 + MISFITS);
  ck_assert_int_eq(ystep("sweep misfits.yaml -o out --resume --retry-failed"),
                   1);
  ck_assert_uint_eq(count_rows("out/runs.csv"), 1 + MISFITS);
  ck_assert_uint_eq(count_rows("out/settings.csv"), 1 + MISFITS);
}
END_TEST

/* Whether a process is there and is not merely waiting to be buried. */
static bool is_alive(int pid) {
  char path[64], state = 'Z';
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  FILE *file = fopen(path, "r");
  if (!file)
    return false;
  ck_assert_int_eq(fscanf(file, "%*d (%*[^)]) %c", &state), 1);
  fclose(file);
  return state != 'Z' && state != 'X';
}

/* The first child of a process, waited for. */
static int child_of(pid_t parent) {
  char path[64];
  int child = 0;
  snprintf(path, sizeof path, "/proc/%d/task/%d/children", parent, parent);
  for (int i = 0; i < 3000 && !child; i++) {
    FILE *file = fopen(path, "r");
    if (file && fscanf(file, "%d", &child) != 1)
      child = 0;
    if (file)
      fclose(file);
    nap(0.01);
  }
  ck_assert_msg(child != 0, "no worker came");
  return child;
}

START_TEST(workers_die_with_their_sweep) {
  int status;
  use_misfits();
  put_text("plan.yaml", "problems: dirichlet:M=50,K=3\nsolvers: hang\n"
                        "wall-limit: 600\n");
  pid_t sweep = start_sweep("1");
  int worker = child_of(sweep);
  ck_assert(is_alive(worker));
  kill(sweep, SIGKILL);
  ck_assert_int_eq(waitpid(sweep, &status, 0), sweep);
  for (int i = 0; i < 1000 && is_alive(worker); i++)
    nap(0.01);
  ck_assert(!is_alive(worker));
}
END_TEST

START_TEST(two_sweeps_do_not_share_a_directory) {
  int status;
  use_misfits();
  put_text("plan.yaml", "problems: dirichlet:M=50,K=3\nsolvers: hang\n"
                        "wall-limit: 600\n");
  pid_t sweep = start_sweep("1");
  child_of(sweep);
  ck_assert_int_eq(system("\"$YSTEP\" sweep plan.yaml -o out --resume "
                          "2>second.txt >/dev/null"),
                   2 << 8);
  char *text = slurp("second.txt");
  ck_assert_ptr_nonnull(strstr(text, "another command"));
  free(text);
  kill(sweep, SIGKILL);
  ck_assert_int_eq(waitpid(sweep, &status, 0), sweep);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("sweep_misfits");
  TCase *tests = tcase_create("sweep_misfits");
  tcase_add_checked_fixture(tests, enter_folder, leave_folder);
  tcase_add_test(tests, a_misbehaving_solver_is_a_failed_row);
  tcase_add_test(tests, workers_die_with_their_sweep);
  tcase_add_test(tests, two_sweeps_do_not_share_a_directory);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
