#include "bench/commands/commands.h"

#include "bench/cli/console.h"
#include "bench/store/labelfile.h"
#include "bench/store/meta.h"
#include "bench/sweep/sweep_store.h"
#include "problems/formats/input.h"
#include "problems/formats/table.h"
#include "problems/vector/array.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A run of one of the directories. */
typedef struct merged_run {
  const result_row *run;
  size_t store;
  long new_id; /* 0: it is in another directory already */
} merged_run;

typedef struct merge {
  const char **paths;
  sweep_store *stores;
  size_t count;
  merged_run *runs;
  size_t run_count;
} merge;

static void merge_free(merge *m) {
  for (size_t i = 0; m->stores && i < m->count; i++)
    sweep_store_free(&m->stores[i]);
  free(m->stores);
  free(m->runs);
}

/* -------------------------------------------------------------- reading -- */

static ys_code read_store(const char *path, sweep_store *store,
                          ys_error *error) {
  bool is_sweep;
  ys_code code = rundir_has(path, "settings.csv", &is_sweep, error);
  if (!code && !is_sweep)
    code = ys_fail(error, YS_BAD_INPUT,
                   "%s: has no settings.csv: expected the directory of a sweep",
                   path);
  if (!code)
    code = sweep_store_read(path, STORE_OF_SWEEP, store, error);
  if (!code && store->lost)
    code = ys_fail(error, YS_BAD_INPUT,
                   "%s: of %zu runs the settings or the end of the trace are "
                   "gone: do them again by sweep --resume, or leave them out "
                   "by ystep repair %s",
                   path, store->lost, path);
  return code;
}

static ys_code read_stores(merge *m, ys_error *error) {
  m->stores = calloc(m->count, sizeof *m->stores);
  if (!m->stores)
    return ys_fail_memory(error, "the directories");
  for (size_t i = 0; i < m->count; i++) {
    ys_code code = read_store(m->paths[i], &m->stores[i], error);
    if (code)
      return code;
    if (m->stores[i].count == 0)
      console_note("%s: holds no runs", m->paths[i]);
    m->run_count += m->stores[i].count;
  }
  return YS_OK;
}

static ys_code list_runs(merge *m, ys_error *error) {
  size_t next = 0;
  m->runs = ys_array(m->run_count + 1, sizeof *m->runs);
  if (!m->runs)
    return ys_fail_memory(error, "the runs");
  for (size_t s = 0; s < m->count; s++)
    for (size_t i = 0; i < m->stores[s].count; i++)
      m->runs[next++] = (merged_run){&m->stores[s].runs[i], s, 1};
  return m->run_count
             ? YS_OK
             : ys_fail(error, YS_BAD_INPUT,
                       "there are no runs to merge in these directories");
}

/* ----------------------------------------------------------- duplicates -- */

static int by_store(const merged_run *a, const merged_run *b) {
  return (a->store > b->store) - (a->store < b->store);
}

static int by_hash(const void *a, const void *b) {
  const merged_run *x = a, *y = b;
  int order = strcmp(x->run->settings->hash, y->run->settings->hash);
  return order ? order : by_store(x, y);
}

/* Two runs take the same time to the nanosecond only if they are one. */
static bool is_same_run(const result_row *a, const result_row *b) {
  return strcmp(a->status, b->status) == 0 && a->iterations == b->iterations &&
         a->setup_seconds == b->setup_seconds &&
         a->solve_seconds == b->solve_seconds &&
         a->monitor_seconds == b->monitor_seconds;
}

static ys_code drop_duplicates(merge *m, ys_error *error) {
  qsort(m->runs, m->run_count, sizeof *m->runs, by_hash);
  for (size_t i = 1; i < m->run_count; i++) {
    merged_run *first = &m->runs[i - 1], *second = &m->runs[i];
    if (strcmp(first->run->settings->hash, second->run->settings->hash) != 0)
      continue;
    if (!is_same_run(first->run, second->run))
      return ys_fail(error, YS_BAD_INPUT,
                     "%s, run %ld, and %s, run %ld, are the same run done "
                     "twice with different figures: leave one of them out",
                     m->paths[first->store], first->run->run_id,
                     m->paths[second->store], second->run->run_id);
    second->new_id = 0;
  }
  return YS_OK;
}

/* -------------------------------------------------------------- run_ids -- */

static int by_id(const void *a, const void *b) {
  const merged_run *x = a, *y = b;
  long p = x->run->run_id, q = y->run->run_id;
  return p != q ? (p > q) - (p < q) : by_store(x, y);
}

/* The first run of a run_id keeps it; others get the numbers after the last. */
static void give_ids(merge *m) {
  long last = 0, taken = -1;
  qsort(m->runs, m->run_count, sizeof *m->runs, by_id);
  last = m->runs[m->run_count - 1].run->run_id;
  for (size_t i = 0; i < m->run_count; i++) {
    merged_run *run = &m->runs[i];
    if (!run->new_id)
      continue;
    run->new_id = run->run->run_id == taken ? ++last : run->run->run_id;
    taken = run->run->run_id;
  }
}

/* -------------------------------------------------------------- writing -- */

/* The labels of one directory's runs. They are there only if the sweep was
 * asked to save them. They come before the rows: a run that is in the tables
 * has its own. */
