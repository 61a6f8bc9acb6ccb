#include "bench/store/repair.h"

#include "bench/cli/console.h"
#include "bench/store/repair_table.h"
#include "bench/store/results.h"
#include "bench/store/rundir.h"
#include "bench/store/schema.h"

#include "problems/formats/npy.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <search.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ------------------------------------------------------------- the tables --
 */

/* Of the tables of a training and a recording, what rows are known by. */
typedef struct numbered {
  long id, epoch;
} numbered;

static const record_field training_fields[] = {
    {"train_id", &column_id, offsetof(numbered, id)},
    {"epochs_done", &column_count, offsetof(numbered, epoch)},
};
static const record_field epoch_fields[] = {
    {"train_id", &column_id, offsetof(numbered, id)},
    {"epoch", &column_count, offsetof(numbered, epoch)},
};
static const record_field index_fields[] = {
    {"epoch", &column_id, offsetof(numbered, epoch)},
};
static const record_table training_table = {"training.csv", training_fields, 2,
                                            sizeof(numbered)};
static const record_table epoch_table = {"epochs.csv", epoch_fields, 2,
                                         sizeof(numbered)};
static const record_table index_table = {"index.csv", index_fields, 1,
                                         sizeof(numbered)};

/* A run and one of its iterations. */
typedef struct pair {
  long id, iteration;
} pair;

/* A set of pairs, by tsearch. */
typedef struct pairs {
  void *root;
  bool failed; /* memory was short */
} pairs;

static int by_pair(const void *a, const void *b) {
  const pair *x = a, *y = b;
  return x->id != y->id
             ? (x->id > y->id) - (x->id < y->id)
             : (x->iteration > y->iteration) - (x->iteration < y->iteration);
}

static bool has(const pairs *set, long id, long iteration) {
  pair wanted = {id, iteration};
  return tfind(&wanted, &set->root, by_pair) != NULL;
}

static void add(pairs *set, long id, long iteration) {
  pair *new = malloc(sizeof *new);
  if (new)
    *new = (pair){id, iteration};
  void *node = new ? tsearch(new, &set->root, by_pair) : NULL;
  if (!node || *(pair **)node != new)
    free(new); /* it is there already */
  set->failed = set->failed || !node;
}

static void free_pairs(pairs *set) {
  tdestroy(set->root, free);
  set->root = NULL;
}

/* What the tables hold, as far as they have been read. */
typedef struct contents {
  bool is_sweep;
  pairs traced, set, run; /* iterations; runs with settings; runs */
} contents;

static long whole_of(const record_table *table, const char *name,
                     const void *record) {
  long number = 0;
  for (size_t i = 0; i < table->count; i++)
    if (strcmp(table->fields[i].name, name) == 0)
      memcpy(&number, (const char *)record + table->fields[i].offset,
             sizeof number);
  return number;
}

static const char *judge_trace(const void *record, void *context) {
  contents *c = context;
  add(&c->traced, whole_of(&schema_traces, "run_id", record),
      whole_of(&schema_traces, "iteration", record));
  return NULL;
}

static const char *judge_settings(const void *record, void *context) {
  contents *c = context;
  add(&c->set, whole_of(&schema_settings, "run_id", record), 0);
  return NULL;
}

static const char *judge_run(const void *record, void *context) {
  contents *c = context;
  const result_row *row = record;
  bool has_result = !result_has_status(row, RUN_FAILED) &&
                    !result_has_status(row, RUN_UNSUPPORTED);
  if (has(&c->run, row->run_id, 0))
    return "its run is there already";
  if (c->is_sweep && !has(&c->set, row->run_id, 0))
    return "its run has no settings";
  if (has_result && !has(&c->traced, row->run_id, row->iterations))
    return "the last iterate of its run is gone";
  add(&c->run, row->run_id, 0);
  return NULL;
}

static bool is_there(const char *dir, const char *name) {
  char *path = rundir_file(dir, name);
  bool is = path && access(path, F_OK) == 0;
  free(path);
  return is;
}

typedef struct repairing {
  const char *dir;
  bool only_look;
  size_t damaged;
} repairing;

