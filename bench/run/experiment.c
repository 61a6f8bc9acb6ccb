#include "bench/run/experiment.h"

#include "problems/vector/array.h"

#include "bench/cli/console.h"
#include "bench/run/exec.h"
#include "bench/run/input_files.h"
#include "bench/run/plugin.h"
#include "bench/run/starts.h"
#include "bench/system/clock_and_signals.h"
#include "bench/text/numbers.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------ opening ---- */

void experiment_note_batch(const char *spec, const ys_batch *batch) {
  if (*batch->note)
    console_note("%s: %s", spec, batch->note);
  if (batch->renormalised_rows)
    console_note("%s: divided %zu of %zu rows by their sums (largest "
                 "deviation from 1: %.2g)",
                 spec, batch->renormalised_rows, batch->rows,
                 batch->largest_deviation);
}

/* Whether some solver cannot read a batch that is kept as float32. */
static bool wants_doubles(const experiment *e) {
  for (size_t s = 0; s < e->request->solvers.count; s++)
    if (!e->solvers[s].solver->by_rows)
      return true;
  return false;
}

static ys_code load_problem(experiment *e, size_t p, ys_error *error) {
  loaded_problem *problem = &e->problems[p];
  const char *spec = e->request->problems.item[p];
  double before = clock_seconds();
  ys_code code = ys_problem_make_share(
      spec, e->request->ranks, e->request->threads, &problem->batch, error);
  if (code) {
    problem->batch = (ys_batch){0};
    return code;
  }
  if (wants_doubles(e) && !problem->batch.stays)
    code = ys_batch_widen(&problem->batch, spec, e->request->threads, error);
  code = ys_ranks_agree(e->request->ranks, code, error);
  problem->seconds = clock_seconds() - before;
  experiment_note_batch(spec, &problem->batch);
  return code;
}

ys_code chosen_solvers_read(arg_texts texts, chosen_solver **chosen,
                            ys_error *error) {
  ys_code code = YS_OK;
  *chosen = calloc(texts.count, sizeof **chosen);
  if (!*chosen)
    return ys_fail_memory(error, "the solvers");
  for (size_t i = 0; !code && i < texts.count; i++)
    code = plugin_parse(texts.item[i], &(*chosen)[i].solver,
                        &(*chosen)[i].options, error);
  return code;
}

void chosen_solvers_free(chosen_solver *chosen, size_t count) {
  for (size_t i = 0; chosen && i < count; i++)
    ys_options_free(&chosen[i].options);
  free(chosen);
}

static ys_code make_objectives(experiment *e, size_t problem, ys_error *error) {
  const request *r = e->request;
  const ys_batch *batch = &e->problems[problem].batch;
  ys_objective *made = &e->objectives[problem * r->term_count];
  double *prior = NULL;
  ys_code code =
      r->prior ? prior_read(r->prior, batch->classes, &prior, error) : YS_OK;
  for (size_t l = 0; !code && l < r->term_count; l++)
    code = ys_objective_init(&made[l], batch, r->terms[l].loss,
                             r->terms[l].fairness, r->terms[l].lambda, prior,
                             r->threads, error);
  free(prior);
  return code;
}

ys_code experiment_check_solver(const chosen_solver *chosen,
                                const ys_objective *objective, ys_error *why) {
  const ys_solver *solver = chosen->solver;
  if (objective->batch->stays && !solver->by_rows)
    return ys_fail(why, YS_UNSUPPORTED,
                   "%s reads sigma in double precision: leave out "
                   "storage=float32",
                   solver->name);
  return ys_run_check_solver(solver, &chosen->options, objective, why);
}

/* F at y = 1/K is finite, whatever sigma may be, but for shannon, who asks for
 * ln sigma, and for a lambda so large that products with it overflow. */
static bool is_finite_at_uniform(const ys_objective *objective) {
  return objective->loss != YS_SHANNON && objective->lambda < 1e300;
}

ys_code experiment_check_start(const ys_objective *objective, const char *start,
                               unsigned long seed, ys_error *error) {
  const bool uniform = strcmp(start, "uniform") == 0;
  ys_scratch scratch;
  ys_error why;
  ys_labels y = {0};
  if (uniform && is_finite_at_uniform(objective))
    return YS_OK;
  ys_code code = ys_scratch_init(&scratch, objective, error);
  if (code)
    return code;
  code = start_make(start, seed, objective, START_EITHER, &y, error);
  if (!code && ys_objective_check_finite(objective, &y, &scratch, &why))
    code = ys_fail(error, YS_BAD_INPUT, "start %s: %s", start, why.text);
  ys_labels_free(&y);
  ys_scratch_free(&scratch);
  return code;
}

