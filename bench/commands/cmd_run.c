#include "bench/commands/commands.h"

#include "bench/cli/console.h"
#include "bench/ranks/ranks.h"
#include "bench/run/exec_spec.h"
#include "bench/run/experiment.h"
#include "bench/run/run_lines.h"
#include "bench/store/meta.h"
#include "bench/store/rundir_clear.h"
#include "bench/store/runlog.h"
#include "bench/sweep/sweep_hash.h"
#include "bench/sweep/sweep_resume.h"
#include "bench/system/clock_and_signals.h"
#include "bench/text/numbers.h"
#include "problems/vector/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What `ystep run` works with; zeroed at first, freed as a whole. */
typedef struct run_plan {
  const command_line *line;
  request request;
  experiment e;
  size_t *places; /* in the order they run */
  run_spec *runs; /* at each place of that order */
  bool *is_done;  /* before, in the directory */
  size_t count, pending;
  file_list inputs;
  rundir dir;
  sweep_store store; /* what --resume found there */
} run_plan;

/* Of ranks the first has the directory, and speaks. */
static const ys_ranks *ranks_of(const run_plan *p) {
  return p->request.ranks;
}

static bool writes(const run_plan *p) {
  return ranks_speaks(ranks_of(p));
}

static void plan_free(run_plan *p) {
  sweep_store_free(&p->store);
  rundir_free(&p->dir);
  files_free(&p->inputs);
  free(p->is_done);
  free(p->runs);
  free(p->places);
  experiment_close(&p->e);
  request_free(&p->request);
}

/* The runs, with the digests of their batches. */
static ys_code plan_runs(run_plan *p, ys_error *error) {
  char(*digest)[RUN_DIGEST] =
      ys_array(p->request.problems.count, sizeof *digest);
  ys_code code = experiment_order(&p->e, &p->places, &p->count, error);
  if (!code) {
    p->runs = ys_array(p->count + 1, sizeof *p->runs);
    p->is_done = calloc(p->count + 1, sizeof *p->is_done);
    if (!digest || !p->runs || !p->is_done)
      code = ys_fail_memory(error, "the plan");
  }
  for (size_t i = 0; !code && i < p->request.problems.count; i++)
    code = sweep_batch_digest(&p->e.problems[i].batch, digest[i], error);
  for (size_t i = 0; !code && i < p->count; i++) {
    p->runs[i] = experiment_spec(&p->e, p->places[i]);
    memcpy(p->runs[i].batch, digest[experiment_problem(&p->e, p->places[i])],
           RUN_DIGEST);
  }
  p->pending = p->count;
  free(digest);
  return code;
}

/* ----------------------------------------------------------- directory ---- */

/* Go on in a directory: what is done there is done, and what is left of runs
 * that were cut off goes. */
static ys_code resume(run_plan *p, ys_error *error) {
  const arg *args = p->line->args;
  const char *path = args_text(args, "output");
  char cpu[256];
  size_t without = 0;
  if (!path || args_given(args, "force") || p->request.warm)
    return ys_fail(error, YS_BAD_INPUT, "%s",
                   !path ? "--resume needs the directory: -o DIR"
                   : p->request.warm
                       ? "--resume and --start warm exclude each other: a run "
                         "goes on from the labels of the one before"
                       : "--resume and --force exclude each other");
  ys_code code = rundir_open(&p->dir, path, error);
  if (!code)
    code = rundir_check_own(p->dir.path, p->dir.folder, error);
  if (!code)
    code = sweep_store_read(p->dir.path, STORE_OF_RUNS, &p->store, error);
  if (!code)
    sweep_store_forget_interrupted(&p->store);
  if (!code && args_given(args, "save-labels"))
    code = sweep_store_want_labels(&p->store, &without, error);
  meta_cpu(cpu, sizeof cpu);
  ranks_describe(ranks_of(p), cpu, sizeof cpu);
  if (!code)
    code =
        sweep_resume_runs(&p->store, p->runs, p->count, cpu, p->is_done, error);
  if (!code)
    code = sweep_store_clean(&p->store, error);
  for (size_t i = 0; i < p->count; i++)
    p->pending -= p->is_done[i];
  if (!code)
    console_say("%zu of %zu runs are done; %zu to run", p->count - p->pending,
                p->count, p->pending);
  return code ? code
              : rundir_write_meta(&p->dir, p->line->argc, p->line->argv,
                                  p->request.threads, NULL, error);
}

