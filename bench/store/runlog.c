#include "bench/store/runlog.h"

#include "problems/formats/npy.h"

#include <stdio.h>
#include <stdlib.h>

const char runlog_runs_header[] =
    "run_id,problem,rows,classes,loss,fairness,lambda,solver,repeat,seed,"
    "threads,status,iterations,setup_seconds,solve_seconds,monitor_seconds,"
    "objective,lower_bound,gap,message";
const char runlog_traces_header[] =
    "run_id,iteration,solve_seconds,objective,lower_bound,gap";

/* csvout_open or csvout_append. */
typedef ys_code opener(csvout *csv, const char *path, const char *header,
                       ys_error *error);

static ys_code open_table(opener *open, csvout *csv, const rundir *dir,
                          const char *name, const char *header,
                          ys_error *error) {
  char *path = rundir_file(dir->path, name);
  ys_code code = path ? open(csv, path, header, error)
                      : ys_fail_memory(error, "a file name");
  free(path);
  return code;
}

static ys_code open_with(opener *open, runlog *log, const rundir *dir,
                         ys_error *error) {
  *log = (runlog){.dir = dir, .runs = {.file = -1}, .traces = {.file = -1}};
  ys_code code = open_table(open, &log->traces, dir, "traces.csv",
                            runlog_traces_header, error);
  if (!code)
    code = open_table(open, &log->runs, dir, "runs.csv", runlog_runs_header,
                      error);
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
}

static void add_trace(csvout *csv, size_t id, const run_result *result) {
  for (size_t i = 0; i < result->traced; i++) {
    const trace_point *point = &result->trace[i];
    csvout_integer(csv, (long long)id);
    csvout_integer(csv, point->iteration);
    csvout_seconds(csv, point->solve_seconds);
    csvout_number(csv, point->objective);
    csvout_number(csv, point->lower_bound);
    csvout_number(csv, point->gap);
    csvout_end_row(csv);
  }
}

static void add_run(csvout *csv, const run_row *row, const run_result *result) {
  csvout_integer(csv, (long long)row->id);
  csvout_text(csv, row->problem);
  csvout_integer(csv, (long long)row->rows);
  csvout_integer(csv, (long long)row->classes);
  csvout_text(csv, ys_loss_name(row->loss));
  csvout_text(csv, ys_fairness_name(row->fairness));
  csvout_number(csv, row->lambda);
  csvout_text(csv, row->solver);
  csvout_integer(csv, (long long)row->repeat);
  csvout_integer(csv, (long long)row->seed);
  csvout_integer(csv, row->threads);
  csvout_text(csv, run_status_name(result->status));
  csvout_integer(csv, result->iterations);
  csvout_seconds(csv, result->setup_seconds);
  csvout_seconds(csv, result->solve_seconds);
  csvout_seconds(csv, result->monitor_seconds);
  csvout_number(csv, result->last.objective);
  csvout_number(csv, result->last.lower_bound);
  csvout_number(csv, result->last.gap);
  csvout_text(csv, result->message);
  csvout_end_row(csv);
}

ys_code runlog_write(runlog *log, const run_row *row, const run_result *result,
                     ys_error *error) {
  add_trace(&log->traces, row->id, result);
  ys_code code = csvout_flush(&log->traces, error);
  if (code)
    return code;
  add_run(&log->runs, row, result);
  return csvout_flush(&log->runs, error);
}

ys_code runlog_write_labels(const runlog *log, const run_row *row,
                            const double *y, ys_error *error) {
  char *folder = rundir_file(log->dir->path, "labels"), *path = NULL;
  ys_code code;
  if (!folder || asprintf(&path, "%s/%zu.npy", folder, row->id) < 0)
    code = ys_fail_memory(error, "a file name");
  else
    code = rundir_folder(folder, error);
  if (!code)
    code = ys_npy_write(path, y, row->rows, row->classes, error);
  free(folder);
  free(path);
  return code;
}
