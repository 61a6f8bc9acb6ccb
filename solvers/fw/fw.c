/* Block-coordinate pairwise Frank-Wolfe (docs/method.md, section 3, "Pairwise
 * Frank-Wolfe"): rows in turn, each by exact steps that move mass between two
 * of its classes (pairwise.h), the column means following at once; and, after
 * each sweep, a correction of all the rows that hold more than one class
 * together.
 *
 * Sources: pairwise steps and their linear convergence, Lacoste-Julien and
 * Jaggi (NeurIPS 2015, arXiv 1511.05932); a block at a time with exact line
 * search, Lacoste-Julien, Jaggi, Schmidt and Pletscher (ICML 2013, arXiv
 * 1207.4747); correcting over the vertices in use is Holloway's extension
 * (Math. Programming 6, 1974), here by regularised Newton steps.
 *
 * At the optimum nearly every row is one-hot, and stays so: a sweep first finds
 * in parallel the rows that can gain at the multipliers it starts from, reading
 * sigma alone for a one-hot row, and then visits those one after the other, so
 * that the result has the same bits whatever the number of threads. */
#include "solvers/fw/fw.h"

#include "solvers/fw/corrections.h"

#include "problems/vector/tiles.h"

#include <math.h>

/* ------------------------------------------------------- life cycle ---- */

static ys_code fw_supports(const ys_objective *objective,
                           const ys_options *options, ys_error *why) {
  (void)options;
  if (objective->loss != YS_REVERSE)
    return YS_OK;
  return ys_fail(why, YS_UNSUPPORTED,
                 "fw serves collision and shannon, not reverse: its optimum is "
                 "inside the simplex, and its gradient unbounded at the "
                 "vertices");
}

static void take_arrays(ys_fw_state *w, size_t rows, size_t classes) {
  ys_memory *memory = &w->work.memory;
  ys_pairs_init(&w->pairs, memory, rows, classes);
  w->means.mean = ys_take_numbers(memory, classes, "fw");
  w->means.nu = ys_take_numbers(memory, classes, "fw");
  w->vertex = ys_take(memory, rows, sizeof *w->vertex, "fw");
  w->visit = ys_take(memory, rows, 1, "fw");
  ys_fw_held_init(&w->held, memory, rows, classes);
  w->move = ys_take(memory, rows, sizeof *w->move, "fw");
  w->room = ys_take_numbers(memory, classes, "fw");
  if (w->work.objective->loss == YS_SHANNON)
    w->logs = ys_take_numbers(memory, w->work.entries, "fw");
}

/* ln sigma, by the threads that will read it. */
static void fill_logarithms(const ys_fw_state *w, double *logs) {
  const ys_batch *batch = w->work.objective->batch;
  const ys_blocks *blocks = &w->work.scratch.blocks;
  const size_t n = w->work.classes;
#pragma omp parallel for schedule(static) num_threads(ys_work_threads(&w->work))
  for (size_t block = 0; block < blocks->count; block++)
    for (size_t i = ys_block_begin(blocks, block);
         i < ys_block_end(blocks, block); i++) {
      const double *sigma = ys_batch_rows(batch, i, 1, logs + i * n);
      for (size_t k = 0; k < n; k++)
        logs[i * n + k] = log(sigma[k]);
    }
}

/* All rows. */
static void classify(ys_fw_state *w, const double *y) {
  const ys_blocks *blocks = &w->work.scratch.blocks;
#pragma omp parallel for schedule(static) num_threads(ys_work_threads(&w->work))
  for (size_t block = 0; block < blocks->count; block++)
    for (size_t i = ys_block_begin(blocks, block);
         i < ys_block_end(blocks, block); i++)
      ys_fw_classify(w, y + i * w->work.classes, i);
}

/* From y on, of the batch as it is: scores, what rows hold, means. */
static void begin(ys_fw_state *w, double *y) {
  w->score = w->logs ? w->logs : w->work.objective->batch->sigma;
  if (w->logs)
    fill_logarithms(w, w->logs);
  w->means.labels = y;
  w->means.to_last_digit = false;
  w->stepped = false;
  classify(w, y);
  ys_fw_refresh(w, y);
}

