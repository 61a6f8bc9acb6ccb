#include "inputs.h"

#include "../problems/table.h"

#include <string.h>

static ys_code read_shape(const char *path, const char *what, size_t rows,
                          size_t cols, ys_matrix *matrix, ys_error *error) {
  ys_code code = ys_matrix_read(path, matrix, error);
  if (code || (matrix->rows == rows && matrix->cols == cols))
    return code;
  code = ys_fail(error, YS_BAD_INPUT,
                 "%s: the %s is %zu x %zu; expected %zu x %zu", path, what,
                 matrix->rows, matrix->cols, rows, cols);
  ys_matrix_free(matrix);
  return code;
}

ys_code inputs_read_prior(const char *path, size_t classes, double **prior,
                          ys_error *error) {
  ys_matrix matrix = {0};
  ys_code code = read_shape(path, "prior", 1, classes, &matrix, error);
  *prior = matrix.data;
  return code;
}

static ys_code start_from_file(const char *path, const ys_objective *objective,
                               double *y, ys_error *error) {
  size_t rows = objective->batch->rows, classes = objective->batch->classes;
  ys_batch labels = {.rows = rows, .classes = classes, .sigma = y};
  ys_matrix matrix;
  ys_code code = read_shape(path, "start", rows, classes, &matrix, error);
  if (code)
    return code;
  memcpy(y, matrix.data, rows * classes * sizeof *y);
  ys_matrix_free(&matrix);
  for (size_t i = 0; !code && i < rows; i++)
    code = ys_batch_accept_row(&labels, path, i, error);
  return code;
}

ys_code inputs_start(const char *start, unsigned long seed,
                     const ys_objective *objective, double *y,
                     ys_error *error) {
  if (strcmp(start, "random") == 0)
    return ys_start_random(objective, seed, y, error);
  if (strcmp(start, "uniform") != 0 && strcmp(start, "sigma") != 0)
    return start_from_file(start, objective, y, error);
  if (strcmp(start, "uniform") == 0)
    ys_start_uniform(objective, y);
  else
    ys_start_sigma(objective, y);
  return YS_OK;
}
