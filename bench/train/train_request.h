/* What `ystep train` is asked to do, by its options: the product of data,
 * classifiers, losses, fairness, lambdas, solvers, targets and repeats; and
 * what comes of each training. */
#ifndef TRAIN_REQUEST_H
#define TRAIN_REQUEST_H

#include "bench/cli/args.h"
#include "bench/run/experiment.h"
#include "bench/store/schema.h"

#include "training/augment.h"
#include "training/dataset.h"
#include "training/optimiser.h"

/* Texts are borrowed from the arguments. What has several values is a factor of
 * the product, and what the texts say is beside them, owned. */
typedef struct train_request {
  arg_texts data, classifiers, solvers, targets; /* targets: none if training
                                                    labels itself */
  chosen_solver *solver;                         /* of each of `solvers` */
  ys_targets *target;                            /* of each of `targets` */
  size_t *kmeans; /* of each classifier: starts of k-means, or 0 */
  ys_loss loss[YS_LOSSES];
  size_t loss_count;
  double *lambdas; /* owned */
  size_t lambda_count;
  ys_fairness fairness[YS_FAIRNESSES];
  size_t fairness_count;
  const char *optimiser_text, *augment_text;
  ys_optimiser optimiser;
  ys_augment augment;
  size_t batch, views;
  long epochs;
  bool on_batches;   /* a y-step on each mini-batch, not between epochs, */
  size_t queue;      /* with the rows of so many mini-batches before it */
  long ystep_every;  /* epochs from one y-step to the next, else */
  long init_epochs;  /* on K-means labels, before the first y-step */
  run_limits limits; /* of a y-step: tolerance and iterations */
  bool warm;         /* y-steps start from the last one's labels */
  double warm_mix;   /* weight of the uniform labels mixed into them */
  double holdout;    /* share of rows kept out of training */
  size_t repeats;
  unsigned long seed;
  int threads;
  long checkpoint_every; /* epochs; 0: never */
  const char *record;    /* directory, or NULL */
  long record_every;
  bool save, map;
} train_request;

/* Read the options into the request: every text of the product, so that a slip
 * of the keyboard in the last of many trainings is not found out hours later.
 * Nothing is left to free on failure. */
ys_code train_request_read(const arg *args, train_request *r, ys_error *error);
void train_request_free(train_request *r); /* a zeroed one is accepted */

/* One training: its place in the product. */
typedef struct train_job {
  size_t id;                                        /* from 1 */
  const char *data, *classifier, *solver, *targets; /* targets: NULL-able */
  const chosen_solver *chosen;                      /* what `solver` says */
  const ys_targets *target;                         /* what `targets` says */
  size_t kmeans; /* the classifier is `kmeans`, best of so many starts; or 0 */
  ys_loss loss;
  ys_fairness fairness;
  double lambda;
  size_t repeat;
  unsigned long seed;
} train_job;

/* How many jobs the request has, and the index-th of them (from 0): data run
 * slowest, repeats fastest. */
size_t train_job_count(const train_request *r);
train_job train_job_at(const train_request *r, size_t index);

double train_total_seconds(const train_totals *totals);

/* What came of a training. */
typedef struct train_result {
  train_status status;
  bool scored;      /* labels are known */
  training_row row; /* its rows, classes, parameters, totals and scores */
  char message[512];
} train_result;

#endif
