#include "bench/kernels/ysteps.h"

#include "bench/kernels/measure.h"
#include "bench/system/clock_and_signals.h"
#include "problems/certificate.h"
#include "problems/problem.h"
#include "solvers/solver.h"

#include <math.h>
#include <string.h>

enum { ROWS = 256, CLASSES = 10, SOLVERS = 2 };

static const char *const solvers[SOLVERS] = {"fw", "exact"};
static const double lambdas[] = {1, 10};

/* What goes on from batch to batch. */
typedef struct loop {
  ys_batch batch; /* the one that is worked on */
  ys_objective objective;
  ys_scratch scratch; /* the judge's */
  ys_labels y;
  const ys_solver *solver;
  void *work;
} loop;

static void end_loop(loop *l) {
  if (l->work)
    l->solver->free(l->work);
  ys_labels_free(&l->y);
  ys_scratch_free(&l->scratch);
  ys_objective_free(&l->objective);
  ys_batch_free(&l->batch);
}

static ys_code open_work(loop *l, const char *solver, ys_error *error) {
  ys_options options;
  ys_code code = ys_solver_parse(solver, &l->solver, &options, error);
  if (code)
    return code;
  code = l->solver->init(&l->work, &l->objective, &options, &l->y, error);
  ys_options_free(&options);
  return code;
}

static ys_code begin_loop(loop *l, const char *solver, double lambda,
                          const double *sigma, ys_error *error) {
  *l = (loop){0};
  ys_code code = ys_batch_alloc(&l->batch, "mini-batch", ROWS, CLASSES, error);
  if (!code) {
    memcpy(l->batch.sigma, sigma, sizeof(double[ROWS][CLASSES]));
    code = ys_objective_init(&l->objective, &l->batch, YS_COLLISION, YS_STRONG,
                             lambda, NULL, 1, error);
  }
  if (!code)
    code = ys_scratch_init(&l->scratch, &l->objective, error);
  if (!code)
    code = ys_labels_make_dense(&l->y, ROWS, CLASSES, error);
  if (!code) {
    ys_start_uniform(&l->objective, l->y.dense);
    code = open_work(l, solver, error);
  }
  return code;
}

static double gap_of(loop *l) {
  const double *hint =
      l->solver->multipliers ? l->solver->multipliers(l->work) : NULL;
  return ys_certify(&l->objective, &l->y, hint, &l->scratch).gap;
}

/* One y-step; its seconds. */
static ys_code solve(loop *l, const double *sigma, double *seconds,
                     ys_error *error) {
  enum { MOST_STEPS = 200 };
  const double tolerance = 1e-6;
  memcpy(l->batch.sigma, sigma, sizeof(double[ROWS][CLASSES]));
  ys_start_uniform(&l->objective, l->y.dense);
  l->scratch.knows_top = false;
  const double before = clock_seconds();
  ys_code code = l->solver->restart(l->work, &l->y, error);
  for (int i = 0; !code && i < MOST_STEPS; i++) {
    if (l->solver->step(l->work, &l->y, error) == YS_STEP_FAILED)
      return YS_BAD_NUMERICS;
    if (gap_of(l) <= tolerance) {
      *seconds = clock_seconds() - before;
      return YS_OK;
    }
  }
  return code ? code
              : ys_fail(error, YS_BAD_NUMERICS, "%s does not converge",
                        l->solver->name);
}

/* Seconds of every batch, the least of all rounds but the first. */
static ys_code time_solver(const char *solver, double lambda,
                           const ys_batch *batch, size_t batches, size_t rounds,
                           double *seconds, ys_error *error) {
  loop l;
  double once = INFINITY;
  ys_code code = begin_loop(&l, solver, lambda, batch[0].sigma, error);
  for (size_t b = 0; b < batches; b++)
    seconds[b] = INFINITY;
  for (size_t round = 0; !code && round <= rounds; round++)
    for (size_t b = 0; !code && b < batches; b++) {
      code = solve(&l, batch[b].sigma, &once, error);
      if (!code && round > 0)
        seconds[b] = fmin(seconds[b], once);
    }
  end_loop(&l);
  return code;
}

static void print_row(FILE *out, const char *solver, double lambda,
                      double *seconds, double *ratios, size_t batches) {
  const quartiles q = quartiles_of(seconds, batches);
  const quartiles r = quartiles_of(ratios, batches);
  fprintf(out, "| %s | %g | %.0f (%.0f to %.0f) | %.2f (%.2f to %.2f) |\n",
          solver, lambda, 1e6 * q.median, 1e6 * q.low, 1e6 * q.high, r.median,
          r.low, r.high);
}

static ys_code measure(const ys_batch *batch, size_t batches, size_t rounds,
                       double *room, FILE *out, ys_error *error) {
  double *fw = room, *seconds = room + batches, *ratios = room + 2 * batches;
  ys_code code = YS_OK;
  fprintf(out, "| solver | lambda | microseconds a y-step | of fw's |\n"
               "| --- | ---: | ---: | ---: |\n");
  for (size_t l = 0; l < sizeof lambdas / sizeof *lambdas; l++)
    for (size_t s = 0; !code && s < SOLVERS; s++) {
      code = time_solver(solvers[s], lambdas[l], batch, batches, rounds,
                         seconds, error);
      if (s == 0)
        memcpy(fw, seconds, batches * sizeof *fw);
      for (size_t b = 0; b < batches; b++)
        ratios[b] = seconds[b] / fw[b];
      if (!code)
        print_row(out, solvers[s], lambdas[l], seconds, ratios, batches);
    }
  return code;
}

static ys_code make_batches(ys_batch *batch, size_t batches, ys_error *error) {
  char spec[64];
  ys_code code = YS_OK;
  for (size_t b = 0; !code && b < batches; b++) {
    snprintf(spec, sizeof spec, "gaussian:M=%d,K=%d,scale=4,skew=1,seed=%zu",
             ROWS, CLASSES, b + 1);
    code = ys_problem_make(spec, 1, batch + b, error);
  }
  return code;
}

ys_code ysteps_measure(size_t batches, size_t rounds, FILE *out,
                       ys_error *error) {
  ys_memory memory = {0};
  ys_batch *batch = ys_take(&memory, batches, sizeof *batch, "mini-batches");
  double *room = ys_take(&memory, batches, sizeof(double[3]), "their seconds");
  ys_code code = ys_memory_check(&memory, error);
  if (!code)
    code = make_batches(batch, batches, error);
  if (!code)
    code = measure(batch, batches, rounds, room, out, error);
  for (size_t b = 0; batch && b < batches; b++)
    ys_batch_free(batch + b);
  ys_give_back(&memory);
  return code;
}
