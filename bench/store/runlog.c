#include "bench/store/runlog.h"

#include "bench/store/labelfile.h"
#include "bench/store/meta.h"
#include "bench/store/schema.h"

ys_code runlog_open(runlog *log, record_opener *open, const rundir *dir,
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

void runlog_close(runlog *log) {
  csvout_close(&log->runs);
  csvout_close(&log->traces);
  csvout_close(&log->settings);
}

/* What came out of the run. */
static void set_result(result_row *row, const run_result *result) {
  row->status = run_status_name(result->status);
  row->iterations = result->iterations;
  row->setup_seconds = result->setup_seconds;
  row->solve_seconds = result->solve_seconds;
  row->monitor_seconds = result->monitor_seconds;
  row->objective = result->last.objective;
  row->lower_bound = result->last.lower_bound;
  row->gap = result->last.gap;
  row->message = result->message;
  row->empty_step_seconds = result->empty_step_seconds;
  row->own_seconds = result->own_seconds;
  row->sent_bytes = result->sent_bytes;
  row->sent_messages = result->sent_messages;
}

ys_code runlog_write(runlog *log, const run_spec *run, const run_result *result,
                     ys_error *error) {
  run_settings settings;
  result_row row = schema_row_of(run, &settings);
  settings.version = meta_version;
  settings.commit = meta_commit;
  settings.cpu = log->cpu;
  record_write(&log->settings, &schema_settings, &settings);
  ys_code code = csvout_flush(&log->settings, error);
  if (code)
    return code;
  for (size_t i = 0; i < result->traced; i++) {
    const traced_point point = {row.run_id, result->trace[i]};
    record_write(&log->traces, &schema_traces, &point);
  }
  code = csvout_flush(&log->traces, error);
  if (code)
    return code;
  set_result(&row, result);
  record_write(&log->runs, &schema_runs, &row);
  return csvout_flush(&log->runs, error);
}

ys_code runlog_write_labels(const runlog *log, const run_spec *run,
                            const ys_labels *y, const ys_ranks *ranks,
                            ys_error *error) {
  const ys_share share = ys_share_make(ranks, run->rows, run->classes);
  const char *dir = !ranks || ranks->rank == 0 ? log->dir->path : NULL;
  ys_code code = dir ? rundir_folder(dir, "labels", error) : YS_OK;
  code = ys_ranks_agree(ranks, code, error);
  return code ? code : labelfile_write(dir, run->id, y, &share, error);
}
