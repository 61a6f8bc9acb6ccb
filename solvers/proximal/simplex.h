/* Euclidean projection onto the unit simplex { y >= 0, sum_k y_k = 1 }. */
#ifndef YS_SIMPLEX_H
#define YS_SIMPLEX_H

#include <stddef.h>

/* The point of the simplex nearest to v (n >= 1 entries), into y, which may be
 * v. It is max(v - tau, 0) for the one threshold tau that makes it sum to 1; it
 * is divided by its sum at the end, so that the sum is 1 up to the rounding of
 * one summation, and no entry is negative. An entry of -infinity projects to 0;
 * entries of +infinity share the whole equally, as do entries that are all
 * -infinity. No entry may be a NaN.
 *
 * Expected time O(n) for entries in random order: Newton's method on tau
 * (Michelot 1986 in the reading of Condat, Math. Programming 158, 2016), run on
 * prefixes of growing length, each of which bounds the next one's tau below. */
void ys_simplex_project(const double *v, double *y, size_t n);

#endif
