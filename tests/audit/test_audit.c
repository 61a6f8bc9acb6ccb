/* A slice of the audit of `make soak`, and the audit itself: its optimum
 * against optima in closed form, and that it hears of every law broken. */
#include "tests/support/audit_case.h"

#include "problems/problem.h"
#include "tests/support/fixture.h"

/* ------------------------------------------------------ the reference ---- */

START_TEST(the_reference_finds_planted_optima) {
  const char *specs[] = {"planted:M=12,K=3", "planted:M=30,K=6,seed=2",
                         "planted:M=40,K=12,seed=3"};
  for (int i = 0; i < 3; i++) {
    fixture f;
    ys_batch batch;
    truth_bracket b;
    ck_assert_int_eq(ys_problem_make(specs[i], 1, &batch, NULL), YS_OK);
    setup(&f, batch, 0, batch.planted_lambda, NULL);
    ck_assert(truth_bracket_optimum(&f.objective, &b));
    assert_close((double)b.upper, batch.planted_optimum, 1e-14);
    ck_assert(b.lower <= b.upper);
    teardown(&f);
  }
}
END_TEST

/* One row, y = ybar: F of reverse + strong is sum -a ln y + lambda sum u ln u
 * with a = sigma + lambda u, least at y = a / sum a. */
START_TEST(the_reference_finds_the_optimum_of_one_row) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const double lambdas[] = {1e-8, 1e-3, 1, 1e3, 1e8};
  for (int l = 0; l < 5; l++) {
    fixture f;
    truth_bracket b;
    quad best = 0, sum = 0, a[7], lambda = lambdas[l];
    double prior[7];
    flat_row(rng, prior, 7);
    setup(&f, random_batch(rng, FLAT, 1, 7),
          YS_REVERSE * YS_FAIRNESSES + YS_STRONG, lambdas[l], prior);
    for (size_t k = 0; k < 7; k++)
      sum += a[k] = f.batch.sigma[k] + lambda * f.objective.prior[k];
    for (size_t k = 0; k < 7; k++)
      best += lambda * f.objective.prior[k] * logq(f.objective.prior[k]) -
              a[k] * logq(a[k] / sum);
    ck_assert(truth_bracket_optimum(&f.objective, &b));
    assert_close((double)((b.upper - best) / (1 + lambda)), 0, 1e-18);
    ck_assert(b.lower <= best + (quad)1e-24 * (1 + lambda));
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

/* ------------------------------------------------- what the audit hears ----
 */

static void note(void *context, const char *law, const char *details) {
  char *heard = context;
  (void)details;
  strcat(strcat(heard, law), ";");
}

/* Case 7 solved by one solver, then told otherwise than it was. */
typedef struct tale {
  audit_case c;
  truth_bracket bracket;
  audit_run run;
  char heard[1000];
} tale;

static void begin_tale(tale *t) {
  for (long number = 7;; number += 6) {
    ck_assert(case_make(&t->c, number));
    ck_assert(truth_bracket_optimum(&t->c.objective, &t->bracket));
    ck_assert(audit_run_case(&t->c, &audit_subjects[2], true, &t->run));
    if (t->run.result.status == RUN_CONVERGED && t->run.result.traced > 3)
      break;
    audit_run_free(&t->run);
    case_free(&t->c);
  }
}

static void end_tale(tale *t, const char *expected) {
  t->heard[0] = '\0';
  audit_check(&t->c, &t->run, &t->bracket, note, t->heard);
  ck_assert_msg(strstr(t->heard, expected), "heard '%s', not '%s'", t->heard,
                expected);
  audit_run_free(&t->run);
  case_free(&t->c);
}

static trace_point *last_of(tale *t) {
  return &t->run.result.trace[t->run.result.traced - 1];
}

static void raise_bound(tale *t) {
  last_of(t)->lower_bound = (double)t->bracket.upper * (1 + 1e-13) + 1e-14;
}
static void lower_bound_falls(tale *t) {
  last_of(t)->lower_bound = t->run.result.trace[2].lower_bound - 1;
}
static void shift_objective(tale *t) {
  t->run.seen[0].point.objective += 1e-5 * (1 + t->c.objective.lambda);
}
static void sink_objective(tale *t) {
  last_of(t)->objective =
      (double)t->bracket.lower - 1e-5 * (1 + t->c.objective.lambda);
}
static void shrink_gap(tale *t) {
  t->run.seen[0].value = t->bracket.upper + 1 + t->c.objective.lambda;
  t->run.seen[0].point.gap = 1e-9;
}
static void leave_simplex(tale *t) {
  t->run.seen[1].row_error = 1.1e-12;
}
static void turn_negative(tale *t) {
  t->run.seen[1].least = -1e-300;
}
static void turn_infinite(tale *t) {
  t->run.result.trace[1].objective = INFINITY;
}
static void turn_nan(tale *t) {
  t->run.result.trace[1].gap = NAN;
}
static void end_worse(tale *t) {
  t->run.result.last.objective += 1e-5 * (1 + t->c.objective.lambda);
}
static void claim(tale *t) {
  t->run.result.last.gap = 1.05e-9;
}
static void stall(tale *t) {
  t->run.result.status = RUN_STALLED;
  t->run.result.last.gap = 10;
}
static void stall_with_a_word(tale *t) {
  stall(t);
  strcpy(t->run.result.message, "can go no further");
}
static void fall_silent(tale *t) {
  t->run.result.status = RUN_FAILED;
}

typedef struct lie {
  void (*tell)(tale *);
  const char *heard;
} lie;

static const lie lies[] = {
    {raise_bound, "BOUND ABOVE THE OPTIMUM"},
    {lower_bound_falls, "lower_bound falls"},
    {shift_objective, "objective is not F"},
    {sink_objective, "objective below the optimum"},
    {shrink_gap, "gap too small"},
    {leave_simplex, "off the simplex"},
    {turn_negative, "off the simplex"},
    {turn_infinite, "infinite"},
    {turn_nan, "no number"},
    {end_worse, "worse than its best"},
    {claim, "converged above the tolerance"},
    {stall, "stalled without a word"},
    {stall_with_a_word, AUDIT_STALL},
    {fall_silent, "failed without a word"},
};
enum { LIES = sizeof lies / sizeof *lies };

START_TEST(the_audit_hears_every_lie) {
  tale t;
  begin_tale(&t);
  lies[_i].tell(&t);
  end_tale(&t, lies[_i].heard);
}
END_TEST

/* ------------------------------------------------------------ the slice ----
 */

enum { SLICE = 60, MOST_ENTRIES = 300 };

START_TEST(no_solver_breaks_a_law) {
  audit_case c;
  truth_bracket bracket;
  if (!case_make(&c, _i))
    return;
  if (c.rows * c.classes <= MOST_ENTRIES) {
    ck_assert(truth_bracket_optimum(&c.objective, &bracket));
    audit_solvers(&c, &bracket);
  }
  case_free(&c);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("audit");
  TCase *reference = tcase_create("reference");
  tcase_add_test(reference, the_reference_finds_planted_optima);
  tcase_add_test(reference, the_reference_finds_the_optimum_of_one_row);
  suite_add_tcase(suite, reference);
  TCase *audit = tcase_create("audit");
  tcase_add_loop_test(audit, the_audit_hears_every_lie, 0, LIES);
  tcase_add_loop_test(audit, no_solver_breaks_a_law, 1, SLICE);
  suite_add_tcase(suite, audit);
  return run_suite(suite);
}
