#include "bench/kernels/yardstick.h"

#include "problems/vector/array.h"
#include "problems/vector/simd.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>

static ys_code allocate(yardstick *made, size_t count, ys_error *error) {
  made->count = count;
  made->a = ys_array(count, sizeof *made->a);
  made->b = ys_array(count, sizeof *made->b);
  made->c = ys_array(count, sizeof *made->c);
  if (made->a && made->b && made->c)
    return YS_OK;
  yardstick_free(made);
  return ys_fail_memory(error, "the arrays of a yardstick");
}

void yardstick_free(yardstick *of) {
  free(of->a);
  free(of->b);
  free(of->c);
  *of = (yardstick){0};
}

/* ---------------------------------------------------------- triad ---- */

YS_HOT static void triad_block(double *restrict a, const double *restrict b,
                               const double *restrict c, double s, size_t begin,
                               size_t end) {
#pragma omp simd
  for (size_t i = begin; i < end; i++)
    a[i] = b[i] + s * c[i];
}

static size_t cut(const yardstick *t, int thread) {
  return t->count * (size_t)thread / (size_t)t->threads;
}

ys_code triad_init(yardstick *t, size_t count, int threads, ys_error *error) {
  *t = (yardstick){.threads = threads};
  ys_code code = allocate(t, count, error);
  if (code)
    return code;
#pragma omp parallel for schedule(static) num_threads(threads)
  for (int thread = 0; thread < threads; thread++)
    for (size_t i = cut(t, thread); i < cut(t, thread + 1); i++) {
      t->a[i] = 0;
      t->b[i] = 1;
      t->c[i] = 2;
    }
  return YS_OK;
}

void triad_run(const yardstick *t) {
#pragma omp parallel for schedule(static) num_threads(t->threads)
  for (int thread = 0; thread < t->threads; thread++)
    triad_block(t->a, t->b, t->c, 3, cut(t, thread), cut(t, thread + 1));
}

/* ---------------------------------------------------------- DGEMM ---- */

ys_code gemm_init(yardstick *g, int n, int threads, ys_error *error) {
  const size_t count = (size_t)n * (size_t)n;
  *g = (yardstick){.n = n, .threads = threads};
  ys_code code = allocate(g, count, error);
  if (code)
    return code;
  memset(g->c, 0, count * sizeof *g->c);
  for (size_t i = 0; i < count; i++) {
    g->a[i] = 1e-3 * (double)(i % 17);
    g->b[i] = 1e-3 * (double)(i % 13);
  }
  return YS_OK;
}

/* OpenBLAS's own threads stay awake for a while after a product and would be in
 * the way of those of the kernel timed next. */
void gemm_run(const yardstick *g) {
#pragma omp parallel for schedule(static) num_threads(g->threads)
  for (int thread = 0; thread < g->threads; thread++) {
    const int first = g->n * thread / g->threads;
    const int rows = g->n * (thread + 1) / g->threads - first;
    const size_t at = (size_t)first * (size_t)g->n;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, g->n, g->n, 1,
                g->a + at, g->n, g->b, g->n, 1, g->c + at, g->n);
  }
}

double gemm_flops(const yardstick *g) {
  const double n = g->n;
  return 2 * n * n * n;
}
