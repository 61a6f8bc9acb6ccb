/* A CSV file: its rows as text, by every separator, and as a matrix and batches
 * of numbers. */
#include "tests/fuzz/fuzz.h"

#include "problems/formats/table.h"

static void read_rows(const char *path, char comment, char separator) {
  ys_csv csv;
  ys_error error;
  bool more = true;
  if (ys_csv_open(path, comment, &csv, &error))
    return;
  csv.separator = separator;
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
  read_rows(path, 0, ',');
  for (const char *separator = ",;\t "; *separator; separator++)
    read_rows(path, '#', *separator);
  if (ys_matrix_read(path, &matrix, &error) == YS_OK)
    ys_matrix_free(&matrix);
  for (int source = YS_PROBABILITIES; source <= YS_LOGITS; source++) {
    const ys_batch_file file = {
        .path = path, .source = (ys_batch_source)source, .renormalises = true};
    if (ys_batch_read(&file, NULL, 1, &batch, &error) == YS_OK)
      ys_batch_free(&batch);
  }
  return 0;
}
