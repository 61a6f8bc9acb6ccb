/* A checkpoint of a small training. Where the first byte is odd, its magic,
 * size, key and checksum are made right, so that what is behind them is read;
 * where the second bit is set, y-steps are on mini-batches, with a queue. The
 * training then goes on for an epoch. */
#include "tests/fuzz/fuzz.h"

#include "bench/train/checkpoint.h"

#include <xxhash.h>

static const char key[] = "key";

typedef struct stage {
  train_request request;
  train_job job;
  chosen_solver solver;
  ys_dataset data;
  training training;
} stage;

static void open_training(stage *s, bool on_batches) {
  ys_error error;
  s->request = (train_request){
      .fairness = YS_STRONG,
      .batch = 8,
      .views = 1,
      .epochs = 3,
      .on_batches = on_batches,
      .queue = on_batches ? 1 : 0,
      .ystep_every = 1,
      .threads = 1,
      .warm = true,
      .warm_mix = 1e-3,
      .limits = {.tolerance = 1e-3, .max_iterations = 3, .seconds = 60}};
  s->job = (train_job){.id = 1,
                       .data = "blobs:M=12,K=2",
                       .classifier = "linear",
                       .solver = "em",
                       .chosen = &s->solver,
                       .lambda = 1,
                       .seed = 1};
  if (ys_optimiser_parse("adam:rate=0.01", &s->request.optimiser, &error) ||
      ys_solver_parse("em", &s->solver.solver, &s->solver.options, &error) ||
      ys_dataset_make(s->job.data, &s->data, &error) ||
      training_open(&s->training, &s->request, &s->job, &s->data, &error)) {
    fprintf(stderr, "%s\n", error.text);
    abort();
  }
}

/* Magic, key and size lie in front, the checksum behind. */
static void repair(uint8_t *bytes, size_t size) {
  uint64_t of_key = XXH3_64bits(key, sizeof key - 1), whole = size;
  memcpy(bytes, "ystep-1", 8);
  memcpy(bytes + 8, &of_key, 8);
  memcpy(bytes + 16, &whole, 8);
  uint64_t sum = XXH3_64bits(bytes, size - 8);
  memcpy(bytes + size - 8, &sum, 8);
}

static void go_on(stage *s) {
  ys_error error;
  if (training_wants_ystep(&s->training) &&
      training_ystep(&s->training, &error))
    return;
  training_epoch(&s->training, &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static stage *s;
  ys_error error;
  bool found;
  if (size < 2)
    return 0;
  s = calloc(1, sizeof *s);
  if (!s)
    abort();
  open_training(s, data[0] & 2);
  uint8_t *bytes = (uint8_t *)fuzz_text(data + 1, size - 1);
  if (data[0] % 2 && size > 40)
    repair(bytes, size - 1);
  ys_code code = checkpoint_read(fuzz_file(bytes, size - 1), &s->training, key,
                                 &found, &error);
  if (!code && found)
    go_on(s);
  free(bytes);
  training_close(&s->training);
  ys_dataset_free(&s->data);
  ys_options_free(&s->solver.options);
  free(s);
  return 0;
}
