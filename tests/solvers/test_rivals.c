/* The generic competition, where it was built: it reaches the optimum, stops at
 * any time without a trace, keeps silent, and refuses what it cannot do. Where
 * it was not built, that is said. */
#include "problems/certificate.h"
#include "tests/support/solver_run.h"

#include "problems/problem.h"
#include "tests/support/tempfile.h"

#include <dirent.h>
#include <unistd.h>

static const char *const specs[] = {
    "ipopt",
    "ipopt:mu=adaptive",
    "ipopt:mu=mehrotra",
    "nlopt",
    "nlopt:method=mma",
    "nlopt:method=lbfgs",
    "nlopt:method=var2",
    "nlopt:method=slsqp",
    "nlopt:chart=squares",
};
/* No good at the tight end, but no worse than that. */
static const char *const loose[] = {
    "ipopt:hessian=bfgs",
    "nlopt:method=lbfgs,chart=softmax",
    "nlopt:method=tnewton",
};

enum {
  SPECS = sizeof specs / sizeof *specs,
  LOOSE = sizeof loose / sizeof *loose
};

static bool is_built(const char *spec) {
  const ys_solver *solver = ys_solver_find(spec, strcspn(spec, ":"));
  ck_assert_ptr_nonnull(solver);
  return !solver->missing;
}

/* Steps until the gap is reached, at most so many; the last verdict. */
static ys_verdict run_to(const char *spec, fixture *f, double *y, double gap,
                         int steps) {
  solver_run run;
  ys_step step = YS_STEP_ON;
  ck_assert_msg(begin_run(&run, spec, &f->objective, y), "%s", run.error.text);
  ys_verdict verdict = judge_run(&run, f, y);
  for (int i = 0; i < steps && step == YS_STEP_ON && verdict.gap > gap; i++) {
    step = next_step(&run, y);
    verdict = judge_run(&run, f, y);
    ck_assert_msg(step != YS_STEP_FAILED, "%s: %s", spec, run.error.text);
    ck_assert_double_le(verdict.row_sum_error, 1e-12);
    ck_assert_double_ge(verdict.least_entry, 0);
    ck_assert(isfinite(verdict.objective));
  }
  end_run(&run);
  return verdict;
}

static double *uniform_start(const fixture *f) {
  double *y = malloc(f->batch.rows * f->batch.classes * sizeof *y);
  ck_assert_ptr_nonnull(y);
  ys_start_uniform(&f->objective, y);
  if (f->objective.loss == YS_SHANNON)
    avoid_zeros(&f->batch, y);
  return y;
}

/* ------------------------------------------------------- the optimum ---- */

static const double lambdas[] = {0, 0.1, 1, 10};
enum { LAMBDAS = 4 };

static void expect_optimum(const char *spec, gsl_rng *rng, row_kind kind,
                           double gap) {
  for (int round = 0; is_built(spec) && round < PAIRS * LAMBDAS; round++) {
    fixture f;
    double prior[4];
    flat_row(rng, prior, 4);
    setup(&f, random_batch(rng, kind, 25, 4), round / LAMBDAS,
          lambdas[round % LAMBDAS], round % 3 ? prior : NULL);
    double *y = uniform_start(&f);
    ys_verdict verdict = run_to(spec, &f, y, gap, 3000);
    ck_assert_msg(verdict.gap <= gap, "%s, %s, %s, lambda %g: gap %g", spec,
                  ys_loss_name(f.objective.loss),
                  ys_fairness_name(f.objective.fairness), f.objective.lambda,
                  verdict.gap);
    free(y);
    teardown(&f);
  }
}

START_TEST(every_pair_is_solved) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  expect_optimum(specs[_i], rng, FLAT, 1e-6);
  expect_optimum(specs[_i], rng, REPEATED, 1e-6);
  gsl_rng_free(rng);
}
END_TEST

START_TEST(the_weaker_ones_come_near) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  expect_optimum(loose[_i], rng, FLAT, 0.03);
  gsl_rng_free(rng);
}
END_TEST

/* On one problem of few classes, and on one of more than Ipopt's dense blocks
 * are for, which with fewer rows than classes is a hard one for NLopt. */
START_TEST(they_agree_with_em) {
  const char *const problems[] = {"gaussian:M=40,K=5", "gaussian:M=8,K=40"};
  const double gaps[] = {1e-7, 1e-4};
  for (int i = 0; is_built(specs[_i]) && i < 2; i++) {
    fixture f;
    ys_batch batch;
    ck_assert_int_eq(ys_problem_make(problems[i], 1, &batch, NULL), YS_OK);
    setup(&f, batch, 0, 1, NULL);
    double *y = uniform_start(&f), *z = uniform_start(&f);
    ys_verdict mine = run_to(specs[_i], &f, y, gaps[i], 3000);
    ys_verdict ems = run_to("em", &f, z, 1e-5, 100000);
    ck_assert_double_le(mine.gap, gaps[i]);
    ck_assert_double_le(ems.gap, 1e-5);
    ck_assert_double_le(mine.objective, ems.objective + gaps[i]);
    ck_assert_double_ge(mine.objective, ems.objective - 1e-5);
    free(y);
    free(z);
    teardown(&f);
  }
}
END_TEST

