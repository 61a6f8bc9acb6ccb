#include "training/trainer.h"

#include "problems/generators/rng.h"
#include "problems/vector/array.h"
#include "training/loss.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

/* --------------------------------------------------------- memory ---- */

void ys_trainer_free(ys_trainer *t) {
  for (int i = 0; t->rng && i < t->threads; i++)
    ys_rng_free(t->rng[i]);
  ys_give_back(&t->memory);
  *t = (ys_trainer){0};
}

static size_t blocks_of(size_t rows) {
  return (rows + YS_TRAINER_BLOCK - 1) / YS_TRAINER_BLOCK;
}

static ys_code alloc_threads(ys_trainer *t, ys_error *error) {
  for (int i = 0; i < t->threads; i++) {
    t->pass[i] = ys_pass_take(&t->memory, &t->network, YS_TRAINER_BLOCK);
    t->rng[i] = ys_rng_alloc();
    if (!t->rng[i])
      return ys_fail_memory(error, "a random number generator");
  }
  return ys_memory_check(&t->memory, error);
}

static ys_code alloc_trainer(ys_trainer *t, ys_error *error) {
  /* Each view of a step's rows is cut into blocks of its own. */
  size_t blocks = t->views * blocks_of(t->batch), classes = t->data->classes;
  size_t parameters = t->network.parameters, threads = (size_t)t->threads;
  const char *what = "a trainer";
  ys_memory *m = &t->memory;
  t->parameters = ys_take(m, parameters, sizeof *t->parameters, what);
  t->gradient =
      ys_take(m, ys_times(blocks, parameters), sizeof *t->gradient, what);
  t->losses = ys_take_numbers(m, blocks, what);
  t->order = ys_take(m, t->count, sizeof *t->order, what);
  t->labels = ys_take_numbers(m, ys_times(t->count, classes), what);
  t->pass = ys_take(m, threads, sizeof *t->pass, what);
  t->room = ys_take_numbers(m, ys_times(threads, 4 * classes), what);
  t->rng = ys_take(m, threads, sizeof *t->rng, what);
  ys_optimiser_start(&t->optimiser, parameters, m);
  ys_code code = ys_memory_check(m, error);
  return code ? code : alloc_threads(t, error);
}

ys_code ys_trainer_init(ys_trainer *t, const ys_dataset *data,
                        const size_t *rows, size_t count,
                        const ys_trainer_settings *settings, ys_error *error) {
  *t = (ys_trainer){.data = data,
                    .rows = rows,
                    .count = count,
                    .loss = settings->loss,
                    .batch = settings->batch < count ? settings->batch : count,
                    .views = settings->views,
                    .seed = settings->seed,
                    .threads = settings->threads,
                    .augment = settings->augment,
                    .optimiser = settings->optimiser};
  ys_code code = ys_network_parse(settings->classifier, data->shape,
                                  data->classes, &t->network, error);
  if (!code)
    code = alloc_trainer(t, error);
  if (!code)
    code = ys_network_draw(&t->network, t->seed, t->parameters, error);
  if (code)
    ys_trainer_free(t);
  return code;
}

/* ----------------------------------------------------- predicting ---- */

void ys_trainer_predict(ys_trainer *t, const ys_real *input, const size_t *rows,
                        size_t count, double *sigma) {
  size_t size = ys_shape_size(t->data->shape), classes = t->data->classes;
#pragma omp parallel for num_threads(t->threads) schedule(static)
  for (size_t block = 0; block < blocks_of(count); block++) {
    ys_pass *pass = &t->pass[omp_get_thread_num()];
    size_t begin = block * YS_TRAINER_BLOCK, left = count - begin;
    size_t held = left < YS_TRAINER_BLOCK ? left : YS_TRAINER_BLOCK;
    for (size_t i = 0; i < held; i++)
      memcpy(pass->in + i * size,
             input + (rows ? rows[begin + i] : begin + i) * size,
             size * sizeof *input);
    const ys_real *logits =
        ys_network_forward(&t->network, t->parameters, pass, held);
    for (size_t i = 0; i < held; i++)
      ys_softmax(logits + i * classes, sigma + (begin + i) * classes, classes);
  }
}

/* ------------------------------------------------------- training ---- */

/* A block of one view. */
typedef struct piece {
  size_t view, begin, rows;
} piece;

static piece piece_of(const ys_trainer *t, size_t rows, size_t block) {
  size_t cut = blocks_of(rows);
  piece p = {.view = block / cut,
             .begin = t->begin + block % cut * YS_TRAINER_BLOCK};
  size_t left = t->begin + rows - p.begin;
  p.rows = left < YS_TRAINER_BLOCK ? left : YS_TRAINER_BLOCK;
  return p;
}

