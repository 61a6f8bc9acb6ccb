/* The program under mpirun: what becomes of it when ranks have something else
 * before them, and when one dies. Without MPI in the program or mpirun the
 * suite is empty; MPI_REQUIRED: it fails then. */
#include "tests/support/mpi_batches.h"
#include "tests/support/mpi_ranks.h"

#include <gsl/gsl_rng.h>

/* ------------------------------------------------------------ refusals ---- */

static const struct {
  const char *arguments, *says;
} refused[] = {
    {"run -p dirichlet:M=4001,K=10 -s fw -o out",
     "fw|ranks|exact, em, md and pgd"},
    {"run -p planted:M=4001,K=10 -s em -o out", "planted"},
    {"run -p dirichlet:M=100,K=10 -s em -o out", "3 ranks|1 blocks"},
    {"run -p dirichlet:M=4001,K=10 -s em -o out --start eight.npy",
     "eight.npy|3001 x 7|expected 4001 x 10"},
    {"run -p dirichlet:M=4001,K=10 -s em -o out --start no.npz", "no.npz"},
    {"run -p dirichlet:M=4001,K=10 -s em -o out --start sparse.npz",
     "sparse.npz|3001 x 7|4001 rows"},
    {"run -p file:path=eight.npy -s em -o out --start bad.npy",
     "rank 2|bad.npy|row"},
    {"run -p file:path=bad.csv -s em -o out", "rank 2|bad.csv, line 2500"},
    {"run -p file:path=sparse.npz -s em -o out", "sparse.npz|SciPy"},
    {"run -p file:path=array.npz -s em -o out", "array.npz|archive|text"},
    {"run -p file:path=no.npy -s em -o out", "no.npy"},
    {"run -p 'file:path=no-*.npy' -s em -o out", "no-*.npy|matches"},
    {"run -p file:path=eight.npy,noise=1 -s em -o out", "noise"},
    {"run -p file:path=short.npy -s em -o out", "short.npy|truncated"},
    {"run -p 'file:path=mix-*.npy' -s em -o out", "mix-2.npy|columns"},
    {"run -p file:path=bad.npy -s em -o out", "rank 2|bad.npy|row"},
    {"solve eight.npy -s ipm -o labels.npy", "ipm"},
};

static void make_bad_files(void) {
  make_files();
  make_texts();
  ck_assert_int_eq(
      system("cp start.npz sparse.npz; sed '2500s/^[^,]*/-1/' eight.csv "
             ">bad.csv; python3 -c 'import sys, zipfile; "
             "zipfile.ZipFile(\"array.npz\", \"w\").write(\"eight.npy\")'"),
      0);
  ck_assert_int_eq(
      system("head -c 100000 eight.npy >short.npy; cp part-0-of-8.npy "
             "mix-1.npy; cp part-0-of-4.npy mix-2.npy; "
             "cp eight.npy bad.npy; printf '\\377\\377\\377\\377\\377\\377"
             "\\377\\377' | dd of=bad.npy bs=1 seek=160008 conv=notrunc "
             "2>/dev/null"),
      0);
}

START_TEST(refusals_are_said_once_and_leave_nothing) {
  enter_folder();
  make_bad_files();
  ck_assert_int_ne(ranks(3, "%s", refused[_i].arguments), 0);
  assert_error(refused[_i].says);
  ck_assert(!exists("out/runs.csv"));
  ck_assert(!exists("labels.npy") && !exists("labels.npz"));
  leave_folder();
}
END_TEST

/* A program whose commit reads otherwise is another one. */
START_TEST(another_program_is_refused) {
  enter_folder();
  char command[2000];
  ck_assert_int_eq(ystep("--version"), 0);
  char said[1024];
  find_line("out.txt", "ystep ", said);
  const char *version = said + strlen("ystep ");
  snprintf(
      command, sizeof command,
      "LC_ALL=C sed 's/%.100s/9%.100s/' \"$YSTEP\" >other && chmod +x other",
      version, version + 1);
  ck_assert_int_eq(system(command), 0);
  const char *arguments = "run -p dirichlet:M=4001,K=10 -s em -o out";
  snprintf(command, sizeof command,
           MPIRUN "-n 1 \"$YSTEP\" %s : -n 1 ./other %s >out.txt 2>err.txt",
           arguments, arguments);
  ck_assert_int_ne(system(command), 0);
  assert_error("rank 1|is ystep 9|expected");
  ck_assert(!exists("out"));
  leave_folder();
}
END_TEST

/* Processes that do not find one another would all write. */
START_TEST(another_mpi_is_refused) {
  enter_folder();
  setenv("OMPI_COMM_WORLD_SIZE", "3", 1);
  setenv("ASAN_OPTIONS", "detect_leaks=0", 1); /* as above: MPI's own */
  assert_refuses("run -p dirichlet:M=4001,K=10 -s em -o out",
                 "3 processes|MPI");
  ck_assert(!exists("out"));
  leave_folder();
}
END_TEST

/* -------------------------------------------------------------- deaths ---- */

static pid_t start_ranks(int count, const char *arguments) {
  char command[2000];
  snprintf(command, sizeof command,
           "exec env " MPIRUN "-n %d \"$YSTEP\" %s >out.txt 2>err.txt", count,
           arguments);
  return start_command(command);
}

/* Whole rows, and no other thing half done. */
static void assert_whole(void) {
  if (exists("out/runs.csv")) {
    char *text = slurp("out/runs.csv");
    const size_t length = strlen(text);
    ck_assert_msg(!length || text[length - 1] == '\n', "half a row: %s", text);
    free(text);
    if (length) {
      table runs = read_table("out/runs.csv");
      assert_no_nan("out/runs.csv");
      assert_no_nan("out/traces.csv");
      if (runs.rows > 1)
        ck_assert_int_eq(ystep("table out --interrupted"), 0);
      free_table(&runs);
    }
  }
  ck_assert_int_eq(system("ls out/labels/*.tmp >/dev/null 2>&1"), 2 << 8);
}

