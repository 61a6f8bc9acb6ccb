/* The GNU Scientific Library's generic minimisers (GSL reference manual,
 * "Multidimensional Minimization") on unconstrained theta, M x K, with y_i =
 * softmax(theta_i). What a user without a method for the y-step would try.
 *
 *   dF/dtheta_ik = (1/M) y_ik (G_ik - sum_j y_ij G_ij),   G = M dF/dy per row.
 *
 * A row that comes near a vertex has next to no gradient left there, right
 * vertex or wrong: these methods can stall far from the optimum. */
#include "problems/vector/exp_log.h"
#include "problems/vector/simd.h"
#include "solvers/solver.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_multimin.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SIMPLEX_VARIABLES = 300 };

typedef struct gsl {
  const ys_objective *objective;
  ys_scratch scratch;
  double *y;        /* M x K: softmax of the theta that is evaluated */
  double *gradient; /* M x K: G there */
  double ceiling;   /* what GSL is told in place of an infinite F */
  double step, tol;
  bool started;
  size_t idle;                /* nmsimplex2's iterations since F last fell */
  gsl_vector *theta, *spread; /* the start point; nmsimplex2's steps */
  gsl_multimin_fdfminimizer *fdf; /* one of the two, */
  gsl_multimin_fminimizer *f;     /* nmsimplex2 */
  gsl_multimin_function_fdf with_gradient;
  gsl_multimin_function alone;
} gsl;

/* ------------------------------------------------ theta, y and back ---- */

/* y = softmax(theta). Entries stay above e^-350 of the largest, so that F is
 * finite. */
YS_INLINE void softmax(const double *restrict theta, double *restrict y,
                       size_t n) {
  double top = -INFINITY, sum = 0;
#pragma omp simd reduction(ys_most : top)
  for (size_t k = 0; k < n; k++)
    top = theta[k] > top ? theta[k] : top;
#pragma omp simd reduction(+ : sum)
  for (size_t k = 0; k < n; k++) {
    double w = theta[k] - top;
    y[k] = ys_exponential(w < -350 ? -350 : w);
    sum += y[k];
  }
  const double factor = 1 / sum;
#pragma omp simd
  for (size_t k = 0; k < n; k++)
    y[k] *= factor;
}

YS_HOT static void softmax_rows(const double *theta, double *y, size_t n,
                                size_t begin, size_t end) {
  for (size_t i = begin; i < end; i++)
    softmax(theta + i * n, y + i * n, n);
}

/* dF/dtheta from y and G. */
YS_HOT static void chain_rows(const double *restrict y,
                              const double *restrict g, double *restrict out,
                              double rows, size_t n, size_t begin, size_t end) {
  for (size_t i = begin * n; i < end * n; i += n) {
    double mean = 0;
#pragma omp simd reduction(+ : mean)
    for (size_t k = 0; k < n; k++)
      mean += y[i + k] * g[i + k];
#pragma omp simd
    for (size_t k = 0; k < n; k++)
      out[i + k] = y[i + k] * (g[i + k] - mean) / rows;
  }
}

static void labels_of(const gsl *w, const gsl_vector *theta, double *y) {
  const size_t n = w->objective->batch->classes;
  const ys_blocks *blocks = &w->scratch.blocks;
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_block_threads(blocks, w->objective->threads))
  for (size_t block = 0; block < blocks->count; block++)
    softmax_rows(theta->data, y, n, ys_block_begin(blocks, block),
                 ys_block_end(blocks, block));
}

/* GSL's line searches divide by differences of values: an infinite one would
 * shorten a step to nothing and end the search. A finite one, well above the
 * start's, shortens it by a factor. */
static double bounded(const gsl *w, double value) {
  return value < w->ceiling ? value : w->ceiling;
}

static double value_at(const gsl_vector *theta, void *work) {
  gsl *w = work;
  labels_of(w, theta, w->y);
  return bounded(w, ys_objective_value(w->objective, w->y, &w->scratch));
}

