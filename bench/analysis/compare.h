/* Two run directories against each other: for every solver and y-step that is
 * in both, the seconds to each gap, with a test and a verdict. */
#ifndef COMPARE_H
#define COMPARE_H

#include "bench/analysis/groups.h"
#include "bench/store/meta.h"

/* What a comparison came to. */
typedef enum compare_verdict {
  COMPARE_FASTER,      /* B is */
  COMPARE_SLOWER,      /* B is */
  COMPARE_NONE_SHOWN,  /* no difference shown */
  COMPARE_TOO_FEW,     /* too few repeats to say */
  COMPARE_NOT_REACHED, /* by no run of either */
  COMPARE_OTHER_BATCH  /* the batches of that name differ */
} compare_verdict;

const char *compare_verdict_text(compare_verdict verdict);

/* One side of a comparison. Medians are infinite if half the runs or more did
 * not reach the gap. */
typedef struct compare_side {
  const solver_runs *solver;
  size_t runs, reached;
  double seconds, iterations;
  double objective; /* the smallest at the end of a run */
} compare_side;

/* One solver on one y-step to one gap. What cannot be said is NaN. */
typedef struct comparison {
  const run_group *group; /* of A */
  double gap;
  compare_side a, b;
  double ratio;     /* seconds of B / seconds of A */
  double low, high; /* its bootstrap interval, where all runs reached the gap */
  double p;         /* of the rank test, adjusted for their number */
  bool same_iterations; /* every run of A and the one of B with its seed and
                           repeat, as far as both reached the gap */
  bool agree;           /* the certified intervals around the optimum overlap */
  compare_verdict verdict;
} comparison;

/* A run directory that was read. */
typedef struct compare_input {
  const char *dir;
  const group_set *set;
  const provenance *made;
} compare_input;

typedef struct compare_request {
  compare_input a, b;
  const double *gaps; /* descending */
  size_t gap_count;
  double confidence; /* of the intervals; 1 - the level of the tests */
  unsigned long seed;
} compare_request;

typedef struct compare_result {
  comparison *rows; /* by y-step, solver, gap */
  size_t count;
  ys_memory memory;
  size_t tested;         /* comparisons that the p-values are adjusted for */
  size_t only_a, only_b; /* solvers on y-steps that the other has not */
} compare_result;

/* Refuses directories that have nothing in common. */
ys_code compare_make(const compare_request *request, compare_result *result,
                     ys_error *error);
void compare_free(compare_result *result);

#endif
