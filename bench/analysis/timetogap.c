#include "bench/analysis/timetogap.h"

#include "problems/vector/array.h"

#include <gsl/gsl_sort.h>
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

double quantile(double *values, size_t count, double q) {
  gsl_sort(values, 1, count);
  return quantile_of_sorted(values, count, q);
}

cost_band cost_band_of(double *values, size_t count) {
  double median = quantile(values, count, 0.5);
  return (cost_band){quantile_of_sorted(values, count, GAP_BAND_LOW / 100.0),
                     median,
                     quantile_of_sorted(values, count, GAP_BAND_HIGH / 100.0)};
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
  summary->to[COST_TIME] = cost_band_of(seconds, count);
  summary->to[COST_ITERATION] = cost_band_of(iterations, count);
  summary->spent = quantile(spent, count, 0.5);
  summary->best = quantile(best, count, 0.5);
  free(values);
  return YS_OK;
}

/* --------------------------------------- of all y-steps, to one gap ------ */

/* Whether the solver does not serve the y-step, or was not built. */
static bool is_unsupported(const solver_runs *solver) {
  for (size_t i = 0; i < solver->count; i++)
    if (!result_has_status(solver->runs[i], RUN_UNSUPPORTED))
      return false;
  return true;
}

gap_summary *gap_matrix_at(const gap_matrix *of, size_t group, size_t solver) {
  return &of->cells[group * of->solvers->count + solver];
}

static ys_code fill_group(gap_matrix *made, size_t group, ys_error *error) {
  const run_group *runs = &made->set->groups[group];
  ys_code code = YS_OK;
  for (size_t s = 0; !code && s < runs->solver_count; s++) {
    const solver_runs *solver = &runs->solvers[s];
    size_t number = solver_style_number(made->solvers, solver->solver);
    if (!is_unsupported(solver))
      code = timetogap_summarise(solver, made->gap,
                                 gap_matrix_at(made, group, number), error);
  }
  return code;
}

ys_code gap_matrix_make(const group_set *set, const solver_styles *solvers,
                        double gap, gap_matrix *made, ys_error *error) {
  ys_code code = YS_OK;
  *made = (gap_matrix){set, solvers, gap, NULL};
  made->cells =
      calloc(ys_times(set->count, solvers->count), sizeof *made->cells);
  if (!made->cells)
    return ys_fail_memory(error, "the times to a gap");
  for (size_t g = 0; !code && g < set->count; g++)
    code = fill_group(made, g, error);
  if (code)
    gap_matrix_free(made);
  return code;
}

void gap_matrix_free(gap_matrix *made) {
  free(made->cells);
  made->cells = NULL;
}

bool gap_matrix_ran(const gap_matrix *of, size_t solver) {
  for (size_t g = 0; g < of->set->count; g++)
    if (gap_matrix_at(of, g, solver)->runs)
      return true;
  return false;
}

/* -------------------------------------- of all solvers, to many gaps ----- */

/* The medians over the runs; those of which a number is none do not count. */
static ys_code fill_row(const gap_table *table, const solver_runs *solver,
                        gap_row *row, ys_error *error) {
  double *values = ys_array(solver->count, sizeof *values);
  double *const to[] = {&row->iterations, &row->setup_seconds,
                        &row->solve_seconds, &row->seconds_per_iteration,
                        &row->gap};
  ys_code code = YS_OK;
  if (!values)
    return ys_fail_memory(error, "a row of the table");
  for (size_t n = 0; n < sizeof to / sizeof *to; n++) {
    size_t count = 0;
    for (size_t i = 0; i < solver->count; i++) {
      const result_row *run = solver->runs[i];
      const double of[] = {(double)run->iterations, run->setup_seconds,
                           run->solve_seconds,
                           run->solve_seconds / (double)run->iterations,
                           isnan(run->gap) ? INFINITY : run->gap};
      if (!isnan(of[n]))
        values[count++] = of[n];
    }
    *to[n] = count ? quantile(values, count, 0.5) : NAN;
    if (to[n] == &row->seconds_per_iteration)
      row->noise = count > 1 ? (values[count - 1] - values[0]) / *to[n] : NAN;
  }
  free(values);
  row->solver = solver;
  solver_runs_status(solver, row->status, sizeof row->status);
  for (size_t i = 0; !code && i < table->gap_count; i++)
    code = timetogap_summarise(solver, table->gaps[i], &row->to[i], error);
  return code;
}

ys_code gap_table_make(const group_set *set, const double *gaps,
                       size_t gap_count, gap_table *table, ys_error *error) {
  size_t rows = groups_count_solvers(set), next = 0;
  *table = (gap_table){.set = set, .gaps = gaps, .gap_count = gap_count};
  table->rows = ys_take(&table->memory, rows, sizeof *table->rows, "the table");
  gap_summary *summaries = ys_take(&table->memory, ys_times(rows, gap_count),
                                   sizeof *summaries, "the table");
  ys_code code = ys_memory_check(&table->memory, error);
  for (size_t g = 0; !code && g < set->count; g++) {
    const run_group *group = &set->groups[g];
    for (size_t s = 0; !code && s < group->solver_count; s++, next++) {
      table->rows[next].to = summaries + next * gap_count;
      code = fill_row(table, &group->solvers[s], &table->rows[next], error);
    }
  }
  if (code)
    gap_table_free(table);
  return code;
}

void gap_table_free(gap_table *table) {
  ys_give_back(&table->memory);
  *table = (gap_table){0};
}
