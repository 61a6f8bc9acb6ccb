#include "bench/commands/commands.h"

#include "bench/cli/console.h"
#include "bench/run/experiment.h"
#include "bench/store/rundir.h"
#include "bench/store/runlog.h"
#include "bench/system/clock_and_signals.h"

#include <stdio.h>
#include <stdlib.h>

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

static ys_code record_all(const command_line *line, const experiment *e,
                          const rundir *dir, bool *failed, ys_error *error) {
  runlog log;
  ys_code code = rundir_write_meta(dir, line->argc, line->argv,
                                   e->request->threads, error);
  if (!code)
    code = runlog_open(&log, csvout_open, dir, error);
  if (code)
    return code;
  interrupt_install();
  code = run_all(e, args_given(line->args, "save-labels"), &log, failed, error);
  runlog_close(&log);
  if (!code)
    code = rundir_check(dir, error);
  if (!code)
    printf("wrote %s\n", dir->path);
  return code;
}

static ys_code run(command_line *line, ys_error *error) {
  request r;
  experiment e = {0};
  file_list inputs = {0};
  rundir dir = {0};
  bool failed = false;
  ys_code code = request_read(line->args, &r, error);
  if (code)
    return code;
  code = experiment_open(&e, &r, error);
  if (!code)
    code = experiment_inputs(&e, &inputs, error);
  if (!code)
    code = rundir_make(&dir, args_text(line->args, "output"),
                       args_given(line->args, "force"), &inputs, error);
  if (!code)
    code = record_all(line, &e, &dir, &failed, error);
  line->status = interrupt_status(failed ? EXIT_RUN_FAILED : EXIT_DONE);
  rundir_free(&dir);
  files_free(&inputs);
  experiment_close(&e);
  request_free(&r);
  return code;
}

static const arg_option options[] = {
    {"problem", 'p', ARG_MANY, NULL, "PROBLEM...  name[:key=value,...]"},
    {"solver", 's', ARG_MANY, NULL, "SOLVER...  name[:key=value,...]"},
    {"loss", 0, ARG_ONE, "collision", "L  %s (default), shannon or reverse"},
    {"fairness", 0, ARG_ONE, "strong", "F  %s (default) or weak"},
    {"lambda", 0, ARG_MANY, "1", "X...  weights of fairness (default %s)"},
    {"prior", 0, ARG_ONE, NULL,
     "FILE  class prior, .npy or .csv (default uniform)"},
    {"start", 0, ARG_ONE, "uniform",
     "WHERE[:mix=EPS]  %s (default), sigma, random, FILE.npy, warm"},
    {"tol", 0, ARG_ONE, REQUEST_TEXT(REQUEST_TOLERANCE),
     "GAP  stop at this certified gap (default %s)"},
    {"max-iter", 0, ARG_ONE, NULL, "N  iterations a run (default: no limit)"},
    {"time-limit", 0, ARG_ONE, REQUEST_TEXT(REQUEST_SECONDS),
     "SECONDS  of solver time a run (default %s)"},
    {"trace-every", 0, ARG_ONE, NULL,
     "N  record every N-th iteration; 0: the last alone"},
    {"repeat", 0, ARG_ONE, "1", "R  runs of each combination (default %s)"},
    {"seed", 0, ARG_ONE, "1",
     "S  of the order and of random starts (default %s)"},
    {"threads", 0, ARG_ONE, NULL, "T  OpenMP threads (default: all cores)"},
    {"save-labels", 0, ARG_FLAG, NULL,
     "  write the final y to labels/RUN_ID.npy"},
    {"output", 'o', ARG_ONE, NULL, "DIR  run directory (default results/NNNN)"},
    {"force", 0, ARG_FLAG, NULL, "  replace the run in an existing directory"},
    {0}};

const command_spec cmd_run = {
    .name = "run",
    .summary = "run solvers on problems and record certified traces",
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
    .options = options,
    .run = run,
};
