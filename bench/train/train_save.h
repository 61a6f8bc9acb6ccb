/* What a training writes beside its tables: parameters and sigma, a map of the
 * plane, and the batches of its y-steps. */
#ifndef TRAIN_SAVE_H
#define TRAIN_SAVE_H

#include "bench/store/rundir.h"
#include "bench/train/train_state.h"

/* DIR/parameters/ID.npy (1 x P) and DIR/sigma/ID.npy (all rows, in the order of
 * the data). */
ys_code train_save_end(const rundir *dir, const training *t, ys_error *error);

/* For data in the plane, DIR/map/ID.csv: `kind,x,y,label,class,sure`.
 * Points come as kind `point` with their label (-1 if there is none) and the
 * classifier's class and probability; then a grid over them as kind `grid`. */
ys_code train_save_map(const rundir *dir, training *t, ys_error *error);

/* A recording: sigma of the rows that the training is on, as each y-step sees
 * it. DIR/index.csv has a row a batch, `epoch,file`; the batches are
 * DIR/epoch-0001.npy and so on. The problem `recorded` reads them. */
typedef struct recording {
  char *dir; /* owned; NULL: nothing is recorded */
} recording;

/* Begin to record into the request's directory (a folder ID in it where there
 * are several trainings), or go on behind the epochs that are done. */
ys_code recording_open(recording *made, const training *t, ys_error *error);
void recording_close(recording *made);

/* Write the batch if this y-step is one to be recorded. */
ys_code recording_write(const recording *made, const training *t,
                        ys_error *error);

#endif
