/* The exact solver: one for every regime, without a parameter. docs/method.md,
 * "The exact solver".
 *
 * Where rows are many a class, the multipliers nu are found by Newton's method
 * on samples of growing size, and at last on all rows, of which only those are
 * worked on whose best vertex is in doubt: the others are decided, and proved
 * to be, by how far nu has moved since they were looked at. What that leaves -
 * rows that hold several classes at equal gains - the interior point solves, on
 * the rows and classes that are near. Where rows are few a class, or all else
 * fails, it works on all. */
#include "solvers/exact/exact_state.h"

#include "problems/vector/array.h"

#include <string.h>

/* ----------------------------------------------------------- life cycle ----
 */

/* Whether the optimum leaves most classes out, and fairness ties rows together.
 */
static bool is_sparse(const ys_objective *o) {
  return o->loss == YS_COLLISION && o->fairness == YS_STRONG && o->lambda > 0;
}

/* Whether samples say anything about nu, and save anything. */
static bool has_many_rows(const ys_batch *batch) {
  enum { ROWS_A_CLASS = 16, SMALL = 2048 };
  return batch->rows >= SMALL && batch->rows / ROWS_A_CLASS >= batch->classes;
}

static size_t least_of(size_t a, size_t b) {
  return a < b ? a : b;
}

/* Memory that is not touched costs nothing: entries are a few a row. */
static void take_arrays(ys_exact *w, size_t rows, size_t n) {
  enum { ENTRIES_A_ROW = 4, ENTRIES_A_CLASS = 64, SMALL = 1 << 17, NEAR = 4 };
  ys_memory *memory = &w->work.memory;
  const size_t tiles = ys_ipm_tiles(rows), near = least_of(NEAR, rows);
  const size_t entries = least_of(
      ENTRIES_A_ROW * rows + ENTRIES_A_CLASS * n + SMALL, ys_times(rows, n));
  const size_t slots = entries / 2 + n;
  ys_look_init(&w->look, memory, rows, n);
  ys_look_init(&w->fresh, memory, rows, n);
  ys_candidates_init(&w->candidates, memory, rows, entries, n);
  ys_candidates_init(&w->before, memory, rows, entries, n);
  ys_newton_init(&w->newton, memory, &w->work, &w->candidates);
  ys_nearest_init(&w->nearest, memory, n, near, w->work.objective->threads);
  w->wanted = ys_take(memory, ys_times(near, n), sizeof *w->wanted, "exact");
  w->candidates.wanted = w->before.wanted = w->wanted;
  w->nu = ys_take_numbers(memory, n, "exact");
  w->seen = ys_take_numbers(memory, n, "exact");
  ys_exact_part_init(&w->part, memory, rows, slots, n);
  w->sampled = *w->work.objective->batch;
  w->objective = *w->work.objective;
  w->objective.batch = &w->sampled;
  w->inner = ys_ipm_open(memory, &w->objective, tiles, slots, 2);
}

static void exact_free(void *work) {
  ys_exact *w = work;
  if (w && w->last_work)
    w->last->free(w->last_work);
  if (w)
    ys_labels_free(&w->dense);
  ys_work_free(work);
}

/* Go on by the interior point on all rows and classes, from dense labels. */
static ys_code hand_over(ys_exact *w, ys_error *error) {
  ys_options options;
  ys_code code = ys_solver_parse("ipm", &w->last, &options, error);
  if (code)
    return code;
  code = w->last->init(&w->last_work, w->work.objective, &options, &w->dense,
                       error);
  ys_options_free(&options);
  if (!code)
    w->last->heed(w->last_work, w->work.stop);
  w->phase = YS_EXACT_ALL;
  return code;
}

static ys_code take_few(ys_exact *w, const ys_labels *y, ys_error *error) {
  ys_code code = ys_labels_to_dense(y, &w->dense, error);
  if (code)
    return code;
  w->few = ys_few_open(&w->work, error);
  if (!w->few)
    return YS_NO_MEMORY;
  ys_few_begin(w->few, w->dense.dense);
  w->phase = YS_EXACT_FEW;
  return YS_OK;
}

static ys_code take_many(ys_exact *w, ys_labels *y, ys_error *error) {
  take_arrays(w, w->work.rows, w->work.classes);
  return y->dense
             ? YS_OK
             : ys_labels_reserve(y, w->work.rows + w->candidates.room, error);
}

static ys_code take_all(ys_exact *w, const ys_labels *y, ys_error *error) {
  const ys_code code = ys_labels_to_dense(y, &w->dense, error);
  return code ? code : hand_over(w, error);
}

static ys_code exact_init(void **work, const ys_objective *objective,
                          const ys_options *options, ys_labels *y,
                          ys_error *error) {
  (void)options;
  ys_exact *w = ys_work_open(sizeof *w, "exact", objective, error);
  ys_code code = YS_OK;
  if (w)
    code = !is_sparse(objective)             ? take_all(w, y, error)
           : has_many_rows(objective->batch) ? take_many(w, y, error)
                                             : take_few(w, y, error);
  return ys_work_hand_over(work, w, code, exact_free, error);
}