static ys_code mend_table(repairing *r, const record_table *columns,
                          repair_judge *judge, void *context, ys_error *error) {
  repair_table table;
  ys_code code =
      repair_table_read(r->dir, columns, judge, context, &table, error);
  if (code)
    return code;
  if (table.gone) {
    console_say("%s: %zu of %zu rows %s", table.path, table.gone,
                table.count - 1, r->only_look ? "would go" : "go");
    r->damaged++;
  }
  if (!r->only_look)
    code = repair_table_write(&table, error);
  repair_table_free(&table);
  return code;
}

/* runs.csv last: what stays there depends on the other two. */
static ys_code mend_runs(repairing *r, ys_error *error) {
  contents c = {.is_sweep = is_there(r->dir, "settings.csv")};
  ys_code code = mend_table(r, &schema_traces, judge_trace, &c, error);
  if (!code)
    code = mend_table(r, &schema_settings, judge_settings, &c, error);
  if (!code && (c.traced.failed || c.set.failed))
    code = ys_fail_memory(error, "the runs of a directory");
  if (!code)
    code = mend_table(r, &schema_runs, judge_run, &c, error);
  free_pairs(&c.traced);
  free_pairs(&c.set);
  free_pairs(&c.run);
  return code;
}

/* -------------------------------------------------------- the other files --
 */

static ys_code put_aside(repairing *r, const char *path, const char *why,
                         ys_error *error) {
  console_say("%s: %s", path, why);
  r->damaged++;
  return r->only_look ? YS_OK : repair_set_aside(path, false, error);
}

static ys_code mend_meta(repairing *r, ys_error *error) {
  json_error_t wrong;
  ys_code code = YS_OK;
  char *path = rundir_file(r->dir, "meta.json");
  if (!path)
    return ys_fail_memory(error, "a file name");
  json_t *meta =
      access(path, F_OK) == 0 ? json_load_file(path, 0, &wrong) : NULL;
  if (!meta && access(path, F_OK) == 0)
    code = json_error_code(&wrong) == json_error_cannot_open_file
               ? ys_fail(error, YS_IO, "%s: %s", path, wrong.text)
               : put_aside(r, path, wrong.text, error);
  json_decref(meta);
  free(path);
  return code;
}

static ys_code mend_label(repairing *r, const char *name, ys_error *error) {
  ys_npy labels;
  ys_error why;
  char *path;
  size_t length = strlen(name);
  if (length < 4 || strcmp(name + length - 4, ".npy") != 0)
    return YS_OK;
  if (asprintf(&path, "%s/labels/%s", r->dir, name) < 0)
    return ys_fail_memory(error, "a file name");
  ys_code code = ys_npy_open(path, &labels, &why);
  if (!code)
    ys_npy_close(&labels);
  else if (code == YS_BAD_INPUT)
    code = put_aside(r, path, why.text, error);
  else
    *error = why;
  free(path);
  return code;
}

static ys_code mend_labels(repairing *r, ys_error *error) {
  char *folder = rundir_file(r->dir, "labels");
  DIR *labels = folder ? opendir(folder) : NULL;
  ys_code code = folder ? YS_OK : ys_fail_memory(error, "a file name");
  if (folder && !labels && errno != ENOENT)
    code =
        ys_fail(error, YS_IO, "%s: cannot open: %s", folder, strerror(errno));
  for (struct dirent *entry; !code && labels && (entry = readdir(labels));)
    code = mend_label(r, entry->d_name, error);
  if (labels)
    closedir(labels);
  free(folder);
  return code;
}

ys_code repair_directory(const char *dir, bool only_look, size_t *damaged,
                         ys_error *error) {
  repairing r = {.dir = dir, .only_look = only_look};
  ys_code code = mend_runs(&r, error);
  if (!code)
    code = mend_table(&r, &training_table, NULL, NULL, error);
  if (!code)
    code = mend_table(&r, &epoch_table, NULL, NULL, error);
  if (!code)
    code = mend_table(&r, &index_table, NULL, NULL, error);
  if (!code)
    code = mend_meta(&r, error);
  if (!code)
    code = mend_labels(&r, error);
  *damaged = r.damaged;
  return code;
}
