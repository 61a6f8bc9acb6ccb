#include "training/dataset.h"

#include "problems/generators/rng.h"
#include "problems/vector/array.h"

#include <stdint.h>
#include <stdlib.h>

const ys_data *const ys_datas[] = {&ys_images, &ys_glyphs, &ys_blobs,
                                   &ys_moons,  &ys_rings,  NULL};

ys_code ys_dataset_alloc(ys_dataset *dataset, const char *name, size_t rows,
                         ys_shape shape, size_t classes, ys_error *error) {
  size_t size = ys_shape_size(shape);
  *dataset = (ys_dataset){.rows = rows, .classes = classes, .shape = shape};
  if (rows == 0 || size == 0 || classes < 2)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: %zu rows of %zu numbers, %zu classes: expected at "
                   "least 1 row and 2 classes",
                   name, rows, size, classes);
  if (ys_times(ys_times(rows, size), sizeof(ys_real)) > PTRDIFF_MAX)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: %zu rows of %zu numbers are more than memory can "
                   "address",
                   name, rows, size);
  dataset->input = calloc(ys_times(rows, size), sizeof *dataset->input);
  dataset->label = calloc(rows, sizeof *dataset->label);
  if (dataset->input && dataset->label)
    return YS_OK;
  ys_dataset_free(dataset);
  return ys_fail_memory(error, "the data");
}

void ys_dataset_free(ys_dataset *dataset) {
  free(dataset->input);
  free(dataset->label);
  *dataset = (ys_dataset){0};
}

ys_code ys_data_parse(const char *spec, const ys_data **data,
                      ys_options *options, ys_error *error) {
  size_t i;
  *data = NULL;
  ys_code code = ys_look_up("data", YS_NAMES_TO_NULL(ys_datas), spec,
                            ys_spec_name_length(spec), NULL, &i, error);
  if (code)
    return code;
  *data = ys_datas[i];
  return ys_options_parse((*data)->name, (*data)->options,
                          ys_spec_options(spec), options, error);
}

ys_code ys_dataset_make(const char *spec, ys_dataset *dataset,
                        ys_error *error) {
  const ys_data *found;
  ys_options options;
  ys_code code = ys_data_parse(spec, &found, &options, error);
  if (code)
    return code;
  code = found->make(found, &options, dataset, error);
  ys_options_free(&options);
  return code;
}

/* ---------------------------------------------------------- targets ---- */

static const ys_option targets_options[] = {
    {"wrong", YS_REAL, "0", 0, 1, NULL, "share of labels drawn anew"},
    {"mix", YS_REAL, "0", 0, 1, NULL, "weight of uniform in every target"},
    {"blank", YS_REAL, "0", 0, 1, NULL, "share of targets that are uniform"},
    {.name = NULL},
};

ys_code ys_targets_parse(const char *text, ys_targets *targets,
                         ys_error *error) {
  return ys_options_numbers(
      "supervised", targets_options, text,
      (double *const[]){&targets->wrong, &targets->mix, &targets->blank},
      error);
}

ys_code ys_targets_fill(const ys_targets *targets, const ys_dataset *dataset,
                        const size_t *rows, size_t count, uint64_t seed,
                        double *y, ys_error *error) {
  size_t classes = dataset->classes;
  gsl_rng *rng = ys_rng_alloc();
  if (!rng)
    return ys_fail_memory(error, "a random number generator");
  ys_rng_seed(rng, seed, YS_RNG_TARGETS, 0);
  for (size_t i = 0; i < count; i++) {
    bool blank = gsl_rng_uniform(rng) < targets->blank;
    bool wrong = gsl_rng_uniform(rng) < targets->wrong;
    size_t other = gsl_rng_uniform_int(rng, classes);
    size_t label = wrong ? other : dataset->label[rows[i]];
    double mix = blank ? 1 : targets->mix;
    for (size_t k = 0; k < classes; k++)
      y[i * classes + k] = mix / (double)classes + (k == label ? 1 - mix : 0);
  }
  ys_rng_free(rng);
  return YS_OK;
}
