#include "bench/commands/commands.h"

#include "bench/cli/console.h"
#include "bench/run/experiment.h"
#include "bench/store/runlog.h"
#include "bench/system/clock_and_signals.h"

#include <stdio.h>
#include <stdlib.h>

/* The runs under way, and where they are, for the progress line. */
typedef struct progress {
  const experiment *e;
  runlog log;
  bool save_labels, failed; /* failed: a run is */
  run_spec run;
  size_t done, total;
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
           p->done + 1, p->total, p->run.solver, p->run.problem, p->run.lambda,
           point->iteration, point->gap);
  console_progress(line);
}

/* *y holds the labels of the run before, none unless this one is to start from
 * them, and receives those of this one. */
static ys_code run_one(progress *p, size_t place, ys_labels *y,
                       ys_error *error) {
  run_result result;
  ys_labels labels = {0};
  p->run = experiment_spec(p->e, place);
  p->shown = 0;
  ys_code code =
      experiment_run(p->e, place, y->rows ? y : NULL, &p->e->request->limits,
                     show_progress, p, &result, &labels, error);
  ys_labels_free(y);
  *y = labels;
  if (code)
    return code;
  p->failed = p->failed || result.status == RUN_FAILED;
  experiment_print_run(&p->run, &result);
  if (p->save_labels)
    code = runlog_write_labels(&p->log, &p->run, y, error);
  if (!code)
    code = runlog_write(&p->log, &p->run, &result, error);
  run_result_free(&result);
  return code;
}

static ys_code run_all(progress *p, ys_error *error) {
  size_t *places;
  ys_labels y = {0};
  ys_code code = experiment_order(p->e, &places, error);
  if (code)
    return code;
  experiment_print_header();
  code = experiment_warm_up(p->e, places[0], error);
  for (; !code && p->done < p->total && !interrupt_signal(); p->done++) {
    const size_t *place = places + p->done;
    if (p->done && !experiment_follows(p->e, place[0], place[-1]))
      ys_labels_free(&y);
    code = run_one(p, *place, &y, error);
  }
  ys_labels_free(&y);
  if (interrupt_signal())
    console_note("interrupted by signal %d: %zu of %zu runs are kept",
                 interrupt_signal(), p->done, p->total);
  free(places);
  return code;
}

static ys_code record_all(const command_line *line, const experiment *e,
                          const rundir *dir, bool *failed, ys_error *error) {
  progress p = {.e = e,
                .save_labels = args_given(line->args, "save-labels"),
                .total = request_runs(e->request)};
  ys_code code = runlog_open(&p.log, csvout_open, dir, error);
  if (code)
    return code;
  interrupt_install();
  code = run_all(&p, error);
  runlog_close(&p.log);
  *failed = p.failed;
  return code ? code : command_finish_directory(dir, error);
}

static ys_code run(command_line *line, ys_error *error) {
  request r;
  experiment e = {0};
  file_list inputs = {0};
  rundir dir;
  bool failed = false;
  ys_code code = request_read(line->args, &r, error);
  if (code)
    return code;
  code = experiment_open(&e, &r, error);
  if (!code)
    code = experiment_inputs(&e, &inputs, error);
  if (!code)
    code = command_make_directory(line, &inputs, r.threads, &dir, error);
  if (!code) {
    code = record_all(line, &e, &dir, &failed, error);
    rundir_free(&dir);
  }
  line->status = interrupt_status(failed ? EXIT_RUN_FAILED : EXIT_DONE);
  files_free(&inputs);
  experiment_close(&e);
  request_free(&r);
  return code;
}

static const arg_option options[] = {
    {"problem", 'p', ARG_MANY, NULL, "PROBLEM...  name[:key=value,...]"},
    {"solver", 's', ARG_MANY, NULL, "SOLVER...  name[:key=value,...]"},
    {"loss", 0, ARG_MANY, "collision",
     "LOSS...  %s (default), shannon, reverse"},
    {"fairness", 0, ARG_MANY, "strong", "FAIRNESS...  %s (default), weak"},
    {"lambda", 0, ARG_MANY, "1", "LAMBDA...  weights of fairness (default %s)"},
    {"prior", 0, ARG_ONE, NULL,
     "FILE  class prior, .npy or .csv (default uniform)"},
    {"start", 0, ARG_ONE, "uniform",
     "WHERE[:mix=EPS]  %s (default), sigma, random, FILE, warm"},
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
     "  write the final y to labels/RUN_ID.npy or .npz"},
    {"output", 'o', ARG_ONE, NULL, "DIR  run directory (default results/NNNN)"},
    {"force", 0, ARG_FLAG, NULL, "  replace the run in an existing directory"},
    {0}};

const command_spec cmd_run = {
    .name = "run",
    .summary = "run solvers on problems and record certified traces",
    .usage = "ystep run -p PROBLEM... -s SOLVER... [options]",
    .about = "Run every solver on every problem by every loss, fairness and "
             "lambda, R\n"
             "times each, and write runs.csv, traces.csv, settings.csv and "
             "meta.json to\n"
             "a run directory. Each recorded iterate carries a certified bound "
             "on its\n"
             "distance to the optimum.",
    .examples =
        "  ystep run -p dirichlet:M=5000,K=20 -s exact em md --lambda 0.1 1 "
        "10\n"
        "  ystep run -p file:path=batch.npy -s em -s pgd:step=0.1 -o out\n"
        "  ystep run -p gaussian:scale=3,skew=2 -s exact --repeat 5 --tol "
        "1e-8\n"
        "  ystep run -p recorded:dir=batches -s exact em md --start warm\n",
    .options = options,
    .run = run,
};
