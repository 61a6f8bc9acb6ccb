#include "bench/run/run.h"

#include "bench/system/clock_and_signals.h"
#include "problems/certificate.h"
#include "problems/vector/array.h"

#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *run_status_name(run_status status) {
  static const char *const names[] = {"converged",   "max_iter", "time_limit",
                                      "interrupted", "stalled",  "unsupported",
                                      "failed"};
  return names[status];
}

long schedule_next_check(long iteration) {
  if (iteration < 10)
    return iteration + 1;
  return iteration + iteration / 7;
}

long schedule_next_trace(long iteration, long every) {
  if (every == SCHEDULE_THIN)
    return schedule_next_check(iteration);
  if (every == 0)
    return LONG_MAX;
  return (iteration / every + 1) * every;
}

/* A run under way. */
typedef struct run_state {
  const ys_solver *solver;
  const ys_objective *objective;
  const run_limits *limits;
  ys_labels *y;
  void *work;
  ys_stop stop;
  ys_scratch scratch;
  run_result *result;
  double started;      /* wall clock */
  double step_started; /* likewise, of the step under way */
  double best_bound;   /* over the checked iterations alone: what the trace sees
                          beyond them must not change how a run stops */
  double traced_bound; /* over all that were traced */
  size_t room;         /* of the trace */
  double floor;        /* what rounding alone makes of the last gap checked */
  bool keeps;          /* F may rise, and best_y keeps the checked iterate of */
  ys_labels best_y;    /* least F, in best */
  trace_point best;
  ys_code lost; /* why it could not be kept */
} run_state;

static ys_verdict judge(run_state *run) {
  double before = clock_seconds();
  const double *hint = run->work && run->solver->multipliers
                           ? run->solver->multipliers(run->work)
                           : NULL;
  ys_verdict verdict = ys_judge(run->objective, run->y, hint, &run->scratch);
  run->result->monitor_seconds += clock_seconds() - before;
  return verdict;
}

/* A gap is no more than what the best bound leaves of the objective. */
static void tighten(trace_point *point, double bound) {
  point->lower_bound = bound;
  if (isfinite(point->objective))
    point->gap = fmax(0, fmin(point->gap, point->objective - bound));
}

static trace_point make_point(const run_state *run, const ys_verdict *verdict,
                              double best_bound) {
  trace_point point = {.iteration = run->result->iterations,
                       .solve_seconds = run->result->solve_seconds,
                       .objective = verdict->objective,
                       .gap = verdict->gap};
  tighten(&point, fmax(best_bound, verdict->lower_bound));
  return point;
}

/* Add a point to the trace, whose bound never falls. */
static ys_code record(run_state *run, trace_point point, ys_error *error) {
  run_result *result = run->result;
  ys_code code = ys_grow(&result->trace, result->traced, &run->room,
                         sizeof *result->trace, "the trace", error);
  if (code)
    return code;
  if (run->traced_bound > point.lower_bound)
    tighten(&point, run->traced_bound);
  run->traced_bound = point.lower_bound;
  result->trace[result->traced++] = point;
  return YS_OK;
}

__attribute__((format(printf, 3, 4))) static void
stop(run_state *run, run_status status, const char *format, ...) {
  va_list arguments;
  run->result->status = status;
  va_start(arguments, format);
  vsnprintf(run->result->message, sizeof run->result->message, format,
            arguments);
  va_end(arguments);
}

/* A solver must keep y on the simplex and F finite. Returns whether it did. */
static bool is_feasible(run_state *run, const ys_verdict *verdict) {
  ys_error why = {YS_OK, "the objective is not finite"};
  bool on_simplex =
      verdict->row_sum_error <= 1e-12 && verdict->least_entry >= 0;
  if (on_simplex && isfinite(verdict->objective))
    return true;
  if (on_simplex) {
    ys_objective_check_finite(run->objective, run->y, &run->scratch, &why);
    stop(run, RUN_FAILED, "%s", why.text);
  } else
    stop(run, RUN_FAILED,
         "left the simplex: row sum off by %.3g, least entry %.3g",
         verdict->row_sum_error, verdict->least_entry);
  return false;
}

/* Where F may rise, the best iterate so far is kept. */
static void keep_if_best(run_state *run) {
  const trace_point *point = &run->result->last;
  double before = clock_seconds();
  if (!run->keeps || !(point->objective < run->best.objective))
    return;
  run->lost = ys_labels_assign(&run->best_y, run->y, NULL);
  run->best = *point;
  run->result->monitor_seconds += clock_seconds() - before;
}

/* Whether the gap is as small as was asked, or is nothing but what rounding may
 * be to blame for, up to a factor. */
static bool is_close(run_state *run, double factor) {
  const double gap = run->result->last.gap;
  if (gap <= run->limits->tolerance)
    stop(run, RUN_CONVERGED, "%s", "");
  else if (gap <= factor * run->floor)
    stop(run, RUN_CONVERGED, "at the floor of rounding, %.1e", gap);
  else
    return false;
  return true;
}

/* Judge the current iterate for stopping. Returns whether to stop. */
static bool check(run_state *run) {
  const double certain = 2;
  ys_verdict verdict = judge(run);
  run->result->last = make_point(run, &verdict, run->best_bound);
  run->best_bound = run->result->last.lower_bound;
  run->floor = verdict.floor;
  if (!is_feasible(run, &verdict))
    return true;
  keep_if_best(run);
  return run->lost || is_close(run, certain);
}

