/* Parts of file names. */
#ifndef SLUG_H
#define SLUG_H

#include <stddef.h>

/* Append to the `used` bytes of `slug` what of `text` is fit for a file name,
 * up to `limit` bytes in all: letters, digits, '.', '_' and '-' as they are,
 * '=' left out, a '-' for anything else. Returns how many there are then. */
size_t slug_append(char *slug, size_t used, size_t limit, const char *text);

/* Begin `slug`, which has room for SLUG_PROBLEM + 1, with a problem; a file's
 * path loses its folders and its ending. Returns its length. */
enum { SLUG_PROBLEM = 56 };
size_t slug_problem(char *slug, const char *problem);

#endif
