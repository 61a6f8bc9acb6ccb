/* Weak duality: no lower bound, at any multipliers or from the judge, is above
 * the value of any y; and the judge's gap is at most Frank and Wolfe's. Near an
 * optimum the bounds are tight, so that a bound raised by a little is caught:
 * the control. */
#include "bench/checks/checker.h"
#include "problems/certificate.h"

#include "solvers/solver.h"

#include <gsl/gsl_randist.h>
#include <string.h>

static const check_law WEAK_DUALITY = {"weak_duality", 0, true};
static const check_law RAISED = {"bound_raised_by_0.01", 0, false};
static const check_law TIGHTER = {"gap_at_most_frank_wolfe", 1e-12, true};

enum { POINTS = 12 };

typedef double bound_function(const ys_objective *, const double *nu,
                              ys_scratch *);
typedef ys_verdict judge_function(const ys_objective *, const double *y,
                                  const double *hint, ys_scratch *);

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
static void see_point(const checker *c, check_stage *stage,
                      bound_function *bound, judge_function *judge,
                      extremes *seen, check_tally *tighter) {
  const size_t n = stage->objective.batch->classes;
  double *nu = stage->gradient;
  ys_verdict verdict =
      judge(&stage->objective, stage->y, NULL, &stage->scratch);
  if (verdict.objective == INFINITY)
    return;
  seen->least_value = fmin(seen->least_value, verdict.objective);
  seen->values++;
  see_bound(seen, verdict.lower_bound);
  memcpy(nu, stage->scratch.nu, n * sizeof *nu);
  double frank_wolfe =
      ys_frank_wolfe_gap(&stage->objective, stage->y, &stage->scratch);
  if (frank_wolfe < INFINITY)
    check_count(tighter, (verdict.gap - frank_wolfe) /
                             (1 + frank_wolfe + largest(nu, n)));
  see_bound(seen, bound(&stage->objective, nu, &stage->scratch));
  for (size_t k = 0; k < n; k++)
    nu[k] *= gsl_ran_gamma(c->rng, 4, 0.25);
  see_bound(seen, bound(&stage->objective, nu, &stage->scratch));
}

/* Leave in stage->y a point near the optimum, where EM serves; false if not. */
static bool approach(check_stage *stage) {
  enum { MOST_STEPS = 5000, JUDGE_EVERY = 50 };
  const ys_solver *em = ys_solver_find("em", 2);
  ys_options options;
  void *work;
  if (!em || ys_options_parse("em", em->options, NULL, &options, NULL))
    return false;
  ys_start_uniform(&stage->objective, stage->y);
  bool serves = !em->supports(&stage->objective, &options, NULL) &&
                !em->init(&work, &stage->objective, &options, stage->y, NULL);
  ys_options_free(&options);
  for (int step = 1; serves && step <= MOST_STEPS; step++)
    if (em->step(work, stage->y, NULL) != YS_STEP_ON ||
        (step % JUDGE_EVERY == 0 &&
         ys_judge(&stage->objective, stage->y, NULL, &stage->scratch).gap <
             1e-4))
      break;
  if (serves)
    em->free(work);
  return serves;
}

static ys_code try_bounds(const checker *c, const ys_batch *sample, int pair,
                          double lambda, bound_function *bound,
                          judge_function *judge, check_tally *duality,
                          check_tally *tighter, ys_error *error) {
  check_stage stage;
  extremes seen = {INFINITY, -INFINITY, 0, 0};
  ys_code code = checker_stage(c, sample, pair, lambda, true, &stage, error);
  if (code)
    return code;
  for (int point = 0; point < POINTS; point++) {
    checker_point(c, &stage, point % 3 ? 1 : 0.2, stage.y);
    see_point(c, &stage, bound, judge, &seen, tighter);
  }
  if (approach(&stage))
    see_point(c, &stage, bound, judge, &seen, tighter);
  if (seen.values) {
    check_count(duality, seen.greatest_bound - seen.least_value);
    duality->samples += seen.values * seen.bounds - 1;
  }
  check_stage_free(&stage);
  return YS_OK;
}

static ys_code try_pair(const checker *c, const ys_batch *sample, int pair,
                        ys_error *error) {
  static const double lambdas[] = {0, 0.1, 1, 10};
  check_tally duality = NO_SAMPLES, tighter = NO_SAMPLES;
  ys_code code = YS_OK;
  for (size_t l = 0; !code && l < 4; l++)
    code = try_bounds(c, sample, pair, lambdas[l], c->subject->bound,
                      c->subject->judge, &duality, &tighter, error);
  if (!code)
    code = check_report_pair(c, &WEAK_DUALITY, pair, duality, error);
  if (!code)
    code = check_report_pair(c, &TIGHTER, pair, tighter, error);
  return code;
}

/* The control: a bound that is a little too high. */
static double raised_bound(const ys_objective *objective, const double *nu,
                           ys_scratch *scratch) {
  return ys_lower_bound(objective, nu, scratch) + 0.01;
}

static ys_code try_raised(const checker *c, const ys_batch *sample,
                          ys_error *error) {
  const int pair = YS_COLLISION * YS_FAIRNESSES + YS_STRONG;
  check_tally duality = NO_SAMPLES, unused = NO_SAMPLES;
  ys_code code = try_bounds(c, sample, pair, 1, raised_bound, ys_judge,
                            &duality, &unused, error);
  return code ? code : check_report_pair(c, &RAISED, pair, duality, error);
}

ys_code check_bounds(const checker *c, ys_error *error) {
  ys_batch sample;
  ys_code code = checker_sample(c, CHECK_ROWS, CHECK_ALL, &sample, error);
  if (code)
    return code;
  checker_empty_some(&sample);
  for (int pair = 0; !code && pair < CHECK_PAIRS; pair++)
    code = try_pair(c, &sample, pair, error);
  if (!code)
    code = try_raised(c, &sample, error);
  ys_batch_free(&sample);
  return code;
}
