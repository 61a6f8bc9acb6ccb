#include "bench/run/noise.h"

#include "bench/cli/console.h"
#include "problems/vector/array.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct noise_run {
  const run_spec *run;
  size_t place;
  double seconds; /* an iteration */
} noise_run;

void noise_add(noise *n, const run_spec *run, const run_result *result) {
  const double least = 1e-3;
  if (result->status == RUN_FAILED || !result->iterations ||
      result->solve_seconds < least)
    return;
  if (ys_grow(&n->runs, n->count, &n->room, sizeof *n->runs, "times", NULL)) {
    n->is_lost = true;
    return;
  }
  n->runs[n->count] = (noise_run){
      run, n->count, result->solve_seconds / (double)result->iterations};
  n->count++;
}

void noise_free(noise *n) {
  free(n->runs);
  *n = (noise){0};
}

static int compare_numbers(double a, double b) {
  return (a > b) - (a < b);
}

/* Whether they are repeats of each other: 0. */
static int compare_specs(const run_spec *a, const run_spec *b) {
  int order = strcmp(a->problem, b->problem);
  if (!order)
    order = strcmp(a->solver, b->solver);
  if (!order)
    order = compare_numbers(a->lambda, b->lambda);
  if (!order)
    order = compare_numbers((double)(a->loss * YS_FAIRNESSES + a->fairness),
                            (double)(b->loss * YS_FAIRNESSES + b->fairness));
  if (!order)
    order = strcmp(a->start, b->start);
  return order ? order : strcmp(a->prior, b->prior);
}

static int by_spec(const void *a, const void *b) {
  const noise_run *x = a, *y = b;
  const int order = compare_specs(x->run, y->run);
  return order ? order : compare_numbers((double)x->place, (double)y->place);
}

/* One set of repeats, in the order they ran. */
static void judge_set(const noise_run *runs, size_t count, double *times,
                      noise_verdict *verdict) {
  const double first = runs[0].seconds;
  if (count < 3)
    return;
  for (size_t i = 0; i < count; i++)
    times[i] = runs[i].seconds;
  const double others = gsl_stats_max(times + 1, 1, count - 1);
  gsl_sort(times, 1, count);
  const double median = gsl_stats_median_from_sorted_data(times, 1, count);
  const double spread = (times[count - 1] - times[0]) / median;
  verdict->sets++;
  verdict->scattered += spread > NOISE_MUCH;
  verdict->first_slow += first > others + NOISE_MUCH * median;
  if (spread > verdict->worst) {
    verdict->worst = spread;
    verdict->worst_run = runs[0].run;
  }
}

noise_verdict noise_judge(const noise *n) {
  noise_verdict verdict = {0};
  noise_run *sorted = ys_array(n->count + 1, sizeof *sorted);
  double *times = ys_array(n->count + 1, sizeof *times);
  if (sorted && times && n->count && !n->is_lost) {
    memcpy(sorted, n->runs, n->count * sizeof *sorted);
    qsort(sorted, n->count, sizeof *sorted, by_spec);
    for (size_t begin = 0, end; begin < n->count; begin = end) {
      for (end = begin + 1;
           end < n->count &&
           compare_specs(sorted[begin].run, sorted[end].run) == 0;
           end++)
        ;
      judge_set(sorted + begin, end - begin, times, &verdict);
    }
  }
  free(times);
  free(sorted);
  return verdict;
}

void noise_put(const noise_verdict *verdict, double load, int processors) {
  const double busy = 0.5;
  if (!verdict->sets)
    return;
  if (verdict->scattered)
    console_say("warning: of %zu sets of repeats %zu scatter by more than "
                "%.0f %% of their median, the most %s on %s, by %.0f %%: their "
                "seconds say little",
                verdict->sets, verdict->scattered, 100 * NOISE_MUCH,
                verdict->worst_run->solver, verdict->worst_run->problem,
                100 * verdict->worst);
  if (verdict->first_slow)
    console_say("warning: in %zu of %zu the first run was slower than all "
                "others: a cold cache or clock, or another program that ended",
                verdict->first_slow, verdict->sets);
  if (load > busy * processors)
    console_say("warning: the machine was busy: load average %.1f on %d "
                "processors",
                load, processors);
}
