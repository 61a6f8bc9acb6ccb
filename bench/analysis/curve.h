/* What a convergence figure draws of a solver: the fixed-target view of its
 * repeats. For each gap that a run recorded, the quantiles over the runs of
 * when they were first within it. */
#ifndef CURVE_H
#define CURVE_H

#include "bench/analysis/timetogap.h"

/* Gaps below are drawn as this: zero has no place on a logarithmic axis. Of a
 * run that was to stop at a gap none is drawn below that: how far its last step
 * went beyond says nothing about the solver. */
#define CURVE_FLOOR 1e-16

/* Quantiles of when the runs were first within `gap`: seconds or iterations,
 * infinite where too few runs were ever. */
typedef struct curve_point {
  double gap, median, low, high;
} curve_point;

typedef struct curve {
  curve_point *points; /* by descending gap; owned */
  size_t count;
  bool floored; /* a gap was below CURVE_FLOOR, and drawn there */
} curve;

/* The levels are the running minima of all the runs' gaps, as far as finite; a
 * level that so few runs reached that not even the low quantile is finite is
 * left out. One run gives its own recorded points. */
ys_code curve_make(const solver_runs *solver, cost_kind cost, curve *made,
                   ys_error *error);
void curve_free(curve *made);

/* Whether the point has a place on logarithmic axes. */
bool curve_point_is_drawable(const curve_point *point);
bool curve_is_drawable(const curve *made);

#endif
