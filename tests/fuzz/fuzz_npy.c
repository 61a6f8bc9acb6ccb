/* A .npy file, as matrix, as labels, and as batches of every kind. */
#include "tests/fuzz/fuzz.h"

#include "problems/formats/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *path = fuzz_file(data, size);
  ys_error error;
  ys_matrix matrix;
  ys_batch batch;
  ys_npy npy;
  if (ys_npy_open(path, &npy, &error) == YS_OK)
    ys_npy_close(&npy);
  if (ys_matrix_read(path, &matrix, &error) == YS_OK)
    ys_matrix_free(&matrix);
  for (int source = YS_PROBABILITIES; source <= YS_KEPT; source++)
    if (ys_batch_read(path, (ys_batch_source)source, 1, &batch, &error) ==
        YS_OK)
      ys_batch_free(&batch);
  return 0;
}
