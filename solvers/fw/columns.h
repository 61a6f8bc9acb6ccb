/* Running column means of y and their multipliers, for methods that change one
 * row at a time. */
#ifndef YS_COLUMNS_H
#define YS_COLUMNS_H

#include "problems/objective.h"

#include <math.h>
#include <stdbool.h>

typedef struct ys_columns {
  const ys_objective *objective;
  double share;         /* 1/M: what one row's entry weighs in a mean */
  double *mean;         /* K */
  double *nu;           /* K: the multipliers at `mean` */
  const double *labels; /* M x K: the y that the means are of, for those that
                           are to be added up again */
  bool to_last_digit;   /* a step that rounding ends just beyond its minimum is
                           taken: without it sweeps would come to rest */
} ys_columns;

/* A running mean carries the rounding errors of all that it was. A mean that is
 * less than YS_COLUMNS_DOUBT may be nothing else, and is added up again before
 * anything is done that needs it. One of less than YS_COLUMNS_LEAST is as good
 * as none: strong fairness leaves no class with so little, and to weak fairness
 * a class without mass is as one with so much, which does not ask for mass
 * beyond all bounds. */
static const double YS_COLUMNS_DOUBT = 1e-9, YS_COLUMNS_LEAST = 1e-290;

/* Minus M times the fairness term's derivative at a mean of class k; as
 * ys_objective_multipliers, which documents it, gives for all classes. */
static inline double ys_columns_multiplier(const ys_columns *columns, size_t k,
                                           double mean) {
  const ys_objective *o = columns->objective;
  if (o->lambda == 0)
    return 0;
  if (o->fairness == YS_STRONG)
    return o->lambda * o->prior[k] / mean;
  return -o->lambda * (log(fmax(mean, YS_COLUMNS_LEAST) / o->prior[k]) + 1);
}

/* What the multiplier of class k falls by, for each unit that one row's entry
 * rises: M times the fairness term's second derivative in that entry. */
static inline double ys_columns_stiffness(const ys_columns *columns, size_t k,
                                          double mean) {
  const ys_objective *o = columns->objective;
  if (o->lambda == 0)
    return 0;
  if (o->fairness == YS_STRONG)
    return columns->share * o->lambda * o->prior[k] / (mean * mean);
  return columns->share * o->lambda / mean;
}

/* The mean of class k becomes `mean`. */
static inline void ys_columns_set(ys_columns *columns, size_t k, double mean) {
  columns->mean[k] = mean;
  columns->nu[k] = ys_columns_multiplier(columns, k, mean);
}

/* Whether no step may leave a class with this mean. */
static inline bool ys_columns_is_empty(const ys_columns *columns, double mean) {
  return columns->objective->fairness == YS_STRONG &&
         columns->objective->lambda > 0 && !(mean > YS_COLUMNS_LEAST);
}

/* The multipliers at the means. */
static inline void ys_columns_price(ys_columns *columns) {
  for (size_t k = 0; k < columns->objective->batch->classes; k++)
    columns->nu[k] = ys_columns_multiplier(columns, k, columns->mean[k]);
}

/* The mean of class k without the row of y at `row`, or, if that is NULL, of
 * all rows: to its own rounding, however small. */
static inline double ys_columns_recount(const ys_columns *columns, size_t k,
                                        const double *row) {
  const size_t n = columns->objective->batch->classes;
  double sum = 0;
  for (size_t i = 0; i < columns->objective->batch->rows; i++)
    if (columns->labels + i * n != row)
      sum += columns->labels[i * n + k];
  return sum * columns->share;
}

#endif
