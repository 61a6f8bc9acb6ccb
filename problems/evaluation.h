/* Shared by objective.c and certificate.c alone: parts of an evaluation. */
#ifndef YS_EVALUATION_H
#define YS_EVALUATION_H

#include "objective.h"

/* Column means of y from the partial column sums, into scratch->ybar. */
void ys_scratch_means(ys_scratch *scratch, size_t classes);

/* Sum over the blocks of the total number `which`. */
double ys_scratch_total(const ys_scratch *scratch, size_t which);

/* lambda * fairness(ybar); +infinity outside the domain. */
double ys_fairness_value(const ys_objective *objective, const double *ybar);

#endif