/* Wall time beyond which a run is over whatever its solver's clock says. */
static double wall_limit(const run_state *run) {
  return RUN_WALL_FACTOR * run->limits->seconds + 1;
}

/* What can end a run between two iterations, beside the gap. */
static bool is_over(run_state *run) {
  const run_limits *limits = run->limits;
  double wall = clock_seconds() - run->started;
  if (run->result->iterations >= limits->max_iterations)
    stop(run, RUN_MAX_ITER, "%s", "");
  else if (interrupt_signal())
    stop(run, RUN_INTERRUPTED, "by signal %d", interrupt_signal());
  else if (run->result->solve_seconds >= limits->seconds)
    stop(run, RUN_TIME_LIMIT, "%s", "");
  else if (wall >= wall_limit(run))
    stop(run, RUN_TIME_LIMIT, "wall-clock limit");
  else
    return false;
  return true;
}

/* The same, asked by a solver inside a step. */
static bool is_stop_wanted(void *context) {
  const run_state *run = context;
  const double now = clock_seconds();
  return interrupt_signal() || now - run->started >= wall_limit(run) ||
         run->result->solve_seconds + (now - run->step_started) >=
             run->limits->seconds;
}

/* One iteration, timed. Returns whether the solver can go on. */
static bool advance(run_state *run) {
  ys_error why = {YS_OK, ""};
  run->step_started = clock_seconds();
  ys_step step = run->solver->step(run->work, run->y, &why);
  run->result->solve_seconds += clock_seconds() - run->step_started;
  run->result->iterations++;
  if (step == YS_STEP_STALLED)
    stop(run, RUN_STALLED, "%s", why.text);
  else if (step == YS_STEP_FAILED)
    stop(run, RUN_FAILED, "%s", why.text);
  return step == YS_STEP_ON;
}

/* Whether the current iterate is the last one checked. */
static bool is_checked(const run_state *run) {
  return run->result->last.iteration == run->result->iterations;
}

/* Go back to the best iterate where the last one is worse. */
static ys_code return_best(run_state *run, ys_error *error) {
  run_result *result = run->result;
  const size_t said = strlen(result->message);
  if (!run->keeps ||
      !(result->last.objective > run->best.objective + run->floor))
    return YS_OK;
  ys_code code = ys_labels_assign(run->y, &run->best_y, error);
  tighten(&run->best, run->best_bound);
  result->last = run->best;
  snprintf(result->message + said, sizeof result->message - said,
           "%siteration %ld was best and is kept", said ? "; " : "",
           run->best.iteration);
  return code;
}

static ys_code record_last(run_state *run, ys_error *error) {
  const run_result *result = run->result;
  if (result->traced &&
      result->trace[result->traced - 1].iteration == result->iterations)
    return YS_OK;
  return record(run, result->last, error);
}

/* Judge the final iterate unless it has just been: it may have reached the
 * tolerance after all, and a solver that can go no further near the floor of
 * rounding has got there. A breakdown stays one. */
static ys_code finish(run_state *run, ys_error *error) {
  const double near = 16;
  run_result *result = run->result, before = *result;
  if (!is_checked(run)) {
    bool over = check(run);
    if (over && before.status == RUN_FAILED)
      stop(run, before.status, "%s", before.message);
    if (!over && before.status == RUN_STALLED)
      is_close(run, near);
  }
  ys_code code = run->lost ? ys_fail_memory(error, "the best labels")
                           : record_last(run, error);
  if (!code)
    code = return_best(run, error);
  if (result->status == RUN_STALLED && !result->message[0])
    stop(run, RUN_STALLED, "the solver can go no further");
  return code;
}

/* Add the current iterate to the trace. */
static ys_code trace(run_state *run, ys_error *error) {
  if (is_checked(run))
    return record(run, run->result->last, error);
  ys_verdict verdict = judge(run);
  double bound = fmax(run->best_bound, run->traced_bound);
  return record(run, make_point(run, &verdict, bound), error);
}

static ys_code loop(run_state *run, run_watch *watch, void *context,
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

static ys_code start(run_state *run, const ys_options *options,
                     ys_error *error) {
  const ys_solver *solver = run->solver;
  ys_code code = YS_OK;
  run->keeps = !solver->descends || !solver->descends(options);
  if (run->keeps)
    code = ys_labels_make_like(&run->best_y, run->y, error);
  double before = clock_seconds();
  if (!code)
    code = solver->init(&run->work, run->objective, options, run->y, error);
  run->result->setup_seconds = clock_seconds() - before;
  if (!code && solver->heed)
    solver->heed(run->work, &run->stop);
  return code;
}

ys_code run_solver(const ys_solver *solver, const ys_options *options,
                   const ys_objective *objective, const run_limits *limits,
                   ys_labels *y, run_watch *watch, void *context,
                   run_result *result, ys_error *error) {
  run_state run = {.solver = solver,
                   .objective = objective,
                   .limits = limits,
                   .y = y,
                   .result = result,
                   .started = clock_seconds(),
                   .best_bound = -INFINITY,
                   .traced_bound = -INFINITY,
                   .best = {.objective = INFINITY}};
  run.stop = (ys_stop){is_stop_wanted, &run};
  *result = (run_result){.status = RUN_FAILED};
  ys_code code = ys_scratch_init(&run.scratch, objective, error);
  if (!code)
    code = start(&run, options, error);
  if (!code)
    code = loop(&run, watch, context, error);
  if (!code)
    code = finish(&run, error);
  ys_labels_free(&run.best_y);
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
