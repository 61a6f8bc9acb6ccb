/* The interior point on active sets. At the optimum nearly every row holds one
 * class, and which one is plain at any good estimate of the multipliers nu. So
 * sweeps of Frank-Wolfe make an estimate; the rows whose best class is not
 * plain, with the classes that they may come to hold, are solved by the
 * interior point, the others standing still; a pass over sigma prices every
 * class of every row at the new nu; and if any row would gain by a class that
 * it does not hold, rows and classes are chosen anew.
 *
 * A step is a sweep or such a round. */
#include "solvers/ipm/ipm_active.h"

#include "problems/vector/array.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  SWEEPS = 3,
  MOST_ITERATIONS = 100,
  CLASSES_A_ROW = 16,
  SMALL = 1 << 17, /* slots: batches of a million entries */
  MOST_IDLE = 5,
  MOST_TRIES = 2,
};

/* --------------------------------------------------------- life cycle ---- */

void ys_ipm_active_close(ys_ipm_active *w) {
  if (w->sweeper)
    w->sweeper->free(w->sweeps);
}

static void *take(ys_ipm_active *w, size_t count, size_t size) {
  return ys_take(&w->work->memory, count, size, "the interior point");
}

static void take_arrays(ys_ipm_active *w, size_t rows, size_t n) {
  ys_ipm_part *part = &w->part;
  w->nu = take(w, n, sizeof *w->nu);
  w->mass = take(w, n, sizeof *w->mass);
  w->row = take(w, n, sizeof *w->row);
  w->margin = take(w, rows, sizeof *w->margin);
  w->best = take(w, rows, sizeof *w->best);
  w->vertex = take(w, rows, sizeof *w->vertex);
  w->count = take(w, rows, sizeof *w->count);
  w->keeper = take(w, n, sizeof *w->keeper);
  w->start = take(w, n + 1, sizeof *w->start);
  w->kept = take(w, ys_times(w->capacity, YS_LANES), sizeof *w->kept);
  w->saved = take(w, w->work->entries, sizeof *w->saved);
  part->rest = take(w, n, sizeof *part->rest);
  part->held = take(w, rows, sizeof *part->held);
  part->row = take(w, rows, sizeof *part->row);
  part->begin = take(w, ys_ipm_tiles(rows) + 1, sizeof *part->begin);
  part->classes = take(w, w->capacity, sizeof *part->classes);
}

/* Room for 16 classes a row on average, for what a basic solution holds several
 * times over, and for a fraction of what the K x K matrix takes. */
static void set_room(ys_ipm_active *w, size_t rows, size_t n) {
  const size_t tiles = ys_ipm_tiles(rows);
  size_t some = CLASSES_A_ROW * tiles + 2 * (rows + n) + n * n / 8;
  w->room = (some < tiles * n ? some : tiles * n) + n; /* tiles are ragged */
  w->capacity = tiles * n <= SMALL ? tiles * n + n : w->room;
}

static ys_code start_sweeps(ys_ipm_active *w, double *y, ys_error *error) {
  ys_options options;
  ys_labels labels = ys_labels_view(y, w->work->rows, w->work->classes);
  ys_code code = ys_solver_parse("fw", &w->sweeper, &options, error);
  if (code)
    return code;
  code = w->sweeper->init(&w->sweeps, w->work->objective, &options, &labels,
                          error);
  ys_options_free(&options);
  return code;
}

ys_code ys_ipm_active_open(ys_ipm_active *w, ys_work *work, int correctors,
                           double *y, ys_error *error) {
  const ys_objective *objective = work->objective;
  const size_t rows = objective->batch->rows, n = objective->batch->classes;
  w->work = work;
  w->sweeps_left = SWEEPS;
  w->value = INFINITY;
  set_room(w, rows, n);
  w->inner = ys_ipm_open(&work->memory, objective, ys_ipm_tiles(rows),
                         w->capacity, correctors);
  take_arrays(w, rows, n);
  ys_code code = ys_memory_check(&work->memory, error);
  return code ? code : start_sweeps(w, y, error);
}

/* ---------------------------------------------------------- keeping y ---- */

static double value_of(ys_ipm_active *w, const double *y) {
  return ys_objective_value(w->work->objective, y, &w->work->scratch);
}

static void copy(const ys_ipm_active *w, const double *from, double *to) {
  memcpy(to, from, w->work->entries * sizeof *to);
}

void ys_ipm_save(ys_ipm_active *w, const double *y) {
  double value = value_of(w, y);
  if (!(value < w->value))
    return;
  w->value = value;
  copy(w, y, w->saved);
}

/* Exchange y and what is kept of it, or copy it there. */
static void keep_part(ys_ipm_active *w, double *y, bool exchange) {
  const size_t n = w->work->classes;
  for (size_t i = 0; i < w->part.rows; i++) {
    const size_t l = i % YS_LANES, first = w->part.begin[i / YS_LANES];
    double *row = y + w->part.row[i] * n;
    for (size_t slot = first; slot < first + w->part.held[i]; slot++) {
      double *entry = row + w->part.classes[slot].of[l];
      double *kept = w->kept + slot * YS_LANES + l, old = *kept;
      *kept = *entry;
      if (exchange)
        *entry = old;
    }
  }
}

/* y of before or after a round, whichever is better. */
static void take_better(ys_ipm_active *w, double *y) {
  double after = value_of(w, y);
  keep_part(w, y, true);
  if (!(value_of(w, y) < after))
    keep_part(w, y, true);
}

/* ------------------------------------------------------------- rounds ---- */

