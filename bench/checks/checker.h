/* What the checks share: a sample of the batch, random points, an objective at
 * hand, and tallies of violations. */
#ifndef CHECKER_H
#define CHECKER_H

#include "bench/checks/checks.h"

#include <gsl/gsl_rng.h>
#include <math.h>

typedef struct checker {
  const check_setting *setting;
  const check_subject *subject; /* the setting's */
  check_sink *sink;
  void *context;
  gsl_rng *rng;
} checker;

ys_code checker_open(checker *c, const check_setting *setting, check_sink *sink,
                     void *context, ys_error *error);
void checker_close(checker *c);

/* ----------------------------------------------------------- tallies ---- */

typedef struct check_tally {
  size_t samples;
  double worst;
} check_tally;

static const check_tally NO_SAMPLES = {0, -INFINITY};

/* One more sample; what is not a number counts as an infinite violation. */
void check_count(check_tally *tally, double violation);

/* What a check claims: its name, how large a violation counts as rounding, and
 * whether the claim is expected to hold (false: a negative control). */
typedef struct check_law {
  const char *name;
  double tolerance;
  bool expected;
} check_law;

/* Hand the finding to the sink; `loss` and `fairness` are names, NULL where the
 * law does not concern them. */
ys_code check_report(const checker *c, const check_law *law, const char *loss,
                     const char *fairness, check_tally tally, ys_error *error);

/* The same for a pair, loss * YS_FAIRNESSES + fairness. */
enum { CHECK_PAIRS = YS_LOSSES * YS_FAIRNESSES };

ys_code check_report_pair(const checker *c, const check_law *law, int pair,
                          check_tally tally, ys_error *error);

/* ------------------------------------------------------------ samples ---- */

enum { CHECK_ROWS = 64, CHECK_ENTRIES = 16384, CHECK_LEAST_ROWS = 9 };

/* Evenly spaced rows of the batch: at most `rows` of them, and fewer (down to
 * CHECK_LEAST_ROWS) if they have more than CHECK_ENTRIES entries together; an
 * odd number, so that there is a last tile that is not whole (tiles.h).
 * Where `classes` is not CHECK_ALL, at most so many classes: those of largest
 * mean in these rows and none that is 0 in all of them, but two at the least;
 * rows are divided by their sums. */
enum { CHECK_ALL = 0 };

ys_code checker_sample(const checker *c, size_t rows, size_t classes,
                       ys_batch *sample, ys_error *error);

/* Clear one class in every second row, where it is not all: losses have cases
 * of their own where sigma is 0. */
void checker_empty_some(ys_batch *sample);

/* A row drawn from the symmetric Dirichlet distribution of this parameter. */
void checker_row(const checker *c, double parameter, double *row, size_t n);

/* -------------------------------------------------------------- stages ---- */

/* An objective on a sample, with points to evaluate it at. */
typedef struct check_stage {
  ys_objective objective;
  ys_scratch scratch;
  double *y, *from, *to, *gradient; /* M x K each */
} check_stage;

/* lambda >= 0; the prior is uniform, or random if `prior` is set. */
ys_code checker_stage(const checker *c, const ys_batch *sample, int pair,
                      double lambda, bool prior, check_stage *stage,
                      ys_error *error);
void check_stage_free(check_stage *stage);

/* Fill y with a random point; its entries are 0 where shannon's loss needs
 * it. */
void checker_point(const checker *c, const check_stage *stage, double parameter,
                   double *y);

/* y = (1 - t) from + t to, for `count` numbers. */
void check_between(const double *from, const double *to, double t, double *y,
                   size_t count);

/* One row by itself, for laws of the losses. */
typedef struct check_row {
  ys_batch batch;
  check_stage stage; /* lambda = 0; its y, from, to, gradient are free to use */
  double *room;      /* 4 x classes, free to use */
} check_row;

ys_code checker_row_open(const checker *c, size_t classes, check_row *row,
                         ys_error *error);
void check_row_close(check_row *row);
double check_row_loss(const checker *c, check_row *row, ys_loss loss,
                      const double *sigma, const double *y);

/* ---------------------------------------------------------- the checks ---- */

ys_code check_convexity(const checker *c, ys_error *error);
ys_code check_gradients(const checker *c, ys_error *error);
ys_code check_curvature(const checker *c, ys_error *error);
ys_code check_bounds(const checker *c, ys_error *error);
ys_code check_judge(const checker *c, ys_error *error);
ys_code check_losses(const checker *c, ys_error *error);
ys_code check_fairness(const checker *c, ys_error *error);

#endif
