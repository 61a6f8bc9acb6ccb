/* Writing a file so that it is there whole or not at all, and no other file is
 * touched: beside its name, flushed to the disk, renamed. Every file that is
 * written in one go is written so, here and by the harness. */
#ifndef YS_OUTPUT_H
#define YS_OUTPUT_H

#include "problems/error.h"

#include <stdio.h>

typedef struct ys_output {
  FILE *file;      /* to write to; whatever fails there, finishing reports */
  char *path;      /* for messages; owned */
  int folder;      /* the directory that holds the file, open; or -1 */
  char *temporary; /* name in `folder` until finished; owned. NULL: the bytes go
                      straight to where they belong, a device or a pipe */
} ys_output;

/* Begin to write `path`. The bytes go to a new file, NAME.tmp in the directory
 * of `path`; one that a killed writer left there is removed first. A symbolic
 * link of either name is replaced, never followed. A directory of the name
 * is refused now. A file of the name keeps its permissions. On failure nothing
 * is left to be freed or removed. */
ys_code ys_output_create(ys_output *output, const char *path, ys_error *error);

/* Flush to the disk, close, rename, and free; a failure of any write since the
 * beginning is one of these. Nothing is left of a file that fails. */
ys_code ys_output_finish(ys_output *output, ys_error *error);

/* Drop what has been written; a zeroed or finished output is accepted. */
void ys_output_abandon(ys_output *output);

#endif
