#include "../problems/rng.h"
#include "solver.h"

#include <gsl/gsl_randist.h>
#include <string.h>

void ys_start_uniform(const ys_objective *objective, double *y) {
  const size_t n = objective->batch->classes;
  for (size_t i = 0; i < objective->batch->rows * n; i++)
    y[i] = 1 / (double)n;
}

void ys_start_sigma(const ys_objective *objective, double *y) {
  const ys_batch *batch = objective->batch;
  const size_t n = batch->classes;
  for (size_t i = 0; i < batch->rows; i++) {
    const double *row = ys_batch_rows(batch, i, 1, y + i * n);
    if (row != y + i * n)
      memcpy(y + i * n, row, n * sizeof *y);
  }
}

typedef struct fill {
  double *y;
  size_t classes;
} fill;

/* Exponential numbers divided by their sum are uniform on the simplex. */
static void random_row(gsl_rng *rng, size_t row, void *context) {
  const fill *to = context;
  double *y = to->y + row * to->classes, sum = 0;
  for (size_t k = 0; k < to->classes; k++)
    sum += y[k] = gsl_ran_exponential(rng, 1);
  for (size_t k = 0; k < to->classes; k++)
    y[k] /= sum;
}

ys_code ys_start_random(const ys_objective *objective, unsigned long seed,
                        double *y, ys_error *error) {
  fill to = {y, objective->batch->classes};
  return ys_rng_rows(objective->batch->rows, seed, YS_RNG_START,
                     objective->threads, random_row, &to, error);
}
