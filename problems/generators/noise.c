#include "problems/generators/noise.h"

#include "problems/generators/rng.h"

#include <gsl/gsl_randist.h>
#include <math.h>

typedef struct noisy {
  ys_batch *batch;
  size_t first; /* the row of the whole that is the batch's first */
  double noise;
} noisy;

static void shake_row(gsl_rng *rng, size_t row, void *context) {
  const noisy *to = context;
  double *sigma = to->batch->sigma + (row - to->first) * to->batch->classes;
  for (size_t k = 0; k < to->batch->classes; k++)
    sigma[k] = log(sigma[k]) + to->noise * gsl_ran_gaussian_ziggurat(rng, 1);
}

ys_code ys_batch_add_noise(ys_batch *batch, const char *name,
                           const ys_options *options, size_t first, int threads,
                           ys_error *error) {
  noisy to = {batch, first, ys_options_number(options, "noise")};
  uint64_t seed = (uint64_t)ys_options_number(options, "noise-seed");
  if (!(to.noise > 0))
    return YS_OK;
  ys_code code = ys_rng_rows(first, batch->rows, seed, YS_RNG_NOISE, threads,
                             shake_row, &to, error);
  for (size_t i = 0; !code && i < batch->rows; i++)
    code = ys_batch_softmax_row(batch, name, i, error);
  return code;
}
