#include "bench/train/checkpoint.h"

#include "problems/formats/input.h"
#include "problems/formats/output.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* The file is one block of bytes: head, parameters, the optimiser's state, the
 * labels, rows and labels of the queue of y-steps on mini-batches, and the
 * hash of all that. */
typedef struct head {
  char magic[8];
  uint64_t key;  /* hash of the key */
  uint64_t size; /* bytes of the whole file */
  uint64_t job;  /* its number */
  int64_t optimiser_steps;
  int64_t labelled;
  train_totals totals;
} head;

static const int64_t MOST_COUNTED = 1000000000000000;
static const char magic[8] = "ystep-1";

/* One piece of memory after the other, to or from the block; of no bytes, it
 * may be nowhere. */
typedef struct piece {
  void *memory;
  size_t size;
} piece;

enum { PIECES = 6 };

/* *h and all that the training keeps; returns the bytes of the whole file. */
static size_t pieces_of(const training *t, head *h, piece p[PIECES]) {
  const row_window *w = &t->window;
  size_t parameters = t->trainer.network.parameters;
  size_t queue = w->queue * w->batch;
  size_t total = sizeof(XXH64_hash_t);
  p[0] = (piece){h, sizeof *h};
  p[1] = (piece){t->trainer.parameters, parameters * sizeof(ys_real)};
  p[2] = (piece){t->trainer.optimiser.state,
                 YS_OPTIMISER_STATES * parameters * sizeof(ys_real)};
  p[3] = (piece){t->trainer.labels,
                 t->train_rows * t->data->classes * sizeof(double)};
  p[4] = (piece){w->row, queue * sizeof *w->row};
  p[5] = (piece){w->labels, queue * w->classes * sizeof(double)};
  for (int i = 0; i < PIECES; i++)
    total += p[i].size;
  return total;
}

static head head_of(const training *t, const char *key, size_t size) {
  head h;
  memset(&h, 0, sizeof h);
  memcpy(h.magic, magic, sizeof magic);
  h.key = XXH3_64bits(key, strlen(key));
  h.size = size;
  h.job = t->job->id;
  h.optimiser_steps = t->trainer.optimiser.steps;
  h.labelled = t->labelled;
  h.totals = t->totals;
  return h;
}

/* ----------------------------------------------------------- writing ---- */

ys_code checkpoint_write(const char *path, const training *t, const char *key,
                         ys_error *error) {
  head h;
  piece p[PIECES];
  ys_output output;
  size_t size = pieces_of(t, &h, p);
  char *bytes = malloc(size), *at = bytes;
  if (!bytes)
    return ys_fail_memory(error, "a checkpoint");
  h = head_of(t, key, size);
  for (int i = 0; i < PIECES; at += p[i++].size)
    if (p[i].size)
      memcpy(at, p[i].memory, p[i].size);
  XXH64_hash_t sum = XXH3_64bits(bytes, size - sizeof sum);
  memcpy(at, &sum, sizeof sum);
  ys_code code = ys_output_create(&output, path, error);
  if (!code) {
    fwrite(bytes, 1, size, output.file);
    code = ys_output_finish(&output, error);
  }
  free(bytes);
  return code;
}

/* ----------------------------------------------------------- reading ---- */

/* What counts on from here must have room to. */
static bool can_count_on(const head *h) {
  const int64_t counts[] = {h->totals.epoch, h->totals.ysteps,
                            h->totals.ystep_iterations, h->optimiser_steps};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    if (counts[i] < 0 || counts[i] > MOST_COUNTED)
      return false;
  return true;
}

static ys_code check(const char *path, const training *t, const char *key,
                     const char *bytes, size_t size, bool *of_job,
                     ys_error *error) {
  piece p[PIECES];
  XXH64_hash_t sum;
  head h;
  if (size < sizeof h + sizeof sum)
    return ys_fail(error, YS_BAD_INPUT, "%s: truncated checkpoint", path);
  memcpy(&h, bytes, sizeof h);
  memcpy(&sum, bytes + size - sizeof sum, sizeof sum);
  if (memcmp(h.magic, magic, sizeof magic) != 0)
    return ys_fail(error, YS_BAD_INPUT, "%s: not a checkpoint of this version",
                   path);
  if (h.size != size || sum != XXH3_64bits(bytes, size - sizeof sum))
    return ys_fail(error, YS_BAD_INPUT, "%s: damaged: its checksum is wrong",
                   path);
  if (h.key != XXH3_64bits(key, strlen(key)))
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: belongs to a training with other options", path);
  *of_job = h.job == t->job->id;
  if (*of_job && size != pieces_of(t, &h, p))
    return ys_fail(error, YS_BAD_INPUT, "%s: belongs to other data", path);
  if (*of_job && !can_count_on(&h))
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: damaged: epoch %ld, %ld y-steps, %ld iterations, %lld "
                   "steps: expected numbers from 0 to %lld",
                   path, h.totals.epoch, h.totals.ysteps,
                   h.totals.ystep_iterations, (long long)h.optimiser_steps,
                   (long long)MOST_COUNTED);
  return YS_OK;
}

static ys_code restore(const char *path, training *t, const char *bytes,
                       ys_error *error) {
  head h;
  piece p[PIECES];
  pieces_of(t, &h, p);
  for (int i = 0; i < PIECES; bytes += p[i++].size)
    if (p[i].size)
      memcpy(p[i].memory, bytes, p[i].size);
  t->trainer.optimiser.steps = h.optimiser_steps;
  t->trainer.epoch = h.totals.epoch;
  t->labelled = h.labelled != 0;
  t->totals = h.totals;
  ys_trainer_predict(&t->trainer, t->data->input, t->rows, t->data->rows,
                     t->sigma);
  return row_window_is_sound(&t->window, (size_t)h.totals.ysteps, t->data->rows)
             ? YS_OK
             : ys_fail(error, YS_BAD_INPUT,
                       "%s: damaged: its queue holds no rows of these data",
                       path);
}

ys_code checkpoint_read(const char *path, training *t, const char *key,
                        bool *found, ys_error *error) {
  char *bytes;
  size_t size;
  *found = false;
  ys_code code =
      ys_input_read(path, SIZE_MAX, "a checkpoint", &bytes, &size, error);
  if (code)
    return errno == ENOENT ? YS_OK : code;
  code = check(path, t, key, bytes, size, found, error);
  if (!code && *found)
    code = restore(path, t, bytes, error);
  free(bytes);
  return code;
}
