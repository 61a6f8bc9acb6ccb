#include "problems/objective/labelrows.h"

#include <string.h>

/* Room that no solver's kernel uses. */
ys_label_rows ys_label_rows_of(const ys_labels *labels,
                               const ys_scratch *scratch) {
  const size_t n = labels->classes;
  double *room = (double *)ys_room(scratch, n, YS_ROOMS - 3);
  if (!labels->dense)
    memset(room, 0, YS_LANES * n * sizeof *room);
  return (ys_label_rows){.labels = labels, .room = room};
}

/* A row without entries is 1/K throughout. */
static void fill_row(double *row, size_t n, double value) {
  for (size_t k = 0; k < n; k++)
    row[k] = value;
}

void ys_label_rows_scatter(ys_label_rows *rows, size_t i, size_t count) {
  const ys_labels *labels = rows->labels;
  const size_t n = labels->classes, *begin = labels->begin;
  for (size_t l = 0; l < rows->count; l++) {
    const size_t row = rows->first + l;
    if (begin[row] == begin[row + 1])
      fill_row(rows->room + l * n, n, 0);
    for (size_t e = begin[row]; e < begin[row + 1]; e++)
      rows->room[l * n + labels->held[e]] = 0;
  }
  for (size_t l = 0; l < count; l++) {
    if (begin[i + l] == begin[i + l + 1])
      fill_row(rows->room + l * n, n, 1 / (double)n);
    for (size_t e = begin[i + l]; e < begin[i + l + 1]; e++)
      rows->room[l * n + labels->held[e]] = labels->weight[e];
  }
  rows->first = i;
  rows->count = count;
}
