/* Convexity in y: F on a segment is nowhere above the chord between its ends.
 * Control: collision is not convex in sigma and y together, though it is in
 * each alone. */
#include "bench/checks/checker.h"

enum { SEGMENTS = 12 };

/* F, or with sigma and y moving together, y = sigma, the loss of collision:
 * the collision entropy of sigma, larger between than at the ends. */
static double value_at(const checker *c, check_stage *stage, const double *y,
                       bool jointly) {
  return jointly ? checker_loss(c, stage, YS_COLLISION, y, y)
                 : checker_value(c, stage, y);
}

/* How far it is above the chord, relative to the values subtracted. */
static void try_segment(const checker *c, check_stage *stage, bool jointly,
                        check_tally *tally) {
  static const double times[] = {0.05, 0.25, 0.5, 0.75, 0.95};
  double from = value_at(c, stage, stage->from, jointly);
  double to = value_at(c, stage, stage->to, jointly);
  if (from == INFINITY || to == INFINITY)
    return;
  for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
    double t = times[i], chord = (1 - t) * from + t * to;
    check_between(stage, t, stage->y);
    check_count(tally, (value_at(c, stage, stage->y, jointly) - chord) /
                           (1 + fabs(from) + fabs(to)));
  }
}

static ys_code try_convexity(const checker *c, check_stage *stage,
                             check_tally *tallies, ys_error *error) {
  /* from nearly one-hot rows to nearly uniform ones */
  static const double parameters[] = {0.1, 0.5, 1, 5};
  (void)error;
  checker_point(c, stage, parameters[gsl_rng_uniform_int(c->rng, 4)],
                stage->from);
  checker_point(c, stage, parameters[gsl_rng_uniform_int(c->rng, 4)],
                stage->to);
  try_segment(c, stage, false, tallies);
  return YS_OK;
}

static ys_code try_joint(const checker *c, check_stage *stage,
                         check_tally *tallies, ys_error *error) {
  (void)error;
  checker_point(c, stage, 0.5, stage->from);
  checker_point(c, stage, 0.5, stage->to);
  try_segment(c, stage, true, tallies);
  return YS_OK;
}

const check_trial check_convexity = {.laws = {{"convexity", 1e-13, true}},
                                     .tries = SEGMENTS,
                                     .try = try_convexity};

const check_trial check_joint_convexity = {
    .laws = {{"convexity_in_sigma_and_y", 1e-13, false}},
    .kind = CHECK_PLANTED,
    .rows = 1,
    .pairs = CHECK_MAIN_PAIR,
    .no_fairness = true,
    .lambdas = 1,
    .tries = 10 * SEGMENTS,
    .try = try_joint};
