/* The program under mpirun: the bits of one process on any number of ranks,
 * whatever it reads and writes. Without MPI in the program or mpirun the suite
 * is empty; MPI_REQUIRED: it fails then. */
#include "tests/support/mpi_batches.h"
#include "tests/support/mpi_ranks.h"

/* A row a batch, with what solves it. K from 2 to 1000; rows that are divided
 * by nothing; files of either type, one of them left where it lies, and parts.
 */
static const struct {
  const char *problem, *solvers;
  int iterations;
} batches[] = {
    {"dirichlet:M=20011,K=2", "em md pgd", 100},
    {"gaussian:M=5003,K=10,scale=3,skew=2,noise=0.3",
     "em:accel=squarem md:accel=1 pgd:step=bb em:accel=anderson", 40},
    {"dirichlet:M=331,K=1000,alpha=0.1", "em md pgd", 12},
    {"file:path=eight.npy", "em md pgd", 100},
    {"file:path=four.npy,storage=float32", "em md pgd", 60},
    {"file:path=large.npy", "em pgd", 3},
    {"'file:path=part-?-of-8.npy'", "em md pgd:step=1 pgd", 100},
    {"'file:path=part-*-of-4.npy'", "em md pgd", 60},
};

static void assert_same_tables(const char *name, const char *to) {
  static const char *const columns[] = {
      "run_id",    "rows",        "status", "iterations",
      "objective", "lower_bound", "gap",    "message"};
  table a = read_table("alone/runs.csv"), b = read_table(to);
  ck_assert_uint_eq(a.rows, b.rows);
  for (size_t i = 1; i < a.rows; i++)
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
      ck_assert_msg(strcmp(at(&a, i, columns[c]), at(&b, i, columns[c])) == 0,
                    "%s, %s, %s: %s, alone %s", name, at(&a, i, "solver"),
                    columns[c], at(&b, i, columns[c]), at(&a, i, columns[c]));
  free_table(&a);
  free_table(&b);
}

static void assert_same_traces(const char *to) {
  table a = read_table("alone/traces.csv"), b = read_table(to);
  ck_assert_uint_eq(a.rows, b.rows);
  for (size_t i = 1; i < a.rows; i++) {
    ck_assert_str_eq(at(&a, i, "objective"), at(&b, i, "objective"));
    ck_assert_str_eq(at(&a, i, "lower_bound"), at(&b, i, "lower_bound"));
    ck_assert_str_eq(at(&a, i, "gap"), at(&b, i, "gap"));
  }
  free_table(&a);
  free_table(&b);
}

/* On so many ranks, 1 to 4: fewer where the sanitizers make processes slow. */
#ifdef YS_SANITIZE
enum { FIRST_COUNT = 3, LAST_COUNT = 3 };
#else
enum { FIRST_COUNT = 1, LAST_COUNT = 4 };
#endif

/* The run of these options on them has the tables of one process, and its
 * labels where they are saved. */
static void compare_ranks(const char *problem, const char *options) {
  ck_assert_int_eq(ystep("%s alone", options), 0);
  for (int count = FIRST_COUNT; count <= LAST_COUNT; count++) {
    const int status = ranks(count, "%s out", options);
    char *errors = slurp("err.txt");
    ck_assert_msg(status == 0, "%s", errors);
    free(errors);
    assert_same_tables(problem, "out/runs.csv");
    assert_same_traces("out/traces.csv");
    if (exists("alone/labels"))
      ck_assert_int_eq(system("diff -r alone/labels out/labels"), 0);
  }
}

START_TEST(any_number_of_ranks_writes_what_one_process_writes) {
  char options[512];
  enter_folder();
  make_files();
  snprintf(options, sizeof options,
           "run -q -p %s -s %s --max-iter %d --time-limit 1e6 --tol 1e-9 "
           "--threads 1 --save-labels --force -o",
           batches[_i].problem, batches[_i].solvers, batches[_i].iterations);
  compare_ranks(batches[_i].problem, options);
  leave_folder();
}
END_TEST

/* Batches of every size that exact knows ways for; K from 2 to 1000. */
static const struct {
  const char *problem, *options;
} for_exact[] = {
    {"dirichlet:M=1050011,K=2", "--lambda 1"},
    {"gaussian:M=220003,K=10,scale=3,skew=3", "--lambda 10"},
    {"gaussian:M=30011,K=100,scale=4,skew=1", "--lambda 0.1 100"},
    {"dirichlet:M=331,K=1000,alpha=0.1", "--lambda 1 10"},
    {"file:path=eight.npy", "--lambda 1 10"},
    {"file:path=four.npy,storage=float32", "--lambda 1 10"},
    {"file:path=large.npy", "--lambda 1"},
    {"file:path=many.npy,storage=float32", "--lambda 0.01 1 --prior u.csv"},
    {"gaussian:M=16411,K=1000,scale=4,skew=1", "--lambda 1"},
    {"'file:path=part-?-of-8.npy'", "--lambda 1"},
};

