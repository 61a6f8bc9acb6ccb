#include "batch_read.h"

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

ys_code ys_batch_read(const char *path, bool logits, ys_batch *batch,
                      ys_error *error) {
  ys_table table;
  ys_code code = ys_table_open(path, &table, error);
  if (code)
    return code;
  code = read_batch(&table, logits, batch, error);
  ys_table_close(&table);
  return code;
}
