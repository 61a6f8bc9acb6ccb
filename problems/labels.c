#include "problems/labels.h"

#include "problems/vector/array.h"
#include "problems/vector/simd.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------- memory ---- */

ys_code ys_labels_make_dense(ys_labels *labels, size_t rows, size_t classes,
                             ys_error *error) {
  *labels = (ys_labels){.rows = rows, .classes = classes};
  labels->dense = ys_array(ys_times(rows, classes), sizeof *labels->dense);
  return labels->dense ? YS_OK : ys_fail_memory(error, "the labels");
}

static size_t begin_bytes(const ys_labels *labels) {
  return ys_times(ys_plus(labels->rows, 1), sizeof *labels->begin);
}

ys_code ys_labels_make_sparse(ys_labels *labels, size_t rows, size_t classes,
                              ys_error *error) {
  *labels = (ys_labels){.rows = rows, .classes = classes};
  labels->begin = ys_pages(begin_bytes(labels));
  return labels->begin ? YS_OK : ys_fail_memory(error, "the labels");
}

ys_code ys_labels_make_like(ys_labels *labels, const ys_labels *like,
                            ys_error *error) {
  return like->dense
             ? ys_labels_make_dense(labels, like->rows, like->classes, error)
             : ys_labels_make_sparse(labels, like->rows, like->classes, error);
}

static void free_entries(uint32_t *held, double *weight, size_t room) {
  ys_pages_free(held, ys_times(room, sizeof *held));
  ys_pages_free(weight, ys_times(room, sizeof *weight));
}

void ys_labels_free(ys_labels *labels) {
  free(labels->dense);
  ys_pages_free(labels->begin, begin_bytes(labels));
  free_entries(labels->held, labels->weight, labels->room);
  *labels = (ys_labels){0};
}

static void copy_entries(const ys_labels *from, size_t entries, uint32_t *held,
                         double *weight) {
  if (entries) {
    memcpy(held, from->held, entries * sizeof *held);
    memcpy(weight, from->weight, entries * sizeof *weight);
  }
}

/* `begin` may be yet to be written: all that there is room for moves. */
ys_code ys_labels_reserve(ys_labels *labels, size_t entries, ys_error *error) {
  if (entries <= labels->room)
    return YS_OK;
  uint32_t *held = ys_pages(ys_times(entries, sizeof *held));
  double *weight = ys_pages(ys_times(entries, sizeof *weight));
  if (!held || !weight) {
    free_entries(held, weight, entries);
    return ys_fail_memory(error, "the entries of the labels");
  }
  copy_entries(labels, labels->room, held, weight);
  free_entries(labels->held, labels->weight, labels->room);
  labels->held = held;
  labels->weight = weight;
  labels->room = entries;
  return YS_OK;
}

/* --------------------------------------------------------------- rows ---- */

const double *ys_labels_row(const ys_labels *labels, size_t i, double *room) {
  const size_t n = labels->classes;
  if (labels->dense)
    return labels->dense + i * n;
  const size_t begin = labels->begin[i], end = labels->begin[i + 1];
  for (size_t k = 0; k < n; k++)
    room[k] = begin == end ? 1 / (double)n : 0;
  for (size_t e = begin; e < end; e++)
    room[labels->held[e]] = labels->weight[e];
  return room;
}

static void divide_row(double *entries, size_t count) {
  double sum = 0;
  for (size_t e = 0; e < count; e++)
    sum += entries[e];
  for (size_t e = 0; e < count; e++)
    entries[e] = entries[e] / sum + 0.0; /* -0 is 0 */
}

void ys_labels_divide(ys_labels *labels) {
  const size_t n = labels->classes;
  for (size_t i = 0; i < labels->rows; i++)
    if (labels->dense)
      divide_row(labels->dense + i * n, n);
    else
      divide_row(labels->weight + labels->begin[i],
                 labels->begin[i + 1] - labels->begin[i]);
}

/* -------------------------------------------------------- conversions ---- */

static ys_code copy_sparse(const ys_labels *from, ys_labels *to,
                           ys_error *error) {
  const size_t entries = ys_labels_entries(from);
  const ys_code code = ys_labels_reserve(to, entries, error);
  if (code)
    return code;
  memcpy(to->begin, from->begin, (to->rows + 1) * sizeof *to->begin);
  copy_entries(from, entries, to->held, to->weight);
  return YS_OK;
}

