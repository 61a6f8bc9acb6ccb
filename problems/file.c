/* A batch read from a file of probabilities or of logits. */
#include "noise.h"
#include "problem.h"
#include "table.h"

static ys_code read_rows(ys_table *table, bool logits, ys_batch *batch,
                         ys_error *error) {
  ys_code code = YS_OK;
  for (size_t i = 0; !code && i < batch->rows; i++) {
    code = ys_table_next(table, batch->sigma + i * batch->classes, error);
    if (!code)
      code = logits ? ys_batch_softmax_row(batch, table->where, i, error)
                    : ys_batch_accept_row(batch, table->where, i, error);
  }
  return code;
}

static ys_code read_batch(ys_table *table, bool logits, ys_batch *batch,
                          ys_error *error) {
  if (table->is_vector)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: has 1 dimension: expected 2, points x classes",
                   table->path);
  ys_code code =
      ys_batch_alloc(batch, table->path, table->rows, table->cols, error);
  if (code)
    return code;
  code = read_rows(table, logits, batch, error);
  if (code)
    ys_batch_free(batch);
  return code;
}

static ys_code make_file(const ys_options *options, int threads,
                         ys_batch *batch, ys_error *error) {
  ys_table table;
  ys_code code = ys_table_open(ys_options_text(options, "path"), &table, error);
  if (code)
    return code;
  code = read_batch(&table, ys_options_number(options, "logits") != 0, batch,
                    error);
  if (!code)
    code = ys_batch_add_noise(batch, table.path, options, threads, error);
  ys_table_close(&table);
  return code;
}

static const ys_option file_options[] = {
    {"path", YS_TEXT, NULL, 0, 0, NULL, "a .npy or CSV file, a row a point"},
    {"logits", YS_INTEGER, "0", 0, 1, NULL,
     "1: the numbers are logits, to be put through softmax"},
    YS_NOISE_OPTIONS,
    {.name = NULL},
};

const ys_problem ys_file = {
    .name = "file",
    .summary = "read from a .npy or CSV file of probabilities or logits",
    .options = file_options,
    .make = make_file,
};
