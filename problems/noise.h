/* A batch as it is a little later in training: noise on its logits. */
#ifndef YS_NOISE_H
#define YS_NOISE_H

#include "batch.h"

#include <stdint.h>

/* Replace each row by softmax(ln sigma_i + noise * g_i), g_i standard normal
 * from the seed; noise >= 0. Exact zeros stay zero. Row i depends on the seed
 * and i alone. */
ys_code ys_batch_add_noise(ys_batch *batch, const char *name, double noise,
                           uint64_t seed, int threads, ys_error *error);

#endif
