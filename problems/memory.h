/* Memory that is given back all at once: that of one structure, or of parts
 * that share parts. */
#ifndef YS_MEMORY_H
#define YS_MEMORY_H

#include "error.h"

#include <stddef.h>

#pragma GCC visibility push(default)

/* All zeros: nothing yet. */
typedef struct ys_memory {
  const char *lacking; /* what there was no memory for, first; or NULL */
  struct ys_piece *pieces;
  char *free;   /* what the last of the shared pieces has left, */
  size_t left;  /* and how much that is */
  size_t count; /* of arrays */
} ys_memory;

/* `count` elements of `size` bytes, all zeros, aligned for lanes. NULL if there
 * is no memory for them, or if their product overflows: `what`, which is kept,
 * is lacking then. */
void *ys_take(ys_memory *memory, size_t count, size_t size, const char *what);
double *ys_take_numbers(ys_memory *memory, size_t count, const char *what);

/* A formatted text; NULL, and lacking, if there is no memory for it. */
char *ys_take_text(ys_memory *memory, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* YS_NO_MEMORY if anything is lacking. */
ys_code ys_memory_check(const ys_memory *memory, ys_error *error);

/* All of it; it is as at first then. */
void ys_give_back(ys_memory *memory);

#pragma GCC visibility pop

#endif
