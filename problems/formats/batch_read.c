#include "problems/formats/batch_read.h"

#include "problems/formats/table.h"

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
  ys_code code =
      ys_batch_alloc(batch, table->path, table->rows, table->cols, error);
  if (code)
    return code;
  code = read_rows(table, logits, batch, error);
  if (code)
    ys_batch_free(batch);
  return code;
}

static ys_code keep_batch(ys_table *table, ys_batch *batch, ys_error *error) {
  const float *recorded = ys_table_floats(table);
  if (!recorded)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: storage=float32: expected a .npy file of float32",
                   table->path);
  ys_code code =
      ys_batch_keep(batch, table->path, recorded, table->rows, table->cols,
                    table->npy.map, table->npy.map_size, error);
  if (!code)
    ys_table_take_map(table);
  return code;
}

static ys_code open_matrix(const char *path, ys_table *table, ys_error *error) {
  ys_code code = ys_table_open(path, table, error);
  if (code || !table->is_vector)
    return code;
  ys_table_close(table);
  return ys_fail(error, YS_BAD_INPUT,
                 "%s: has 1 dimension: expected 2, points x classes", path);
}

ys_code ys_batch_read(const char *path, bool logits, ys_batch *batch,
                      ys_error *error) {
  ys_table table;
  ys_code code = open_matrix(path, &table, error);
  if (code)
    return code;
  code = read_batch(&table, logits, batch, error);
  ys_table_close(&table);
  return code;
}

ys_code ys_batch_read_kept(const char *path, ys_batch *batch, ys_error *error) {
  ys_table table;
  ys_code code = open_matrix(path, &table, error);
  if (code)
    return code;
  code = keep_batch(&table, batch, error);
  ys_table_close(&table);
  return code;
}
