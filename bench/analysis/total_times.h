/* Totals over the problems of a run: what a solver costs over a whole training
 * when the problems are the batches of a recording. */
#ifndef TOTAL_TIMES_H
#define TOTAL_TIMES_H

#include "bench/analysis/groups.h"

/* All runs of one solver with one loss, fairness and lambda. */
typedef struct total {
  const result_row *sample; /* one of its runs */
  size_t repeats, runs, converged;
  double iterations; /* of all problems, mean over repeats */
  double median, least,
      most;         /* over repeats, of all problems' solver seconds */
  double worst_gap; /* the largest final gap */
  size_t terms;     /* equal where loss, fairness and lambda are */
} total;

typedef struct total_times {
  total *row; /* by terms, in the order of the runs; of one of them who
                 converged more often first, then who is faster */
  size_t count;
  ys_memory memory;
} total_times;

/* Of all runs of the set, which must outlive the totals. On failure nothing is
 * left to free. */
ys_code total_times_make(const group_set *set, total_times *made,
                         ys_error *error);
void total_times_free(total_times *made);

#endif
