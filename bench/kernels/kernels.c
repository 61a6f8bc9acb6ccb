#include "bench/kernels/kernel.h"
#include "problems/certificate.h"

#include "problems/vector/array.h"

#include "solvers/proximal/simplex.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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
  return check_finite(ys_judge(d->objective, d->y, NULL, d->scratch).gap,
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

/* ------------------------------------------------- the projection ---- */

/* state: y - gradient, what a projected gradient step projects. */
static ys_code begin_projection(kernel_case *c, ys_error *error) {
  const kernel_data *d = c->data;
  const ys_batch *batch = d->objective->batch;
  const size_t count = batch->rows * batch->classes;
  double *moved = c->state = ys_array(count, sizeof *moved);
  if (!moved)
    return ys_fail_memory(error, "points to project");
  ys_objective_gradient(d->objective, d->y, moved, d->scratch);
  for (size_t i = 0; i < count; i++)
    moved[i] = d->y[i] - moved[i];
  return YS_OK;
}

static ys_code run_projection(kernel_case *c, ys_error *error) {
  const kernel_data *d = c->data;
  const ys_blocks blocks = d->scratch->blocks;
  const size_t n = d->objective->batch->classes;
  const double *moved = c->state;
  int threads = ys_block_threads(&blocks, d->objective->threads);
  (void)error;
#pragma omp parallel for schedule(static) num_threads(threads)
  for (size_t block = 0; block < blocks.count; block++)
    for (size_t i = ys_block_begin(&blocks, block);
         i < ys_block_end(&blocks, block); i++)
      ys_simplex_project(moved + i * n, d->out + i * n, n);
  return YS_OK;
}

static void free_state(kernel_case *c) {
  free(c->state);
}

/* ---------------------------------------------------- the solvers ---- */

typedef struct iterating {
  const ys_solver *solver;
  ys_options options;
  void *work;
  double *y;
  int done; /* iterations since the start, warm ones included */
} iterating;

/* From the uniform start through the warm iterations. */
static ys_code start_anew(kernel_case *c, ys_error *error) {
  iterating *w = c->state;
  if (w->work)
    w->solver->free(w->work);
  w->work = NULL;
  w->done = 0;
  ys_start_uniform(c->data->objective, w->y);
  ys_code code =
      w->solver->init(&w->work, c->data->objective, &w->options, w->y, error);
  while (!code && w->done < c->kernel->warm)
    code = kernel_solver_run(c, error);
  c->standing = false;
  return code;
}

ys_code kernel_solver_begin(kernel_case *c, ys_error *error) {
  const ys_batch *batch = c->data->objective->batch;
  iterating *w = c->state = calloc(1, sizeof *w);
  if (!w)
    return ys_fail_memory(error, "a solver");
  ys_code code =
      ys_solver_parse(c->kernel->solver, &w->solver, &w->options, error);
  if (code) {
    w->solver = NULL;
    return code;
  }
  w->y = ys_array(ys_times(batch->rows, batch->classes), sizeof *w->y);
  return w->y ? start_anew(c, error) : ys_fail_memory(error, "labels");
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
  ys_step step = w->solver->step(w->work, w->y, &why);
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
  free(w->y);
  free(w);
}

/* ------------------------------------------------------ the table ---- */

/* A solver's iteration: sigma and y go in, y comes out. Adaptive steps grow
 * from a first guess, hence the warm iterations; long before `most` of them
 * every method is still some way from the optimum, where its iterations are
 * like any other. */
#define SOLVER(WARM, MOST)                                                     \
  .warm = WARM, .most = MOST, .arrays = 3, .begin = kernel_solver_begin,       \
  .ready = kernel_solver_ready, .run = kernel_solver_run,                      \
  .end = kernel_solver_end

static const kernel em = {.name = "em",
                          .about = "one EM iteration",
                          .solver = "em",
                          .small = 3,
                          .target = 2,
                          SOLVER(2, 60)};
static const kernel pgd = {.name = "pgd",
                           .about = "one projected gradient iteration, Armijo",
                           .solver = "pgd",
                           .small = 3,
                           .target = 3,
                           SOLVER(3, 12)};
static const kernel pgd_fixed = {
    .name = "pgd-fixed",
    .about = "one projected gradient iteration, step 1e-4",
    .solver = "pgd:step=0.0001",
    .small = 3,
    .target = 3,
    SOLVER(2, 20)};
static const kernel md = {.name = "md",
                          .about = "one mirror descent iteration, adaptive",
                          .solver = "md",
                          .small = 3,
                          .target = 3,
                          SOLVER(3, 12)};
static const kernel md_fixed = {.name = "md-fixed",
                                .about = "one mirror descent iteration, step 1",
                                .solver = "md:step=1",
                                .small = 3,
                                .target = 3,
                                SOLVER(2, 60)};
static const kernel fw = {.name = "fw",
                          .about = "one pairwise Frank-Wolfe sweep",
                          .solver = "fw",
                          SOLVER(1, 4)};
static const kernel projection = {.name = "simplex",
                                  .about = "projecting every row",
                                  .arrays = 2,
                                  .begin = begin_projection,
                                  .run = run_projection,
                                  .end = free_state};
static const kernel objective = {.name = "objective",
                                 .about = "the objective",
                                 .arrays = 2,
                                 .run = run_objective};
static const kernel gradient = {.name = "gradient",
                                .about = "the objective and its gradient",
                                .arrays = 3,
                                .run = run_gradient};
static const kernel judge = {.name = "judge",
                             .about = "the objective and the certified gap",
                             .arrays = 2,
                             .run = run_judge};
static const kernel bound = {.name = "gradient+bound",
                             .about = "objective, gradient and lower bound",
                             .arrays = 3,
                             .small = 2,
                             .target = 2,
                             .run = run_bound};
static const kernel both = {.name = "gradient+judge",
                            .about = "objective, gradient and certified gap",
                            .arrays = 3,
                            .small = 2,
                            .target = 2,
                            .run = run_both};

const kernel *const kernels[] = {&em,
                                 &pgd,
                                 &pgd_fixed,
                                 &md,
                                 &md_fixed,
                                 &fw,
                                 &projection,
                                 &objective,
                                 &gradient,
                                 &judge,
                                 &bound,
                                 &both,
                                 &kernel_ipm,
                                 &kernel_ipm_system,
                                 &kernel_ipm_syrk,
                                 NULL};
