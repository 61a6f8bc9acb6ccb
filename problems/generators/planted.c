/* A batch made to fit a chosen optimum. For collision + strong, labels y with
 * column means ybar are optimal exactly if there are row multipliers mu_i with
 *
 *   sigma_ik / x_i + nu_k <= mu_i,   equal where y_ik > 0,
 *   x_i = sigma_i . y_i,   nu_k = lambda u_k / ybar_k
 *
 * (the KKT conditions of the convex problem, docs/method.md, section 1). Summed
 * against y_i they give mu_i = 1 + nu . y_i. So choose y and slacks s_ik >= 0
 * that are 0 on the support of y_i, and read the data off:
 *
 *   sigma_ik = x_i (mu_i - nu_k - s_ik),   x_i = 1 / sum_k (mu_i - nu_k -
 * s_ik).
 *
 * No sigma is negative if the nu_k lie within 1 of each other. The idea of a
 * generator that plants a primal-dual optimum is from SCS's test problems. */
#include "problems/blocks.h"
#include "problems/generators/rng.h"
#include "problems/memory.h"
#include "problems/problem.h"
#include "problems/vector/array.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_log.h>
#include <math.h>
#include <stdlib.h>

typedef struct planting {
  size_t rows, classes;
  double *labels;   /* M x K: y; the batch's, too */
  double *share;    /* K: the column means that y is laid out to have */
  double *relative; /* K: nu_k - lambda; the same for all k is no change */
  ys_sum *sums;     /* K: a compensated sum for each column */
  size_t *order;    /* M: which row receives the i-th piece of the layout */
  double *sigma;    /* M x K: the data to make; the batch's */
  ys_memory memory; /* of the rest */
} planting;

static ys_code alloc_planting(planting *p, ys_batch *batch, ys_error *error) {
  const char *what = "the labels of planted";
  size_t rows = batch->rows, classes = batch->classes;
  *p = (planting){.rows = rows, .classes = classes, .sigma = batch->sigma};
  p->share = ys_take_numbers(&p->memory, classes, what);
  p->relative = ys_take_numbers(&p->memory, classes, what);
  p->sums = ys_take(&p->memory, classes, sizeof *p->sums, what);
  p->order = ys_take(&p->memory, rows, sizeof *p->order, what);
  batch->planted_labels = p->labels =
      calloc(ys_times(rows, classes), sizeof *p->labels);
  if (!p->labels)
    p->memory.lacking = what;
  ys_code code = ys_memory_check(&p->memory, error);
  if (code)
    ys_give_back(&p->memory);
  return code;
}

/* Column means (1 + d) / K with d evenly spaced in [-most, most], in random
 * order. nu then spreads over lambda 2 most / (1 - most^2), and `most` is the
 * root that makes this 0.8, or 0.6 where a small lambda would allow more. */
static void choose_shares(gsl_rng *rng, double lambda, planting *p) {
  double most = fmin(0.6, 0.8 / (lambda + sqrt(lambda * lambda + 0.64)));
  double classes = (double)p->classes;
  for (size_t k = 0; k < p->classes; k++)
    p->share[k] = (1 + most * (1 - 2 * (double)k / (classes - 1))) / classes;
  gsl_ran_shuffle(rng, p->share, p->classes, sizeof *p->share);
}

/* Lay the columns one after the other on a line of length M, M share_k each;
 * the i-th piece of length 1 becomes a row of y. */
static void lay_out(gsl_rng *rng, planting *p) {
  for (size_t i = 0; i < p->rows; i++)
    p->order[i] = i;
  gsl_ran_shuffle(rng, p->order, p->rows, sizeof *p->order);
  double length = (double)p->rows, begin = 0;
  for (size_t k = 0; k < p->classes; k++) {
    double end = k + 1 < p->classes ? begin + length * p->share[k] : length;
    for (size_t i = (size_t)begin; (double)i < end; i++) {
      double piece = fmin(end, (double)(i + 1)) - fmax(begin, (double)i);
      p->labels[p->order[i] * p->classes + k] = piece;
    }
    begin = end;
  }
}

static size_t largest(const double *row, size_t classes) {
  size_t best = 0;
  for (size_t k = 1; k < classes; k++)
    if (row[k] > row[best])
      best = k;
  return best;
}

/* Give some of row a's largest class to row b, and as much of row b's largest
 * class back: row and column sums stay, each row gains a class at most. */
static void exchange(gsl_rng *rng, planting *p, size_t row_a, size_t row_b) {
  double *a = p->labels + row_a * p->classes;
  double *b = p->labels + row_b * p->classes;
  size_t from_a = largest(a, p->classes), from_b = largest(b, p->classes);
  if (from_a == from_b)
    return;
  double amount = gsl_ran_flat(rng, 0.05, 0.95) * fmin(a[from_a], b[from_b]);
  a[from_a] -= amount;
  b[from_a] += amount;
  b[from_b] -= amount;
  a[from_b] += amount;
}

/* Rows come in random order, so neighbours are a random pair. The second round
 * makes rows of three classes. */
