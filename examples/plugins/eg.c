/* A solver in a file of its own: exponentiated gradient with the step
 * eta / sqrt(t) (Kivinen and Warmuth, Information and Computation 132, 1997).
 *
 *   cc -shared -fPIC -O3 eg.c -o eg.so $(pkg-config --cflags ystep)
 *   ystep run -p dirichlet:M=300,K=5 -s ./eg.so:step=2 em -o out */
#include <math.h>
#include <stdlib.h>
#include <ystep/solvers/solver.h>

typedef struct eg {
  const ys_objective *objective;
  ys_scratch scratch; /* what evaluating needs */
  double *gradient;   /* M x K */
  double step;
  long t;
} eg;

static void eg_free(void *work) {
  eg *w = work;
  if (!w)
    return;
  ys_scratch_free(&w->scratch);
  free(w->gradient);
  free(w);
}

static ys_code eg_init(void **work, const ys_objective *objective,
                       const ys_options *options, ys_labels *y,
                       ys_error *error) {
  eg *w = calloc(1, sizeof *w);
  *work = NULL;
  if (!w)
    return ys_fail_memory(error, "eg");
  w->objective = objective;
  w->step = ys_options_number(options, "step");
  w->gradient = calloc(y->rows * y->classes, sizeof *w->gradient);
  ys_code code = w->gradient ? ys_scratch_init(&w->scratch, objective, error)
                             : ys_fail_memory(error, "eg's gradient");
  if (code)
    eg_free(w);
  else
    *work = w;
  return code;
}

/* One row: y_k exp(-eta g_k), scaled to sum to 1. */
static void update_row(double *y, const double *gradient, double eta,
                       size_t n) {
  double least = INFINITY, sum = 0;
  for (size_t k = 0; k < n; k++)
    least = fmin(least, gradient[k]);
  for (size_t k = 0; k < n; k++)
    sum += y[k] *= exp(-eta * (gradient[k] - least));
  for (size_t k = 0; k < n; k++)
    y[k] /= sum;
}

static ys_step eg_step(void *work, ys_labels *y, ys_error *error) {
  eg *w = work;
  const size_t n = y->classes;
  const double eta = w->step / sqrt((double)++w->t);
  const double value =
      ys_objective_gradient(w->objective, y->dense, w->gradient, &w->scratch);
  if (!isfinite(value)) {
    ys_objective_check_finite(w->objective, y, &w->scratch, error);
    return YS_STEP_FAILED;
  }
  for (size_t i = 0; i < y->rows; i++)
    update_row(y->dense + i * n, w->gradient + i * n, eta, n);
  return YS_STEP_ON;
}

static const ys_option eg_options[] = {
    {"step", YS_REAL, "1", 1e-6, 1e6, NULL, "first step, in units of y"},
    {.name = NULL}};

static const ys_solver ys_eg = {
    .name = "eg",
    .summary = "exponentiated gradient with a step that shrinks",
    .options = eg_options,
    .init = eg_init,
    .step = eg_step,
    .free = eg_free,
};

YS_PLUGIN(ys_eg)
