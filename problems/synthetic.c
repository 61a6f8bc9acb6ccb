/* Batches drawn at random: rows from a symmetric Dirichlet distribution, and
 * softmax rows of Gaussian logits with a drift from class to class. */
#include "noise.h"
#include "problem.h"
#include "rng.h"

#include <gsl/gsl_randist.h>
#include <stdlib.h>

typedef struct recipe {
  ys_batch *batch;
  double *alpha;      /* dirichlet: K parameters */
  double scale, skew; /* gaussian */
} recipe;

static ys_code alloc(const char *name, const ys_options *options,
                     ys_batch *batch, ys_error *error) {
  return ys_batch_alloc(batch, name, (size_t)ys_options_number(options, "M"),
                        (size_t)ys_options_number(options, "K"), error);
}

/* Fill an allocated batch and shake it; free it again if that fails. */
static ys_code draw(const char *name, const ys_options *options, int threads,
                    ys_rng_row *fill, recipe *r, ys_error *error) {
  uint64_t seed = (uint64_t)ys_options_number(options, "seed");
  ys_code code =
      ys_rng_rows(r->batch->rows, seed, YS_RNG_DATA, threads, fill, r, error);
  if (!code)
    return ys_batch_add_noise(r->batch, name, options, threads, error);
  ys_batch_free(r->batch);
  return code;
}

/* GSL draws in logarithms when all its gamma variates underflow, so a small
 * alpha gives near one-hot rows, not 0 / 0. */
static void dirichlet_row(gsl_rng *rng, size_t row, void *context) {
  const recipe *r = context;
  size_t classes = r->batch->classes;
  gsl_ran_dirichlet(rng, classes, r->alpha, r->batch->sigma + row * classes);
}

static ys_code make_dirichlet(const ys_options *options, int threads,
                              ys_batch *batch, ys_error *error) {
  ys_code code = alloc("dirichlet", options, batch, error);
  if (code)
    return code;
  double *alpha = malloc(batch->classes * sizeof *alpha);
  if (!alpha) {
    ys_batch_free(batch);
    return ys_fail_memory(error, "the parameters of dirichlet");
  }
  for (size_t k = 0; k < batch->classes; k++)
    alpha[k] = ys_options_number(options, "alpha");
  recipe r = {.batch = batch, .alpha = alpha};
  code = draw("dirichlet", options, threads, dirichlet_row, &r, error);
  free(alpha);
  return code;
}

static void gaussian_row(gsl_rng *rng, size_t row, void *context) {
  const recipe *r = context;
  size_t classes = r->batch->classes;
  double *logits = r->batch->sigma + row * classes;
  for (size_t k = 0; k < classes; k++)
    logits[k] = r->scale * gsl_ran_gaussian_ziggurat(rng, 1) +
                r->skew * (0.5 - (double)k / (double)(classes - 1));
  /* Finite logits are never refused. */
  ys_batch_softmax_row(r->batch, "gaussian", row, NULL);
}

static ys_code make_gaussian(const ys_options *options, int threads,
                             ys_batch *batch, ys_error *error) {
  ys_code code = alloc("gaussian", options, batch, error);
  if (code)
    return code;
  recipe r = {.batch = batch,
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
    .make = make_dirichlet,
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
    .make = make_gaussian,
};