static ys_code fw_init(void **work, const ys_objective *objective,
                       const ys_options *options, ys_labels *labels,
                       ys_error *error) {
  const size_t rows = objective->batch->rows,
               classes = objective->batch->classes;
  ys_fw_state *w = ys_work_open(sizeof *w, "fw", objective, error);
  if (w) {
    w->means =
        (ys_running_means){.objective = objective, .share = 1 / (double)rows};
    w->corrective = ys_options_is_word(options, "corrective", "newton");
    w->stride = ys_pairwise_stride(rows);
    take_arrays(w, rows, classes);
  }
  ys_code code = ys_work_hand_over(work, w, YS_OK, ys_work_free, error);
  if (!code)
    begin(w, labels->dense);
  return code;
}

static ys_code fw_restart(void *work, ys_labels *labels, ys_error *error) {
  (void)error;
  begin(work, labels->dense);
  return YS_OK;
}

/* ------------------------------------------------------------ sweep ---- */

/* Whether a one-hot row can gain: c_k < max_j c_j, c_j = t score_j + nu_j; and
 * how much, which is added to *gap. */
static bool can_gain(const ys_fw_state *w, size_t i, double *room,
                     double *gap) {
  const size_t n = w->work.classes, k = w->vertex[i];
  const double *score = ys_fw_scores(w, i, room), *nu = w->means.nu;
  const double t = w->work.objective->loss == YS_SHANNON
                       ? 1
                       : 1 / fmax(score[k], YS_PAIRWISE_LEAST);
  const double best = ys_pairwise_best(score, nu, t, n);
  *gap += best - (t * score[k] + nu[k]);
  return ys_pairwise_is_short(t * score[k] + nu[k], best);
}

/* The same of a row of several classes; and whether it is left to the
 * corrections: it holds two, and no other gains more. */
static bool can_wait(const ys_fw_state *w, double *y, size_t i, double *room,
                     double *gap) {
  const size_t n = w->work.classes;
  const double *nu = w->means.nu;
  const ys_pairwise_row row = ys_fw_row(w, y, i, room);
  const double t = 1 / ys_pairwise_level(row);
  const double best = ys_pairwise_best(row.score, nu, t, n);
  double held = -INFINITY;
  size_t count = 0;
  for (size_t k = 0; k < n; k++)
    if (row.y[k] > 0) {
      const double gain = t * row.score[k] + nu[k];
      held = fmax(held, gain);
      *gap += row.y[k] * (best - gain);
      count++;
    }
  return count == 2 && !ys_pairwise_is_short(held, best);
}

static void choose_visits(ys_fw_state *w, double *y) {
  const ys_blocks *blocks = &w->work.scratch.blocks;
  const bool waits = !w->means.to_last_digit;
  double *gaps = w->work.scratch.totals;
#pragma omp parallel for schedule(static) num_threads(ys_work_threads(&w->work))
  for (size_t block = 0; block < blocks->count; block++) {
    double *room = ys_row_room(&w->work.scratch, w->work.classes);
    gaps[block] = 0;
    for (size_t i = ys_block_begin(blocks, block);
         i < ys_block_end(blocks, block); i++)
      w->visit[i] = ys_fw_is_mixed(w, i)
                        ? !(w->corrects_first &&
                            can_wait(w, y, i, room, &gaps[block]) && waits)
                        : can_gain(w, i, room, &gaps[block]);
  }
  w->gap = 0;
  for (size_t block = 0; block < blocks->count; block++)
    w->gap += gaps[block] * w->means.share;
}

/* Scattered rows are not what the processor expects to read next. Inlined, for
 * GCC leaves out the call of a function that does nothing else. */
YS_INLINE void fetch(const ys_fw_state *w, const double *y, size_t i) {
  enum { LINE = 64 / sizeof(double), MOST = 32 * LINE };
  const size_t n = w->work.classes;
  const float *recorded = w->work.objective->batch->recorded;
  for (size_t k = 0; k < n && k < MOST; k += LINE) {
    if (w->score)
      __builtin_prefetch(w->score + i * n + k, 0);
    else
      __builtin_prefetch(recorded + i * n + k, 0);
    __builtin_prefetch(y + i * n + k, 1);
  }
}

/* The row whose turn is after row i's. */
static size_t next_turn(const ys_fw_state *w, size_t i) {
  const size_t rows = w->work.rows, next = i + w->stride;
  return next < rows ? next : next - rows;
}

/* Returns whether a row has changed. Where a stop is wanted the rest of the
 * rows wait: each is exact by itself. */
