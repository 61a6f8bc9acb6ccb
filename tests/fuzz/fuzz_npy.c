/* A .npy file, as matrix, as labels, and as batches of every kind, any number
 * of its rows at a time. */
#include "tests/fuzz/fuzz.h"

#include "problems/formats/table.h"

/* Rows in pairs, which must be within the file. */
static void read_rows(const char *path) {
  ys_npy npy;
  ys_error error;
  if (ys_npy_open(path, &npy, &error))
    return;
  double *rows = malloc(2 * npy.cols * sizeof *rows);
  if (!rows)
    abort();
  for (size_t i = 0; i + 2 <= npy.rows; i += 2)
    ys_npy_rows(&npy, i, 2, rows);
  ys_npy_rows(&npy, npy.rows - 1, 1, rows);
  free(rows);
  ys_npy_close(&npy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *path = fuzz_file(data, size);
  ys_error error;
  ys_matrix matrix;
  ys_batch batch;
  read_rows(path);
  if (ys_matrix_read(path, &matrix, &error) == YS_OK)
    ys_matrix_free(&matrix);
  for (int source = YS_PROBABILITIES; source <= YS_KEPT; source++)
    for (int renormalises = 0; renormalises < 2; renormalises++) {
      const ys_batch_file file = {.path = path,
                                  .source = (ys_batch_source)source,
                                  .renormalises = renormalises,
                                  .advises = renormalises};
      if (ys_batch_read(&file, NULL, 1, &batch, &error) == YS_OK)
        ys_batch_free(&batch);
    }
  return 0;
}
