/* The tables that `ystep train` leaves: training.csv, a row a training, and
 * epochs.csv, a row an epoch. */
#ifndef TRAIN_LOG_H
#define TRAIN_LOG_H

#include "bench/store/csvout.h"
#include "bench/store/rundir.h"
#include "bench/train/train_request.h"

typedef struct train_log {
  csvout trainings, epochs;
} train_log;
#define TRAIN_LOG_CLOSED                                                       \
  {                                                                            \
    .trainings = {.file = -1}, .epochs = {.file = -1 }                         \
  }

/* Begin both tables; or, to resume with the training `id`, open those there
 * are: the rows of the trainings before it are kept, and its own rows of
 * epochs.csv up to `epoch`. */
ys_code train_log_open(train_log *log, const rundir *dir, ys_error *error);
ys_code train_log_resume(train_log *log, const rundir *dir, size_t id,
                         long epoch, ys_error *error);
void train_log_close(train_log *log);

/* How many trainings are done: the rows of training.csv, up to the first whose
 * last epoch is not in epochs.csv; 0 if there are none. */
ys_code train_log_finished(const rundir *dir, size_t *count, ys_error *error);

/* Write one row. `scores` may be NULL. */
ys_code train_log_epoch(train_log *log, const train_job *job,
                        const train_totals *totals, const ys_scores *scores,
                        ys_error *error);
ys_code train_log_training(train_log *log, const train_request *r,
                           const train_job *job, const train_result *result,
                           ys_error *error);

#endif
