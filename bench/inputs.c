#include "inputs.h"

#include "../problems/csv.h"
#include "../problems/npy.h"

#include <stdlib.h>
#include <string.h>

static ys_code wrong_length(const char *path, size_t found, size_t classes,
                            ys_error *error) {
  return ys_fail(error, YS_BAD_INPUT,
                 "%s: the prior has %zu entries; expected one a class, %zu",
                 path, found, classes);
}

static ys_code prior_from_npy(const char *path, size_t classes, double *prior,
                              ys_error *error) {
  ys_npy npy;
  ys_code code = ys_npy_open(path, &npy, error);
  if (code)
    return code;
  if (npy.rows != 1 || npy.cols != classes)
    code = wrong_length(path, npy.rows * npy.cols, classes, error);
  else
    ys_npy_row(&npy, 0, prior);
  ys_npy_close(&npy);
  return code;
}

static ys_code prior_from_csv(const char *path, size_t classes, double *prior,
                              ys_error *error) {
  ys_csv csv;
  bool more;
  ys_code code = ys_csv_open(path, '#', &csv, error);
  if (code)
    return code;
  code = ys_csv_next_row(&csv, &more, error);
  if (!code && csv.count != classes)
    code = wrong_length(path, csv.count, classes, error);
  for (size_t k = 0; !code && k < classes; k++)
    if (!ys_read_number(ys_csv_field(&csv, k), &prior[k]))
      code = ys_fail(error, YS_BAD_INPUT,
                     "%s: line %zu, field %zu: '%s' is not a number", path,
                     csv.line, k + 1, ys_csv_field(&csv, k));
  ys_csv_close(&csv);
  return code;
}

ys_code inputs_read_prior(const char *path, size_t classes, double **prior,
                          ys_error *error) {
  *prior = calloc(classes, sizeof **prior);
  if (!*prior)
    return ys_fail_memory(error, "the prior");
  ys_code code = ys_npy_has_magic(path)
                     ? prior_from_npy(path, classes, *prior, error)
                     : prior_from_csv(path, classes, *prior, error);
  if (code) {
    free(*prior);
    *prior = NULL;
  }
  return code;
}

static ys_code start_from_npy(const char *path, const ys_objective *objective,
                              double *y, ys_error *error) {
  ys_npy npy;
  ys_batch rows = {.rows = objective->batch->rows,
                   .classes = objective->batch->classes,
                   .sigma = y};
  ys_code code = ys_npy_open(path, &npy, error);
  if (code)
    return code;
  if (npy.rows != rows.rows || npy.cols != rows.classes)
    code = ys_fail(error, YS_BAD_INPUT,
                   "%s: the start is %zu x %zu; expected %zu x %zu", path,
                   npy.rows, npy.cols, rows.rows, rows.classes);
  for (size_t i = 0; !code && i < rows.rows; i++) {
    ys_npy_row(&npy, i, y + i * rows.classes);
    code = ys_batch_accept_row(&rows, path, i, error);
  }
  ys_npy_close(&npy);
  return code;
}

ys_code inputs_start(const char *start, unsigned long seed,
                     const ys_objective *objective, double *y,
                     ys_error *error) {
  if (strcmp(start, "random") == 0)
    return ys_start_random(objective, seed, y, error);
  if (strcmp(start, "uniform") != 0 && strcmp(start, "sigma") != 0)
    return start_from_npy(start, objective, y, error);
  if (strcmp(start, "uniform") == 0)
    ys_start_uniform(objective, y);
  else
    ys_start_sigma(objective, y);
  return YS_OK;
}
