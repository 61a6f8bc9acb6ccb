#include "bench/run/run.h"

#include "bench/run/exec.h"
#include "bench/system/clock_and_signals.h"
#include "problems/vector/array.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *run_status_name(run_status status) {
  static const char *const names[] = {"converged",   "max_iter", "time_limit",
                                      "interrupted", "stalled",  "unsupported",
                                      "failed"};
  return names[status];
}

long schedule_next_trace(long iteration, long every) {
  if (every == SCHEDULE_THIN)
    return ys_run_next_check(iteration);
  if (every == 0)
    return LONG_MAX;
  return (iteration / every + 1) * every;
}

/* A run under way, and what this harness adds to it: a clock, limits of time,
 * interrupts and the trace. */
typedef struct run_state {
  ys_run run;
  const run_limits *limits;
  run_result *result;
  run_watch *watch;
  void *context;       /* of the watch */
  double started;      /* wall clock */
  double traced_bound; /* best bound over all that were traced */
  size_t room;         /* of the trace */
  long next_trace;
  run_status stopped; /* why, if it is */
  char why[256];
} run_state;

static const ys_ranks *ranks_of(const run_state *state) {
  return state->run.objective->batch->ranks;
}

/* -------------------------------------------------------------- trace ---- */

/* Add a point to the trace, whose bound never falls. */
static ys_code record(run_state *state, trace_point point, ys_error *error) {
  run_result *result = state->result;
  ys_code code = ys_grow(&result->trace, result->traced, &state->room,
                         sizeof *result->trace, "the trace", error);
  if (code)
    return code;
  if (state->traced_bound > point.lower_bound)
    ys_run_tighten(&point, state->traced_bound);
  state->traced_bound = point.lower_bound;
  result->trace[result->traced++] = point;
  return YS_OK;
}

static ys_code trace(run_state *state, ys_run *run, ys_error *error) {
  state->next_trace =
      schedule_next_trace(run->iterations, state->limits->trace_every);
  return record(state, ys_run_is_checked(run) ? run->last : ys_run_look(run),
                error);
}

static ys_code look(ys_run *run, void *context, ys_error *error) {
  run_state *state = context;
  if (state->watch && run->iterations && ys_run_is_checked(run))
    state->watch(state->context, &run->last);
  return run->iterations == state->next_trace ? trace(state, run, error)
                                              : YS_OK;
}

/* What a process says of itself; one that failed otherwise than in a step has
 * failed, too. */
static void take_report(run_state *state, ys_run *run) {
  run_result *result = state->result;
  exec_close(run->work);
  const exec_report report = exec_report_of(run->work);
  result->empty_step_seconds = report.empty_step_seconds;
  result->own_seconds = report.own_seconds;
  if (!report.failure || run->end == YS_RUN_FAILED)
    return;
  run->end = YS_RUN_FAILED;
  snprintf(run->message, sizeof run->message, "%.255s", report.failure);
}

static ys_code look_last(ys_run *run, void *context, ys_error *error) {
  run_state *state = context;
  const run_result *result = state->result;
  if (run->solver == &exec_solver)
    take_report(state, run);
  if (result->traced &&
      result->trace[result->traced - 1].iteration == run->iterations)
    return YS_OK;
  return record(state, run->last, error);
}

/* --------------------------------------------------- clock and limits ---- */

static double seconds(void *context) {
  (void)context;
  return clock_seconds();
}

/* Wall time beyond which a run is over whatever its solver's clock says. To
 * start a process has a limit of its own. */
static double wall_limit(const run_state *state) {
  const double start =
      state->run.solver == &exec_solver ? state->run.setup_seconds : 0;
  return RUN_WALL_FACTOR * state->limits->seconds + 1 + start;
}

/* Those of the step under way among them. */
static double seconds_solved(const ys_run *run, double now) {
  return run->solve_seconds + fmax(0, now - run->step_started);
}

static const char *stop(run_state *state, run_status status, const char *why) {
  state->stopped = status;
  snprintf(state->why, sizeof state->why, "%s", why);
  return state->why;
}

/* What ends a run between two iterations; a signal's number is added to the
 * last. */
enum { GOES_ON, BY_TIME, BY_WALL_TIME, BY_SIGNAL };

static int find_ending(const run_state *state) {
  const double now = clock_seconds(), wall = now - state->started;
  if (interrupt_signal())
    return BY_SIGNAL + interrupt_signal();
  if (seconds_solved(&state->run, now) >= state->limits->seconds)
    return BY_TIME;
  return wall >= wall_limit(state) ? BY_WALL_TIME : GOES_ON;
}

/* Ranks hear of any one's signal, and of the first one's clock, as they combine
 * their numbers. */
static double say_ending(void *context) {
  const run_state *state = context;
  const int found = find_ending(state);
  return ranks_of(state)->rank == 0 || found > BY_SIGNAL ? found : GOES_ON;
}

static ys_rider *rider_of(const run_state *state) {
  const ys_ranks *ranks = ranks_of(state);
  return ranks ? ranks->rider : NULL;
}

