#include "library/run.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

long ys_run_next_check(long iteration) {
  if (iteration < 10)
    return iteration + 1;
  return iteration + iteration / 7;
}

static double seconds(const ys_run *run) {
  return run->host.seconds(run->host.context);
}

/* ------------------------------------------------------------ judging ---- */

/* Multipliers that the solver proposes; or NULL. */
static const double *proposal(const ys_run *run) {
  return run->work && run->solver->multipliers
             ? run->solver->multipliers(run->work)
             : NULL;
}

static ys_verdict judge(ys_run *run) {
  const double before = seconds(run);
  const ys_verdict verdict =
      ys_certify(run->objective, run->y, proposal(run), run->scratch);
  run->monitor_seconds += seconds(run) - before;
  return verdict;
}

void ys_run_tighten(ys_run_point *point, double bound) {
  point->lower_bound = bound;
  if (isfinite(point->objective))
    point->gap = fmax(0, fmin(point->gap, point->objective - bound));
}

static ys_run_point make_point(const ys_run *run, const ys_verdict *verdict) {
  ys_run_point point = {.iteration = run->iterations,
                        .solve_seconds = run->solve_seconds,
                        .objective = verdict->objective,
                        .gap = verdict->gap};
  ys_run_tighten(&point, fmax(run->best_bound, verdict->lower_bound));
  return point;
}

ys_run_point ys_run_look(ys_run *run) {
  const ys_verdict verdict = judge(run);
  return make_point(run, &verdict);
}

__attribute__((format(printf, 3, 4))) static void
stop(ys_run *run, ys_run_end end, const char *format, ...) {
  va_list arguments;
  run->end = end;
  va_start(arguments, format);
  vsnprintf(run->message, sizeof run->message, format, arguments);
  va_end(arguments);
}

/* A solver must keep y on the simplex and F finite. Returns whether it did. */
static bool is_feasible(ys_run *run) {
  const ys_verdict *verdict = &run->verdict;
  ys_error why = {YS_OK, "the objective is not finite"};
  bool on_simplex =
      verdict->row_sum_error <= 1e-12 && verdict->least_entry >= 0;
  if (on_simplex && isfinite(verdict->objective))
    return true;
  if (on_simplex) {
    ys_objective_check_finite(run->objective, run->y, run->scratch, &why);
    stop(run, YS_RUN_FAILED, "%s", why.text);
  } else
    stop(run, YS_RUN_FAILED,
         "left the simplex: row sum off by %.3g, least entry %.3g",
         verdict->row_sum_error, verdict->least_entry);
  return false;
}

/* Sparse labels may ask for memory, which a rank may not have. */
static ys_code assign(const ys_run *run, ys_labels *to, const ys_labels *from,
                      ys_error *error) {
  const ys_code code = ys_labels_assign(to, from, error);
  return to->dense ? code
                   : ys_ranks_agree(run->objective->batch->ranks, code, error);
}

/* Where F may rise, the best iterate so far is kept. */
static void keep_if_best(ys_run *run) {
  const double before = seconds(run);
  if (!run->keeps || !(run->last.objective < run->best.objective))
    return;
  run->lost = assign(run, run->spare, run->y, NULL);
  run->best = run->last;
  run->monitor_seconds += seconds(run) - before;
}

/* Whether the gap is as small as was asked, or is nothing but what rounding may
 * be to blame for, up to a factor. */
static bool is_close(ys_run *run, double factor) {
  const double gap = run->last.gap;
  if (gap <= run->tolerance)
    stop(run, YS_RUN_CONVERGED, "%s", "");
  else if (gap <= factor * run->verdict.floor)
    stop(run, YS_RUN_CONVERGED, "at the floor of rounding, %.1e", gap);
  else
    return false;
  return true;
}

/* Judge the current iterate for stopping. Returns whether to stop. */
static bool check(ys_run *run) {
  const double certain = 2;
  run->verdict = judge(run);
  run->last = make_point(run, &run->verdict);
  run->best_bound = run->last.lower_bound;
  if (!is_feasible(run))
    return true;
  keep_if_best(run);
  return run->lost || is_close(run, certain);
}

bool ys_run_is_checked(const ys_run *run) {
  return run->last.iteration == run->iterations;
}

/* --------------------------------------------------------- iterations ---- */

/* What can end a run between two iterations, beside the gap. */
static bool is_over(ys_run *run) {
  const char *why = "";
  const bool out = run->iterations >= run->max_iterations;
  if (!out)
    why = run->host.is_over(run, run->host.context);
  if (why)
    stop(run, out ? YS_RUN_MAX_ITER : YS_RUN_STOPPED, "%s", why);
  return why != NULL;
}

/* The same, asked by a solver inside a step: by all ranks at once, of which the
 * first says. */
static bool is_stop_wanted(void *context) {
  const ys_run *run = context;
  const ys_ranks *ranks = run->objective->batch->ranks;
  bool wanted = run->host.is_stop_wanted(run, run->host.context);
  return !ys_ranks_spread(ranks, &wanted, sizeof wanted) || wanted;
}

/* One iteration, timed. Returns whether the solver can go on. */
static bool advance(ys_run *run) {
  ys_error why = {YS_OK, ""};
  run->step_started = seconds(run);
  ys_step step = run->solver->step(run->work, run->y, &why);
  run->solve_seconds += seconds(run) - run->step_started;
  run->step_started = INFINITY;
  run->iterations++;
  run->cause = why.code;
  if (step == YS_STEP_STALLED)
    stop(run, YS_RUN_STALLED, "%s", why.text);
  else if (step == YS_STEP_FAILED)
    stop(run, YS_RUN_FAILED, "%s", why.text);
  return step == YS_STEP_ON;
}

