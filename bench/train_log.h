/* The tables that `ystep train` leaves: training.csv, a row a training, and
 * epochs.csv, a row an epoch. */
#ifndef TRAIN_LOG_H
#define TRAIN_LOG_H

#include "csvout.h"
#include "rundir.h"
#include "train_job.h"

typedef struct train_log {
  csvout trainings, epochs;
} train_log;

/* Begin both tables; or, to resume, open those there are: of epochs.csv the
 * rows of trainings that training.csv has, and those of the training `id` up to
 * `epoch`, are kept. */
ys_code train_log_open(train_log *log, const rundir *dir, ys_error *error);
ys_code train_log_resume(train_log *log, const rundir *dir, size_t id,
                         long epoch, ys_error *error);
void train_log_close(train_log *log);

/* How many trainings training.csv has; 0 if it is not there. */
size_t train_log_finished(const rundir *dir);

/* Write one row. `scores` may be NULL. */
ys_code train_log_epoch(train_log *log, const train_job *job,
                        const train_totals *totals, const ys_scores *scores,
                        ys_error *error);
ys_code train_log_training(train_log *log, const train_request *r,
                           const train_job *job, const train_result *result,
                           ys_error *error);

const char *train_status_name(train_status status);

#endif
