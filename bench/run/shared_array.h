/* An array of doubles in memory that another process can map, as a .npy file
 * that has no name in any folder: it is found by a path while this process
 * keeps it, and is gone with it. It cannot be made shorter or longer, by
 * nobody.
 */
#ifndef SHARED_ARRAY_H
#define SHARED_ARRAY_H

#include "problems/error.h"
#include "problems/formats/npy_header.h"

#include <stddef.h>

/* Where its numbers begin. */
enum { SHARED_ARRAY_OFFSET = YS_NPY_HEADER };

typedef struct shared_array {
  char path[48]; /* absolute */
  int file;
  void *map; /* NULL: closed, and for a zeroed one */
  size_t size;
  double *numbers; /* rows x cols, row by row, in C order */
} shared_array;

/* rows x cols zeros, or a vector of `cols` if rows is 0. `name` is used in
 * messages. YS_NO_MEMORY; on failure nothing is left to free. */
ys_code shared_array_make(shared_array *array, const char *name, size_t rows,
                          size_t cols, ys_error *error);
void shared_array_free(shared_array *array); /* accepts a zeroed one */

#endif
