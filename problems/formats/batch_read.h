/* A batch from a file. */
#ifndef YS_BATCH_READ_H
#define YS_BATCH_READ_H

#include "problems/batch.h"

#include <stdbool.h>

/* Read a .npy or CSV file of probabilities, or with `logits` of logits, which
 * are put through softmax; a row a point. On failure nothing is left allocated.
 */
ys_code ys_batch_read(const char *path, bool logits, ys_batch *batch,
                      ys_error *error);

/* The same for probabilities in a .npy file of float32, which stays mapped: see
 * ys_batch_keep. */
ys_code ys_batch_read_kept(const char *path, ys_batch *batch, ys_error *error);

#endif