static void both_at(const gsl_vector *theta, void *work, double *value,
                    gsl_vector *slope) {
  gsl *w = work;
  const size_t n = w->objective->batch->classes;
  const ys_blocks *blocks = &w->scratch.blocks;
  labels_of(w, theta, w->y);
  *value = bounded(
      w, ys_objective_gradient(w->objective, w->y, w->gradient, &w->scratch));
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_block_threads(blocks, w->objective->threads))
  for (size_t block = 0; block < blocks->count; block++)
    chain_rows(w->y, w->gradient, slope->data, (double)blocks->rows, n,
               ys_block_begin(blocks, block), ys_block_end(blocks, block));
}

static void gradient_at(const gsl_vector *theta, void *work,
                        gsl_vector *slope) {
  double value;
  both_at(theta, work, &value, slope);
}

/* ------------------------------------------------------- life cycle ---- */

/* NULL for nmsimplex2, which is of another kind. */
static const gsl_multimin_fdfminimizer_type *method_type(const char *name) {
  if (strcmp(name, "bfgs2") == 0)
    return gsl_multimin_fdfminimizer_vector_bfgs2;
  if (strcmp(name, "bfgs") == 0)
    return gsl_multimin_fdfminimizer_vector_bfgs;
  if (strcmp(name, "conjugate_fr") == 0)
    return gsl_multimin_fdfminimizer_conjugate_fr;
  if (strcmp(name, "conjugate_pr") == 0)
    return gsl_multimin_fdfminimizer_conjugate_pr;
  if (strcmp(name, "steepest") == 0)
    return gsl_multimin_fdfminimizer_steepest_descent;
  return NULL;
}

static bool any_zero(const ys_batch *batch) {
  for (size_t i = 0; i < batch->rows * batch->classes; i++)
    if (batch->sigma[i] == 0)
      return true;
  return false;
}

static ys_code gsl_supports(const ys_objective *objective,
                            const ys_options *options, ys_error *why) {
  const size_t variables = objective->batch->rows * objective->batch->classes;
  if (ys_options_is_word(options, "method", "nmsimplex2") &&
      variables > MOST_SIMPLEX_VARIABLES)
    return ys_fail(why, YS_UNSUPPORTED,
                   "gsl: method=nmsimplex2 keeps one vertex for each variable "
                   "and takes at most %d variables; M * K is %zu",
                   MOST_SIMPLEX_VARIABLES, variables);
  if (objective->loss == YS_SHANNON && any_zero(objective->batch))
    return ys_fail(why, YS_UNSUPPORTED,
                   "gsl: a softmax has no zeros, and the shannon loss is "
                   "infinite unless y is 0 where sigma is");
  return YS_OK;
}

static void gsl_free(void *work) {
  gsl *w = work;
  if (!w)
    return;
  ys_scratch_free(&w->scratch);
  free(w->y);
  free(w->gradient);
  gsl_vector_free(w->theta);
  gsl_vector_free(w->spread);
  if (w->fdf)
    gsl_multimin_fdfminimizer_free(w->fdf);
  if (w->f)
    gsl_multimin_fminimizer_free(w->f);
  free(w);
}

static ys_code gsl_alloc(gsl *w, const ys_options *options, ys_error *error) {
  const size_t variables =
      w->objective->batch->rows * w->objective->batch->classes;
  const gsl_multimin_fdfminimizer_type *type =
      method_type(ys_options_text(options, "method"));
  ys_code code = ys_scratch_init(&w->scratch, w->objective, error);
  if (code)
    return code;
  w->y = calloc(variables, sizeof *w->y);
  w->gradient = calloc(variables, sizeof *w->gradient);
  /* GSL reports a failed allocation to its error handler, which would abort. */
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  w->theta = gsl_vector_alloc(variables);
  if (type) {
    w->fdf = gsl_multimin_fdfminimizer_alloc(type, variables);
  } else {
    w->spread = gsl_vector_alloc(variables);
    w->f = gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2,
                                         variables);
  }
  gsl_set_error_handler(handler);
  if (w->y && w->gradient && w->theta && (type ? !!w->fdf : w->f && w->spread))
    return YS_OK;
  return ys_fail_memory(error, "GSL's minimiser");
}

