/* The header of a NumPy array, as a .npy file and the members of a .npz have
 * it: a magic word, a version, and a Python dict literal such as
 *
 *   {'descr': '<f8', 'fortran_order': False, 'shape': (5, 3), }
 *
 * Format: numpy.lib.format, https://numpy.org/doc/stable/reference/generated/
 * numpy.lib.format.html */
#ifndef YS_NPY_HEADER_H
#define YS_NPY_HEADER_H

#include "problems/error.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct ys_npy_header {
  char descr[16]; /* the type of an element, "<f8" or another */
  bool fortran_order;
  size_t dims;
  size_t shape[2]; /* of the first two dimensions; 1 where there is none */
  size_t size;     /* bytes of the header: the data begins behind them */
} ys_npy_header;

enum { YS_NPY_MAGIC = 6 };
bool ys_npy_is_magic(const void *bytes); /* so many of them */

/* Read the header, of version 1.0, 2.0 or 3.0, that the `size` bytes begin
 * with. Only names the file `path` in messages. */
ys_code ys_npy_header_read(const char *path, const unsigned char *bytes,
                           size_t size, ys_npy_header *header, ys_error *error);

/* As NumPy pads it. Two counts of twenty digits each fit. */
enum { YS_NPY_HEADER = 128 };

/* A header, version 1.0, of such a type and such a shape, "(5, 3)", in C order.
 */
void ys_npy_header_make(const char *descr, const char *shape,
                        char bytes[YS_NPY_HEADER]);

#endif