static ys_code make_directory(run_plan *p, ys_error *error) {
  ys_code code = experiment_inputs(&p->e, &p->inputs, error);
  return code ? code
              : command_make_directory(p->line, &p->inputs, p->request.threads,
                                       &p->dir, error);
}

/* The first rank has it, and says what is done there. */
static ys_code open_directory(run_plan *p, ys_error *error) {
  ys_code code = YS_OK;
  if (writes(p))
    code = args_given(p->line->args, "resume") ? resume(p, error)
                                               : make_directory(p, error);
  code = ys_ranks_agree(ranks_of(p), code, error);
  ys_ranks_spread(ranks_of(p), p->is_done, p->count * sizeof *p->is_done);
  ys_ranks_spread(ranks_of(p), &p->pending, sizeof p->pending);
  return code;
}

/* ------------------------------------------------------------- running ---- */

/* The runs under way, and where they are, for the progress line. */
typedef struct progress {
  const run_plan *plan;
  runlog log;
  run_lines lines;
  const run_spec *run;
  double started, shown; /* when the line was last drawn */
} progress;

static void show_progress(void *context, const trace_point *point) {
  progress *p = context;
  char line[256], left[DURATION_ROOM] = "?", label[EXEC_LABEL];
  const char *name = exec_spec_label(p->run->solver, label);
  const size_t done = p->lines.done, total = p->plan->pending;
  const double now = clock_seconds();
  if (!console_is_terminal() || now - p->shown < 0.1)
    return;
  p->shown = now;
  if (done)
    duration_text(left,
                  (now - p->started) / (double)done * (double)(total - done));
  snprintf(line, sizeof line,
           "[%zu/%zu, %s left] %.24s on %.32s, lambda %g: iteration %ld, gap "
           "%.2e",
           done + 1, total, left, name ? name : p->run->solver, p->run->problem,
           p->run->lambda, point->iteration, point->gap);
  console_progress(line);
}

/* Where a rank is lost the run is written, and nothing after it. */
static ys_code write_run(progress *p, const run_result *result,
                         const ys_labels *y, ys_error *error) {
  const ys_ranks *ranks = ranks_of(p->plan);
  ys_code code = YS_OK;
  if (args_given(p->plan->line->args, "save-labels") && !ys_ranks_loss(ranks))
    code = runlog_write_labels(&p->log, p->run, y, ranks, error);
  if ((!code || ys_ranks_loss(ranks)) && writes(p->plan))
    code = runlog_write(&p->log, p->run, result, error);
  if (!code && ys_ranks_loss(ranks))
    code = ys_fail(error, YS_IO, "%s", ys_ranks_loss(ranks));
  return ys_ranks_agree(ranks, code, error);
}

/* What the ranks have said to one another. */
static void take_traffic(const progress *p, ranks_traffic before,
                         run_result *result) {
  const ranks_traffic sent = ranks_most_sent(ranks_of(p->plan), before);
  result->sent_bytes = sent.bytes;
  result->sent_messages = sent.messages;
  if (ranks_of(p->plan) && p->lines.is_verbose)
    console_say("  sent by a rank: at most %.0f bytes in %.0f messages, %.0f "
                "bytes an iteration",
                sent.bytes, sent.messages,
                sent.bytes / (double)(result->iterations + 1));
}

/* *y holds the labels of the run before, none unless this one is to start from
 * them, and receives those of this one. */
static ys_code run_one(progress *p, size_t i, ys_labels *y, ys_error *error) {
  const experiment *e = &p->plan->e;
  run_result result;
  ys_labels labels = {0};
  const ranks_traffic before = ranks_sent(ranks_of(p->plan));
  p->run = &p->plan->runs[i];
  p->shown = 0;
  ys_code code = experiment_run(e, p->plan->places[i], y->rows ? y : NULL,
                                &e->request->limits, show_progress, p, &result,
                                &labels, error);
  const char *loss = ys_ranks_loss(ranks_of(p->plan));
  ys_labels_free(y);
  *y = labels;
  if (code && !loss)
    return code;
  if (code) { /* a rank was lost where nothing had come of the run yet */
    result = run_result_none(RUN_FAILED);
    snprintf(result.message, sizeof result.message, "%.230s", loss);
  }
  run_lines_put(&p->lines, p->run, &result);
  take_traffic(p, before, &result);
  code = write_run(p, &result, y, error);
  run_result_free(&result);
  return code;
}

