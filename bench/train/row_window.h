/* The rows of a y-step on a mini-batch: those of the last mini-batches, the
 * queue, oldest first, and its own behind them. */
#ifndef ROW_WINDOW_H
#define ROW_WINDOW_H

#include "problems/memory.h"

#include <stdbool.h>

typedef struct row_window {
  size_t epoch, batch;    /* rows of an epoch and, at most, of a mini-batch */
  size_t queue;           /* mini-batches kept */
  size_t classes;         /* K */
  size_t *row;            /* (queue + 1) batch: numbers in the data */
  double *sigma, *labels; /* as many x K: as predicted now, and y of the last
                             y-step */
  ys_memory memory;       /* of the above */
} row_window;

/* `queue` is below the number of mini-batches of an epoch. On failure nothing
 * is left to free. */
ys_code row_window_init(row_window *w, size_t epoch, size_t batch, size_t queue,
                        size_t classes, ys_error *error);
void row_window_free(row_window *w); /* accepts a zeroed one */

/* How many rows the queue holds when so many mini-batches are done; they are
 * those in front. */
size_t row_window_kept(const row_window *w, size_t done);

/* How many rows it holds in the end, with the next mini-batch. */
size_t row_window_most(const row_window *w);

/* The mini-batch `done` (from 0), of so many rows, goes into the queue, and the
 * oldest out of it. */
void row_window_slide(row_window *w, size_t done, size_t rows);

/* Whether the queue's rows are below `rows` and their labels distributions, as
 * they are unless they come from a file that is no checkpoint. */
bool row_window_is_sound(const row_window *w, size_t done, size_t rows);

#endif
