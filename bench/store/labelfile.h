/* labels/RUN_ID.npy or .npz of a run directory, whichever the labels are. */
#ifndef LABELFILE_H
#define LABELFILE_H

#include "problems/labels.h"
#include "problems/ranks.h"

#include <stdbool.h>

/* Write the labels of a run of DIR, whose folder `labels` is there; those of
 * the other kind, of an earlier run of the number, go. `share`: as
 * ys_labels_write_to has it; of ranks the first alone has DIR, NULL on the
 * others. */
ys_code labelfile_write(const char *dir, size_t id, const ys_labels *labels,
                        const ys_share *share, ys_error *error);

/* Where they are, to be freed; NULL if they are not there. */
ys_code labelfile_find(const char *dir, size_t id, char **path,
                       ys_error *error);

/* Whether the file is whole: YS_BAD_INPUT if not. Its shape. */
ys_code labelfile_check(const char *path, size_t *rows, size_t *classes,
                        ys_error *error);

/* Copy them to another directory's, under another number, to the byte; they
 * must be whole. *found: whether there were any. */
ys_code labelfile_copy(const char *from, size_t id, const char *to,
                       size_t new_id, bool *found, ys_error *error);

#endif
