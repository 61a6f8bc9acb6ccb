#include "solvers/fw/pairwise.h"

#include "problems/vector/simd.h"

#include <float.h>
#include <string.h>

/* The classes that a step moves mass between. */
typedef struct pair {
  size_t to, from;
} pair;

YS_HOT static double dot(const double *restrict a, const double *restrict b,
                         size_t n) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (size_t k = 0; k < n; k++)
    sum += a[k] * b[k];
  return sum;
}

YS_HOT double ys_pairwise_best(const double *restrict score,
                               const double *restrict nu, double t, size_t n) {
  double best = -INFINITY;
#pragma omp simd reduction(ys_most : best)
  for (size_t k = 0; k < n; k++) {
    double gain = t * score[k] + nu[k];
    best = gain > best ? gain : best;
  }
  return best;
}

/* The least gain of a class that has mass. */
YS_HOT static double worst_held(const double *restrict score,
                                const double *restrict nu,
                                const double *restrict y, double t, size_t n) {
  double worst = INFINITY;
#pragma omp simd reduction(ys_least : worst)
  for (size_t k = 0; k < n; k++) {
    double gain = y[k] > 0 ? t * score[k] + nu[k] : INFINITY;
    worst = gain < worst ? gain : worst;
  }
  return worst;
}

static pair find_pair(ys_pairwise_row row, const double *nu, double t,
                      double best, double worst) {
  pair p = {0, 0};
  while (p.to + 1 < row.n && !(t * row.score[p.to] + nu[p.to] >= best))
    p.to++;
  while (p.from + 1 < row.n &&
         !(row.y[p.from] > 0 && t * row.score[p.from] + nu[p.from] <= worst))
    p.from++;
  return p;
}

bool ys_pairwise_is_short(double gain, double best) {
  return best - gain > 16 * DBL_EPSILON * (1 + fabs(gain));
}

double ys_pairwise_level(ys_pairwise_row row) {
  return row.linear ? 1 : fmax(dot(row.score, row.y, row.n), YS_PAIRWISE_LEAST);
}

/* ------------------------------------------------------ to a vertex ---- */

/* sum_k y_k nu_k, nu_k = lambda u_k / (ybar_k - y_k / M): at the means without
 * this row. In the order lambda u y / left, which is not that of
 * ys_strong_multiplier's product with y, and rounds otherwise. */
YS_HOT static double strong_release(const double *restrict weight,
                                    const double *restrict mean,
                                    const double *restrict y, double lambda,
                                    double share, size_t n) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (size_t k = 0; k < n; k++) {
    double left = mean[k] - share * y[k];
    left = left > 0 ? left : 0; /* all of the column is this row's */
    sum += lambda * weight[k] * y[k] / left;
  }
  return sum;
}

/* sum over k != to of y_k nu_k, nu taken at the means without this row, class
 * by class; where running means are in doubt they are added up again, and the
 * sum is infinite if a class would be left empty that must not be. */
static double careful_release(const ys_running_means *means, const double *y,
                              size_t n, size_t to, bool in_doubt) {
  double sum = 0;
  for (size_t k = 0; k < n; k++) {
    if (k == to || !(y[k] > 0))
      continue;
    double left = means->mean[k] - means->share * y[k];
    if (in_doubt && !(left > YS_MEANS_DOUBT))
      left = ys_means_recount(means, k, y);
    if (in_doubt && ys_means_is_empty(means, left))
      return INFINITY;
    sum += y[k] * ys_means_multiplier(means, k, left);
  }
  return sum;
}

/* The same, fast. */
static double release(const ys_running_means *means, const double *y, size_t n,
                      size_t to) {
  const ys_objective *o = means->objective;
  const double share = means->share;
  if (o->lambda == 0)
    return 0;
  if (o->fairness == YS_WEAK)
    return careful_release(means, y, n, to, false);
  double sum = strong_release(o->prior, means->mean, y, o->lambda, share, n);
  if (y[to] > 0)
    sum -=
        y[to] * ys_means_multiplier(means, to, means->mean[to] - share * y[to]);
  return sum;
}

/* The least of the means without this row. */
YS_HOT static double least_left(const double *restrict mean,
                                const double *restrict y, double share,
                                size_t n) {
  double least = INFINITY;
#pragma omp simd reduction(ys_least : least)
  for (size_t k = 0; k < n; k++) {
    double left = mean[k] - share * y[k];
    least = left < least ? left : least;
  }
  return least;
}

/* The loss's slope at the vertex `to`, on arrival from y: (x - score_to) /
 * score_to, or sum_k y_k (score_k - score_to). */
static double arrival_loss(ys_pairwise_row row, double x, size_t to) {
  double sum = 0;
  if (!row.linear)
    return (x - row.score[to]) / row.score[to];
  for (size_t k = 0; k < row.n; k++)
    if (row.y[k] > 0)
      sum += row.y[k] * (row.score[k] - row.score[to]);
  return sum;
}

