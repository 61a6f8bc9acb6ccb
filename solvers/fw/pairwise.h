/* Pairwise Frank-Wolfe steps on one row of y, the others fixed: mass moves from
 * the row's class of least gain that has some to the class of greatest gain
 * (Lacoste-Julien and Jaggi, NeurIPS 2015, arXiv 1511.05932), with exact line
 * search. The gain of class k is minus the per-row gradient,
 *
 *   c_k = sigma_k / x + nu_k (collision),   ln sigma_k + nu_k (shannon).
 */
#ifndef YS_PAIRWISE_H
#define YS_PAIRWISE_H

#include "solvers/fw/running_means.h"

#include <stdbool.h>

/* One row as the steps see it: the loss is -ln(score . y) for collision and
 * -score . y for shannon. */
typedef struct ys_pairwise_row {
  const double *score; /* n: sigma, or ln sigma */
  double *y;           /* n: on the simplex, of finite loss */
  size_t n;
  bool linear; /* shannon */
} ys_pairwise_row;

/* A gain is as good as the best one if it is short of it by no more than
 * rounding. */
bool ys_pairwise_is_short(double gain, double best);

/* Move mass until no pair of the row's classes gains, or as far as a few exact
 * steps take it; columns follow. Returns whether y has changed. F never rises
 * but by rounding. */
bool ys_pairwise_improve(ys_pairwise_row row, ys_running_means *means);

/* max_k (t score_k + nu_k). */
double ys_pairwise_best(const double *score, const double *nu, double t,
                        size_t n);

/* score . y, or for shannon 1: t = 1 / x is what scores weigh in the gains. It
 * is kept finite, by a least level: infinity times a score of 0 would not be a
 * number. */
static const double YS_PAIRWISE_LEAST = 1e-300;
double ys_pairwise_level(ys_pairwise_row row);

/* Divide a row of n by its sum if that is off by more than `slack`. */
void ys_pairwise_normalise(double *y, size_t n, double slack);

/* The step by which a sweep goes through so many rows, near the golden section
 * and prime to their number: rows that are neighbours in the file, often of one
 * class, are then visited far apart. */
size_t ys_pairwise_stride(size_t rows);

#endif
