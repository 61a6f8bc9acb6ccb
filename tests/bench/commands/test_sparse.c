/* Runs of a solver that takes sparse labels, end to end: what is saved, read,
 * started from, resumed, merged and mended; and that M x K numbers are never
 * there. */
#include "tests/support/program.h"

#include <sys/resource.h>

static void shell(const char *command) {
  ck_assert_msg(system(command) == 0, "%s", command);
}

/* The program whose table has such a solver. */
static void enter(void) {
  char path[4096];
  enter_folder();
  snprintf(path, sizeof path, "%s", getenv("YSTEP"));
  if (!strstr(path, "ystep-misfits")) {
    *strrchr(path, '/') = '\0';
    strcat(path, "/tests/support/ystep-misfits");
    setenv("YSTEP", path, 1);
  }
  ck_assert_msg(exists(path), "%s is not built", path);
}

#define RUN "run -p dirichlet:M=40,K=4 -s argmax -s em --tol 1e-2 "

/* labels/ID.ENDING of a run of the solver. */
static void find_labels(const char *dir, const char *solver, char path[256]) {
  char runs_csv[256];
  path[0] = '\0';
  snprintf(runs_csv, sizeof runs_csv, "%s/runs.csv", dir);
  table t = read_table(runs_csv);
  for (size_t i = 1; i < t.rows; i++)
    if (strcmp(at(&t, i, "solver"), solver) == 0)
      snprintf(path, 256, "%s/labels/%s.%s", dir, at(&t, i, "run_id"),
               strcmp(solver, "em") ? "npz" : "npy");
  free_table(&t);
}

START_TEST(labels_are_saved_as_they_are) {
  char sparse[256], dense[256];
  ck_assert_int_eq(ystep(RUN "--save-labels -o out"), 0);
  find_labels("out", "argmax", sparse);
  find_labels("out", "em", dense);
  ck_assert(exists(sparse) && exists(dense));
  shell("test $(ls out/labels | wc -l) = 2");
  ck_assert_int_eq(ystep("labels out --format csv"), 0);
  table t = read_table("out.txt");
  ck_assert_uint_eq(t.rows, 3);
  for (size_t i = 1; i < t.rows; i++)
    if (strcmp(at(&t, i, "solver"), "argmax") == 0) {
      ck_assert_double_eq(number_at(&t, i, "one"), 40);
      ck_assert_double_eq(number_at(&t, i, "mean_largest"), 1);
    }
  free_table(&t);
  /* The shape is looked at, and the file goes with the rest. */
  shell("sed -i 's/,40,4,/,41,4,/' out/runs.csv");
  ck_assert_int_eq(ystep("labels out"), 2);
  shell("sed -i 's/,41,4,/,40,4,/' out/runs.csv");
  ck_assert_int_eq(ystep("run -p dirichlet:M=4,K=3 -s em -o out --force"), 0);
  ck_assert(!exists(sparse) && !exists(dense));
}
END_TEST

START_TEST(saved_labels_are_a_start) {
  char path[256];
  ck_assert_int_eq(ystep(RUN "--save-labels -o out"), 0);
  find_labels("out", "argmax", path);
  ck_assert_int_eq(ystep(RUN "--max-iter 0 --start %s -o again", path), 0);
  table a = read_table("out/runs.csv"), b = read_table("again/runs.csv");
  size_t of = strcmp(at(&a, 1, "solver"), "argmax") == 0 ? 1 : 2;
  for (size_t i = 1; i < b.rows; i++) /* dense for em, sparse for argmax */
    ck_assert_str_eq(at(&b, i, "objective"), at(&a, of, "objective"));
  free_table(&a);
  free_table(&b);
}
END_TEST

