/* A solver that takes labels dense or sparse, for the tests of what is around
 * it: row i to class i, for the first K rows, and else to the largest of sigma.
 * It is in the table of build/tests/support/ystep-misfits alone. */
#include "solvers/solver.h"

#include <stdlib.h>

extern const ys_solver sparse_argmax;

typedef struct argmax {
  const ys_batch *batch;
  bool done;
} argmax;

static ys_code argmax_init(void **work, const ys_objective *objective,
                           const ys_options *options, ys_labels *y,
                           ys_error *error) {
  argmax *w = calloc(1, sizeof *w);
  (void)options;
  *work = NULL;
  if (!w)
    return ys_fail_memory(error, "argmax");
  w->batch = objective->batch;
  ys_code code = y->dense ? YS_OK : ys_labels_reserve(y, w->batch->rows, error);
  if (code)
    free(w);
  else
    *work = w;
  return code;
}

static size_t class_of(const ys_batch *batch, size_t i) {
  const ys_share share = ys_batch_share(batch);
  const size_t row = ys_share_first_row(&share) + i;
  size_t top = 0;
  if (row < batch->classes)
    return row;
  for (size_t k = 1; k < batch->classes; k++)
    if (ys_batch_entry(batch, i, k) > ys_batch_entry(batch, i, top))
      top = k;
  return top;
}

static ys_step argmax_step(void *work, ys_labels *y, ys_error *error) {
  argmax *w = work;
  const size_t n = y->classes;
  (void)error;
  if (w->done)
    return YS_STEP_STALLED;
  w->done = true;
  for (size_t i = 0; i < y->rows; i++) {
    const size_t top = class_of(w->batch, i);
    for (size_t k = 0; y->dense && k < n; k++)
      y->dense[i * n + k] = k == top;
    if (y->dense)
      continue;
    y->held[i] = (uint32_t)top;
    y->weight[i] = 1;
    y->begin[i + 1] = i + 1;
  }
  return YS_STEP_ON;
}

static const ys_option none[] = {{.name = NULL}};

const ys_solver sparse_argmax = {.name = "argmax",
                                 .summary = "each row to its largest class",
                                 .options = none,
                                 .by_rows = true,
                                 .sparse = true,
                                 .over_ranks = true,
                                 .init = argmax_init,
                                 .step = argmax_step,
                                 .free = free};
