/* libystep_mpi, called by processes under mpirun: the bits of one process, and
 * what each of them hears where one has something else, or is no more. Without
 * MPI or mpirun the suite is empty; MPI_REQUIRED: it fails then. */
#include "tests/support/mpi_ranks.h"

enum { MOST = 8, LINE = 700 };

static char lines[MOST][LINE]; /* what each rank printed; empty: nothing */

/* `mpirun -n COUNT caller ARGUMENTS`; nobody is left waiting: whatever takes
 * longer is killed. */
static void call(int count, const char *arguments) {
  char command[2000], line[LINE], program[512];
  int rank, at;
  snprintf(program, sizeof program, "%.400s", getenv("YSTEP"));
  *strrchr(program, '/') = '\0';
  snprintf(command, sizeof command,
           MPIRUN_ENVIRONMENT
           "LD_LIBRARY_PATH=%s "
           "timeout --foreground -s KILL 60 mpirun --oversubscribe -n %d "
           "%s/tests/mpi/caller %s 2>err.txt",
           program, count, program, arguments);
  memset(lines, 0, sizeof lines);
  FILE *out = popen(command, "r");
  ck_assert_ptr_nonnull(out);
  while (fgets(line, sizeof line, out)) {
    line[strcspn(line, "\n")] = '\0';
    if (sscanf(line, "rank %d: %n", &rank, &at) == 1 && rank < MOST)
      snprintf(lines[rank], LINE, "%s", line + at);
  }
  const int status = pclose(out);
  const int killed = 128 + SIGKILL; /* by timeout */
  ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) != killed,
                "%s: left waiting", command);
}

START_TEST(calls_have_the_bits_of_one_process) {
  static const char *const arguments[] = {"all exact", "all em:accel=squarem",
                                          "all pgd", "dense md"};
  char alone[LINE];
  enter_folder();
  call(1, arguments[_i]);
  strcpy(alone, lines[0]);
  assert_says(alone, "0 converged");
  for (int count = 2; count <= 4; count++) {
    call(count, arguments[_i]);
    for (int r = 0; r < count; r++)
      ck_assert_str_eq(lines[r], alone);
  }
  leave_folder();
}
END_TEST

/* Of rank 1, what all or, behind a bar, the others say; NULL: all the same. */
static const struct {
  const char *arguments, *others, *own;
} wrong[] = {
    {"sigma em", "1 rank 1: sigma: NULL", NULL},
    {"lambda em", "1 rank 1: lambda is 2; expected 1", NULL},
    {"handle em", "1 rank 1: no handle", "1 no handle"},
    {"nobody em", "1 MPI_COMM_NULL", NULL},
    {"null em", "3 the ranks do not reach one another in time",
     "1 MPI_COMM_NULL"},
    {"dense fw", "4 fw does not work over ranks", NULL},
    {"dies em", "3 rank 1 is lost: its process", ""},
    {"leaves em", "", ""}, /* before they have met: mpirun ends them */
};

START_TEST(what_is_wrong_all_hear) {
  enter_folder();
  call(3, wrong[_i].arguments);
  for (int r = 0; r < 3; r++) {
    const char *says =
        r == 1 && wrong[_i].own ? wrong[_i].own : wrong[_i].others;
    ck_assert_msg(strncmp(lines[r], says, strlen(says)) == 0 &&
                      (*says || !*lines[r]),
                  "%s, rank %d: '%s'; expected '%s'", wrong[_i].arguments, r,
                  lines[r], says);
  }
  leave_folder();
}
END_TEST

START_TEST(the_first_ones_limit_ends_all) {
  enter_folder();
  call(3, "endless em");
  for (int r = 0; r < 3; r++) {
    assert_says(lines[r], "0 time_limit");
    ck_assert_str_eq(lines[r], lines[0]);
  }
  leave_folder();
}
END_TEST

int main(void) {
  if (!has_mpi()) {
    puts("calls: skipped: no MPI was found, or there is no mpirun");
    return getenv("MPI_REQUIRED") ? EXIT_FAILURE : EXIT_SUCCESS;
  }
  Suite *suite = suite_create("calls");
  TCase *tests = tcase_create("calls");
  tcase_set_timeout(tests, 300);
  tcase_add_loop_test(tests, calls_have_the_bits_of_one_process, 0, 4);
  tcase_add_loop_test(tests, what_is_wrong_all_hear, 0,
                      sizeof wrong / sizeof *wrong);
  tcase_add_test(tests, the_first_ones_limit_ends_all);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
