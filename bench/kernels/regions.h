/* How much of a solve is parallel: OpenMP's regions, one by one, as one thread
 * runs them. kernel-bench is linked so that GCC's GOMP_parallel() comes by here
 * (Makefile); with another compiler's OpenMP none is seen. */
#ifndef REGIONS_H
#define REGIONS_H

#include <stddef.h>

enum { REGIONS_CORES = 64 };

typedef struct regions {
  size_t count;                      /* of regions */
  double seconds[REGIONS_CORES + 1]; /* of this thread's, inside those that
                                        asked for so many threads or, in the
                                        last, more */
} regions;

/* Seconds that this thread has worked. */
double regions_clock(void);

/* From now on regions run on this thread alone, and are added to *to; until
 * `to` is NULL. */
void regions_watch(regions *to);

/* Of `all` seconds of one thread's work: what is outside of regions, or in such
 * as no second thread is asked for. */
double regions_serial(const regions *r, double all);

/* How many times as fast, if every region took as many cores as it asked for,
 * and was as many times as fast by that. */
double regions_speedup(const regions *r, double all);

#endif
