/* Batches drawn at random: rows from a symmetric Dirichlet distribution, and
 * softmax rows of Gaussian logits with a drift from class to class. */
#include "problems/generators/noise.h"
#include "problems/generators/rng.h"
#include "problems/problem.h"
#include "problems/vector/array.h"

#include <gsl/gsl_randist.h>
#include <stdlib.h>

/* The batch holds rows `first` and on of the whole. */
typedef struct recipe {
  ys_batch *batch;
  size_t first;
  double *alpha;      /* dirichlet: K parameters */
  double scale, skew; /* gaussian */
} recipe;

/* Fill the batch and shake it. */
static ys_code draw(const char *name, const ys_options *options, int threads,
                    ys_rng_row *fill, recipe *r, ys_error *error) {
  uint64_t seed = (uint64_t)ys_options_number(options, "seed");
  ys_code code = ys_rng_rows(r->first, r->batch->rows, seed, YS_RNG_DATA,
                             threads, fill, r, error);
  return code ? code
              : ys_batch_add_noise(r->batch, name, options, r->first, threads,
                                   error);
}

/* GSL draws in logarithms when all its gamma variates underflow, so a small
 * alpha gives near one-hot rows, not 0 / 0. */
static void dirichlet_row(gsl_rng *rng, size_t row, void *context) {
  const recipe *r = context;
  size_t classes = r->batch->classes;
  gsl_ran_dirichlet(rng, classes, r->alpha,
                    r->batch->sigma + (row - r->first) * classes);
}

static ys_code draw_dirichlet(const ys_options *options, size_t first,
                              int threads, ys_batch *batch, ys_error *error) {
  double *alpha = ys_array(batch->classes, sizeof *alpha);
  if (!alpha)
    return ys_fail_memory(error, "the parameters of dirichlet");
  for (size_t k = 0; k < batch->classes; k++)
    alpha[k] = ys_options_number(options, "alpha");
  recipe r = {.batch = batch, .first = first, .alpha = alpha};
  ys_code code = draw("dirichlet", options, threads, dirichlet_row, &r, error);
  free(alpha);
  return code;
}

static void gaussian_row(gsl_rng *rng, size_t row, void *context) {
  const recipe *r = context;
  size_t classes = r->batch->classes;
  double *logits = r->batch->sigma + (row - r->first) * classes;
  for (size_t k = 0; k < classes; k++)
    logits[k] = r->scale * gsl_ran_gaussian_ziggurat(rng, 1) +
                r->skew * (0.5 - (double)k / (double)(classes - 1));
  /* Finite logits are never refused. */
  ys_batch_softmax_row(r->batch, "gaussian", row - r->first, NULL);
}

static ys_code draw_gaussian(const ys_options *options, size_t first,
                             int threads, ys_batch *batch, ys_error *error) {
  recipe r = {.batch = batch,
              .first = first,
              .scale = ys_options_number(options, "scale"),
              .skew = ys_options_number(options, "skew")};
  return draw("gaussian", options, threads, gaussian_row, &r, error);
}

#define SHAPE_OPTIONS                                                          \
  {"M", YS_INTEGER, "5000", 1, 1e8, NULL, "rows"}, {                           \
    "K", YS_INTEGER, "20", 2, 1e5, NULL, "classes"                             \
  }
#define SEED_OPTION                                                            \
  { "seed", YS_INTEGER, "1", 0, 1e15, NULL, "seed of the random numbers" }

static const ys_option dirichlet_options[] = {
    SHAPE_OPTIONS,
    {"alpha", YS_REAL, "1", 1e-9, 1e9, NULL,
     "the parameter of every class; below 1 rows are peaked"},
    SEED_OPTION,
    YS_NOISE_OPTIONS,
    {.name = NULL},
};

const ys_problem ys_dirichlet = {
    .name = "dirichlet",
    .summary = "rows drawn from a symmetric Dirichlet distribution",
    .options = dirichlet_options,
    .draw = draw_dirichlet,
};

static const ys_option gaussian_options[] = {
    SHAPE_OPTIONS,
    {"scale", YS_REAL, "1", 0, 1e6, NULL, "standard deviation of the logits"},
    {"skew", YS_REAL, "0", -1e6, 1e6, NULL,
     "mean logit of the first class minus that of the last"},
    SEED_OPTION,
    YS_NOISE_OPTIONS,
    {.name = NULL},
};

const ys_problem ys_gaussian = {
    .name = "gaussian",
    .summary = "softmax rows of Gaussian logits that may drift over classes",
    .options = gaussian_options,
    .draw = draw_gaussian,
};
