/* A run of a sweep in a process of its own: `ystep worker`, which takes what
 * the run is to be from standard input, does it, and reports on the file
 * descriptor CHILD_REPORT. Both ends are the same program, so order and report
 * are the structs as they are in memory, with what they point to behind them.
 */
#ifndef WORKER_H
#define WORKER_H

#include "bench/run/run.h"
#include "bench/system/child.h"
#include "problems/memory.h"

typedef struct worker_report {
  ys_error error; /* why there is no result; code YS_OK otherwise */
  bool is_lost;   /* the error is that labels could not be written */
  int threads;    /* that really ran */
  run_result result;
  /* result.traced trace points follow */
} worker_report;

/* The order for a run, in `memory`; its bytes are NULL without memory. `labels`
 * is the run directory that the final y goes into, or NULL. */
child_order worker_pack(const run_spec *run, const char *labels,
                        ys_memory *memory);

/* Read an order. Returns whether it is whole; then the texts point into
 * `bytes`.
 */
bool worker_unpack(const char *bytes, size_t size, run_spec *run,
                   const char **labels);

/* Read a report. Returns whether it is whole; then report->result.trace points
 * into `bytes`, which must be aligned as malloc's memory is. */
bool worker_read(char *bytes, size_t used, worker_report *report);

#endif
