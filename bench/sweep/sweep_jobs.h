/* Running the runs of a sweep, some side by side, each in a process of its own.
 */
#ifndef SWEEP_JOBS_H
#define SWEEP_JOBS_H

#include "bench/run/run_lines.h"
#include "bench/sweep/sweep_plan.h"
#include "bench/sweep/sweep_store.h"

typedef struct sweep_jobs {
  sweep_run **runs; /* in the order they start */
  size_t count;
  size_t side_by_side; /* processes at a time, >= 1 */
  bool save_labels;
  const char *launcher; /* of ranks: a command, "{ranks}" in it their number */
  const rundir *dir;
  runlog *log;
  run_lines *lines; /* that are printed, fitted to the runs; they count them */
} sweep_jobs;

/* Run them all, or until the user interrupts: then what is done is kept, and
 * what is under way is dropped, to be run by the next sweep. Fails only if a
 * row cannot be written or a process not started.
 */
ys_code sweep_jobs_run(const sweep_jobs *jobs, ys_error *error);

/* Whether a launcher is one: words, "{ranks}" in one of them. */
ys_code sweep_launcher_check(const char *launcher, ys_error *error);

#endif
