#include "bench/analysis/curve.h"

#include "problems/vector/array.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>

typedef struct workspace {
  const solver_runs *solver;
  cost_kind cost;
  size_t *next;   /* a run each: its first point within the last level */
  double *levels; /* the running minima of the gaps, in the end ascending */
  double *values; /* a run each: when it was within a level */
  size_t total;   /* levels */
  ys_memory memory;
} workspace;

static ys_code make_workspace(const solver_runs *solver, cost_kind cost,
                              workspace *work, ys_error *error) {
  const char *const what = "a curve";
  size_t points = 1;
  for (size_t r = 0; r < solver->count; r++)
    points += solver->runs[r]->traced;
  *work = (workspace){.solver = solver, .cost = cost};
  work->next = ys_take(&work->memory, solver->count, sizeof *work->next, what);
  work->levels = ys_take_numbers(&work->memory, points, what);
  work->values = ys_take_numbers(&work->memory, solver->count, what);
  return ys_memory_check(&work->memory, error);
}

/* The least gap of the run that is drawn. */
static double lowest_level(const result_row *run) {
  return run->settings ? fmax(run->settings->tolerance, CURVE_FLOOR)
                       : CURVE_FLOOR;
}

static void add_levels(workspace *work, const result_row *run, bool *floored) {
  const double lowest = lowest_level(run);
  double best = INFINITY;
  for (size_t i = 0; i < run->traced; i++) {
    double gap = run->trace[i].gap;
    if (isnan(gap) || !(fmax(gap, lowest) < best))
      continue;
    best = fmax(gap, lowest);
    *floored = *floored || best == CURVE_FLOOR;
    work->levels[work->total++] = best;
  }
}

/* Quantiles of when the runs were first within `gap`; levels must come in
 * descending order. */
static curve_point measure(workspace *work, double gap) {
  const size_t runs = work->solver->count;
  for (size_t r = 0; r < runs; r++) {
    const result_row *run = work->solver->runs[r];
    size_t *next = &work->next[r];
    while (*next < run->traced && !(run->trace[*next].gap <= gap))
      ++*next;
    const trace_point *within = &run->trace[*next];
    work->values[r] = *next == run->traced      ? INFINITY
                      : work->cost == COST_TIME ? within->solve_seconds
                                                : (double)within->iteration;
  }
  cost_band band = cost_band_of(work->values, runs);
  return (curve_point){gap, band.median, band.low, band.high};
}

ys_code curve_make(const solver_runs *solver, cost_kind cost, curve *made,
                   ys_error *error) {
  workspace work;
  *made = (curve){0};
  ys_code code = make_workspace(solver, cost, &work, error);
  for (size_t r = 0; !code && r < solver->count; r++)
    add_levels(&work, solver->runs[r], &made->floored);
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
    curve_point point = measure(&work, work.levels[i]);
    if (isfinite(point.low))
      made->points[made->count++] = point;
  }
  ys_give_back(&work.memory);
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
