/* Parts of an evaluation, shared by those who evaluate. */
#ifndef YS_EVALUATION_H
#define YS_EVALUATION_H

#include "problems/objective.h"

/* Places in a block's totals. */
enum {
  YS_LOSS,
  YS_GAP,
  YS_FRANK_WOLFE,
  YS_LEVEL,
  YS_ROW_SUM_ERROR,
  YS_LEAST_ENTRY,
  YS_LEAST_X, /* collision alone */
  YS_TINY
};

/* The column sums of one block. A long plain sum of like terms drifts, so rows
 * are added to `chunk`, and the chunk to `sum` every few rows. */
typedef struct ys_columns {
  double *sum, *chunk; /* n each */
  size_t n, held;      /* columns; rows in the chunk */
} ys_columns;

ys_columns ys_columns_begin(const ys_scratch *scratch, size_t classes,
                            size_t block);
void ys_columns_add(ys_columns *columns, const double *row); /* n entries */
void ys_columns_next(ys_columns *columns); /* a row was added to the chunk */
void ys_columns_end(ys_columns *columns);

/* What is combined over all blocks, those of other ranks too: each call is one
 * message up the tree and one down. */

/* Column means of y from the blocks' column sums, into scratch->ybar. */
void ys_scratch_means(ys_scratch *scratch, size_t classes);

/* Sums of the blocks' totals [first, first + count), into scratch->over_all;
 * and these and the column means at once. */
void ys_scratch_sum(ys_scratch *scratch, size_t first, size_t count);
void ys_scratch_sum_all(ys_scratch *scratch, size_t classes, size_t first,
                        size_t count);

/* What the judge's first pass leaves: column means, the sum of the losses, and
 * the extremes. */
void ys_scratch_measured(ys_scratch *scratch, size_t classes);

/* Of what has been combined: a sum over M, and F. */
double ys_scratch_mean(const ys_scratch *scratch, size_t which);
double ys_scratch_value(const ys_objective *objective,
                        const ys_scratch *scratch);

/* Combine now: F, which leaves ybar in scratch. */
double ys_scratch_objective(const ys_objective *objective, ys_scratch *scratch);

/* lambda * fairness(ybar); +infinity outside the domain. */
double ys_fairness_value(const ys_objective *objective, const double *ybar);

#endif
