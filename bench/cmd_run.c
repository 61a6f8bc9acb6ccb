#include "command.h"

#include "args.h"
#include "clock.h"
#include "console.h"
#include "experiment.h"
#include "interrupt.h"
#include "rundir.h"
#include "runlog.h"
#include "schedule.h"

#include <limits.h>
#include <math.h>
#include <omp.h>
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
        "  ystep run -p gaussian:scale=3,skew=2 -s em --repeat 5 --tol 1e-8\n",
};

static const arg options[] = {
    {"problem", 'p', ARG_MANY, "PROBLEM...  name[:key=value,...]", 0, 0},
    {"solver", 's', ARG_MANY, "SOLVER...  name[:key=value,...]", 0, 0},
    {"loss", 0, ARG_ONE, "L  collision (default), shannon or reverse", 0, 0},
    {"fairness", 0, ARG_ONE, "F  strong (default) or weak", 0, 0},
    {"lambda", 0, ARG_MANY, "X...  weights of fairness (default 1)", 0, 0},
    {"prior", 0, ARG_ONE, "FILE  class prior, .npy or .csv (default uniform)",
     0, 0},
    {"start", 0, ARG_ONE, "WHERE  uniform (default), sigma, random, FILE.npy",
     0, 0},
    {"tol", 0, ARG_ONE, "GAP  stop at this certified gap (default 1e-6)", 0, 0},
    {"max-iter", 0, ARG_ONE, "N  iterations a run (default: no limit)", 0, 0},
    {"time-limit", 0, ARG_ONE, "SECONDS  of solver time a run (default 60)", 0,
     0},
    {"trace-every", 0, ARG_ONE,
     "N  record every N-th iteration; 0: the last alone", 0, 0},
    {"repeat", 0, ARG_ONE, "R  runs of each combination (default 1)", 0, 0},
    {"seed", 0, ARG_ONE, "S  of the order and of random starts (default 1)", 0,
     0},
    {"threads", 0, ARG_ONE, "T  OpenMP threads (default: all cores)", 0, 0},
    {"save-labels", 0, ARG_FLAG, "  write the final y to labels/RUN_ID.npy", 0,
     0},
    {"output", 'o', ARG_ONE, "DIR  run directory (default results/NNNN)", 0, 0},
    {"force", 0, ARG_FLAG, "  replace the run in an existing directory", 0, 0},
    {"help", 'h', ARG_FLAG, "  this page", 0, 0},
    {0}};

enum { OPTIONS = sizeof options / sizeof *options };

/* ------------------------------------------------- reading the request ---- */

static ys_code read_choice(const arg *args, const char *name, size_t count,
                           const char *(*name_of)(size_t), size_t *choice,
                           ys_error *error) {
  const char *names[8];
  const char *text = args_text(args, name, name_of(0));
  for (size_t i = 0; i < count; i++) {
    names[i] = name_of(i);
    if (strcmp(text, names[i]) == 0) {
      *choice = i;
      return YS_OK;
    }
  }
  return ys_fail(error, YS_BAD_INPUT, "no %s '%s'; did you mean '%s'?", name,
                 text,
                 names[ys_nearest_name(text, strlen(text), names, count)]);
}

static const char *loss_name(size_t i) {
  return ys_loss_name((ys_loss)i);
}

static const char *fairness_name(size_t i) {
  return ys_fairness_name((ys_fairness)i);
}

static ys_code read_lambdas(const arg *args, double **lambdas, size_t *count,
                            ys_error *error) {
  const arg *given = args_get(args, "lambda");
  *count = given->count ? given->count : 1;
  *lambdas = malloc(*count * sizeof **lambdas);
  if (!*lambdas)
    return ys_fail_memory(error, "the lambdas");
  (*lambdas)[0] = 1;
  for (size_t i = 0; i < given->count; i++)
    if (!ys_read_number(given->item[i], *lambdas + i) || (*lambdas)[i] < 0)
      return ys_fail(error, YS_BAD_INPUT,
                     "--lambda %s is not valid: expected a finite number >= 0",
                     given->item[i]);
  return YS_OK;
}