static void exact_heed(void *work, const ys_stop *stop) {
  ys_exact *w = work;
  ys_work_heed(work, stop);
  if (w->last_work)
    w->last->heed(w->last_work, stop);
}

/* ----------------------------------------------------------------- step ----
 */

/* Rounds are next; and at once, if Newton's method left nothing to write. */
static ys_code take_rounds(ys_exact *w, bool solved, const ys_labels *y,
                           ys_error *error) {
  w->phase = YS_EXACT_ROUNDS;
  ys_exact_begin_rounds(w, solved);
  return solved || ys_exact_round(w) ? YS_OK : take_all(w, y, error);
}

/* The first step, where rows are many. Where a stop is wanted nothing has
 * happened: nu is a sample's, and says little of all rows. */
static ys_code begin(ys_exact *w, const ys_labels *y, ys_error *error) {
  const bool solved = ys_exact_solve_samples(w);
  if (ys_stop_is_wanted(w->work.stop))
    return YS_OK;
  memcpy(w->nu, w->newton.nu, w->work.classes * sizeof *w->nu);
  if (solved)
    ys_exact_answer(&w->candidates);
  w->phase = YS_EXACT_NEWTON;
  return solved                 ? YS_OK
         : ys_exact_is_small(w) ? take_all(w, y, error)
                                : take_rounds(w, false, y, error);
}

/* Newton's method goes on for as long as it comes nearer. */
static ys_code refine(ys_exact *w, const ys_labels *y, ys_error *error) {
  const bool nearer = ys_exact_refine(w), solved = w->newton.gap < INFINITY;
  memcpy(w->nu, w->newton.nu, w->work.classes * sizeof *w->nu);
  if (solved)
    ys_exact_answer(&w->candidates);
  return nearer ? YS_OK : take_rounds(w, solved, y, error);
}

static ys_step step_many(ys_exact *w, ys_labels *y, ys_error *error) {
  ys_code code = YS_OK;
  if (w->phase == YS_EXACT_SAMPLES)
    code = begin(w, y, error);
  else if (w->phase == YS_EXACT_NEWTON)
    code = refine(w, y, error);
  else if (!ys_exact_round(w))
    code = take_all(w, y, error);
  if (!code && (w->phase == YS_EXACT_NEWTON || w->phase == YS_EXACT_ROUNDS))
    ys_exact_write(w, y);
  return code ? YS_STEP_FAILED : YS_STEP_ON;
}

/* Whether every entry is a number from 0 to 1. */
static bool is_whole(const double *y, size_t entries) {
  for (size_t e = 0; e < entries; e++)
    if (!(y[e] >= 0 && y[e] <= 1))
      return false;
  return true;
}

/* The short lists lead no farther. Where they have broken down, as numbers at
 * the ends of what doubles hold can make them, y begins anew. */
static ys_code leave_few(ys_exact *w, ys_error *error) {
  double *y = w->dense.dense;
  if (!is_whole(y, w->work.entries))
    ys_start_uniform(w->work.objective, y);
  return hand_over(w, error);
}

static ys_step step_few(ys_exact *w, ys_labels *y, ys_error *error) {
  const double *dense = w->dense.dense;
  const ys_step step = ys_few_step(w->few, w->dense.dense, error);
  if ((step != YS_STEP_ON || !is_whole(dense, w->work.entries)) &&
      leave_few(w, error))
    return YS_STEP_FAILED;
  return ys_exact_write_dense(dense, y, error) ? YS_STEP_FAILED : YS_STEP_ON;
}

static ys_step step_all(ys_exact *w, ys_labels *y, ys_error *error) {
  const ys_step step = w->last->step(w->last_work, &w->dense, error);
  return ys_exact_write_dense(w->dense.dense, y, error) ? YS_STEP_FAILED : step;
}

static ys_step exact_step(void *work, ys_labels *y, ys_error *error) {
  ys_exact *w = work;
  if (w->phase == YS_EXACT_FEW)
    return step_few(w, y, error);
  if (w->phase == YS_EXACT_ALL)
    return step_all(w, y, error);
  const ys_step step = step_many(w, y, error);
  return step == YS_STEP_ON && w->phase == YS_EXACT_ALL ? step_all(w, y, error)
                                                        : step;
}

static const double *exact_multipliers(const void *work) {
  const ys_exact *w = work;
  if (w->phase == YS_EXACT_ALL)
    return w->last->multipliers(w->last_work);
  if (w->phase == YS_EXACT_FEW)
    return ys_few_multipliers(w->few);
  return w->phase == YS_EXACT_SAMPLES ? NULL : w->nu;
}

static const ys_option exact_options[] = {{0}};

const ys_solver ys_exact_solver = {
    .name = "exact",
    .summary = "exact in every regime, without a parameter: the one to take",
    .options = exact_options,
    .by_rows = true,
    .sparse = true,
    .init = exact_init,
    .step = exact_step,
    .heed = exact_heed,
    .multipliers = exact_multipliers,
    .free = exact_free,
};
