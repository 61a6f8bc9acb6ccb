#include "pairwise.h"

#include "../problems/simd.h"

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
#pragma omp simd reduction(max : best)
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
#pragma omp simd reduction(min : worst)
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
  return row.linear ? 1 : dot(row.score, row.y, row.n);
}

/* ------------------------------------------------------ to a vertex ---- */

/* sum_k y_k nu_k, nu taken at the means without this row. */
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

static double release(const ys_columns *columns, const double *y, size_t n) {
  const ys_objective *o = columns->objective;
  double sum = 0;
  if (o->lambda == 0)
    return 0;
  if (o->fairness == YS_STRONG)
    return strong_release(o->prior, columns->mean, y, o->lambda, columns->share,
                          n);
  for (size_t k = 0; k < n; k++)
    if (y[k] > 0)
      sum += y[k] * ys_columns_multiplier(
                        columns, k, columns->mean[k] - columns->share * y[k]);
  return sum;
}

/* How the loss changes at the vertex, on arrival from y. */
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
    nu[k] = lambda * weight[k] / mean[k];
}

/* y becomes the vertex. */
static void land(ys_columns *columns, double *y, size_t n, size_t to) {
  const ys_objective *o = columns->objective;
  for (size_t k = 0; k < n; k++) {
    columns->mean[k] -= columns->share * y[k];
    y[k] = 0;
  }
  columns->mean[to] += columns->share;
  y[to] = 1;
  if (o->fairness == YS_STRONG)
    strong_multipliers(o->prior, columns->mean, o->lambda, columns->nu, n);
  else
    ys_objective_multipliers(o, columns->mean, columns->nu);
}

/* F along the segment from y to the vertex is convex: if it still falls at the
 * end, the whole step is the exact one. A row far from its optimum gets there
 * in one step instead of one for each class. */
static bool jump(ys_pairwise_row row, double x, size_t to,
                 ys_columns *columns) {
  const double mass = row.y[to], share = columns->share;
  if (!row.linear && !(row.score[to] > 0))
    return false;
  double own =
      mass > 0 ? mass * ys_columns_multiplier(columns, to,
                                              columns->mean[to] - share * mass)
               : 0;
  double slope =
      arrival_loss(row, x, to) + (release(columns, row.y, row.n) - own) -
      (1 - mass) * ys_columns_multiplier(
                       columns, to, columns->mean[to] + share * (1 - mass));
  if (!(slope <= 0))
    return false;
  land(columns, row.y, row.n, to);
  return true;
}

/* ------------------------------------------------- along a segment ---- */

/* F per row along a pair's segment: its derivatives when g has moved. */
typedef struct segment {
  pair classes;
  double x, rise; /* score . y, and what it rises by for each unit of mass */
  bool linear;
} segment;

static double slope_at(const ys_columns *c, const segment *s, double g) {
  const size_t to = s->classes.to, from = s->classes.from;
  double x = s->linear ? 1 : s->x + g * s->rise;
  double left = c->mean[from] - c->share * g;
  if (!(x > 0) || !(left > 0))
    return INFINITY;
  return -s->rise / x -
         ys_columns_multiplier(c, to, c->mean[to] + c->share * g) +
         ys_columns_multiplier(c, from, left);
}

static double curvature_at(const ys_columns *c, const segment *s, double g) {
  const size_t to = s->classes.to, from = s->classes.from;
  double r = s->linear ? 0 : s->rise / (s->x + g * s->rise);
  return r * r + ys_columns_stiffness(c, to, c->mean[to] + c->share * g) +
         ys_columns_stiffness(c, from, c->mean[from] - c->share * g);
}

/* The mass that minimises F along the segment, at most `most`: Newton on the
 * slope, which rises, within the bracket that is left. */
static double exact_mass(const ys_columns *columns, const segment *s,
                         double most) {
  enum { MOST_STEPS = 40 };
  const double accuracy = 1e-10;
  double low = 0, high = most, g = 0;
  if (slope_at(columns, s, most) <= 0)
    return most;
  for (int step = 0; step < MOST_STEPS; step++) {
    double slope = slope_at(columns, s, g);
    if (slope < 0)
      low = g;
    else
      high = g;
    double next =
        isfinite(slope) ? g - slope / curvature_at(columns, s, g) : INFINITY;
    if (!(next > low && next < high))
      next = low + (high - low) / 2;
    if (fabs(next - g) <= accuracy * next)
      return next;
    g = next;
  }
  return low;
}

/* One exact step between two classes. Returns whether it emptied `from`. */
static bool shift(ys_pairwise_row row, double x, pair p, ys_columns *columns) {
  segment s = {p, x, row.score[p.to] - row.score[p.from], row.linear};
  const double most = row.y[p.from];
  double mass = exact_mass(columns, &s, most);
  row.y[p.to] += mass;
  row.y[p.from] = mass < most ? most - mass : 0;
  ys_columns_move(columns, p.to, mass);
  ys_columns_move(columns, p.from, -mass);
  return !(mass < most);
}

static void normalise(double *y, size_t n) {
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    sum += y[k];
  if (fabs(sum - 1) > 2 * DBL_EPSILON)
    for (size_t k = 0; k < n; k++)
      y[k] /= sum;
}

/* Jump to the class of greatest gain, if that is exact. Returns whether the row
 * is solved by it. */
static bool solved_by_jump(ys_pairwise_row row, double x, size_t to,
                           ys_columns *columns, bool *jumped) {
  *jumped = jump(row, x, to, columns);
  if (!*jumped)
    return false;
  const double t = row.linear ? 1 : 1 / row.score[to];
  return !ys_pairwise_is_short(
      t * row.score[to] + columns->nu[to],
      ys_pairwise_best(row.score, columns->nu, t, row.n));
}

bool ys_pairwise_improve(ys_pairwise_row row, ys_columns *columns) {
  enum { MOST_INTERIOR = 4 }; /* steps that end within a segment */
  const size_t most = row.n + 2 * MOST_INTERIOR;
  bool jumped = false, moved = false;
  int interior = 0;
  for (size_t step = 0; step < most && interior < MOST_INTERIOR; step++) {
    const double x = ys_pairwise_level(row), t = 1 / x;
    double best = ys_pairwise_best(row.score, columns->nu, t, row.n);
    double worst = worst_held(row.score, columns->nu, row.y, t, row.n);
    pair p = find_pair(row, columns->nu, t, best, worst);
    if (!ys_pairwise_is_short(worst, best) || p.to == p.from)
      break;
    if (step == 0 && solved_by_jump(row, x, p.to, columns, &jumped))
      return true;
    moved = true;
    if (step > 0 || !jumped)
      interior += !shift(row, x, p, columns);
  }
  if (moved)
    normalise(row.y, row.n);
  return moved;
}
