/* What run and sweep print on standard output: a line a run, and what came of
 * them all. */
#ifndef RUN_LINES_H
#define RUN_LINES_H

#include "bench/run/noise.h"
#include "bench/run/run.h"

#include <stdbool.h>

/* Zeroed at first, but for is_verbose; run_lines_free frees it. */
typedef struct run_lines {
  bool is_verbose;                  /* a second line a run */
  int solver, problem;              /* widths, of the longest */
  bool losses, fairness, ranks;     /* whether there are several */
  const run_spec *first;            /* the first that was fitted */
  size_t done, ended[RUN_STATUSES]; /* runs that were put */
  size_t left;                      /* of the failed ones, the domain */
  char leavers[64];                 /* the solvers that did, "pgd and md" */
  double load; /* of the machine, when the first run was fitted */
  noise noise; /* of repeats */
} run_lines;

/* Make room for a run that is to come; `run` is kept. */
ys_code run_lines_fit(run_lines *lines, const run_spec *run, ys_error *error);

void run_lines_put_head(const run_lines *lines);
void run_lines_put(run_lines *lines, const run_spec *run,
                   const run_result *result);

/* "45 runs in 3 s: 40 converged, 5 left the domain (pgd with long steps)",
 * and what there is to warn of: repeats that scatter. */
void run_lines_put_end(run_lines *lines, double seconds);

void run_lines_free(run_lines *lines);

/* Runs that failed otherwise than by leaving the domain, as a solver may that
 * does not say that F never rises. */
size_t run_lines_failed(const run_lines *lines);

#endif
