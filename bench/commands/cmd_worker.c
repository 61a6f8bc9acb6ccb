#include "bench/commands/command.h"

#include "bench/cli/args.h"
#include "bench/cli/console.h"
#include "bench/run/experiment.h"
#include "bench/sweep/sweep_hash.h"
#include "bench/sweep/worker.h"
#include "bench/system/child.h"

#include "problems/formats/npy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const arg options[] = {
    REQUEST_OPTIONS,
    {"digest", 0, ARG_ONE, "HEX  what the batch must be", 0, 0},
    {"labels", 0, ARG_ONE, "FILE  write the final y there", 0, 0},
    {0}};

enum { OPTIONS = sizeof options / sizeof *options };

/* The batch may have changed since the sweep looked at it. */
static ys_code check_digest(const experiment *e, const char *expected,
                            ys_error *error) {
  char digest[SWEEP_DIGEST];
  ys_code code = sweep_batch_digest(&e->problems[0].batch, digest, error);
  if (code)
    return code;
  if (!expected || strcmp(digest, expected) == 0)
    return YS_OK;
  return ys_fail(error, YS_BAD_INPUT,
                 "%s: the batch has changed since the sweep began",
                 e->request->problems[0]);
}

static ys_code do_run(const experiment *e, const char *labels,
                      worker_report *report) {
  const job only = {.id = 1};
  const ys_batch *batch = &e->problems[0].batch;
  double *y = NULL;
  ys_code code = experiment_warm_up(e, &only, &report->error);
  if (!code)
    code = experiment_run(e, &only, NULL, &e->request->limits, NULL, NULL,
                          &report->result, &y, &report->error);
  if (!code && labels) {
    code = ys_npy_write(labels, y, batch->rows, batch->classes, &report->error);
    report->is_lost = code != YS_OK;
  }
  report->threads = experiment_threads(e, &only);
  free(y);
  return code;
}

static ys_code execute(const request *r, const arg *args,
                       worker_report *report) {
  experiment e;
  ys_code code = experiment_open(&e, r, &report->error);
  if (code)
    return code;
  code = check_digest(&e, args_text(args, "digest", NULL), &report->error);
  if (!code)
    code = do_run(&e, args_text(args, "labels", NULL), report);
  experiment_close(&e);
  return code;
}

static bool write_all(const void *bytes, size_t count) {
  const char *next = bytes;
  while (count > 0) {
    ssize_t wrote = write(CHILD_REPORT, next, count);
    if (wrote < 0 && errno == EINTR)
      continue;
    if (wrote < 0)
      return false;
    next += wrote;
    count -= (size_t)wrote;
  }
  return true;
}

static bool send(const worker_report *report) {
  const run_result *result = &report->result;
  return write_all(report, sizeof *report) &&
         write_all(result->trace, result->traced * sizeof *result->trace);
}

int cmd_worker(int argc, char **argv) {
  arg args[OPTIONS];
  request r = {0};
  size_t found;
  worker_report report = {0};
  memcpy(args, options, sizeof options);
  ys_code code = args_parse(argc, argv, args, NULL, 0, &found, &report.error);
  if (!code)
    code = request_read(args, &r, &report.error);
  if (!code)
    code = execute(&r, args, &report);
  if (code) {
    run_result_free(&report.result);
    report.result = (run_result){.status = RUN_FAILED};
  } else
    report.error = (ys_error){.code = YS_OK};
  bool sent = send(&report);
  run_result_free(&report.result);
  request_free(&r);
  args_free(args);
  return sent ? EXIT_DONE : EXIT_RUN_FAILED;
}