/* They know when they can do no more, and have lost nothing then. */
START_TEST(they_end_by_themselves) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  fixture f;
  solver_run run;
  ys_step step = YS_STEP_ON;
  setup(&f, random_batch(rng, FLAT, 10, 3), 0, 1, NULL);
  double *y = uniform_start(&f);
  if (is_built(specs[_i])) {
    ck_assert(begin_run(&run, specs[_i], &f.objective, y));
    for (int i = 0; i < 100000 && step == YS_STEP_ON; i++)
      step = next_step(&run, y);
    ck_assert_int_eq(step, YS_STEP_STALLED);
    ck_assert_uint_gt(strlen(run.error.text), 10);
    ck_assert_double_le(judge_run(&run, &f, y).gap, 1e-8);
    end_run(&run);
  }
  free(y);
  teardown(&f);
  gsl_rng_free(rng);
}
END_TEST

/* ------------------------------------------------------ stopped early ---- */

/* Threads of this process. */
static int thread_count(void) {
  DIR *tasks = opendir("/proc/self/task");
  int count = 0;
  ck_assert_ptr_nonnull(tasks);
  for (struct dirent *task; (task = readdir(tasks));)
    count += task->d_name[0] != '.';
  closedir(tasks);
  return count;
}

/* A joined thread may take a moment to leave the list. */
static bool settles_at(int count) {
  for (int i = 0; i < 1000 && thread_count() != count; i++)
    usleep(1000);
  return thread_count() == count;
}

/* Leaks of memory are for the sanitizers to see, to which the libraries'
 * steps are slow. */
#ifdef YS_SANITIZE
enum { EVERY = 7 };
#else
enum { EVERY = 1 };
#endif

START_TEST(they_stop_at_any_step) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const char *spec = _i < SPECS ? specs[_i] : loose[_i - SPECS];
  fixture f;
  solver_run run;
  setup(&f, random_batch(rng, FLAT, 12, 3), _i % PAIRS, 1, NULL);
  double *y = uniform_start(&f);
  for (int pass = 0, before = 0; is_built(spec) && pass < 2; pass++)
    for (int steps = pass ? 0 : 3; steps < (pass ? 30 : 4);
         steps += pass ? EVERY : 1) {
      ys_start_uniform(&f.objective, y);
      ck_assert(begin_run(&run, spec, &f.objective, y));
      for (int i = 0; i < steps; i++)
        next_step(&run, y);
      end_run(&run);
      /* The first pass leaves the libraries' own threads behind. */
      before = pass ? before : (usleep(50000), thread_count());
      ck_assert(settles_at(before));
    }
  free(y);
  teardown(&f);
  gsl_rng_free(rng);
}
END_TEST

/* In turn, in one process, each as if it were alone. */
START_TEST(two_at_a_time_do_not_meet) {
  enum { STEPS = 12, SIZE = 20 * 4 };
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  fixture f[2];
  solver_run run[2];
  double alone[2][SIZE], together[2][SIZE];
  for (int i = 0; i < 2; i++)
    setup(&f[i], random_batch(rng, FLAT, 20, 4), i, 1, NULL);
  for (int i = 0; is_built(specs[_i]) && i < 2; i++) {
    ys_start_uniform(&f[i].objective, alone[i]);
    ck_assert(begin_run(&run[i], specs[_i], &f[i].objective, alone[i]));
    for (int s = 0; s < STEPS; s++)
      next_step(&run[i], alone[i]);
    end_run(&run[i]);
    ys_start_uniform(&f[i].objective, together[i]);
    ck_assert(begin_run(&run[i], specs[_i], &f[i].objective, together[i]));
  }
  for (int s = 0; is_built(specs[_i]) && s < 2 * STEPS; s++)
    next_step(&run[s % 2], together[s % 2]);
  for (int i = 0; i < 2; i++) {
    if (is_built(specs[_i])) {
      end_run(&run[i]);
      ck_assert_mem_eq(alone[i], together[i], sizeof alone[i]);
    }
    teardown(&f[i]);
  }
  gsl_rng_free(rng);
}
END_TEST

/* ------------------------------------------------------------- manners ---- */

/* Whether y gets to a small gap in a folder whose ipopt.opt forbids it, with
 * nothing written. */
static void run_watched(const char *spec, fixture *f, double *y) {
  char *output = temp_file(".txt");
  FILE *file = fopen(output, "w");
  ck_assert_ptr_nonnull(file);
  int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
  fflush(stdout);
  dup2(fileno(file), STDOUT_FILENO);
  dup2(fileno(file), STDERR_FILENO);
  ys_verdict verdict = run_to(spec, f, y, 1e-6, 500);
  fflush(stdout);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  close(out);
  close(err);
  fseek(file, 0, SEEK_END);
  long written = ftell(file);
  fclose(file);
  drop_file(output);
  ck_assert_int_eq(written, 0);
  ck_assert_double_le(verdict.gap, 1e-6);
}