YS_HOT static void strong_multipliers(const double *restrict weight,
                                      const double *restrict mean,
                                      double lambda, double *restrict nu,
                                      size_t n) {
#pragma omp simd
  for (size_t k = 0; k < n; k++)
    nu[k] = ys_strong_multiplier(lambda, weight[k], mean[k]);
}

/* y becomes the vertex; means in doubt are added up again. */
static void land(ys_running_means *means, double *y, size_t n, size_t to,
                 bool in_doubt) {
  const ys_objective *o = means->objective;
  for (size_t k = 0; k < n; k++) {
    means->mean[k] -= means->share * y[k];
    y[k] = 0;
  }
  for (size_t k = 0; in_doubt && k < n; k++)
    if (!(means->mean[k] > YS_MEANS_DOUBT))
      means->mean[k] = ys_means_recount(means, k, NULL);
  means->mean[to] += means->share;
  y[to] = 1;
  if (o->fairness == YS_STRONG)
    strong_multipliers(o->prior, means->mean, o->lambda, means->nu, n);
  else
    ys_means_price(means);
}

/* F along the segment from y to the vertex is convex: if it still falls at the
 * end, that is if
 *
 *   slope of the loss + sum over k != to of y_k nu_k - (1 - y_to) nu_to <= 0
 *
 * there, the whole step is the exact one. A row far from its optimum gets there
 * in one step instead of one for each class. */
static bool jump(ys_pairwise_row row, double x, size_t to,
                 ys_running_means *means) {
  const double mass = row.y[to], share = means->share;
  if (!row.linear && !(row.score[to] > 0))
    return false;
  double loss = arrival_loss(row, x, to);
  double gain =
      (1 - mass) *
      ys_means_multiplier(means, to, means->mean[to] + share * (1 - mass));
  if (!(loss + release(means, row.y, row.n, to) - gain <= 0))
    return false;
  bool in_doubt =
      !(least_left(means->mean, row.y, share, row.n) > YS_MEANS_DOUBT);
  if (in_doubt &&
      !(loss + careful_release(means, row.y, row.n, to, true) - gain <= 0))
    return false;
  land(means, row.y, row.n, to, in_doubt);
  return true;
}

/* ------------------------------------------------- along a segment ---- */

/* A pair's segment: F per row along it, when some mass has moved. */
typedef struct segment {
  pair classes;
  double x, rise; /* score . y, and what it rises by for each unit of mass */
  bool linear;
  double most; /* what the row has of `from` */
  double mean; /* of `from`, before; if alone, without this row */
  bool alone;  /* other rows have next to none of `from` */
} segment;

/* A point of it: they add up to `most`, but either may be far below the
 * spacing of doubles near the other. */
typedef struct split {
  double moved, kept;
} split;

static segment segment_of(ys_pairwise_row row, double x, pair p,
                          const ys_running_means *means) {
  segment s = {.classes = p,
               .x = x,
               .rise = row.score[p.to] - row.score[p.from],
               .linear = row.linear,
               .most = row.y[p.from],
               .mean = means->mean[p.from]};
  s.alone = !(s.mean - means->share * s.most > YS_MEANS_DOUBT);
  if (s.alone)
    s.mean = ys_means_recount(means, p.from, row.y);
  return s;
}

/* The mean of `from`. */
static double mean_left(const ys_running_means *c, const segment *s, split at) {
  return s->alone ? s->mean + c->share * at.kept
                  : s->mean - c->share * at.moved;
}

/* -rise / x - nu_to + nu_from. */
static double slope_at(const ys_running_means *c, const segment *s, split at) {
  const size_t to = s->classes.to, from = s->classes.from;
  double x = s->linear ? 1 : s->x + at.moved * s->rise;
  double left = mean_left(c, s, at);
  if (!(x > 0) || ys_means_is_empty(c, left))
    return INFINITY;
  return -s->rise / x -
         ys_means_multiplier(c, to, c->mean[to] + c->share * at.moved) +
         ys_means_multiplier(c, from, left);
}

/* (rise / x)^2 + h_to + h_from. */
static double curvature_at(const ys_running_means *c, const segment *s,
                           split at) {
  const size_t to = s->classes.to, from = s->classes.from;
  double r = s->linear ? 0 : s->rise / (s->x + at.moved * s->rise);
  return r * r + ys_means_stiffness(c, to, c->mean[to] + c->share * at.moved) +
         ys_means_stiffness(c, from, mean_left(c, s, at));
}

static split split_at(const segment *s, double part, bool keeping) {
  return keeping ? (split){s->most - part, part}
                 : (split){part, s->most - part};
}

