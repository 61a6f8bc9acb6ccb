#include "bench/store/runlog.h"

#include "bench/store/meta.h"
#include "bench/store/schema.h"

#include "problems/formats/npy.h"

#include <stdio.h>
#include <stdlib.h>

static ys_code open_with(record_opener *open, runlog *log, const rundir *dir,
                         ys_error *error) {
  *log = (runlog){.dir = dir,
                  .runs = {.file = -1},
                  .traces = {.file = -1},
                  .settings = {.file = -1}};
  meta_cpu(log->cpu, sizeof log->cpu);
  ys_code code = record_open_table(open, &log->settings, dir->path,
                                   &schema_settings, error);
  if (!code)
    code =
        record_open_table(open, &log->traces, dir->path, &schema_traces, error);
  if (!code)
    code = record_open_table(open, &log->runs, dir->path, &schema_runs, error);
  if (code)
    runlog_close(log);
  return code;
}

ys_code runlog_open(runlog *log, const rundir *dir, ys_error *error) {
  return open_with(csvout_open, log, dir, error);
}

ys_code runlog_append(runlog *log, const rundir *dir, ys_error *error) {
  return open_with(csvout_append, log, dir, error);
}

void runlog_close(runlog *log) {
  csvout_close(&log->runs);
  csvout_close(&log->traces);
  csvout_close(&log->settings);
}

static void add_settings(runlog *log, const run_spec *run) {
  const run_settings row = {.run_id = (long)run->id,
                            .hash = run->hash,
                            .batch = run->batch,
                            .start = run->start,
                            .prior = run->prior,
                            .tolerance = run->limits.tolerance,
                            .time_limit = run->limits.seconds,
                            .wall_limit = run->wall_seconds,
                            .memory_limit = run->memory_mebibytes,
                            .max_iterations = run->limits.max_iterations,
                            .trace_every = run->limits.trace_every,
                            .version = meta_version(),
                            .commit = meta_commit(),
                            .cpu = log->cpu};
  record_write(&log->settings, &schema_settings, &row);
}

static void add_trace(runlog *log, const run_spec *run,
                      const run_result *result) {
  for (size_t i = 0; i < result->traced; i++) {
    const traced_point row = {(long)run->id, result->trace[i]};
    record_write(&log->traces, &schema_traces, &row);
  }
}

static void add_run(runlog *log, const run_spec *run,
                    const run_result *result) {
  const result_row row = {.run_id = (long)run->id,
                          .problem = run->problem,
                          .rows = (long)run->rows,
                          .classes = (long)run->classes,
                          .loss = ys_loss_name(run->loss),
                          .fairness = ys_fairness_name(run->fairness),
                          .lambda = run->lambda,
                          .solver = run->solver,
                          .repeat = (long)run->repeat,
                          .seed = (long)run->seed,
                          .threads = run->threads,
                          .status = run_status_name(result->status),
                          .iterations = result->iterations,
                          .setup_seconds = result->setup_seconds,
                          .solve_seconds = result->solve_seconds,
                          .monitor_seconds = result->monitor_seconds,
                          .objective = result->last.objective,
                          .lower_bound = result->last.lower_bound,
                          .gap = result->last.gap,
                          .message = result->message};
  record_write(&log->runs, &schema_runs, &row);
}

ys_code runlog_write(runlog *log, const run_spec *run, const run_result *result,
                     ys_error *error) {
  add_settings(log, run);
  ys_code code = csvout_flush(&log->settings, error);
  if (code)
    return code;
  add_trace(log, run, result);
  code = csvout_flush(&log->traces, error);
  if (code)
    return code;
  add_run(log, run, result);
  return csvout_flush(&log->runs, error);
}

ys_code runlog_write_labels(const runlog *log, const run_spec *run,
                            const double *y, ys_error *error) {
  char *folder = rundir_file(log->dir->path, "labels"), *path = NULL;
  ys_code code;
  if (!folder || asprintf(&path, "%s/%zu.npy", folder, run->id) < 0)
    code = ys_fail_memory(error, "a file name");
  else
    code = rundir_folder(folder, error);
  if (!code)
    code = ys_npy_write(path, y, run->rows, run->classes, error);
  free(folder);
  free(path);
  return code;
}
