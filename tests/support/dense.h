/* The judge, solvers and runs on an array of M x K doubles, as dense labels. */
#ifndef DENSE_H
#define DENSE_H

#include "problems/certificate.h"
#include "solvers/solver.h"

static inline ys_labels labels_of(const ys_objective *f, const double *y) {
  return ys_labels_view(y, f->batch->rows, f->batch->classes);
}

static inline ys_verdict judge_dense(const ys_objective *f, const double *y,
                                     const double *hint, ys_scratch *scratch) {
  const ys_labels labels = labels_of(f, y);
  return ys_certify(f, &labels, hint, scratch);
}

static inline double frank_wolfe_dense(const ys_objective *f, const double *y,
                                       ys_scratch *scratch) {
  const ys_labels labels = labels_of(f, y);
  return ys_frank_wolfe_gap(f, &labels, scratch);
}

static inline ys_code check_dense(const ys_objective *f, const double *y,
                                  ys_scratch *scratch, ys_error *error) {
  const ys_labels labels = labels_of(f, y);
  return ys_objective_check_finite(f, &labels, scratch, error);
}

static inline ys_code init_dense(const ys_solver *solver, void **work,
                                 const ys_objective *f,
                                 const ys_options *options, double *y,
                                 ys_error *error) {
  ys_labels labels = labels_of(f, y);
  return solver->init(work, f, options, &labels, error);
}

static inline ys_step step_dense(const ys_solver *solver, void *work,
                                 const ys_objective *f, double *y,
                                 ys_error *error) {
  ys_labels labels = labels_of(f, y);
  return solver->step(work, &labels, error);
}

#endif
