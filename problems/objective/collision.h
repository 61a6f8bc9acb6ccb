/* The collision loss over a block of rows, tile by tile: what value.c and
 * certificate.c do by rows for the other losses, and as they document it.
 * Private to those two. */
#ifndef YS_COLLISION_H
#define YS_COLLISION_H

#include "problems/labels.h"
#include "problems/objective/evaluation.h"

/* Loss, column sums, and x = sigma . y of each row. */
void ys_collision_value(const ys_objective *objective, const ys_labels *y,
                        ys_scratch *scratch, size_t block);

/* The gradient, from x and scratch->nu. */
void ys_collision_gradient(const ys_objective *objective, double *gradient,
                           const ys_scratch *scratch, size_t block);

/* The judge's first pass: loss, column sums, x and feasibility of y, entries
 * below 0 read as 0 and rows divided by their sums. */
void ys_collision_measure(const ys_objective *objective, const ys_labels *y,
                          ys_scratch *scratch, size_t block);

/* Each row's class of largest sigma, into scratch->top, which the two below
 * need. */
void ys_collision_tops(const ys_objective *objective, ys_scratch *scratch,
                       size_t block);

/* The judge's second pass, the rows' gaps at nu; after the first. */
void ys_collision_certify(const ys_objective *objective, const ys_labels *y,
                          const double *nu, ys_scratch *scratch, size_t block);

/* Sum of phi_i(nu), as the block's loss. */
void ys_collision_dual_sum(const ys_objective *objective, const double *nu,
                           ys_scratch *scratch, size_t block);

#endif
