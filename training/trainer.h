/* The training loop's state, and its two moves: predicting sigma of rows, and a
 * step on the loss of a mini-batch with the labels y fixed. The loop around
 * them, y-steps, clocks and files are the caller's. */
#ifndef YS_TRAINER_H
#define YS_TRAINER_H

#include "problems/objective.h"
#include "training/augment.h"
#include "training/dataset.h"
#include "training/network.h"
#include "training/optimiser.h"

typedef struct ys_trainer_settings {
  const char *classifier; /* text form */
  ys_optimiser optimiser; /* not started */
  ys_augment augment;
  ys_loss loss;
  size_t batch; /* rows a step */
  size_t views; /* augmented views of each row a step; >= 1 */
  uint64_t seed;
  int threads;
} ys_trainer_settings;

typedef struct ys_trainer {
  const ys_dataset *data;
  const size_t *rows; /* the rows to train on; borrowed */
  size_t count;       /* how many they are */
  ys_loss loss;
  size_t batch, views;
  uint64_t seed;
  int threads;
  ys_network network;
  ys_augment augment;
  ys_optimiser optimiser;
  ys_real *parameters; /* owned, as all below */
  long epoch;          /* epochs done */
  ys_pass *pass;       /* one for each thread */
  gsl_rng **rng;       /* likewise */
  double *room;        /* likewise, 4K numbers */
  ys_real *gradient;   /* blocks x parameters */
  double *losses;      /* one for each block */
  size_t *order;       /* count: the rows in the order of this epoch, as places
                          in `rows` and `labels` */
  size_t step, begin;  /* steps done in this epoch, and rows */
  double loss_sum;     /* over those rows */
  double *labels;      /* count x K: their y, for the caller to fill */
  ys_memory memory;    /* of the above */
} ys_trainer;

/* Rows that pass through the network together, by one thread; gradients are
 * summed block by block in their order, so that results have the same bits at
 * every number of threads. BLAS must not start threads of its own. */
enum { YS_TRAINER_BLOCK = 32 };

/* Start with parameters drawn from the seed. `rows` (count of them, numbers
 * below data->rows) and `data` are borrowed. On failure nothing is left to
 * free. */
ys_code ys_trainer_init(ys_trainer *trainer, const ys_dataset *data,
                        const size_t *rows, size_t count,
                        const ys_trainer_settings *settings, ys_error *error);
void ys_trainer_free(ys_trainer *trainer); /* accepts a zeroed one */

/* sigma (count x K), without augmentation, of the rows of `input` that `rows`
 * names, or of the first `count` if that is NULL. */
void ys_trainer_predict(ys_trainer *trainer, const ys_real *input,
                        const size_t *rows, size_t count, double *sigma);

/* An epoch is every training row once, in a random order, in mini-batches of
 * `batch` rows:
 *
 *   ys_trainer_begin(t);
 *   while (!code && ys_trainer_next(t))
 *     code = ys_trainer_step(t, &error);
 *
 * The random numbers depend on seed and epoch alone. */
void ys_trainer_begin(ys_trainer *trainer);

/* How many rows the next mini-batch has, order[begin] and those behind it; 0:
 * the epoch is over. */
size_t ys_trainer_next(const ys_trainer *trainer);

/* One step on the loss of the augmented views of these rows against `labels`. A
 * loss that is not finite stops it with YS_BAD_NUMERICS and a message that says
 * epoch, batch, row and layer. */
ys_code ys_trainer_step(ys_trainer *trainer, ys_error *error);

#endif
