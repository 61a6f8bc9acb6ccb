/* A run of a sweep in a process of its own: `ystep worker`, which takes the
 * options of `ystep run` and a few more, does one run, and reports on the file
 * descriptor CHILD_REPORT. Both ends are the same program, so a report is the
 * structs as they are in memory. */
#ifndef WORKER_H
#define WORKER_H

#include "bench/sweep/sweep_plan.h"

typedef struct worker_report {
  ys_error error; /* why there is no result; code YS_OK otherwise */
  bool is_lost;   /* the error is that labels could not be written */
  int threads;    /* that really ran */
  run_result result;
  /* result.traced trace points follow */
} worker_report;

/* The command line for a run, ended by NULL, with the words from `memory`; NULL
 * without memory. `labels` is the file for the final y, or NULL. */
char **worker_command(const sweep_run *run, const char *labels, arena *memory);

/* Read a report. Returns whether it is whole; then report->result.trace points
 * into `bytes`, which must be aligned as malloc's memory is. */
bool worker_read(char *bytes, size_t used, worker_report *report);

#endif
