/* Laws that every solver of the table obeys, with its defaults and with other
 * options: whatever the data, iterates are labels, and what should converge
 * does, to the same optimum. */
#include "problems/certificate.h"
#include "tests/support/solver_run.h"

#include "problems/problem.h"

/* A spec, and what more than the laws for all is expected of it. */
typedef struct subject {
  const char *spec;
  bool monotone;
  bool exact; /* closes the gap of an easy problem */
} subject;

static const subject variants[] = {
    {"em", true, true},
    {"em:accel=squarem", false, true},
    {"em:accel=anderson", false, true},
    {"pgd", true, true},
    {"pgd:accel=1", true, true},
    {"pgd:step=bb", false, true},
    {"pgd:step=0.02", false, true},
    {"pgd:step=0.02,accel=1", false, true},
    {"pgd:step=100", false, false},
    {"md", true, true},
    {"md:accel=1", true, true},
    {"md:step=0.1", false, true},
    {"md:step=0.1,accel=1", false, true},
    {"md:step=100", false, false},
    {"gsl", true, false},
    {"gsl:method=bfgs", true, false},
    {"gsl:method=conjugate_fr", true, false},
    {"gsl:method=conjugate_pr", true, false},
    {"gsl:method=steepest", true, false},
    {"gsl:method=nmsimplex2", true, false},
};

enum { VARIANTS = sizeof variants / sizeof *variants, MOST_SUBJECTS = 64 };

/* The variants, and the defaults of every solver that has none there. */
static subject subjects[MOST_SUBJECTS];
static int subject_count;

static bool has_variant(const char *name) {
  for (int i = 0; i < VARIANTS; i++)
    if (strcmp(variants[i].spec, name) == 0)
      return true;
  return false;
}

static void list_subjects(void) {
  memcpy(subjects, variants, sizeof variants);
  subject_count = VARIANTS;
  for (size_t i = 0; ys_solvers[i]; i++)
    if (!ys_solvers[i]->missing && !has_variant(ys_solvers[i]->name))
      subjects[subject_count++] = (subject){ys_solvers[i]->name, false, false};
}

/* ------------------------------------------------------- the problems ---- */

static const double lambdas[] = {0, 0.1, 1, 10};
static const size_t shapes[][2] = {{1, 2}, {1, 5}, {12, 2}, {30, 4}, {20, 7}};
enum { LAMBDAS = 4, SHAPES = 5 };

/* Uniform, sigma itself, or random; NULL if F is infinite there. */
static double *make_start(const fixture *f, gsl_rng *rng, int which) {
  const ys_objective *o = &f->objective;
  double *y = random_labels(rng, FLAT, f->batch.rows, f->batch.classes);
  if (which == 0)
    ys_start_uniform(o, y);
  if (which == 1)
    ys_start_sigma(o, y);
  if (o->loss == YS_SHANNON)
    avoid_zeros(&f->batch, y);
  if (isfinite(reference_value(o, y)))
    return y;
  free(y);
  return NULL;
}

/* --------------------------------------------------------- every step ---- */

static void check_step(const subject *s, solver_run *run, fixture *f,
                       const double *y, ys_step step, double *last) {
  ys_verdict verdict = judge_run(run, f, y);
  ck_assert_msg(step == YS_STEP_ON || step == YS_STEP_STALLED ||
                    (step == YS_STEP_FAILED && run->error.text[0] &&
                     run->error.code == YS_BAD_NUMERICS),
                "%s: status %d without a reason", s->spec, (int)step);
  ck_assert_msg(verdict.row_sum_error <= 1e-12 && verdict.least_entry >= 0,
                "%s: row sums off by %g, least entry %g", s->spec,
                verdict.row_sum_error, verdict.least_entry);
  ck_assert_msg(isfinite(verdict.objective), "%s: F = %g", s->spec,
                verdict.objective);
  ck_assert_msg(verdict.gap >= 0, "%s: gap %g", s->spec, verdict.gap);
  ck_assert_msg(!s->monotone || verdict.objective <=
                                    *last + 1e-13 * (1 + f->objective.lambda),
                "%s: F rose from %.17g to %.17g", s->spec, *last,
                verdict.objective);
  ck_assert_msg(!s->monotone || step != YS_STEP_FAILED, "%s: %s", s->spec,
                run->error.text);
  *last = verdict.objective;
}

/* Some steps, or as many as there are. */
static void check_run(const subject *s, fixture *f, double *y) {
  solver_run run;
  ys_step step = YS_STEP_ON;
  if (!begin_run(&run, s->spec, &f->objective, y)) {
    ck_assert_int_eq(run.error.code, YS_UNSUPPORTED);
    ck_assert_int_ne(run.error.text[0], '\0');
    return;
  }
  double last = judge_run(&run, f, y).objective;
  for (int i = 0; i < 30 && step == YS_STEP_ON; i++) {
    step = next_step(&run, y);
    check_step(s, &run, f, y, step, &last);
  }
  end_run(&run);
}

START_TEST(every_step_gives_labels) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const subject *s = &subjects[_i];
  for (int pair = 0; pair < PAIRS; pair++)
    for (int kind = 0; kind < ROW_KINDS; kind++)
      for (int round = 0; round < 10; round++) {
        fixture f;
        double prior[MOST_CLASSES];
        const size_t *shape = shapes[round % SHAPES];
        flat_row(rng, prior, shape[1]);
        setup(&f, random_batch(rng, (row_kind)kind, shape[0], shape[1]), pair,
              lambdas[gsl_rng_uniform_int(rng, LAMBDAS)],
              round % 2 ? prior : NULL);
        double *y = make_start(&f, rng, round % 3);
        if (y)
          check_run(s, &f, y);
        free(y);
        teardown(&f);
      }
  gsl_rng_free(rng);
}
END_TEST

