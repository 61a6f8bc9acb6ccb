/* A training under way: the classifier, the labels and the y-step between
 * them. */
#ifndef TRAIN_STATE_H
#define TRAIN_STATE_H

#include "bench/train/row_window.h"
#include "bench/train/train_request.h"

#include "training/trainer.h"

typedef struct training {
  const train_request *request;
  const train_job *job;
  const ys_dataset *data;
  ys_trainer trainer; /* trainer.labels: y of the rows to train on */
  size_t *rows;       /* all of the data, in random order if some are held */
  size_t train_rows;  /* the first so many are trained on */
  double *sigma;      /* of `rows`, in that order */
  row_window window;  /* of the y-steps on mini-batches, if these are */
  ys_batch batch;     /* borrows the first rows of sigma, or of the window's */
  ys_objective objective;
  bool labelled; /* labels hold something to start a y-step from */
  train_totals totals;
} training;

/* How many rows of the data are trained on. */
size_t training_rows(const train_request *request, const ys_dataset *data);

/* Set up: parameters drawn, sigma predicted; targets filled in if the job is
 * supervised, K-means labels if it begins with those. On failure nothing is
 * left to free. */
ys_code training_open(training *t, const train_request *request,
                      const train_job *job, const ys_dataset *data,
                      ys_error *error);
void training_close(training *t);

/* Whether the next epoch begins with a y-step on all rows. */
bool training_wants_ystep(const training *t);

/* The y-step on the current sigma, from the last labels or from uniform ones.
 * YS_BAD_NUMERICS if the solver breaks down. */
ys_code training_ystep(training *t, ys_error *error);

/* One epoch of steps, each behind a y-step on its mini-batch if that is where
 * y-steps are, and sigma anew. An interrupt during a y-step ends it, and the
 * epoch is not counted. */
ys_code training_epoch(training *t, ys_error *error);

/* Score sigma's largest columns, of the held rows if there are any, of all
 * otherwise. The data must have labels. */
ys_code training_score(const training *t, ys_scores *scores, ys_error *error);

#endif
