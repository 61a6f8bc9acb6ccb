/* What kernels are compared with, measured in the same run: a triad, a[i] =
 * b[i] + s c[i], for the memory (McCalpin's STREAM, 1995); one plain read of
 * sigma; and DGEMM for the arithmetic. */
#ifndef YARDSTICK_H
#define YARDSTICK_H

#include "problems/batch.h"

#include <stddef.h>

/* Arrays a, b and c of `count` numbers; for DGEMM they are n x n. */
typedef struct yardstick {
  double *a, *b, *c;
  size_t count;
  int n, threads;
} yardstick;

void yardstick_free(yardstick *of); /* a zeroed one is accepted */

/* Pages are first touched by the threads that will use them. */
ys_code triad_init(yardstick *t, size_t count, int threads, ys_error *error);
void triad_run(const yardstick *t);

/* The sum of all that a batch's sigma is stored as, doubles or floats, by
 * `threads` threads, each the blocks that a solver's would work on; and its
 * bytes. */
double sigma_read(const ys_batch *batch, int threads);
double sigma_bytes(const ys_batch *batch);

/* C += A B, square, by cblas_dgemm: a block of rows for each thread of OpenMP;
 * OpenBLAS must be set to one thread. */
ys_code gemm_init(yardstick *g, int n, int threads, ys_error *error);
void gemm_run(const yardstick *g);
double gemm_flops(const yardstick *g);

#endif
