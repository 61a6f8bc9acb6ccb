/* Targets for supervised training: soft labels made from the true ones and
 * corrupted, to see what a loss makes of doubt. */
#ifndef YS_TARGETS_H
#define YS_TARGETS_H

#include "training/dataset.h"

#include <stdint.h>

/* From "wrong=0.2,mix=0.2,blank=0". */
typedef struct ys_targets {
  double wrong; /* share of rows whose label is drawn anew from all classes */
  double mix;   /* weight of the uniform distribution in every target */
  double blank; /* share of rows whose target is the uniform distribution */
} ys_targets;

ys_code ys_targets_parse(const char *text, ys_targets *targets,
                         ys_error *error);

/* Fill y (count x K) for the rows that `rows` names: (1 - mix) one-hot + mix
 * uniform, or uniform alone. What a row gets depends on the seed and its place,
 * and a row that is corrupted at one level is at every higher one. */
ys_code ys_targets_fill(const ys_targets *targets, const ys_dataset *dataset,
                        const size_t *rows, size_t count, uint64_t seed,
                        double *y, ys_error *error);

#endif
