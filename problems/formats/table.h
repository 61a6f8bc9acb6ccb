/* A file of numbers in rows and columns, .npy or CSV, read row by row. */
#ifndef YS_TABLE_H
#define YS_TABLE_H

#include "problems/formats/csv.h"
#include "problems/formats/npy.h"

typedef struct ys_table {
  size_t rows, cols; /* both >= 1 */
  bool is_vector;    /* a 1-D array: rows is 1 */
  char *where;       /* file (and line) of the last row read, for messages */
  const char *path;
  size_t next; /* rows read so far */
  bool is_npy; /* which of the two below is open */
  ys_npy npy;
  ys_csv_numbers csv;
} ys_table;

/* Open a file: as .npy if it begins as such files do or its name ends in .npy,
 * as CSV otherwise. `path` must stay valid until it is closed. On failure
 * nothing is left open. */
ys_code ys_table_open(const char *path, ys_table *table, ys_error *error);
void ys_table_close(ys_table *table); /* accepts NULL */

/* Read the next row into out[cols]; to be called `rows` times at most. */
ys_code ys_table_next(ys_table *table, double *out, ys_error *error);

/* The numbers of an open .npy file of float32, in place; NULL for any other. To
 * keep them, take over the map: ys_table_close then leaves it alone. */
const float *ys_table_floats(const ys_table *table);
void ys_table_take_map(ys_table *table);

/* A whole file as a matrix, as a start point or a prior is read. A 1-D array of
 * K is 1 x K. */
typedef struct ys_matrix {
  size_t rows, cols;
  double *data; /* rows x cols, row by row; owned */
} ys_matrix;

/* On failure nothing is left allocated. Entries may be infinite or NaN. */
ys_code ys_matrix_read(const char *path, ys_matrix *matrix, ys_error *error);
void ys_matrix_free(ys_matrix *matrix); /* accepts NULL */

#endif
