/* The losses as a classifier is trained on them: with respect to the logits,
 * with the pseudo-labels y fixed. */
#ifndef YS_TRAINING_LOSS_H
#define YS_TRAINING_LOSS_H

#include "problems/objective.h"
#include "training/layer.h"

/* sigma = softmax(logits) of one row, K numbers, in double precision; none is
 * below e^-700, so that every loss is finite whatever y is. */
void ys_softmax(const ys_real *logits, double *sigma, size_t classes);

/* The loss of one row of `logits` against y on the simplex (K >= 2 entries),
 * and its gradient with respect to the logits, divided by `scale`:
 *
 *   collision  -ln(sigma . y)            sigma_k - sigma_k y_k / (sigma . y)
 *   shannon    -sum_k y_k ln sigma_k     sigma_k - y_k
 *   reverse    -sum_k sigma_k ln y_k     -sigma_k (ln y_k - sum_j sigma_j ln
 *                                        y_j)
 *
 * For collision the second term is softmax(logits + ln y), computed as such: at
 * y = 1/K it is sigma, and the gradient is 0 to rounding. For reverse, y_k
 * counts as 1e-30 at least. `room` has 3K numbers. */
double ys_loss_of_logits(ys_loss loss, const ys_real *logits, const double *y,
                         size_t classes, double scale, ys_real *gradient,
                         double *room);

#endif
