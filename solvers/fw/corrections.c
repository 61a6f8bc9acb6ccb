/* Corrections of the rows that hold several classes, all together. A row's pair
 * are its two held classes of greatest and least gain, and m the mass that
 * moves between them. Newton's model of F in all these m is the program of
 * pairs.h, d_j being the loss's curvature and h the fairness term's. Rows that
 * hold the same pair have gains that differ by little and curvatures near zero,
 * which leaves the model almost linear; the root mean square of the gains,
 * added to d, keeps it solvable and vanishes at the optimum, so that
 * convergence stays fast (regularised Newton: Li, Fukushima, Qi and Yamashita,
 * Comput. Optim. Appl. 28, 2004). */
#include "solvers/fw/corrections.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* All rows that hold several classes, or those that there is room for; the
 * others are left to the sweeps. */
static void gather(ys_fw_state *w, double *y) {
  const size_t n = w->work.classes;
  ys_fw_held *held = &w->held;
  ys_fw_held_clear(held, n);
  for (size_t i = 0; i < w->work.rows; i++) {
    if (!ys_fw_is_mixed(w, i))
      held->rest[w->vertex[i]]++;
    else if (!ys_fw_held_add(held, ys_fw_row(w, y, i, w->room), i))
      for (size_t k = 0; k < n; k++)
        held->rest[k] += y[i * n + k];
  }
}

/* The places of the held classes of greatest and least gain. */
static ys_fw_move choose_move(ys_pairwise_row row, const uint32_t *class,
                              const double *nu, double t) {
  double best = -INFINITY, worst = INFINITY;
  ys_fw_move m = {.to = 0};
  for (size_t e = 0; e < row.n; e++) {
    if (!(row.y[e] > 0))
      continue;
    double gain = t * row.score[e] + nu[class[e]];
    if (gain > best) {
      best = gain;
      m.to = e;
    }
    if (gain <= worst) {
      worst = gain;
      m.from = e;
    }
  }
  return m;
}

/* h_k = -(1/M) dnu_k / dybar_k; and add the size of the gains to every d_j: at
 * least 1e-10 of what the stiffness is. */
