#include "bench/analysis/pivot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const solver_runs *pivot_runs(const pivot *of, size_t group, size_t solver) {
  const run_group *runs = &of->matrix.set->groups[group];
  for (size_t s = 0; s < runs->solver_count; s++)
    if (strcmp(runs->solvers[s].solver, of->solvers.names[solver]) == 0)
      return &runs->solvers[s];
  return NULL;
}

/* A limit of no end is none. */
double pivot_penalty(const group_set *set) {
  double limit = 0, longest = 0;
  for (size_t g = 0; g < set->count; g++)
    for (size_t s = 0; s < set->groups[g].solver_count; s++) {
      const solver_runs *solver = &set->groups[g].solvers[s];
      for (size_t i = 0; i < solver->count; i++) {
        const result_row *run = solver->runs[i];
        if (isfinite(run->solve_seconds))
          longest = fmax(longest, run->solve_seconds);
        if (run->settings && isfinite(run->settings->time_limit))
          limit = fmax(limit, run->settings->time_limit);
      }
    }
  return limit > 0 ? limit : longest;
}

static void sum_up(const pivot *of, pivot_row *row) {
  const size_t ysteps = of->matrix.set->count;
  double sum = 0;
  for (size_t g = 0; g < ysteps; g++) {
    const gap_summary *to = gap_matrix_at(&of->matrix, g, row->solver);
    const bool solved = to->runs && isfinite(to->to[COST_TIME].median);
    row->solved += solved;
    sum += log((solved ? to->to[COST_TIME].median : of->penalty) + PIVOT_SHIFT);
  }
  row->seconds = fmax(exp(sum / (double)ysteps) - PIVOT_SHIFT, 0);
}

static int by_rank(const void *a, const void *b) {
  const pivot_row *x = a, *y = b;
  if (x->solved != y->solved)
    return x->solved > y->solved ? -1 : 1;
  if (x->seconds != y->seconds)
    return x->seconds < y->seconds ? -1 : 1;
  return (x->solver > y->solver) - (x->solver < y->solver);
}

static void rank(pivot *made) {
  double least = INFINITY;
  for (size_t i = 0; i < made->count; i++) {
    made->rows[i].solver = i;
    sum_up(made, &made->rows[i]);
    least = fmin(least, made->rows[i].seconds);
  }
  for (size_t i = 0; i < made->count; i++)
    made->rows[i].times = least > 0 ? made->rows[i].seconds / least : NAN;
  qsort(made->rows, made->count, sizeof *made->rows, by_rank);
}

ys_code pivot_make(const group_set *set, double gap, pivot *made,
                   ys_error *error) {
  *made = (pivot){.penalty = pivot_penalty(set)};
  ys_code code = solver_styles_make(set, NULL, &made->solvers, error);
  if (!code)
    code = gap_matrix_make(set, &made->solvers, gap, &made->matrix, error);
  made->count = made->solvers.count;
  made->rows = ys_take(&made->memory, made->count, sizeof *made->rows,
                       "the pivot table");
  if (!code)
    code = ys_memory_check(&made->memory, error);
  if (code)
    pivot_free(made);
  else
    rank(made);
  return code;
}

void pivot_free(pivot *made) {
  gap_matrix_free(&made->matrix);
  solver_styles_free(&made->solvers);
  ys_give_back(&made->memory);
  *made = (pivot){0};
}