static void spread(const ys_labels *from, ys_labels *to) {
  if (from->dense) {
    memcpy(to->dense, from->dense, to->rows * to->classes * sizeof *to->dense);
    return;
  }
  for (size_t i = 0; i < to->rows; i++) {
    double *row = to->dense + i * to->classes;
    const double *read = ys_labels_row(from, i, row);
    if (read != row)
      memcpy(row, read, to->classes * sizeof *row);
  }
}

YS_HOT static size_t count_entries(const double *numbers, size_t count) {
  size_t entries = 0;
  for (size_t k = 0; k < count; k++)
    entries += numbers[k] != 0;
  return entries;
}

/* A row's entries among classes [first, end), from `at` on; returns where they
 * end. */
YS_INLINE size_t gather(const double *row, size_t first, size_t end, size_t at,
                        ys_labels *to) {
  for (size_t k = first; k < end; k++)
    if (row[k] != 0) {
      to->held[at] = (uint32_t)k;
      to->weight[at++] = row[k];
    }
  return at;
}

/* Most numbers are 0, and passed over some at a time. */
YS_HOT static void gather_rows(const ys_labels *from, ys_labels *to) {
  enum { SOME = 4 };
  const size_t n = from->classes;
  size_t at = 0;
  for (size_t i = 0; i < from->rows; i++) {
    const double *row = from->dense + i * n;
    size_t k = 0;
    to->begin[i] = at;
    for (; k + SOME <= n; k += SOME)
      if (row[k] != 0 || row[k + 1] != 0 || row[k + 2] != 0 || row[k + 3] != 0)
        at = gather(row, k, k + SOME, at, to);
    at = gather(row, k, n, at, to);
  }
  to->begin[from->rows] = at;
}

ys_code ys_labels_assign(ys_labels *to, const ys_labels *from,
                         ys_error *error) {
  if (to->dense) {
    spread(from, to);
    return YS_OK;
  }
  if (!from->dense)
    return copy_sparse(from, to, error);
  const ys_code code = ys_labels_reserve(
      to, count_entries(from->dense, from->rows * from->classes), error);
  if (!code)
    gather_rows(from, to);
  return code;
}

/* Of labels that *to has just been made for. */
static ys_code fill(const ys_labels *from, ys_labels *to, ys_code made,
                    ys_error *error) {
  const ys_code code = made ? made : ys_labels_assign(to, from, error);
  if (code)
    ys_labels_free(to);
  return code;
}

ys_code ys_labels_copy(const ys_labels *from, ys_labels *to, ys_error *error) {
  return fill(from, to, ys_labels_make_like(to, from, error), error);
}

ys_code ys_labels_to_dense(const ys_labels *from, ys_labels *to,
                           ys_error *error) {
  return fill(from, to,
              ys_labels_make_dense(to, from->rows, from->classes, error),
              error);
}

ys_code ys_labels_to_sparse(const ys_labels *from, ys_labels *to,
                            ys_error *error) {
  return fill(from, to,
              ys_labels_make_sparse(to, from->rows, from->classes, error),
              error);
}

size_t ys_labels_empty_rows(const ys_labels *labels) {
  size_t empty = 0;
  for (size_t i = 0; i < labels->rows; i++)
    empty += labels->begin[i] == labels->begin[i + 1];
  return empty;
}

ys_code ys_labels_spell_out(ys_labels *labels, ys_error *error) {
  const size_t n = labels->classes, entries = ys_labels_entries(labels);
  const size_t empty = ys_labels_empty_rows(labels);
  if (empty == 0)
    return YS_OK;
  ys_code code =
      ys_labels_reserve(labels, ys_plus(entries, ys_times(empty, n)), error);
  if (code)
    return code;
  /* From the end, so that nothing is overwritten before it has moved. */
  size_t to = entries + empty * n;
  for (size_t i = labels->rows; i-- > 0;) {
    const size_t begin = labels->begin[i], count = labels->begin[i + 1] - begin;
    labels->begin[i + 1] = to;
    to -= count ? count : n;
    memmove(labels->held + to, labels->held + begin,
            count * sizeof *labels->held);
    memmove(labels->weight + to, labels->weight + begin,
            count * sizeof *labels->weight);
    for (size_t k = 0; count == 0 && k < n; k++) {
      labels->held[to + k] = (uint32_t)k;
      labels->weight[to + k] = 1 / (double)n;
    }
  }
  return YS_OK;
}
