/* An objective on a batch, with all that evaluating it needs, for the suites of
 * the objective, the certificate and the solvers. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "tests/support/reference.h"

/* Pairs of loss and fairness are numbered loss * YS_FAIRNESSES + fairness. */
enum { PAIRS = YS_LOSSES * YS_FAIRNESSES };

typedef struct fixture {
  ys_batch batch;
  ys_objective objective;
  ys_scratch scratch;
} fixture;

/* Takes the batch over. */
static inline void setup(fixture *f, ys_batch batch, int pair, double lambda,
                         const double *prior) {
  f->batch = batch;
  ck_assert_int_eq(ys_objective_init(&f->objective, &f->batch,
                                     (ys_loss)(pair / YS_FAIRNESSES),
                                     (ys_fairness)(pair % YS_FAIRNESSES),
                                     lambda, prior, 1, NULL),
                   YS_OK);
  ck_assert_int_eq(ys_scratch_init(&f->scratch, &f->objective, NULL), YS_OK);
}

static inline void teardown(fixture *f) {
  ys_scratch_free(&f->scratch);
  ys_objective_free(&f->objective);
  ys_batch_free(&f->batch);
}

/* Any shape, lambda (tiny and huge too) and prior. */
static inline void random_case(fixture *f, gsl_rng *rng, int pair,
                               row_kind kind) {
  static const double lambdas[] = {0, 1e-12, 1e-3, 0.1, 1, 30, 1e8};
  size_t rows = 1 + gsl_rng_uniform_int(rng, 8);
  size_t classes = 2 + gsl_rng_uniform_int(rng, 6);
  double prior[MOST_CLASSES];
  flat_row(rng, prior, classes);
  setup(f, random_batch(rng, kind, rows, classes), pair,
        lambdas[gsl_rng_uniform_int(rng, sizeof lambdas / sizeof *lambdas)],
        gsl_rng_uniform_int(rng, 2) ? prior : NULL);
}

/* Labels of finite loss wherever a row has any, to be freed. */
static inline double *case_labels(const fixture *f, gsl_rng *rng,
                                  row_kind kind) {
  double *y = random_labels(rng, kind, f->batch.rows, f->batch.classes);
  if (f->objective.loss == YS_SHANNON)
    avoid_zeros(&f->batch, y);
  return y;
}

/* A fixture with labels and room for their gradient. */
typedef struct labelled {
  fixture at;
  double *y, *gradient;
} labelled;

static inline void add_labels(labelled *f, double *y) {
  f->y = y;
  f->gradient = calloc(f->at.batch.rows * f->at.batch.classes, sizeof(double));
  ck_assert_ptr_nonnull(f->gradient);
}

static inline void drop_labelled(labelled *f) {
  teardown(&f->at);
  free(f->y);
  free(f->gradient);
}

#endif