static ys_code copy_labels(const merge *m, size_t s, const rundir *dir,
                           ys_error *error) {
  size_t missing = 0;
  long first = 0;
  bool is_there;
  ys_code code = rundir_has(m->paths[s], "labels", &is_there, error);
  if (code || !is_there)
    return code;
  code = rundir_folder(dir->path, "labels", error);
  for (size_t i = m->run_count; !code && i-- > 0;) {
    const merged_run *run = &m->runs[i];
    bool found = false;
    if (run->store != s || !run->new_id)
      continue;
    code = labelfile_copy(m->paths[s], (size_t)run->run->run_id, dir->path,
                          (size_t)run->new_id, &found, error);
    if (!found && result_has_trace(run->run)) {
      first = run->run->run_id;
      missing++;
    }
  }
  if (!code && missing)
    console_note("%s: %zu runs have no labels, the first of them run %ld",
                 m->paths[s], missing, first);
  return code;
}

/* The runs of one directory; m->runs is sorted by run_id. */
static ys_code write_store(const merge *m, size_t s, runlog *log,
                           const rundir *dir, ys_error *error) {
  size_t count = 0;
  new_id *ids = ys_array(m->stores[s].count + 1, sizeof *ids);
  if (!ids)
    return ys_fail_memory(error, "the run_ids");
  for (size_t i = 0; i < m->run_count; i++)
    if (m->runs[i].store == s && m->runs[i].new_id)
      ids[count++] = (new_id){m->runs[i].run->run_id, m->runs[i].new_id};
  ys_code code = copy_labels(m, s, dir, error);
  if (!code)
    code = sweep_store_copy(&m->stores[s], ids, count, log, error);
  free(ids);
  return code;
}

static ys_code write_all(const merge *m, const rundir *dir, ys_error *error) {
  runlog log;
  ys_code code = runlog_open(&log, csvout_append, dir, error);
  if (code)
    return code;
  for (size_t s = 0; !code && s < m->count; s++)
    code = write_store(m, s, &log, dir, error);
  runlog_close(&log);
  return code;
}

/* ----------------------------------------------------------- provenance -- */

static json_t *read_meta(const char *dir) {
  char *path = rundir_file(dir, "meta.json");
  json_t *meta = NULL;
  FILE *file;
  if (path && !ys_input_open(path, &file, NULL)) {
    meta = json_loadf(file, 0, NULL);
    fclose(file);
  }
  free(path);
  return meta ? meta : json_object();
}

/* meta.json is that of the first directory, with those of all under "merged".
 */
static ys_code write_meta(const merge *m, const rundir *dir, ys_error *error) {
  json_t *meta = read_meta(m->paths[0]), *merged = json_array();
  for (size_t i = 0; i < m->count; i++)
    json_array_append_new(merged, read_meta(m->paths[i]));
  json_object_set_new(meta, "merged", merged);
  ys_code code = meta_write(dir->path, meta, error);
  json_decref(meta);
  return code;
}

static void note_machines(const merge *m) {
  for (size_t i = 1; i < m->run_count; i++)
    if (strcmp(m->runs[i].run->settings->cpu, m->runs[0].run->settings->cpu) !=
        0) {
      console_note("the runs are of more than one kind of processor: compare "
                   "timings within a problem and repeat only");
      return;
    }
}

/* The new directory is none of those to be joined, by whatever name. */
static ys_code check_apart(const merge *m, const char *out, ys_error *error) {
  for (size_t i = 0; i < m->count; i++)
    if (files_same(out, m->paths[i]))
      return ys_fail(error, YS_BAD_INPUT,
                     "%s is %s, one of those to join: nothing would be left of "
                     "it; choose a new directory",
                     out, m->paths[i]);
  return YS_OK;
}

static ys_code join(merge *m, const rundir *dir, ys_error *error) {
  ys_code code = write_all(m, dir, error);
  if (!code)
    code = write_meta(m, dir, error);
  if (!code)
    code = rundir_check(dir, error);
  note_machines(m);
  return code;
}

static ys_code execute(command_line *line, ys_error *error) {
  const char *out = line->words[0];
  merge m = {.paths = line->words + 1, .count = line->word_count - 1};
  rundir dir;
  ys_code code = check_apart(&m, out, error);
  if (!code)
    code = read_stores(&m, error);
  if (!code)
    code = list_runs(&m, error);
  if (!code)
    code = drop_duplicates(&m, error);
  if (!code) {
    give_ids(&m);
    code = rundir_make(&dir, out, args_given(line->args, "force"), NULL, error);
  }
  if (!code) {
    code = join(&m, &dir, error);
    rundir_free(&dir);
  }
  merge_free(&m);
  return code;
}

enum { MOST_DIRECTORIES = 4096 };

static const arg_option options[] = {
    {"force", 0, ARG_FLAG, NULL, "  replace the run in an existing OUT"}, {0}};

const command_spec cmd_merge = {
    .name = "merge",
    .summary = "join the directories of sweeps, such as shards",
    .usage = "ystep merge OUT DIR...",
    .about = "Join the directories of sweeps, such as the shards of one, to "
             "the one\n"
             "that an undivided sweep would have left. A run that is in two of "
             "them\n"
             "must be the same run there, or nothing is merged.",
    .examples = "  ystep merge all shard-1 shard-2 shard-3\n",
    .options = options,
    .least_words = 2,
    .most_words = MOST_DIRECTORIES,
    .missing_words = "merge needs a new directory and some to join: ystep "
                     "merge OUT DIR... (try --help)",
    .run = execute,
};
