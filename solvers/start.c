#include "problems/generators/rng.h"
#include "problems/vector/array.h"
#include "solvers/solver.h"

#include <gsl/gsl_randist.h>
#include <stdlib.h>
#include <string.h>

/* Written by the threads that will work on the rows: a page belongs to the
 * memory of the processor that touches it first. */

static void uniform_rows(const ys_batch *batch, size_t begin, size_t end,
                         double *y) {
  const size_t n = batch->classes;
  for (size_t i = begin * n; i < end * n; i++)
    y[i] = 1 / (double)n;
}

static void sigma_rows(const ys_batch *batch, size_t begin, size_t end,
                       double *y) {
  const size_t n = batch->classes;
  for (size_t i = begin; i < end; i++) {
    const double *row = ys_batch_rows(batch, i, 1, y + i * n);
    if (row != y + i * n)
      memcpy(y + i * n, row, n * sizeof *y);
  }
}

typedef void rows_writer(const ys_batch *batch, size_t begin, size_t end,
                         double *y);

static void write_rows(const ys_objective *objective, rows_writer *write,
                       double *y) {
  const ys_batch *batch = objective->batch;
  const ys_blocks blocks = ys_blocks_make(batch->rows, batch->classes);
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_block_threads(&blocks, objective->threads))
  for (size_t block = 0; block < blocks.count; block++)
    write(batch, ys_block_begin(&blocks, block), ys_block_end(&blocks, block),
          y);
}

void ys_start_uniform(const ys_objective *objective, double *y) {
  write_rows(objective, uniform_rows, y);
}

void ys_start_sigma(const ys_objective *objective, double *y) {
  write_rows(objective, sigma_rows, y);
}

typedef struct fill {
  double *y;
  size_t classes, first; /* the whole's row that is y's first */
  double *dropped;       /* a row: of those before it */
} fill;

/* Exponential numbers divided by their sum are uniform on the simplex. */
static void random_row(gsl_rng *rng, size_t row, void *context) {
  const fill *to = context;
  double *y =
      row < to->first ? to->dropped : to->y + (row - to->first) * to->classes;
  double sum = 0;
  for (size_t k = 0; k < to->classes; k++)
    sum += y[k] = gsl_ran_exponential(rng, 1);
  for (size_t k = 0; k < to->classes; k++)
    y[k] /= sum;
}

ys_code ys_start_random(const ys_objective *objective, unsigned long seed,
                        double *y, ys_error *error) {
  const ys_batch *batch = objective->batch;
  const ys_share share = ys_batch_share(batch);
  const size_t first = ys_share_first_row(&share), before = first % YS_RNG_ROWS;
  fill to = {y, batch->classes, first, ys_array(batch->classes, sizeof *y)};
  if (!to.dropped)
    return ys_fail_memory(error, "a row");
  ys_code code =
      ys_rng_rows(first - before, batch->rows + before, seed, YS_RNG_START,
                  objective->threads, random_row, &to, error);
  free(to.dropped);
  return code;
}
