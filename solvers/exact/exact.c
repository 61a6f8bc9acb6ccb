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
#include "solvers/fw/fw.h"

#include <string.h>

/* ----------------------------------------------------------- life cycle ----
 */

/* Whether the optimum leaves most classes out, and fairness ties rows together.
 */
static bool is_sparse(const ys_objective *o) {
  return o->loss == YS_COLLISION && o->fairness == YS_STRONG && o->lambda > 0;
}

/* Whether samples say anything about nu, and save anything: looks at all rows
 * of a small batch of few classes cost less than choosing among them. */
static bool has_many_rows(const ys_batch *batch) {
  enum {
    ROWS_A_CLASS = 16,
    SMALL = 2048,
    FEW_CLASSES = 256, /* of them, a batch is small that has fewer rows than */
    SMALL_OF_FEW = 1 << 14, /* this, and fewer entries than */
    SMALL_ENTRIES = 1 << 20
  };
  const size_t rows = ys_batch_whole_rows(batch), n = batch->classes;
  const bool is_small = n > FEW_CLASSES
                            ? rows < SMALL
                            : rows < SMALL_OF_FEW && rows < SMALL_ENTRIES / n;
  return !is_small && rows / ROWS_A_CLASS >= n;
}

static size_t least_of(size_t a, size_t b) {
  return a < b ? a : b;
}

/* Memory that is not touched costs nothing: entries are a few a row. */
static void take_arrays(ys_exact *w) {
  enum { ENTRIES_A_ROW = 4, ENTRIES_A_CLASS = 64, SMALL = 1 << 17 };
  ys_memory *memory = &w->work.memory;
  const ys_objective *o = w->work.objective;
  const size_t own = w->work.rows, rows = ys_batch_whole_rows(o->batch);
  const size_t n = w->work.classes, tiles = ys_ipm_tiles(rows);
  const size_t entries = least_of(
      ENTRIES_A_ROW * rows + ENTRIES_A_CLASS * n + SMALL, ys_times(rows, n));
  const size_t slots = entries / 2 + n, wishes = ys_times(YS_NEAREST, n);
  ys_look_init(&w->look, memory, own, n);
  ys_look_init(&w->fresh, memory, own, n);
  ys_candidates_init(&w->candidates, memory, o, entries);
  ys_candidates_init(&w->before, memory, o, entries);
  ys_newton_init(&w->newton, memory, &w->work, &w->candidates);
  ys_nearest_init(&w->nearest, memory, o);
  w->wanted = ys_take(memory, wishes, sizeof *w->wanted, "exact");
  w->candidates.wanted = w->before.wanted = w->wanted;
  w->nu = ys_take_numbers(memory, n, "exact");
  w->seen = ys_take_numbers(memory, n, "exact");
  ys_exact_part_init(&w->part, memory, rows, slots, n);
  if (o->batch->ranks)
    ys_all_candidates_init(&w->everybody, memory, rows, &w->candidates);
  w->objective = *o;
  w->objective.batch = &w->sampled;
  w->inner = ys_ipm_open(memory, &w->objective, tiles, slots, 2);
}

static void let_go(ys_exact *w) {
  if (w->last_work)
    w->last->free(w->last_work);
  w->last_work = NULL;
}

static void exact_free(void *work) {
  ys_exact *w = work;
  if (w) {
    let_go(w);
    ys_few_close(w->few);
    ys_gathered_free(&w->gathered);
  }
  ys_work_free(work);
}

static const ys_ranks *ranks_of(const ys_exact *w) {
  return w->work.objective->batch->ranks;
}

/* Labels of all rows for those that work on them, dense but for exact's own:
 * the caller's, or a copy. */
static ys_labels *dense_of(ys_exact *w, ys_labels *y) {
  return ranks_of(w) ? &w->gathered.y : y->dense ? y : &w->dense;
}

/* That copy, side by side with the other large arrays: pages are dear; and
 * whatever else is not here. */
static ys_code lay_dense(ys_exact *w, const ys_labels *y, ys_error *error) {
  ys_memory *memory = &w->work.memory;
  if (ranks_of(w))
    return ys_gather_whole(&w->gathered, w->work.objective, y, false, error);
  if (y->dense)
    return YS_OK;
  if (!w->dense.dense)
    w->dense = ys_labels_view(
        ys_take_numbers(memory, ys_times(y->rows, y->classes), "the labels"),
        y->rows, y->classes);
  const ys_code code = ys_memory_check(memory, error);
  return code ? code : ys_labels_assign(&w->dense, y, error);
}

