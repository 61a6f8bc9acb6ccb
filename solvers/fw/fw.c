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

#include "solvers/common/work.h"
#include "solvers/fw/pairs.h"
#include "solvers/fw/pairwise.h"

#include "problems/vector/tiles.h"

#include <float.h>
#include <string.h>

typedef struct fw_state {
  ys_work work;
  ys_running_means means;
  const double *score; /* M x K: sigma, or its logarithm; NULL: sigma is kept as
                          float32 */
  double *logs;        /* M x K: of shannon, room for those */
  double *room;        /* K: for a row of it, where there are no threads */
  size_t stride;       /* rows are visited in steps of it: prime to M */
  bool corrective;
  bool corrects_first;  /* ys_fw_correct_first() */
  bool stepped;         /* since it began */
  uint32_t *vertex;     /* M: the class of a one-hot row; K for another row */
  unsigned char *visit; /* M: whether this sweep visits the row */
  ys_pairs pairs;
  size_t *row;   /* M: the row of each pair */
  double *level; /* M: its score . y */
} fw_state;

/* --------------------------------------------------------------- rows ---- */

/* Scores of row i: where they are, or in `room`. */
static const double *scores_of(const fw_state *w, size_t i, double *room) {
  return w->score ? w->score + i * w->work.classes
                  : ys_batch_rows(w->work.objective->batch, i, 1, room);
}

static double score_of(const fw_state *w, size_t i, size_t k) {
  return w->score ? w->score[i * w->work.classes + k]
                  : ys_batch_entry(w->work.objective->batch, i, k);
}

/* Row i of y; one at a time. */
static ys_pairwise_row row_of(const fw_state *w, double *y, size_t i) {
  const size_t n = w->work.classes;
  return (ys_pairwise_row){scores_of(w, i, w->room), y + i * n, n,
                           w->work.objective->loss == YS_SHANNON};
}

/* Whether the row holds several classes. */
static bool is_mixed(const fw_state *w, size_t i) {
  return w->vertex[i] == w->work.classes;
}

/* Note whether row i, `y`, is one-hot, and at which class. */
static void classify(fw_state *w, const double *y, size_t i) {
  const size_t n = w->work.classes;
  size_t held = 0, last = n;
  for (size_t k = 0; k < n; k++)
    if (y[k] > 0) {
      held++;
      last = k;
    }
  w->vertex[i] = (uint32_t)(held == 1 ? last : n);
}

/* Column means and multipliers anew. One-hot rows are counted, which is exact.
 */
static void refresh(fw_state *w, const double *y) {
  const size_t n = w->work.classes;
  const size_t rows = w->work.rows;
  double *mean = w->means.mean;
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
  ys_means_price(&w->means);
}

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

static void take_arrays(fw_state *w, size_t rows, size_t classes) {
  ys_memory *memory = &w->work.memory;
  ys_pairs_init(&w->pairs, memory, rows, classes);
  w->means.mean = ys_take_numbers(memory, classes, "fw");
  w->means.nu = ys_take_numbers(memory, classes, "fw");
  w->vertex = ys_take(memory, rows, sizeof *w->vertex, "fw");
  w->visit = ys_take(memory, rows, 1, "fw");
  w->row = ys_take(memory, rows, sizeof *w->row, "fw");
  w->level = ys_take_numbers(memory, rows, "fw");
  w->room = ys_take_numbers(memory, classes, "fw");
  if (w->work.objective->loss == YS_SHANNON)
    w->logs = ys_take_numbers(memory, w->work.entries, "fw");
}

