#include "bench/kernels/yardstick.h"

#include "problems/blocks.h"
#include "problems/vector/array.h"
#include "problems/vector/row_sums.h"

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

/* ------------------------------------------------- read of sigma ---- */

/* In strands, so that no addition waits for another. */
YS_INLINE double sum_of(const void *numbers, bool single, size_t begin,
                        size_t end) {
  enum { STRANDS = 8, TOGETHER = STRANDS * YS_LANES };
  ys_lanes sum[STRANDS] = {{0}};
  double rest = 0;
  size_t i = begin;
  for (; i + TOGETHER <= end; i += TOGETHER)
    for (size_t s = 0; s < STRANDS; s++)
      sum[s] += ys_load_stored(numbers, i + s * YS_LANES, single);
  for (; i < end; i++)
    rest += ys_stored_at(numbers, i, single);
  for (size_t s = 0; s < STRANDS; s++)
    rest += ys_total(sum[s]);
  return rest;
}

YS_HOT static double sum_doubles(const double *of, size_t begin, size_t end) {
  return sum_of(of, false, begin, end);
}

YS_HOT static double sum_floats(const float *of, size_t begin, size_t end) {
  return sum_of(of, true, begin, end);
}

double sigma_read(const ys_batch *batch, int threads) {
  const ys_blocks blocks = ys_blocks_make(batch->rows, batch->classes);
  const size_t n = batch->classes;
  double sum = 0;
#pragma omp parallel for schedule(static) reduction(+ : sum)                   \
    num_threads(ys_block_threads(&blocks, threads))
  for (size_t block = 0; block < blocks.count; block++) {
    const size_t begin = n * ys_block_begin(&blocks, block);
    const size_t end = n * ys_block_end(&blocks, block);
    sum += batch->sigma ? sum_doubles(batch->sigma, begin, end)
                        : sum_floats(batch->recorded, begin, end);
  }
  return sum;
}

double sigma_bytes(const ys_batch *batch) {
  const size_t size =
      batch->sigma ? sizeof *batch->sigma : sizeof *batch->recorded;
  return (double)size * (double)batch->rows * (double)batch->classes;
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
