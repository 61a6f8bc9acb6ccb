/* The YAML file of a sweep, as far as its plan, shards and order. */
#include "tests/fuzz/fuzz.h"

#include "bench/sweep/sweep_plan.h"

static void plan_runs(const sweep_file *file) {
  sweep_plan plan;
  ys_error error;
  if (sweep_plan_make(file, 2, &plan, &error))
    return;
  if (plan.count < 1000) /* more of the same */
    sweep_plan_shard(&plan, 1, 2, &error);
  sweep_plan_free(&plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sweep_file file;
  ys_error error;
  if (sweep_file_read(fuzz_file(data, size), &file, &error))
    return 0;
  plan_runs(&file);
  sweep_file_free(&file);
  return 0;
}
