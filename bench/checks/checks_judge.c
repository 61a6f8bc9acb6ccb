/* The judge near an optimum that is known. Labels y* and a prior are drawn, and
 * sigma so that y* is optimal: with nu = nu(y*), every class that a row holds
 * has the same G_ik, and every other a larger one. Around y* bounds are within
 * rounding of F(y*), also at multipliers that a solver might propose, so one
 * that is too high by any of its parts is seen. */
#include "bench/checks/checker.h"
#include "problems/certificate.h"

#include <string.h>

/* An odd number of rows: kernels work on sixteen, four and fewer. */
enum { PLANTED_ROWS = 61, MOST_PLANTED_CLASSES = 40, PLANTS = 3 };

/* ----------------------------------------------------------- planting ---- */

/* Rows of y*, a quarter of the entries 0, and ybar. */
static void plant_labels(const checker *c, const ys_batch *batch, double *y,
                         double *ybar) {
  const size_t n = batch->classes;
  memset(ybar, 0, n * sizeof *ybar);
  for (size_t i = 0; i < batch->rows; i++) {
    double *row = y + i * n, sum = 0;
    checker_row(c, 3, row, n);
    for (size_t k = 0; k < n; k++) {
      if (k != i % n && gsl_rng_uniform_int(c->rng, 4) == 0)
        row[k] = 0;
      sum += row[k];
    }
    for (size_t k = 0; k < n; k++) {
      row[k] /= sum;
      ybar[k] += row[k] / (double)batch->rows;
    }
  }
}

/* A prior at which the nu_k differ by less than 1. */
static void plant_prior(const checker *c, ys_objective *f, const double *ybar) {
  double sum = 0;
  for (size_t k = 0; k < f->batch->classes; k++) {
    double tilt = 0.6 * gsl_rng_uniform(c->rng) / (1 + f->lambda);
    sum += f->prior[k] = ybar[k] * (1 + tilt);
  }
  for (size_t k = 0; k < f->batch->classes; k++)
    f->prior[k] /= sum;
}

/* sigma_i at which y_i solves its row at nu, up to the row's sum: where y_k >
 * 0, collision sigma_k = x (c - nu_k), c = 1 + nu . y; shannon sigma_k = e^(m -
 * nu_k); reverse sigma_k = y_k (mu - nu_k), mu = 1 + nu . y. */
static void plant_row(ys_loss loss, const double *y, const double *nu,
                      double *sigma, size_t n) {
  double level = 1, sum = 0;
  for (size_t k = 0; k < n; k++)
    level += nu[k] * y[k];
  for (size_t k = 0; k < n; k++) {
    double held = loss == YS_SHANNON ? exp(level - nu[k]) : level - nu[k];
    sigma[k] = loss == YS_REVERSE ? held * y[k] : y[k] > 0 ? held : 0.3 * held;
    sum += sigma[k];
  }
  for (size_t k = 0; k < n; k++)
    sigma[k] /= sum;
}

/* y* into stage->from, its nu into stage->gradient. */
static void plant(const checker *c, check_stage *stage) {
  const ys_batch *batch = stage->objective.batch;
  const size_t n = batch->classes;
  double *ybar = stage->to;
  plant_labels(c, batch, stage->from, ybar);
  plant_prior(c, &stage->objective, ybar);
  ys_objective_multipliers(&stage->objective, ybar, stage->gradient);
  for (size_t i = 0; i < batch->rows; i++)
    plant_row(stage->objective.loss, stage->from + i * n, stage->gradient,
              batch->sigma + i * n, n);
}

/* -------------------------------------------------------------- trying ---- */

/* y = (1 - t) y* + t (some labels), where rows' gaps are most of it; or each
 * class that a row holds multiplied by what is the same in all rows, where the
 * fairness part is. */
static void step_aside(const checker *c, check_stage *stage, double t,
                       bool together) {
  const size_t n = stage->objective.batch->classes;
  checker_point(c, stage, 1, stage->to);
  if (!together) {
    check_between(stage, t, stage->y);
    return;
  }
  for (size_t i = 0; i < PLANTED_ROWS; i++) {
    double sum = 0, *y = stage->y + i * n;
    for (size_t k = 0; k < n; k++)
      sum += y[k] = stage->from[i * n + k] * (1 + t * (double)(k % 2));
    for (size_t k = 0; k < n; k++)
      y[k] /= sum;
  }
}

/* By how much the judge's bound is above F(y*), at y's own multipliers and at
 * those of y*; and its gap above F(y) - F(y*), which is all of it at those. */
static void try_bound(const checker *c, check_stage *stage, double optimum,
                      check_tally *bound, check_tally *gap) {
  const ys_objective *f = &stage->objective;
  const double size = 1 + fabs(optimum) + f->lambda;
  double value = checker_value(c, stage, stage->y);
  ys_verdict own = checker_judge(c, stage, NULL);
  ys_verdict hinted = checker_judge(c, stage, stage->gradient);
  check_count(bound, (own.lower_bound - optimum) / size);
  check_count(bound, (hinted.lower_bound - optimum) / size);
  check_count(gap, (hinted.gap - (value - optimum)) / size);
}

/* Rows that do not sum to 1 are judged as if they did. */
static void try_scale(const checker *c, check_stage *stage,
                      check_tally *tally) {
  const size_t n = stage->objective.batch->classes;
  ys_verdict as_it_is = checker_judge(c, stage, NULL);
  for (size_t i = 0; i < PLANTED_ROWS; i++) {
    double scale = 0.5 + gsl_rng_uniform(c->rng);
    for (size_t k = 0; k < n; k++)
      stage->y[i * n + k] *= scale;
  }
  ys_verdict scaled = checker_judge(c, stage, NULL);
  double size = 1 + fabs(as_it_is.objective) + stage->objective.lambda;
  check_count(tally, fabs(scaled.objective - as_it_is.objective) / size);
  check_count(tally, (scaled.lower_bound - as_it_is.objective) / size);
}

static ys_code try_plant(const checker *c, check_stage *stage,
                         check_tally *tallies, ys_error *error) {
  static const double asides[] = {0,    1e-12, 1e-10, 1e-8, 1e-6,
                                  3e-6, 1e-5,  3e-5,  1e-3, 0.1};
  (void)error;
  plant(c, stage);
  double optimum = checker_value(c, stage, stage->from);
  for (size_t i = 0; i < sizeof asides / sizeof *asides; i++)
    for (int together = 0; together < 2; together++) {
      step_aside(c, stage, asides[i], together);
      try_bound(c, stage, optimum, &tallies[0], &tallies[1]);
      try_scale(c, stage, &tallies[2]);
    }
  return YS_OK;
}

const check_trial check_judge = {
    .laws = {{"bound_at_planted_optimum", 0, true},
             {"gap_at_planted_optimum", 5e-14, true},
             {"judge_divides_rows", 1e-13, true}},
    .kind = CHECK_PLANTED,
    .rows = PLANTED_ROWS,
    .classes = MOST_PLANTED_CLASSES,
    .at = {{0.1, false}, {1, false}, {30, false}},
    .lambdas = 3,
    .stages = PLANTS,
    .try = try_plant};
