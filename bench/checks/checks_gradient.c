/* The gradient against finite differences of the value along the simplex, which
 * is where both are defined: in random directions that change one row, and from
 * one entry to another. Control: a gradient that forgets
 * the fairness term is caught. */
#include "bench/checks/checker.h"

#include <string.h>

enum { ROUNDS = 4, DIRECTIONS = 8, PAIRS_OF_ENTRIES = 12 };

/* F at y + h * direction, for the `n` entries from `first` on. */
static double value_along(const checker *c, check_stage *stage, size_t first,
                          size_t n, const double *direction, double h) {
  for (size_t k = 0; k < n; k++)
    stage->y[first + k] = stage->from[first + k] + h * direction[k];
  double value = checker_value(c, stage, stage->y);
  memcpy(stage->y + first, stage->from + first, n * sizeof *stage->y);
  return value;
}

/* The error of the gradient in this direction, relative to the sizes of its
 * parts. The difference quotient is of fourth order. */
static void try_direction(const checker *c, check_stage *stage, size_t first,
                          size_t n, const double *direction,
                          check_tally *tally) {
  const double h = 4e-3;
  const double rows = (double)stage->objective.batch->rows;
  double slope = 0, size = 0, value[4];
  for (size_t k = 0; k < n; k++) {
    double part = direction[k] != 0
                      ? stage->gradient[first + k] * direction[k] / rows
                      : 0;
    slope += part;
    size += fabs(part);
  }
  for (int i = 0; i < 4; i++)
    value[i] = value_along(c, stage, first, n, direction,
                           h * (const double[]){-2, -1, 1, 2}[i]);
  double quotient =
      (8 * (value[2] - value[1]) - (value[3] - value[0])) / (12 * h);
  double floor = 1e-6 * fmax(fabs(value[0]), fabs(value[3]));
  check_count(tally, fabs(quotient - slope) / (size + floor));
}

/* A direction in proportion to y, so that y stays positive, and of sum 0. */
static void random_direction(const checker *c, const double *y, size_t n,
                             double *direction) {
  double mean = 0;
  for (size_t k = 0; k < n; k++) {
    direction[k] = gsl_rng_uniform_int(c->rng, 2) ? 1 : -1;
    mean += y[k] * direction[k];
  }
  for (size_t k = 0; k < n; k++)
    direction[k] = y[k] * (direction[k] - mean);
}

/* From one entry to another; 0 if one of them is. */
static void pair_direction(const checker *c, const double *y, size_t n,
                           double *direction) {
  const size_t to = gsl_rng_uniform_int(c->rng, n);
  const size_t from = (to + 1 + gsl_rng_uniform_int(c->rng, n - 1)) % n;
  for (size_t k = 0; k < n; k++)
    direction[k] = 0;
  direction[to] = fmin(y[to], y[from]);
  direction[from] = -direction[to];
}

static ys_code try_point(const checker *c, check_stage *stage,
                         check_tally *tallies, ys_error *error) {
  const ys_batch *batch = stage->objective.batch;
  const size_t n = batch->classes, entries = batch->rows * n;
  double *direction = stage->to;
  (void)error;
  checker_point(c, stage, 3, stage->from);
  memcpy(stage->y, stage->from, entries * sizeof *stage->y);
  double value = c->subject->gradient(&stage->objective, stage->from,
                                      stage->gradient, &stage->scratch);
  if (value == INFINITY)
    return YS_OK;
  for (int try = 0; try < DIRECTIONS + PAIRS_OF_ENTRIES; try++) {
    const size_t first = n * gsl_rng_uniform_int(c->rng, batch->rows);
    if (try < DIRECTIONS)
      random_direction(c, stage->from + first, n, direction);
    else
      pair_direction(c, stage->from + first, n, direction);
    double length = 0;
    for (size_t k = 0; k < n; k++)
      length += fabs(direction[k]);
    if (length > 0)
      try_direction(c, stage, first, n, direction, tallies);
  }
  return YS_OK;
}

/* The control: the loss's gradient alone. */
static double forgetful_gradient(const ys_objective *objective, const double *y,
                                 double *gradient, ys_scratch *scratch) {
  const size_t n = objective->batch->classes;
  double value = ys_objective_gradient(objective, y, gradient, scratch);
  for (size_t e = 0; e < objective->batch->rows * n; e++)
    gradient[e] += scratch->nu[e % n];
  return value;
}

const check_trial check_gradients = {.laws = {{"gradient", 1e-6, true}},
                                     .kind = CHECK_ZEROS,
                                     .tries = ROUNDS,
                                     .try = try_point};

const check_trial check_forgetful_gradient = {
    .laws = {{"gradient_without_fairness", 1e-6, false}},
    .kind = CHECK_ZEROS,
    .pairs = CHECK_MAIN_PAIR,
    .tries = ROUNDS,
    .instead = {.gradient = forgetful_gradient},
    .try = try_point};
