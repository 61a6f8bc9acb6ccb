#include "bench/analysis/total_times.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A run, and what its solver seconds are added to. */
typedef struct timed_run {
  size_t total;
  const result_row *run;
} timed_run;

/* The number of the run's total, a new one if need be. */
static size_t find(total_times *made, const result_row *row) {
  size_t i = 0;
  while (i < made->count &&
         !(strcmp(made->row[i].sample->solver, row->solver) == 0 &&
           group_same_terms(made->row[i].sample, row)))
    i++;
  if (i == made->count) {
    size_t terms = 0;
    while (terms < i && !group_same_terms(made->row[terms].sample, row))
      terms++;
    made->row[made->count++] = (total){.sample = row, .terms = terms};
  }
  return i;
}

static void add(total *t, const result_row *row) {
  t->runs++;
  t->converged += result_has_status(row, RUN_CONVERGED);
  t->iterations += (double)row->iterations;
  t->worst_gap = fmax(t->worst_gap, row->gap);
}

static int by_repeat(const void *a, const void *b) {
  const timed_run *x = a, *y = b;
  if (x->total != y->total)
    return x->total < y->total ? -1 : 1;
  if (x->run->repeat != y->run->repeat)
    return x->run->repeat < y->run->repeat ? -1 : 1;
  return (x->run > y->run) - (x->run < y->run);
}

/* What ends at once because it fails is not the fastest. */
static int by_rank(const void *a, const void *b) {
  const total *x = a, *y = b;
  const double of_x = (double)x->converged / (double)x->runs;
  const double of_y = (double)y->converged / (double)y->runs;
  if (x->terms != y->terms)
    return x->terms < y->terms ? -1 : 1;
  if (of_x != of_y)
    return of_x > of_y ? -1 : 1;
  if (x->median != y->median)
    return x->median < y->median ? -1 : 1;
  return (x->sample > y->sample) - (x->sample < y->sample);
}

/* The repeats are those that there are, whatever their numbers: a file may say
 * that it has the first and the billionth. */
static void add_up(total *t, const timed_run *runs, double *seconds) {
  for (size_t i = 0; i < t->runs; i++) {
    if (i == 0 || runs[i].run->repeat != runs[i - 1].run->repeat)
      seconds[t->repeats++] = 0;
    seconds[t->repeats - 1] += runs[i].run->solve_seconds;
  }
  gsl_sort(seconds, 1, t->repeats);
  t->median = gsl_stats_median_from_sorted_data(seconds, 1, t->repeats);
  t->least = seconds[0];
  t->most = seconds[t->repeats - 1];
  t->iterations /= (double)t->repeats;
}

ys_code total_times_make(const group_set *set, total_times *made,
                         ys_error *error) {
  size_t count = 0;
  for (size_t g = 0; g < set->count; g++)
    for (size_t i = 0; i < set->groups[g].solver_count; i++)
      count += set->groups[g].solvers[i].count;
  *made = (total_times){0};
  made->row = ys_take(&made->memory, count, sizeof *made->row, "totals");
  timed_run *runs = ys_take(&made->memory, count, sizeof *runs, "totals");
  double *seconds = ys_take_numbers(&made->memory, count, "totals");
  ys_code code = ys_memory_check(&made->memory, error);
  if (code) {
    total_times_free(made);
    return code;
  }
  size_t taken = 0;
  for (size_t g = 0; g < set->count; g++)
    for (size_t i = 0; i < set->groups[g].solver_count; i++) {
      const solver_runs *own = &set->groups[g].solvers[i];
      for (size_t k = 0; k < own->count; k++) {
        const size_t t = find(made, own->runs[k]);
        add(&made->row[t], own->runs[k]);
        runs[taken++] = (timed_run){t, own->runs[k]};
      }
    }
  qsort(runs, count, sizeof *runs, by_repeat);
  for (size_t t = 0; t < made->count; runs += made->row[t++].runs)
    add_up(&made->row[t], runs, seconds);
  qsort(made->row, made->count, sizeof *made->row, by_rank);
  return YS_OK;
}

void total_times_free(total_times *made) {
  ys_give_back(&made->memory);
}