static const char endless[] =
    "run -p gaussian:M=40009,K=20,scale=2 -s em --tol 0 --time-limit 600 "
    "--save-labels --threads 1 -o out";
/* A run of a few steps after the other, of many messages each. */
static const char steps_of_exact[] =
    "run -p gaussian:M=220003,K=10,scale=4,skew=1 -s exact --lambda 1 "
    "--tol 1e-9 --repeats 2000 --threads 1 -o out";

/* Kill one of three ranks; whether that was in a run, which has failed then,
 * and not between two of them. */
static bool dies_in_a_run(int dead, const char *arguments) {
  char words[64];
  enter_folder();
  const pid_t child = start_ranks(3, arguments);
  for (int i = 0; i < 600 && !exists("out/runs.csv"); i++)
    nap(0.05);
  nap(1);
  const pid_t rank = find_rank(dead);
  ck_assert_int_gt(rank, 0);
  kill(rank, SIGKILL);
  ck_assert_int_ne(wait_for_ranks(child), 0);
  snprintf(words, sizeof words, "rank %d is lost", dead);
  assert_error(words);
  assert_whole();
  table runs = read_table("out/runs.csv");
  ck_assert_uint_ge(runs.rows, 2);
  const char *status = at(&runs, runs.rows - 1, "status");
  const bool failed = strcmp(status, "failed") == 0;
  if (failed)
    ck_assert_ptr_nonnull(strstr(at(&runs, runs.rows - 1, "message"), words));
  if (!failed || runs.rows > 2) /* it fails once, and no run before it */
    ck_assert_str_eq(at(&runs, runs.rows - (failed ? 2 : 1), "status"),
                     "converged");
  free_table(&runs);
  leave_folder();
  return failed;
}

START_TEST(a_dead_rank_is_named_and_its_run_has_failed) {
  ck_assert(dies_in_a_run(1 + _i, endless));
}
END_TEST

/* Of short runs one after the other a death may miss all; not every time. */
START_TEST(a_dead_rank_of_exact_is_named_and_its_run_has_failed) {
  int tries = 0;
  while (!dies_in_a_run(1 + _i, steps_of_exact))
    ck_assert_int_lt(++tries, 8);
}
END_TEST

/* What solve was to write is not there, either. */
START_TEST(a_dead_rank_of_solve_leaves_no_file) {
  enter_folder();
  make_files();
  const pid_t child = start_ranks(3, "solve large.npy -s em --tol 0 "
                                     "--threads 1 -o labels.npz");
  for (int i = 0; i < 600 && !exists("labels.npz.tmp"); i++)
    nap(0.05);
  nap(1);
  const pid_t rank = find_rank(1);
  ck_assert_int_gt(rank, 0);
  kill(rank, SIGKILL);
  ck_assert_int_ne(wait_for_ranks(child), 0);
  assert_error("rank 1 is lost");
  ck_assert_int_eq(system("ls labels* >/dev/null 2>&1"), 2 << 8);
  leave_folder();
}
END_TEST

/* Any rank, the first too, at any moment from before MPI begins. More of them:
 * MOMENTS in the environment. */
START_TEST(a_death_at_any_moment_leaves_nothing_half) {
  const char *more = getenv("MOMENTS");
  const int moments = more ? atoi(more) : 5;
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int i = 0; i < moments; i++) {
    enter_folder();
    const pid_t child = start_ranks(3, i % 2 ? steps_of_exact : endless);
    nap(0.3 + 2 * gsl_rng_uniform(rng));
    const pid_t rank = find_rank((int)gsl_rng_uniform_int(rng, 3));
    kill(rank > 0 ? rank : child, rank > 0 ? SIGKILL : SIGTERM);
    wait_for_ranks(child);
    assert_whole();
    leave_folder();
  }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(an_interrupt_ends_all) {
  enter_folder();
  const pid_t child = start_ranks(3, endless);
  for (int i = 0; i < 600 && !exists("out/runs.csv"); i++)
    nap(0.05);
  nap(1);
  kill(child, SIGTERM);
  wait_for_ranks(child);
  assert_whole();
  table runs = read_table("out/runs.csv");
  ck_assert_uint_eq(runs.rows, 2);
  ck_assert_str_eq(at(&runs, 1, "status"), "interrupted");
  ck_assert(exists("out/labels/1.npy"));
  free_table(&runs);
  leave_folder();
}
END_TEST

int main(void) {
  if (!has_mpi()) {
    puts("mpi faults: skipped: the program has no MPI, or there is no mpirun");
    return getenv("MPI_REQUIRED") ? EXIT_FAILURE : EXIT_SUCCESS;
  }
  Suite *suite = suite_create("mpi faults");
  TCase *tests = tcase_create("mpi");
  tcase_set_timeout(tests, 300);
  tcase_add_loop_test(tests, refusals_are_said_once_and_leave_nothing, 0,
                      sizeof refused / sizeof *refused);
  tcase_add_test(tests, another_program_is_refused);
  tcase_add_test(tests, another_mpi_is_refused);
  tcase_add_loop_test(tests, a_dead_rank_is_named_and_its_run_has_failed, 0, 2);
  tcase_add_loop_test(
      tests, a_dead_rank_of_exact_is_named_and_its_run_has_failed, 0, 2);
  tcase_add_test(tests, a_dead_rank_of_solve_leaves_no_file);
  tcase_add_test(tests, a_death_at_any_moment_leaves_nothing_half);
  tcase_add_test(tests, an_interrupt_ends_all);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
