#include "bench/run/request.h"

#include "bench/run/input_files.h"
#include "bench/run/starts.h"
#include "problems/vector/array.h"

#include <stdlib.h>

void request_names(const char *losses[YS_LOSSES],
                   const char *fairness[YS_FAIRNESSES]) {
  for (int i = 0; i < YS_LOSSES; i++)
    losses[i] = ys_loss_name((ys_loss)i);
  for (int i = 0; i < YS_FAIRNESSES; i++)
    fairness[i] = ys_fairness_name((ys_fairness)i);
}

ys_code request_read_terms(const arg *args, request *r, ys_error *error) {
  const char *losses[YS_LOSSES], *terms[YS_FAIRNESSES];
  size_t loss = 0, fairness = 0;
  request_names(losses, terms);
  ys_code code =
      args_choice(args, "loss", YS_NAMES(losses), NULL, &loss, error);
  if (!code)
    code =
        args_choice(args, "fairness", YS_NAMES(terms), NULL, &fairness, error);
  r->loss = (ys_loss)loss;
  r->fairness = (ys_fairness)fairness;
  return code;
}

static ys_code read_numbers(const arg *args, request *r, ys_error *error) {
  run_limits *limits = &r->limits;
  const arg_whole wholes[] = {
      {"max-iter", 0, REQUEST_ITERATIONS, &limits->max_iterations},
      {"trace-every", 0, 1e15, &limits->trace_every},
      {"repeat", 1, 1e6, &r->repeats},
      {"seed", 0, ARGS_MOST_SEED, &r->seed}};
  limits->max_iterations = (long)REQUEST_ITERATIONS;
  limits->trace_every = SCHEDULE_THIN;
  ys_code code =
      args_numbers(args, "lambda", &r->lambdas, &r->lambda_count, error);
  if (!code)
    code = args_number(args, "tol", 0, 1e300, &limits->tolerance, error);
  if (!code)
    code = args_number(args, "time-limit", 0, 1e9, &limits->seconds, error);
  if (!code)
    code = args_wholes(args, wholes, sizeof wholes / sizeof *wholes, error);
  return code ? code : args_threads(args, &r->threads, error);
}

size_t request_runs(const request *r) {
  return ys_times(ys_times(r->problems.count, r->lambda_count),
                  ys_times(r->solvers.count, r->repeats));
}

static ys_code read_all(const arg *args, request *r, ys_error *error) {
  ys_code code = request_read_terms(args, r, error);
  if (!code)
    code = read_numbers(args, r, error);
  if (!code)
    code = warm_read(r->start, &r->warm, &r->warm_mix, error);
  if (r->warm)
    r->start = "uniform";
  if (!code)
    code = input_files_expand(args_texts(args, "problem"), &r->memory,
                              &r->expanded, &r->problems.count, error);
  r->problems.item = r->expanded;
  if (!code && request_runs(r) > REQUEST_MOST_RUNS)
    code = ys_fail(error, YS_BAD_INPUT,
                   "%zu runs are asked for: expected at most %d",
                   request_runs(r), REQUEST_MOST_RUNS);
  return code;
}

ys_code request_read(const arg *args, request *r, ys_error *error) {
  const bool has_problem = args_given(args, "problem");
  *r = (request){.solvers = args_texts(args, "solver"),
                 .prior = args_text(args, "prior"),
                 .start_given = args_text(args, "start"),
                 .start = args_text(args, "start")};
  if (!has_problem || !r->solvers.count)
    return ys_fail(error, YS_BAD_INPUT,
                   "run needs at least one %s (try --help)",
                   has_problem ? "solver: -s SOLVER" : "problem: -p PROBLEM");
  ys_code code = read_all(args, r, error);
  if (code)
    request_free(r);
  return code;
}

void request_free(request *r) {
  free(r->expanded);
  free(r->lambdas);
  ys_give_back(&r->memory);
  *r = (request){0};
}
