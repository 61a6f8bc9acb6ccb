#include "bench/commands/commands.h"

#include "bench/cli/console.h"
#include "bench/ranks/ranks.h"
#include "bench/run/experiment.h"
#include "bench/store/labelfile.h"
#include "bench/store/meta.h"
#include "bench/sweep/sweep_hash.h"
#include "bench/sweep/worker.h"
#include "bench/system/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 1 << 20 }; /* bytes of an order */

/* What a worker is told, and with whom it does it. */
typedef struct task {
  char *bytes; /* MOST of room */
  size_t size;
  run_spec run;
  const char *labels;
  const ys_ranks *ranks;
} task;

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

static ys_code write_labels(const task *t, const ys_labels *y,
                            ys_error *error) {
  const run_spec *run = &t->run;
  const ys_share share = ys_share_make(t->ranks, run->rows, run->classes);
  const char *dir = ranks_speaks(t->ranks) ? t->labels : NULL;
  return labelfile_write(dir, run->id, y, &share, error);
}

static ys_code do_run(const experiment *e, const task *t,
                      worker_report *report) {
  ys_labels y = {0};
  ys_code code = experiment_warm_up(e, 0, &report->error);
  const ranks_traffic before = ranks_sent(t->ranks);
  if (!code)
    code = experiment_run(e, 0, NULL, &e->request->limits, NULL, NULL,
                          &report->result, &y, &report->error);
  const ranks_traffic sent = ranks_most_sent(t->ranks, before);
  report->result.sent_bytes = sent.bytes;
  report->result.sent_messages = sent.messages;
  if (!code && *t->labels && !ys_ranks_loss(t->ranks)) {
    code = write_labels(t, &y, &report->error);
    report->is_lost = code != YS_OK && !ys_ranks_loss(t->ranks);
  }
  report->threads = experiment_spec(e, 0).threads;
  ys_labels_free(&y);
  return code;
}

static ys_code execute(const task *t, worker_report *report) {
  experiment e;
  const run_spec *run = &t->run;
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
                       .threads = run->threads,
                       .ranks = t->ranks};
  ys_code code = experiment_open(&e, &one, &report->error);
  code = ys_ranks_agree(t->ranks, code, &report->error);
  if (code)
    return code;
  code = check_digest(&e, run, &report->error);
  if (!code)
    code = do_run(&e, t, report);
  experiment_close(&e);
  return code;
}

/* ------------------------------------------------------------ order, report */

static bool unpack(task *t) {
  return worker_unpack(t->bytes, t->size, &t->run, &t->labels);
}

static ys_code refuse(ys_error *error) {
  return ys_fail(error, YS_BAD_INPUT, "worker: is for sweeps to call");
}

/* Ranks hear of the first one what its standard input says: others have none,
 * or the same. */
static ys_code share_order(task *t, ys_error *error) {
  ys_code code = ranks_begin(meta_program, &t->ranks, error);
  if (code)
    return code;
  if (!t->ranks)
    return t->size == 0
               ? refuse(error)
               : ys_fail(error, YS_UNSUPPORTED,
                         "the launcher started no %zu ranks that find one "
                         "another: expected mpirun or srun of the MPI that "
                         "ystep was built with",
                         t->run.ranks);
  ys_ranks_spread(t->ranks, &t->size, sizeof t->size);
  ys_ranks_spread(t->ranks, t->bytes, t->size);
  if (ys_ranks_loss(t->ranks))
    return ys_fail(error, YS_IO, "%s", ys_ranks_loss(t->ranks));
  if (!unpack(t))
    return refuse(error);
  return t->ranks->count == t->run.ranks
             ? YS_OK
             : ys_fail(error, YS_BAD_INPUT,
                       "the launcher started %zu ranks: expected %zu",
                       t->ranks->count, t->run.ranks);
}

static ys_code take_order(task *t, ys_error *error) {
  t->bytes = malloc(MOST);
  if (!t->bytes)
    return ys_fail_memory(error, "an order");
  t->size = fread(t->bytes, 1, MOST, stdin);
  if (t->size && !unpack(t))
    return refuse(error);
  return t->size == 0 || t->run.ranks > 1 ? share_order(t, error) : YS_OK;
}

static bool send(const worker_report *report, int file) {
  const run_result *result = &report->result;
  return files_write(file, report, sizeof *report) &&
         files_write(file, result->trace,
                     result->traced * sizeof *result->trace);
}

/* A launcher carries standard output, of the first rank, and no more. */
static int report_file(const task *t) {
  return t->run.ranks > 1 ? STDOUT_FILENO : CHILD_REPORT;
}

int cmd_worker(void) {
  worker_report report = {0};
  task t = {.size = 0};
  ys_code code = take_order(&t, &report.error);
  if (code && !t.ranks && t.run.ranks > 1) /* each of them would report */
    return free(t.bytes), console_error(&report.error);
  if (!code)
    code = execute(&t, &report);
  if (code) {
    run_result_free(&report.result);
    report.result = run_result_none(RUN_FAILED);
  } else
    report.error = (ys_error){.code = YS_OK};
  const bool sent = !ranks_speaks(t.ranks) || send(&report, report_file(&t));
  run_result_free(&report.result);
  free(t.bytes);
  return sent ? EXIT_DONE : EXIT_RUN_FAILED;
}
