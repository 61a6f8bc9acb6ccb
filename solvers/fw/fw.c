/* Block-coordinate pairwise Frank-Wolfe: rows in turn, each by exact steps that
 * move mass between two of its classes (pairwise.h), the column means following
 * at once; and, after each sweep, a correction of all the rows that hold more
 * than one class together.
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

#include "problems/vector/array.h"

#include <stdlib.h>
#include <string.h>

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

static void fw_free(void *work) {
  ys_fw_state *w = work;
  if (!w)
    return;
  ys_scratch_free(&w->scratch);
  ys_pairs_free(&w->pairs);
  free(w->means.mean);
  free(w->means.nu);
  free(w->log_sigma);
  free(w->vertex);
  free(w->visit);
  free(w->row);
  free(w->level);
  free(w);
}

/* A step near the golden section of M and prime to it: rows that are neighbours
 * in the file, often of one class, are then visited far apart. */
static size_t choose_stride(size_t rows) {
  size_t stride = (size_t)(0.6180339887498949 * (double)rows);
  for (stride += stride == 0;; stride++) {
    size_t a = rows, b = stride;
    while (b) {
      size_t rest = a % b;
      a = b;
      b = rest;
    }
    if (a == 1)
      return stride;
  }
}

static bool alloc(ys_fw_state *w, size_t rows, size_t classes) {
  w->means.mean = calloc(classes, sizeof(double));
  w->means.nu = calloc(classes, sizeof(double));
  w->vertex = calloc(rows, sizeof *w->vertex);
  w->visit = calloc(rows, 1);
  w->row = calloc(rows, sizeof *w->row);
  w->level = calloc(rows, sizeof *w->level);
  if (w->objective->loss == YS_SHANNON)
    w->log_sigma = ys_array(ys_times(rows, classes), sizeof *w->log_sigma);
  return w->means.mean && w->means.nu && w->vertex && w->visit && w->row &&
         w->level && (w->objective->loss != YS_SHANNON || w->log_sigma);
}

static void set_scores(ys_fw_state *w) {
  const ys_batch *batch = w->objective->batch;
  w->score = batch->sigma;
  if (w->objective->loss != YS_SHANNON)
    return;
  for (size_t i = 0; i < batch->rows * batch->classes; i++)
    w->log_sigma[i] = log(batch->sigma[i]);
  w->score = w->log_sigma;
}

static ys_code fw_init(void **work, const ys_objective *objective,
                       const ys_options *options, double *y, ys_error *error) {
  const size_t rows = objective->batch->rows,
               classes = objective->batch->classes;
  ys_fw_state *w = calloc(1, sizeof *w);
  *work = NULL;
  if (!w)
    return ys_fail_memory(error, "fw");
  w->objective = objective;
  w->means =
      (ys_running_means){.objective = objective, .share = 1 / (double)rows};
  w->corrective = ys_options_is_word(options, "corrective", "newton");
  w->stride = choose_stride(rows);
  ys_code code = ys_scratch_init(&w->scratch, objective, error);
  if (!code)
    code = ys_pairs_init(&w->pairs, rows, classes, error);
  if (!code && !alloc(w, rows, classes))
    code = ys_fail_memory(error, "fw");
  if (code) {
    fw_free(w);
    return code;
  }
  set_scores(w);
  w->means.labels = y;
  for (size_t i = 0; i < rows; i++)
    ys_fw_classify(w, ys_fw_row(w, y, i), i);
  ys_fw_refresh(w, y);
  *work = w;
  return YS_OK;
}

/* ------------------------------------------------------------ sweep ---- */

void ys_fw_classify(ys_fw_state *w, ys_pairwise_row row, size_t i) {
  size_t held = 0, last = row.n;
  for (size_t k = 0; k < row.n; k++)
    if (row.y[k] > 0) {
      held++;
      last = k;
    }
  w->vertex[i] = (uint32_t)(held == 1 ? last : row.n);
}

/* One-hot rows are counted, which is exact. */
void ys_fw_refresh(ys_fw_state *w, const double *y) {
  const size_t n = w->objective->batch->classes;
  const size_t rows = w->objective->batch->rows;
  double *mean = w->means.mean;
  memset(mean, 0, n * sizeof *mean);
  for (size_t i = 0; i < rows; i++)
    if (!ys_fw_is_mixed(w, i))
      mean[w->vertex[i]]++;
  for (size_t i = 0; i < rows; i++)
    if (ys_fw_is_mixed(w, i))
      for (size_t k = 0; k < n; k++)
        mean[k] += y[i * n + k];
  for (size_t k = 0; k < n; k++)
    mean[k] /= (double)rows;
  ys_means_price(&w->means);
}

