#include "../problems/rng.h"
#include "solver.h"

#include <string.h>

void ys_start_uniform(const ys_objective *objective, double *y) {
  const size_t n = objective->batch->classes;
  for (size_t i = 0; i < objective->batch->rows * n; i++)
    y[i] = 1 / (double)n;
}

void ys_start_sigma(const ys_objective *objective, double *y) {
  memcpy(y, objective->batch->sigma,
         objective->batch->rows * objective->batch->classes * sizeof *y);
}
