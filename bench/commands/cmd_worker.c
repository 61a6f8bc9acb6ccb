#include "bench/commands/commands.h"

#include "bench/cli/console.h"
#include "bench/run/experiment.h"
#include "bench/store/labelfile.h"
#include "bench/sweep/sweep_hash.h"
#include "bench/sweep/worker.h"
#include "bench/system/files.h"

#include <stdlib.h>
#include <string.h>

/* The batch may have changed since the sweep looked at it. */
static ys_code check_digest(const experiment *e, const run_spec *run,
                            ys_error *error) {
  char digest[RUN_DIGEST];
  ys_code code = sweep_batch_digest(&e->problems[0].batch, digest, error);
  if (code || strcmp(digest, run->batch) == 0)
    return code;
  return ys_fail(error, YS_BAD_INPUT,
                 "%s: the batch has changed since the sweep began",
                 run->problem);
}

static ys_code do_run(const experiment *e, const run_spec *run,
                      const char *labels, worker_report *report) {
  ys_labels y = {0};
  ys_code code = experiment_warm_up(e, 0, &report->error);
  if (!code)
    code = experiment_run(e, 0, NULL, &e->request->limits, NULL, NULL,
                          &report->result, &y, &report->error);
  if (!code && *labels) {
    code = labelfile_write(labels, run->id, &y, &report->error);
    report->is_lost = code != YS_OK;
  }
  report->threads = experiment_spec(e, 0).threads;
  ys_labels_free(&y);
  return code;
}

static ys_code execute(const run_spec *run, const char *labels,
                       worker_report *report) {
  experiment e;
  request_term term = {run->loss, run->fairness, run->lambda};
  const request one = {.problems = {&run->problem, 1},
                       .solvers = {&run->solver, 1},
                       .terms = &term,
                       .term_count = 1,
                       .prior = strcmp(run->prior, "uniform") == 0 ? NULL
                                                                   : run->prior,
                       .start_given = run->start,
                       .start = run->start,
                       .limits = run->limits,
                       .repeats = 1,
                       .seed = run->seed,
                       .threads = run->threads};
  ys_code code = experiment_open(&e, &one, &report->error);
  if (code)
    return code;
  code = check_digest(&e, run, &report->error);
  if (!code)
    code = do_run(&e, run, labels, report);
  experiment_close(&e);
  return code;
}

static bool send(const worker_report *report) {
  const run_result *result = &report->result;
  return files_write(CHILD_REPORT, report, sizeof *report) &&
         files_write(CHILD_REPORT, result->trace,
                     result->traced * sizeof *result->trace);
}

int cmd_worker(void) {
  enum { MOST = 1 << 20 };
  worker_report report = {0};
  run_spec run;
  const char *labels;
  char *bytes = malloc(MOST);
  size_t size = bytes ? fread(bytes, 1, MOST, stdin) : 0;
  ys_code code = bytes && worker_unpack(bytes, size, &run, &labels)
                     ? execute(&run, labels, &report)
                     : ys_fail(&report.error, YS_BAD_INPUT,
                               "worker: is for sweeps to call");
  if (code) {
    run_result_free(&report.result);
    report.result = (run_result){.status = RUN_FAILED};
  } else
    report.error = (ys_error){.code = YS_OK};
  bool sent = send(&report);
  run_result_free(&report.result);
  free(bytes);
  return sent ? EXIT_DONE : EXIT_RUN_FAILED;
}
