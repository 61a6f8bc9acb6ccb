/* The engine of `ystep check`: whether the objective, its gradient, its bound
 * and the losses obey the mathematics they are used by, tried on random points
 * of a batch; with negative controls, which are expected to be violated and
 * show that a check is able to fail. It prints nothing: findings go to a sink.
 */
#ifndef CHECKS_H
#define CHECKS_H

#include "problems/certificate.h"
#include "problems/objective.h"

typedef struct check_finding {
  const char *check, *problem;
  const char *loss, *fairness; /* "-" where a check does not concern it */
  size_t samples; /* points, pairs or entries tried; those outside the domain
                     are not counted */
  double worst;   /* the largest violation, negative if there is room to spare;
                     0 without samples */
  double tolerance;
  bool expected; /* that the law holds; false for a negative control */
} check_finding;

/* Whether the law was seen to hold: worst <= tolerance. */
bool check_observed(const check_finding *finding);
/* Whether that is what was expected. A control that had nothing to try has
 * failed. */
bool check_passed(const check_finding *finding);

/* Receives one finding; anything but YS_OK ends the checks. */
typedef ys_code check_sink(void *context, const check_finding *finding,
                           ys_error *error);

/* What is being checked; the library's own functions by default. */
typedef struct check_subject {
  double (*value)(const ys_objective *, const double *y, ys_scratch *);
  double (*gradient)(const ys_objective *, const double *y, double *gradient,
                     ys_scratch *);
  double (*bound)(const ys_objective *, const double *nu, ys_scratch *);
  ys_verdict (*judge)(const ys_objective *, const ys_labels *y,
                      const double *hint, ys_scratch *);
} check_subject;

extern const check_subject check_library;

typedef struct check_task {
  const ys_batch *batch;
  const char *problem; /* its name in the findings */
  unsigned long seed;
  int threads;
  const check_subject *subject;
} check_task;

/* Run every check on (a sample of rows of) the batch. */
ys_code checks_run(const check_task *task, check_sink *sink, void *context,
                   ys_error *error);

/* For a figure: the objective along random segments. In the last panel sigma
 * moves along with y, where collision is not convex. */
enum { CHECK_PANELS = YS_LOSSES + 1, CHECK_CURVES = 5, CHECK_POINTS = 101 };

typedef struct check_panel {
  const char *name;                         /* "collision", ..., "joint" */
  double value[CHECK_CURVES][CHECK_POINTS]; /* at t = 0, 0.01, ..., 1 */
} check_panel;

ys_code checks_segments(const check_task *task,
                        check_panel panels[CHECK_PANELS], ys_error *error);

#endif
