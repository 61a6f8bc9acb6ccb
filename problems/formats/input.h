/* Opening what is to be read. */
#ifndef YS_INPUT_H
#define YS_INPUT_H

#include "problems/error.h"

#include <stdbool.h>
#include <stdio.h>

/* Open a regular file for reading. Anything else is refused, and without
 * waiting: a pipe may never get a writer, a device may have no end, and neither
 * can be read twice. On failure *file is NULL and errno says why (ENOENT: there
 * is none). */
ys_code ys_input_open(const char *path, FILE **file, ys_error *error);

/* Whether there is such a regular file; whether there is such a directory. */
bool ys_input_is_file(const char *path);
bool ys_input_is_directory(const char *path);

/* The whole of such a file, which may have `most` bytes; `what` names it where
 * memory is wanting. *bytes is to be freed. On failure it is NULL, and errno
 * is ENOENT only if there is no such file. */
ys_code ys_input_read(const char *path, size_t most, const char *what,
                      char **bytes, size_t *size, ys_error *error);

#endif
