/* A batch as it is a little later in training: noise on its logits. */
#ifndef YS_NOISE_H
#define YS_NOISE_H

#include "problems/batch.h"
#include "problems/options.h"

/* Rows of a problem's option table. */
#define YS_NOISE_OPTIONS                                                       \
  {"noise",                                                                    \
   YS_REAL,                                                                    \
   "0",                                                                        \
   0,                                                                          \
   1e6,                                                                        \
   NULL,                                                                       \
   "standard deviation of noise put on the logits (ln sigma)"},                \
  {                                                                            \
    "noise-seed", YS_INTEGER, "1", 0, 1e15, NULL, "seed of that noise"         \
  }

/* Replace each row of a batch by softmax(ln sigma_i + noise * g_i), g_i
 * standard normal from noise-seed, as the options say; noise = 0 leaves every
 * bit. Exact zeros stay zero. Row i depends on the seed and i alone; the batch
 * holds rows `first` (a multiple of YS_RNG_ROWS) and on of a larger one. */
ys_code ys_batch_add_noise(ys_batch *batch, const char *name,
                           const ys_options *options, size_t first, int threads,
                           ys_error *error);

#endif
