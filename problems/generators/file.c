/* A batch read from a file of probabilities or of logits. */
#include "problems/formats/table.h"
#include "problems/generators/noise.h"
#include "problems/problem.h"

/* float32: leave the numbers in the mapped file. */
static ys_code choose_source(const char *path, const ys_options *options,
                             ys_batch_source *source, ys_error *error) {
  const bool logits = ys_options_number(options, "logits") != 0;
  const bool noise = ys_options_number(options, "noise") > 0;
  if (logits && ys_options_number(options, "renormalise") != 0)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: renormalise=1 is for probabilities: expected no "
                   "logits=1",
                   path);
  *source = logits ? YS_LOGITS : YS_PROBABILITIES;
  if (ys_options_is_word(options, "storage", "float32")) {
    if (logits || noise)
      return ys_fail(error, YS_BAD_INPUT,
                     "%s: storage=float32 keeps probabilities as they are: "
                     "expected no logits= and no noise=",
                     path);
    *source = YS_KEPT;
  } else if (ys_options_is_word(options, "storage", "auto") && !logits &&
             !noise)
    *source = YS_AS_STORED;
  return YS_OK;
}

static ys_code make_file(const ys_options *options, const ys_ranks *ranks,
                         int threads, ys_batch *batch, ys_error *error) {
  const char *path = ys_options_text(options, "path");
  const char *array = ys_options_text(options, "array");
  ys_batch_file file = {
      .path = path,
      .array = *array ? array : NULL,
      .renormalises = ys_options_number(options, "renormalise") != 0,
      .advises = true,
  };
  ys_code code = choose_source(path, options, &file.source, error);
  if (!code && ranks && ys_options_number(options, "noise") > 0)
    code = ys_fail(error, YS_UNSUPPORTED,
                   "%s: noise= is not put on rows that ranks hold between them",
                   path);
  if (!code)
    code = ys_batch_read_share(&file, ranks, threads, batch, error);
  if (code)
    return code;
  code = ys_batch_add_noise(batch, path, options, 0, threads, error);
  if (code)
    ys_batch_free(batch);
  return code;
}

static const ys_option file_options[] = {
    {"path", YS_TEXT, NULL, 0, 0, NULL,
     "a .npy, .npz or text file, a row a point; a pattern, part-*.npy: the "
     "files of such names in their order"},
    {"array", YS_NAME, "", 0, 0, NULL,
     "the array of a .npz; without it the only one"},
    {"logits", YS_INTEGER, "0", 0, 1, NULL,
     "1: the numbers are logits, to be put through softmax"},
    {"renormalise", YS_INTEGER, "0", 0, 1, NULL,
     "1: rows of any sum above 0 are divided by it"},
    YS_NOISE_OPTIONS,
    {"storage", YS_WORD, "auto", 0, 0, "auto|float64|float32",
     "float32: leave a float32 .npy in its file; auto: if it is large"},
    {.name = NULL},
};

const ys_problem ys_file = {
    .name = "file",
    .summary = "read from a .npy, .npz or text file of probabilities or logits",
    .options = file_options,
    .make = make_file,
};
