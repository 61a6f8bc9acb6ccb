/* Timing one kernel against the yardsticks, and the arithmetic of what is
 * reported. */
#ifndef MEASURE_H
#define MEASURE_H

#include "bench/kernels/kernel.h"
#include "bench/kernels/yardstick.h"

#include <stdbool.h>

typedef struct quartiles {
  double low, median, high;
} quartiles;

/* Quartiles of count >= 1 values, interpolated linearly; sorts the values. All
 * NaN if count is 0. */
quartiles quartiles_of(double *values, size_t count);

/* How much to measure. */
typedef struct effort {
  size_t least, most; /* samples; beyond the least only while time is left */
  double seconds;     /* time for one kernel on one batch */
  double sample;      /* least seconds a sample: short runs are repeated */
} effort;

/* One kernel on one batch. Times and rates are those of a run of the kernel;
 * every ratio is of a sample and the yardstick's sample taken just before. */
typedef struct measurement {
  const kernel *kernel;
  const char *size; /* "cache" or "memory" */
  size_t rows, classes;
  int threads;
  size_t samples;
  quartiles ns;       /* nanoseconds an element of M x K */
  double bytes;       /* that have to be moved: arrays x 8 M K */
  double bandwidth;   /* bytes by the median time, GB/s */
  quartiles triad_ns; /* the triad's, over arrays of M K */
  quartiles triads;   /* time of the kernel in triads */
  quartiles read_ns;  /* of one read of sigma, an element of M x K */
  double read_rate;   /* what that reads by its median time, GB/s */
  quartiles reads;    /* time of the kernel in reads of sigma */
  double share;       /* what the triad's threads had of a processor each: well
                         below 1 on a machine that is not idle */
  quartiles gflops;   /* NaN for a kernel that has no flops() */
  quartiles gemm;     /* DGEMM's GFLOP/s; NaN likewise */
  quartiles rate;     /* gflops over DGEMM's; NaN likewise */
  double target;      /* most triads, or least rate; 0: none */
  bool met;           /* the median meets the target */
  char failure[512];  /* why there is no measurement; "" if there is */
} measurement;

/* Measure; size, rows, classes, threads and target are given in *result, and
 * everything else of it follows. `t` has arrays of M K elements. What goes
 * wrong with the kernel is in result->failure. An interrupt ends the sampling
 * early.
 */
void measure_kernel(const kernel *k, const kernel_data *data,
                    const yardstick *t, const yardstick *g, const effort *spend,
                    measurement *result);

/* The target of a kernel at K classes, out of cache with all threads: in
 * triads, or in parts of DGEMM's rate; 0 if it has none. */
double kernel_target(const kernel *k, size_t classes);

/* Seconds of a run of the kernel, of the triad and of DGEMM just before; what
 * the triad's threads had of a processor each; and seconds of a read of sigma.
 */
typedef struct sample {
  double kernel, triad, gemm, share, read;
} sample;

/* Fill in everything that follows from samples, kernel, rows, classes and
 * target; a DGEMM is `gemm_flops` operations, a read of sigma `read_bytes`. */
ys_code measure_summarise(const sample *samples, size_t count,
                          double gemm_flops, double read_bytes,
                          measurement *result, ys_error *error);

#endif
