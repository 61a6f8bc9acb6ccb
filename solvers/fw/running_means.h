/* Running column means of y and their multipliers, for methods that change one
 * row at a time. */
#ifndef YS_RUNNING_MEANS_H
#define YS_RUNNING_MEANS_H

#include "problems/objective/fairness.h"

#include <math.h>
#include <stdbool.h>

typedef struct ys_running_means {
  const ys_objective *objective;
  double share;         /* 1/M: what one row's entry weighs in a mean */
  double *mean;         /* K */
  double *nu;           /* K: the multipliers at `mean` */
  const double *labels; /* M x K: the y that the means are of, for those that
                           are to be added up again */
  bool to_last_digit;   /* a step that rounding ends just beyond its minimum is
                           taken: without it sweeps would come to rest */
} ys_running_means;

/* A running mean carries the rounding errors of all that it was. A mean that is
 * less than YS_MEANS_DOUBT may be nothing else, and is added up again before
 * anything is done that needs it. One of less than YS_MEANS_LEAST is as good
 * as none: strong fairness leaves no class with so little, and to weak fairness
 * a class without mass is as one with so much, which does not ask for mass
 * beyond all bounds. */
static const double YS_MEANS_DOUBT = 1e-9, YS_MEANS_LEAST = 1e-290;

/* nu_k at a mean of class k. */
static inline double ys_means_multiplier(const ys_running_means *means,
                                         size_t k, double mean) {
  const ys_objective *o = means->objective;
  const double z = o->fairness == YS_WEAK ? fmax(mean, YS_MEANS_LEAST) : mean;
  return ys_fairness_multiplier(o->fairness, o->lambda, o->prior[k], z, 1);
}

/* What nu_k falls by, for each unit that one row's entry of class k rises. */
static inline double ys_means_stiffness(const ys_running_means *means, size_t k,
                                        double mean) {
  const ys_objective *o = means->objective;
  if (o->lambda == 0)
    return 0;
  return ys_fairness_stiffness(o->fairness, means->share * o->lambda,
                               o->prior[k], mean);
}

/* The mean of class k becomes `mean`. */
static inline void ys_means_set(ys_running_means *means, size_t k,
                                double mean) {
  means->mean[k] = mean;
  means->nu[k] = ys_means_multiplier(means, k, mean);
}

/* Whether no step may leave a class with this mean. */
static inline bool ys_means_is_empty(const ys_running_means *means,
                                     double mean) {
  return means->objective->fairness == YS_STRONG &&
         means->objective->lambda > 0 && !(mean > YS_MEANS_LEAST);
}

/* The multipliers at the means. */
static inline void ys_means_price(ys_running_means *means) {
  for (size_t k = 0; k < means->objective->batch->classes; k++)
    means->nu[k] = ys_means_multiplier(means, k, means->mean[k]);
}

/* The mean of class k without the row of y at `row`, or, if that is NULL, of
 * all rows: to its own rounding, however small. */
static inline double ys_means_recount(const ys_running_means *means, size_t k,
                                      const double *row) {
  const size_t n = means->objective->batch->classes;
  double sum = 0;
  for (size_t i = 0; i < means->objective->batch->rows; i++)
    if (means->labels + i * n != row)
      sum += means->labels[i * n + k];
  return sum * means->share;
}

#endif
