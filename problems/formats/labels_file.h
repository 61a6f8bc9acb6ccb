/* Files of labels: dense ones as .npy, sparse ones as .npz. */
#ifndef YS_LABELS_FILE_H
#define YS_LABELS_FILE_H

#include "problems/formats/output.h"
#include "problems/labels.h"
#include "problems/ranks.h"

/* "npy" or "npz": what the name of such labels' file ends in. */
const char *ys_labels_ending(const ys_labels *labels);

/* Write labels, each kind as its own, into an open output, which is finished or
 * abandoned; to a file of any name.
 *
 * `share` is NULL, or has the ranks that hold the labels between them (or none:
 * the rows are all): they call it at once, each with its rows and all with
 * labels of one kind, and it is one file, the bytes of one process. The output
 * is open on the first, zeroed on the others. Nobody fails alone. */
ys_code ys_labels_write_to(ys_output *output, const ys_labels *labels,
                           const ys_share *share, ys_error *error);

/* Write labels of either kind as .npy, or as .npz. Ranks write their rows into
 * the .npy, whose folder all must reach. */
ys_code ys_labels_write_dense_to(ys_output *output, const ys_labels *labels,
                                 const ys_share *share, ys_error *error);
ys_code ys_labels_write_sparse_to(ys_output *output, const ys_labels *labels,
                                  const ys_share *share, ys_error *error);

/* Write labels whose rows are all here, each kind as its own. */
ys_code ys_labels_write(const char *path, const ys_labels *labels,
                        ys_error *error);

/* Read labels of any shape: sparse ones if the name ends in .npz, which checks
 * them; else a .npy or a CSV file, whose numbers may be any. On failure nothing
 * is left to free. */
ys_code ys_labels_read(const char *path, ys_labels *labels, ys_error *error);

#endif
