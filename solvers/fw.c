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
 * that the result has the same bits whatever the number of threads.
 *
 * Correction: for a row that holds several classes, let its pair be the two of
 * greatest and least gain, and m the mass that moves between them. Newton's
 * model of F in all these m is the program of pairs.h, d_j being the loss's
 * curvature and h the fairness term's. Rows that hold the same pair have gains
 * that differ by little and curvatures near zero, which leaves the model
 * almost linear; the root mean square of the gains, added to d, keeps it
 * solvable and vanishes at the optimum, so that convergence stays fast
 * (regularised Newton: Li, Fukushima, Qi and Yamashita 2004). */
#include "../problems/simd.h"
#include "columns.h"
#include "pairs.h"
#include "pairwise.h"
#include "solver.h"

#include <float.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct fw {
  const ys_objective *objective;
  ys_scratch scratch;
  ys_columns columns;
  double *log_sigma;   /* M x K, shannon alone */
  const double *score; /* M x K: sigma, or its logarithm */
  size_t stride;       /* rows are visited in steps of it: prime to M */
  bool corrective;
  uint32_t *vertex;     /* M: the class of a one-hot row; K for another row */
  unsigned char *visit; /* M: whether this sweep visits the row */
  ys_pairs pairs;
  size_t *row;   /* M: the row of each pair */
  double *level; /* M: its score . y */
} fw;

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
  fw *w = work;
  if (!w)
    return;
  ys_scratch_free(&w->scratch);
  ys_pairs_free(&w->pairs);
  free(w->columns.mean);
  free(w->columns.nu);
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

static bool alloc(fw *w, size_t rows, size_t classes) {
  w->columns.mean = calloc(classes, sizeof(double));
  w->columns.nu = calloc(classes, sizeof(double));
  w->vertex = calloc(rows, sizeof *w->vertex);
  w->visit = calloc(rows, 1);
  w->row = calloc(rows, sizeof *w->row);
  w->level = calloc(rows, sizeof *w->level);
  if (w->objective->loss == YS_SHANNON)
    w->log_sigma = malloc(rows * classes * sizeof *w->log_sigma);
  return w->columns.mean && w->columns.nu && w->vertex && w->visit && w->row &&
         w->level && (w->objective->loss != YS_SHANNON || w->log_sigma);
}

static void set_scores(fw *w) {
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
  fw *w = calloc(1, sizeof *w);
  *work = NULL;
  if (!w)
    return ys_fail_memory(error, "fw");
  w->objective = objective;
  w->columns = (ys_columns){.objective = objective, .share = 1 / (double)rows};
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
  for (size_t i = 0; i < rows; i++)
    w->vertex[i] = (uint32_t)classes;
  ys_column_means(objective, y, &w->scratch);
  memcpy(w->columns.mean, w->scratch.ybar, classes * sizeof(double));
  *work = w;
  return YS_OK;
}

/* ------------------------------------------------------------ sweep ---- */

static ys_pairwise_row row_at(const fw *w, double *y, size_t i) {
  const size_t n = w->objective->batch->classes;
  return (ys_pairwise_row){w->score + i * n, y + i * n, n,
                           w->objective->loss == YS_SHANNON};
}

static bool is_mixed(const fw *w, size_t i) {
  return w->vertex[i] == w->objective->batch->classes;
}

/* Note whether the row is one-hot, and at which class. */
static void classify(fw *w, ys_pairwise_row row, size_t i) {
  size_t held = 0, last = row.n;
  for (size_t k = 0; k < row.n; k++)
    if (row.y[k] > 0) {
      held++;
      last = k;
    }
  w->vertex[i] = (uint32_t)(held == 1 ? last : row.n);
}

