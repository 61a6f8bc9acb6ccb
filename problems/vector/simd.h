/* YS_HOT marks a row kernel that is worth compiling once for each generation of
 * vector unit; the loader picks the version that the machine has. Sanitizers
 * cannot run the loader's resolvers, so instrumented builds have one version,
 * as do builds with YS_PORTABLE, and those for an architecture beyond the
 * oldest
 * (-march=), which say themselves what they are for.
 */
#ifndef YS_SIMD_H
#define YS_SIMD_H

#include <math.h>

#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) &&         \
    defined(__linux__) && !defined(YS_SANITIZE) && !defined(YS_PORTABLE) &&    \
    !defined(__SSE3__)
#define YS_HOT                                                                 \
  __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define YS_HOT
#endif

/* YS_INLINE marks what is inlined into a YS_HOT kernel in every case, so that
 * it is compiled for the kernel's vector unit and not once for the oldest. */
#define YS_INLINE static inline __attribute__((always_inline))

/* The largest and the least of a loop's values, for `#pragma omp simd
 * reduction(ys_most : ...)`. OpenMP's own max and min begin at the largest
 * finite numbers in Clang, and then miss a maximum of -infinity. */
#pragma omp declare reduction(ys_most:double                                   \
                              : omp_out = omp_in > omp_out ? omp_in : omp_out) \
    initializer(omp_priv = -INFINITY)
#pragma omp declare reduction(ys_least:double                                  \
                              : omp_out = omp_in < omp_out ? omp_in : omp_out) \
    initializer(omp_priv = INFINITY)

#endif