static bool sweep(ys_fw_state *w, double *y) {
  enum { AHEAD = 6, ROWS_BETWEEN_QUESTIONS = 512 };
  const size_t rows = w->work.rows;
  bool changed = false;
  choose_visits(w, y);
  for (size_t turn = 0, i = 0, ahead = AHEAD * w->stride % rows; turn < rows;
       turn++, i = next_turn(w, i), ahead = next_turn(w, ahead)) {
    if (turn % ROWS_BETWEEN_QUESTIONS == 0 && ys_stop_is_wanted(w->work.stop))
      return true;
    if (w->visit[ahead])
      fetch(w, y, ahead);
    if (w->visit[i]) {
      ys_pairwise_row row = ys_fw_row(w, y, i, w->room);
      changed = ys_pairwise_improve(row, &w->means) || changed;
      ys_fw_classify(w, row.y, i);
    }
  }
  return changed;
}

/* ------------------------------------------------------------- step ---- */

static ys_step fw_step(void *work, ys_labels *labels, ys_error *error) {
  double *y = labels->dense;
  ys_fw_state *w = work;
  (void)error;
  w->means.labels = y;
  if (w->corrects_first && !w->stepped)
    ys_fw_correct(w, y);
  w->stepped = true;
  bool changed = sweep(w, y);
  ys_fw_refresh(w, y);
  if (w->corrective && w->work.objective->lambda > 0 &&
      !ys_stop_is_wanted(w->work.stop))
    changed = ys_fw_correct(w, y) || changed;
  if (!changed && !w->means.to_last_digit) {
    w->means.to_last_digit = true;
    changed = sweep(w, y);
    ys_fw_refresh(w, y);
  }
  return changed ? YS_STEP_ON : YS_STEP_STALLED;
}

void ys_fw_correct_first(void *work) {
  ((ys_fw_state *)work)->corrects_first = true;
}

double ys_fw_gap(const void *work) {
  return ((const ys_fw_state *)work)->gap;
}

/* The classes that a row may hold. */
typedef struct range {
  size_t first, end;
} range;

static range classes_of(const ys_fw_state *w, size_t i) {
  const size_t a = w->vertex[i];
  return ys_fw_is_mixed(w, i) ? (range){0, w->work.classes} : (range){a, a + 1};
}

static size_t entries_of(const ys_fw_state *w, const double *y) {
  const size_t n = w->work.classes;
  size_t entries = 0;
  for (size_t i = 0; i < w->work.rows; i++) {
    const range held = classes_of(w, i);
    for (size_t k = held.first; k < held.end; k++)
      entries += y[i * n + k] > 0;
  }
  return entries;
}

ys_code ys_fw_write(const void *work, const double *y, ys_labels *to,
                    ys_error *error) {
  const ys_fw_state *w = work;
  const size_t n = w->work.classes, rows = w->work.rows;
  const size_t entries = entries_of(w, y), spare = entries / 8;
  size_t at = 0;
  if (entries > to->room) {
    const ys_code code = ys_labels_reserve(to, entries + spare, error);
    if (code)
      return code;
  }
  for (size_t i = 0; i < rows; i++) {
    const range held = classes_of(w, i);
    to->begin[i] = at;
    for (size_t k = held.first; k < held.end; k++)
      if (y[i * n + k] > 0) {
        to->held[at] = (uint32_t)k;
        to->weight[at++] = y[i * n + k];
      }
  }
  to->begin[rows] = at;
  return YS_OK;
}

/* Weak fairness asks for any mass, however small, of a class that has none: the
 * bound at y's own means is no bound then, but at these multipliers it is. */
static const double *fw_multipliers(const void *work) {
  const ys_fw_state *w = work;
  return w->work.objective->fairness == YS_WEAK ? w->means.nu : NULL;
}

static const ys_option fw_options[] = {
    {"corrective", YS_WORD, "newton", 0, 0, "newton|none",
     "newton: correct the rows that hold several classes together"},
    {0}};

/* Steps are exact, and corrections that would raise F are not taken. */
const ys_solver ys_fw = {
    .name = "fw",
    .summary = "pairwise Frank-Wolfe by rows, Newton corrections",
    .options = fw_options,
    .by_rows = true,
    .supports = fw_supports,
    .init = fw_init,
    .restart = fw_restart,
    .step = fw_step,
    .heed = ys_work_heed,
    .multipliers = fw_multipliers,
    .descends = ys_work_descends,
    .free = ys_work_free,
};