/* And back. */
static ys_code write_dense(const ys_exact *w, ys_labels *y, ys_error *error) {
  if (ranks_of(w))
    return ys_gathered_write(&w->gathered, w->work.objective, y, error);
  return y->dense                   ? YS_OK
         : w->phase == YS_EXACT_FEW ? ys_few_write(w->few, &w->dense, y, error)
         : w->phase == YS_EXACT_SWEEPS
             ? ys_fw_write(w->last_work, w->dense.dense, y, error)
             : ys_labels_assign(y, &w->dense, error);
}

/* Go on by another solver on all rows and classes, which every rank has, in a
 * phase of its own. */
static ys_code hand_over(ys_exact *w, const char *to, ys_exact_phase phase,
                         ys_labels *y, ys_error *error) {
  const ys_objective *objective =
      ranks_of(w) ? &w->gathered.objective : w->work.objective;
  ys_options options;
  ys_code code = ys_solver_parse(to, &w->last, &options, error);
  if (code)
    return code;
  code =
      w->last->init(&w->last_work, objective, &options, dense_of(w, y), error);
  ys_options_free(&options);
  code = ys_ranks_agree(ranks_of(w), code, error);
  if (!code)
    w->last->heed(w->last_work, w->work.stop);
  w->phase = phase;
  return code;
}

static ys_code take_few(ys_exact *w, ys_labels *y, ys_error *error) {
  ys_code code = lay_dense(w, y, error);
  if (code)
    return code;
  if (!w->few)
    w->few = ys_few_open(&w->work, dense_of(w, y), error);
  if (!w->few)
    return YS_NO_MEMORY;
  ys_few_begin(w->few, dense_of(w, y)->dense);
  w->phase = YS_EXACT_FEW;
  return YS_OK;
}

static ys_code take_many(ys_exact *w, ys_labels *y, ys_error *error) {
  w->sampled = *w->work.objective->batch;
  w->sampled.ranks = NULL;
  if (!w->nu)
    take_arrays(w);
  w->phase = YS_EXACT_SAMPLES;
  w->refined = false;
  w->look.stride = w->fresh.stride = 0;
  return y->dense ? YS_OK
                  : ys_labels_reserve(y, w->work.rows + w->candidates.capacity,
                                      error);
}

static ys_code take_all(ys_exact *w, ys_labels *y, ys_error *error) {
  const ys_code code = lay_dense(w, y, error);
  return code ? code : hand_over(w, "ipm", YS_EXACT_ALL, y, error);
}

static ys_code take_sweeps(ys_exact *w, ys_labels *y, ys_error *error) {
  const ys_code code = lay_dense(w, y, error);
  return code ? code : hand_over(w, "fw", YS_EXACT_SWEEPS, y, error);
}

/* What is small every rank does alone, and all do the same. */
static ys_code take_alone(ys_exact *w, ys_labels *y, ys_error *error) {
  const ys_code code =
      ys_gather_whole(&w->gathered, w->work.objective, y, true, error);
  return code ? code : hand_over(w, "exact", YS_EXACT_ALL, y, error);
}

/* From y on. */
static ys_code set_out(ys_exact *w, ys_labels *y, ys_error *error) {
  const ys_objective *objective = w->work.objective;
  const bool many = has_many_rows(objective->batch);
  return !is_sparse(objective) ? take_all(w, y, error)
         : ranks_of(w) && (!many || ys_exact_is_small(w))
             ? take_alone(w, y, error)
         : many ? take_many(w, y, error)
                : take_few(w, y, error);
}

static ys_code exact_init(void **work, const ys_objective *objective,
                          const ys_options *options, ys_labels *y,
                          ys_error *error) {
  (void)options;
  ys_exact *w = ys_work_open(sizeof *w, "exact", objective, error);
  ys_code code =
      ys_ranks_agree(objective->batch->ranks, w ? YS_OK : YS_NO_MEMORY, error);
  if (!code)
    code = set_out(w, y, error);
  return ys_work_hand_over(work, w, code, exact_free, error);
}

