/* Every error path for want of memory: readers, generators, solvers and a whole
 * small run, with an allocator that fails at the n-th call, for every n until
 * nothing fails. Each time: a clear error, and nothing left allocated. */
#include "tests/support/testing.h"

#include "bench/commands/commands.h"
#include "bench/sweep/sweep_store.h"
#include "problems/formats/labels_file.h"
#include "problems/formats/npy.h"
#include "problems/problem.h"
#include "solvers/solver.h"
#include "tests/support/dense.h"
#include "tests/support/failing_alloc.h"
#include "tests/support/tempfile.h"

#include <fcntl.h>
#include <gsl/gsl_errno.h>

typedef struct attempt {
  ys_code code;
  ys_error error;
} attempt;

/* While a trial runs, no ck_assert: Check allocates too. */

/* Repeat `act` with the n-th allocation failing, n = 1, 2, ... until it is
 * never reached; returns how many there were. */
static size_t fail_each(void (*act)(void *, attempt *), void *context) {
  for (size_t n = 1;; n++) {
    attempt a = {YS_OK, {YS_OK, ""}};
    failing_alloc_start(n);
    act(context, &a);
    int has_failed = failing_alloc_end();
    ck_assert_msg(failing_alloc_held() == 0, "%zu blocks leaked at call %zu",
                  failing_alloc_held(), n);
    if (!has_failed) {
      ck_assert_msg(a.code == YS_OK, "%s", a.error.text);
      return n - 1;
    }
    ck_assert_msg(a.code == YS_NO_MEMORY,
                  "call %zu: the failure was not reported", n);
    assert_says(a.error.text, "out of memory");
  }
}

static void make_problem(void *context, attempt *a) {
  ys_batch batch;
  a->code = ys_problem_make(context, 1, &batch, &a->error);
  if (!a->code)
    ys_batch_free(&batch);
}

START_TEST(problems_survive) {
  char *npy = temp_file(".npy"), *csv = temp_file(".csv");
  char npy_spec[512], csv_spec[512];
  const double sigma[] = {0.5, 0.5, 0.25, 0.75, 1, 0};
  ck_assert_int_eq(ys_npy_write(npy, sigma, 3, 2, NULL), YS_OK);
  put_text(csv, "a,b\n0.5,0.5\n\"0.25\",0.75\n");
  snprintf(npy_spec, sizeof npy_spec, "file:path=%s", npy);
  snprintf(csv_spec, sizeof csv_spec, "file:path=%s,logits=1", csv);
  char *specs[] = {"dirichlet:M=20,K=3", "gaussian:M=20,K=3",
                   "planted:M=20,K=3", npy_spec, csv_spec};
  for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
    ck_assert_uint_gt(fail_each(make_problem, specs[i]), 1);
  drop_file(npy);
  drop_file(csv);
}
END_TEST

typedef struct solving {
  const char *spec;
  ys_objective objective;
  double *y;
} solving;

static void solve(void *context, attempt *a) {
  solving *s = context;
  const ys_solver *solver;
  ys_options options;
  void *work;
  a->code = ys_solver_parse(s->spec, &solver, &options, &a->error);
  if (a->code)
    return;
  ys_start_uniform(&s->objective, s->y);
  a->code = init_dense(solver, &work, &s->objective, &options, s->y, &a->error);
  for (int i = 0; !a->code && i < 3; i++)
    if (step_dense(solver, work, &s->objective, s->y, &a->error) ==
        YS_STEP_FAILED)
      a->code = YS_BAD_NUMERICS;
  solver->free(work);
  ys_options_free(&options);
}

START_TEST(solvers_survive) {
  ys_batch batch;
  ys_error error;
  solving s;
  ck_assert_int_eq(ys_problem_make("dirichlet:M=12,K=3", 1, &batch, &error),
                   YS_OK);
  ck_assert_int_eq(ys_objective_init(&s.objective, &batch, YS_COLLISION,
                                     YS_STRONG, 1, NULL, 1, &error),
                   YS_OK);
  s.y = malloc(batch.rows * batch.classes * sizeof *s.y);
  for (size_t i = 0; ys_solvers[i]; i++) {
    if (ys_solvers[i]->missing)
      continue;
    s.spec = ys_solvers[i]->name;
    ck_assert_uint_gt(fail_each(solve, &s), 1);
  }
  free(s.y);
  ys_objective_free(&s.objective);
  ys_batch_free(&batch);
}
END_TEST

/* A whole command in this process, its standard error kept in a file. */
typedef struct command {
  const command_spec *of;
  char **argv; /* ended by NULL */
  char *errors;
} command;

static void run_command(void *context, attempt *a) {
  command *c = context;
  int argc = 0;
  while (c->argv[argc])
    argc++;
  int file = open(c->errors, O_WRONLY | O_TRUNC), out = dup(STDERR_FILENO);
  dup2(file, STDERR_FILENO);
  int status = command_run(c->of, argc, c->argv);
  dup2(out, STDERR_FILENO);
  close(out);
  close(file);
  a->code = status == 0 ? YS_OK : status == 1 ? YS_NO_MEMORY : YS_BAD_INPUT;
  FILE *in = fopen(c->errors, "r");
  while (status && fgets(a->error.text, sizeof a->error.text, in))
    a->error.text[strcspn(a->error.text, "\n")] = '\0'; /* behind the notes */
  fclose(in);
}