/* Where F is least on a segment whose end is too far: by Newton's method on the
 * slope, which rises with the mass that moves, within the bracket that is left.
 * The unknown is the mass that moves or, if `keeping`, that stays. If its class
 * has next to none yet, it may be of any order below the first trials', and
 * every other step halves the bracket's orders. */
static split search(const ys_running_means *c, const segment *s, bool keeping) {
  enum { ARITHMETIC = 10, MOST_STEPS = 40, MOST_ORDERS = 60 };
  const double accuracy = 1e-10;
  const bool any_order = keeping || !(c->mean[s->classes.to] > YS_MEANS_DOUBT);
  const int most = any_order ? MOST_ORDERS : MOST_STEPS;
  double low = 0, high = s->most, g = 0;
  for (int step = 0; step < most; step++) {
    const split at = split_at(s, g, keeping);
    double slope = keeping ? -slope_at(c, s, at) : slope_at(c, s, at);
    if (slope < 0)
      low = g;
    else
      high = g;
    double next =
        isfinite(slope) ? g - slope / curvature_at(c, s, at) : INFINITY;
    if (any_order && step >= ARITHMETIC && step % 2 == 0 && high > 4 * low)
      next = sqrt(high) * sqrt(fmax(low, YS_MEANS_LEAST));
    else if (!(next > low && next < high))
      next = low + (high - low) / 2;
    if (fabs(next - g) <= accuracy * next)
      return split_at(s, next, keeping);
    g = next;
  }
  bool least = (any_order || c->to_last_digit) && low == 0 &&
               isfinite(slope_at(c, s, split_at(s, high, keeping)));
  return split_at(s, keeping || least ? high : low, keeping);
}

static split exact_split(const ys_running_means *means, const segment *s) {
  const double nearly_all = 0.999;
  const split all = {s->most, 0};
  if (slope_at(means, s, all) <= 0)
    return all;
  split at = search(means, s, false);
  return s->alone && at.moved > nearly_all * s->most ? search(means, s, true)
                                                     : at;
}

/* One exact step between two classes. */
static split shift(ys_pairwise_row row, double x, pair p,
                   ys_running_means *means) {
  const segment s = segment_of(row, x, p, means);
  const split at = exact_split(means, &s);
  row.y[p.to] += at.moved;
  row.y[p.from] = at.kept;
  ys_means_set(means, p.to, means->mean[p.to] + means->share * at.moved);
  ys_means_set(means, p.from, mean_left(means, &s, at));
  return at;
}

/* In runs, lest a long row's sum drift: n / 64 + 64 roundings, not n. */
static double sum_of(const double *y, size_t n) {
  enum { RUN = 64 };
  double sum = 0;
  for (size_t begin = 0; begin < n; begin += RUN) {
    double run = 0;
    for (size_t k = begin; k < n && k < begin + RUN; k++)
      run += y[k];
    sum += run;
  }
  return sum;
}

void ys_pairwise_normalise(double *y, size_t n, double slack) {
  const double sum = sum_of(y, n);
  if (fabs(sum - 1) > slack)
    for (size_t k = 0; k < n; k++)
      y[k] /= sum;
}

/* Jump to the class of greatest gain, if that is exact. Returns whether the row
 * is solved by it. */
static bool solved_by_jump(ys_pairwise_row row, double x, size_t to,
                           ys_running_means *means, bool *jumped) {
  *jumped = jump(row, x, to, means);
  if (!*jumped)
    return false;
  const double t = row.linear ? 1 : 1 / fmax(row.score[to], YS_PAIRWISE_LEAST);
  return !ys_pairwise_is_short(
      t * row.score[to] + means->nu[to],
      ys_pairwise_best(row.score, means->nu, t, row.n));
}

bool ys_pairwise_improve(ys_pairwise_row row, ys_running_means *means) {
  enum { MOST_INTERIOR = 4 }; /* steps that end within a segment */
  const size_t most = row.n + 2 * MOST_INTERIOR;
  bool jumped = false, moved = false;
  int interior = 0;
  for (size_t step = 0; step < most && interior < MOST_INTERIOR; step++) {
    const double x = ys_pairwise_level(row), t = 1 / x;
    double best = ys_pairwise_best(row.score, means->nu, t, row.n);
    double worst = worst_held(row.score, means->nu, row.y, t, row.n);
    pair p = find_pair(row, means->nu, t, best, worst);
    if (!ys_pairwise_is_short(worst, best) || p.to == p.from)
      break;
    if (step == 0 && solved_by_jump(row, x, p.to, means, &jumped))
      return true;
    moved = moved || jumped;
    if (step > 0 || !jumped) {
      split at = shift(row, x, p, means);
      moved = moved || at.moved > 0;
      interior += at.kept > 0;
    }
  }
  if (moved)
    ys_pairwise_normalise(row.y, row.n, 2 * DBL_EPSILON);
  return moved;
}

size_t ys_pairwise_stride(size_t rows) {
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