static const char *is_over(const ys_run *run, void *context) {
  run_state *state = context;
  if (run->solver == &exec_solver && exec_report_of(run->work).failure)
    return stop(state, RUN_FAILED, "");
  const ys_rider *rider = rider_of(state);
  const int found = rider ? (int)rider->most : find_ending(state);
  if (ys_ranks_loss(ranks_of(state)))
    return stop(state, RUN_FAILED, ys_ranks_loss(ranks_of(state)));
  if (found == GOES_ON)
    return NULL;
  if (found == BY_TIME)
    return stop(state, RUN_TIME_LIMIT, "");
  if (found == BY_WALL_TIME)
    return stop(state, RUN_TIME_LIMIT, "wall-clock limit");
  char why[sizeof state->why];
  snprintf(why, sizeof why, "by signal %d", found - BY_SIGNAL);
  return stop(state, RUN_INTERRUPTED, why);
}

static bool is_stop_wanted(const ys_run *run, void *context) {
  const run_state *state = context;
  const double now = clock_seconds();
  return interrupt_signal() || now - state->started >= wall_limit(state) ||
         seconds_solved(run, now) >= state->limits->seconds;
}

/* ---------------------------------------------------------------- run ---- */

static run_status status_of(const run_state *state) {
  switch (state->run.end) {
  case YS_RUN_CONVERGED:
    return RUN_CONVERGED;
  case YS_RUN_MAX_ITER:
    return RUN_MAX_ITER;
  case YS_RUN_STOPPED:
    return state->stopped;
  case YS_RUN_STALLED:
    return RUN_STALLED;
  default:
    return RUN_FAILED;
  }
}

/* Whether F is infinite behind a step of a solver whose options let F rise:
 * fixed steps that are too long lead there, and nothing else fails in such a
 * solver (solvers/proximal/proximal.c). */
static bool has_left_domain(const run_state *state) {
  const ys_run *run = &state->run;
  return run->end == YS_RUN_FAILED && run->verdict.row_sum_error <= 1e-12 &&
         run->verdict.least_entry >= 0 && run->solver->descends &&
         !run->solver->descends(run->options);
}

static void fill_result(const run_state *state, run_result *result) {
  const ys_run *run = &state->run;
  result->status = status_of(state);
  result->iterations = run->iterations;
  result->setup_seconds = run->setup_seconds;
  result->solve_seconds = run->solve_seconds;
  result->monitor_seconds = run->monitor_seconds;
  result->last = run->last;
  result->left_domain = has_left_domain(state);
  snprintf(result->message, sizeof result->message, "%s%.230s",
           result->left_domain ? "left the domain: " : "", run->message);
  if (ys_ranks_loss(ranks_of(state))) { /* whatever came of it */
    result->status = RUN_FAILED;
    result->left_domain = false;
    snprintf(result->message, sizeof result->message, "%.230s",
             ys_ranks_loss(ranks_of(state)));
  }
}

ys_code run_solver(const ys_solver *solver, const ys_options *options,
                   const ys_objective *objective, const run_limits *limits,
                   ys_labels *y, run_watch *watch, void *context,
                   run_result *result, ys_error *error) {
  ys_scratch scratch;
  ys_labels spare = {0};
  run_state state = {.run = {.solver = solver,
                             .options = options,
                             .objective = objective,
                             .tolerance = limits->tolerance,
                             .max_iterations = limits->max_iterations,
                             .y = y,
                             .scratch = &scratch,
                             .spare = &spare},
                     .limits = limits,
                     .result = result,
                     .watch = watch,
                     .context = context,
                     .started = clock_seconds(),
                     .traced_bound = -INFINITY,
                     .next_trace = limits->trace_every ? 0 : LONG_MAX};
  state.run.host =
      (ys_run_host){&state, seconds, is_over, is_stop_wanted, look, look_last};
  *result = run_result_none(RUN_FAILED);
  ys_code code = ys_scratch_init(&scratch, objective, error);
  const ys_code all = ys_ranks_agree(ranks_of(&state), code, error);
  if (all) {
    ys_scratch_free(&scratch);
    return all;
  }
  if (rider_of(&state))
    *rider_of(&state) = (ys_rider){.say = say_ending, .context = &state};
  code = ys_run_go(&state.run, error);
  if (rider_of(&state))
    *rider_of(&state) = (ys_rider){.say = NULL};
  fill_result(&state, result);
  ys_labels_free(&spare);
  ys_scratch_free(&scratch);
  if (code)
    run_result_free(result);
  return code;
}

run_result run_result_none(run_status status) {
  return (run_result){.status = status,
                      .last = {.objective = INFINITY,
                               .lower_bound = -INFINITY,
                               .gap = INFINITY},
                      .empty_step_seconds = NAN,
                      .own_seconds = NAN,
                      .sent_bytes = NAN,
                      .sent_messages = NAN};
}

void run_result_free(run_result *result) {
  free(result->trace);
  result->trace = NULL;
  result->traced = 0;
}
