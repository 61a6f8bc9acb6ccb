/* A batch out of a recorded training. */
#include "problems/formats/batch_read.h"
#include "problems/generators/recording.h"
#include "problems/problem.h"

static ys_code find_path(const ys_options *options, const ys_recording *from,
                         const char **path, ys_error *error) {
  const char *dir = ys_options_text(options, "dir");
  long epoch = (long)ys_options_number(options, "epoch");
  if (!epoch)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: which batch? expected epoch=N (ystep run takes the "
                   "whole recording, one after the other)",
                   dir);
  for (size_t i = 0; i < from->count; i++)
    if (from->batch[i].epoch == epoch) {
      *path = from->batch[i].path;
      return YS_OK;
    }
  return ys_fail(error, YS_BAD_INPUT,
                 "%s: epoch %ld was not recorded: expected one of index.csv, "
                 "%ld to %ld",
                 dir, epoch, from->batch[0].epoch,
                 from->batch[from->count - 1].epoch);
}

static ys_code make_recorded(const ys_options *options, int threads,
                             ys_batch *batch, ys_error *error) {
  ys_recording recording;
  const char *path = NULL;
  (void)threads;
  ys_code code =
      ys_recording_read(ys_options_text(options, "dir"), &recording, error);
  if (code)
    return code;
  code = find_path(options, &recording, &path, error);
  if (!code)
    code = ys_batch_read(path, false, batch, error);
  ys_recording_free(&recording);
  return code;
}

static const ys_option recorded_options[] = {
    {"dir", YS_TEXT, NULL, 0, 0, NULL,
     "a directory that ystep train --record wrote"},
    {"epoch", YS_INTEGER, "0", 0, 1e9, NULL,
     "the batch before this epoch; 0: all, in order (ystep run)"},
    {.name = NULL},
};

const ys_problem ys_recorded = {
    .name = "recorded",
    .summary = "the batches of a training, in order (ystep train --record)",
    .options = recorded_options,
    .make = make_recorded,
};
