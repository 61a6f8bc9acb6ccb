#include "problems/generators/recording.h"

#include "problems/formats/table.h"
#include "problems/problem.h"
#include "problems/vector/array.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static ys_code add_row(const ys_csv *csv, const char *dir,
                       ys_recording *recording, ys_error *error) {
  size_t count = recording->count;
  double epoch, last = count ? (double)recording->batch[count - 1].epoch : 0;
  if (csv->count != 2)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s, line %zu: %zu fields: expected epoch,file", csv->path,
                   csv->line, csv->count);
  const char *text = ys_csv_field(csv, 0);
  if (!ys_read_number(text, &epoch) || epoch != floor(epoch) || epoch <= last ||
      epoch > 1e9)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s, line %zu: epoch '%s': expected a whole number above "
                   "%g",
                   csv->path, csv->line, text, last);
  ys_recorded_batch *grown =
      realloc(recording->batch, ys_times(count + 1, sizeof *grown));
  if (!grown)
    return ys_fail_memory(error, "a recording");
  recording->batch = grown;
  grown[count].epoch = (long)epoch;
  grown[count].path =
      ys_take_text(&recording->memory, "%s/%s", dir, ys_csv_field(csv, 1));
  recording->count++;
  return ys_memory_check(&recording->memory, error);
}

static ys_code read_rows(ys_csv *csv, const char *dir, ys_recording *recording,
                         ys_error *error) {
  bool more;
  ys_code code = ys_csv_next_row(csv, &more, error);
  if (!code && (csv->count != 2 || strcmp(ys_csv_field(csv, 0), "epoch") != 0 ||
                strcmp(ys_csv_field(csv, 1), "file") != 0))
    code = ys_fail(error, YS_BAD_INPUT,
                   "%s, line 1: expected the header epoch,file", csv->path);
  while (!code && more) {
    code = ys_csv_next_row(csv, &more, error);
    if (!code && more)
      code = add_row(csv, dir, recording, error);
  }
  if (!code && !recording->count)
    code =
        ys_fail(error, YS_BAD_INPUT, "%s: holds no recorded batch", csv->path);
  return code;
}

ys_code ys_recording_read(const char *dir, ys_recording *recording,
                          ys_error *error) {
  ys_csv csv;
  *recording = (ys_recording){0};
  const char *path = ys_take_text(&recording->memory, "%s/index.csv", dir);
  if (!path)
    return ys_memory_check(&recording->memory, error);
  ys_code code = ys_csv_open(path, 0, &csv, error);
  if (!code) {
    code = read_rows(&csv, dir, recording, error);
    ys_csv_close(&csv);
  }
  if (code)
    ys_recording_free(recording);
  return code;
}

void ys_recording_free(ys_recording *recording) {
  ys_give_back(&recording->memory);
  free(recording->batch);
  *recording = (ys_recording){0};
}

/* -------------------------------------- the problem: a batch out of it ---- */

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

static ys_code make_recorded(const ys_options *options, const ys_ranks *ranks,
                             int threads, ys_batch *batch, ys_error *error) {
  ys_recording recording;
  const char *path = NULL;
  ys_code code =
      ys_recording_read(ys_options_text(options, "dir"), &recording, error);
  if (code)
    return code;
  code = find_path(options, &recording, &path, error);
  if (!code)
    code = ys_batch_read_share(&(ys_batch_file){path, .source = YS_AS_STORED},
                               ranks, threads, batch, error);
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
