/* The largest and the least of a loop's values, for `#pragma omp simd
 * reduction(ys_most : ...)`. OpenMP's own max and min begin at the largest
 * finite numbers in Clang, and then miss a maximum of -infinity. */
#ifndef YS_EXTREMES_H
#define YS_EXTREMES_H

#include <math.h>

#pragma omp declare reduction(ys_most:double                                   \
                              : omp_out = omp_in > omp_out ? omp_in : omp_out) \
    initializer(omp_priv = -INFINITY)
#pragma omp declare reduction(ys_least:double                                  \
                              : omp_out = omp_in < omp_out ? omp_in : omp_out) \
    initializer(omp_priv = INFINITY)

#endif