static void mix(gsl_rng *rng, planting *p) {
  for (size_t i = 0; i + 1 < p->rows; i += 2)
    if (gsl_rng_uniform(rng) < 0.6)
      exchange(rng, p, i, i + 1);
  size_t half = p->rows / 2;
  for (size_t i = 0; i < half; i++)
    if (gsl_rng_uniform(rng) < 0.3)
      exchange(rng, p, i, i + half);
}

/* relative_k = lambda u_k / ybar_k - lambda, from the finished labels; returns
 * KL(u || ybar). With ybar = u (1 + e) that is sum_k u_k (e_k - ln(1 + e_k)),
 * since the u_k e_k add up to 0: a large lambda, with its small e, then does
 * not blow up the rounding of logarithms near 1. */
static double find_multipliers(double lambda, planting *p) {
  double uniform = 1 / (double)p->classes;
  ys_sum divergence = {0, 0};
  for (size_t i = 0; i < p->rows; i++)
    for (size_t k = 0; k < p->classes; k++)
      ys_sum_add(&p->sums[k], p->labels[i * p->classes + k]);
  for (size_t k = 0; k < p->classes; k++) {
    double mean = ys_sum_value(&p->sums[k]) / (double)p->rows;
    double excess = (mean - uniform) / uniform;
    p->relative[k] = -lambda * excess / (1 + excess);
    ys_sum_add(&divergence, -uniform * gsl_sf_log_1plusx_mx(excess));
  }
  return ys_sum_value(&divergence);
}

/* Which part of its largest possible value an entry off the support takes:
 * often none, sometimes nearly all, mostly little. */
static double draw_part(gsl_rng *rng) {
  double kind = gsl_rng_uniform(rng), x = gsl_rng_uniform(rng);
  if (kind < 0.25)
    return 0;
  if (kind < 0.35)
    return 1 - pow(10, -3 - 6 * x);
  return x * x * x;
}

static void plant_row(gsl_rng *rng, size_t row, void *context) {
  const planting *p = context;
  const double *y = p->labels + row * p->classes;
  double *sigma = p->sigma + row * p->classes;
  double multiplier = 1, total = 0; /* mu_i - lambda; 1 / x_i */
  for (size_t k = 0; k < p->classes; k++)
    multiplier += y[k] * p->relative[k];
  for (size_t k = 0; k < p->classes; k++) {
    double most = multiplier - p->relative[k];
    sigma[k] = y[k] > 0 ? most : most * draw_part(rng);
    total += sigma[k];
  }
  for (size_t k = 0; k < p->classes; k++)
    sigma[k] /= total;
}

/* The mean of -ln(sigma_i . y_i) over the rows. */
static double mean_loss(const planting *p) {
  ys_sum loss = {0, 0};
  for (size_t i = 0; i < p->rows; i++) {
    double x = 0;
    for (size_t k = 0; k < p->classes; k++)
      x += p->sigma[i * p->classes + k] * p->labels[i * p->classes + k];
    ys_sum_add(&loss, -log(x));
  }
  return ys_sum_value(&loss) / (double)p->rows;
}

static ys_code plant(planting *p, uint64_t seed, int threads, ys_batch *batch,
                     ys_error *error) {
  double lambda = batch->planted_lambda;
  gsl_rng *rng = ys_rng_alloc();
  if (!rng)
    return ys_fail_memory(error, "a random number generator");
  ys_rng_seed(rng, seed, YS_RNG_LABELS, 0);
  choose_shares(rng, lambda, p);
  lay_out(rng, p);
  mix(rng, p);
  ys_rng_free(rng);
  double divergence = find_multipliers(lambda, p);
  ys_code code =
      ys_rng_rows(0, p->rows, seed, YS_RNG_DATA, threads, plant_row, p, error);
  if (code)
    return code;
  batch->planted_optimum = mean_loss(p) + lambda * divergence;
  return YS_OK;
}

static ys_code make_planted(const ys_options *options, const ys_ranks *ranks,
                            int threads, ys_batch *batch, ys_error *error) {
  if (ranks)
    return ys_fail(error, YS_UNSUPPORTED,
                   "planted: its rows are made together, and not by ranks: "
                   "expected dirichlet, gaussian, file or recorded");
  ys_code code =
      ys_batch_alloc(batch, "planted", (size_t)ys_options_number(options, "M"),
                     (size_t)ys_options_number(options, "K"), error);
  if (code)
    return code;
  batch->planted_lambda = ys_options_number(options, "lambda");
  planting p;
  code = alloc_planting(&p, batch, error);
  if (!code) {
    code = plant(&p, (uint64_t)ys_options_number(options, "seed"), threads,
                 batch, error);
    ys_give_back(&p.memory);
  }
  if (code)
    ys_batch_free(batch);
  return code;
}

static const ys_option planted_options[] = {
    {"M", YS_INTEGER, "1000", 1, 1e8, NULL, "rows"},
    {"K", YS_INTEGER, "10", 2, 1e5, NULL, "classes"},
    {"lambda", YS_REAL, "1", 1e-6, 1e4, NULL,
     "the weight of fairness at which the optimum is known"},
    {"seed", YS_INTEGER, "1", 0, 1e15, NULL, "seed of the random numbers"},
    {.name = NULL},
};

const ys_problem ys_planted = {
    .name = "planted",
    .summary = "built from chosen labels, which are its exact optimum",
    .options = planted_options,
    .make = make_planted,
};
