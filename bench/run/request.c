#include "bench/run/request.h"

#include "bench/run/input_files.h"
#include "bench/run/starts.h"
#include "problems/vector/array.h"

#include <stdlib.h>
#include <string.h>

/* The places among `names` of what is given for the option, each once. */
static ys_code read_names(const arg *args, const char *option, ys_names names,
                          size_t *places, size_t *count, ys_error *error) {
  const arg_texts given = args_texts(args, option);
  *count = 0;
  for (size_t i = 0; i < given.count; i++) {
    bool again = false;
    ys_code code =
        ys_look_up(option, names, given.item[i], strlen(given.item[i]), NULL,
                   &places[*count], error);
    if (code)
      return code;
    for (size_t j = 0; j < *count; j++)
      again = again || places[j] == places[*count];
    *count += !again;
  }
  return YS_OK;
}

ys_code request_read_losses(const arg *args, ys_loss *losses, size_t *count,
                            ys_error *error) {
  const char *names[YS_LOSSES];
  size_t places[YS_LOSSES + 1];
  for (int i = 0; i < YS_LOSSES; i++)
    names[i] = ys_loss_name((ys_loss)i);
  ys_code code =
      read_names(args, "loss", YS_NAMES(names), places, count, error);
  for (size_t i = 0; i < *count; i++)
    losses[i] = (ys_loss)places[i];
  return code;
}

ys_code request_read_fairness(const arg *args, ys_fairness *terms,
                              size_t *count, ys_error *error) {
  const char *names[YS_FAIRNESSES];
  size_t places[YS_FAIRNESSES + 1];
  for (int i = 0; i < YS_FAIRNESSES; i++)
    names[i] = ys_fairness_name((ys_fairness)i);
  ys_code code =
      read_names(args, "fairness", YS_NAMES(names), places, count, error);
  for (size_t i = 0; i < *count; i++)
    terms[i] = (ys_fairness)places[i];
  return code;
}

ys_code request_read_terms(const arg *args, request *r, ys_error *error) {
  ys_loss losses[YS_LOSSES];
  ys_fairness terms[YS_FAIRNESSES];
  double *lambdas = NULL;
  size_t loss_count, fairness_count, lambda_count = 0;
  ys_code code = request_read_losses(args, losses, &loss_count, error);
  if (!code)
    code = request_read_fairness(args, terms, &fairness_count, error);
  if (!code)
    code = args_numbers(args, "lambda", &lambdas, &lambda_count, error);
  if (!code) {
    const size_t count = loss_count * fairness_count * lambda_count;
    r->terms = ys_array(count, sizeof *r->terms);
    code = r->terms ? YS_OK : ys_fail_memory(error, "the terms");
    for (size_t i = 0; !code && i < count; i++)
      r->terms[r->term_count++] = (request_term){
          losses[i / lambda_count / fairness_count],
          terms[i / lambda_count % fairness_count], lambdas[i % lambda_count]};
  }
  free(lambdas);
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
  ys_code code = args_number(args, "tol", 0, 1e300, &limits->tolerance, error);
  if (!code)
    code = args_number(args, "time-limit", 0, 1e9, &limits->seconds, error);
  if (!code)
    code = args_wholes(args, wholes, sizeof wholes / sizeof *wholes, error);
  return code ? code : args_threads(args, &r->threads, error);
}

/* `all` stands for every solver that was built. */
static ys_code expand_solvers(request *r, ys_error *error) {
  const arg_texts given = r->solvers;
  size_t count = 0, named = 0;
  while (ys_solvers[count])
    count++;
  for (size_t i = 0; i < given.count; i++)
    r->all_solvers = r->all_solvers || strcmp(given.item[i], "all") == 0;
  if (!r->all_solvers)
    return YS_OK;
  const char **all =
      ys_take(&r->memory, count + given.count, sizeof *all, "names of solvers");
  for (size_t i = 0; all && i < given.count; i++)
    if (strcmp(given.item[i], "all") != 0)
      all[named++] = given.item[i];
  for (size_t i = 0; all && i < count; i++) {
    bool is_named = ys_solvers[i]->missing != NULL;
    for (size_t j = 0; j < named && !is_named; j++)
      is_named = strcmp(all[j], ys_solvers[i]->name) == 0;
    if (!is_named)
      all[named++] = ys_solvers[i]->name;
  }
  r->solvers = (arg_texts){all, named};
  return ys_memory_check(&r->memory, error);
}

size_t request_runs(const request *r) {
  return ys_times(ys_times(r->problems.count, r->term_count),
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
  if (!code)
    code = expand_solvers(r, error);
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
                 .start = args_text(args, "start"),
                 .shows_errors = args_given(args, "verbose")};
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
  free(r->terms);
  ys_give_back(&r->memory);
  *r = (request){0};
}
