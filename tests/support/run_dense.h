/* run_solver on an array of M x K doubles. */
#ifndef RUN_DENSE_H
#define RUN_DENSE_H

#include "bench/run/run.h"
#include "tests/support/dense.h"

static inline ys_code run_dense(const ys_solver *solver,
                                const ys_options *options,
                                const ys_objective *f, const run_limits *limits,
                                double *y, run_watch *watch, void *context,
                                run_result *result, ys_error *error) {
  ys_labels labels = labels_of(f, y);
  return run_solver(solver, options, f, limits, &labels, watch, context, result,
                    error);
}

#endif