static bool is_interrupted(const progress *p) {
  bool is = interrupt_signal() != 0;
  ys_ranks_spread(ranks_of(p->plan), &is, sizeof is);
  return is;
}

static ys_code run_all(progress *p, ys_error *error) {
  const run_plan *plan = p->plan;
  const size_t *places = plan->places;
  ys_labels y = {0};
  ys_code code =
      plan->pending ? experiment_warm_up(&plan->e, places[0], error) : YS_OK;
  p->started = clock_seconds();
  for (size_t i = 0; !code && i < plan->count && !is_interrupted(p); i++) {
    if (plan->is_done[i])
      continue;
    if (i && !experiment_follows(&plan->e, places[i], places[i - 1]))
      ys_labels_free(&y);
    code = run_one(p, i, &y, error);
  }
  ys_labels_free(&y);
  if (!code && interrupt_signal())
    console_note("interrupted by signal %d: %zu of %zu runs are kept; go on "
                 "with --resume -o %s",
                 interrupt_signal(), p->lines.done, plan->pending,
                 writes(plan) ? plan->dir.path : "");
  return code;
}

/* Those that do not write have none. */
static ys_code open_log(runlog *log, const run_plan *plan, ys_error *error) {
  const bool resumes = args_given(plan->line->args, "resume");
  ys_code code = YS_OK;
  *log = (runlog){
      .runs = {.file = -1}, .traces = {.file = -1}, .settings = {.file = -1}};
  if (writes(plan)) {
    code = runlog_open(log, resumes ? csvout_append : csvout_open, &plan->dir,
                       error);
    ranks_describe(ranks_of(plan), log->cpu, sizeof log->cpu);
  }
  const ys_code all = ys_ranks_agree(ranks_of(plan), code, error);
  if (all)
    runlog_close(log);
  return all;
}

static ys_code record_all(const run_plan *plan, size_t *failed,
                          ys_error *error) {
  progress p = {
      .plan = plan,
      .lines = {.is_verbose = args_given(plan->line->args, "verbose")}};
  ys_code code = open_log(&p.log, plan, error);
  if (code)
    return code;
  interrupt_install();
  for (size_t i = 0; i < plan->count && !code; i++)
    if (!plan->is_done[i])
      code = run_lines_fit(&p.lines, &plan->runs[i], error);
  if (!code) {
    run_lines_put_head(&p.lines);
    code = run_all(&p, error);
  }
  runlog_close(&p.log);
  *failed = run_lines_failed(&p.lines);
  if (!code && writes(plan))
    code = rundir_check(&plan->dir, error);
  code = ys_ranks_agree(ranks_of(plan), code, error);
  if (!code && writes(plan)) {
    run_lines_put_end(&p.lines, clock_seconds() - p.started);
    command_put_next(plan->dir.path);
  }
  run_lines_free(&p.lines);
  return code;
}

static ys_code run(command_line *line, ys_error *error) {
  run_plan p = {.line = line};
  size_t failed = 0;
  const ys_ranks *ranks;
  ys_code code = ranks_begin(meta_program, &ranks, error);
  if (!code)
    code = request_read(line->args, &p.request, error);
  if (code)
    return code;
  p.request.ranks = ranks;
  code = experiment_open(&p.e, &p.request, error);
  if (!code)
    code = plan_runs(&p, error);
  code = ys_ranks_agree(ranks, code, error);
  if (!code)
    code = open_directory(&p, error);
  if (!code)
    code = record_all(&p, &failed, error);
  line->status = interrupt_status(failed ? EXIT_RUN_FAILED : EXIT_DONE);
  plan_free(&p);
  return code;
}

static const arg_option options[] = {
    {"problem", 'p', ARG_MANY, NULL, "PROBLEM...  name[:key=value,...]"},
    {"solver", 's', ARG_MANY, NULL,
     "SOLVER...  name[:key=value,...], FILE.so, exec:command=...; all: each "
     "that serves"},
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
    {"resume", 0, ARG_FLAG, NULL,
     "  go on in DIR: run what is missing or was interrupted (all of it if DIR "
     "is new)"},
    {"verbose", 'v', ARG_FLAG, NULL,
     "  a second line a run: times, bound, seed; what a process says"},
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
        "  ystep run -p batch.npy -s all --loss collision reverse -o out "
        "--resume\n"
        "  ystep run -p recorded:dir=batches -s exact em md --start warm\n",
    .options = options,
    .run = run,
};