/* A whole number in [low, high]. */
static ys_code read_whole(const arg *args, const char *name, double low,
                          double high, double fallback, double *number,
                          ys_error *error) {
  ys_code code = args_number(args, name, low, high, fallback, number, error);
  if (!code && *number != floor(*number))
    code = ys_fail(error, YS_BAD_INPUT,
                   "--%s %s is not valid: expected a whole number", name,
                   args_text(args, name, ""));
  return code;
}

static ys_code read_limits(const arg *args, run_limits *limits,
                           ys_error *error) {
  double iterations, every;
  ys_code code =
      args_number(args, "tol", 0, 1e300, 1e-6, &limits->tolerance, error);
  if (!code)
    code = args_number(args, "time-limit", 0, 1e9, 60, &limits->seconds, error);
  if (!code)
    code = read_whole(args, "max-iter", 0, 1e15, 1e15, &iterations, error);
  if (!code)
    code = read_whole(args, "trace-every", 0, 1e15, -1, &every, error);
  if (code)
    return code;
  limits->max_iterations = (long)iterations;
  limits->trace_every =
      args_given(args, "trace-every") ? (long)every : SCHEDULE_THIN;
  return YS_OK;
}

static ys_code read_counts(const arg *args, request *r, ys_error *error) {
  double repeats, seed, threads;
  ys_code code = read_whole(args, "repeat", 1, 1e6, 1, &repeats, error);
  if (!code)
    code = read_whole(args, "seed", 0, 4294967295.0, 1, &seed, error);
  if (!code)
    code = read_whole(args, "threads", 1, 1024, omp_get_num_procs(), &threads,
                      error);
  if (code)
    return code;
  r->repeats = (size_t)repeats;
  r->seed = (unsigned long)seed;
  r->threads = (int)threads;
  return YS_OK;
}

/* `lambdas` receives memory to be freed, also on failure. */
static ys_code read_request(const arg *args, request *r, double **lambdas,
                            ys_error *error) {
  size_t loss = 0, fairness = 0;
  *r = (request){.problems = args_get(args, "problem")->item,
                 .problem_count = args_get(args, "problem")->count,
                 .solvers = args_get(args, "solver")->item,
                 .solver_count = args_get(args, "solver")->count,
                 .prior = args_text(args, "prior", NULL),
                 .start = args_text(args, "start", "uniform")};
  if (!r->problem_count || !r->solver_count)
    return ys_fail(
        error, YS_BAD_INPUT, "run needs at least one %s (try --help)",
        r->problem_count ? "solver: -s SOLVER" : "problem: -p PROBLEM");
  ys_code code = read_choice(args, "loss", YS_LOSSES, loss_name, &loss, error);
  if (!code)
    code = read_choice(args, "fairness", YS_FAIRNESSES, fairness_name,
                       &fairness, error);
  if (!code)
    code = read_lambdas(args, lambdas, &r->lambda_count, error);
  if (!code)
    code = read_limits(args, &r->limits, error);
  if (!code)
    code = read_counts(args, r, error);
  r->lambdas = *lambdas;
  r->loss = (ys_loss)loss;
  r->fairness = (ys_fairness)fairness;
  return code;
}

/* -------------------------------------------------------------- running ----
 */

/* Where a run stands, for the progress line. */
typedef struct progress {
  const experiment *experiment;
  const job *job;
  size_t place, total;
  double shown; /* when the line was last drawn */
} progress;

static void show_progress(void *context, const trace_point *point) {
  progress *p = context;
  const request *r = p->experiment->request;
  char line[256];
  double now = clock_seconds();
  if (!console_is_terminal() || now - p->shown < 0.1)
    return;
  p->shown = now;
  snprintf(line, sizeof line,
           "[%zu/%zu] %.24s on %.32s, lambda %g: iteration %ld, gap %.2e",
           p->place, p->total, r->solvers[p->job->solver],
           r->problems[p->job->problem], r->lambdas[p->job->lambda],
           point->iteration, point->gap);
  console_progress(line);
}

