/* Where classes are few, and rows several a class: multipliers nu by Newton's
 * method on the dual function, each point a look at all rows, and labels that
 * go with them. docs/method.md, "Few rows a class".
 *
 * A look says of each row its best vertex, the class whose line is next, and
 * the slack; from them follow the row's answer, and what it adds to the second
 * derivative. */
#ifndef YS_FEW_DUAL_H
#define YS_FEW_DUAL_H

#include "solvers/exact/candidates.h"

typedef struct ys_few_dual {
  const ys_work *work;
  ys_look look;             /* at nu */
  double *nu, *tilt, *ybar; /* K: at the point; tilt is exp(nu - max nu) */
  double *best;             /* K: nu of the least gap */
  double *gradient, *step;  /* K */
  double *matrix;           /* K x K, lower triangle: minus the second
                               derivative, times the rows */
  double *room;             /* K: for a row */
  double window;
  double gap; /* the least */
  bool pays;  /* it still falls fast */
} ys_few_dual;

/* Whether K x K matrices are cheap beside looks at so many rows, and rows so
 * many that they tell nu. */
bool ys_few_dual_serves(const ys_work *work);

/* Memory may be lacking then. */
void ys_few_dual_init(ys_few_dual *dual, ys_memory *memory,
                      const ys_work *work);

/* From equal multipliers: a first look. */
void ys_few_dual_begin(ys_few_dual *dual);

/* Newton steps, until the gap is `enough`, falls no longer fast, or a stop is
 * wanted. */
void ys_few_dual_improve(ys_few_dual *dual, double enough);

/* Labels (M x K) at the nu of the least gap, which it goes to; each class has a
 * row's share. */
void ys_few_dual_write(ys_few_dual *dual, double *y);

#endif
