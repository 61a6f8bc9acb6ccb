/* Driving the solver of a "name:options" text as a caller does. */
#ifndef SOLVER_RUN_H
#define SOLVER_RUN_H

#include "problems/certificate.h"
#include "solvers/solver.h"
#include "tests/support/dense.h"
#include "tests/support/fixture.h"

typedef struct solver_run {
  const ys_solver *solver;
  ys_options options;
  void *work;
  ys_labels labels; /* the y it began with */
  ys_error error;
} solver_run;

/* False, with the reason in run->error and nothing to end, if the solver does
 * not serve the objective. Fails the test for any other reason not to start. */
static inline bool begin_run(solver_run *run, const char *spec,
                             const ys_objective *objective, double *y) {
  *run = (solver_run){0};
  ck_assert_msg(
      ys_solver_parse(spec, &run->solver, &run->options, &run->error) == YS_OK,
      "%s", run->error.text);
  ys_code code =
      run->solver->supports
          ? run->solver->supports(objective, &run->options, &run->error)
          : YS_OK;
  if (code)
    ys_options_free(&run->options);
  else
    ck_assert_msg(init_dense(run->solver, &run->work, objective, &run->options,
                             y, &run->error) == YS_OK,
                  "%s: %s", spec, run->error.text);
  ck_assert(code == YS_OK || code == YS_UNSUPPORTED);
  run->labels = labels_of(objective, y);
  return code == YS_OK;
}

static inline ys_step next_step(solver_run *run, double *y) {
  run->labels.dense = y;
  return run->solver->step(run->work, &run->labels, &run->error);
}

static inline void end_run(solver_run *run) {
  run->solver->free(run->work);
  ys_options_free(&run->options);
}

static inline ys_verdict judge_run(const solver_run *run, fixture *f,
                                   const double *y) {
  return judge_dense(
      &f->objective, y,
      run->solver->multipliers ? run->solver->multipliers(run->work) : NULL,
      &f->scratch);
}

#endif