/* ln sigma, by the threads that will read it. */
static void fill_logarithms(const fw_state *w, double *logs) {
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

/* From y on, of the batch as it is: scores, what rows hold, means. */
static void begin(fw_state *w, double *y) {
  w->score = w->logs ? w->logs : w->work.objective->batch->sigma;
  if (w->logs)
    fill_logarithms(w, w->logs);
  w->means.labels = y;
  w->means.to_last_digit = false;
  w->stepped = false;
  for (size_t i = 0; i < w->work.rows; i++)
    classify(w, y + i * w->work.classes, i);
  refresh(w, y);
}

static ys_code fw_init(void **work, const ys_objective *objective,
                       const ys_options *options, ys_labels *labels,
                       ys_error *error) {
  const size_t rows = objective->batch->rows,
               classes = objective->batch->classes;
  fw_state *w = ys_work_open(sizeof *w, "fw", objective, error);
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

/* Whether a one-hot row can gain: c_k < max_j c_j, c_j = t score_j + nu_j. */
static bool can_gain(const fw_state *w, size_t i, double *room) {
  const size_t n = w->work.classes, k = w->vertex[i];
  const double *score = scores_of(w, i, room), *nu = w->means.nu;
  double t = w->work.objective->loss == YS_SHANNON
                 ? 1
                 : 1 / fmax(score[k], YS_PAIRWISE_LEAST);
  return ys_pairwise_is_short(t * score[k] + nu[k],
                              ys_pairwise_best(score, nu, t, n));
}

/* Whether a row of several classes is left to the corrections: it holds two,
 * and no other gains more. */
static bool can_wait(const fw_state *w, double *y, size_t i, double *room) {
  const size_t n = w->work.classes;
  const double *nu = w->means.nu;
  const ys_pairwise_row row = {scores_of(w, i, room), y + i * n, n,
                               w->work.objective->loss == YS_SHANNON};
  const double t = 1 / ys_pairwise_level(row);
  double held = -INFINITY;
  size_t count = 0;
  for (size_t k = 0; k < n; k++)
    if (row.y[k] > 0) {
      held = fmax(held, t * row.score[k] + nu[k]);
      count++;
    }
  return count == 2 &&
         !ys_pairwise_is_short(held, ys_pairwise_best(row.score, nu, t, n));
}

static void choose_visits(fw_state *w, double *y) {
  const ys_blocks *blocks = &w->work.scratch.blocks;
  const bool all_mixed = !w->corrects_first || w->means.to_last_digit;
#pragma omp parallel for schedule(static) num_threads(ys_work_threads(&w->work))
  for (size_t block = 0; block < blocks->count; block++) {
    double *room = ys_row_room(&w->work.scratch, w->work.classes);
    for (size_t i = ys_block_begin(blocks, block);
         i < ys_block_end(blocks, block); i++)
      w->visit[i] = is_mixed(w, i) ? all_mixed || !can_wait(w, y, i, room)
                                   : can_gain(w, i, room);
  }
}

/* Scattered rows are not what the processor expects to read next. Inlined, for
 * GCC leaves out the call of a function that does nothing else. */
YS_INLINE void fetch(const fw_state *w, const double *y, size_t i) {
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
static size_t next_turn(const fw_state *w, size_t i) {
  const size_t rows = w->work.rows, next = i + w->stride;
  return next < rows ? next : next - rows;
}

/* Returns whether a row has changed. Where a stop is wanted the rest of the
 * rows wait: each is exact by itself. */
static bool sweep(fw_state *w, double *y) {
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
      ys_pairwise_row row = row_of(w, y, i);
      changed = ys_pairwise_improve(row, &w->means) || changed;
      classify(w, row.y, i);
    }
  }
  return changed;
}

/* ------------------------------------------------------- corrections ----
 *
 * Of the rows that hold several classes, all together. A row's pair are its two
 * held classes of greatest and least gain, and m the mass that moves between
 * them. Newton's model of F in all these m is the program of pairs.h, d_j being
 * the loss's curvature and h the fairness term's. Rows that hold the same pair
 * have gains that differ by little and curvatures near zero, which leaves the
 * model almost linear; the root mean square of the gains, added to d, keeps it
 * solvable and vanishes at the optimum, so that convergence stays fast
 * (regularised Newton: Li, Fukushima, Qi and Yamashita, Comput. Optim. Appl.
 * 28, 2004). */

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

/* h_k = -(1/M) dnu_k / dybar_k; and add the size of the gains to every d_j: at
 * least 1e-10 of what the stiffness is. */
static void regularise(fw_state *w, double gains) {
  double most = 0;
  for (size_t k = 0; k < w->pairs.classes; k++) {
    const double mean = w->means.mean[k];
    /* no pair is of an empty class: any number does */
    double h = mean > 0 ? ys_means_stiffness(&w->means, k, mean) : 1;
    w->pairs.stiffness[k] = h;
    most = fmax(most, h);
  }
  for (size_t j = 0; j < w->pairs.count; j++)
    w->pairs.pair[j].curvature += gains + 1e-10 * most;
}

/* Pose the program over the rows that hold several classes:
 *
 *   r_j = (score_to - score_from) / x + nu_to - nu_from,
 *   d_j = ((score_to - score_from) / x)^2,   or 0 (shannon). */
static void collect_pairs(fw_state *w, double *y) {
  const double *nu = w->means.nu;
  double square = 0;
  w->pairs.count = 0;
  for (size_t i = 0; i < w->work.rows; i++) {
    if (!is_mixed(w, i))
      continue;
    ys_pairwise_row row = row_of(w, y, i);
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
  regularise(w, sqrt(square / (double)w->pairs.count));
}

/* Row i's entry of class k when the pair's move is made in part. */
static double moved(const ys_pair *p, size_t k, double part, double entry) {
  if (k == p->to)
    return fmax(entry + part * p->mass, 0);
  return k == p->from ? fmax(entry - part * p->mass, 0) : entry;
}

/* The mean of class k when the moves are made in part, added up anew. */
static double mean_after(const fw_state *w, const double *y, size_t k,
                         double part) {
  const size_t n = w->work.classes;
  const ys_pair *p = w->pairs.pair;
  double sum = 0;
  for (size_t i = 0; i < w->work.rows; i++)
    sum +=
        is_mixed(w, i) ? moved(p++, k, part, y[i * n + k]) : w->vertex[i] == k;
  return sum * w->means.share;
}

/* M times what F changes by if the moves are made in part, as a sum of terms as
 * small as the change itself,
 *
 *   - sum_j ln(1 + m_j (score_to - score_from) / x_j)
 *   + M lambda (fairness after - before),
 *
 * the logarithm's argument less 1 for shannon; infinite if they leave the
 * domain. *slope is the same to first order, - sum_j m_j r_j. */
static double change_of(const fw_state *w, const double *y, double part,
                        double *slope) {
  const ys_objective *o = w->work.objective;
  const size_t n = o->batch->classes;
  const double weight = (double)o->batch->rows * o->lambda;
  double change = 0, *shift = w->pairs.trial;
  *slope = 0;
  memset(shift, 0, n * sizeof *shift);
  for (size_t j = 0; j < w->pairs.count; j++) {
    const ys_pair *p = &w->pairs.pair[j];
    const size_t i = w->row[j];
    double mass = part * p->mass;
    double rise = mass * (score_of(w, i, p->to) - score_of(w, i, p->from));
    change -= o->loss == YS_SHANNON ? rise : log1p(rise / w->level[j]);
    *slope -= mass * p->gain;
    shift[p->to] += mass * w->means.share;
    shift[p->from] -= mass * w->means.share;
  }
  for (size_t k = 0; k < n; k++) {
    if (shift[k] == 0)
      continue;
    double mean = w->means.mean[k], after = mean + shift[k];
    bool hardly_any = !(after > YS_MEANS_DOUBT && after > 1e-6 * mean);
    if (hardly_any)
      after = mean_after(w, y, k, part);
    if (ys_means_is_empty(&w->means, after))
      return INFINITY;
    change += ys_fairness_change(o->fairness, weight, o->prior[k], mean,
                                 shift[k], after, hardly_any);
  }
  return change;
}

static void make_moves(fw_state *w, double *y, double part) {
  for (size_t j = 0; j < w->pairs.count; j++) {
    const ys_pair *p = &w->pairs.pair[j];
    const size_t i = w->row[j], n = w->work.classes;
    double *row = y + i * n;
    row[p->to] = moved(p, p->to, part, row[p->to]);
    row[p->from] = moved(p, p->from, part, row[p->from]);
    ys_pairwise_normalise(row, n, 16 * DBL_EPSILON);
    classify(w, row, i);
    if (!is_mixed(w, i))
      row[w->vertex[i]] = 1;
  }
  refresh(w, y);
}

/* One regularised Newton step over the mixed rows. Returns M times what F fell
 * by. */
static double correct(fw_state *w, double *y) {
  const double fraction = 1e-4, shortest = 1e-3;
  collect_pairs(w, y);
  if (w->pairs.count == 0)
    return 0;
  ys_pairs_solve(&w->pairs);
  for (double part = 1; part > shortest; part /= 2) {
    double slope, change = change_of(w, y, part, &slope);
    if (slope < 0 && change < 0 && change <= fraction * slope) {
      make_moves(w, y, part);
      return -change;
    }
  }
  return 0;
}

/* Correct the rows that hold several classes together, in steps while they pay.
 * F never rises. Returns whether y has changed. */
static bool correct_rows(fw_state *w, double *y) {
  enum { MOST_STEPS = 10 };
  const double pays = 0.2;
  double first = correct(w, y);
  double last = first;
  for (int step = 1; step < MOST_STEPS && last > pays * first &&
                     !ys_stop_is_wanted(w->work.stop);
       step++)
    last = correct(w, y);
  return first > 0;
}

/* ------------------------------------------------------------- step ---- */

static ys_step fw_step(void *work, ys_labels *labels, ys_error *error) {
  double *y = labels->dense;
  fw_state *w = work;
  (void)error;
  w->means.labels = y;
  if (w->corrects_first && !w->stepped)
    correct_rows(w, y);
  w->stepped = true;
  bool changed = sweep(w, y);
  refresh(w, y);
  if (w->corrective && w->work.objective->lambda > 0 &&
      !ys_stop_is_wanted(w->work.stop))
    changed = correct_rows(w, y) || changed;
  if (!changed && !w->means.to_last_digit) {
    w->means.to_last_digit = true;
    changed = sweep(w, y);
    refresh(w, y);
  }
  return changed ? YS_STEP_ON : YS_STEP_STALLED;
}

void ys_fw_correct_first(void *work) {
  ((fw_state *)work)->corrects_first = true;
}

/* Weak fairness asks for any mass, however small, of a class that has none: the
 * bound at y's own means is no bound then, but at these multipliers it is. */
static const double *fw_multipliers(const void *work) {
  const fw_state *w = work;
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
