#include "bench/run/starts.h"

#include "problems/formats/table.h"
#include "problems/options.h"

#include <stdlib.h>
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

ys_code prior_read(const char *path, size_t classes, double **prior,
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

static const ys_option start_options[] = {
    {"mix", YS_REAL, "0", 0, 1, NULL, "share of the uniform point"},
    {.name = NULL},
};

static bool is_word(const char *text, size_t length) {
  static const char *const words[] = {"uniform", "sigma", "random"};
  size_t which;
  return ys_names_find(YS_NAMES(words), text, length, &which);
}

/* A path may hold a colon: only ":mix=" ends it. */
ys_code start_read(const char *start, start_choice *choice, ys_error *error) {
  ys_options options;
  const char *colon = strrchr(start, ':');
  if (colon && !is_word(start, (size_t)(colon - start)) &&
      strncmp(colon, ":mix=", 5) != 0)
    colon = NULL;
  size_t length = colon ? (size_t)(colon - start) : strlen(start);
  ys_code code = ys_options_parse("start", start_options,
                                  colon ? colon + 1 : NULL, &options, error);
  if (code)
    return code;
  *choice = (start_choice){.where = strndup(start, length),
                           .is_file = !is_word(start, length),
                           .mix = ys_options_number(&options, "mix")};
  ys_options_free(&options);
  return choice->where ? YS_OK : ys_fail_memory(error, "a start point");
}

void start_free(start_choice *choice) {
  free(choice->where);
  choice->where = NULL;
}

static ys_code fill_from(const start_choice *choice, unsigned long seed,
                         const ys_objective *objective, double *y,
                         ys_error *error) {
  if (choice->is_file)
    return start_from_file(choice->where, objective, y, error);
  if (strcmp(choice->where, "random") == 0)
    return ys_start_random(objective, seed, y, error);
  if (strcmp(choice->where, "uniform") == 0)
    ys_start_uniform(objective, y);
  else
    ys_start_sigma(objective, y);
  return YS_OK;
}

void start_mix(double mix, size_t rows, size_t classes, double *y) {
  for (size_t i = 0; i < rows * classes; i++)
    y[i] = (1 - mix) * y[i] + mix / (double)classes;
}

ys_code start_fill(const char *start, unsigned long seed,
                   const ys_objective *objective, double *y, ys_error *error) {
  start_choice choice;
  ys_code code = start_read(start, &choice, error);
  if (code)
    return code;
  code = fill_from(&choice, seed, objective, y, error);
  if (!code && choice.mix > 0)
    start_mix(choice.mix, objective->batch->rows, objective->batch->classes, y);
  start_free(&choice);
  return code;
}

static ys_code make_dense(const char *start, unsigned long seed,
                          const ys_objective *objective, ys_labels *y,
                          ys_error *error) {
  const ys_batch *batch = objective->batch;
  ys_code code = ys_labels_make_dense(y, batch->rows, batch->classes, error);
  if (code)
    return code;
  code = start_fill(start, seed, objective, y->dense, error);
  if (code)
    ys_labels_free(y);
  return code;
}

ys_code start_make(const char *start, unsigned long seed,
                   const ys_objective *objective, bool sparse, ys_labels *y,
                   ys_error *error) {
  const ys_batch *batch = objective->batch;
  ys_labels dense;
  if (!sparse)
    return make_dense(start, seed, objective, y, error);
  if (strcmp(start, "uniform") == 0)
    return ys_labels_make_sparse(y, batch->rows, batch->classes, error);
  ys_code code = make_dense(start, seed, objective, &dense, error);
  if (code)
    return code;
  code = ys_labels_to_sparse(&dense, y, error);
  ys_labels_free(&dense);
  return code;
}

/* ---------------------------------------------------------- warm starts -- */

static const ys_option warm_options[] = {
    {"mix", YS_REAL, "1e-3", 0, 1, NULL, "share of the uniform point"},
    {.name = NULL},
};

ys_code warm_read(const char *start, bool *warm, double *mix, ys_error *error) {
  ys_options options;
  *warm = ys_spec_name_length(start) == 4 && strncmp(start, "warm", 4) == 0;
  *mix = 0;
  if (!*warm)
    return YS_OK;
  ys_code code = ys_options_parse("warm", warm_options, ys_spec_options(start),
                                  &options, error);
  if (code)
    return code;
  *mix = ys_options_number(&options, "mix");
  ys_options_free(&options);
  return YS_OK;
}
