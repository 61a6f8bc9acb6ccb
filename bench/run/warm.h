/* Warm starts: a y-step that begins with the labels of the one before it, as in
 * training. Written `warm[:mix=EPS]`. */
#ifndef WARM_H
#define WARM_H

#include "problems/error.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether `start` is a warm one; *mix, 1e-3 by default, is then the share of
 * the uniform labels in it. */
ys_code warm_read(const char *start, bool *warm, double *mix, ys_error *error);

/* y = (1 - mix) y + mix / K, rows x classes. Multiplicative methods (em, md)
 * cannot raise an entry that is exactly 0, and under the reverse loss it costs
 * an infinite loss. */
void warm_mix(double mix, size_t rows, size_t classes, double *y);

#endif
