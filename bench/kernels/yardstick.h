/* What kernels are compared with, measured in the same run: a triad, a[i] =
 * b[i] + s c[i], for the memory (McCalpin's STREAM, 1995), and DGEMM for the
 * arithmetic. */
#ifndef YARDSTICK_H
#define YARDSTICK_H

#include "problems/error.h"

#include <stddef.h>

typedef struct triad {
  double *a, *b, *c; /* `count` each */
  size_t count;
  int threads;
} triad;

/* Arrays whose pages are first touched by the threads that will use them. */
ys_code triad_init(triad *t, size_t count, int threads, ys_error *error);
void triad_run(const triad *t);
void triad_free(triad *t); /* a zeroed one is accepted */

/* C += A B, square, by cblas_dgemm: a block of rows for each thread of OpenMP;
 * OpenBLAS must be set to one thread. */
typedef struct gemm {
  double *a, *b, *c;
  int n, threads;
} gemm;

ys_code gemm_init(gemm *g, int n, int threads, ys_error *error);
void gemm_run(const gemm *g);
double gemm_flops(const gemm *g);
void gemm_free(gemm *g); /* a zeroed one is accepted */

#endif
