/* NumPy .npy files, and arrays of that form in .npz archives: a reader of
 * matrices and vectors of floats of 16, 32 and 64 bits, bytes and 64-bit
 * integers, and a writer. Source of the format: numpy.lib.format,
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
#ifndef YS_NPY_H
#define YS_NPY_H

#include "problems/formats/npy_header.h"
#include "problems/formats/output.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum ys_npy_type {
  YS_NPY_F8,   /* 'f8' */
  YS_NPY_F4,   /* 'f4' */
  YS_NPY_F2,   /* 'f2', float16 (IEEE 754) */
  YS_NPY_BF16, /* bfloat16, a float32 without its lower half, to which ml_dtypes
                  gives the type '<V2' ('|V2' is NumPy's own: any two bytes) */
  YS_NPY_I8,   /* 'i8': NumPy's labels */
  YS_NPY_U1,   /* 'u1': images */
} ys_npy_type;

/* An open array: a file mapped into memory, or a member of an archive in memory
 * of its own. */
typedef struct ys_npy {
  size_t rows, cols; /* both >= 1 */
  bool is_vector;    /* the shape is 1-D: rows is 1, cols its length */
  ys_npy_type type;
  size_t item;     /* bytes a number */
  bool by_columns; /* in Fortran order: column by column */
  bool is_swapped; /* big-endian */
  const unsigned char *data;
  void *map; /* MAP_FAILED if it is not mapped */
  size_t map_size;
  void *owned; /* or NULL */
} ys_npy;

/* Open a .npy file of format version 1.0, 2.0 or 3.0 that holds one of the
 * types above, floats and integers in either order of bytes, in C or Fortran
 * order, 1-D or 2-D and not empty, and whose size is what its shape asks for,
 * to the byte. On failure nothing is left open. */
ys_code ys_npy_open(const char *path, ys_npy *npy, ys_error *error);

/* The same of a .npz archive: the array of that name ("sigma", which is the
 * member sigma.npy), or with NULL the only one; else the names that there are
 * go into the message. No memory is taken for more than is stored. */
ys_code ys_npy_open_member(const char *path, const char *array, ys_npy *npy,
                           ys_error *error);
void ys_npy_close(ys_npy *npy); /* accepts NULL */

/* For whoever opens one: what the header of a file, or of a member of it (NULL:
 * none), says, if it is what is read, and the bytes of the numbers. */
ys_code ys_npy_set_up(const char *path, const char *member,
                      const ys_npy_header *header, ys_npy *npy, size_t *bytes,
                      ys_error *error);

/* How far a row of probabilities may be from its sum for the rounding of such
 * numbers: half a unit in the last place of each entry. */
double ys_npy_rounding(const ys_npy *npy);

/* Whether the numbers lie as an array of `type` of this machine, row by row. */
bool ys_npy_is_plain(const ys_npy *npy, ys_npy_type type);

/* Whether this is a regular file that begins as .npy files do. */
bool ys_npy_has_magic(const char *path);

/* Copy `count` rows from `first` on as doubles into out (count x cols). */
void ys_npy_rows(const ys_npy *npy, size_t first, size_t count, double *out);

/* A file being written, as C order, version 1.0. See output.h: it appears under
 * its name when it is whole. */
typedef struct ys_npy_writer {
  ys_output output;
  size_t item, cols;
  float *row; /* room, if item is 4 */
} ys_npy_writer;

/* Begin a rows x cols matrix, both >= 1, of '<f4' or '<f8' (item 4 or 8), in an
 * open output, which the writer takes over; append its rows in order, given in
 * double and rounded to nearest; finish it. A function that fails abandons the
 * file: nothing is left of it. */
ys_code ys_npy_begin(ys_output *output, size_t item, size_t rows, size_t cols,
                     ys_npy_writer *writer, ys_error *error);
ys_code ys_npy_append(ys_npy_writer *writer, const double *data, size_t rows,
                      ys_error *error);
ys_code ys_npy_finish(ys_npy_writer *writer, ys_error *error);
void ys_npy_abandon(ys_npy_writer *writer);

/* Write a whole matrix as '<f8'. */
ys_code ys_npy_write(const char *path, const double *data, size_t rows,
                     size_t cols, ys_error *error);

#endif