static ys_code exact_restart(void *work, ys_labels *y, ys_error *error) {
  ys_exact *w = work;
  let_go(w);
  w->work.scratch.knows_top = false;
  return set_out(w, y, error);
}

static void exact_heed(void *work, const ys_stop *stop) {
  ys_exact *w = work;
  ys_work_heed(work, stop);
  if (w->few)
    ys_few_heed(w->few, stop);
  if (w->last_work)
    w->last->heed(w->last_work, stop);
}

/* ----------------------------------------------------------------- step ----
 */

/* Rounds are next; and at once, if Newton's method left nothing to write. */
static ys_code take_rounds(ys_exact *w, bool solved, ys_labels *y,
                           ys_error *error) {
  w->phase = YS_EXACT_ROUNDS;
  ys_exact_begin_rounds(w, solved);
  return solved || ys_exact_round(w) ? YS_OK : take_all(w, y, error);
}

/* The first step, where rows are many. Where a stop is wanted nothing has
 * happened: nu is a sample's, and says little of all rows. */
static ys_code begin(ys_exact *w, ys_labels *y, ys_error *error) {
  const bool solved = ys_exact_solve_samples(w);
  if (ys_stop_is_wanted(w->work.stop))
    return YS_OK;
  memcpy(w->nu, w->newton.nu, w->work.classes * sizeof *w->nu);
  w->listed = false;
  w->phase = YS_EXACT_NEWTON;
  return solved                      ? YS_OK
         : ys_exact_is_small(w)      ? take_few(w, y, error)
         : ys_exact_has_long_rows(w) ? take_sweeps(w, y, error)
                                     : take_rounds(w, false, y, error);
}

/* Newton's method goes on for as long as it comes nearer. */
static ys_code refine(ys_exact *w, ys_labels *y, ys_error *error) {
  const bool nearer = ys_exact_refine(w), solved = w->newton.gap < INFINITY;
  memcpy(w->nu, w->newton.nu, w->work.classes * sizeof *w->nu);
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

/* The short lists lead no farther. Where they have broken down, as numbers at
 * the ends of what doubles hold can make them, y begins anew. */
static ys_code leave_few(ys_exact *w, ys_labels *y, ys_error *error) {
  double *dense = dense_of(w, y)->dense;
  if (!ys_few_is_whole(w->few, dense))
    ys_start_uniform(w->work.objective, dense);
  return hand_over(w, "ipm", YS_EXACT_ALL, y, error);
}

static ys_step step_few(ys_exact *w, ys_labels *y, ys_error *error) {
  const ys_step step = ys_few_step(w->few, dense_of(w, y)->dense, error);
  if (step == YS_STEP_STALLED && leave_few(w, y, error))
    return YS_STEP_FAILED;
  return step == YS_STEP_FAILED || write_dense(w, y, error) ? YS_STEP_FAILED
                                                            : YS_STEP_ON;
}

/* Another solver's; where sweeps come no farther the interior point does. */
static ys_step step_all(ys_exact *w, ys_labels *y, ys_error *error) {
  ys_step step = w->last->step(w->last_work, dense_of(w, y), error);
  if (step == YS_STEP_STALLED && w->phase == YS_EXACT_SWEEPS) {
    let_go(w);
    step = hand_over(w, "ipm", YS_EXACT_ALL, y, error) ? YS_STEP_FAILED
                                                       : YS_STEP_ON;
  }
  return write_dense(w, y, error) ? YS_STEP_FAILED : step;
}

static bool has_handed_over(const ys_exact *w) {
  return w->phase == YS_EXACT_SWEEPS || w->phase == YS_EXACT_ALL;
}

static ys_step exact_step(void *work, ys_labels *y, ys_error *error) {
  ys_exact *w = work;
  ys_step step = YS_STEP_ON;
  if (w->phase != YS_EXACT_FEW && !has_handed_over(w))
    step = step_many(w, y, error);
  return step != YS_STEP_ON         ? step
         : w->phase == YS_EXACT_FEW ? step_few(w, y, error)
         : has_handed_over(w)       ? step_all(w, y, error)
                                    : step;
}

static const double *exact_multipliers(const void *work) {
  const ys_exact *w = work;
  if (has_handed_over(w))
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
    .over_ranks = true,
    .init = exact_init,
    .restart = exact_restart,
    .step = exact_step,
    .heed = exact_heed,
    .multipliers = exact_multipliers,
    .free = exact_free,
};
