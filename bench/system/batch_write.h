/* Writing a matrix row by row, as a .npy file or as CSV, whichever the name
 * asks for. */
#ifndef BATCH_WRITE_H
#define BATCH_WRITE_H

#include "problems/formats/npy.h"

#include <stdbool.h>

/* One of the two. */
typedef struct batch_writer {
  bool is_csv;
  size_t cols, item;
  ys_npy_writer npy;
  ys_output csv;
} batch_writer;

/* Begin a rows x cols matrix where -o FILE says (files.h): CSV without a
 * header line if `path` ends in .csv, else .npy with numbers of `item` bytes (4
 * or 8). CSV numbers are written with the digits that give the same float (item
 * 4) or double back. Append its rows in order; finish. What fails abandons the
 * file. */
ys_code batch_write_open(const char *path, bool force, size_t item, size_t rows,
                         size_t cols, batch_writer *writer, ys_error *error);
ys_code batch_write_append(batch_writer *writer, const double *data,
                           size_t rows, ys_error *error);
ys_code batch_write_finish(batch_writer *writer, ys_error *error);
void batch_write_abandon(batch_writer *writer); /* accepts a zeroed one */

#endif
