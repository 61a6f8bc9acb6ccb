/* The ends of logarithmic axes. */
#ifndef AXIS_H
#define AXIS_H

/* Round a range, 0 < *low <= *high, outwards to 1, 2 or 5 times a power of ten;
 * to whole decades if it would otherwise hold fewer than two powers of ten,
 * which are what an axis names. */
void axis_round(double *low, double *high);

#endif
