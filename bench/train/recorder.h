/* Recording the batches of a training: sigma of the rows it trains on, as each
 * y-step sees it. DIR/index.csv has a row a batch, `epoch,file`; the batches
 * are DIR/epoch-0001.npy and so on. The problem `recorded` reads them. */
#ifndef RECORDER_H
#define RECORDER_H

#include "bench/train/training.h"

typedef struct recorder {
  char *dir; /* owned; NULL: nothing is recorded */
} recorder;

/* Begin to record into the request's directory (a folder ID in it where there
 * are several trainings); with `epoch` > 0, go on with a recording after that
 * epoch. */
ys_code recorder_open(recorder *rec, const training *t, ys_error *error);
void recorder_close(recorder *rec);

/* Write the batch if this y-step is one to be recorded. */
ys_code recorder_write(recorder *rec, const training *t, ys_error *error);

#endif
