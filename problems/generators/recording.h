/* A recording: the batches that one training showed its y-steps, in a directory
 * with a file index.csv, columns `epoch` and `file`, in the order of training.
 * `ystep train --record` writes it. */
#ifndef YS_RECORDING_H
#define YS_RECORDING_H

#include "problems/memory.h"

#include <stddef.h>

typedef struct ys_recorded_batch {
  long epoch; /* >= 1, rising */
  char *path; /* DIR/file */
} ys_recorded_batch;

typedef struct ys_recording {
  ys_recorded_batch *batch;
  size_t count;     /* >= 1 */
  ys_memory memory; /* of the paths */
} ys_recording;

/* Read DIR/index.csv. Refuses missing columns, epochs that are no whole numbers
 * or do not rise, and an empty index, with file and line. On failure nothing is
 * left to free. */
ys_code ys_recording_read(const char *dir, ys_recording *recording,
                          ys_error *error);
void ys_recording_free(ys_recording *recording); /* accepts a zeroed one */

#endif
