/* The state of a training in a file, so that it can go on after it was killed
 * and end in the same bits. */
#ifndef CHECKPOINT_H
#define CHECKPOINT_H

#include "bench/train/train_state.h"

/* Write the state between two epochs. The file appears whole or not at all: it
 * is written beside, flushed to the disk and renamed. `key`: all that decides
 * the training, as text. */
ys_code checkpoint_write(const char *path, const training *t, const char *key,
                         ys_error *error);

/* Read the state back into a training that was opened for the same job, *found
 * = true; if there is no file, or it is of another job of the same key,
 * nothing happens and *found = false. Refuses a file of another key and one
 * that is damaged (XXH3 checksum). */
ys_code checkpoint_read(const char *path, training *t, const char *key,
                        bool *found, ys_error *error);

#endif
