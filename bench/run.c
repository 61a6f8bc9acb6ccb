#include "run.h"

#include "clock.h"
#include "interrupt.h"
#include "schedule.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *run_status_name(run_status status) {
  static const char *const names[] = {"converged", "max_iter",    "time_limit",
                                      "stalled",   "unsupported", "failed"};
  return names[status];
}

/* A run under way. */
typedef struct running {
  const ys_solver *solver;
  const ys_objective *objective;
  const run_limits *limits;
  double *y;
  void *work;
  ys_scratch scratch;
  run_result *result;
  double started;    /* wall clock */
  double best_bound; /* over the checked iterations alone: what the trace sees
                        beyond them must not change when a run stops */
  size_t room;       /* of the trace */
} running;

static ys_verdict judge(running *run) {
  double before = clock_seconds();
  const double *hint = run->work && run->solver->multipliers
                           ? run->solver->multipliers(run->work)
                           : NULL;
  ys_verdict verdict = ys_judge(run->objective, run->y, hint, &run->scratch);
  run->result->monitor_seconds += clock_seconds() - before;
  return verdict;
}

static trace_point make_point(const running *run, const ys_verdict *verdict) {
  double bound = fmax(run->best_bound, verdict->lower_bound);
  double gap = verdict->gap;
  if (isfinite(verdict->objective))
    gap = fmax(0, fmin(gap, verdict->objective - bound));
  return (trace_point){run->result->iterations, run->result->solve_seconds,
                       verdict->objective, bound, gap};
}

static ys_code record(running *run, trace_point point, ys_error *error) {
  run_result *result = run->result;
  if (result->traced == run->room) {
    size_t room = 2 * run->room + 64;
    trace_point *grown = realloc(result->trace, room * sizeof *grown);
    if (!grown)
      return ys_fail_memory(error, "the trace");
    result->trace = grown;
    run->room = room;
  }
  result->trace[result->traced++] = point;
  return YS_OK;
}

static void stop(running *run, run_status status, const char *message) {
  run->result->status = status;
  snprintf(run->result->message, sizeof run->result->message, "%s", message);
}

/* A solver must keep y on the simplex. Returns whether it did. */
static bool is_feasible(running *run, const ys_verdict *verdict) {
  char text[128];
  if (verdict->row_sum_error <= 1e-12 && verdict->least_entry >= 0)
    return true;
  snprintf(text, sizeof text,
           "left the simplex: row sum off by %.3g, least entry %.3g",
           verdict->row_sum_error, verdict->least_entry);
  stop(run, RUN_FAILED, text);
  return false;
}

/* Judge the current iterate for stopping. Returns whether to stop. */
static bool check(running *run) {
  ys_verdict verdict = judge(run);
  run->result->last = make_point(run, &verdict);
  run->best_bound = run->result->last.lower_bound;
  if (!is_feasible(run, &verdict))
    return true;
  if (run->result->last.gap <= run->limits->tolerance) {
    stop(run, RUN_CONVERGED, "");
    return true;
  }
  return false;
}

/* What can end a run between two iterations, beside the gap. */
static bool is_over(running *run) {
  const run_limits *limits = run->limits;
  char text[64];
  double wall = clock_seconds() - run->started;
  if (run->result->iterations >= limits->max_iterations)
    stop(run, RUN_MAX_ITER, "");
  else if (run->result->solve_seconds >= limits->seconds)
    stop(run, RUN_TIME_LIMIT, "");
  else if (wall >= RUN_WALL_FACTOR * limits->seconds + 1)
    stop(run, RUN_TIME_LIMIT, "wall-clock limit");
  else if (interrupt_signal()) {
    snprintf(text, sizeof text, "interrupted by signal %d", interrupt_signal());
    stop(run, RUN_TIME_LIMIT, text);
  } else
    return false;
  return true;
}

/* One iteration, timed. Returns whether the solver can go on. */
static bool advance(running *run) {
  ys_error why = {YS_OK, ""};
  double before = clock_seconds();
  ys_step step = run->solver->step(run->work, run->y, &why);
  run->result->solve_seconds += clock_seconds() - before;
  run->result->iterations++;
  if (step == YS_STEP_STALLED)
    stop(run, RUN_STALLED, why.text);
  else if (step == YS_STEP_FAILED)
    stop(run, RUN_FAILED, why.text);
  return step == YS_STEP_ON;
}

/* Whether the current iterate is the last one checked. */
static bool is_checked(const running *run) {
  return run->result->last.iteration == run->result->iterations;
}

/* Judge the final iterate unless it has just been: it may have reached the
 * tolerance after all. A breakdown stays one. */
static void finish(running *run) {
  run_result before = *run->result;
  if (is_checked(run))
    return;
  if (check(run) && before.status == RUN_FAILED)
    stop(run, before.status, before.message);
}

/* Add the current iterate to the trace. */
static ys_code trace(running *run, ys_error *error) {
  if (is_checked(run))
    return record(run, run->result->last, error);
  ys_verdict verdict = judge(run);
  return record(run, make_point(run, &verdict), error);
}

static ys_code loop(running *run, run_watch *watch, void *context,
                    ys_error *error) {
  long next_check = schedule_next_check(0);
  long next_trace = schedule_next_trace(0, run->limits->trace_every);
  bool done = check(run);
  ys_code code = run->limits->trace_every ? trace(run, error) : YS_OK;
  while (!code && !done && !is_over(run) && advance(run)) {
    long iteration = run->result->iterations;
    if (iteration == next_check) {
      done = check(run);
      next_check = schedule_next_check(iteration);
      if (watch)
        watch(context, &run->result->last);
    }
    if (iteration == next_trace) {
      code = trace(run, error);
      next_trace = schedule_next_trace(iteration, run->limits->trace_every);
    }
  }
  return code;
}

static ys_code record_last(running *run, ys_error *error) {
  const run_result *result = run->result;
  if (result->traced &&
      result->trace[result->traced - 1].iteration == result->iterations)
    return YS_OK;
  return record(run, result->last, error);
}

static ys_code start(running *run, const ys_options *options, ys_error *error) {
  double before = clock_seconds();
  ys_code code =
      run->solver->init(&run->work, run->objective, options, run->y, error);
  run->result->setup_seconds = clock_seconds() - before;
  return code;
}

ys_code run_solver(const ys_solver *solver, const ys_options *options,
                   const ys_objective *objective, const run_limits *limits,
                   double *y, run_watch *watch, void *context,
                   run_result *result, ys_error *error) {
  running run = {.solver = solver,
                 .objective = objective,
                 .limits = limits,
                 .y = y,
                 .result = result,
                 .started = clock_seconds(),
                 .best_bound = -INFINITY};
  *result = (run_result){.status = RUN_FAILED};
  ys_code code = ys_scratch_init(&run.scratch, objective, error);
  if (!code)
    code = start(&run, options, error);
  if (!code)
    code = loop(&run, watch, context, error);
  if (!code) {
    finish(&run);
    code = record_last(&run, error);
  }
  if (run.work)
    solver->free(run.work);
  ys_scratch_free(&run.scratch);
  if (code)
    run_result_free(result);
  return code;
}

void run_result_free(run_result *result) {
  free(result->trace);
  result->trace = NULL;
  result->traced = 0;
}
