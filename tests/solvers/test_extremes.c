/* What every solver keeps where doubles come to their ends: sigma and start
 * points with zeros, denormal entries and equal rows, lambda from 1e-8 to 1e8,
 * priors to 1e-20, a single row, more classes than rows. */
#include "problems/certificate.h"
#include "problems/problem.h"
#include "tests/support/solver_run.h"

typedef struct law {
  const char *spec;
  bool descends; /* F never rises but by rounding */
  bool may_fail; /* a fixed step may leave the domain, and says so */
} law;

static const law laws[] = {
    {"fw", true, false},
    {"fw:corrective=none", true, false},
    {"em", true, false},
    {"em:accel=squarem", true, false},
    {"em:accel=anderson", true, false},
    {"pgd", true, false},
    {"pgd:accel=1", true, false},
    {"pgd:step=bb", false, false},
    {"pgd:step=0.1", false, true},
    {"md", true, false},
    {"md:accel=1", true, false},
    {"md:step=0.1", false, true},
};

enum { LAWS = sizeof laws / sizeof *laws };

/* ------------------------------------------------------- the batches ---- */

typedef enum extreme {
  POWERS,    /* entries down to 1e-320 */
  DENORMALS, /* a third of the entries a few units of the least double */
  EQUAL,     /* all entries alike */
  EXTREMES,
} extreme;

static void extreme_row(gsl_rng *rng, extreme kind, double *row, size_t n) {
  double sum = 0;
  const size_t one = gsl_rng_uniform_int(rng, n);
  for (size_t k = 0; k < n; k++) {
    const double part = gsl_rng_uniform(rng);
    row[k] = 1;
    if (kind == POWERS)
      row[k] = k == one ? 1 : pow(10, -320 * part);
    else if (kind == DENORMALS && k != one)
      row[k] = part < 0.3 ? 0x1p-1074 * (1 + floor(3000 * part)) : part;
    sum += row[k];
  }
  for (size_t k = 0; k < n; k++)
    row[k] /= sum;
}

static void any_row(gsl_rng *rng, double *row, size_t n) {
  const unsigned long kind = gsl_rng_uniform_int(rng, MIXED + EXTREMES);
  if (kind < MIXED)
    random_row(rng, (row_kind)kind, row, n);
  else
    extreme_row(rng, (extreme)(kind - MIXED), row, n);
}

/* Rows of one kind or of all; one of ten batches has the same row throughout.
 */
static ys_batch extreme_batch(gsl_rng *rng, size_t rows, size_t n) {
  const unsigned long kind = gsl_rng_uniform_int(rng, ROW_KINDS + EXTREMES);
  const bool alike = gsl_rng_uniform_int(rng, 10) == 0;
  ys_batch batch = random_batch(rng, FLAT, rows, n);
  for (size_t i = 0; i < rows; i++) {
    double *row = batch.sigma + i * n;
    if (alike && i > 0)
      memcpy(row, batch.sigma, n * sizeof *row);
    else if (kind < MIXED)
      random_row(rng, (row_kind)kind, row, n);
    else if (kind == MIXED)
      any_row(rng, row, n);
    else
      extreme_row(rng, (extreme)(kind - ROW_KINDS), row, n);
  }
  return batch;
}

static void extreme_prior(gsl_rng *rng, double *prior, size_t n) {
  const unsigned long kind = gsl_rng_uniform_int(rng, 5);
  const double least = pow(10, -20 * gsl_rng_uniform(rng));
  double sum = 0;
  for (size_t k = 0; k < n; k++) {
    prior[k] = kind == 0   ? 1
               : kind == 1 ? (k % 2 ? least : 1)
               : kind == 2 ? pow(2, -(double)k)
               : kind == 3 ? (k ? least : 1)
                           : pow(10, -12 * gsl_rng_uniform(rng));
    sum += prior[k];
  }
  for (size_t k = 0; k < n; k++)
    prior[k] /= sum;
}

static double *extreme_start(gsl_rng *rng, const fixture *f) {
  const size_t rows = f->batch.rows, n = f->batch.classes;
  const unsigned long kind = gsl_rng_uniform_int(rng, 3);
  double *y = random_labels(rng, FLAT, rows, n);
  if (kind == 0)
    ys_start_uniform(&f->objective, y);
  else if (kind == 1)
    ys_start_sigma(&f->objective, y);
  for (size_t i = 0; i < rows && kind == 2; i++)
    any_row(rng, y + i * n, n);
  return y;
}

static double *extreme_case(gsl_rng *rng, fixture *f) {
  const size_t rows =
      1 + gsl_rng_uniform_int(rng, 1 + gsl_rng_uniform_int(rng, 40));
  const size_t n = 2 + gsl_rng_uniform_int(rng, MOST_CLASSES - 1);
  double prior[MOST_CLASSES];
  extreme_prior(rng, prior, n);
  setup(f, extreme_batch(rng, rows, n), (int)gsl_rng_uniform_int(rng, PAIRS),
        gsl_rng_uniform_int(rng, 20) ? pow(10, 16 * gsl_rng_uniform(rng) - 8)
                                     : 0,
        prior);
  return extreme_start(rng, f);
}

/* ---------------------------------------------------------- the laws ---- */

