/* A file of numbers in rows and columns, .npy, an array of a .npz, or text:
 * read row by row, as a matrix, or as a batch. Of text, lines that begin with
 * '#' are comments, as numpy.savetxt writes them; commas, semicolons, tabs or
 * blanks separate (csv.h); a first row none of whose fields is a number is a
 * header; and every row has as many fields as the first. A first row of 0, 1,
 * ..., K - 1 is what pandas writes for a header: it is taken for one where K >
 * 2 and numbers of the next row have fractions. */
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
  char note[128];  /* what to tell of a header; empty if nothing */
  bool counts;     /* the first row is 0, 1, ..., K - 1, and taken for data */
  bool fractions;  /* the row behind it has some */
  size_t next;     /* arrays: rows read so far */
  bool is_npy;     /* which of the two below is open */
  ys_npy npy;
  ys_csv csv;
} ys_table;

/* Open a file: as .npy or .npz if it begins as such files do or its name ends
 * so, as text otherwise, whose rows are counted. A file of another kind is
 * refused with what it is. `path` must stay valid until it is closed. On
 * failure nothing is left open. */
ys_code ys_table_open(const char *path, ys_table *table, ys_error *error);
void ys_table_close(ys_table *table); /* accepts NULL */

/* Read the next row into out[cols]; to be called `rows` times at most. Of a
 * field of text accepts what strtod does, "inf" and "nan" too, between
 * blanks; refuses anything else with file, line and field. */
ys_code ys_table_next(ys_table *table, double *out, ys_error *error);

/* Pass over as many rows. */
ys_code ys_table_skip(ys_table *table, size_t rows, ys_error *error);

/* A whole file as a matrix, as a start point or a prior is read. A 1-D array of
 * K is 1 x K. */
typedef struct ys_matrix {
  size_t rows, cols;
  double *data;   /* rows x cols, row by row; owned */
  char note[128]; /* as a table's */
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

typedef struct ys_batch_file {
  const char *path;
  ys_batch_source source;
  const char *array; /* of a .npz; NULL: the only one */
  bool renormalises; /* probabilities of any sum above 0 are divided by it */
  bool advises;      /* a refusal names the options that may cure it */
} ys_batch_file;

/* The same bits whatever `threads`. Sums of numbers of 16 bits may
 * be off by their rounding, too. Of text whose first row is 0, 1, ..., K - 1,
 * that is a header also where K > 2, since it is no distribution, and of logits
 * with fractions behind it; the batch's note says so, or that it is not. Ranks
 * (or NULL) read their share each, and go through all of a text; arrays of a
 * .npz they refuse, which are in memory as a whole. On failure nothing is left
 * allocated. */
ys_code ys_batch_read(const ys_batch_file *file, const ys_ranks *ranks,
                      int threads, ys_batch *batch, ys_error *error);

/* The same, and of .npy no more than the share is read (shares.c). A path that
 * is no file and has a '*' or '?' in its last part stands for all .npy files
 * that match, one behind the other in the order of their names (by bytes), of
 * one type and as many columns. All ranks call it at once: they must find the
 * same shape, and all fail where one does not. */
ys_code ys_batch_read_share(const ys_batch_file *file, const ys_ranks *ranks,
                            int threads, ys_batch *batch, ys_error *error);

#endif