/* One-hot rows; multipliers at y. */
static void look_at(ys_ipm_active *w, const double *y) {
  const size_t n = w->work->classes;
  memset(w->part.rest, 0, n * sizeof *w->part.rest);
  for (size_t i = 0; i < w->work->rows; i++) {
    const double *row = y + i * n;
    size_t held = 0;
    w->vertex[i] = (unsigned)n;
    for (size_t k = 0; k < n; k++) {
      w->part.rest[k] += row[k];
      held += row[k] > 0;
      if (row[k] == 1)
        w->vertex[i] = (unsigned)k;
    }
    if (held > 1)
      w->vertex[i] = (unsigned)n;
    w->wanted += held > 1 ? 2 : 0;
  }
  for (size_t k = 0; k < n; k++)
    w->part.rest[k] /= (double)w->work->rows;
  ys_objective_multipliers(w->work->objective, w->part.rest, w->nu);
}

/* From what the sweeps have left. */
static void begin_rounds(ys_ipm_active *w, const double *y) {
  w->wanted = 2 * w->work->classes;
  look_at(w, y);
  w->gap = w->least = ys_ipm_price(w, y);
}

static bool choose(ys_ipm_active *w, double *y) {
  if (!ys_ipm_choose(w, y))
    return false;
  ys_ipm_read(w->inner, &w->part, y, w->tries ? NULL : w->nu);
  w->chosen = w->moving = true;
  return true;
}

/* Whether the rounds come nearer. */
static bool is_nearer(ys_ipm_active *w) {
  w->idle = w->gap < w->least ? 0 : w->idle + 1;
  w->least = fmin(w->least, w->gap);
  return w->idle <= MOST_IDLE;
}

/* Solve the part to a hundredth of the last gap. If it does not come to that, y
 * is left no worse than it was. */
static void solve_part(ys_ipm_active *w, double *y) {
  const double target = 0.01 * w->gap;
  keep_part(w, y, false);
  for (int i = 0; i < MOST_ITERATIONS && w->moving; i++) {
    w->moving = ys_ipm_iterate(w->inner, y);
    if (w->inner->gap <= target)
      return;
    if (ys_stop_is_wanted(w->work->stop))
      break;
  }
  take_better(w, y);
}

/* Solve, price, and see whether the part will do for more. Returns whether
 * another round makes sense. */
static bool play_round(ys_ipm_active *w, double *y) {
  ys_ipm_state *inner = w->inner;
  solve_part(w, y);
  memcpy(w->nu, inner->hint, inner->n * sizeof *w->nu);
  double lacking = ys_ipm_price(w, y);
  w->gap = inner->gap + lacking;
  if (lacking > 0.1 * inner->gap) {
    w->chosen = false;
    w->wanted = w->wanted < w->work->rows ? 2 * w->wanted : w->wanted;
  }
  return is_nearer(w) && (w->moving || !w->chosen);
}

/* ------------------------------------------------------- going astray ---- */

/* Rounds lead nowhere: go on with every row and class, if there is room for
 * that, or else with as many as there is, from multipliers to match y. Returns
 * false if that has been tried. */
static bool begin_afresh(ys_ipm_active *w, double *y) {
  if (ys_ipm_fits_whole(w)) {
    w->whole = true;
    ys_ipm_save(w, y);
    ys_ipm_read(w->inner, NULL, y, NULL);
    return true;
  }
  w->chosen = false;
  w->wanted = w->work->rows;
  w->idle = 0;
  return isfinite(w->gap) && w->tries++ < MOST_TRIES;
}

/* An iteration on every row and class. */
static bool iterate_whole(ys_ipm_active *w, double *y) {
  bool moving = ys_ipm_iterate(w->inner, y);
  memcpy(w->nu, w->inner->hint, w->inner->n * sizeof *w->nu);
  ys_ipm_save(w, y);
  return moving;
}

/* --------------------------------------------------------------- step ---- */

/* The last y, or that which was saved, whichever is better. */
static void settle(ys_ipm_active *w, double *y) {
  if (!(w->value < value_of(w, y)))
    return;
  copy(w, w->saved, y);
  if (w->done || w->whole)
    return;
  w->chosen = false;
  begin_rounds(w, y);
}

static void step_rounds(ys_ipm_active *w, double *y) {
  if (!isfinite(w->gap) || (!w->chosen && !choose(w, y))) {
    w->done = !begin_afresh(w, y);
    return;
  }
  if (!play_round(w, y))
    w->done = !begin_afresh(w, y);
}

/* y has gone no farther; that may be because it had left the domain. */
static ys_step stop(ys_ipm_active *w, const double *y, ys_error *error) {
  const ys_labels labels = ys_labels_view(y, w->work->rows, w->work->classes);
  if (w->inner->why)
    ys_fail(error, YS_BAD_NUMERICS, "%s", w->inner->why);
  return ys_objective_check_finite(w->work->objective, &labels,
                                   &w->work->scratch, error)
             ? YS_STEP_FAILED
             : YS_STEP_STALLED;
}

ys_step ys_ipm_active_step(ys_ipm_active *w, double *y, ys_error *error) {
  if (w->done)
    return stop(w, y, error);
  if (w->sweeps_left > 0) {
    ys_labels labels = ys_labels_view(y, w->work->rows, w->work->classes);
    ys_step step = w->sweeper->step(w->sweeps, &labels, error);
    w->sweeps_left = step == YS_STEP_ON ? w->sweeps_left - 1 : 0;
    if (w->sweeps_left == 0)
      begin_rounds(w, y);
  } else if (w->whole)
    w->done = !iterate_whole(w, y);
  else
    step_rounds(w, y);
  if (w->done || (w->sweeps_left == 0 && ys_stop_is_wanted(w->work->stop)))
    settle(w, y);
  return YS_STEP_ON;
}
