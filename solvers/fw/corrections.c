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

/* Pose the program over the rows that hold several classes:
 *
 *   r_j = (score_to - score_from) / x + nu_to - nu_from,
 *   d_j = ((score_to - score_from) / x)^2,   or 0 (shannon). */
static void collect_pairs(ys_fw_state *w, double *y) {
  const double *nu = w->means.nu;
  double square = 0;
  w->pairs.count = 0;
  for (size_t i = 0; i < w->work.rows; i++) {
    if (!ys_fw_is_mixed(w, i))
      continue;
    ys_pairwise_row row = ys_fw_row(w, y, i, w->room);
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
static double mean_after(const ys_fw_state *w, const double *y, size_t k,
                         double part) {
  const size_t n = w->work.classes;
  const ys_pair *p = w->pairs.pair;
  double sum = 0;
  for (size_t i = 0; i < w->work.rows; i++)
    sum += ys_fw_is_mixed(w, i) ? moved(p++, k, part, y[i * n + k])
                                : w->vertex[i] == k;
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
static double change_of(const ys_fw_state *w, const double *y, double part,
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
    double rise =
        mass * (ys_fw_score(w, i, p->to) - ys_fw_score(w, i, p->from));
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

static void make_moves(ys_fw_state *w, double *y, double part) {
  for (size_t j = 0; j < w->pairs.count; j++) {
    const ys_pair *p = &w->pairs.pair[j];
    const size_t i = w->row[j], n = w->work.classes;
    double *row = y + i * n;
    row[p->to] = moved(p, p->to, part, row[p->to]);
    row[p->from] = moved(p, p->from, part, row[p->from]);
    ys_pairwise_normalise(row, n, 16 * DBL_EPSILON);
    ys_fw_classify(w, row, i);
    if (!ys_fw_is_mixed(w, i))
      row[w->vertex[i]] = 1;
  }
  ys_fw_refresh(w, y);
}

/* One regularised Newton step over the mixed rows. Returns M times what F fell
 * by. */
static double correct(ys_fw_state *w, double *y) {
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

bool ys_fw_correct(ys_fw_state *w, double *y) {
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
