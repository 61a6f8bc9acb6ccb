#include "bench/run/noise.h"

#include "bench/cli/console.h"
#include "problems/vector/array.h"

#include <assert.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct noise_run {
  const run_spec *run;
  size_t place;
  double seconds; /* an iteration */
} noise_run;

static_assert(sizeof(noise_run) % sizeof(double) == 0, "a stride of doubles");

ys_code noise_expect(noise *n, ys_error *error) {
  const ys_code code =
      ys_grow(&n->runs, n->expected, &n->room, sizeof *n->runs, "times", error);
  n->expected += code == YS_OK;
  return code;
}

void noise_add(noise *n, const run_spec *run, const run_result *result) {
  const double least = 1e-3;
  if (result->status == RUN_FAILED || !result->iterations ||
      result->solve_seconds < least || n->count == n->expected)
    return;
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
    order = compare_numbers((double)a->ranks, (double)b->ranks);
  if (!order)
    order = strcmp(a->start, b->start);
  return order ? order : strcmp(a->prior, b->prior);
}

static int by_spec(const void *a, const void *b) {
  const noise_run *x = a, *y = b;
  const int order = compare_specs(x->run, y->run);
  return order ? order : compare_numbers((double)x->place, (double)y->place);
}

static int by_seconds(const void *a, const void *b) {
  return compare_numbers(((const noise_run *)a)->seconds,
                         ((const noise_run *)b)->seconds);
}

/* One set of repeats, in the order they ran; put in that of their times. */
static void judge_set(noise_run *runs, size_t count, noise_verdict *verdict) {
  const noise_run first = runs[0];
  if (count < 3)
    return;
  double others = 0;
  for (size_t i = 1; i < count; i++)
    others = fmax(others, runs[i].seconds);
  qsort(runs, count, sizeof *runs, by_seconds);
  const double median = gsl_stats_median_from_sorted_data(
      &runs->seconds, sizeof *runs / sizeof runs->seconds, count);
  const double spread = (runs[count - 1].seconds - runs[0].seconds) / median;
  verdict->sets++;
  verdict->scattered += spread > NOISE_MUCH;
  verdict->first_slow += first.seconds > others + NOISE_MUCH * median;
  if (spread > verdict->worst) {
    verdict->worst = spread;
    verdict->worst_run = first.run;
  }
}

noise_verdict noise_judge(noise *n) {
  noise_verdict verdict = {0};
  if (n->count)
    qsort(n->runs, n->count, sizeof *n->runs, by_spec);
  for (size_t begin = 0, end; begin < n->count; begin = end) {
    for (end = begin + 1;
         end < n->count &&
         compare_specs(n->runs[begin].run, n->runs[end].run) == 0;
         end++)
      ;
    judge_set(n->runs + begin, end - begin, &verdict);
  }
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