/* `folder` is what the command writes to. */
static void survive(const command_spec *of, char **argv, char *folder) {
  command c = {of, argv, temp_file(".txt")};
  char clean[64];
  gsl_set_error_handler_off();
  ck_assert_ptr_nonnull(freopen("/dev/null", "w", stdout));
  ck_assert_uint_gt(fail_each(run_command, &c), 20);
  drop_file(c.errors);
  snprintf(clean, sizeof clean, "rm -r %s", folder);
  ck_assert_int_eq(system(clean), 0);
}

START_TEST(a_whole_run_survives) {
  char folder[] = "/tmp/ystep-alloc-XXXXXX";
  ck_assert_ptr_nonnull(mkdtemp(folder));
  char *argv[] = {"run",
                  "-p",
                  "dirichlet:M=12,K=3",
                  "-s",
                  "em",
                  "--lambda",
                  "0.5",
                  "1",
                  "--repeat",
                  "2",
                  "-o",
                  folder,
                  "--force",
                  "--save-labels",
                  "--max-iter",
                  "3",
                  "--threads",
                  "1",
                  NULL};
  survive(&cmd_run, argv, folder);
}
END_TEST

/* Sparse labels are read and written. */
START_TEST(a_whole_solve_survives) {
  char folder[] = "/tmp/ystep-alloc-XXXXXX", start[64], path[64];
  ys_labels labels;
  ck_assert_ptr_nonnull(mkdtemp(folder));
  snprintf(start, sizeof start, "%s/start.npz", folder);
  snprintf(path, sizeof path, "%s/y.npz", folder);
  ck_assert_int_eq(ys_labels_make_sparse(&labels, 12, 3, NULL), YS_OK);
  ck_assert_int_eq(ys_labels_write(start, &labels, NULL), YS_OK);
  ys_labels_free(&labels);
  char *argv[] = {
      "solve", "dirichlet:M=12,K=3", "-o", path, "--force", "--start",
      start,   "--threads",          "1",  NULL};
  survive(&cmd_solve, argv, folder);
}
END_TEST

START_TEST(a_whole_training_survives) {
  char folder[] = "/tmp/ystep-alloc-XXXXXX", record[64];
  ck_assert_ptr_nonnull(mkdtemp(folder));
  snprintf(record, sizeof record, "%s/batches", folder);
  char *argv[] = {"train",
                  "-d",
                  "blobs:M=12,K=3",
                  "-c",
                  "mlp:hidden=4",
                  "kmeans",
                  "-s",
                  "fw",
                  "--epochs",
                  "2",
                  "--checkpoint",
                  "1",
                  "--init-epochs",
                  "1",
                  "--record",
                  record,
                  "--save",
                  "--map",
                  "-o",
                  folder,
                  "--force",
                  "--threads",
                  "1",
                  NULL};
  survive(&cmd_train, argv, folder);
}
END_TEST

START_TEST(a_training_on_mini_batches_survives) {
  char folder[] = "/tmp/ystep-alloc-XXXXXX";
  ck_assert_ptr_nonnull(mkdtemp(folder));
  char *argv[] = {"train",
                  "-d",
                  "blobs:M=12,K=3",
                  "-c",
                  "linear",
                  "-s",
                  "em",
                  "--epochs",
                  "1",
                  "--batch",
                  "5",
                  "--ystep",
                  "batch:queue=1",
                  "-o",
                  folder,
                  "--force",
                  "--threads",
                  "1",
                  NULL};
  survive(&cmd_train, argv, folder);
}
END_TEST

