/* Sparse labels, a .npz file. */
#include "tests/fuzz/fuzz.h"

#include "problems/formats/npz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  ys_error error;
  ys_labels labels;
  if (ys_npz_read(fuzz_file(data, size), &labels, &error) == YS_OK)
    ys_labels_free(&labels);
  return 0;
}