START_TEST(they_keep_silent_and_read_nothing) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  char folder[] = "/tmp/ystep-test-XXXXXX", *home = getcwd(NULL, 0);
  fixture f;
  ck_assert_ptr_nonnull(mkdtemp(folder));
  ck_assert_int_eq(chdir(folder), 0);
  put_text("ipopt.opt", "max_iter 1\nprint_level 5\n");
  setup(&f, random_batch(rng, FLAT, 15, 3), 0, 1, NULL);
  double *y = uniform_start(&f);
  if (is_built(specs[_i]))
    run_watched(specs[_i], &f, y);
  free(y);
  teardown(&f);
  ck_assert_int_eq(unlink("ipopt.opt"), 0);
  ck_assert_int_eq(chdir(home), 0);
  ck_assert_int_eq(rmdir(folder), 0); /* so nothing was written there */
  free(home);
  gsl_rng_free(rng);
}
END_TEST

/* ------------------------------------------------------------ refusals ---- */

/* Whether the spec is refused on a batch of this shape, whose data nobody looks
 * at; the reason must name all of `words`. */
static void expect_refusal(const char *spec, size_t rows, size_t classes,
                           const char *words) {
  double prior[2] = {0.5, 0.5};
  ys_batch batch = {.rows = rows, .classes = classes};
  ys_objective objective = {&batch, YS_COLLISION, YS_STRONG, 1, prior, 1};
  const ys_solver *solver;
  ys_options options;
  ys_error why = {YS_OK, ""};
  ck_assert_int_eq(ys_solver_parse(spec, &solver, &options, NULL), YS_OK);
  ck_assert_int_eq(solver->supports(&objective, &options, &why),
                   words ? YS_UNSUPPORTED : YS_OK);
  if (words)
    assert_says(why.text, words);
  ys_options_free(&options);
}

START_TEST(what_is_too_large_is_refused) {
  if (is_built("nlopt")) {
    expect_refusal("nlopt:method=slsqp", 50, 10, NULL);
    expect_refusal("nlopt:method=slsqp", 51, 10, "slsqp|500|51 x 10");
    expect_refusal("nlopt", 1000000, 1000, NULL);
    expect_refusal("nlopt", 10000000, 1000, "variables|10000000 x 1000");
  }
  if (is_built("ipopt")) {
    expect_refusal("ipopt", 20000, 100, NULL);
    expect_refusal("ipopt", 20000, 1000, "2000000|memory|20000 x 1000");
  }
}
END_TEST

START_TEST(slsqp_has_no_other_chart) {
  if (is_built("nlopt")) {
    expect_refusal("nlopt:method=slsqp,chart=ratio", 10, 3, NULL);
    expect_refusal("nlopt:method=slsqp,chart=softmax", 10, 3, "slsqp|ratio");
  }
}
END_TEST

/* Built or not, they are in the table, with options that can be read. */
START_TEST(what_is_missing_is_said) {
#ifdef YS_HAVE_IPOPT
  ck_assert(is_built("ipopt"));
#else
  ck_assert_str_eq(ys_solver_find("ipopt", 5)->missing, "coinor-libipopt-dev");
  expect_refusal("ipopt:mu=adaptive", 10, 3, "ipopt|not built");
#endif
#ifdef YS_HAVE_NLOPT
  ck_assert(is_built("nlopt"));
#else
  ck_assert_str_eq(ys_solver_find("nlopt", 5)->missing, "libnlopt-dev");
  expect_refusal("nlopt:method=mma", 10, 3, "nlopt|not built");
#endif
}
END_TEST

int main(void) {
  Suite *suite = suite_create("rivals");
  TCase *tests = tcase_create("rivals");
  tcase_set_timeout(tests, 120);
  tcase_add_loop_test(tests, every_pair_is_solved, 0, SPECS);
  tcase_add_loop_test(tests, the_weaker_ones_come_near, 0, LOOSE);
  tcase_add_loop_test(tests, they_agree_with_em, 0, SPECS);
  tcase_add_loop_test(tests, they_end_by_themselves, 0, SPECS);
  tcase_add_loop_test(tests, they_stop_at_any_step, 0, SPECS + LOOSE);
  tcase_add_loop_test(tests, two_at_a_time_do_not_meet, 0, SPECS);
  tcase_add_loop_test(tests, they_keep_silent_and_read_nothing, 0, SPECS);
  tcase_add_test(tests, what_is_too_large_is_refused);
  tcase_add_test(tests, slsqp_has_no_other_chart);
  tcase_add_test(tests, what_is_missing_is_said);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
