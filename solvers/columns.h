/* Running column means of y and their multipliers, for methods that change one
 * row at a time. */
#ifndef YS_COLUMNS_H
#define YS_COLUMNS_H

#include "../problems/objective.h"

#include <math.h>

typedef struct ys_columns {
  const ys_objective *objective;
  double share; /* 1/M: what one row's entry weighs in a mean */
  double *mean; /* K */
  double *nu;   /* K: the multipliers at `mean` */
} ys_columns;

/* Minus M times the fairness term's derivative at a mean of class k; as
 * ys_objective_multipliers, which documents it, gives for all classes. */
static inline double ys_columns_multiplier(const ys_columns *columns, size_t k,
                                           double mean) {
  const ys_objective *o = columns->objective;
  if (o->lambda == 0)
    return 0;
  if (o->fairness == YS_STRONG)
    return o->lambda * o->prior[k] / mean;
  return -o->lambda * (log(mean / o->prior[k]) + 1);
}

/* What the multiplier of class k falls by, for each unit that one row's entry
 * rises: M times the fairness term's second derivative in that entry. */
static inline double ys_columns_stiffness(const ys_columns *columns, size_t k,
                                          double mean) {
  const ys_objective *o = columns->objective;
  if (o->fairness == YS_STRONG)
    return columns->share * o->lambda * o->prior[k] / (mean * mean);
  return columns->share * o->lambda / mean;
}

/* One row's entry of class k changes by `change`. */
static inline void ys_columns_move(ys_columns *columns, size_t k,
                                   double change) {
  columns->mean[k] += columns->share * change;
  columns->nu[k] = ys_columns_multiplier(columns, k, columns->mean[k]);
}

#endif
