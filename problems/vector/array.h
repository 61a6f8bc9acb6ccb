/* Sizes that come from files and command lines: sums and products of them that
 * cannot wrap round to something small, and memory of such sizes. */
#ifndef YS_ARRAY_H
#define YS_ARRAY_H

#include "problems/error.h"

#include <stdbool.h>
#include <stddef.h>

/* a * b and a + b, or SIZE_MAX where that is more: no allocation serves it. */
size_t ys_times(size_t a, size_t b);
size_t ys_plus(size_t a, size_t b);

/* Ask for large pages for memory that has just been taken, if it is large,
 * where the system gives them to who asks (Linux,
 * transparent_hugepage=madvise): touching it for the first time takes a
 * fraction of the time then, above all on virtual machines, and rows far apart
 * are found sooner. A wish, which nothing depends on. */
void ys_wish_large_pages(void *memory, size_t bytes);

/* `bytes` of zeros, to be given back by ys_pages_free() with the same number;
 * NULL if there is no memory. What is large comes from the system, in large
 * pages of its own if those can be had, and takes no memory before it is
 * touched, a page at a time. */
void *ys_pages(size_t bytes);
void ys_pages_free(void *pages, size_t bytes); /* accepts NULL */

/* Whether so many bytes are large. */
bool ys_pages_are_large(size_t bytes);

/* Memory for `count` elements of `size` bytes, to be freed; NULL if there is
 * none, or if their product is more than a size_t holds. */
void *ys_array(size_t count, size_t size);

/* Make room for one element more in an array that has `used` of them and room
 * for *room; `array` is where the pointer to it stands, since it may move.
 * `what` is for the message. */
ys_code ys_grow(void *array, size_t used, size_t *room, size_t size,
                const char *what, ys_error *error);

#endif
