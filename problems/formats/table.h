/* A file of numbers in rows and columns, .npy or CSV: read row by row, as a
 * matrix, or as a batch. Of a CSV file, lines that begin with '#' are comments,
 * a first row none of whose fields is a number is a header, and every row has
 * as many fields as the first. */
#ifndef YS_TABLE_H
#define YS_TABLE_H

#include "problems/batch.h"
#include "problems/formats/csv.h"
#include "problems/formats/npy.h"

typedef struct ys_table {
  size_t rows, cols; /* both >= 1; a header does not count */
  bool is_vector;    /* a 1-D array: rows is 1 */
  const char *path;
  char where[512]; /* file (and line) of the last row read, as much as a message
                      holds */
  size_t next;     /* .npy: rows read so far */
  bool is_npy;     /* which of the two below is open */
  ys_npy npy;
  ys_csv csv;
} ys_table;

/* Open a file: as .npy if it begins as such files do or its name ends in .npy,
 * as CSV otherwise, whose rows are counted. `path` must stay valid until it is
 * closed. On failure nothing is left open. */
ys_code ys_table_open(const char *path, ys_table *table, ys_error *error);
void ys_table_close(ys_table *table); /* accepts NULL */

/* Read the next row into out[cols]; to be called `rows` times at most. Of a
 * field of a CSV file accepts what strtod does, "inf" and "nan" too, between
 * blanks; refuses anything else with file, line and field. */
ys_code ys_table_next(ys_table *table, double *out, ys_error *error);

/* A whole file as a matrix, as a start point or a prior is read. A 1-D array of
 * K is 1 x K. */
typedef struct ys_matrix {
  size_t rows, cols;
  double *data; /* rows x cols, row by row; owned */
} ys_matrix;

/* On failure nothing is left allocated. Entries may be infinite or NaN. */
ys_code ys_matrix_read(const char *path, ys_matrix *matrix, ys_error *error);
void ys_matrix_free(ys_matrix *matrix); /* accepts NULL */

/* What a batch is read from, a row a point. */
typedef enum ys_batch_source {
  YS_PROBABILITIES,
  YS_LOGITS,    /* to be put through softmax */
  YS_AS_STORED, /* probabilities; a large .npy file of float32 stays mapped, see
                   ys_batch_keep, until somebody wants doubles */
  YS_KEPT,      /* probabilities in such a file of any size, which stays */
} ys_batch_source;

/* The same bits whatever `threads`, 1 at least. On failure nothing is left
 * allocated. */
ys_code ys_batch_read(const char *path, ys_batch_source source, int threads,
                      ys_batch *batch, ys_error *error);

#endif
