#include "library/clock.h"
#include "library/handle.h"

#include <math.h>
#include <string.h>

/* A call under way: what ends it, beside the gap. */
typedef struct call {
  ystep_handle *handle;
  double started;
  const char *ended; /* the status, if that ended it */
} call;

/* -------------------------------------------------------------- start ---- */

static void mix(const ystep_handle *handle, ys_labels *y) {
  const double share = handle->settings.mix;
  for (size_t i = 0; share > 0 && i < y->rows * y->classes; i++)
    y->dense[i] = (1 - share) * y->dense[i] + share / (double)y->classes;
}

/* Dense labels that nobody has given. */
static void start_dense(const ystep_handle *handle, ys_labels *y) {
  if (handle->settings.start == YS_START_SIGMA)
    ys_start_sigma(&handle->objective, y->dense);
  else
    ys_start_uniform(&handle->objective, y->dense);
}

/* F at y = 1/K is finite, whatever sigma may be, but for shannon, who asks for
 * ln sigma, and for a lambda so large that products with it overflow. */
static bool is_finite_for_sure(const ystep_handle *handle) {
  return handle->settings.start == YS_START_UNIFORM &&
         handle->settings.loss != YS_SHANNON && handle->settings.lambda < 1e300;
}

static ys_code check_start(ystep_handle *handle, const ys_labels *y,
                           ys_error *error) {
  static const char *const names[] = {"uniform", "sigma", "given"};
  ys_error why;
  if (is_finite_for_sure(handle))
    return YS_OK;
  ys_code code =
      ys_objective_check_finite(&handle->objective, y, &handle->scratch, &why);
  return code ? ys_fail(error, code, "start %s: %s",
                        names[handle->settings.start], why.text)
              : YS_OK;
}

/* ---------------------------------------------------------------- run ---- */

static double seconds(void *context) {
  (void)context;
  return ys_clock_seconds();
}

/* What ends a call between two iterations. */
enum { GOES_ON, TIME_LIMIT, STOPPED };

static int find_end(const call *c) {
  const ystep_handle *handle = c->handle;
  if (atomic_load(&handle->stop))
    return STOPPED;
  return ys_clock_seconds() - c->started >= handle->settings.time_limit
             ? TIME_LIMIT
             : GOES_ON;
}

/* Ranks hear of it as they combine their numbers. */
static double say_end(void *context) {
  const call *c = context;
  const int found = find_end(c);
  return c->handle->ranks->rank == 0 || found == STOPPED ? found : GOES_ON;
}

static const char *is_over(const ys_run *run, void *context) {
  static const char *const names[] = {NULL, "time_limit", "stopped"};
  call *c = context;
  const ystep_handle *handle = c->handle;
  (void)run;
  if (ys_ranks_loss(handle->ranks))
    return ys_ranks_loss(handle->ranks);
  c->ended = names[handle->ranks ? (int)handle->rider.most : find_end(context)];
  return c->ended ? "" : NULL;
}

static bool is_stop_wanted(const ys_run *run, void *context) {
  (void)run;
  return find_end(context) != GOES_ON;
}

static void fill_results(const ys_run *run, const call *c) {
  ys_results *results = &c->handle->results;
  static const char *const names[] = {
      [YS_RUN_CONVERGED] = "converged",
      [YS_RUN_MAX_ITER] = "max_iter",
      [YS_RUN_STALLED] = "stalled",
  };
  results->objective = run->last.objective;
  results->lower_bound = run->last.lower_bound;
  results->gap = run->last.gap;
  results->row_sum_error = run->verdict.row_sum_error;
  results->least_entry = run->verdict.least_entry;
  results->iterations = (double)run->iterations;
  results->setup_seconds = run->setup_seconds;
  results->solve_seconds = run->solve_seconds;
  results->judge_seconds = run->monitor_seconds;
  results->seconds = ys_clock_seconds() - c->started;
  results->status = run->end == YS_RUN_STOPPED ? c->ended : names[run->end];
  memcpy(results->message, run->message, sizeof results->message);
}

/* From y, the start point, on. */
static ys_code go(ystep_handle *handle, double started, ys_labels *y,
                  ys_error *error) {
  const ys_settings *s = &handle->settings;
  call c = {handle, started, NULL};
  ys_run run = {
      .solver = s->solver,
      .options = &s->options,
      .objective = &handle->objective,
      .tolerance = s->tolerance,
      .max_iterations = (long)s->max_iterations,
      .y = y,
      .host = {&c, seconds, is_over, is_stop_wanted, NULL, NULL},
      .scratch = &handle->scratch,
      .spare = &handle->spare,
      .kept = ys_handle_kept(handle, y),
      .nu = handle->nu,
  };
  ys_code code = check_start(handle, y, error);
  if (!code)
    code =
        ys_run_check_solver(s->solver, &s->options, &handle->objective, error);
  handle->rider = (ys_rider){.say = say_end, .context = &c};
  if (!code)
    code = ys_run_go(&run, error);
  handle->rider = (ys_rider){.say = NULL};
  if (ys_ranks_loss(handle->ranks))
    return ys_fail(error, YS_IO, "%s", ys_ranks_loss(handle->ranks));
  if (code)
    return code;
  if (run.end == YS_RUN_FAILED)
    return ys_fail(error,
                   run.cause == YS_NO_MEMORY ? YS_NO_MEMORY : YS_BAD_NUMERICS,
                   "%s: %s", s->solver->name, run.message);
  fill_results(&run, &c);
  return YS_OK;
}

