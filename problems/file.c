/* A batch read from a file of probabilities or of logits. */
#include "batch_read.h"
#include "noise.h"
#include "problem.h"

static ys_code make_file(const ys_options *options, int threads,
                         ys_batch *batch, ys_error *error) {
  const char *path = ys_options_text(options, "path");
  bool logits = ys_options_number(options, "logits") != 0;
  ys_code code = ys_batch_read(path, logits, batch, error);
  return code ? code : ys_batch_add_noise(batch, path, options, threads, error);
}

static const ys_option file_options[] = {
    {"path", YS_TEXT, NULL, 0, 0, NULL, "a .npy or CSV file, a row a point"},
    {"logits", YS_INTEGER, "0", 0, 1, NULL,
     "1: the numbers are logits, to be put through softmax"},
    YS_NOISE_OPTIONS,
    {.name = NULL},
};

const ys_problem ys_file = {
    .name = "file",
    .summary = "read from a .npy or CSV file of probabilities or logits",
    .options = file_options,
    .make = make_file,
};
