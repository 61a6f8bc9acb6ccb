/* NumPy .npy files: a reader of matrices and vectors of 32- and 64-bit floats,
 * bytes and 64-bit integers, and a writer. Source of the format:
 * numpy.lib.format,
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
#ifndef YS_NPY_H
#define YS_NPY_H

#include "problems/formats/output.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum ys_npy_type {
  YS_NPY_F8, /* '<f8' */
  YS_NPY_F4, /* '<f4' */
  YS_NPY_I8, /* '<i8': NumPy's labels */
  YS_NPY_U1, /* '|u1': images */
} ys_npy_type;

/* An open file, mapped into memory. */
typedef struct ys_npy {
  size_t rows, cols; /* both >= 1 */
  bool is_vector;    /* the shape is 1-D: rows is 1, cols its length */
  ys_npy_type type;
  size_t item; /* bytes a number */
  const unsigned char *data;
  void *map;
  size_t map_size;
} ys_npy;

/* Open a .npy file of format version 1.0 or 2.0 that holds little-endian
 * float32 or float64 ('<f4', '<f8'), '<i8' or '|u1' in C order, 1-D or 2-D and
 * not empty, and whose size is what its shape asks for, to the byte. On failure
 * nothing is left open. */
ys_code ys_npy_open(const char *path, ys_npy *npy, ys_error *error);
void ys_npy_close(ys_npy *npy); /* accepts NULL */

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
