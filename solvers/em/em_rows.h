/* EM's map, a block of rows at a time: private to em.c and em_rows.c. */
#ifndef YS_EM_ROWS_H
#define YS_EM_ROWS_H

#include "problems/objective.h"

/* An entry of y that is positive stays above about this: it may have to grow
 * again. */
static const double YS_EM_LEAST = 1e-290;

/* The E step at the multipliers scratch->nu and the M step, for the rows of one
 * block: y in place, and its new column sums into the block's partials. With
 * lambda = 0 the optimum, which is in closed form. Strong fairness; collision
 * or reverse.
 *
 * root (M, collision alone): the last sweep's roots, 0 if there are none; this
 * sweep's are left there. */
void ys_em_block(const ys_objective *objective, ys_scratch *scratch,
                 double *root, double *y, size_t block);

#endif
