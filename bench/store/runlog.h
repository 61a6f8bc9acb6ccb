/* The tables that a run leaves: runs.csv, traces.csv and labels/. */
#ifndef RUNLOG_H
#define RUNLOG_H

#include "bench/run/run.h"
#include "bench/store/csvout.h"
#include "bench/store/rundir.h"

/* What runs.csv says of a run beside its result. Text is borrowed. */
typedef struct run_row {
  size_t id;
  const char *problem, *solver; /* as the user gave them */
  size_t rows, classes;
  ys_loss loss;
  ys_fairness fairness;
  double lambda;
  size_t repeat;
  unsigned long seed;
  int threads; /* that really ran */
} run_row;

typedef struct runlog {
  const rundir *dir;
  csvout runs, traces;
} runlog;

ys_code runlog_open(runlog *log, const rundir *dir, ys_error *error);
/* Open the tables of a directory that has some, or a part of them, to add runs.
 */
ys_code runlog_append(runlog *log, const rundir *dir, ys_error *error);
void runlog_close(runlog *log);

/* Write one finished run: its trace first, so that a run that is in runs.csv
 * has its whole trace in traces.csv. */
ys_code runlog_write(runlog *log, const run_row *row, const run_result *result,
                     ys_error *error);

/* Write labels/RUN_ID.npy. */
ys_code runlog_write_labels(const runlog *log, const run_row *row,
                            const double *y, ys_error *error);

/* The header lines of the two tables. */
extern const char runlog_runs_header[], runlog_traces_header[];

#endif
