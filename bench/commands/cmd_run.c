#include "bench/commands/command.h"

#include "bench/cli/args.h"
#include "bench/cli/console.h"
#include "bench/run/experiment.h"
#include "bench/store/rundir.h"
#include "bench/store/runlog.h"
#include "bench/system/clock.h"
#include "bench/system/interrupt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const arg_help help = {
    .usage = "ystep run -p PROBLEM... -s SOLVER... [options]",
    .about =
        "Run every solver on every problem at every lambda, R times each, and\n"
        "write runs.csv, traces.csv and meta.json to a run directory. Each\n"
        "recorded iterate carries a certified bound on its distance to the\n"
        "optimum.",
    .examples =
        "  ystep run -p dirichlet:M=5000,K=20 -s em pgd md --lambda 0.1 1 10\n"
        "  ystep run -p file:path=batch.npy -s em -s pgd:step=0.1 -o out\n"
        "  ystep run -p gaussian:scale=3,skew=2 -s em --repeat 5 --tol 1e-8\n"
        "  ystep run -p recorded:dir=batches -s em md ipm --start warm\n",
};

static const arg options[] = {
    REQUEST_OPTIONS,
    {"save-labels", 0, ARG_FLAG, "  write the final y to labels/RUN_ID.npy", 0,
     0},
    {"output", 'o', ARG_ONE, "DIR  run directory (default results/NNNN)", 0, 0},
    {"force", 0, ARG_FLAG, "  replace the run in an existing directory", 0, 0},
    {"help", 'h', ARG_FLAG, "  this page", 0, 0},
    {0}};

enum { OPTIONS = sizeof options / sizeof *options };

/* -------------------------------------------------------------- running ----
 */

/* Where a run stands, for the progress line. */
typedef struct progress {
  run_spec run;
  size_t place, total;
  double shown; /* when the line was last drawn */
} progress;

static void show_progress(void *context, const trace_point *point) {
  progress *p = context;
  char line[256];
  double now = clock_seconds();
  if (!console_is_terminal() || now - p->shown < 0.1)
    return;
  p->shown = now;
  snprintf(line, sizeof line,
           "[%zu/%zu] %.24s on %.32s, lambda %g: iteration %ld, gap %.2e",
           p->place, p->total, p->run.solver, p->run.problem, p->run.lambda,
           point->iteration, point->gap);
  console_progress(line);
}

/* *y holds the labels of the run before, NULL unless this one is to start from
 * them, and receives those of this one. */
static ys_code run_one(const experiment *e, size_t place, bool save_labels,
                       runlog *log, progress *p, double **y, bool *failed,
                       ys_error *error) {
  run_result result;
  double *labels = NULL;
  ys_code code = experiment_run(e, place, *y, &e->request->limits,
                                show_progress, p, &result, &labels, error);
  free(*y);
  *y = labels;
  if (code)
    return code;
  *failed = *failed || result.status == RUN_FAILED;
  experiment_print_run(&p->run, &result);
  if (save_labels)
    code = runlog_write_labels(log, &p->run, labels, error);
  if (!code)
    code = runlog_write(log, &p->run, &result, error);
  run_result_free(&result);
  return code;
}

static ys_code run_all(const experiment *e, bool save_labels, runlog *log,
                       bool *failed, ys_error *error) {
  size_t *places;
  double *y = NULL;
  size_t done = 0, size = request_runs(e->request);
  ys_code code = experiment_order(e, &places, error);
  if (code)
    return code;
  experiment_print_header();
  code = experiment_warm_up(e, places[0], error);
  for (; !code && done < size && !interrupt_signal(); done++) {
    progress p = {experiment_spec(e, places[done]), done + 1, size, 0};
    if (done && !experiment_follows(e, places[done], places[done - 1])) {
      free(y);
      y = NULL;
    }
    code = run_one(e, places[done], save_labels, log, &p, &y, failed, error);
  }
  free(y);
  if (interrupt_signal())
    console_note("interrupted by signal %d: %zu of %zu runs are kept",
                 interrupt_signal(), done, size);
  free(places);
  return code;
}

/* Everything behind the arguments; the exit status in *status. */
static ys_code execute(int argc, char **argv, const arg *args, const request *r,
                       int *status, ys_error *error) {
  experiment e;
  file_list inputs = {0};
  rundir dir;
  runlog log;
  bool failed = false;
  ys_code code = experiment_open(&e, r, error);
  if (code)
    return code;
  code = experiment_inputs(&e, &inputs, error);
  if (!code)
    code = rundir_make(&dir, args_text(args, "output", NULL),
                       args_given(args, "force"), &inputs, error);
  files_free(&inputs);
  if (!code) {
    code = rundir_write_meta(&dir, argc, argv, r->threads, error);
    if (!code)
      code = runlog_open(&log, csvout_open, &dir, error);
    if (!code) {
      interrupt_install();
      code = run_all(&e, args_given(args, "save-labels"), &log, &failed, error);
      runlog_close(&log);
      if (!code)
        code = rundir_check(&dir, error);
      if (!code)
        printf("wrote %s\n", dir.path);
    }
    rundir_free(&dir);
  }
  experiment_close(&e);
  *status = interrupt_signal() ? 128 + interrupt_signal()
            : failed           ? EXIT_RUN_FAILED
                               : EXIT_DONE;
  return code;
}

int cmd_run(int argc, char **argv) {
  arg args[OPTIONS];
  ys_error error;
  request r = {0};
  size_t found;
  int status = EXIT_DONE;
  memcpy(args, options, sizeof options);
  ys_code code = args_parse(argc, argv, args, NULL, 0, &found, &error);
  if (!code && args_given(args, "help")) {
    args_print_help(&help, args);
  } else {
    if (!code)
      code = request_read(args, &r, &error);
    if (!code)
      code = execute(argc, argv, args, &r, &status, &error);
  }
  request_free(&r);
  args_free(args);
  return code ? console_error(&error) : status;
}
