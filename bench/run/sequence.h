/* Recordings among the problems of a run: `recorded:dir=DIR` stands for all its
 * batches, one after the other. */
#ifndef SEQUENCE_H
#define SEQUENCE_H

#include "problems/error.h"

#include <stddef.h>

/* The problems with every whole recording replaced by its batches,
 * `recorded:dir=DIR,epoch=N`. On failure nothing is left to free. */
ys_code sequence_expand(const char *const *specs, size_t count,
                        char ***expanded, size_t *expanded_count,
                        ys_error *error);
void sequence_free(char **expanded, size_t count);

#endif