/* Column means anew: one-hot rows are counted, which is exact. */
static void refresh_means(fw *w, const double *y) {
  const size_t n = w->objective->batch->classes;
  const size_t rows = w->objective->batch->rows;
  double *mean = w->columns.mean;
  memset(mean, 0, n * sizeof *mean);
  for (size_t i = 0; i < rows; i++)
    if (!is_mixed(w, i))
      mean[w->vertex[i]]++;
  for (size_t i = 0; i < rows; i++)
    if (is_mixed(w, i))
      for (size_t k = 0; k < n; k++)
        mean[k] += y[i * n + k];
  for (size_t k = 0; k < n; k++)
    mean[k] /= (double)rows;
  ys_objective_multipliers(w->objective, mean, w->columns.nu);
}

/* Whether a one-hot row can gain at the current multipliers. */
static bool can_gain(const fw *w, size_t i) {
  const size_t n = w->objective->batch->classes, k = w->vertex[i];
  const double *score = w->score + i * n, *nu = w->columns.nu;
  double t = w->objective->loss == YS_SHANNON ? 1 : 1 / score[k];
  return ys_pairwise_is_short(t * score[k] + nu[k],
                              ys_pairwise_best(score, nu, t, n));
}

static void choose_visits(fw *w) {
  const ys_blocks *blocks = &w->scratch.blocks;
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_block_threads(blocks, w->objective->threads))
  for (size_t block = 0; block < blocks->count; block++)
    for (size_t i = ys_block_begin(blocks, block);
         i < ys_block_end(blocks, block); i++)
      w->visit[i] = is_mixed(w, i) || can_gain(w, i);
}

/* Returns whether a row has changed. */
static bool sweep(fw *w, double *y) {
  const size_t rows = w->objective->batch->rows;
  bool changed = false;
  choose_visits(w);
  for (size_t turn = 0, i = 0; turn < rows; turn++) {
    if (w->visit[i]) {
      ys_pairwise_row row = row_at(w, y, i);
      changed = ys_pairwise_improve(row, &w->columns) || changed;
      classify(w, row, i);
    }
    i += w->stride;
    i -= i >= rows ? rows : 0;
  }
  return changed;
}

/* ------------------------------------------------------- correction ---- */

/* The held classes of greatest and least gain. */
static void choose_pair(ys_pairwise_row row, const double *nu, double t,
                        ys_pair *p) {
  double best = -INFINITY, worst = INFINITY;
  for (size_t k = 0; k < row.n; k++) {
    if (!(row.y[k] > 0))
      continue;
    double gain = t * row.score[k] + nu[k];
    if (gain > best) {
      best = gain;
      p->to = (uint32_t)k;
    }
    if (gain <= worst) {
      worst = gain;
      p->from = (uint32_t)k;
    }
  }
}

/* Pose the program over the rows that hold several classes. */
static void collect_pairs(fw *w, double *y) {
  const size_t n = w->objective->batch->classes;
  const double *nu = w->columns.nu;
  double square = 0;
  w->pairs.count = 0;
  for (size_t i = 0; i < w->objective->batch->rows; i++) {
    if (!is_mixed(w, i))
      continue;
    ys_pairwise_row row = row_at(w, y, i);
    ys_pair *p = &w->pairs.pair[w->pairs.count];
    double x = ys_pairwise_level(row);
    choose_pair(row, nu, 1 / x, p);
    double rise = (row.score[p->to] - row.score[p->from]) / x;
    p->gain = rise + nu[p->to] - nu[p->from];
    p->curvature = row.linear ? 0 : rise * rise;
    p->low = -row.y[p->to];
    p->high = row.y[p->from];
    square += p->gain * p->gain;
    w->row[w->pairs.count] = i;
    w->level[w->pairs.count++] = x;
  }
  double most = 0;
  for (size_t k = 0; k < n; k++) {
    double h = ys_columns_stiffness(&w->columns, k, w->columns.mean[k]);
    w->pairs.stiffness[k] = h;
    most = fmax(most, h);
  }
  double regular = sqrt(square / (double)w->pairs.count) + 1e-10 * most;
  for (size_t j = 0; j < w->pairs.count; j++)
    w->pairs.pair[j].curvature += regular;
}

