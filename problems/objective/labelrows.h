/* The rows of labels as kernels read them, dense or sparse, with the same
 * numbers and so the same bits. Private to problems/objective/ and the
 * certificate. */
#ifndef YS_LABELROWS_H
#define YS_LABELROWS_H

#include "problems/labels.h"
#include "problems/vector/tiles.h"

/* A thread's rows of one block. */
typedef struct ys_label_rows {
  const ys_labels *labels;
  double *room;        /* sparse: YS_LANES rows; zeros but for what is held */
  size_t first, count; /* the rows that are scattered there */
} ys_label_rows;

ys_label_rows ys_label_rows_of(const ys_labels *labels,
                               const ys_scratch *scratch);

/* Of sparse labels: take out of the room what is in it, and put rows [i, i +
 * count) there. */
void ys_label_rows_scatter(ys_label_rows *rows, size_t i, size_t count);

/* Rows [i, i + count), count <= YS_LANES, one after the other; until the next
 * call. */
YS_INLINE const double *ys_label_rows_at(ys_label_rows *rows, size_t i,
                                         size_t count) {
  const ys_labels *labels = rows->labels;
  if (labels->dense)
    return labels->dense + i * labels->classes;
  ys_label_rows_scatter(rows, i, count);
  return rows->room;
}

/* Of dense labels the rows from i on; sparse ones take so little memory that
 * the processor is ahead by itself. */
YS_INLINE ys_ahead ys_label_rows_ahead(const ys_label_rows *rows, size_t i) {
  const ys_labels *labels = rows->labels;
  return labels->dense ? ys_rows_ahead(labels->dense + i * labels->classes)
                       : (ys_ahead){(const char *)rows->room, 0};
}

#endif
