/* The y-step's objective
 *
 *   F(y) = (1/M) sum_i loss(sigma_i, y_i) + lambda * fairness(ybar),
 *   ybar_k = (1/M) sum_i y_ik,
 *
 * over rows y_i on the simplex, in nats, and its gradient. Source of the losses
 * and of strong fairness: Zhang and Boykov, arXiv 2303.07321, sections 2 and 3.
 */
#ifndef YS_OBJECTIVE_H
#define YS_OBJECTIVE_H

#include "batch.h"
#include "blocks.h"
#include "labels.h"
#include "memory.h"
#include "ranks.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(default)

typedef enum ys_loss {
  YS_COLLISION, /* -ln(sigma_i . y_i) */
  YS_SHANNON,   /* -sum_k y_ik ln sigma_ik */
  YS_REVERSE,   /* -sum_k sigma_ik ln y_ik */
} ys_loss;

typedef enum ys_fairness {
  YS_STRONG, /* KL(u || ybar) = sum_k u_k ln(u_k / ybar_k) */
  YS_WEAK,   /* KL(ybar || u) = sum_k ybar_k ln(ybar_k / u_k) */
} ys_fairness;

enum { YS_LOSSES = 3, YS_FAIRNESSES = 2 };

/* Constant texts. */
const char *ys_loss_name(ys_loss loss);             /* "collision", ... */
const char *ys_loss_formula(ys_loss loss);          /* per point, in text */
const char *ys_fairness_name(ys_fairness fairness); /* "strong", "weak" */
const char *ys_fairness_formula(ys_fairness fairness);

/* One y-step. It borrows the batch, which must outlive it, and owns the prior.
 * Where ranks hold the batch's rows between them, what is evaluated, here and
 * by the judge, is of them all: the ranks call it at once, each with its rows
 * of y, and come to the same numbers. */
typedef struct ys_objective {
  const ys_batch *batch;
  ys_loss loss;
  ys_fairness fairness;
  double lambda; /* >= 0, finite */
  double *prior; /* u, K entries, positive, sums to 1; owned */
  int threads;   /* OpenMP threads to use, >= 1 */
} ys_objective;

/* Set up an objective. `prior` has batch->classes entries, or is NULL for the
 * uniform prior; a copy is divided by its sum, which must be within 1e-4 of 1.
 * Refuses a lambda that is negative or not finite, and a prior with an entry
 * that is not positive (YS_BAD_INPUT), and may run out of memory. On failure
 * there is nothing to free. */
ys_code ys_objective_init(ys_objective *objective, const ys_batch *batch,
                          ys_loss loss, ys_fairness fairness, double lambda,
                          const double *prior, int threads, ys_error *error);
void ys_objective_free(ys_objective *objective); /* accepts a zeroed one */

enum { YS_TOTALS = 8 };

/* Memory that evaluating needs; one for each caller that runs at a time. */
typedef struct ys_scratch {
  ys_blocks blocks; /* of the batch's own rows */
  ys_share share;   /* what they are of the blocks of all ranks */
  double *ybar;     /* K: column means of the last y evaluated */
  double *nu;       /* K: multipliers, minus the fairness gradient at ybar */
  double *x;        /* M: sigma_i . y_i of the last y evaluated (collision) */
  uint32_t *top;    /* M: each row's class of largest sigma, for collision's
                       bound; found when it is first asked for */
  bool knows_top;
  double *partials; /* blocks x 2K: column sums, and those of a few rows */
  double *totals;   /* blocks x YS_TOTALS: scalars, a row for each block */
  double *tree;     /* room for combining them */
  double over_all[YS_TOTALS]; /* of the totals, what was combined last */
  int threads;                /* how many there is room for */
  void *room;       /* the threads' room for tiles of rows, see tiles.h */
  ys_memory memory; /* of the above */
} ys_scratch;

/* For this objective, and any other of the same batch. YS_NO_MEMORY: nothing is
 * left to free. */
ys_code ys_scratch_init(ys_scratch *scratch, const ys_objective *objective,
                        ys_error *error);
void ys_scratch_free(ys_scratch *scratch); /* accepts a zeroed one */

/* How many threads to start: the objective's, but no more than there are blocks
 * and than it asked for when the scratch was set up. */
int ys_scratch_threads(const ys_scratch *scratch,
                       const ys_objective *objective);

/* Column means of y (M x K, row by row; any numbers) alone, into scratch->ybar
 * (K). */
void ys_column_means(const ys_objective *objective, const double *y,
                     ys_scratch *scratch);

/* F(y) in nats for y M x K, row by row, each on the simplex: the fairness term
 * is summed as if ybar were, without the cancellation that its formula has near
 * u. +infinity outside the domain (an x_i = 0, a ybar_k = 0 under strong
 * fairness, ...), never NaN. Terms 0 ln 0 and 0 ln(1/0) are 0. y must not be in
 * scratch, which keeps ybar and, for collision, x. */
double ys_objective_value(const ys_objective *objective, const double *y,
                          ys_scratch *scratch);

/* The same, and the per-row gradient M dF/dy_ik (M x K, must not alias y). For
 * collision + strong this is -(sigma_ik / x_i + nu_k), nu_k = lambda u_k /
 * ybar_k. Outside the domain entries may be infinite: shannon has +infinity
 * where sigma_ik = 0. With lambda = 0 the fairness term and its gradient are 0.
 * Leaves ybar and nu in scratch. */
double ys_objective_gradient(const ys_objective *objective, const double *y,
                             double *gradient, ys_scratch *scratch);

/* Minus the fairness term's gradient with respect to ybar, times M: nu_k =
 * lambda u_k / ybar_k (strong) or -lambda (ln(ybar_k / u_k) + 1) (weak), nats;
 * infinite where ybar_k = 0; 0 if lambda = 0. K entries each; nu may be ybar.
 */
void ys_objective_multipliers(const ys_objective *objective, const double *ybar,
                              double *nu);

/* Whether F is finite at y; if not, say where: the row whose loss is infinite,
 * or the column whose mean is zero (YS_BAD_NUMERICS). Leaves ybar in scratch.
 */
ys_code ys_objective_check_finite(const ys_objective *objective,
                                  const ys_labels *y, ys_scratch *scratch,
                                  ys_error *error);

#pragma GCC visibility pop

#endif
