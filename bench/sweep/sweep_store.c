#include "bench/sweep/sweep_store.h"

#include "bench/store/wholerows.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The rows of a table, if it is there: a sweep that was killed at once, or
 * whose machine lost power, may have left less than a header line. */
static ys_code read_rows(const char *dir, const record_table *table,
                         void **rows, size_t *count, ys_error *error) {
  bool found = false;
  *rows = NULL;
  *count = 0;
  ys_code code = wholerows_found(dir, table->name, &found, error);
  return code || !found
             ? code
             : records_read_all(dir, table, false, rows, count, error);
}

/* Of rows whose first member is run_id. */
static int by_run_id(const void *a, const void *b) {
  long x = *(const long *)a, y = *(const long *)b;
  return (x > y) - (x < y);
}

static int by_hash(const void *a, const void *b) {
  return strcmp(((const stored_run *)a)->settings.hash,
                ((const stored_run *)b)->settings.hash);
}

static ys_code check_once(const sweep_store *store, ys_error *error) {
  for (size_t i = 1; i < store->count; i++)
    if (store->runs[i].row.run_id == store->runs[i - 1].row.run_id)
      return ys_fail(error, YS_BAD_INPUT,
                     "%s/runs.csv: run %ld is there twice; `ystep repair DIR` "
                     "keeps what is whole",
                     store->path, store->runs[i].row.run_id);
  return YS_OK;
}

/* Give each run its settings; both are sorted by run_id. Settings without a run
 * are of a run that was cut off. A run without settings is lost, unless none
 * has any, or not those of a sweep: then the tables are not a sweep's. */
static ys_code join(sweep_store *store, run_settings *set, size_t count,
                    bool is_sweep, ys_error *error) {
  size_t s = 0;
  for (size_t i = 0; i < store->count; i++) {
    stored_run *run = &store->runs[i];
    while (s < count && set[s].run_id < run->row.run_id)
      s++;
    bool found = s < count && set[s].run_id == run->row.run_id;
    if (!is_sweep || (found && !*set[s].hash))
      return ys_fail(error, YS_BAD_INPUT,
                     "%s: run %ld is not in settings.csv: this is not the "
                     "directory of a sweep",
                     store->path, run->row.run_id);
    if (found) {
      run->settings = set[s];
      set[s++] = (run_settings){.run_id = run->row.run_id};
    }
    run->is_forgotten = !found;
  }
  return YS_OK;
}

/* --------------------------------------------------------------- reading -- */

static ys_code take_rows(sweep_store *store, result_row *rows, size_t count,
                         ys_error *error) {
  store->runs = calloc(count + 1, sizeof *store->runs);
  if (!store->runs) {
    records_free_all(&schema_runs, rows, count);
    return ys_fail_memory(error, "the runs of a directory");
  }
  for (size_t i = 0; i < count; i++)
    store->runs[i].row = rows[i];
  free(rows);
  store->count = count;
  qsort(store->runs, count, sizeof *store->runs, by_run_id);
  return YS_OK;
}

/* Read runs.csv and settings.csv, and join them by run_id. */
static ys_code read_tables(sweep_store *store, ys_error *error) {
  void *rows, *settings = NULL;
  size_t count, set = 0;
  bool is_sweep = false;
  ys_code code = read_rows(store->path, &schema_runs, &rows, &count, error);
  if (!code)
    code = take_rows(store, rows, count, error);
  if (!code)
    code = rundir_has(store->path, "settings.csv", &is_sweep, error);
  if (!code)
    code = read_rows(store->path, &schema_settings, &settings, &set, error);
  if (!code && set)
    qsort(settings, set, schema_settings.size, by_run_id);
  if (!code)
    code = check_once(store, error);
  if (!code)
    code = join(store, settings, set, is_sweep, error);
  records_free_all(&schema_settings, settings, set);
  return code;
}

ys_code sweep_store_read(const char *path, sweep_store *store,
                         ys_error *error) {
  *store = (sweep_store){.path = path};
  ys_code code = read_tables(store, error);
  if (!code && store->count)
    code = sweep_store_check_traces(store, error);
  if (code) {
    sweep_store_free(store);
    return code;
  }
  size_t read = store->count;
  sweep_store_forget(store);
  store->lost = read - store->count;
  if (store->runs)
    qsort(store->runs, store->count, sizeof *store->runs, by_hash);
  return YS_OK;
}

static void free_run(stored_run *run) {
  record_free(&schema_runs, &run->row);
  record_free(&schema_settings, &run->settings);
}

void sweep_store_free(sweep_store *store) {
  for (size_t i = 0; i < store->count; i++)
    free_run(&store->runs[i]);
  free(store->runs);
  *store = (sweep_store){0};
}

static int compare_hash(const void *hash, const void *run) {
  return strcmp(hash, ((const stored_run *)run)->settings.hash);
}

const stored_run *sweep_store_find(const sweep_store *store, const char *hash) {
  return store->count ? bsearch(hash, store->runs, store->count,
                                sizeof *store->runs, compare_hash)
                      : NULL;
}

void sweep_store_forget(sweep_store *store) {
  size_t kept = 0;
  for (size_t i = 0; i < store->count; i++)
    if (store->runs[i].is_forgotten)
      free_run(&store->runs[i]);
    else
      store->runs[kept++] = store->runs[i];
  store->count = kept;
}
