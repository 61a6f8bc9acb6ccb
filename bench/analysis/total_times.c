#include "bench/analysis/total_times.h"

#include "problems/vector/array.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool belongs(const total *t, const result_row *row) {
  return t->sample->lambda == row->lambda &&
         strcmp(t->sample->solver, row->solver) == 0 &&
         strcmp(t->sample->loss, row->loss) == 0 &&
         strcmp(t->sample->fairness, row->fairness) == 0;
}

/* The total that the run belongs to, a new one if need be; NULL on
 * failure. */
static total *find(total_times *made, const result_row *row, ys_code *code,
                   ys_error *error) {
  for (size_t i = 0; i < made->count; i++)
    if (belongs(&made->row[i], row))
      return &made->row[i];
  void *rows = made->row;
  *code = ys_grow(&rows, made->count, &made->room, sizeof *made->row, "totals",
                  error);
  made->row = rows;
  if (*code)
    return NULL;
  made->row[made->count] = (total){.sample = row};
  return &made->row[made->count++];
}

static ys_code add(total *t, const result_row *row, ys_error *error) {
  void *runs = t->run;
  ys_code code =
      ys_grow(&runs, t->runs, &t->room, sizeof *t->run, "totals", error);
  t->run = runs;
  if (code)
    return code;
  t->run[t->runs] = (repeat_seconds){row->repeat, t->runs, row->solve_seconds};
  t->runs++;
  t->converged += result_has_status(row, RUN_CONVERGED);
  t->iterations += (double)row->iterations;
  t->worst_gap = fmax(t->worst_gap, row->gap);
  return YS_OK;
}

static int by_repeat(const void *a, const void *b) {
  const repeat_seconds *x = a, *y = b;
  if (x->repeat != y->repeat)
    return x->repeat < y->repeat ? -1 : 1;
  return (x->run > y->run) - (x->run < y->run);
}

/* The repeats are those that there are, whatever their numbers: a file may say
 * that it has the first and the billionth. */
static ys_code add_up(total *t, ys_error *error) {
  t->seconds = ys_array(t->runs, sizeof *t->seconds);
  if (!t->seconds)
    return ys_fail_memory(error, "totals");
  qsort(t->run, t->runs, sizeof *t->run, by_repeat);
  for (size_t i = 0; i < t->runs; i++) {
    if (i == 0 || t->run[i].repeat != t->run[i - 1].repeat)
      t->seconds[t->repeats++] = 0;
    t->seconds[t->repeats - 1] += t->run[i].seconds;
  }
  return YS_OK;
}

static ys_code finish(total *t, ys_error *error) {
  ys_code code = add_up(t, error);
  if (code)
    return code;
  gsl_sort(t->seconds, 1, t->repeats);
  t->median = gsl_stats_median_from_sorted_data(t->seconds, 1, t->repeats);
  t->least = t->seconds[0];
  t->most = t->seconds[t->repeats - 1];
  t->iterations /= (double)t->repeats;
  return YS_OK;
}

ys_code total_times_make(const result_set *results, total_times *made,
                         ys_error *error) {
  ys_code code = YS_OK;
  *made = (total_times){0};
  for (size_t i = 0; !code && i < results->count; i++) {
    total *t = find(made, &results->rows[i], &code, error);
    if (t)
      code = add(t, &results->rows[i], error);
  }
  for (size_t i = 0; !code && i < made->count; i++)
    code = finish(&made->row[i], error);
  if (code)
    total_times_free(made);
  return code;
}

void total_times_free(total_times *made) {
  for (size_t i = 0; i < made->count; i++) {
    free(made->row[i].run);
    free(made->row[i].seconds);
  }
  free(made->row);
  *made = (total_times){0};
}