/* Augmented by random numbers of their own for each block of each view of each
 * epoch. */
static void load(const ys_trainer *t, gsl_rng *rng, piece p, ys_pass *pass) {
  size_t size = ys_shape_size(t->data->shape);
  size_t whole = t->count + YS_TRAINER_BLOCK;
  size_t place = ((size_t)t->epoch * t->views + p.view) * whole + p.begin;
  ys_rng_seed(rng, t->seed, YS_RNG_AUGMENT, place);
  for (size_t i = 0; i < p.rows; i++)
    ys_augment_row(&t->augment, rng, t->data->shape,
                   t->data->input + t->rows[t->order[p.begin + i]] * size,
                   pass->in + i * size);
}

/* Forwards and backwards; the sum of the block's losses. */
static double run_piece(const ys_trainer *t, piece p, double scale,
                        ys_pass *pass, double *room, ys_real *gradient) {
  size_t classes = t->data->classes;
  double sum = 0;
  const ys_real *logits =
      ys_network_forward(&t->network, t->parameters, pass, p.rows);
  memset(gradient, 0, t->network.parameters * sizeof *gradient);
  for (size_t i = 0; i < p.rows; i++)
    sum +=
        ys_loss_of_logits(t->loss, logits + i * classes,
                          t->labels + t->order[p.begin + i] * classes, classes,
                          scale, pass->gradient + i * classes, room);
  ys_network_backward(&t->network, t->parameters, pass, p.rows, gradient);
  return sum;
}

/* Add the blocks' gradients up, in their order, into that of the first. */
static void add_gradients(const ys_trainer *t, size_t blocks) {
  size_t count = t->network.parameters;
#pragma omp parallel for num_threads(t->threads) schedule(static)
  for (size_t i = 0; i < count; i++)
    for (size_t b = 1; b < blocks; b++)
      t->gradient[i] += t->gradient[b * count + i];
}

static ys_code blame(ys_trainer *t, size_t rows, size_t block,
                     ys_error *error) {
  char where[160];
  piece p = piece_of(t, rows, block);
  load(t, t->rng[0], p, &t->pass[0]);
  ys_network_forward(&t->network, t->parameters, &t->pass[0], p.rows);
  ys_network_blame(&t->network, t->parameters, &t->pass[0], p.rows, where,
                   sizeof where);
  return ys_fail(error, YS_BAD_NUMERICS,
                 "epoch %ld, batch %zu: the loss is %g in rows %zu to %zu of "
                 "the batch: %s (a smaller rate may help)",
                 t->epoch + 1, t->step + 1, t->losses[block],
                 p.begin - t->begin, p.begin - t->begin + p.rows - 1, where);
}

void ys_trainer_begin(ys_trainer *t) {
  for (size_t i = 0; i < t->count; i++)
    t->order[i] = i;
  ys_rng_seed(t->rng[0], t->seed, YS_RNG_ORDER, (size_t)t->epoch + 1);
  gsl_ran_shuffle(t->rng[0], t->order, t->count, sizeof *t->order);
  t->step = t->begin = 0;
  t->loss_sum = 0;
}

size_t ys_trainer_next(const ys_trainer *t) {
  size_t left = t->count - t->begin;
  return left < t->batch ? left : t->batch;
}

ys_code ys_trainer_step(ys_trainer *t, ys_error *error) {
  size_t rows = ys_trainer_next(t), blocks = t->views * blocks_of(rows);
  double scale = (double)(rows * t->views);
#pragma omp parallel for num_threads(t->threads) schedule(static)
  for (size_t b = 0; b < blocks; b++) {
    int own = omp_get_thread_num();
    piece p = piece_of(t, rows, b);
    load(t, t->rng[own], p, &t->pass[own]);
    t->losses[b] = run_piece(t, p, scale, &t->pass[own],
                             t->room + (size_t)own * 4 * t->data->classes,
                             t->gradient + b * t->network.parameters);
  }
  for (size_t b = 0; b < blocks; b++) {
    if (!isfinite(t->losses[b]))
      return blame(t, rows, b, error);
    t->loss_sum += t->losses[b] / (double)t->views;
  }
  add_gradients(t, blocks);
  ys_optimiser_step(&t->optimiser, &t->network, t->gradient, t->parameters);
  t->step++;
  t->begin += rows;
  t->epoch += t->begin == t->count;
  return YS_OK;
}
