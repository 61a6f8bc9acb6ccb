/* Convexity in y: F on a segment is nowhere above the chord between its ends.
 * Control: collision is not convex in sigma and y together, though it is in
 * each alone. */
#include "bench/checks/checker.h"

#include <stdint.h>

enum { SEGMENTS = 12 };

/* Few rows, so that segments differ: the mean of many rows looks the same along
 * each. */
enum { FIGURE_ROWS = 4 };

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

/* -------------------------------------------------------- for a figure ---- */

/* F, or jointly the loss of one row, along segments between peaked points:
 * those bend the most. */
static ys_code fill_panel(const checker *c, const ys_batch *rows, int pair,
                          bool jointly, check_panel *panel, ys_error *error) {
  check_stage stage;
  ys_code code =
      checker_stage(c, rows, pair, jointly ? 0 : 1, false, &stage, error);
  for (int curve = 0; !code && curve < CHECK_CURVES; curve++) {
    checker_point(c, &stage, 0.3, stage.from);
    checker_point(c, &stage, 0.3, stage.to);
    for (int point = 0; point < CHECK_POINTS; point++) {
      check_between(&stage, (double)point / (CHECK_POINTS - 1), stage.y);
      panel->value[curve][point] = value_at(c, &stage, stage.y, jointly);
    }
  }
  check_stage_free(&stage);
  return code;
}

static ys_code fill_panels(const checker *c, const ys_batch *sample,
                           check_panel panels[CHECK_PANELS], ys_error *error) {
  ys_batch row;
  ys_code code = YS_OK;
  for (int loss = 0; !code && loss < YS_LOSSES; loss++) {
    panels[loss].name = ys_loss_name((ys_loss)loss);
    code = fill_panel(c, sample, loss * YS_FAIRNESSES + YS_STRONG, false,
                      &panels[loss], error);
  }
  if (!code)
    code = ys_batch_alloc(&row, c->task->problem, 1, sample->classes, error);
  if (code)
    return code;
  panels[YS_LOSSES].name = "joint";
  code = fill_panel(c, &row, CHECK_MAIN, true, &panels[YS_LOSSES], error);
  ys_batch_free(&row);
  return code;
}

ys_code checks_segments(const check_task *task,
                        check_panel panels[CHECK_PANELS], ys_error *error) {
  checker c;
  ys_batch sample;
  ys_code code = checker_open(&c, task, NULL, NULL, error);
  if (code)
    return code;
  code = checker_sample(&c, FIGURE_ROWS, SIZE_MAX, &sample, error);
  if (!code) {
    code = fill_panels(&c, &sample, panels, error);
    ys_batch_free(&sample);
  }
  checker_close(&c);
  return code;
}
