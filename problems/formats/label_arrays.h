/* The three arrays that sparse labels are in a file, indices, indptr and data
 * (npz.h), whoever holds the rows: one process, or ranks, of whom the first
 * asks the others for a piece at a time and nobody holds the whole. */
#ifndef YS_LABEL_ARRAYS_H
#define YS_LABEL_ARRAYS_H

#include "problems/labels.h"
#include "problems/ranks.h"

#include <stdbool.h>

typedef enum ys_label_array { YS_INDICES, YS_INDPTR, YS_DATA } ys_label_array;

typedef struct ys_label_arrays {
  const ys_ranks *ranks;   /* NULL: this process has all rows */
  const ys_labels *labels; /* the caller's rows; each has entries */
  ys_labels spelled;       /* owned: those labels, if some rows had none */
  size_t rows, classes;    /* of the whole, and on the first rank */
  size_t entries;          /* likewise */
  bool wide;               /* integers have 64 bits, as SciPy's where it takes
                              those, else 32 */
  size_t *first_row, *first_entry; /* of each rank, and of the end; owned */
  unsigned char *piece;            /* room for one */
} ys_label_arrays;

/* Bytes of an element, and how many elements there are. */
size_t ys_label_arrays_item(const ys_label_arrays *arrays, ys_label_array of);
size_t ys_label_arrays_count(const ys_label_arrays *arrays, ys_label_array of);

/* Where all rows have entries, 1/K each in place of none. `share` has the ranks
 * that hold labels between them (NULL, or its ranks: this process has all);
 * they call it at once, and nobody fails alone. It is to be closed, on failure,
 * too. */
ys_code ys_label_arrays_open(ys_label_arrays *arrays, const ys_labels *labels,
                             const ys_share *share, ys_error *error);
void ys_label_arrays_close(ys_label_arrays *arrays);

/* On the first rank: some elements from the first-th on, as many as lie in one
 * place, and at most `most`: *bytes, valid until the next call, and how many;
 * 0, if a rank is lost. */
size_t ys_label_arrays_take(ys_label_arrays *arrays, ys_label_array of,
                            size_t first, size_t most,
                            const unsigned char **bytes);

/* While the first rank takes, the others answer; until it dismisses them, which
 * it does, whatever happens. YS_IO: a rank is lost. */
ys_code ys_label_arrays_answer(ys_label_arrays *arrays, ys_error *error);
void ys_label_arrays_dismiss(ys_label_arrays *arrays);

#endif
