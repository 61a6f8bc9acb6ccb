/* Convexity in y: F on a segment is nowhere above the chord between its ends.
 * Control: collision is not convex in sigma and y together, though it is in
 * each alone. */
#include "bench/checks/checker.h"

static const check_law CONVEX = {"convexity", 1e-13, true};
static const check_law JOINTLY_CONVEX = {"convexity_in_sigma_and_y", 1e-13,
                                         false};

static const double TIMES[] = {0.05, 0.25, 0.5, 0.75, 0.95};
enum { TIME_COUNT = sizeof TIMES / sizeof *TIMES, SEGMENTS = 12 };

/* How far F at t is above the chord, relative to the values subtracted. */
static double above_chord(double from, double to, double t, double value) {
  double chord = (1 - t) * from + t * to;
  return (value - chord) / (1 + fabs(from) + fabs(to));
}

static void try_segment(const checker *c, check_stage *stage,
                        check_tally *tally) {
  const ys_batch *batch = stage->objective.batch;
  /* from nearly one-hot rows to nearly uniform ones */
  static const double parameters[] = {0.1, 0.5, 1, 5};
  checker_point(c, stage, parameters[gsl_rng_uniform_int(c->rng, 4)],
                stage->from);
  checker_point(c, stage, parameters[gsl_rng_uniform_int(c->rng, 4)],
                stage->to);
  double from =
      c->subject->value(&stage->objective, stage->from, &stage->scratch);
  double to = c->subject->value(&stage->objective, stage->to, &stage->scratch);
  if (from == INFINITY || to == INFINITY)
    return;
  for (size_t i = 0; i < TIME_COUNT; i++) {
    check_between(stage->from, stage->to, TIMES[i], stage->y,
                  batch->rows * batch->classes);
    check_count(tally,
                above_chord(from, to, TIMES[i],
                            c->subject->value(&stage->objective, stage->y,
                                              &stage->scratch)));
  }
}

static ys_code try_pair(const checker *c, const ys_batch *sample, int pair,
                        ys_error *error) {
  static const double lambdas[] = {0.1, 1, 10};
  check_tally tally = NO_SAMPLES;
  for (size_t l = 0; l < 3; l++) {
    check_stage stage;
    ys_code code =
        checker_stage(c, sample, pair, lambdas[l], l != 1, &stage, error);
    if (code)
      return code;
    for (int segment = 0; segment < SEGMENTS; segment++)
      try_segment(c, &stage, &tally);
    check_stage_free(&stage);
  }
  return check_report_pair(c, &CONVEX, pair, tally, error);
}

/* A segment of one row along which sigma and y move together, y = sigma: the
 * loss there is the collision entropy of sigma, larger between than at the
 * ends. */
static void try_joint_segment(const checker *c, check_row *row,
                              check_tally *tally) {
  const size_t n = row->batch.classes;
  double *from = row->stage.from, *to = row->stage.to, *both = row->stage.y;
  checker_row(c, 0.5, from, n);
  checker_row(c, 0.5, to, n);
  double start = check_row_loss(c, row, YS_COLLISION, from, from);
  double end = check_row_loss(c, row, YS_COLLISION, to, to);
  for (size_t i = 0; i < TIME_COUNT; i++) {
    check_between(from, to, TIMES[i], both, n);
    check_count(tally,
                above_chord(start, end, TIMES[i],
                            check_row_loss(c, row, YS_COLLISION, both, both)));
  }
}

static ys_code try_joint(const checker *c, ys_error *error) {
  check_tally tally = NO_SAMPLES;
  check_row row;
  ys_code code = checker_row_open(c, c->setting->batch->classes, &row, error);
  if (code)
    return code;
  for (int segment = 0; segment < 10 * SEGMENTS; segment++)
    try_joint_segment(c, &row, &tally);
  check_row_close(&row);
  return check_report(c, &JOINTLY_CONVEX, ys_loss_name(YS_COLLISION), NULL,
                      tally, error);
}

ys_code check_convexity(const checker *c, ys_error *error) {
  ys_batch sample;
  ys_code code = checker_sample(c, CHECK_ROWS, CHECK_ALL, &sample, error);
  if (code)
    return code;
  for (int pair = 0; !code && pair < CHECK_PAIRS; pair++)
    code = try_pair(c, &sample, pair, error);
  ys_batch_free(&sample);
  return code ? code : try_joint(c, error);
}
