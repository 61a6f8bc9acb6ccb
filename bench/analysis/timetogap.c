#include "bench/analysis/timetogap.h"

#include "problems/vector/array.h"

#include <math.h>
#include <stdlib.h>

gap_reached timetogap(const result_row *run, double gap) {
  for (size_t i = 0; i < run->traced; i++)
    if (run->trace[i].gap <= gap)
      return (gap_reached){run->trace[i].solve_seconds,
                           (double)run->trace[i].iteration};
  return (gap_reached){INFINITY, INFINITY};
}

double timetogap_best(const result_row *run) {
  double best = INFINITY;
  for (size_t i = 0; i < run->traced; i++)
    best = fmin(best, run->trace[i].gap);
  return best;
}

double quantile_of_sorted(const double *values, size_t count, double q) {
  double place = q * (double)(count - 1);
  size_t below = (size_t)place;
  double weight = place - (double)below;
  if (weight < 1e-9) /* rounding alone: 0.1 * 30 is no whole number */
    return values[below];
  if (isinf(values[below + 1]))
    return INFINITY;
  return values[below] + weight * (values[below + 1] - values[below]);
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

double quantile(double *values, size_t count, double q) {
  qsort(values, count, sizeof *values, ascending);
  return quantile_of_sorted(values, count, q);
}

ys_code timetogap_summarise(const solver_runs *solver, double gap,
                            gap_summary *summary, ys_error *error) {
  size_t count = solver->count;
  double *values = ys_array(ys_times(4, count), sizeof *values);
  if (!values)
    return ys_fail_memory(error, "a summary of repeats");
  double *seconds = values, *iterations = values + count;
  double *spent = values + 2 * count, *best = values + 3 * count;
  *summary = (gap_summary){.gap = gap, .runs = count};
  for (size_t i = 0; i < count; i++) {
    gap_reached reached = timetogap(solver->runs[i], gap);
    seconds[i] = reached.seconds;
    iterations[i] = reached.iterations;
    spent[i] = solver->runs[i]->solve_seconds;
    best[i] = timetogap_best(solver->runs[i]);
    summary->reached += isfinite(reached.seconds) != 0;
  }
  summary->seconds = quantile(seconds, count, 0.5);
  summary->seconds_low =
      quantile_of_sorted(seconds, count, GAP_BAND_LOW / 100.0);
  summary->seconds_high =
      quantile_of_sorted(seconds, count, GAP_BAND_HIGH / 100.0);
  summary->iterations = quantile(iterations, count, 0.5);
  summary->iterations_low =
      quantile_of_sorted(iterations, count, GAP_BAND_LOW / 100.0);
  summary->iterations_high =
      quantile_of_sorted(iterations, count, GAP_BAND_HIGH / 100.0);
  summary->spent = quantile(spent, count, 0.5);
  summary->best = quantile(best, count, 0.5);
  free(values);
  return YS_OK;
}
