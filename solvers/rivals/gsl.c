/* The GNU Scientific Library's generic minimisers (GSL reference manual,
 * "Multidimensional Minimization") on unconstrained theta, M x K, with y_i =
 * softmax(theta_i). What a user without a method for the y-step would try.
 *
 *   dF/dtheta_ik = (1/M) y_ik (G_ik - sum_j y_ij G_ij),   G = M dF/dy per row.
 *
 * A row that comes near a vertex has next to no gradient left there, right
 * vertex or wrong: these methods can stall far from the optimum. */
#include "solvers/common/softmax.h"
#include "solvers/common/work.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_multimin.h>

enum { MOST_SIMPLEX_VARIABLES = 300 };

typedef struct gsl {
  ys_work work;
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
YS_HOT static void softmax_rows(const double *theta, double *y, size_t n,
                                size_t begin, size_t end) {
  for (size_t i = begin; i < end; i += n)
    ys_softmax_row(theta + i, y + i, n, -350);
}

/* dF/dtheta_k = (1/M) y_k (G_k - sum_j y_j G_j). */
YS_HOT static void chain_rows(const double *restrict y,
                              const double *restrict g, double *restrict out,
                              double rows, size_t n, size_t begin, size_t end) {
  for (size_t i = begin; i < end; i += n) {
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
  const size_t n = w->work.classes;
#pragma omp parallel for schedule(static) num_threads(ys_work_threads(&w->work))
  for (size_t block = 0; block < w->work.scratch.blocks.count; block++)
    softmax_rows(theta->data, y, n, ys_work_begin(&w->work, block),
                 ys_work_end(&w->work, block));
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
  return bounded(w,
                 ys_objective_value(w->work.objective, w->y, &w->work.scratch));
}

static void both_at(const gsl_vector *theta, void *work, double *value,
                    gsl_vector *slope) {
  gsl *w = work;
  const size_t n = w->work.classes;
  const ys_blocks *blocks = &w->work.scratch.blocks;
  labels_of(w, theta, w->y);
  *value = bounded(w, ys_objective_gradient(w->work.objective, w->y,
                                            w->gradient, &w->work.scratch));
#pragma omp parallel for schedule(static) num_threads(ys_work_threads(&w->work))
  for (size_t block = 0; block < blocks->count; block++)
    chain_rows(w->y, w->gradient, slope->data, (double)blocks->rows, n,
               ys_work_begin(&w->work, block), ys_work_end(&w->work, block));
}

static void gradient_at(const gsl_vector *theta, void *work,
                        gsl_vector *slope) {
  double value;
  both_at(theta, work, &value, slope);
}

/* ------------------------------------------------------- life cycle ---- */

/* NULL for nmsimplex2, which is of another kind. */
static const gsl_multimin_fdfminimizer_type *
method_type(const ys_options *options) {
  const struct {
    const char *name;
    const gsl_multimin_fdfminimizer_type *type;
  } methods[] = {
      {"bfgs2", gsl_multimin_fdfminimizer_vector_bfgs2},
      {"bfgs", gsl_multimin_fdfminimizer_vector_bfgs},
      {"conjugate_fr", gsl_multimin_fdfminimizer_conjugate_fr},
      {"conjugate_pr", gsl_multimin_fdfminimizer_conjugate_pr},
      {"steepest", gsl_multimin_fdfminimizer_steepest_descent},
      {"nmsimplex2", NULL},
  };
  size_t i = 0;
  while (!ys_options_is_word(options, "method", methods[i].name))
    i++;
  return methods[i].type;
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
  if (!method_type(options) && variables > MOST_SIMPLEX_VARIABLES)
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
  gsl_vector_free(w->theta);
  gsl_vector_free(w->spread);
  if (w->fdf)
    gsl_multimin_fdfminimizer_free(w->fdf);
  if (w->f)
    gsl_multimin_fminimizer_free(w->f);
  ys_work_free(w);
}

static ys_code gsl_alloc(gsl *w, const gsl_multimin_fdfminimizer_type *type,
                         ys_error *error) {
  const size_t variables = w->work.entries;
  w->y = ys_take_numbers(&w->work.memory, variables, "GSL's minimiser");
  w->gradient = ys_take_numbers(&w->work.memory, variables, "GSL's minimiser");
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
  if (w->theta && (type ? !!w->fdf : w->f && w->spread))
    return YS_OK;
  return ys_fail_memory(error, "GSL's minimiser");
}

static ys_code gsl_init(void **work, const ys_objective *objective,
                        const ys_options *options, ys_labels *y,
                        ys_error *error) {
  const double least = 1e-6; /* a zero would be frozen: its gradient is zero */
  gsl *w = ys_work_open(sizeof *w, "gsl", objective, error);
  ys_code code = w ? gsl_alloc(w, method_type(options), error) : YS_NO_MEMORY;
  code = ys_work_hand_over(work, w, code, gsl_free, error);
  if (code)
    return code;
  w->step = ys_options_number(options, "step");
  w->tol = ys_options_number(options, "tol");
  for (size_t i = 0; i < w->theta->size; i++)
    w->theta->data[i] = log(fmax(y->dense[i], least));
  labels_of(w, w->theta, y->dense);
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

static ys_step gsl_step(void *work, ys_labels *y, ys_error *error) {
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
  labels_of(w, w->f ? w->f->x : w->fdf->x, y->dense);
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
