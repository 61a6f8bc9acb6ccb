#include "bench/run/request.h"

#include "problems/vector/array.h"

#include "bench/run/input_files.h"
#include "bench/run/run.h"
#include "bench/run/starts.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

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

ys_code request_read_lambdas(const arg *args, double **lambdas, size_t *count,
                             ys_error *error) {
  const arg *given = args_get(args, "lambda");
  *count = given->count ? given->count : 1;
  *lambdas = ys_array(*count, sizeof **lambdas);
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

static ys_code read_limits(const arg *args, run_limits *limits,
                           ys_error *error) {
  double iterations, every;
  ys_code code = args_number(args, "tol", 0, 1e300, REQUEST_TOLERANCE,
                             &limits->tolerance, error);
  if (!code)
    code = args_number(args, "time-limit", 0, 1e9, REQUEST_SECONDS,
                       &limits->seconds, error);
  if (!code)
    code = args_whole(args, "max-iter", 0, REQUEST_ITERATIONS,
                      REQUEST_ITERATIONS, &iterations, error);
  if (!code)
    code = args_whole(args, "trace-every", 0, 1e15, -1, &every, error);
  if (code)
    return code;
  limits->max_iterations = (long)iterations;
  limits->trace_every =
      args_given(args, "trace-every") ? (long)every : SCHEDULE_THIN;
  return YS_OK;
}

static ys_code read_counts(const arg *args, request *r, ys_error *error) {
  double repeats, seed, threads;
  ys_code code = args_whole(args, "repeat", 1, 1e6, 1, &repeats, error);
  if (!code)
    code = args_whole(args, "seed", 0, REQUEST_MOST_SEED, 1, &seed, error);
  if (!code)
    code = args_whole(args, "threads", 1, 1024, omp_get_num_procs(), &threads,
                      error);
  if (code)
    return code;
  r->repeats = (size_t)repeats;
  r->seed = (unsigned long)seed;
  r->threads = (int)threads;
  return YS_OK;
}

static ys_code read_warm(request *r, ys_error *error) {
  ys_code code = warm_read(r->start, &r->warm, &r->warm_mix, error);
  if (r->warm)
    r->start = "uniform";
  return code;
}

static ys_code expand_recordings(request *r, ys_error *error) {
  size_t count;
  ys_code code = input_files_expand(r->problems, r->problem_count, &r->expanded,
                                    &count, error);
  if (code)
    return code;
  r->problems = (const char *const *)r->expanded;
  r->problem_count = count;
  return YS_OK;
}

size_t request_runs(const request *r) {
  return ys_times(ys_times(r->problem_count, r->lambda_count),
                  ys_times(r->solver_count, r->repeats));
}

static ys_code check_runs(const request *r, ys_error *error) {
  return request_runs(r) <= REQUEST_MOST_RUNS
             ? YS_OK
             : ys_fail(error, YS_BAD_INPUT,
                       "%zu runs are asked for: expected at most %d",
                       request_runs(r), REQUEST_MOST_RUNS);
}

ys_code request_read(const arg *args, request *r, ys_error *error) {
  size_t loss = 0, fairness = 0;
  *r = (request){.problems = args_get(args, "problem")->item,
                 .problem_count = args_get(args, "problem")->count,
                 .solvers = args_get(args, "solver")->item,
                 .solver_count = args_get(args, "solver")->count,
                 .prior = args_text(args, "prior", NULL),
                 .start_given = args_text(args, "start", "uniform")};
  r->start = r->start_given;
  if (!r->problem_count || !r->solver_count)
    return ys_fail(
        error, YS_BAD_INPUT, "run needs at least one %s (try --help)",
        r->problem_count ? "solver: -s SOLVER" : "problem: -p PROBLEM");
  ys_code code = read_choice(args, "loss", YS_LOSSES, loss_name, &loss, error);
  if (!code)
    code = read_choice(args, "fairness", YS_FAIRNESSES, fairness_name,
                       &fairness, error);
  if (!code)
    code = request_read_lambdas(args, &r->lambdas, &r->lambda_count, error);
  if (!code)
    code = read_limits(args, &r->limits, error);
  if (!code)
    code = read_counts(args, r, error);
  if (!code)
    code = read_warm(r, error);
  if (!code)
    code = expand_recordings(r, error);
  if (!code)
    code = check_runs(r, error);
  r->loss = (ys_loss)loss;
  r->fairness = (ys_fairness)fairness;
  if (code)
    request_free(r);
  return code;
}

void request_free(request *r) {
  input_files_free_expanded(r->expanded, r->expanded ? r->problem_count : 0);
  r->expanded = NULL;
  free(r->lambdas);
  r->lambdas = NULL;
}
