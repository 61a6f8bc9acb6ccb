#include "bench/run/starts.h"

#include "bench/cli/console.h"

#include "problems/formats/input.h"
#include "problems/formats/npz.h"
#include "problems/formats/table.h"
#include "problems/options.h"

#include <stdlib.h>
#include <string.h>

static ys_code fail_shape(const char *path, const char *what, size_t rows,
                          size_t cols, size_t wanted_rows, size_t wanted_cols,
                          ys_error *error) {
  return ys_fail(error, YS_BAD_INPUT,
                 "%s: the %s is %zu x %zu; expected %zu x %zu", path, what,
                 rows, cols, wanted_rows, wanted_cols);
}

static ys_code read_shape(const char *path, const char *what, size_t rows,
                          size_t cols, ys_matrix *matrix, ys_error *error) {
  ys_code code = ys_matrix_read(path, matrix, error);
  if (!code && *matrix->note)
    console_note("%s: %s", path, matrix->note);
  if (code || (matrix->rows == rows && matrix->cols == cols))
    return code;
  code = fail_shape(path, what, matrix->rows, matrix->cols, rows, cols, error);
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

static const ys_option start_options[] = {
    {"mix", YS_REAL, "0", 0, 1, NULL, "share of the uniform point"},
    {.name = NULL},
};

static bool is_word(const char *text, size_t length) {
  static const char *const words[] = {"uniform", "sigma", "random"};
  size_t which;
  return ys_names_find(YS_NAMES(words), text, length, &which);
}

/* A file that is not there may be a slip of a word. */
static ys_code check_file(const char *path, ys_error *error) {
  static const char *const words[] = {"uniform", "sigma", "random", "warm"};
  const char *nearest =
      ys_input_is_file(path)
          ? NULL
          : ys_names_nearest(YS_NAMES(words), path, strlen(path));
  return nearest ? ys_fail(error, YS_BAD_INPUT,
                           "no start '%s'; did you mean '%s'? (or a file)",
                           path, nearest)
                 : YS_OK;
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
  if (!choice->where)
    return ys_fail_memory(error, "a start point");
  code = choice->is_file ? check_file(choice->where, error) : YS_OK;
  if (code)
    start_free(choice);
  return code;
}

void start_free(start_choice *choice) {
  free(choice->where);
  choice->where = NULL;
}

/* The rows of a .npy or CSV file that are this process', checked as a batch's
 * are. */
static ys_code read_rows(ys_table *table, const ys_share *share, ys_labels *y,
                         ys_error *error) {
  ys_batch labels = {.rows = y->rows, .classes = y->classes, .sigma = y->dense};
  ys_code code = ys_table_skip(table, ys_share_first_row(share), error);
  for (size_t i = 0; !code && i < y->rows; i++) {
    code = ys_table_next(table, y->dense + i * y->classes, error);
    if (!code)
      code = ys_batch_accept_row(&labels, table->path, i, error);
  }
  return ys_share_explain(share, code, error);
}

static ys_code read_dense(const char *path, const ys_objective *objective,
                          ys_labels *y, ys_error *error) {
  const ys_batch *batch = objective->batch;
  const ys_share share = ys_batch_share(batch);
  ys_table table;
  ys_code code = ys_table_open(path, &table, error);
  if (code)
    return code;
  if (*table.note)
    console_note("%s: %s", path, table.note);
  if (table.rows != share.whole.rows || table.cols != batch->classes)
    code = fail_shape(path, "start", table.rows, table.cols, share.whole.rows,
                      batch->classes, error);
  if (!code)
    code = ys_labels_make_dense(y, batch->rows, batch->classes, error);
  if (!code)
    code = read_rows(&table, &share, y, error);
  ys_table_close(&table);
  return code;
}

static ys_code read_sparse(const char *path, const ys_objective *objective,
                           ys_labels *y, ys_error *error) {
  const ys_batch *batch = objective->batch;
  const ys_share share = ys_batch_share(batch);
  ys_code code = ys_npz_read(path, &share, y, error);
  if (code)
    return code;
  if (y->classes != batch->classes)
    return fail_shape(path, "start", share.whole.rows, y->classes,
                      share.whole.rows, batch->classes, error);
  ys_labels_divide(y);
  return YS_OK;
}

static ys_code make_dense(const start_choice *choice, unsigned long seed,
                          const ys_objective *objective, ys_labels *y,
                          ys_error *error) {
  const ys_batch *batch = objective->batch;
  ys_code code = ys_labels_make_dense(y, batch->rows, batch->classes, error);
  if (code)
    return code;
  if (strcmp(choice->where, "random") == 0)
    return ys_start_random(objective, seed, y->dense, error);
  if (strcmp(choice->where, "uniform") == 0)
    ys_start_uniform(objective, y->dense);
  else
    ys_start_sigma(objective, y->dense);
  return YS_OK;
}

/* The point without its share of the uniform one, dense or sparse as it comes.
 */
static ys_code make_plain(const start_choice *choice, unsigned long seed,
                          const ys_objective *objective, start_kind kind,
                          ys_labels *y, ys_error *error) {
  const ys_batch *batch = objective->batch;
  if (choice->is_file)
    return ys_npz_is_name(choice->where)
               ? read_sparse(choice->where, objective, y, error)
               : read_dense(choice->where, objective, y, error);
  if (kind != START_DENSE && strcmp(choice->where, "uniform") == 0)
    return ys_labels_make_sparse(y, batch->rows, batch->classes, error);
  return make_dense(choice, seed, objective, y, error);
}

/* Replace y by the same labels of the other kind. */
static ys_code turn(ys_labels *y, ys_error *error) {
  ys_labels other;
  ys_code code = y->dense ? ys_labels_to_sparse(y, &other, error)
                          : ys_labels_to_dense(y, &other, error);
  if (code)
    return code;
  ys_labels_free(y);
  *y = other;
  return YS_OK;
}

static ys_code turn_into(start_kind kind, ys_labels *y, ys_error *error) {
  const bool right =
      kind == START_EITHER || (kind == START_DENSE) == (y->dense != NULL);
  return right ? YS_OK : turn(y, error);
}

void start_mix(double mix, size_t rows, size_t classes, double *y) {
  for (size_t i = 0; i < rows * classes; i++)
    y[i] = (1 - mix) * y[i] + mix / (double)classes;
}

ys_code start_mix_labels(double mix, ys_labels *y, ys_error *error) {
  const bool sparse = !y->dense;
  if (mix == 0 || (sparse && ys_labels_entries(y) == 0))
    return YS_OK;
  ys_code code = turn_into(START_DENSE, y, error);
  if (code)
    return code;
  start_mix(mix, y->rows, y->classes, y->dense);
  return sparse ? turn(y, error) : YS_OK;
}

ys_code start_make(const char *start, unsigned long seed,
                   const ys_objective *objective, start_kind kind, ys_labels *y,
                   ys_error *error) {
  start_choice choice;
  *y = (ys_labels){0};
  ys_code code = start_read(start, &choice, error);
  if (code)
    return code;
  code = make_plain(&choice, seed, objective, kind, y, error);
  if (!code)
    code = start_mix_labels(choice.mix, y, error);
  if (!code)
    code = turn_into(kind, y, error);
  start_free(&choice);
  code = ys_ranks_agree(objective->batch->ranks, code, error);
  if (code)
    ys_labels_free(y);
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