/* The end of a call, however it came: a stop that was wanted has been. */
static int end(ystep_handle *handle, ys_code code, ys_error *error) {
  atomic_store(&handle->stop, false);
  return ys_handle_return(handle, code, error);
}

/* -------------------------------------------------------------- dense ---- */

static ys_code solve_dense(ystep_handle *handle, double started,
                           const ystep_array *array, ys_labels *y,
                           ys_error *error) {
  const ys_share share = ys_batch_share(&handle->batch);
  ys_code code = YS_OK;
  if (handle->settings.start == YS_START_GIVEN)
    code = ys_share_explain(
        &share,
        ys_array_read_labels(array, handle->objective.threads, y, error),
        error);
  else
    start_dense(handle, y);
  code = ys_handle_agree(handle, code, error);
  if (!code) {
    mix(handle, y);
    code = go(handle, started, y, error);
  }
  if (!code && y->dense != array->data)
    ys_array_write_labels(array, y);
  return code;
}

int ys_solve(ystep_handle *handle, const ystep_array *sigma,
             const ystep_array *y) {
  const double started = ys_clock_seconds();
  ys_error error;
  ys_labels labels;
  if (!handle)
    return YSTEP_BAD_INPUT;
  ys_code code = ys_handle_take_dense(handle, sigma, y, false, &labels, &error);
  if (!code)
    code = solve_dense(handle, started, y, &labels, &error);
  return end(handle, code, &error);
}

/* ------------------------------------------------------------- sparse ---- */

/* The handle's sparse labels become the start point. */
static ys_code start_sparse(ystep_handle *handle, const ystep_array *sigma,
                            const ystep_sparse *given, ys_error *error) {
  if (handle->settings.start != YS_START_GIVEN)
    return ys_handle_sparse(handle, error);
  ys_code code = ys_sparse_check(given, sigma, error);
  if (!code)
    code = ys_sparse_read(given, &handle->sparse, error);
  return code ? code : ys_sparse_accept(&handle->sparse, error);
}

/* Whether the start point has all entries, or the solver wants it so. */
static bool is_dense_at_start(const ystep_handle *handle) {
  const ys_settings *s = &handle->settings;
  return !s->solver->sparse || s->start == YS_START_SIGMA ||
         (s->mix > 0 && s->start == YS_START_GIVEN);
}

/* The handle's dense labels as start_sparse has left the sparse ones. */
static ys_code widen(ystep_handle *handle, ys_error *error) {
  ys_code code = ys_handle_dense(handle, error);
  if (code)
    return code;
  ys_labels *y = &handle->dense;
  if (handle->settings.start != YS_START_GIVEN)
    start_dense(handle, y);
  else
    code = ys_labels_assign(y, &handle->sparse, error);
  mix(handle, y);
  return code;
}

static ys_code narrow(ystep_handle *handle, ys_error *error) {
  ys_labels_free(&handle->sparse);
  ys_code code = ys_labels_to_sparse(&handle->dense, &handle->sparse, error);
  if (code)
    handle->sparse = (ys_labels){0};
  return code;
}

static ys_code solve_sparse(ystep_handle *handle, double started,
                            ys_error *error) {
  const bool dense = is_dense_at_start(handle);
  const bool takes_sparse = handle->settings.solver->sparse;
  ys_code code = dense ? widen(handle, error) : YS_OK;
  if (!code && dense && takes_sparse)
    code = narrow(handle, error);
  code = ys_handle_agree(handle, code, error);
  if (!code)
    code = go(handle, started, takes_sparse ? &handle->sparse : &handle->dense,
              error);
  if (!code && !takes_sparse)
    code = narrow(handle, error);
  return code ? code : ys_labels_spell_out(&handle->sparse, error);
}

int ys_solve_sparse(ystep_handle *handle, const ystep_array *sigma,
                    ystep_sparse *y) {
  const double started = ys_clock_seconds();
  ys_error error;
  if (!handle)
    return YSTEP_BAD_INPUT;
  ys_code code = ys_handle_take(handle, sigma, &error);
  if (!code && !y)
    code = ys_fail(&error, YS_BAD_INPUT, "labels: NULL");
  if (!code)
    code = start_sparse(handle, sigma, y, &error);
  code = ys_handle_agree(handle, code, &error);
  if (!code)
    code = solve_sparse(handle, started, &error);
  if (!code && y)
    *y = (ystep_sparse){handle->sparse.rows, handle->sparse.classes,
                        handle->sparse.begin, handle->sparse.held,
                        handle->sparse.weight};
  return end(handle, code, &error);
}
