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
  YS_LEAST_X /* collision alone */
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

/* Column means of y from the blocks' column sums, into scratch->ybar. */
void ys_scratch_means(ys_scratch *scratch, size_t classes);

/* Sum over the blocks of the total number `which`. */
double ys_scratch_total(const ys_scratch *scratch, size_t which);

/* F from the blocks' column sums and losses; leaves ybar in scratch. */
double ys_scratch_objective(const ys_objective *objective, ys_scratch *scratch);

/* lambda * fairness(ybar); +infinity outside the domain. */
double ys_fairness_value(const ys_objective *objective, const double *ybar);

#endif
