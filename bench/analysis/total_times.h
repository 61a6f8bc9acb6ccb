/* Totals over the problems of a run: what a solver costs over a whole training
 * when the problems are the batches of a recording. */
#ifndef TOTALS_H
#define TOTALS_H

#include "bench/store/results.h"

/* A run's solver seconds, by the repeat that it belongs to. */
typedef struct repeat_seconds {
  long repeat;
  size_t run; /* its place among the total's runs */
  double seconds;
} repeat_seconds;

/* All runs of one solver with one loss, fairness and lambda. */
typedef struct total {
  const result_row *sample; /* one of its runs */
  size_t repeats, runs, converged;
  repeat_seconds *run; /* a run each; owned */
  size_t room;         /* for them */
  double iterations;   /* of all problems, mean over repeats */
  double *seconds; /* a repeat each: solver seconds of all problems; owned */
  double median, least, most; /* of those */
  double worst_gap;           /* the largest final gap */
} total;

typedef struct total_times {
  total *row; /* in the order of the runs */
  size_t count, room;
} total_times;

/* On failure nothing is left to free. */
ys_code total_times_make(const result_set *results, total_times *made,
                         ys_error *error);
void total_times_free(total_times *made);

#endif