static void regularise(ys_fw_state *w, double gains) {
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

/* The pair of row j of those held; its move is where its entries are. */
static ys_pair pair_of(const ys_fw_state *w, size_t j, ys_fw_move *move) {
  const double *nu = w->means.nu;
  const size_t first = w->held.begin[j];
  const uint32_t *class = w->held.class + first;
  const ys_pairwise_row row =
      ys_fw_held_row(&w->held, j, w->work.objective->loss == YS_SHANNON);
  const double x = ys_pairwise_level(row);
  const ys_fw_move m = choose_move(row, class, nu, 1 / x);
  ys_pair p = {.to = class[m.to], .from = class[m.from]};
  const double apart = row.score[m.to] - row.score[m.from], rise = apart / x;
  p.gain = rise + nu[p.to] - nu[p.from];
  p.curvature = row.linear ? 0 : rise * rise;
  p.low = -row.y[m.to];
  p.high = row.y[m.from];
  *move = (ys_fw_move){first + m.to, first + m.from, j, apart, x};
  return p;
}

/* Pose the program over the rows that hold several classes:
 *
 *   r_j = (score_to - score_from) / x + nu_to - nu_from,
 *   d_j = ((score_to - score_from) / x)^2,   or 0 (shannon). */
static void collect_pairs(ys_fw_state *w) {
  double square = 0;
  size_t count = 0;
  for (size_t j = 0; j < w->held.rows; j++) {
    if (!ys_fw_is_mixed(w, w->held.row[j]))
      continue;
    w->pairs.pair[count] = pair_of(w, j, &w->move[count]);
    square += w->pairs.pair[count].gain * w->pairs.pair[count].gain;
    count++;
  }
  w->pairs.count = count;
  regularise(w, sqrt(square / (double)count));
}

/* An entry when its pair's move is made in part. */
static double moved(const ys_fw_state *w, size_t pair, size_t entry,
                    double part) {
  const ys_fw_move *m = &w->move[pair];
  const double mass = part * w->pairs.pair[pair].mass, y = w->held.y[entry];
  return entry == m->to     ? fmax(y + mass, 0)
         : entry == m->from ? fmax(y - mass, 0)
                            : y;
}

/* The mean of class k when the moves are made in part, added up anew. */
static double mean_after(const ys_fw_state *w, size_t k, double part) {
  const ys_fw_held *held = &w->held;
  double sum = held->rest[k];
  for (size_t j = 0, pair = 0; j < held->rows; j++) {
    const bool moves = pair < w->pairs.count && w->move[pair].row == j;
    for (size_t e = held->begin[j]; e < held->begin[j + 1]; e++)
      if (held->class[e] == k)
        sum += moves ? moved(w, pair, e, part) : held->y[e];
    pair += moves;
  }
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
static double change_of(const ys_fw_state *w, double part, double *slope) {
  const ys_objective *o = w->work.objective;
  const size_t n = o->batch->classes;
  const double weight = (double)o->batch->rows * o->lambda;
  double change = 0, *shift = w->pairs.trial;
  *slope = 0;
  memset(shift, 0, n * sizeof *shift);
  for (size_t j = 0; j < w->pairs.count; j++) {
    const ys_pair *p = &w->pairs.pair[j];
    const ys_fw_move *m = &w->move[j];
    const double mass = part * p->mass, rise = mass * m->apart;
    /* in this order: -1 where nothing is left of x, whatever is rounded */
    change -= o->loss == YS_SHANNON ? rise : log1p(rise / m->level);
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
      after = mean_after(w, k, part);
    if (ys_means_is_empty(&w->means, after))
      return INFINITY;
    change += ys_fairness_change(o->fairness, weight, o->prior[k], mean,
                                 shift[k], after, hardly_any);
  }
  return change;
}

/* Column means and multipliers anew. */
static void refresh(ys_fw_state *w) {
  const ys_fw_held *held = &w->held;
  const size_t n = w->work.classes;
  double *mean = w->means.mean;
  memcpy(mean, held->rest, n * sizeof *mean);
  for (size_t e = 0; e < held->begin[held->rows]; e++)
    mean[held->class[e]] += held->y[e];
  for (size_t k = 0; k < n; k++)
    mean[k] /= (double)w->work.rows;
  ys_means_price(&w->means);
}

static void make_moves(ys_fw_state *w, double part) {
  ys_fw_held *held = &w->held;
  for (size_t j = 0; j < w->pairs.count; j++) {
    const ys_fw_move m = w->move[j];
    const double to = moved(w, j, m.to, part), from = moved(w, j, m.from, part);
    const ys_pairwise_row row = ys_fw_held_row(held, m.row, false);
    held->y[m.to] = to;
    held->y[m.from] = from;
    ys_pairwise_normalise(row.y, row.n, 16 * DBL_EPSILON);
    const size_t only = ys_fw_only_class(row.y, row.n);
    if (only < row.n) {
      row.y[only] = 1;
      w->vertex[held->row[m.row]] = held->class[held->begin[m.row] + only];
    }
  }
  refresh(w);
}

/* One regularised Newton step over the mixed rows. Returns M times what F fell
 * by. */
static double correct(ys_fw_state *w) {
  const double fraction = 1e-4, shortest = 1e-3;
  collect_pairs(w);
  if (w->pairs.count == 0)
    return 0;
  ys_pairs_solve(&w->pairs);
  for (double part = 1; part > shortest; part /= 2) {
    double slope, change = change_of(w, part, &slope);
    if (slope < 0 && change < 0 && change <= fraction * slope) {
      make_moves(w, part);
      return -change;
    }
  }
  return 0;
}

bool ys_fw_correct(ys_fw_state *w, double *y) {
  enum { MOST_STEPS = 10 };
  const double pays = 0.2;
  gather(w, y);
  double first = correct(w);
  double last = first;
  for (int step = 1; step < MOST_STEPS && last > pays * first &&
                     !ys_stop_is_wanted(w->work.stop);
       step++)
    last = correct(w);
  ys_fw_held_write(&w->held, w->work.classes, y);
  return first > 0;
}
