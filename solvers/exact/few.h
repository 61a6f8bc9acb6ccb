/* The exact solver's part for small batches and for few rows a class (M below
 * 16 K or so), for collision and strong fairness, lambda > 0: Newton's method
 * in nu and `fw` where classes are few, and an interior point on short lists of
 * classes, which grow and shrink as it goes. docs/method.md, "Few rows a
 * class".
 */
#ifndef YS_FEW_H
#define YS_FEW_H

#include "solvers/common/work.h"

typedef struct ys_few ys_few;

/* For the work's objective, and y, dense, where it may begin; its memory is the
 * work's, and so is whoever is asked for a stop, once it has been told. NULL,
 * the reason in `error`, if there is none. */
ys_few *ys_few_open(ys_work *work, ys_labels *y, ys_error *error);
void ys_few_close(ys_few *few); /* before the work; accepts NULL */
void ys_few_heed(ys_few *few, const ys_stop *stop);

/* Begin at y, dense, of finite F, which the first step is to be given again. */
void ys_few_begin(ys_few *few, const double *y);

/* Some iterations: y becomes the next iterate, rows on the simplex. F may rise
 * for a while: the caller keeps the best. When it stalls y may be whole or not.
 */
ys_step ys_few_step(ys_few *few, double *y, ys_error *error);

/* y of the last step, dense, to sparse labels. */
ys_code ys_few_write(const ys_few *few, const ys_labels *y, ys_labels *to,
                     ys_error *error);

/* Whether every entry of y is a number from 0 to 1. */
bool ys_few_is_whole(const ys_few *few, const double *y);

/* K multipliers at which the dual function is a bound, the caller's until the
 * next step; NULL: none are better than y's own. */
const double *ys_few_multipliers(const ys_few *few);

#endif