/* M times what F changes by if the moves are made in part, as a sum of terms as
 * small as the change itself; *slope is the same to first order. */
static double change_of(const fw *w, double part, double *slope) {
  const ys_objective *o = w->objective;
  const size_t n = o->batch->classes;
  double change = 0, *shift = w->pairs.trial;
  *slope = 0;
  memset(shift, 0, n * sizeof *shift);
  for (size_t j = 0; j < w->pairs.count; j++) {
    const ys_pair *p = &w->pairs.pair[j];
    const double *score = w->score + w->row[j] * n;
    double mass = part * p->mass;
    double rise = mass * (score[p->to] - score[p->from]);
    change -= o->loss == YS_SHANNON ? rise : log1p(rise / w->level[j]);
    *slope -= mass * p->gain;
    shift[p->to] += mass * w->columns.share;
    shift[p->from] -= mass * w->columns.share;
  }
  for (size_t k = 0; k < n; k++) {
    double mean = w->columns.mean[k], ratio = shift[k] / mean;
    double rows = (double)o->batch->rows;
    if (!(ratio > -1))
      return INFINITY;
    if (o->fairness == YS_STRONG)
      change -= rows * o->lambda * o->prior[k] * log1p(ratio);
    else
      change += rows * o->lambda *
                (shift[k] * log((mean + shift[k]) / o->prior[k]) +
                 mean * log1p(ratio));
  }
  return change;
}

static void make_moves(fw *w, double *y, double part) {
  for (size_t j = 0; j < w->pairs.count; j++) {
    const ys_pair *p = &w->pairs.pair[j];
    ys_pairwise_row row = row_at(w, y, w->row[j]);
    double mass = part * p->mass;
    row.y[p->to] = fmax(row.y[p->to] + mass, 0);
    row.y[p->from] = fmax(row.y[p->from] - mass, 0);
    classify(w, row, w->row[j]);
    if (!is_mixed(w, w->row[j]))
      row.y[w->vertex[w->row[j]]] = 1;
  }
  refresh_means(w, y);
}

/* One regularised Newton step over the mixed rows. Returns M times what F fell
 * by. */
static double correct(fw *w, double *y) {
  const double fraction = 1e-4, shortest = 1e-3;
  collect_pairs(w, y);
  if (w->pairs.count == 0)
    return 0;
  ys_pairs_solve(&w->pairs);
  for (double part = 1; part > shortest; part /= 2) {
    double slope, change = change_of(w, part, &slope);
    if (slope < 0 && change < 0 && change <= fraction * slope) {
      make_moves(w, y, part);
      return -change;
    }
  }
  return 0;
}

/* Steps while they pay. Returns whether y has changed. */
static bool correct_all(fw *w, double *y) {
  enum { MOST_STEPS = 10 };
  const double pays = 0.2;
  double first = correct(w, y);
  double last = first;
  for (int step = 1; step < MOST_STEPS && last > pays * first; step++)
    last = correct(w, y);
  return first > 0;
}

/* ------------------------------------------------------------- step ---- */

static ys_step fw_step(void *work, double *y, ys_error *error) {
  fw *w = work;
  (void)error;
  ys_objective_multipliers(w->objective, w->columns.mean, w->columns.nu);
  bool changed = sweep(w, y);
  refresh_means(w, y);
  if (w->corrective && w->objective->lambda > 0)
    changed = correct_all(w, y) || changed;
  return changed ? YS_STEP_ON : YS_STEP_STALLED;
}

static const ys_option fw_options[] = {
    {"corrective", YS_WORD, "newton", 0, 0, "newton|none",
     "newton: correct the rows that hold several classes together"},
    {0}};

const ys_solver ys_fw = {
    .name = "fw",
    .summary = "block-coordinate pairwise Frank-Wolfe, Newton corrections",
    .options = fw_options,
    .supports = fw_supports,
    .init = fw_init,
    .step = fw_step,
    .free = fw_free,
};
