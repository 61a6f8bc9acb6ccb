#include "bench/sweep/sweep_store.h"

#include "bench/store/labelfile.h"
#include "bench/store/wholerows.h"

#include "problems/vector/array.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int compare_run_id(const void *id, const void *row) {
  long wanted = *(const long *)id, here = ((const result_row *)row)->run_id;
  return (wanted > here) - (wanted < here);
}

static int compare_hash(const void *hash, const void *row) {
  return strcmp(hash, ((const result_row *)row)->settings->hash);
}

static int by_hash(const void *a, const void *b) {
  return compare_hash(((const result_row *)a)->settings->hash, b);
}

/* ---------------------------------------------------------------- traces -- */

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
    const result_row *run =
        !code && more ? bsearch(&row.run_id, store->runs, store->count,
                                sizeof *store->runs, compare_run_id)
                      : NULL;
    if (run && row.point.iteration == run->iterations)
      open[run - store->runs] = false;
  }
  records_close(&file);
  return code;
}

/* The last iterate is in every trace: a run without it has lost its end, as by
 * a loss of power, which may leave rows of one file and not of another. The
 * runs are sorted by run_id here. */
static ys_code check_traces(sweep_store *store, ys_error *error) {
  bool found = false;
  bool *open = malloc(store->count + 1);
  if (!open)
    return ys_fail_memory(error, "the runs of a directory");
  for (size_t i = 0; i < store->count; i++)
    open[i] = result_has_trace(&store->runs[i]);
  ys_code code = wholerows_found(store->path, "traces.csv", &found, error);
  if (!code && found)
    code = close_traced(store, open, error);
  for (size_t i = 0; !code && i < store->count; i++)
    if (open[i])
      store->runs[i].settings = NULL;
  free(open);
  return code;
}

/* --------------------------------------------------------------- reading -- */

/* The rows of a table, if it is there: a sweep that was killed at once, or
 * whose machine lost power, may have left less than a header line. */
static ys_code read_rows(const char *dir, const record_table *table,
                         void **rows, size_t *count, ys_error *error) {
  bool found = false;
  *rows = NULL;
  ys_code code = wholerows_found(dir, table->name, &found, error);
  return code || !found
             ? code
             : records_read_all(dir, table, false, rows, count, error);
}

/* Give each run its settings; runs are sorted by run_id here. Settings without
 * a run are of a run that was cut off. A run without settings is lost, unless
 * none has any, or not those of a sweep: then the tables are not a sweep's. */
static ys_code join(sweep_store *store, sweep_store_kind kind, bool is_sweep,
                    ys_error *error) {
  for (size_t i = 1; i < store->count; i++)
    if (store->runs[i].run_id == store->runs[i - 1].run_id)
      return ys_fail(error, YS_BAD_INPUT,
                     "%s/runs.csv: run %ld is there twice; `ystep repair DIR` "
                     "keeps what is whole",
                     store->path, store->runs[i].run_id);
  for (size_t i = 0; i < store->count; i++) {
    result_row *run = &store->runs[i];
    run->settings = settings_find(&store->settings, run->run_id);
    if (!is_sweep ||
        (kind == STORE_OF_SWEEP && run->settings && !*run->settings->hash))
      return ys_fail(error, YS_BAD_INPUT,
                     "%s: run %ld is not in settings.csv: this is not the "
                     "directory of a sweep",
                     store->path, run->run_id);
  }
  return YS_OK;
}

ys_code sweep_store_read(const char *path, sweep_store_kind kind,
                         sweep_store *store, ys_error *error) {
  bool is_sweep = false;
  void *runs, *settings = NULL;
  *store = (sweep_store){.path = path};
  ys_code code = read_rows(path, &schema_runs, &runs, &store->count, error);
  if (!code)
    code = rundir_has(path, "settings.csv", &is_sweep, error);
  if (!code)
    code = read_rows(path, &schema_settings, &settings, &store->settings.count,
                     error);
  store->runs = runs;
  store->settings.rows = settings;
  if (!code && store->count) {
    code = join(store, kind, is_sweep, error);
    if (!code)
      code = check_traces(store, error);
  }
  if (code) {
    sweep_store_free(store);
    return code;
  }
  size_t read = store->count;
  sweep_store_forget(store);
  store->lost = read - store->count;
  if (store->count)
    qsort(store->runs, store->count, sizeof *store->runs, by_hash);
  return YS_OK;
}

