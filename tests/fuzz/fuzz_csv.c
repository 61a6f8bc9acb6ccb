/* A CSV file: its rows as text, and as a matrix and a batch of numbers. */
#include "tests/fuzz/fuzz.h"

#include "problems/formats/table.h"

static void read_rows(const char *path, char comment) {
  ys_csv csv;
  ys_error error;
  bool more = true;
  if (ys_csv_open(path, comment, &csv, &error))
    return;
  while (more && ys_csv_next_row(&csv, &more, &error) == YS_OK)
    for (size_t i = 0; i < csv.count; i++)
      if (strlen(ys_csv_field(&csv, i)) > csv.used)
        abort();
  ys_csv_close(&csv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *path = fuzz_file(data, size);
  ys_error error;
  ys_matrix matrix;
  ys_batch batch;
  read_rows(path, 0);
  read_rows(path, '#');
  if (ys_matrix_read(path, &matrix, &error) == YS_OK)
    ys_matrix_free(&matrix);
  if (ys_batch_read(path, YS_LOGITS, 1, &batch, &error) == YS_OK)
    ys_batch_free(&batch);
  return 0;
}
