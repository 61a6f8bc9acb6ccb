/* One training from its first epoch, or from a checkpoint, to its end. */
#ifndef TRAIN_LOOP_H
#define TRAIN_LOOP_H

#include "bench/store/rundir.h"
#include "bench/train/train_log.h"

/* What it needs beside the job. */
typedef struct train_place {
  const train_request *request;
  const rundir *dir;
  train_log *log;
  const char *checkpoint; /* path */
  const char *key;        /* see checkpoint.h */
  bool resume;            /* go on from the checkpoint; the log is then opened
                             here, trimmed to it */
} train_place;

/* Train. A loss that is not finite and a y-step that breaks down are a status
 * with a message, as an interrupt is; files that cannot be written and want of
 * memory are failures. */
ys_code train_loop(const train_place *place, const train_job *job,
                   const ys_dataset *data, train_result *result,
                   ys_error *error);

#endif
