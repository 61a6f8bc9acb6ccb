/* Sparse labels as SciPy keeps a sparse matrix by rows (CSR): a .npz, a zip
 * archive of .npy arrays,
 *
 *   indices.npy  the class of each entry, row by row
 *   indptr.npy   M + 1: where each row's entries begin
 *   format.npy   b'csr'
 *   shape.npy    M, K
 *   data.npy     the weight of each entry
 *
 * scipy.sparse.save_npz and load_npz write and read it, numpy.load the arrays:
 * https://docs.scipy.org/doc/scipy/reference/generated/scipy.sparse.save_npz.html
 */
#ifndef YS_NPZ_H
#define YS_NPZ_H

#include "problems/formats/output.h"
#include "problems/labels.h"
#include "problems/ranks.h"

#include <stdbool.h>

/* Write sparse labels into an open output, which is finished or abandoned, and
 * so whole or not there (output.h): members stored, not
 * compressed; integers of 32 bits, or 64 where SciPy takes those; the same
 * bytes for the same labels. A row without entries, 1/K each, is written out:
 * in a file it would be zeros. `share`: as ys_labels_write_to has it; the other
 * ranks' entries pass through the first one a piece at a time. */
ys_code ys_npz_write(ys_output *output, const ys_labels *labels,
                     const ys_share *share, ys_error *error);

/* Read sparse labels of any shape M >= 1, K >= 1. Takes members stored or
 * deflated, integers of 32 or 64 bits, weights of float32 or float64. Refuses,
 * with the file and the row: archives and arrays that are damaged or another
 * matrix than one by rows; classes that are out of range, or do not rise within
 * a row (as duplicates do not); and rows that are not distributions, as
 * ys_batch_accept_row does. The weights are those of the file, but for zeros,
 * which are dropped. On failure nothing is left to free.
 *
 * With a share (or NULL): its rows alone, which it must be given of a matrix
 * with as many rows as its whole, and YS_BAD_INPUT if the file has others;
 * every rank goes through all of the file, and holds its rows. */
ys_code ys_npz_read(const char *path, const ys_share *share, ys_labels *labels,
                    ys_error *error);

/* Whether the name ends in .npz. */
bool ys_npz_is_name(const char *path);

#endif
