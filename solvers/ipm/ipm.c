/* The structured primal-dual interior point: exact to the last digits in a few
 * dozen iterations. docs/method.md, "The interior point", derives it;
 * ipm_state.h names its parts. Where the optimum leaves most classes out it
 * works on few rows and classes at a time (ipm_active.h). */
#include "solvers/ipm/ipm_active.h"
#include "solvers/ipm/ipm_state.h"

#include <string.h>

typedef struct ipm_work {
  ys_work work;
  bool sparse; /* works on active sets */
  ys_ipm_active active;
  ys_ipm_state *whole; /* or NULL: lambda = 0, or sparse */
  bool read, done;
} ipm_work;

/* Whether the objective's optimum leaves most classes out. */
static ys_code is_sparse(const ys_objective *objective, ys_error *why) {
  if (objective->loss == YS_REVERSE)
    return ys_fail(why, YS_UNSUPPORTED,
                   "active=1 serves collision and shannon, not reverse: its "
                   "optimum holds every class, so none can be left out");
  if (objective->fairness == YS_WEAK)
    return ys_fail(why, YS_UNSUPPORTED,
                   "active=1 serves strong fairness, not weak, whose optimum "
                   "holds traces of every class");
  return YS_OK;
}

static ys_code ipm_supports(const ys_objective *objective,
                            const ys_options *options, ys_error *why) {
  return ys_options_is_word(options, "active", "1") ? is_sparse(objective, why)
                                                    : YS_OK;
}

static bool wants_active(const ys_objective *objective,
                         const ys_options *options) {
  ys_error unused;
  return !ys_options_is_word(options, "active", "0") &&
         is_sparse(objective, &unused) == YS_OK;
}

static void ipm_free(void *work) {
  if (work)
    ys_ipm_active_close(&((ipm_work *)work)->active);
  ys_work_free(work);
}

static ys_code ipm_init(void **work, const ys_objective *objective,
                        const ys_options *options, ys_labels *y,
                        ys_error *error) {
  const int correctors = (int)ys_options_number(options, "correctors");
  const size_t tiles = ys_ipm_tiles(objective->batch->rows);
  ys_code code = YS_OK;
  ipm_work *w = ys_work_open(sizeof *w, "the interior point", objective, error);
  if (w && objective->lambda > 0) {
    w->sparse = wants_active(objective, options);
    if (w->sparse)
      code =
          ys_ipm_active_open(&w->active, &w->work, correctors, y->dense, error);
    else
      w->whole = ys_ipm_open(&w->work.memory, objective, tiles,
                             tiles * objective->batch->classes, correctors);
  }
  return ys_work_hand_over(work, w, code, ipm_free, error);
}

/* lambda = 0: reverse is least at sigma, the others where sigma is largest. */
static void solve_apart(const ys_objective *objective, double *y) {
  const ys_batch *batch = objective->batch;
  const size_t n = batch->classes;
  ys_start_sigma(objective, y);
  if (objective->loss == YS_REVERSE)
    return;
  for (size_t i = 0; i < batch->rows; i++) {
    size_t top = 0;
    for (size_t k = 1; k < n; k++)
      if (y[i * n + k] > y[i * n + top])
        top = k;
    for (size_t k = 0; k < n; k++)
      y[i * n + k] = k == top ? 1 : 0;
  }
}

static ys_step ipm_step(void *work, ys_labels *labels, ys_error *error) {
  double *y = labels->dense;
  ipm_work *w = work;
  if (w->sparse)
    return ys_ipm_active_step(&w->active, y, error);
  if (w->done)
    return YS_STEP_STALLED;
  if (!w->whole) {
    solve_apart(w->work.objective, y);
    w->done = true;
    return YS_STEP_ON;
  }
  if (!w->read)
    ys_ipm_read(w->whole, NULL, y, NULL);
  w->read = true;
  w->whole->stop = w->work.stop;
  w->done = !ys_ipm_iterate(w->whole, y);
  if (!w->done)
    return YS_STEP_ON;
  ys_fail(error, YS_BAD_NUMERICS, "%s", w->whole->why);
  return YS_STEP_STALLED;
}

static const double *ipm_multipliers(const void *work) {
  const ipm_work *w = work;
  return w->read                                   ? w->whole->hint
         : w->sparse && w->active.sweeps_left == 0 ? w->active.nu
                                                   : NULL;
}

static const ys_option ipm_options[] = {
    {"correctors", YS_INTEGER, "2", 0, 10, NULL,
     "most centrality correctors an iteration"},
    {"active", YS_WORD, "auto", 0, 0, "auto|0|1",
     "1: on active sets of rows and classes; auto: where that serves"},
    {0},
};

const ys_solver ys_ipm = {
    .name = "ipm",
    .summary = "structured interior point, on active sets: exact, no parameter",
    .options = ipm_options,
    .by_rows = true,
    .supports = ipm_supports,
    .init = ipm_init,
    .step = ipm_step,
    .heed = ys_work_heed,
    .multipliers = ipm_multipliers,
    .free = ipm_free,
};
