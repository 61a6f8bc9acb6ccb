/* What a classifier is trained on: images or features, with labels that are
 * used for scoring (and for supervised training, where that is asked for). */
#ifndef YS_DATASET_H
#define YS_DATASET_H

#include "problems/options.h"
#include "training/layer.h"

#include <stdint.h>

typedef struct ys_dataset {
  size_t rows, classes;
  ys_shape shape; /* of a row; height = width = 1: a plain vector */
  ys_real *input; /* rows x |shape|; owned */
  size_t *label;  /* rows, below classes; NULL if they are not known; owned */
} ys_dataset;

/* A kind of data, in the table of data. */
typedef struct ys_data {
  const char *name, *summary;
  const ys_option *options;
  ys_code (*make)(const struct ys_data *data, const ys_options *options,
                  ys_dataset *dataset, ys_error *error);
} ys_data;

/* images, glyphs, blobs, moons, rings; ended by NULL. */
extern const ys_data *const ys_datas[];
extern const ys_data ys_images, ys_glyphs, ys_blobs, ys_moons, ys_rings;

/* Find the data that "name:key=value,..." names and read its options. An
 * unknown name is answered with the nearest valid one. */
ys_code ys_data_parse(const char *spec, const ys_data **data,
                      ys_options *options, ys_error *error);

/* Make what "name:key=value,..." names. On failure nothing is left allocated.
 */
ys_code ys_dataset_make(const char *spec, ys_dataset *dataset, ys_error *error);
void ys_dataset_free(ys_dataset *dataset); /* accepts a zeroed one */

/* Allocate inputs and labels, all zero. Refuses no rows, fewer than 2 classes
 * and sizes whose product overflows. */
ys_code ys_dataset_alloc(ys_dataset *dataset, const char *name, size_t rows,
                         ys_shape shape, size_t classes, ys_error *error);

/* Targets for supervised training, soft labels made from the true ones and
 * corrupted, to see what a loss makes of doubt: from
 * "wrong=0.2,mix=0.2,blank=0". */
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