START_TEST(chains_start_from_sparse_labels) {
  static const char *const starts[] = {"warm", "warm:mix=0.5"};
  double objective[2];
  for (int s = 0; s < 2; s++) {
    ck_assert_int_eq(ystep("run -p dirichlet:M=40,K=4,seed=1 "
                           "dirichlet:M=40,K=4,seed=2 -s argmax --max-iter 1 "
                           "--start %s --trace-every 1 -o out --force",
                           starts[s]),
                     0);
    table t = read_table("out/traces.csv"); /* the second's start */
    ck_assert_uint_eq(t.rows, 5);
    objective[s] = number_at(&t, 3, "objective");
    ck_assert_double_eq(number_at(&t, 3, "iteration"), 0);
    free_table(&t);
  }
  ck_assert_double_gt(fabs(objective[0] - objective[1]), 1e-3);
}
END_TEST

START_TEST(sweeps_keep_sparse_labels) {
  put_text("plan.yaml", "problems: ['dirichlet:M=40,K=4']\n"
                        "solvers: [argmax, em]\nlambdas: [1, 2]\n"
                        "max-iter: 2\nthreads: 1\n");
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --save-labels"), 0);
  shell("ls out/labels >names; test $(grep -c npz names) = 2; "
        "test $(grep -c npy names) = 2");
  shell("npz=$(grep npz names | head -1); rm out/labels/$npz; "
        "npz=$(grep npz names | tail -1); truncate -s 100 out/labels/$npz");
  ck_assert_int_eq(ystep("sweep plan.yaml -o out --save-labels --resume"), 0);
  shell("ls out/labels | cmp - names");
  ck_assert_int_eq(ystep("merge all out"), 0);
  shell("diff -r out/labels all/labels");
  shell("npz=$(grep npz names | head -1); truncate -s 100 out/labels/$npz");
  ck_assert_int_eq(ystep("merge other out"), 2);
  shell("grep -q 'npz: not a .npz file' err.txt");
  ck_assert_int_eq(ystep("repair out"), 0);
  shell("test -e out/labels/$(grep npz names | head -1).damaged");
}
END_TEST

/* Resident memory of a run, MiB. */
static double memory_of(const char *arguments) {
  struct rusage after;
  pid_t child = fork();
  if (child == 0) {
    int status = ystep("%s", arguments);
    getrusage(RUSAGE_CHILDREN, &after);
    FILE *file = fopen("memory", "w");
    fprintf(file, "%d %ld\n", status, after.ru_maxrss);
    fclose(file);
    _exit(0);
  }
  int status;
  long kibibytes = 0;
  ck_assert_int_eq(waitpid(child, &status, 0), child);
  char *text = slurp("memory");
  ck_assert_int_eq(sscanf(text, "%d %ld", &status, &kibibytes), 2);
  free(text);
  ck_assert_msg(status == 0, "%s", arguments);
  return (double)kibibytes / 1024;
}

/* From the uniform start to the file; the batch stays in its own. */
START_TEST(no_dense_labels_are_made) {
  const double labels = 20000. * 500 * 8 / 1048576; /* M x K, MiB */
  ck_assert_int_eq(ystep("gen -p dirichlet:M=20000,K=500 --dtype float32 -o "
                         "b.npy"),
                   0);
  double sparse = memory_of("run -p file:path=b.npy,storage=float32 -s argmax "
                            "--threads 1 --save-labels -o out");
  double dense = memory_of("run -p file:path=b.npy,storage=float32 -s em "
                           "--max-iter 1 --threads 1 --save-labels -o other");
  ck_assert_msg(sparse < dense - 0.8 * labels, "%g and %g MiB", sparse, dense);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("sparse");
  TCase *tests = tcase_create("sparse");
  tcase_set_timeout(tests, 60);
  tcase_add_checked_fixture(tests, enter, leave_folder);
  tcase_add_test(tests, labels_are_saved_as_they_are);
  tcase_add_test(tests, saved_labels_are_a_start);
  tcase_add_test(tests, chains_start_from_sparse_labels);
  tcase_add_test(tests, sweeps_keep_sparse_labels);
  tcase_add_test(tests, no_dense_labels_are_made);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
