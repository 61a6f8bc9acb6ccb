/* The header of a NumPy .npy file: a Python dict literal such as
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
} ys_npy_header;

/* Parse the dict literal in `text` (not NUL-terminated) and the blanks behind
 * it. Keys may come in any order; each of the three must be there once, and no
 * other. Only names the file `path` in messages. */
ys_code ys_npy_header_parse(const char *path, const char *text, size_t length,
                            ys_npy_header *header, ys_error *error);

#endif