/* Whether a one-hot row can gain at the current multipliers. */
static bool can_gain(const ys_fw_state *w, size_t i) {
  const size_t n = w->objective->batch->classes, k = w->vertex[i];
  const double *score = w->score + i * n, *nu = w->means.nu;
  double t = w->objective->loss == YS_SHANNON
                 ? 1
                 : 1 / fmax(score[k], YS_PAIRWISE_LEAST);
  return ys_pairwise_is_short(t * score[k] + nu[k],
                              ys_pairwise_best(score, nu, t, n));
}

static void choose_visits(ys_fw_state *w) {
  const ys_blocks *blocks = &w->scratch.blocks;
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_block_threads(blocks, w->objective->threads))
  for (size_t block = 0; block < blocks->count; block++)
    for (size_t i = ys_block_begin(blocks, block);
         i < ys_block_end(blocks, block); i++)
      w->visit[i] = ys_fw_is_mixed(w, i) || can_gain(w, i);
}

/* Scattered rows are not what the processor expects to read next. */
static void fetch(const ys_fw_state *w, const double *y, size_t i) {
  enum { LINE = 64 / sizeof(double), MOST = 32 * LINE };
  const size_t n = w->objective->batch->classes;
  for (size_t k = 0; k < n && k < MOST; k += LINE) {
    __builtin_prefetch(w->score + i * n + k, 0);
    __builtin_prefetch(y + i * n + k, 1);
  }
}

/* The row whose turn is after row i's. */
static size_t next_turn(const ys_fw_state *w, size_t i) {
  const size_t rows = w->objective->batch->rows, next = i + w->stride;
  return next < rows ? next : next - rows;
}

/* Returns whether a row has changed. Where a stop is wanted the rest of the
 * rows wait: each is exact by itself. */
static bool sweep(ys_fw_state *w, double *y) {
  enum { AHEAD = 6, ROWS_BETWEEN_QUESTIONS = 512 };
  const size_t rows = w->objective->batch->rows;
  bool changed = false;
  choose_visits(w);
  for (size_t turn = 0, i = 0, ahead = AHEAD * w->stride % rows; turn < rows;
       turn++, i = next_turn(w, i), ahead = next_turn(w, ahead)) {
    if (turn % ROWS_BETWEEN_QUESTIONS == 0 && ys_stop_is_wanted(w->stop))
      return true;
    if (w->visit[ahead])
      fetch(w, y, ahead);
    if (w->visit[i]) {
      ys_pairwise_row row = ys_fw_row(w, y, i);
      changed = ys_pairwise_improve(row, &w->means) || changed;
      ys_fw_classify(w, row, i);
    }
  }
  return changed;
}

/* ------------------------------------------------------------- step ---- */

static ys_step fw_step(void *work, double *y, ys_error *error) {
  ys_fw_state *w = work;
  (void)error;
  w->means.labels = y;
  bool changed = sweep(w, y);
  ys_fw_refresh(w, y);
  if (w->corrective && w->objective->lambda > 0 && !ys_stop_is_wanted(w->stop))
    changed = ys_fw_correct(w, y) || changed;
  if (!changed && !w->means.to_last_digit) {
    w->means.to_last_digit = true;
    changed = sweep(w, y);
    ys_fw_refresh(w, y);
  }
  return changed ? YS_STEP_ON : YS_STEP_STALLED;
}

/* Weak fairness asks for any mass, however small, of a class that has none: the
 * bound at y's own means is no bound then, but at these multipliers it is. */
static const double *fw_multipliers(const void *work) {
  const ys_fw_state *w = work;
  return w->objective->fairness == YS_WEAK ? w->means.nu : NULL;
}

static void fw_heed(void *work, const ys_stop *stop) {
  ((ys_fw_state *)work)->stop = stop;
}

static const ys_option fw_options[] = {
    {"corrective", YS_WORD, "newton", 0, 0, "newton|none",
     "newton: correct the rows that hold several classes together"},
    {0}};

/* Steps are exact, and corrections that would raise F are not taken. */
static bool fw_descends(const ys_options *options) {
  (void)options;
  return true;
}

const ys_solver ys_fw = {
    .name = "fw",
    .summary = "pairwise Frank-Wolfe by rows, Newton corrections: recommended",
    .options = fw_options,
    .supports = fw_supports,
    .init = fw_init,
    .step = fw_step,
    .heed = fw_heed,
    .multipliers = fw_multipliers,
    .descends = fw_descends,
    .free = fw_free,
};
