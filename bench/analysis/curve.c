#include "bench/analysis/curve.h"

#include "problems/vector/array.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>

/* Where a run came closer than ever before. */
typedef struct advance {
  double x, gap;
} advance;

typedef struct workspace {
  advance *advances; /* of all runs, one behind the other */
  size_t *next;      /* runs: the first advance of each not yet passed */
  size_t *end;       /* runs: one past the last advance of each */
  double *levels;    /* the gaps of all advances, in the end ascending */
  double *values;    /* runs: when each was within a level */
  size_t total;
} workspace;

static ys_code make_workspace(const solver_runs *solver, workspace *work,
                              ys_error *error) {
  size_t points = 1;
  for (size_t r = 0; r < solver->count; r++)
    points += solver->runs[r]->traced;
  *work = (workspace){.advances = ys_array(points, sizeof *work->advances),
                      .next = ys_array(solver->count, sizeof *work->next),
                      .end = ys_array(solver->count, sizeof *work->end),
                      .levels = ys_array(points, sizeof *work->levels),
                      .values = ys_array(solver->count, sizeof *work->values)};
  return work->advances && work->next && work->end && work->levels &&
                 work->values
             ? YS_OK
             : ys_fail_memory(error, "a curve");
}

static void free_workspace(workspace *work) {
  free(work->advances);
  free(work->next);
  free(work->end);
  free(work->levels);
  free(work->values);
}

static void add_advances(const result_row *run, cost_kind cost, workspace *work,
                         bool *floored) {
  double best = INFINITY;
  for (size_t i = 0; i < run->traced; i++) {
    const trace_point *point = &run->trace[i];
    double gap = fmax(point->gap, CURVE_FLOOR);
    if (isnan(point->gap) || !(gap < best))
      continue;
    best = gap;
    *floored = *floored || point->gap < CURVE_FLOOR;
    work->levels[work->total] = gap;
    work->advances[work->total++] = (advance){
        cost == COST_TIME ? point->solve_seconds : (double)point->iteration,
        gap};
  }
}

/* Quantiles of when the runs were first within `gap`; levels must come in
 * descending order. */
static curve_point measure(workspace *work, size_t runs, double gap) {
  for (size_t r = 0; r < runs; r++) {
    while (work->next[r] < work->end[r] &&
           work->advances[work->next[r]].gap > gap)
      work->next[r]++;
    work->values[r] = work->next[r] < work->end[r]
                          ? work->advances[work->next[r]].x
                          : INFINITY;
  }
  double low = quantile(work->values, runs, GAP_BAND_LOW / 100.0);
  return (curve_point){
      gap, quantile_of_sorted(work->values, runs, 0.5), low,
      quantile_of_sorted(work->values, runs, GAP_BAND_HIGH / 100.0)};
}

ys_code curve_make(const solver_runs *solver, cost_kind cost, curve *made,
                   ys_error *error) {
  workspace work;
  *made = (curve){0};
  ys_code code = make_workspace(solver, &work, error);
  for (size_t r = 0; !code && r < solver->count; r++) {
    work.next[r] = work.total;
    add_advances(solver->runs[r], cost, &work, &made->floored);
    work.end[r] = work.total;
  }
  if (!code) {
    made->points = ys_array(work.total + 1, sizeof *made->points);
    if (!made->points)
      code = ys_fail_memory(error, "a curve");
    else
      gsl_sort(work.levels, 1, work.total);
  }
  for (size_t i = work.total; !code && i-- > 0;) {
    if (i + 1 < work.total && work.levels[i] == work.levels[i + 1])
      continue;
    curve_point point = measure(&work, solver->count, work.levels[i]);
    if (isfinite(point.low))
      made->points[made->count++] = point;
  }
  free_workspace(&work);
  return code;
}

void curve_free(curve *made) {
  free(made->points);
  *made = (curve){0};
}

bool curve_point_is_drawable(const curve_point *point) {
  return point->median > 0 && isfinite(point->median);
}

bool curve_is_drawable(const curve *made) {
  for (size_t i = 0; i < made->count; i++)
    if (curve_point_is_drawable(&made->points[i]))
      return true;
  return false;
}
