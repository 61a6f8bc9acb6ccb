/* The index of a recording, and the batches that it names: b.npy is one. */
#include "tests/fuzz/fuzz.h"

#include "bench/run/input_files.h"
#include "problems/formats/npy.h"
#include "problems/problem.h"

static void make_batch(const char *spec) {
  ys_batch batch;
  ys_error error;
  if (ys_problem_make(spec, 1, &batch, &error) == YS_OK)
    ys_batch_free(&batch);
}

static void write_batch(void) {
  static const double sigma[] = {0.5, 0.5, 0.25, 0.75};
  char path[64];
  ys_error error;
  snprintf(path, sizeof path, "%s/b.npy", fuzz_dir());
  if (ys_npy_write(path, sigma, 2, 2, &error))
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static bool begun;
  char spec[64];
  const char *whole = spec, **expanded;
  ys_memory memory = {0};
  size_t count;
  ys_error error;
  if (!begun)
    write_batch();
  begun = true;
  fuzz_file_in_dir("index.csv", data, size);
  snprintf(spec, sizeof spec, "recorded:dir=%s", fuzz_dir());
  ys_code code = input_files_expand((arg_texts){&whole, 1}, &memory, &expanded,
                                    &count, &error);
  for (size_t i = 0; !code && i < count && i < 4; i++)
    make_batch(expanded[i]);
  free(expanded);
  ys_give_back(&memory);
  return 0;
}
