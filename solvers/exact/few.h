/* The exact solver's part for few rows a class (M below 16 K or so), for
 * collision and strong fairness, lambda > 0: an interior point on short lists
 * of classes, which grow and shrink as it goes. docs/method.md, "Few rows a
 * class". */
#ifndef YS_FEW_H
#define YS_FEW_H

#include "solvers/common/work.h"

typedef struct ys_few ys_few;

/* For the work's objective; its memory is the work's, and so is whoever is
 * asked for a stop. NULL, the reason in `error`, if there is none. */
ys_few *ys_few_open(ys_work *work, ys_error *error);

/* Begin at y, dense, of finite F, which the first step is to be given again. */
void ys_few_begin(ys_few *few, const double *y);

/* A few iterations: y becomes the next iterate, rows on the simplex. F may rise
 * for a while: the caller keeps the best. */
ys_step ys_few_step(ys_few *few, double *y, ys_error *error);

/* K multipliers at which the dual function is a bound; the caller's until the
 * next step. */
const double *ys_few_multipliers(const ys_few *few);

#endif
