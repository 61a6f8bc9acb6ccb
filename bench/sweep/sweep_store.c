#include "bench/sweep/sweep_store.h"

#include "bench/store/columns.h"
#include "bench/store/wholerows.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char sweep_settings_header[] =
    "run_id,hash,batch,start,prior,tolerance,max_iterations,time_limit,"
    "trace_every,wall_limit,memory_limit,version,commit,cpu";

/* --------------------------------------------------------------- tables -- */

typedef struct setting {
  long run_id;
  char *hash, *start, *prior, *cpu, *version;
} setting;

#define FIELD(type, column, rule)                                              \
  { #column, rule, offsetof(type, column) }

static const record_field setting_fields[] = {
    FIELD(setting, run_id, &column_id),  FIELD(setting, hash, &column_text),
    FIELD(setting, start, &column_text), FIELD(setting, prior, &column_text),
    FIELD(setting, cpu, &column_text),   FIELD(setting, version, &column_text),
};
enum { SETTING_FIELDS = sizeof setting_fields / sizeof *setting_fields };

static const record_field run_fields[] = {
    FIELD(stored_run, run_id, &column_id),
    FIELD(stored_run, problem, &column_text),
    FIELD(stored_run, rows, &column_size),
    FIELD(stored_run, classes, &column_size),
    FIELD(stored_run, loss, &column_loss),
    FIELD(stored_run, fairness, &column_fairness),
    FIELD(stored_run, lambda, &column_lambda),
    FIELD(stored_run, solver, &column_text),
    FIELD(stored_run, repeat, &column_count),
    FIELD(stored_run, seed, &column_seed),
    FIELD(stored_run, threads, &column_threads),
    FIELD(stored_run, status, &column_status),
    FIELD(stored_run, iterations, &column_count),
    FIELD(stored_run, setup_seconds, &column_seconds),
    FIELD(stored_run, solve_seconds, &column_seconds),
    FIELD(stored_run, monitor_seconds, &column_seconds),
};
enum { RUN_FIELDS = sizeof run_fields / sizeof *run_fields };

/* A table as an array of structs. */
typedef struct listing {
  const record_field *fields;
  size_t field_count, size; /* of a struct */
  void *rows;
  size_t count;
} listing;

/* A sweep that was killed at once, or whose machine lost power, may have left
 * less than a header line. */
ys_code sweep_store_has_table(const char *dir, const char *name, bool *found,
                              ys_error *error) {
  char *path = rundir_file(dir, name);
  ys_code code = path ? wholerows_found(path, found, error)
                      : ys_fail_memory(error, "a file name");
  free(path);
  return code;
}

static ys_code read_listing(const char *dir, const char *name, listing *list,
                            ys_error *error) {
  bool found = false;
  ys_code code = sweep_store_has_table(dir, name, &found, error);
  if (code || !found)
    return code;
  return records_read_all(dir, name, list->fields, list->field_count,
                          list->size, &list->rows, &list->count, error);
}

ys_code sweep_store_is_one(const char *dir, bool *found, ys_error *error) {
  char *path = rundir_file(dir, "settings.csv");
  if (!path)
    return ys_fail_memory(error, "a file name");
  *found = access(path, F_OK) == 0;
  free(path);
  return YS_OK;
}

static void free_listing(listing *list) {
  records_free_all(list->fields, list->field_count, list->size, list->rows,
                   list->count);
  list->rows = NULL;
  list->count = 0;
}

static int by_run_id(const void *a, const void *b) {
  long x = *(const long *)a, y = *(const long *)b;
  return (x > y) - (x < y);
}

static int by_hash(const void *a, const void *b) {
  return strcmp(((const stored_run *)a)->hash, ((const stored_run *)b)->hash);
}

static void take_settings(stored_run *run, setting *set) {
  run->hash = set->hash;
  run->start = set->start;
  run->prior = set->prior;
  run->cpu = set->cpu;
  run->version = set->version;
  *set = (setting){.run_id = set->run_id};
}

/* Give each run its settings; both are sorted by run_id. Settings without a run
 * are of a run that was cut off. A run without settings is lost, unless none
 * has any: then the tables are not a sweep's. */
static ys_code join(const char *path, listing *runs, listing *settings,
                    bool is_sweep, ys_error *error) {
  stored_run *run = runs->rows;
  setting *set = settings->rows;
  size_t s = 0;
  for (size_t i = 0; i < runs->count; i++) {
    if (i && run[i].run_id == run[i - 1].run_id)
      return ys_fail(error, YS_BAD_INPUT,
                     "%s/runs.csv: run %ld is there twice; `ystep repair DIR` "
                     "keeps what is whole",
                     path, run[i].run_id);
    while (s < settings->count && set[s].run_id < run[i].run_id)
      s++;
    bool found = s < settings->count && set[s].run_id == run[i].run_id;
    if (!found && !is_sweep)
      return ys_fail(error, YS_BAD_INPUT,
                     "%s: run %ld is not in settings.csv: this is not the "
                     "directory of a sweep",
                     path, run[i].run_id);
    if (found)
      take_settings(&run[i], &set[s++]);
    run[i].is_forgotten = !found;
  }
  return YS_OK;
}

/* --------------------------------------------------------------- reading -- */

/* Read runs.csv and settings.csv, and join them by run_id. */
static ys_code read_tables(sweep_store *store, ys_error *error) {
  listing runs = {run_fields, RUN_FIELDS, sizeof(stored_run), NULL, 0};
  listing settings = {setting_fields, SETTING_FIELDS, sizeof(setting), NULL, 0};
  bool is_sweep = false;
  ys_code code = read_listing(store->path, "runs.csv", &runs, error);
  if (!code)
    code = sweep_store_is_one(store->path, &is_sweep, error);
  if (!code)
    code = read_listing(store->path, "settings.csv", &settings, error);
  if (!code) {
    if (runs.rows)
      qsort(runs.rows, runs.count, runs.size, by_run_id);
    if (settings.rows)
      qsort(settings.rows, settings.count, settings.size, by_run_id);
    code = join(store->path, &runs, &settings, is_sweep, error);
  }
  free_listing(&settings);
  store->runs = runs.rows;
  store->count = runs.count;
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
  record_free(run_fields, RUN_FIELDS, run);
  free(run->hash);
  free(run->start);
  free(run->prior);
  free(run->cpu);
  free(run->version);
}

void sweep_store_free(sweep_store *store) {
  for (size_t i = 0; i < store->count; i++)
    free_run(&store->runs[i]);
  free(store->runs);
  *store = (sweep_store){0};
}

static int compare_hash(const void *hash, const void *run) {
  return strcmp(hash, ((const stored_run *)run)->hash);
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