START_TEST(exact_finds_on_any_number_of_ranks_what_one_process_finds) {
  char options[512];
  enter_folder();
  make_files();
  snprintf(options, sizeof options,
           "run -q -p %s -s exact %s --max-iter 6 --time-limit 1e6 --tol 1e-9 "
           "--threads 1 --force -o",
           for_exact[_i].problem, for_exact[_i].options);
  compare_ranks(for_exact[_i].problem, options);
  leave_folder();
}
END_TEST

START_TEST(threads_of_ranks_change_nothing) {
  enter_folder();
  const char *options =
      "-q -p gaussian:M=5003,K=10,scale=3,skew=2 -s em md pgd "
      "--max-iter 30 --time-limit 1e6 --force -o";
  ck_assert_int_eq(ystep("run %s alone --threads 1", options), 0);
  ck_assert_int_eq(ranks(2, "run %s out --threads 2", options), 0);
  assert_same_tables("two threads", "out/runs.csv");
  leave_folder();
}
END_TEST

/* Dense or sparse, whatever the solver's are: the bytes of one process. */
START_TEST(solve_writes_one_file) {
  static const char *const options[] = {"-o labels.npy", "-o labels.npz",
                                        "-s pgd -o labels.npy",
                                        "-s pgd -o labels.npz"};
  enter_folder();
  make_files();
  const char *command = "cd alone && cmp labels.np? ../labels.np?";
  ck_assert_int_eq(system("mkdir alone"), 0);
  for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
    ck_assert_int_eq(ystep("solve eight.npy %s --threads 1", options[i]), 0);
    char *alone = slurp("out.txt");
    ck_assert_int_eq(system("mv labels.* alone"), 0);
    ck_assert_int_eq(ranks(3, "solve eight.npy %s --threads 1", options[i]), 0);
    char *together = slurp("out.txt");
    ck_assert_str_eq(alone, together);
    ck_assert_int_eq(system(command), 0);
    ck_assert_int_eq(system("rm labels.* alone/labels.*"), 0);
    free(alone);
    free(together);
  }
  leave_folder();
}
END_TEST

/* The program whose table has a solver of sparse labels, argmax. */
static void use_misfits(void) {
  char path[4096];
  snprintf(path, sizeof path, "%s", getenv("YSTEP"));
  *strrchr(path, '/') = '\0';
  strcat(path, "/tests/support/ystep-misfits");
  setenv("YSTEP", path, 1);
  ck_assert_msg(exists(path), "%s is not built", path);
}

START_TEST(sparse_labels_are_saved_as_one_file) {
  static const char options[] =
      "run -q -p file:path=four.npy dirichlet:M=3001,K=11 -s argmax em "
      "--max-iter 3 --threads 1 --save-labels --force -o";
  enter_folder();
  use_misfits();
  make_files();
  ck_assert_int_eq(ystep("%s alone", options), 0);
  for (int count = FIRST_COUNT; count <= LAST_COUNT; count++) {
    ck_assert_int_eq(ranks(count, "%s out", options), 0);
    ck_assert_int_eq(system("diff -r alone/labels out/labels"), 0);
  }
  ck_assert_int_eq(system("test $(ls out/labels/*.npz | wc -l) = 2"), 0);
  leave_folder();
}
END_TEST

/* Text, labels of either kind to start from. */
START_TEST(whatever_one_process_reads_ranks_read) {
  static const char *const options[] = {
      "-p file:path=eight.csv -s em",
      "-p file:path=eight.txt,logits=1 -s pgd",
      "-p file:path=eight.dat -s md",
      "-p file:path=eight.npy -s em --start start.npy:mix=0.01",
      "-p file:path=eight.npy -s em pgd --start start.npz:mix=0.01",
      "-p file:path=eight.npy -s argmax --start start.npz",
      "-p file:path=eight.csv -s pgd --start start.csv",
  };
  enter_folder();
  use_misfits();
  make_files();
  make_texts();
  for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
    const char *more = "--max-iter 20 --threads 1 --save-labels --force -o";
    ck_assert_int_eq(ystep("run -q %s %s alone", options[i], more), 0);
    ck_assert_int_eq(ranks(3, "run -q %s %s out", options[i], more), 0);
    assert_same_tables(options[i], "out/runs.csv");
    ck_assert_int_eq(system("diff -r alone/labels out/labels"), 0);
  }
  leave_folder();
}
END_TEST

