/* Callers' arrays: what they must be, and the way from them to batches and
 * labels and back. */
#ifndef YS_ARRAYS_H
#define YS_ARRAYS_H

#include "library/ystep.h"
#include "problems/batch.h"
#include "problems/labels.h"

/* Whether the numbers lie as the library's own do: doubles, no gaps. */
bool ys_array_is_plain(const ystep_array *array);

/* YS_BAD_INPUT if it is none: no data, an unknown type, a shape or a stride
 * that cannot be. `name` is for messages; `like`, NULL or the shape that it
 * must have. */
ys_code ys_array_check(const ystep_array *array, const char *name,
                       const ystep_array *like, ys_error *error);

/* `count` rows from `first` on as doubles, side by side. */
void ys_array_read(const ystep_array *array, size_t first, size_t count,
                   double *rows);

/* Write one row of K doubles, rounded to nearest where it holds floats. */
void ys_array_write_row(const ystep_array *array, size_t row,
                        const double *numbers);

/* Check, and divide by their sums, rows of labels read from an array (it may be
 * the same memory) into y (M x K, dense), as a start point is read. */
ys_code ys_array_read_labels(const ystep_array *array, int threads,
                             ys_labels *y, ys_error *error);
void ys_array_write_labels(const ystep_array *array, const ys_labels *y);

/* YS_BAD_INPUT if sparse labels are none: begin falls or ends beyond what a
 * shape can hold, classes do not rise within a row or are none. */
ys_code ys_sparse_check(const ystep_sparse *sparse, const ystep_array *like,
                        ys_error *error);

/* Make *to, zeroed or sparse labels of whatever shape, those of `from`, which
 * may lie in it. */
ys_code ys_sparse_read(const ystep_sparse *from, ys_labels *to,
                       ys_error *error);

/* Check the weights of labels and divide them by their rows' sums, as a start
 * point is read: zeros go. */
ys_code ys_sparse_accept(ys_labels *y, ys_error *error);

#endif
