#include "recorder.h"

#include "../problems/input.h"
#include "../problems/npy.h"
#include "csvout.h"
#include "rundir.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char index_header[] = "epoch,file";

static char *file_of(const recorder *rec, const char *name) {
  return rundir_file(rec->dir, name);
}

/* Keep the whole rows of the index up to `epoch`; the rest will come again. */
static ys_code begin_index(const recorder *rec, long epoch, ys_error *error) {
  char *path = file_of(rec, "index.csv"), *temporary = NULL, *line = NULL;
  size_t room = 0;
  if (!path || asprintf(&temporary, "%s.tmp", path) < 0) {
    free(path);
    return ys_fail_memory(error, "a file name");
  }
  FILE *from = NULL, *to = fopen(temporary, "we");
  if (epoch)
    ys_input_open(path, &from, NULL);
  if (to)
    fprintf(to, "%s\n", index_header);
  while (to && from && getline(&line, &room, from) > 0) {
    long row = strtol(line, NULL, 10);
    if (row >= 1 && row <= epoch && strchr(line, '\n'))
      fputs(line, to);
  }
  bool wrote = to && fclose(to) == 0 && rename(temporary, path) == 0;
  if (from)
    fclose(from);
  ys_code code = wrote ? YS_OK
                       : ys_fail(error, YS_IO, "%s: cannot write: %s", path,
                                 strerror(errno));
  free(line);
  free(temporary);
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
  code = rundir_subdirectory(rec->dir, error);
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
