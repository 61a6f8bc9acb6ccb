/* The tables that a run leaves: runs.csv, traces.csv and labels/. */
#ifndef RUNLOG_H
#define RUNLOG_H

#include "csvout.h"
#include "experiment.h"
#include "rundir.h"

typedef struct runlog {
  const rundir *dir;
  csvout runs, traces;
} runlog;

ys_code runlog_open(runlog *log, const rundir *dir, ys_error *error);
void runlog_close(runlog *log);

/* Write one finished run: its trace first, so that a run that is in runs.csv
 * has its whole trace in traces.csv. */
ys_code runlog_write(runlog *log, const experiment *experiment, const job *job,
                     const run_result *result, ys_error *error);

/* Write labels/RUN_ID.npy. */
ys_code runlog_write_labels(const runlog *log, const experiment *experiment,
                            const job *job, const double *y, ys_error *error);

#endif
