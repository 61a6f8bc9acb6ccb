/* Driving EM as a caller does: it stands for any solver that closes the gap. */
#ifndef EM_RUN_H
#define EM_RUN_H

#include "solvers/solver.h"
#include "tests/support/dense.h"
#include "tests/support/fixture.h"

typedef struct em_run {
  const ys_solver *em;
  ys_options options;
  void *work;
  ys_labels labels;
} em_run;

static inline em_run start(const fixture *f, double *y) {
  em_run run = {.em = ys_solver_find("em", 2)};
  ck_assert_ptr_nonnull(run.em);
  ck_assert_int_eq(
      ys_options_parse("em", run.em->options, NULL, &run.options, NULL), YS_OK);
  ck_assert_int_eq(
      init_dense(run.em, &run.work, &f->objective, &run.options, y, NULL),
      YS_OK);
  run.labels = labels_of(&f->objective, y);
  return run;
}

static inline void step(em_run *run, double *y) {
  run->labels.dense = y;
  ck_assert_int_ne(run->em->step(run->work, &run->labels, NULL),
                   YS_STEP_FAILED);
}

static inline void finish(em_run *run) {
  run->em->free(run->work);
  ys_options_free(&run->options);
}

#endif