static void print_row(const experiment *e, const job *j,
                      const run_result *result) {
  const request *r = e->request;
  console_progress(NULL);
  printf("%-28s %-34s %8g  %-10s %9ld %10.4g %12.6g %9.2e\n",
         r->solvers[j->solver], r->problems[j->problem], r->lambdas[j->lambda],
         run_status_name(result->status), result->iterations,
         result->solve_seconds, result->last.objective, result->last.gap);
  fflush(stdout);
}

static ys_code run_job(const experiment *e, const job *j, bool save_labels,
                       runlog *log, progress *p, bool *failed,
                       ys_error *error) {
  run_result result;
  double *y;
  ys_code code = experiment_run(e, j, &e->request->limits, show_progress, p,
                                &result, &y, error);
  if (code)
    return code;
  *failed = *failed || result.status == RUN_FAILED;
  print_row(e, j, &result);
  if (save_labels)
    code = runlog_write_labels(log, e, j, y, error);
  if (!code)
    code = runlog_write(log, e, j, &result, error);
  run_result_free(&result);
  free(y);
  return code;
}

/* One solve that is thrown away: it starts the threads and brings code and data
 * into the caches. */
static ys_code warm_up(const experiment *e, const job *first, ys_error *error) {
  run_limits limits = e->request->limits;
  run_result result;
  double *y;
  limits.max_iterations =
      limits.max_iterations < 20 ? limits.max_iterations : 20;
  limits.seconds = fmin(limits.seconds, 0.5);
  ys_code code =
      experiment_run(e, first, &limits, NULL, NULL, &result, &y, error);
  if (code)
    return code;
  run_result_free(&result);
  free(y);
  return YS_OK;
}

static ys_code run_all(const experiment *e, bool save_labels, runlog *log,
                       bool *failed, ys_error *error) {
  job *jobs;
  size_t done = 0, size = experiment_size(e);
  ys_code code = experiment_order(e, &jobs, error);
  if (code)
    return code;
  printf("%-28s %-34s %8s  %-10s %9s %10s %12s %9s\n", "solver", "problem",
         "lambda", "status", "iterations", "seconds", "objective", "gap");
  code = warm_up(e, &jobs[0], error);
  for (; !code && done < size && !interrupt_signal(); done++) {
    progress p = {e, &jobs[done], done + 1, size, 0};
    code = run_job(e, &jobs[done], save_labels, log, &p, failed, error);
  }
  if (interrupt_signal())
    console_note("interrupted by signal %d: %zu of %zu runs are kept",
                 interrupt_signal(), done, size);
  free(jobs);
  return code;
}

/* Everything behind the arguments; the exit status in *status. */
static ys_code execute(int argc, char **argv, const arg *args, const request *r,
                       int *status, ys_error *error) {
  experiment e;
  rundir dir;
  runlog log;
  bool failed = false;
  ys_code code = experiment_open(&e, r, error);
  if (code)
    return code;
  code = rundir_make(&dir, args_text(args, "output", NULL),
                     args_given(args, "force"), error);
  if (!code) {
    code = rundir_write_meta(&dir, argc, argv, r->threads, error);
    if (!code)
      code = runlog_open(&log, &dir, error);
    if (!code) {
      interrupt_install();
      code = run_all(&e, args_given(args, "save-labels"), &log, &failed, error);
      runlog_close(&log);
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
  request r;
  size_t found;
  double *lambdas = NULL;
  int status = EXIT_DONE;
  memcpy(args, options, sizeof options);
  ys_code code = args_parse(argc, argv, args, NULL, 0, &found, &error);
  if (!code && args_given(args, "help")) {
    args_print_help(&help, args);
  } else {
    if (!code)
      code = read_request(args, &r, &lambdas, &error);
    if (!code)
      code = execute(argc, argv, args, &r, &status, &error);
  }
  free(lambdas);
  args_free(args);
  return code ? console_error(&error) : status;
}
