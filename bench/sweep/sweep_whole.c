/* Which of the runs that a directory lists are there whole: with the end of
 * their trace, with their labels. A loss of power may leave rows of one file
 * and not of another. */
#include "bench/sweep/sweep_store.h"

#include "bench/store/wholerows.h"

#include "problems/formats/npy.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---------------------------------------------------------------- traces -- */

bool sweep_store_has_result(const stored_run *run) {
  return strcmp(run->row.status, run_status_name(RUN_FAILED)) != 0 &&
         strcmp(run->row.status, run_status_name(RUN_UNSUPPORTED)) != 0;
}

static int compare_run_id(const void *id, const void *run) {
  long wanted = *(const long *)id, here = ((const stored_run *)run)->row.run_id;
  return (wanted > here) - (wanted < here);
}

/* Strike out in `open`, a flag a run, the runs whose last iterate is traced. */
static ys_code close_traced(const sweep_store *store, bool *open,
                            ys_error *error) {
  records file;
  traced_point row;
  bool more = true;
  ys_code code = records_open(store->path, &schema_traces, &file, error);
  if (code)
    return code;
  while (!code && more) {
    code = records_next(&file, &row, &more, error);
    const stored_run *run =
        !code && more ? bsearch(&row.run_id, store->runs, store->count,
                                sizeof *store->runs, compare_run_id)
                      : NULL;
    if (run && row.point.iteration == run->row.iterations)
      open[run - store->runs] = false;
  }
  records_close(&file);
  return code;
}

/* The last iterate is in every trace: a run without it has lost its end. The
 * runs are sorted by run_id here. */
ys_code sweep_store_check_traces(sweep_store *store, ys_error *error) {
  bool found = false;
  bool *open = malloc(store->count + 1);
  if (!open)
    return ys_fail_memory(error, "the runs of a directory");
  for (size_t i = 0; i < store->count; i++)
    open[i] = sweep_store_has_result(&store->runs[i]);
  ys_code code = wholerows_found(store->path, "traces.csv", &found, error);
  if (!code && found)
    code = close_traced(store, open, error);
  for (size_t i = 0; !code && i < store->count; i++)
    store->runs[i].is_forgotten = store->runs[i].is_forgotten || open[i];
  free(open);
  return code;
}

/* ---------------------------------------------------------------- labels -- */

/* Whether labels/ID.npy is there, all of it; a file that cannot be read is
 * neither there nor gone. */
static ys_code look_for_labels(const sweep_store *store, const stored_run *run,
                               bool *found, ys_error *error) {
  char *path;
  ys_npy labels;
  if (asprintf(&path, "%s/labels/%ld.npy", store->path, run->row.run_id) < 0)
    return ys_fail_memory(error, "a file name");
  bool is_there = access(path, F_OK) == 0;
  ys_code code = is_there ? ys_npy_open(path, &labels, error) : YS_OK;
  *found = is_there && !code && (long)labels.rows == run->row.rows &&
           (long)labels.cols == run->row.classes;
  if (is_there && !code)
    ys_npy_close(&labels);
  free(path);
  return code == YS_BAD_INPUT ? YS_OK : code;
}

ys_code sweep_store_want_labels(sweep_store *store, size_t *count,
                                ys_error *error) {
  ys_code code = YS_OK;
  *count = 0;
  for (size_t i = 0; !code && i < store->count; i++) {
    bool found = true;
    if (sweep_store_has_result(&store->runs[i]))
      code = look_for_labels(store, &store->runs[i], &found, error);
    store->runs[i].is_forgotten = !found;
    *count += !found;
  }
  if (!code)
    sweep_store_forget(store);
  return code;
}