typedef struct trial {
  const law *law;
  int round;
  fixture *f;
  solver_run run;
  double value, bound; /* F, and the best bound so far */
} trial;

#define assert_law(t, holds, ...)                                              \
  do {                                                                         \
    char what_[600];                                                           \
    snprintf(what_, sizeof what_, __VA_ARGS__);                                \
    ck_assert_msg(holds, "%s, round %d, %zu x %zu, %s %s, lambda %g: %s",      \
                  (t)->law->spec, (t)->round, (t)->f->batch.rows,              \
                  (t)->f->batch.classes, ys_loss_name((t)->f->objective.loss), \
                  ys_fairness_name((t)->f->objective.fairness),                \
                  (t)->f->objective.lambda, what_);                            \
  } while (0)

static double scale_of(const trial *t) {
  return 1 + fabs(t->value) + t->f->objective.lambda;
}

/* It stops where nothing is left but rounding, or says what keeps it. */
static void check_stall(trial *t) {
  double gap = t->value - t->bound;
  assert_law(t, gap <= 1e-9 + 1e-13 * scale_of(t) || t->run.error.text[0],
             "stalled with a gap of %g", gap);
}

static ys_step check_step(trial *t, double *y) {
  t->run.error = (ys_error){0};
  ys_step step = next_step(&t->run, y);
  ys_verdict verdict = judge_run(&t->run, t->f, y);
  double rise = verdict.objective - t->value;
  assert_law(t, isfinite(verdict.objective), "F is %g", verdict.objective);
  assert_law(t, verdict.row_sum_error <= 1e-12 && verdict.least_entry >= 0,
             "a row sum is off by %g, an entry %g", verdict.row_sum_error,
             verdict.least_entry);
  if (t->law->descends)
    assert_law(t, rise <= 1e-13 * scale_of(t), "F rises by %g", rise);
  if (step == YS_STEP_FAILED)
    assert_law(t, t->law->may_fail && t->run.error.text[0], "it fails: '%s'",
               t->run.error.text);
  t->value = verdict.objective;
  t->bound = fmax(t->bound, verdict.lower_bound);
  return step;
}

static void check_trial(trial *t, double *y, int steps) {
  ys_step step = YS_STEP_ON;
  t->value = ys_objective_value(&t->f->objective, y, &t->f->scratch);
  t->bound = -INFINITY;
  if (!isfinite(t->value) ||
      !begin_run(&t->run, t->law->spec, &t->f->objective, y))
    return;
  for (int i = 0; i < steps && step == YS_STEP_ON; i++)
    step = check_step(t, y);
  if (step == YS_STEP_STALLED)
    check_stall(t);
  end_run(&t->run);
}

START_TEST(laws_hold_on_random_batches) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int round = 0; round < 1000; round++) {
    fixture f;
    trial t = {.law = laws + _i, .round = round, .f = &f};
    double *y = extreme_case(rng, &f);
    check_trial(&t, y, 40);
    free(y);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

/* ------------------------------------------------- batches from the field ----
 */

static void alternate(double *prior, size_t n, double least) {
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    sum += prior[k] = k % 2 ? least : 1;
  for (size_t k = 0; k < n; k++)
    prior[k] /= sum;
}

/* Each was once taken out of the domain, or left far from the optimum. */
static const struct {
  const char *problem;
  int pair;
  double lambda, least; /* of the alternating prior; 1 is uniform */
} members[] = {
    {"gaussian:M=3,K=8,scale=2,seed=4", 0, 1e-4, 1},
    {"gaussian:M=3,K=12,scale=2,seed=3", 0, 1e-3, 1},
    {"gaussian:M=9,K=20,scale=4", 0, 1, 1e-13},
    {"gaussian:M=7,K=20,scale=4,seed=2", 2, 1, 1e-13},
    {"dirichlet:M=3,K=20,seed=11", 0, 1e-4, 1},
    {"dirichlet:M=2000,K=2", 0, 100, 1e-6},
    {"dirichlet:M=1,K=6", 1, 1e-4, 1},
    {"gaussian:M=3,K=9,scale=4", 1, 1e-5, 1},
    {"gaussian:M=20,K=2", 3, 100, 1e-6},
};

START_TEST(batches_from_the_field) {
  for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
    fixture f;
    ys_batch batch;
    double prior[32];
    trial t = {.law = laws + _i, .round = (int)i, .f = &f};
    ck_assert_int_eq(ys_problem_make(members[i].problem, 1, &batch, NULL),
                     YS_OK);
    alternate(prior, batch.classes, members[i].least);
    setup(&f, batch, members[i].pair, members[i].lambda, prior);
    double *y = malloc(batch.rows * batch.classes * sizeof *y);
    ys_start_uniform(&f.objective, y);
    check_trial(&t, y, 300);
    free(y);
    teardown(&f);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("extremes");
  TCase *tcase = tcase_create("extremes");
  tcase_set_timeout(tcase, 60);
  tcase_add_loop_test(tcase, laws_hold_on_random_batches, 0, LAWS);
  tcase_add_loop_test(tcase, batches_from_the_field, 0, LAWS);
  suite_add_tcase(suite, tcase);
  return run_suite(suite);
}
