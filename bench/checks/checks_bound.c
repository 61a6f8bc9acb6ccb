/* Weak duality: no lower bound, at any multipliers or from the judge, is above
 * the value of any y; and the judge's gap is at most Frank and Wolfe's. Near an
 * optimum the bounds are tight, so that a bound raised by a little is caught:
 * the control. */
#include "bench/checks/checker.h"
#include "problems/certificate.h"

#include "solvers/solver.h"

#include <gsl/gsl_randist.h>
#include <string.h>

enum { POINTS = 12 };

/* What was seen of one objective: all bounds are below all values. */
typedef struct extremes {
  double least_value, greatest_bound;
  size_t values, bounds;
} extremes;

static void see_bound(extremes *seen, double bound) {
  if (!(bound <= seen->greatest_bound))
    seen->greatest_bound = isnan(bound) ? INFINITY : bound;
  seen->bounds++;
}

static double largest(const double *nu, size_t n) {
  double most = 0;
  for (size_t k = 0; k < n; k++)
    most = fmax(most, fabs(nu[k]));
  return most;
}

/* Value at y, bounds there and at random multipliers. */
static void see_point(const checker *c, check_stage *stage, extremes *seen,
                      check_tally *tighter) {
  const size_t n = stage->objective.batch->classes;
  const ys_labels y = check_labels(stage);
  double *nu = stage->gradient;
  ys_verdict verdict = checker_judge(c, stage, NULL);
  if (verdict.objective == INFINITY)
    return;
  seen->least_value = fmin(seen->least_value, verdict.objective);
  seen->values++;
  see_bound(seen, verdict.lower_bound);
  memcpy(nu, stage->scratch.nu, n * sizeof *nu);
  double frank_wolfe =
      ys_frank_wolfe_gap(&stage->objective, &y, &stage->scratch);
  if (frank_wolfe < INFINITY)
    check_count(tighter, (verdict.gap - frank_wolfe) /
                             (1 + frank_wolfe + largest(nu, n)));
  see_bound(seen, c->subject->bound(&stage->objective, nu, &stage->scratch));
  for (size_t k = 0; k < n; k++)
    nu[k] *= gsl_ran_gamma(c->rng, 4, 0.25);
  see_bound(seen, c->subject->bound(&stage->objective, nu, &stage->scratch));
}

/* Leave in stage->y a point near the optimum, where EM serves; false if not. */
static bool approach(check_stage *stage) {
  enum { MOST_STEPS = 5000, JUDGE_EVERY = 50 };
  const ys_solver *em = ys_solver_find("em", 2);
  ys_options options;
  void *work;
  if (!em || ys_options_parse("em", em->options, NULL, &options, NULL))
    return false;
  ys_labels y = check_labels(stage);
  ys_start_uniform(&stage->objective, y.dense);
  bool serves = !em->supports(&stage->objective, &options, NULL) &&
                !em->init(&work, &stage->objective, &options, &y, NULL);
  ys_options_free(&options);
  for (int step = 1; serves && step <= MOST_STEPS; step++)
    if (em->step(work, &y, NULL) != YS_STEP_ON ||
        (step % JUDGE_EVERY == 0 &&
         ys_certify(&stage->objective, &y, NULL, &stage->scratch).gap < 1e-4))
      break;
  if (serves)
    em->free(work);
  return serves;
}

static ys_code try_bounds(const checker *c, check_stage *stage,
                          check_tally *tallies, ys_error *error) {
  extremes seen = {INFINITY, -INFINITY, 0, 0};
  (void)error;
  for (int point = 0; point < POINTS; point++) {
    checker_point(c, stage, point % 3 ? 1 : 0.2, stage->y);
    see_point(c, stage, &seen, &tallies[1]);
  }
  if (approach(stage))
    see_point(c, stage, &seen, &tallies[1]);
  if (seen.values) {
    check_count(&tallies[0], seen.greatest_bound - seen.least_value);
    tallies[0].samples += seen.values * seen.bounds - 1;
  }
  return YS_OK;
}

/* The control: a bound that is a little too high. */
static double raised_bound(const ys_objective *objective, const double *nu,
                           ys_scratch *scratch) {
  return ys_lower_bound(objective, nu, scratch) + 0.01;
}

const check_trial check_bounds = {
    .laws = {{"weak_duality", 0, true},
             {"gap_at_most_frank_wolfe", 1e-12, true}},
    .kind = CHECK_ZEROS,
    .at = {{0, true}, {0.1, true}, {1, true}, {10, true}},
    .lambdas = 4,
    .try = try_bounds};

const check_trial check_raised_bound = {
    .laws = {{"bound_raised_by_0.01", 0, false}},
    .kind = CHECK_ZEROS,
    .pairs = CHECK_MAIN_PAIR,
    .at = {{1, true}},
    .lambdas = 1,
    .instead = {.bound = raised_bound, .judge = ys_certify},
    .try = try_bounds};
