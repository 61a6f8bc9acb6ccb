/* One training of `ystep train`: its place in the product of what was asked
 * for, and what came of it. */
#ifndef TRAIN_JOB_H
#define TRAIN_JOB_H

#include "bench/train/train_request.h"

#include "training/dataset.h"
#include "training/scores.h"

typedef struct train_job {
  size_t id;                                        /* from 1 */
  const char *data, *classifier, *solver, *targets; /* targets: NULL-able */
  size_t kmeans; /* the classifier is `kmeans`, best of so many starts; or 0 */
  ys_loss loss;
  double lambda;
  size_t repeat;
  unsigned long seed;
} train_job;

/* How many jobs the request has, and the index-th of them (from 0): data run
 * slowest, repeats fastest. */
size_t train_job_count(const train_request *r);
train_job train_job_at(const train_request *r, size_t index);

typedef enum train_status {
  TRAIN_DONE,
  TRAIN_FAILED,      /* a y-step broke down, or a loss was not finite */
  TRAIN_INTERRUPTED, /* by a signal; the checkpoint is kept */
} train_status;

/* What a training adds up; a checkpoint keeps it. */
typedef struct train_totals {
  long epoch;             /* epochs done */
  long ysteps;            /* y-steps done, */
  long ystep_iterations;  /* their iterations, */
  double ystep_seconds;   /* inside the solver, setting up included, */
  double ystep_monitor;   /* and in judging its iterates */
  double step_seconds;    /* in the steps of the parameters */
  double predict_seconds; /* in predicting sigma */
  double loss;            /* mean over the last epoch */
  double objective, gap;  /* of the last y-step; NaN before */
  double last_iterations; /* of it */
} train_totals;

typedef struct train_result {
  train_status status;
  train_totals totals;
  bool scored; /* labels are known */
  ys_scores scores;
  size_t rows, classes, parameters;
  char message[512];
} train_result;

#endif
