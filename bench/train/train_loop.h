/* One training from its first epoch, or from a checkpoint, to its end. */
#ifndef TRAIN_LOOP_H
#define TRAIN_LOOP_H

#include "bench/train/train_files.h"

/* Train, into the files, whose log is opened here, trimmed to the checkpoint,
 * if the training goes on from there. A loss that is not finite and a y-step
 * that breaks down are a status with a message, as an interrupt is; files that
 * cannot be written and want of memory are failures. */
ys_code train_loop(train_files *files, const train_job *job,
                   const ys_dataset *data, train_result *result,
                   ys_error *error);

#endif
