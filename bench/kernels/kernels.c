#include "bench/kernels/kernel.h"

#include "problems/certificate.h"
#include "problems/vector/array.h"

#include <math.h>

static ys_labels labels_of(const kernel_data *d, const double *y) {
  const ys_batch *batch = d->objective->batch;
  return ys_labels_view(y, batch->rows, batch->classes);
}

/* ------------------------------------------------- the evaluations ---- */

static ys_code check_finite(double value, ys_error *error) {
  return isfinite(value)
             ? YS_OK
             : ys_fail(error, YS_BAD_NUMERICS, "the objective is not finite");
}

static ys_code run_objective(kernel_case *c, ys_error *error) {
  const kernel_data *d = c->data;
  return check_finite(ys_objective_value(d->objective, d->y, d->scratch),
                      error);
}

static ys_code run_gradient(kernel_case *c, ys_error *error) {
  const kernel_data *d = c->data;
  return check_finite(
      ys_objective_gradient(d->objective, d->y, d->out, d->scratch), error);
}

static ys_code run_judge(kernel_case *c, ys_error *error) {
  const kernel_data *d = c->data;
  const ys_labels y = labels_of(d, d->y);
  return check_finite(ys_certify(d->objective, &y, NULL, d->scratch).gap,
                      error);
}

/* The dual function at y's own multipliers. */
static ys_code run_bound(kernel_case *c, ys_error *error) {
  const kernel_data *d = c->data;
  ys_code code = run_gradient(c, error);
  return code ? code
              : check_finite(
                    ys_lower_bound(d->objective, d->scratch->nu, d->scratch),
                    error);
}

static ys_code run_both(kernel_case *c, ys_error *error) {
  ys_code code = run_gradient(c, error);
  return code ? code : run_judge(c, error);
}

/* ---------------------------------------------------- the solvers ---- */

typedef struct iterating {
  const ys_solver *solver;
  ys_options options;
  void *work;
  int done; /* iterations since the start, warm ones included */
} iterating;

/* From the uniform start through the warm iterations. */
static ys_code start_anew(kernel_case *c, ys_error *error) {
  iterating *w = c->state;
  if (w->work)
    w->solver->free(w->work);
  w->work = NULL;
  w->done = 0;
  ys_start_uniform(c->data->objective, c->y);
  ys_labels y = labels_of(c->data, c->y);
  ys_code code =
      w->solver->init(&w->work, c->data->objective, &w->options, &y, error);
  while (!code && w->done < c->kernel->warm)
    code = kernel_solver_run(c, error);
  c->standing = false;
  return code;
}

ys_code kernel_solver_begin(kernel_case *c, ys_error *error) {
  const ys_batch *batch = c->data->objective->batch;
  iterating *w = c->state = ys_take(&c->memory, 1, sizeof *w, "a solver");
  if (!w)
    return ys_memory_check(&c->memory, error);
  ys_code code =
      ys_solver_parse(c->kernel->solver, &w->solver, &w->options, error);
  if (code) {
    w->solver = NULL;
    return code;
  }
  c->y = ys_take_numbers(&c->memory, ys_times(batch->rows, batch->classes),
                         "labels");
  return c->y ? start_anew(c, error) : ys_memory_check(&c->memory, error);
}

ys_code kernel_solver_ready(kernel_case *c, ys_error *error) {
  const iterating *w = c->state;
  if (!c->standing && w->done < c->kernel->most)
    return YS_OK;
  return start_anew(c, error);
}

ys_code kernel_solver_run(kernel_case *c, ys_error *error) {
  iterating *w = c->state;
  ys_error why = {YS_OK, ""}; /* of a stall, too, which is no failure here */
  ys_labels y = labels_of(c->data, c->y);
  ys_step step = w->solver->step(w->work, &y, &why);
  w->done++;
  c->standing = step == YS_STEP_STALLED;
  return step == YS_STEP_FAILED
             ? ys_fail(error, YS_BAD_NUMERICS, "%s", why.text)
             : YS_OK;
}

void kernel_solver_end(kernel_case *c) {
  iterating *w = c->state;
  if (!w)
    return;
  if (w->work)
    w->solver->free(w->work);
  if (w->solver)
    ys_options_free(&w->options);
}

/* ------------------------------------------------------ the table ---- */

/* A solver's iteration: sigma and y go in, y comes out. Adaptive steps grow
 * from a first guess, hence the warm iterations; long before `most` of them
 * every method is still some way from the optimum, where its iterations are
 * like any other. */
#define SOLVER(NAME, ABOUT, SPEC, SMALL, TARGET, WARM, MOST)                   \
  &(const kernel) {                                                            \
    .name = NAME, .about = ABOUT, .solver = SPEC, .arrays = 3, .small = SMALL, \
    .target = TARGET, .warm = WARM, .most = MOST,                              \
    .begin = kernel_solver_begin, .ready = kernel_solver_ready,                \
    .run = kernel_solver_run, .end = kernel_solver_end                         \
  }
#define EVALUATION(NAME, ABOUT, RUN, ARRAYS, TARGET)                           \
  &(const kernel) {                                                            \
    .name = NAME, .about = ABOUT, .arrays = ARRAYS, .small = TARGET,           \
    .target = TARGET, .run = RUN                                               \
  }

const kernel *const kernels[] = {
    SOLVER("em", "one EM iteration", "em", 3, 2, 2, 60),
    SOLVER("pgd", "one projected gradient iteration, Armijo", "pgd", 3, 3, 3,
           12),
    SOLVER("pgd-fixed", "one projected gradient iteration, step 1e-4",
           "pgd:step=0.0001", 3, 3, 2, 20),
    SOLVER("md", "one mirror descent iteration, adaptive", "md", 3, 3, 3, 12),
    SOLVER("md-fixed", "one mirror descent iteration, step 1", "md:step=1", 3,
           3, 2, 60),
    SOLVER("fw", "one pairwise Frank-Wolfe sweep", "fw", 0, 0, 1, 4),
    EVALUATION("objective", "the objective", run_objective, 2, 0),
    EVALUATION("gradient", "the objective and its gradient", run_gradient, 3,
               0),
    EVALUATION("judge", "the objective and the certified gap", run_judge, 2, 0),
    EVALUATION("gradient+bound", "objective, gradient and lower bound",
               run_bound, 3, 2),
    EVALUATION("gradient+judge", "objective, gradient and certified gap",
               run_both, 3, 2),
    &kernel_ipm,
    &kernel_ipm_system,
    &kernel_ipm_syrk,
    NULL};