/* A recording, replayed. */
START_TEST(a_replay_survives) {
  char folder[] = "/tmp/ystep-alloc-XXXXXX", path[64];
  const double sigma[] = {0.5, 0.5, 0.25, 0.75, 0.9, 0.1};
  ck_assert_ptr_nonnull(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/index.csv", folder);
  put_text(path, "epoch,file\n1,a.npy\n3,a.npy\n");
  snprintf(path, sizeof path, "%s/a.npy", folder);
  ck_assert_int_eq(ys_npy_write(path, sigma, 3, 2, NULL), YS_OK);
  snprintf(path, sizeof path, "recorded:dir=%s", folder);
  char *argv[] = {"run",       "-p",   path, "-s",   "fw",
                  "--start",   "warm", "-o", folder, "--force",
                  "--threads", "1",    NULL};
  survive(&cmd_run, argv, folder);
}
END_TEST

static const char sweep_text[] =
    "groups: {ours: [em, {solver: pgd, with: {step: [1, {logspace: [2, 4, "
    "2]}]}}]}\n"
    "problems: ['dirichlet:M=12,K=3']\nsolvers: {group: ours}\n"
    "lambdas: [1, {linspace: [2, 3, 2]}]\nlosses: [collision, shannon]\n"
    "threads: 1\n";

static const char *header_of(const record_table *table) {
  static char header[RECORD_HEADER];
  return record_header(table, header);
}

/* A finished run that is in no plan. */
static void put_finished_run(const char *folder) {
  char path[64], text[1024];
  snprintf(path, sizeof path, "%s/runs.csv", folder);
  snprintf(text, sizeof text, "%s\n%s\n", header_of(&schema_runs),
           "7,p,3,2,collision,strong,1,em,0,1,1,max_iter,1,0,0,0,1,1,0,,,,,");
  put_text(path, text);
  snprintf(path, sizeof path, "%s/settings.csv", folder);
  snprintf(text, sizeof text, "%s\n%s\n", header_of(&schema_settings),
           "7,00,00,uniform,uniform,1,1,1,-1,1,1,0,c,cpu,");
  put_text(path, text);
}

/* All of a sweep but its workers. */
START_TEST(a_planned_sweep_survives) {
  char folder[] = "/tmp/ystep-alloc-XXXXXX", *file = temp_file(".yaml");
  ck_assert_ptr_nonnull(mkdtemp(folder));
  char *argv[] = {"sweep", file, "--dry-run", "-o", folder, NULL};
  put_text(file, sweep_text);
  put_finished_run(folder);
  survive(&cmd_sweep, argv, folder);
  drop_file(file);
}
END_TEST

/* What reads a sweep's directory with two repeats of a run. */
static void put_sweep(const char *folder) {
  char path[64], text[1024];
  snprintf(path, sizeof path, "%s/runs.csv", folder);
  snprintf(text, sizeof text, "%s\n%s\n%s\n", header_of(&schema_runs),
           "1,p,3,2,collision,strong,1,em,0,1,1,max_iter,1,0,1,0,1,1,0,,,,,",
           "2,p,3,2,collision,strong,1,em,1,1,1,failed,1,0,2,0,1,1,0,why,,,,");
  put_text(path, text);
  snprintf(path, sizeof path, "%s/traces.csv", folder);
  snprintf(text, sizeof text, "%s\n%s\n%s\n", header_of(&schema_traces),
           "1,1,1,1,1,1e-3", "2,1,2,1,1,1e-3");
  put_text(path, text);
  snprintf(path, sizeof path, "%s/settings.csv", folder);
  snprintf(text, sizeof text, "%s\n%s\n%s\n", header_of(&schema_settings),
           "1,00,00,sigma,uniform,1,1,1,-1,1,1,0,c,cpu,",
           "2,01,00,sigma,uniform,1,1,1,-1,1,1,0,c,cpu,");
  put_text(path, text);
}

START_TEST(a_comparison_survives) {
  char folder[] = "/tmp/ystep-alloc-XXXXXX";
  ck_assert_ptr_nonnull(mkdtemp(folder));
  char *argv[] = {"compare", folder, folder, "--any-machine",
                  "--gap",   "1e-2", NULL};
  put_sweep(folder);
  survive(&cmd_compare, argv, folder);
}
END_TEST

static char *const formats[] = {"md", "csv", "tex", "json"};

START_TEST(a_table_survives) {
  char folder[] = "/tmp/ystep-alloc-XXXXXX";
  ck_assert_ptr_nonnull(mkdtemp(folder));
  char *gaps[] = {"table", folder, "--format", formats[_i % 4], NULL};
  char *pivoted[] = {"table",    folder,          "--pivot",
                     "--format", formats[_i % 4], NULL};
  put_sweep(folder);
  survive(&cmd_table, _i < 4 ? gaps : pivoted, folder);
}
END_TEST

START_TEST(a_report_survives) {
  char folder[] = "/tmp/ystep-alloc-XXXXXX", scripts[4096];
  ck_assert_ptr_nonnull(mkdtemp(folder));
  ck_assert_ptr_nonnull(getenv("YSTEP_SOURCE")); /* run through `make test` */
  snprintf(scripts, sizeof scripts, "%s/scripts/assets",
           getenv("YSTEP_SOURCE"));
  setenv("YSTEP_SCRIPTS", scripts, 1);
  char *argv[] = {"report", folder, NULL};
  put_sweep(folder);
  survive(&cmd_report, argv, folder);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("allocation");
  TCase *tests = tcase_create("allocation");
  tcase_add_test(tests, problems_survive);
  tcase_add_test(tests, solvers_survive);
  tcase_add_test(tests, a_whole_run_survives);
  tcase_add_test(tests, a_whole_solve_survives);
  tcase_add_test(tests, a_whole_training_survives);
  tcase_add_test(tests, a_training_on_mini_batches_survives);
  tcase_add_test(tests, a_replay_survives);
  tcase_add_test(tests, a_planned_sweep_survives);
  tcase_add_test(tests, a_comparison_survives);
  tcase_add_loop_test(tests, a_table_survives, 0, 8);
  tcase_add_test(tests, a_report_survives);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