static ys_code gsl_init(void **work, const ys_objective *objective,
                        const ys_options *options, double *y, ys_error *error) {
  const double least = 1e-6; /* a zero would be frozen: its gradient is zero */
  *work = NULL;
  gsl *w = calloc(1, sizeof *w);
  if (!w)
    return ys_fail_memory(error, "gsl");
  w->objective = objective;
  w->step = ys_options_number(options, "step");
  w->tol = ys_options_number(options, "tol");
  ys_code code = gsl_alloc(w, options, error);
  if (code) {
    gsl_free(w);
    return code;
  }
  for (size_t i = 0; i < w->theta->size; i++)
    w->theta->data[i] = log(fmax(y[i], least));
  labels_of(w, w->theta, y);
  *work = w;
  return YS_OK;
}

/* ------------------------------------------------------------ a step ---- */

static int start(gsl *w) {
  const size_t variables = w->theta->size;
  w->started = true;
  w->ceiling = INFINITY;
  w->ceiling = 1e3 * (1 + fabs(value_at(w->theta, w)));
  w->with_gradient =
      (gsl_multimin_function_fdf){value_at, gradient_at, both_at, variables, w};
  w->alone = (gsl_multimin_function){value_at, variables, w};
  if (w->f) {
    gsl_vector_set_all(w->spread, w->step);
    return gsl_multimin_fminimizer_set(w->f, &w->alone, w->theta, w->spread);
  }
  return gsl_multimin_fdfminimizer_set(w->fdf, &w->with_gradient, w->theta,
                                       w->step * sqrt((double)variables),
                                       w->tol);
}

/* The best vertex often stays best for a while; it has collapsed if it does for
 * many rounds of all vertices. (The size that GSL reports stops falling at some
 * 1e-8, where its running sums are worn out by rounding.) */
static int iterate_simplex(gsl *w) {
  const size_t patience = 10 * (w->theta->size + 1);
  const double before = w->f->fval;
  int status = gsl_multimin_fminimizer_iterate(w->f);
  w->idle = w->f->fval < before ? 0 : w->idle + 1;
  return !status && w->idle >= patience ? GSL_ENOPROG : status;
}

/* One iteration. Without progress, once more from scratch, in the direction of
 * steepest descent. */
static int iterate(gsl *w) {
  int status = GSL_ENOPROG;
  if (w->f)
    return iterate_simplex(w);
  const double before = w->fdf->f;
  for (int attempt = 0; attempt < 2 && status == GSL_ENOPROG; attempt++) {
    if (attempt > 0)
      gsl_multimin_fdfminimizer_restart(w->fdf);
    status = gsl_multimin_fdfminimizer_iterate(w->fdf);
    if (!status && !(w->fdf->f < before))
      status = GSL_ENOPROG;
  }
  return status;
}

static ys_step gsl_step(void *work, double *y, ys_error *error) {
  gsl *w = work;
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  int status = w->started ? GSL_SUCCESS : start(w);
  if (!status)
    status = iterate(w);
  gsl_set_error_handler(handler);
  const double value = w->f ? w->f->fval : w->fdf->f;
  if (status == GSL_ENOPROG)
    return YS_STEP_STALLED;
  if (status || !(value < w->ceiling)) {
    ys_fail(error, YS_BAD_NUMERICS, "GSL's minimiser broke down: %s",
            status ? gsl_strerror(status) : "it left the domain");
    return YS_STEP_FAILED;
  }
  labels_of(w, w->f ? w->f->x : w->fdf->x, y);
  return YS_STEP_ON;
}

static const ys_option gsl_options[] = {
    {"method", YS_WORD, "bfgs2", 0, 0,
     "bfgs2|bfgs|conjugate_fr|conjugate_pr|steepest|nmsimplex2",
     "which of GSL's minimisers"},
    {"step", YS_REAL, "1", 1e-9, 1e9, NULL,
     "first step, root mean square over the entries of theta"},
    {"tol", YS_REAL, "0.1", 1e-9, 1, NULL,
     "accuracy of the line search, as GSL takes it"},
    {0}};

const ys_solver ys_gsl = {
    .name = "gsl",
    .summary = "GSL's generic minimisers on y = softmax(theta)",
    .options = gsl_options,
    .supports = gsl_supports,
    .init = gsl_init,
    .step = gsl_step,
    .free = gsl_free,
};