static ys_code look(ys_run *run, ys_error *error) {
  return run->host.look ? run->host.look(run, run->host.context, error) : YS_OK;
}

static ys_code loop(ys_run *run, ys_error *error) {
  long next_check = ys_run_next_check(0);
  bool done = check(run);
  ys_code code = look(run, error);
  while (!code && !done && !is_over(run) && advance(run)) {
    if (run->iterations == next_check) {
      done = check(run);
      next_check = ys_run_next_check(run->iterations);
    }
    code = look(run, error);
  }
  return code;
}

/* --------------------------------------------------- beginning and end ---- */

/* Whether the spare labels are there, of y's shape and kind. */
static bool is_like(const ys_labels *spare, const ys_labels *y) {
  return spare->rows == y->rows && spare->classes == y->classes &&
         (y->dense ? spare->dense != NULL : spare->begin != NULL);
}

static ys_code make_spare(ys_run *run, ys_error *error) {
  if (!run->keeps || is_like(run->spare, run->y))
    return YS_OK;
  ys_labels_free(run->spare);
  return ys_labels_make_like(run->spare, run->y, error);
}

/* A new work, or the one that was kept: as after init. */
static ys_code open_work(ys_run *run, ys_error *error) {
  const ys_solver *solver = run->solver;
  if (!run->kept || !*run->kept)
    return solver->init(&run->work, run->objective, run->options, run->y,
                        error);
  run->work = *run->kept;
  *run->kept = NULL;
  return solver->restart(run->work, run->y, error);
}

/* Nothing may follow a failure but its end. */
static void close_work(ys_run *run, bool failed) {
  const ys_solver *solver = run->solver;
  if (run->work && run->kept && solver->restart && !failed) {
    if (solver->heed)
      solver->heed(run->work, NULL);
    *run->kept = run->work;
  } else if (run->work)
    solver->free(run->work);
  run->work = NULL;
}

static ys_code start(ys_run *run, ys_error *error) {
  const ys_solver *solver = run->solver;
  run->end = YS_RUN_FAILED;
  run->best_bound = -INFINITY;
  run->best.objective = INFINITY;
  run->step_started = INFINITY;
  run->stop = (ys_stop){is_stop_wanted, run};
  run->keeps = !solver->descends || !solver->descends(run->options);
  const ys_ranks *ranks = run->objective->batch->ranks;
  ys_code code = ys_ranks_agree(ranks, make_spare(run, error), error);
  const double before = seconds(run);
  if (!code)
    code = ys_ranks_agree(ranks, open_work(run, error), error);
  run->setup_seconds = seconds(run) - before;
  if (!code && solver->heed)
    solver->heed(run->work, &run->stop);
  return code;
}

/* Go back to the best iterate where the last one is worse. */
static ys_code return_best(ys_run *run, ys_error *error) {
  const size_t said = strlen(run->message);
  if (!run->keeps ||
      !(run->last.objective > run->best.objective + run->verdict.floor))
    return YS_OK;
  ys_code code = assign(run, run->y, run->spare, error);
  ys_run_tighten(&run->best, run->best_bound);
  run->last = run->best;
  snprintf(run->message + said, sizeof run->message - said,
           "%siteration %ld was best and is kept", said ? "; " : "",
           run->best.iteration);
  return code;
}

/* Judge the final iterate unless it has just been: it may have reached the
 * tolerance after all, and a solver that can go no further near the floor of
 * rounding has got there. A breakdown stays one. */
static void check_last(ys_run *run) {
  const double near = 16;
  char message[sizeof run->message];
  const ys_run_end end = run->end;
  if (ys_run_is_checked(run))
    return;
  memcpy(message, run->message, sizeof message);
  const bool over = check(run);
  if (over && end == YS_RUN_FAILED)
    stop(run, end, "%s", message);
  if (!over && end == YS_RUN_STALLED)
    is_close(run, near);
}

/* For whoever asks: multipliers are the work's, and go with it. */
static void note_multipliers(ys_run *run) {
  const double *nu = proposal(run);
  if (run->nu)
    memcpy(run->nu, nu ? nu : run->scratch->nu,
           run->objective->batch->classes * sizeof *run->nu);
}

static ys_code finish(ys_run *run, ys_error *error) {
  const ys_run_host *host = &run->host;
  ys_code code = YS_OK;
  check_last(run);
  note_multipliers(run);
  if (run->lost)
    code = ys_fail_memory(error, "the best labels");
  if (!code && host->look_last)
    code = host->look_last(run, host->context, error);
  if (!code)
    code = return_best(run, error);
  if (run->end == YS_RUN_STALLED && !run->message[0])
    stop(run, YS_RUN_STALLED, "the solver can go no further");
  return code;
}

ys_code ys_run_check_ranks(const ys_solver *solver, ys_error *error) {
  return solver->over_ranks
             ? YS_OK
             : ys_fail(error, YS_UNSUPPORTED,
                       "%s does not work over ranks: exact, em, md and pgd do",
                       solver->name);
}

ys_code ys_run_check_solver(const ys_solver *solver, const ys_options *options,
                            const ys_objective *objective, ys_error *error) {
  if (solver->missing)
    return ys_fail(error, YS_UNSUPPORTED,
                   "%s was not built: install %s and build again", solver->name,
                   solver->missing);
  if (objective->batch->ranks && ys_run_check_ranks(solver, error))
    return YS_UNSUPPORTED;
  return solver->supports ? solver->supports(objective, options, error) : YS_OK;
}

ys_code ys_run_go(ys_run *run, ys_error *error) {
  ys_code code = start(run, error);
  if (!code)
    code = loop(run, error);
  if (!code)
    code = finish(run, error);
  close_work(run, code || run->end == YS_RUN_FAILED);
  return code;
}
