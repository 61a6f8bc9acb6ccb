/* The library's one clock: it decides nothing but the time limit that a caller
 * sets. */
#ifndef YS_CLOCK_H
#define YS_CLOCK_H

/* Seconds from some moment on. */
double ys_clock_seconds(void);

#endif
