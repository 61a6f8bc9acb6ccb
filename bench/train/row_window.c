#include "bench/train/row_window.h"

#include "problems/vector/array.h"

#include <math.h>
#include <string.h>

ys_code row_window_init(row_window *w, size_t epoch, size_t batch, size_t queue,
                        size_t classes, ys_error *error) {
  const char *what = "the rows of a mini-batch and its queue";
  size_t rows = ys_times(ys_plus(queue, 1), batch);
  *w = (row_window){
      .epoch = epoch, .batch = batch, .queue = queue, .classes = classes};
  w->row = ys_take(&w->memory, rows, sizeof *w->row, what);
  w->sigma = ys_take_numbers(&w->memory, ys_times(rows, classes), what);
  w->labels = ys_take_numbers(&w->memory, ys_times(rows, classes), what);
  ys_code code = ys_memory_check(&w->memory, error);
  if (code)
    row_window_free(w);
  return code;
}

void row_window_free(row_window *w) {
  ys_give_back(&w->memory);
  *w = (row_window){0};
}

/* The rows of the first so many mini-batches; the last of an epoch may have
 * fewer than the others. */
static size_t rows_of(const row_window *w, size_t done) {
  size_t an_epoch = (w->epoch + w->batch - 1) / w->batch;
  return done / an_epoch * w->epoch + done % an_epoch * w->batch;
}

size_t row_window_kept(const row_window *w, size_t done) {
  size_t kept = done < w->queue ? done : w->queue;
  if (!kept)
    return 0; /* of no mini-batches at all, w is all zeros */
  return rows_of(w, done) - rows_of(w, done - kept);
}

size_t row_window_most(const row_window *w) {
  size_t all = (w->queue + 1) * w->batch;
  return all < w->epoch ? all : w->epoch;
}

void row_window_slide(row_window *w, size_t done, size_t rows) {
  size_t held = row_window_kept(w, done) + rows;
  size_t kept = row_window_kept(w, done + 1), out = held - kept;
  memmove(w->row, w->row + out, kept * sizeof *w->row);
  memmove(w->labels, w->labels + out * w->classes,
          kept * w->classes * sizeof *w->labels);
}

bool row_window_is_sound(const row_window *w, size_t done, size_t rows) {
  size_t kept = row_window_kept(w, done);
  for (size_t i = 0; i < kept; i++) {
    double sum = 0, least = 0;
    for (size_t k = 0; k < w->classes; k++) {
      sum += w->labels[i * w->classes + k];
      least = fmin(least, w->labels[i * w->classes + k]);
    }
    if (w->row[i] >= rows || !(fabs(sum - 1) <= 1e-9) || least < 0)
      return false;
  }
  return true;
}
