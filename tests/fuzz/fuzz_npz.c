/* A .npz file: sparse labels, and arrays by name and without one. */
#include "tests/fuzz/fuzz.h"

#include "problems/formats/npz.h"
#include "problems/formats/table.h"

static void read_batch(const char *path, const char *array) {
  const ys_batch_file file = {
      .path = path, .array = array, .renormalises = true, .advises = true};
  ys_batch batch;
  ys_error error;
  if (ys_batch_read(&file, NULL, 1, &batch, &error) == YS_OK)
    ys_batch_free(&batch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *path = fuzz_file(data, size);
  ys_error error;
  ys_labels labels;
  ys_matrix matrix;
  if (ys_npz_read(path, NULL, &labels, &error) == YS_OK)
    ys_labels_free(&labels);
  if (ys_matrix_read(path, &matrix, &error) == YS_OK)
    ys_matrix_free(&matrix);
  read_batch(path, NULL);
  read_batch(path, "sigma");
  read_batch(path, "data");
  return 0;
}
