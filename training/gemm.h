/* cblas_?gemm for ys_real.
 * A header of its own: OpenBLAS's cblas.h and GSL's do not go together. */
#ifndef YS_GEMM_H
#define YS_GEMM_H

#include "training/real.h"

#include <cblas.h>

#ifdef YS_DOUBLE_NETWORKS
#define ys_gemm cblas_dgemm
#else
#define ys_gemm cblas_sgemm
#endif

#endif
