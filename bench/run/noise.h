/* How far repeats of a run scatter in time, and why: what hyperfine warns of.
 */
#ifndef NOISE_H
#define NOISE_H

#include "bench/run/run.h"

/* The times of runs, in the order they ended; zeroed at first. */
typedef struct noise {
  struct noise_run *runs; /* owned */
  size_t count, expected, room;
} noise;

/* Take memory for a run that is to come. */
ys_code noise_expect(noise *n, ys_error *error);

/* One that was expected; `run` is kept, and must outlive the noise. Runs
 * without a trace of time, that failed or took less than a millisecond, are not
 * counted. */
void noise_add(noise *n, const run_spec *run, const run_result *result);
void noise_free(noise *n);

/* Over those that were repeated three times and more: how many scatter, from
 * the least to the most seconds an iteration, by more than NOISE_MUCH of the
 * median, and which the most; and of how many the first run was so much slower
 * than all the others. */
#define NOISE_MUCH 0.3
typedef struct noise_verdict {
  size_t sets, scattered, first_slow;
  double worst; /* the largest spread, as a share of the median, and its run */
  const run_spec *worst_run;
} noise_verdict;
noise_verdict noise_judge(noise *n);

/* Print what there is to warn of; `load` is the machine's load average when the
 * runs began, on `processors` processors. */
void noise_put(const noise_verdict *verdict, double load, int processors);

#endif
