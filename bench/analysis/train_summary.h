/* Trainings that differ in their seed alone, as one row: mean and spread. */
#ifndef TRAIN_SUMMARY_H
#define TRAIN_SUMMARY_H

#include "bench/cli/args.h"
#include "bench/store/schema.h"

#include <stdbool.h>

typedef struct spread {
  double mean, deviation; /* of the sample; 0 for one */
  double least, most;
} spread;

enum {
  TRAIN_ACCURACY, /* plain if the training was supervised */
  TRAIN_NMI,
  TRAIN_ARI,
  TRAIN_SECONDS,    /* of a training: y-steps, steps and predictions */
  TRAIN_SHARE,      /* of the y-steps in that */
  TRAIN_ITERATIONS, /* a y-step */
  TRAIN_NUMBERS
};

typedef struct train_group {
  const training_row *sample;
  size_t trainings, failed; /* the failed ones are in none of the numbers */
  spread of[TRAIN_NUMBERS];
} train_group;

typedef struct train_summary {
  training_row *record; /* what this needs of each */
  size_t records;
  train_group *group; /* in the order in which they come */
  size_t groups;
} train_summary;

/* The texts that tell groups apart: data, classifier, loss, fairness, solver,
 * targets, settings. */
enum { TRAIN_TEXTS = 7 };
void train_texts(const training_row *row, const char *texts[TRAIN_TEXTS]);

/* Refuse a SPEC=TEXT of --label that none of these texts of the trainings is
 * meant by. */
ys_code train_check_labels(arg_texts words, const training_row *rows,
                           size_t count, ys_error *error);

/* Whether two trainings differ in their seed alone. */
bool train_is_repeat(const training_row *a, const training_row *b);

/* Read training.csv of each directory. On failure nothing is left to free. */
ys_code train_summary_make(const char *const *dirs, size_t count,
                           train_summary *summary, ys_error *error);
void train_summary_free(train_summary *summary);

#endif