/* --------------------------------------------------------- convergence ---- */

/* The smallest certified gap within so many steps, and F there. */
typedef struct reached {
  double gap, objective;
} reached;

/* No run (an infinite gap) where the solver does not serve the objective. */
static reached run_until(const char *spec, fixture *f, double gap, int steps) {
  reached best = {INFINITY, INFINITY};
  double *y = calloc(f->batch.rows * f->batch.classes, sizeof *y);
  solver_run run;
  ys_step step = YS_STEP_ON;
  ys_start_uniform(&f->objective, y);
  if (begin_run(&run, spec, &f->objective, y)) {
    for (int i = 0; i < steps && step == YS_STEP_ON && best.gap > gap; i++) {
      step = next_step(&run, y);
      ys_verdict verdict = judge_run(&run, f, y);
      if (verdict.gap < best.gap)
        best = (reached){verdict.gap, verdict.objective};
    }
    end_run(&run);
  }
  free(y);
  return best;
}

/* Rows that stay away from zero, where reverse's curvature has no bound. */
static ys_batch gentle_batch(gsl_rng *rng, size_t rows, size_t classes) {
  ys_batch batch = random_batch(rng, FLAT, rows, classes);
  for (size_t e = 0; e < rows * classes; e++)
    batch.sigma[e] = (batch.sigma[e] + 1 / (double)classes) / 2;
  return batch;
}

/* Each test is one problem. No lower bound is above any solver's F. */
START_TEST(solvers_agree_within_their_gaps) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const double lambda = lambdas[_i % LAMBDAS], small = 1e-5;
  double least = INFINITY, bound = -INFINITY;
  int exact = 0;
  fixture f;
  setup(&f, gentle_batch(rng, 30, 4), _i / LAMBDAS, lambda, NULL);
  for (int i = 0; i < subject_count; i++) {
    const subject *s = &subjects[i];
    reached at = run_until(s->spec, &f, small, s->exact ? 20000 : 100);
    bool served = isfinite(at.gap);
    ck_assert_msg(!s->exact || !served || at.gap <= small, "%s: gap %g",
                  s->spec, at.gap);
    exact += s->exact && served;
    least = fmin(least, at.objective);
    bound = served ? fmax(bound, at.objective - at.gap) : bound;
  }
  ck_assert_int_ge(exact, 9); /* pgd and md serve everything */
  ck_assert_double_le(bound, least + 1e-13 * (1 + lambda));
  ck_assert_double_ge(bound, least - small);
  teardown(&f);
  gsl_rng_free(rng);
}
END_TEST

START_TEST(planted_optima_are_found) {
  const subject *s = &subjects[_i];
  const char *problems[] = {"planted:M=40,K=3", "planted:M=30,K=6,seed=2"};
  for (int i = 0; i < 2; i++) {
    fixture f;
    ys_batch batch;
    ck_assert_int_eq(ys_problem_make(problems[i], 1, &batch, NULL), YS_OK);
    setup(&f, batch, 0, batch.planted_lambda, NULL);
    reached at = run_until(s->spec, &f, 1e-4, s->exact ? 20000 : 100);
    if (isfinite(at.gap)) {
      double above = at.objective - batch.planted_optimum;
      ck_assert_msg(above >= -1e-12 && above <= at.gap + 1e-12,
                    "%s: %g above the optimum, gap %g", s->spec, above, at.gap);
      ck_assert_msg(!s->exact || at.gap <= 1e-4, "%s: gap %g", s->spec, at.gap);
    }
    teardown(&f);
  }
}
END_TEST

/* ------------------------------------------------------------- threads ---- */

START_TEST(threads_do_not_change_a_bit) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  enum { ROWS = 1500, CLASSES = 8 };
  const size_t bytes = ROWS * CLASSES * sizeof(double);
  double *results[3] = {NULL};
  fixture f;
  solver_run run;
  setup(&f, random_batch(rng, FLAT, ROWS, CLASSES), 0, 1, NULL);
  for (int t = 0; t < 3; t++) {
    f.objective.threads = t + 1;
    results[t] = calloc(1, bytes);
    ys_start_uniform(&f.objective, results[t]);
    if (!begin_run(&run, subjects[_i].spec, &f.objective, results[t]))
      continue;
    for (int i = 0; i < 8; i++)
      next_step(&run, results[t]);
    end_run(&run);
    ck_assert_mem_eq(results[t], results[0], bytes);
  }
  for (int t = 0; t < 3; t++)
    free(results[t]);
  teardown(&f);
  gsl_rng_free(rng);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("solvers");
  TCase *tests = tcase_create("laws");
  list_subjects();
  tcase_set_timeout(tests, 240);
  tcase_add_loop_test(tests, every_step_gives_labels, 0, subject_count);
  tcase_add_loop_test(tests, solvers_agree_within_their_gaps, 0,
                      PAIRS * LAMBDAS);
  tcase_add_loop_test(tests, planted_optima_are_found, 0, subject_count);
  tcase_add_loop_test(tests, threads_do_not_change_a_bit, 0, subject_count);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
