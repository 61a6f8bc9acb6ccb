/* Laws of the fairness terms, divergences both: never negative, and 0 where the
 * column means are the prior. Control: at a random point they are not 0. */
#include "bench/checks/checker.h"

#include <string.h>

static const check_law NOT_NEGATIVE = {"fairness_not_negative", 1e-14, true};
static const check_law ZERO = {"fairness_zero_at_prior", 1e-14, true};
static const check_law ZERO_ANYWHERE = {"fairness_zero_anywhere", 1e-14, false};

enum { POINTS = 40 };

/* fairness(ybar): F at lambda = 1 less F at lambda = 0. */
static double fairness_at(const checker *c, check_stage *stage,
                          const double *y) {
  stage->objective.lambda = 0;
  double loss = c->subject->value(&stage->objective, y, &stage->scratch);
  stage->objective.lambda = 1;
  return c->subject->value(&stage->objective, y, &stage->scratch) - loss;
}

static ys_code try_fairness(const checker *c, const ys_batch *sample,
                            ys_fairness fairness, ys_error *error) {
  check_tally sign = NO_SAMPLES, zero = NO_SAMPLES, anywhere = NO_SAMPLES;
  const size_t n = sample->classes;
  const char *name = ys_fairness_name(fairness);
  check_stage stage;
  ys_code code = YS_OK;
  for (int point = 0; point < POINTS; point++) {
    code = checker_stage(c, sample, (int)fairness, 1, true, &stage, error);
    if (code)
      return code;
    checker_point(c, &stage, 1, stage.y);
    for (size_t i = 0; i < sample->rows; i++)
      memcpy(stage.from + i * n, stage.objective.prior, n * sizeof *stage.from);
    check_count(&sign, -fairness_at(c, &stage, stage.y));
    check_count(&anywhere, fabs(fairness_at(c, &stage, stage.y)));
    check_count(&zero, fabs(fairness_at(c, &stage, stage.from)));
    check_stage_free(&stage);
  }
  code = check_report(c, &NOT_NEGATIVE, NULL, name, sign, error);
  if (!code)
    code = check_report(c, &ZERO, NULL, name, zero, error);
  if (!code)
    code = check_report(c, &ZERO_ANYWHERE, NULL, name, anywhere, error);
  return code;
}

ys_code check_fairness(const checker *c, ys_error *error) {
  ys_batch sample;
  ys_code code = checker_sample(c, CHECK_ROWS, CHECK_ALL, &sample, error);
  if (code)
    return code;
  for (int f = 0; !code && f < YS_FAIRNESSES; f++)
    code = try_fairness(c, &sample, (ys_fairness)f, error);
  ys_batch_free(&sample);
  return code;
}
