/* The tables that runs leave: runs.csv, traces.csv, settings.csv and labels/.
 */
#ifndef RUNLOG_H
#define RUNLOG_H

#include "bench/run/run.h"
#include "bench/store/records.h"
#include "bench/store/rundir.h"

typedef struct runlog {
  const rundir *dir;
  csvout runs, traces, settings;
  char cpu[256]; /* that does the runs; a caller may say more of it */
} runlog;

/* Open the tables: new ones with csvout_open, with csvout_append those of a
 * directory that has some, or a part of them, to add runs. */
ys_code runlog_open(runlog *log, record_opener *open, const rundir *dir,
                    ys_error *error);
void runlog_close(runlog *log);

/* Write one finished run: its settings and trace first, so that a run that is
 * in runs.csv has them whole. */
ys_code runlog_write(runlog *log, const run_spec *run, const run_result *result,
                     ys_error *error);

/* Write labels/RUN_ID.npy or .npz. Ranks (or NULL) that hold the labels between
 * them all call it, and `log` is the first one's. */
ys_code runlog_write_labels(const runlog *log, const run_spec *run,
                            const ys_labels *y, const ys_ranks *ranks,
                            ys_error *error);

#endif