/* Every solver and the start point on the i-th objective. */
static ys_code check(const experiment *e, size_t i, ys_error *error) {
  const request *r = e->request;
  ys_error why;
  ys_code code = YS_OK;
  for (size_t s = 0; !code && s < r->solvers.count; s++) {
    code = experiment_check_solver(&e->solvers[s], &e->objectives[i], error);
    if (code == YS_UNSUPPORTED && r->all_solvers) {
      console_note("left out: %s", error->text);
      code = YS_OK;
    }
  }
  if (code)
    return code;
  code = experiment_check_start(&e->objectives[i], r->start, r->seed, &why);
  return code ? ys_fail(error, code, "%s, %s",
                        r->problems.item[i / r->term_count], why.text)
              : YS_OK;
}

ys_code experiment_open(experiment *e, const request *r, ys_error *error) {
  const size_t objectives = ys_times(r->problems.count, r->term_count);
  *e = (experiment){.request = r};
  e->problems = calloc(r->problems.count, sizeof *e->problems);
  e->objectives = calloc(objectives, sizeof *e->objectives);
  ys_code code = e->problems && e->objectives
                     ? chosen_solvers_read(r->solvers, &e->solvers, error)
                     : ys_fail_memory(error, "the experiment");
  for (size_t p = 0; !code && p < r->problems.count; p++)
    code = load_problem(e, p, error);
  for (size_t p = 0; !code && p < r->problems.count; p++)
    code = make_objectives(e, p, error);
  for (size_t i = 0; !code && i < objectives; i++)
    code = check(e, i, error);
  if (code)
    experiment_close(e);
  return code;
}

void experiment_close(experiment *e) {
  const size_t problems = e->request ? e->request->problems.count : 0;
  for (size_t i = 0; e->objectives && i < problems * e->request->term_count;
       i++)
    ys_objective_free(&e->objectives[i]);
  for (size_t i = 0; e->problems && i < problems; i++)
    ys_batch_free(&e->problems[i].batch);
  chosen_solvers_free(e->solvers, problems ? e->request->solvers.count : 0);
  free(e->objectives);
  free(e->problems);
  *e = (experiment){0};
}

ys_code experiment_inputs(const experiment *e, file_list *list,
                          ys_error *error) {
  const request *r = e->request;
  ys_code code = r->prior ? files_add(list, r->prior, error) : YS_OK;
  for (size_t i = 0; !code && i < r->problems.count; i++)
    code = input_files_add_problem(list, r->problems.item[i], error);
  return code ? code : input_files_add_start(list, r->start, error);
}

/* -------------------------------------------------------------- order ---- */

/* The factors of the product at a place, the last running fastest. */
typedef struct factors {
  size_t problem, term, solver, repeat;
} factors;

static factors factors_of(const experiment *e, size_t place) {
  const request *r = e->request;
  factors found = {.repeat = place % r->repeats};
  place /= r->repeats;
  found.solver = place % r->solvers.count;
  place /= r->solvers.count;
  found.term = place % r->term_count;
  found.problem = place / r->term_count;
  return found;
}

static const ys_objective *objective_of(const experiment *e, factors f) {
  return &e->objectives[f.problem * e->request->term_count + f.term];
}

/* One repeat of everything. With warm starts the problems of a term and
 * solver follow each other in the order given, and what is shuffled is those
 * chains. */
static void order_round(const experiment *e, size_t repeat, gsl_rng *rng,
                        size_t *round) {
  const request *r = e->request;
  size_t chains = r->term_count * r->solvers.count, length = r->problems.count;
  for (size_t c = 0; c < chains; c++)
    for (size_t p = 0; p < length; p++)
      round[c * length + p] = (p * chains + c) * r->repeats + repeat;
  if (r->warm)
    gsl_ran_shuffle(rng, round, chains, length * sizeof *round);
  else
    gsl_ran_shuffle(rng, round, chains * length, sizeof *round);
}

