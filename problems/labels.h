/* Labels y: M rows of K classes, each row on the simplex; dense, or sparse by
 * rows. An optimum of collision holds one to two classes a row, and sparse
 * labels take the memory of those alone. */
#ifndef YS_LABELS_H
#define YS_LABELS_H

#include "error.h"

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(default)

/* A sparse row without entries holds every class alike, 1/K each: labels that
 * have just been made are the uniform point, and touch no memory of M x K. The
 * arrays are owned, but for those of a view. */
typedef struct ys_labels {
  size_t rows, classes; /* M, K */
  double *dense;        /* M x K, row by row; NULL: sparse by rows */
  size_t *begin;        /* sparse: M + 1, from 0; the entries of row i are those
                           from begin[i] to before begin[i + 1] */
  uint32_t *held;       /* the class of each entry, rising within a row */
  double *weight;       /* of each entry; a row's add up to 1 */
  size_t room;          /* entries that there is room for */
} ys_labels;

/* Dense labels, whose numbers are yet to be written; sparse ones without
 * entries. On failure (YS_NO_MEMORY) nothing is left to free. */
ys_code ys_labels_make_dense(ys_labels *labels, size_t rows, size_t classes,
                             ys_error *error);
ys_code ys_labels_make_sparse(ys_labels *labels, size_t rows, size_t classes,
                              ys_error *error);
ys_code ys_labels_make_like(ys_labels *labels, const ys_labels *like,
                            ys_error *error); /* of its shape and kind */
void ys_labels_free(ys_labels *labels);       /* accepts zeroed ones */

/* An array of M x K doubles, which stays somebody else's, as dense labels; only
 * for reading where y is. Not to be freed. */
static inline ys_labels ys_labels_view(const double *y, size_t rows,
                                       size_t classes) {
  return (ys_labels){.rows = rows, .classes = classes, .dense = (double *)y};
}

/* How many entries sparse labels have. */
static inline size_t ys_labels_entries(const ys_labels *labels) {
  return labels->begin[labels->rows];
}

/* Room for so many entries in sparse labels; `held` and `weight` may move, and
 * keep what they hold. YS_NO_MEMORY: the labels are as they were. */
ys_code ys_labels_reserve(ys_labels *labels, size_t entries, ys_error *error);

/* Row i as K doubles: where it lies, or in `room` (K). */
const double *ys_labels_row(const ys_labels *labels, size_t i, double *room);

/* Divide each row by its sum, which must be positive. */
void ys_labels_divide(ys_labels *labels);

/* Make *to of *from: dense; sparse, with an entry for every number that is not
 * 0 (a row must have one); or of the same kind. On failure (YS_NO_MEMORY)
 * nothing is left to free. */
ys_code ys_labels_to_dense(const ys_labels *from, ys_labels *to,
                           ys_error *error);
ys_code ys_labels_to_sparse(const ys_labels *from, ys_labels *to,
                            ys_error *error);
ys_code ys_labels_copy(const ys_labels *from, ys_labels *to, ys_error *error);

/* Overwrite *to, made of the same shape and of either kind, by *from.
 * YS_NO_MEMORY: *to is as it was. */
ys_code ys_labels_assign(ys_labels *to, const ys_labels *from, ys_error *error);

/* Rows of sparse labels without entries; and K entries of 1/K in their place.
 * YS_NO_MEMORY: the labels are as they were. */
size_t ys_labels_empty_rows(const ys_labels *labels);
ys_code ys_labels_spell_out(ys_labels *labels, ys_error *error);

#pragma GCC visibility pop

#endif