void sweep_store_free(sweep_store *store) {
  records_free_all(&schema_runs, store->runs, store->count);
  records_free_all(&schema_settings, store->settings.rows,
                   store->settings.count);
  *store = (sweep_store){0};
}

const result_row *sweep_store_find(const sweep_store *store, const char *hash) {
  return store->count ? bsearch(hash, store->runs, store->count,
                                sizeof *store->runs, compare_hash)
                      : NULL;
}

void sweep_store_forget(sweep_store *store) {
  size_t kept = 0;
  for (size_t i = 0; i < store->count; i++)
    if (store->runs[i].settings)
      store->runs[kept++] = store->runs[i];
    else
      record_free(&schema_runs, &store->runs[i]);
  store->count = kept;
}

void sweep_store_forget_interrupted(sweep_store *store) {
  for (size_t i = 0; i < store->count; i++)
    if (result_has_status(&store->runs[i], RUN_INTERRUPTED))
      store->runs[i].settings = NULL;
  sweep_store_forget(store);
}

/* ---------------------------------------------------------------- labels -- */

/* Whether labels/ID.npy or .npz is there, all of it; a file that cannot be read
 * is neither there nor gone. */
static ys_code look_for_labels(const sweep_store *store, const result_row *run,
                               bool *found, ys_error *error) {
  size_t rows = 0, classes = 0;
  char *path;
  ys_code code = labelfile_find(store->path, (size_t)run->run_id, &path, error);
  if (!code && path)
    code = labelfile_check(path, &rows, &classes, error);
  *found =
      path && !code && (long)rows == run->rows && (long)classes == run->classes;
  free(path);
  return code == YS_BAD_INPUT ? YS_OK : code;
}

ys_code sweep_store_want_labels(sweep_store *store, size_t *count,
                                ys_error *error) {
  ys_code code = YS_OK;
  *count = 0;
  for (size_t i = 0; !code && i < store->count; i++) {
    bool found = true;
    if (result_has_trace(&store->runs[i]))
      code = look_for_labels(store, &store->runs[i], &found, error);
    if (!found)
      store->runs[i].settings = NULL;
    *count += !found;
  }
  if (!code)
    sweep_store_forget(store);
  return code;
}

/* --------------------------------------------------------------- copying -- */

typedef struct kept_ids {
  const new_id *ids; /* by .old */
  size_t count;
} kept_ids;

static int by_old(const void *a, const void *b) {
  long x = ((const new_id *)a)->old, y = ((const new_id *)b)->old;
  return (x > y) - (x < y);
}

/* A row goes if its run is none of these. */
static ys_code give_id(const ys_csv *row, void *context, long *id,
                       ys_error *error) {
  const kept_ids *kept = context;
  const new_id wanted = {.old = *id}, *found = NULL;
  (void)row;
  (void)error;
  if (kept->count)
    found = bsearch(&wanted, kept->ids, kept->count, sizeof wanted, by_old);
  *id = found ? found->new : 0;
  return YS_OK;
}

/* The tables in the order in which they may be replaced one by one: what is not
 * in runs.csv any more counts for nothing in the others. */
enum { TABLES = 3 };
static const record_table *const tables[TABLES] = {
    &schema_runs, &schema_settings, &schema_traces};

ys_code sweep_store_copy(const sweep_store *store, const new_id *ids,
                         size_t count, runlog *log, ys_error *error) {
  csvout *const out[TABLES] = {&log->runs, &log->settings, &log->traces};
  kept_ids kept = {ids, count};
  ys_code code = YS_OK;
  for (int t = TABLES - 1; !code && count && t >= 0; t--)
    code =
        wholerows_copy(store->path, tables[t], out[t], give_id, &kept, error);
  return code;
}

/* Leave in each table the rows of the store's runs. */
ys_code sweep_store_clean(const sweep_store *store, ys_error *error) {
  ys_code code = YS_OK;
  new_id *ids = ys_array(store->count + 1, sizeof *ids);
  kept_ids kept = {ids, store->count};
  if (!ids)
    return ys_fail_memory(error, "the run_ids");
  for (size_t i = 0; i < store->count; i++)
    ids[i] = (new_id){store->runs[i].run_id, store->runs[i].run_id};
  qsort(ids, store->count, sizeof *ids, by_old);
  for (int t = 0; !code && t < TABLES; t++)
    code = wholerows_rewrite(store->path, tables[t], give_id, &kept, error);
  free(ids);
  return code;
}