bool experiment_serves(const experiment *e, size_t place) {
  const factors f = factors_of(e, place);
  ys_error why;
  return !e->request->all_solvers ||
         experiment_check_solver(&e->solvers[f.solver], objective_of(e, f),
                                 &why) != YS_UNSUPPORTED;
}

ys_code experiment_order(const experiment *e, size_t **places, size_t *count,
                         ys_error *error) {
  size_t size = request_runs(e->request), repeats = e->request->repeats;
  size_t combinations = size / repeats;
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  *places = ys_array(size, sizeof **places);
  if (!rng || !*places) {
    free(*places);
    if (rng)
      gsl_rng_free(rng);
    return ys_fail_memory(error, "the plan");
  }
  gsl_rng_set(rng, e->request->seed);
  for (size_t repeat = 0; repeat < repeats; repeat++)
    order_round(e, repeat, rng, *places + repeat * combinations);
  gsl_rng_free(rng);
  *count = 0;
  for (size_t i = 0; i < size; i++)
    if (experiment_serves(e, (*places)[i]))
      (*places)[(*count)++] = (*places)[i];
  return YS_OK;
}

/* ------------------------------------------------------------ running ---- */

static int threads_of(const ys_batch *batch, int threads) {
  ys_blocks blocks = ys_blocks_make(batch->rows, batch->classes);
  int asked = ys_block_threads(&blocks, threads), found = 1;
#pragma omp parallel num_threads(asked)
#pragma omp single
  found = omp_get_num_threads();
  return found;
}

size_t experiment_problem(const experiment *e, size_t place) {
  return factors_of(e, place).problem;
}

run_spec experiment_spec(const experiment *e, size_t place) {
  const request *r = e->request;
  const factors f = factors_of(e, place);
  const ys_objective *objective = objective_of(e, f);
  const bool is_process = e->solvers[f.solver].solver == &exec_solver;
  return (run_spec){.id = place + 1,
                    .problem = r->problems.item[f.problem],
                    .solver = r->solvers.item[f.solver],
                    .rows = ys_batch_whole_rows(objective->batch),
                    .classes = objective->batch->classes,
                    .loss = objective->loss,
                    .fairness = objective->fairness,
                    .lambda = objective->lambda,
                    .start = r->start_given,
                    .prior = r->prior ? r->prior : "uniform",
                    .repeat = f.repeat,
                    .seed = r->seed + f.repeat,
                    .ranks = r->ranks ? r->ranks->count : 1,
                    .threads = is_process
                                   ? r->threads
                                   : threads_of(objective->batch, r->threads),
                    .limits = r->limits};
}

/* On a planted batch, say how far from the known optimum the run ended. */
static void add_known_distance(const ys_objective *objective,
                               run_result *result) {
  const ys_batch *batch = objective->batch;
  if (!batch->planted_labels || objective->loss != YS_COLLISION ||
      objective->fairness != YS_STRONG ||
      objective->lambda != batch->planted_lambda || result->message[0])
    return;
  for (size_t k = 0; k < batch->classes; k++)
    if (objective->prior[k] != 1.0 / (double)batch->classes)
      return;
  char optimum[NUMBER_ROOM];
  snprintf(result->message, sizeof result->message,
           "known optimum %s; distance %.3g",
           text_exact(optimum, batch->planted_optimum),
           result->last.objective - batch->planted_optimum);
}

/* What a solver is given. */
static start_kind kind_of(const ys_solver *solver) {
  return solver->sparse ? START_SPARSE : START_DENSE;
}

/* The labels of the run before, if this one is to go on from them; else the
 * start point that was asked for. Sparse labels have a share of the uniform
 * point mixed in, all K classes a row, only where that was asked for. */
static ys_code make_start(const experiment *e, factors f,
                          const ys_labels *before, ys_labels *y,
                          ys_error *error) {
  const request *r = e->request;
  const ys_objective *objective = objective_of(e, f);
  if (!before)
    return start_make(r->start, r->seed + f.repeat, objective,
                      kind_of(e->solvers[f.solver].solver), y, error);
  const bool mixes = before->dense || ys_spec_options(r->start_given);
  ys_code code = ys_labels_copy(before, y, error);
  if (!code)
    code = start_mix_labels(mixes ? r->warm_mix : 0, y, error);
  if (code)
    ys_labels_free(y);
  return code;
}

