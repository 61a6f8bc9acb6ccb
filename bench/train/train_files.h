/* What a finished training writes beside its tables. */
#ifndef TRAIN_FILES_H
#define TRAIN_FILES_H

#include "bench/store/rundir.h"
#include "bench/train/training.h"

/* DIR/parameters/ID.npy (1 x P) and DIR/sigma/ID.npy (all rows, in the order of
 * the data). */
ys_code train_files_save(const rundir *dir, const training *t, ys_error *error);

/* For data in the plane, DIR/map/ID.csv: `kind,x,y,label,class,sure`.
 * Points come as kind `point` with their label (-1 if there is none) and the
 * classifier's class and probability; then a grid over them as kind `grid`. */
ys_code train_files_map(const rundir *dir, training *t, ys_error *error);

#endif
