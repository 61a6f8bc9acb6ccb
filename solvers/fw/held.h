/* What the rows that hold several classes hold, entry by entry: corrections
 * pass over it many times, and over y and the scores once. Private to
 * solvers/fw/. */
#ifndef YS_FW_HELD_H
#define YS_FW_HELD_H

#include "problems/memory.h"
#include "solvers/fw/pairwise.h"

#include <stdint.h>

typedef struct ys_fw_held {
  size_t rows, room; /* in use; there is room for so many entries */
  size_t *row;       /* M: of y */
  size_t *begin;     /* M + 1: first entry of each */
  uint32_t *class;   /* of each entry, rising within a row */
  double *y, *score; /* of each entry */
  double *rest;      /* K: sums over all other rows */
} ys_fw_held;

/* Room for what M rows of n classes are likely to hold, of memory that may be
 * lacking then. */
void ys_fw_held_init(ys_fw_held *held, ys_memory *memory, size_t rows,
                     size_t classes);

/* Empty, beside nothing. */
void ys_fw_held_clear(ys_fw_held *held, size_t classes);

/* Take in row i of y, all that it holds. False if there is no room. */
bool ys_fw_held_add(ys_fw_held *held, ys_pairwise_row row, size_t i);

/* The entries of a row, as of a row of fewer classes. */
static inline ys_pairwise_row ys_fw_held_row(const ys_fw_held *held, size_t at,
                                             bool linear) {
  const size_t first = held->begin[at];
  return (ys_pairwise_row){held->score + first, held->y + first,
                           held->begin[at + 1] - first, linear};
}

/* Back to y (M x n). */
void ys_fw_held_write(const ys_fw_held *held, size_t n, double *y);

#endif