bool experiment_follows(const experiment *e, size_t place, size_t last) {
  const factors f = factors_of(e, place), g = factors_of(e, last);
  const ys_batch *a = &e->problems[f.problem].batch;
  const ys_batch *b = &e->problems[g.problem].batch;
  return e->request->warm && f.problem == g.problem + 1 && f.term == g.term &&
         f.solver == g.solver && f.repeat == g.repeat &&
         ys_batch_whole_rows(a) == ys_batch_whole_rows(b) &&
         a->classes == b->classes;
}

ys_code experiment_run(const experiment *e, size_t place,
                       const ys_labels *labels, const run_limits *limits,
                       run_watch *watch, void *context, run_result *result,
                       ys_labels *y, ys_error *error) {
  const factors f = factors_of(e, place);
  const ys_objective *objective = objective_of(e, f);
  const chosen_solver *chosen = &e->solvers[f.solver];
  const loaded_problem *problem = &e->problems[f.problem];
  double before = clock_seconds();
  ys_code code = make_start(e, f, labels, y, error);
  if (code)
    return code;
  double setup = problem->seconds + clock_seconds() - before;
  const exec_order order = {.options = chosen->options,
                            .seed = e->request->seed + f.repeat,
                            .tolerance = limits->tolerance,
                            .seconds = limits->seconds,
                            .shows_errors = e->request->shows_errors};
  code = run_solver(chosen->solver, &order.options, objective, limits, y, watch,
                    context, result, error);
  if (code) {
    ys_labels_free(y);
    return code;
  }
  result->setup_seconds += setup;
  add_known_distance(objective, result);
  return YS_OK;
}

/* Enough to give every thread several blocks. */
size_t experiment_warm_rows(const ys_batch *batch, int threads) {
  enum { BLOCKS_A_THREAD = 4 };
  const size_t large = (size_t)1 << 22; /* more than caches hold in double */
  const size_t block = ys_blocks_make(1, batch->classes).size;
  const size_t some = ys_times(block, BLOCKS_A_THREAD * (size_t)threads);
  return some < batch->rows && ys_times(batch->rows, batch->classes) > large
             ? some
             : batch->rows;
}

/* The first rows, from labels that are finite under any loss; if they lack a
 * class that fairness asks for there is nothing to run. */
static ys_code warm_up_on(const experiment *e, factors f, size_t rows,
                          const run_limits *limits, ys_error *error) {
  const chosen_solver *chosen = &e->solvers[f.solver];
  ys_objective few = *objective_of(e, f);
  const ys_batch first = {.rows = rows,
                          .classes = few.batch->classes,
                          .sigma = few.batch->sigma,
                          .recorded = few.batch->recorded,
                          .sum = few.batch->sum,
                          .planted_lambda = NAN,
                          .planted_optimum = NAN};
  const char *start = few.loss == YS_SHANNON ? "sigma" : "uniform";
  run_result result;
  ys_labels y;
  few.batch = &first;
  if (experiment_check_start(&few, start, 1, NULL))
    return YS_OK;
  ys_code code = start_make(start, 1, &few, kind_of(chosen->solver), &y, error);
  if (code)
    return code;
  code = run_solver(chosen->solver, &chosen->options, &few, limits, &y, NULL,
                    NULL, &result, error);
  if (!code)
    run_result_free(&result);
  ys_labels_free(&y);
  return code;
}

ys_code experiment_warm_up(const experiment *e, size_t place, ys_error *error) {
  if (e->request->ranks) /* their clock is not one */
    return YS_OK;
  const factors f = factors_of(e, place);
  const ys_objective *objective = objective_of(e, f);
  const size_t rows =
      experiment_warm_rows(objective->batch, objective->threads);
  const bool whole = rows == objective->batch->rows;
  const long most = whole ? 20 : 5;
  run_limits limits = e->request->limits;
  run_result result;
  ys_labels y;
  if (e->solvers[f.solver].solver == &exec_solver)
    return YS_OK;
  limits.max_iterations =
      limits.max_iterations < most ? limits.max_iterations : most;
  limits.seconds = fmin(limits.seconds, whole ? 0.5 : 0.05);
  if (!whole)
    return warm_up_on(e, f, rows, &limits, error);
  ys_code code =
      experiment_run(e, place, NULL, &limits, NULL, NULL, &result, &y, error);
  if (code)
    return code;
  run_result_free(&result);
  ys_labels_free(&y);
  return YS_OK;
}
