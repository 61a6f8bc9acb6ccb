#include "bench/analysis/gaptable.h"

#include "problems/vector/array.h"

#include <math.h>
#include <stdlib.h>

static double seconds_per_iteration(const result_row *run) {
  return run->solve_seconds / (double)run->iterations;
}

static double iterations_of(const result_row *run) {
  return (double)run->iterations;
}

static double setup_of(const result_row *run) {
  return run->setup_seconds;
}

static double solve_of(const result_row *run) {
  return run->solve_seconds;
}

static double gap_of(const result_row *run) {
  return isnan(run->gap) ? INFINITY : run->gap;
}

/* The median of a number over the runs; runs where it is not a number do not
 * count. `values` is memory for one number a run. */
static double median(const solver_runs *solver,
                     double (*number)(const result_row *), double *values) {
  size_t count = 0;
  for (size_t i = 0; i < solver->count; i++) {
    double value = number(solver->runs[i]);
    if (!isnan(value))
      values[count++] = value;
  }
  return count ? quantile(values, count, 0.5) : NAN;
}

static ys_code fill_row(const gap_table *table, const solver_runs *solver,
                        gap_row *row, ys_error *error) {
  double *values = ys_array(solver->count, sizeof *values);
  ys_code code = YS_OK;
  if (!values)
    return ys_fail_memory(error, "a row of the table");
  row->solver = solver;
  row->iterations = median(solver, iterations_of, values);
  row->setup_seconds = median(solver, setup_of, values);
  row->solve_seconds = median(solver, solve_of, values);
  row->seconds_per_iteration = median(solver, seconds_per_iteration, values);
  row->gap = median(solver, gap_of, values);
  solver_runs_status(solver, row->status, sizeof row->status);
  free(values);
  for (size_t i = 0; !code && i < table->gap_count; i++)
    code = timetogap_summarise(solver, table->gaps[i], &row->to[i], error);
  return code;
}

static size_t count_rows(const group_set *set) {
  size_t rows = 0;
  for (size_t g = 0; g < set->count; g++)
    rows += set->groups[g].solver_count;
  return rows;
}

ys_code gaptable_make(const group_set *set, const double *gaps,
                      size_t gap_count, gap_table *table, ys_error *error) {
  size_t rows = count_rows(set), next = 0;
  ys_code code = YS_OK;
  *table = (gap_table){.set = set, .gaps = gaps, .gap_count = gap_count};
  table->rows = calloc(rows, sizeof *table->rows);
  table->summaries =
      calloc(ys_times(rows, gap_count), sizeof *table->summaries);
  if (!table->rows || !table->summaries)
    code = ys_fail_memory(error, "the table");
  for (size_t g = 0; !code && g < set->count; g++) {
    const run_group *group = &set->groups[g];
    for (size_t s = 0; !code && s < group->solver_count; s++, next++) {
      table->rows[next].to = table->summaries + next * gap_count;
      code = fill_row(table, &group->solvers[s], &table->rows[next], error);
    }
  }
  if (code)
    gaptable_free(table);
  return code;
}

void gaptable_free(gap_table *table) {
  free(table->rows);
  free(table->summaries);
  *table = (gap_table){0};
}
