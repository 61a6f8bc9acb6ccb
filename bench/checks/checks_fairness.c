/* Laws of the fairness terms, divergences both: never negative, and 0 where the
 * column means are the prior. Control: at a random point they are not 0. */
#include "bench/checks/checker.h"

#include <string.h>

enum { POINTS = 40 };

/* fairness(ybar): F at lambda = 1 less F at lambda = 0. */
static double fairness_at(const checker *c, check_stage *stage,
                          const double *y) {
  stage->objective.lambda = 0;
  double loss = checker_value(c, stage, y);
  stage->objective.lambda = 1;
  return checker_value(c, stage, y) - loss;
}

static ys_code try_fairness(const checker *c, check_stage *stage,
                            check_tally *tallies, ys_error *error) {
  const size_t n = stage->objective.batch->classes;
  (void)error;
  checker_point(c, stage, 1, stage->y);
  for (size_t i = 0; i < stage->objective.batch->rows; i++)
    memcpy(stage->from + i * n, stage->objective.prior,
           n * sizeof *stage->from);
  check_count(&tallies[0], -fairness_at(c, stage, stage->y));
  check_count(&tallies[2], fabs(fairness_at(c, stage, stage->y)));
  check_count(&tallies[1], fabs(fairness_at(c, stage, stage->from)));
  return YS_OK;
}

const check_trial check_fairness = {
    .laws = {{"fairness_not_negative", 1e-14, true},
             {"fairness_zero_at_prior", 1e-14, true},
             {"fairness_zero_anywhere", 1e-14, false}},
    .pairs = CHECK_EACH_FAIRNESS, /* whose loss is subtracted */
    .no_loss = true,
    .at = {{1, true}},
    .lambdas = 1,
    .stages = POINTS,
    .try = try_fairness};