/* The digest of a problem's batch, as the first of its runs has it. */
static void find_digest(const char *dir, const char *problem, char found[64]) {
  char path[64];
  snprintf(path, sizeof path, "%s/runs.csv", dir);
  table runs = read_table(path);
  snprintf(path, sizeof path, "%s/settings.csv", dir);
  table settings = read_table(path);
  const char *id = NULL;
  for (size_t i = 1; i < runs.rows; i++)
    if (strcmp(at(&runs, i, "problem"), problem) == 0)
      id = at(&runs, i, "run_id");
  ck_assert_ptr_nonnull(id);
  for (size_t i = 1; i < settings.rows; i++)
    if (strcmp(at(&settings, i, "run_id"), id) == 0)
      snprintf(found, 64, "%s", at(&settings, i, "batch"));
  free_table(&runs);
  free_table(&settings);
}

/* Some runs are done and some are not; and a batch has one digest whoever holds
 * it. */
START_TEST(ranks_go_on_in_a_directory) {
  static const char *const problems[] = {"file:path=eight.npy",
                                         "dirichlet:M=3001,K=11"};
  static const char options[] =
      "--max-iter 9 --threads 1 --save-labels "
      "-p file:path=eight.npy dirichlet:M=3001,K=11 -s em";
  char said[1024], alone[64], together[64];
  enter_folder();
  make_files();
  ck_assert_int_eq(ystep("run -q %s md -o alone", options), 0);
  ck_assert_int_eq(ranks(3, "run -q %s -o out", options), 0);
  ck_assert_int_eq(ranks(3, "run %s md -o out --resume", options), 0);
  ck_assert_int_eq(find_line("out.txt", "2 of 4 runs are done; 2 to run", said),
                   1);
  for (size_t p = 0; p < 2; p++) {
    find_digest("alone", problems[p], alone);
    find_digest("out", problems[p], together);
    ck_assert_str_eq(alone, together);
  }
  ck_assert_int_eq(system("test $(ls out/labels/*.npy | wc -l) = 4"), 0);
  ck_assert_int_eq(ranks(2, "run %s md -o out --resume", options), 0);
  ck_assert_int_eq(find_line("out.txt", "0 of 4 runs are done; 4 to run", said),
                   1);
  ck_assert_int_eq(system("test $(ls out/labels/*.npy | wc -l) = 8"), 0);
  leave_folder();
}
END_TEST

/* The first speaks, once, and says with whom. */
START_TEST(one_rank_speaks) {
  enter_folder();
  ck_assert_int_eq(ranks(3, "run -v -p dirichlet:M=4009,K=100 -s em "
                            "--max-iter 100 --trace-every 0 -o out"),
                   0);
  char line[1024];
  ck_assert_int_eq(find_line("out.txt", "sent by a rank: at most ", line), 1);
  double bytes = INFINITY;
  ck_assert_int_eq(sscanf(line, "%*[^,], %lf", &bytes), 1);
  /* The judge's and the first numbers are among them. */
  ck_assert_double_le(bytes, 1.5 * 8 * 100 * 4 * log2(3));
  table settings = read_table("out/settings.csv");
  ck_assert_ptr_nonnull(strstr(at(&settings, 1, "cpu"), "; 3 ranks on 1 host"));
  free_table(&settings);
  leave_folder();
}
END_TEST

int main(void) {
  if (!has_mpi()) {
    puts("mpi: skipped: the program has no MPI, or there is no mpirun");
    return getenv("MPI_REQUIRED") ? EXIT_FAILURE : EXIT_SUCCESS;
  }
  Suite *suite = suite_create("mpi");
  TCase *tests = tcase_create("mpi");
  tcase_set_timeout(tests, 300);
  tcase_add_loop_test(tests, any_number_of_ranks_writes_what_one_process_writes,
                      0, sizeof batches / sizeof *batches);
  tcase_add_loop_test(tests,
                      exact_finds_on_any_number_of_ranks_what_one_process_finds,
                      0, sizeof for_exact / sizeof *for_exact);
  tcase_add_test(tests, threads_of_ranks_change_nothing);
  tcase_add_test(tests, solve_writes_one_file);
  tcase_add_test(tests, sparse_labels_are_saved_as_one_file);
  tcase_add_test(tests, whatever_one_process_reads_ranks_read);
  tcase_add_test(tests, ranks_go_on_in_a_directory);
  tcase_add_test(tests, one_rank_speaks);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
