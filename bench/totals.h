/* Totals over the problems of a run: what a solver costs over a whole training
 * when the problems are the batches of a recording. */
#ifndef TOTALS_H
#define TOTALS_H

#include "results.h"

#include <stdio.h>

/* All runs of one solver with one loss, fairness and lambda. */
typedef struct total {
  const result_row *sample; /* one of its runs */
  size_t repeats, runs, converged;
  double iterations; /* of all problems, mean over repeats */
  double *seconds;   /* a repeat each: solver seconds of all problems; owned */
  double median, least, most; /* of those */
  double worst_gap;           /* the largest final gap */
} total;

typedef struct totals {
  total *row; /* in the order of the runs */
  size_t count;
} totals;

/* On failure nothing is left to free. */
ys_code totals_make(const result_set *results, totals *made, ys_error *error);
void totals_free(totals *made);

void totals_write_markdown(FILE *out, const totals *made);
void totals_write_csv(FILE *out, const totals *made);

#endif
