#include "bench/train/recorder.h"

#include "bench/store/csvout.h"
#include "bench/store/rundir.h"
#include "bench/store/wholerows.h"
#include "problems/formats/npy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char index_header[] = "epoch,file";

static char *file_of(const recorder *rec, const char *name) {
  return rundir_file(rec->dir, name);
}

static ys_code is_kept(const ys_csv *row, void *context, bool *keep,
                       ys_error *error) {
  long epoch;
  ys_code code = wholerows_number(row, 0, &epoch, error);
  *keep = !code && epoch <= *(const long *)context;
  return code;
}

static ys_code new_index(const char *path, ys_error *error) {
  csvout csv;
  ys_code code = csvout_create(&csv, path, index_header, error);
  return code ? code : csvout_finish(&csv, error);
}

/* Keep the rows of the index up to `epoch`; the rest will come again. */
static ys_code begin_index(const recorder *rec, long epoch, ys_error *error) {
  char *path = file_of(rec, "index.csv");
  if (!path)
    return ys_fail_memory(error, "a file name");
  ys_code code =
      epoch ? wholerows_rewrite(path, index_header, is_kept, &epoch, error)
            : new_index(path, error);
  free(path);
  return code;
}

ys_code recorder_open(recorder *rec, const training *t, ys_error *error) {
  const train_request *r = t->request;
  *rec = (recorder){0};
  if (!r->record || t->job->targets)
    return YS_OK;
  ys_code code = rundir_subdirectory(r->record, error);
  if (code)
    return code;
  bool several = train_job_count(r) > 1;
  if (several ? asprintf(&rec->dir, "%s/%zu", r->record, t->job->id) < 0
              : !(rec->dir = strdup(r->record)))
    return ys_fail_memory(error, "a file name");
  code = several ? rundir_folder(rec->dir, error)
                 : rundir_subdirectory(rec->dir, error);
  if (!code)
    code = begin_index(rec, t->totals.epoch, error);
  if (code)
    recorder_close(rec);
  return code;
}

void recorder_close(recorder *rec) {
  free(rec->dir);
  rec->dir = NULL;
}

static ys_code add_to_index(const recorder *rec, long epoch, const char *name,
                            ys_error *error) {
  char *path = file_of(rec, "index.csv");
  csvout csv;
  ys_code code = path ? csvout_append(&csv, path, index_header, error)
                      : ys_fail_memory(error, "a file name");
  free(path);
  if (code)
    return code;
  csvout_integer(&csv, epoch);
  csvout_text(&csv, name);
  csvout_end_row(&csv);
  code = csvout_flush(&csv, error);
  csvout_close(&csv);
  return code;
}

ys_code recorder_write(recorder *rec, const training *t, ys_error *error) {
  long epoch = t->totals.epoch + 1; /* the one that this y-step begins */
  char name[32];
  if (!rec->dir || (epoch - 1) % t->request->record_every != 0)
    return YS_OK;
  snprintf(name, sizeof name, "epoch-%04ld.npy", epoch);
  char *path = file_of(rec, name);
  ys_code code = path ? ys_npy_write(path, t->sigma, t->train_rows,
                                     t->data->classes, error)
                      : ys_fail_memory(error, "a file name");
  free(path);
  return code ? code : add_to_index(rec, epoch, name, error);
}
