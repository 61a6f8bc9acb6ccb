#include "bench/store/repair.h"

#include "bench/cli/console.h"
#include "bench/store/results.h"
#include "bench/store/rundir.h"
#include "bench/store/schema.h"
#include "bench/store/wholerows.h"

#include "problems/formats/input.h"
#include "problems/formats/npy.h"
#include "problems/formats/output.h"
#include "problems/vector/array.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <search.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One table, line by line: which of them are rows. */
typedef struct lines {
  char *path;
  char *text; /* the file */
  size_t size;
  size_t *begin; /* where each line begins, and one more: where the last ends */
  bool *goes;    /* by line, from 0, the header */
  size_t count;  /* of lines */
  size_t gone;   /* how many of them go */
} lines;

/* Why a row that is one by itself goes nevertheless, or NULL. */
typedef const char *line_judge(const void *record, void *context);

/* --------------------------------------------------------------- reading -- */

static ys_code split_lines(lines *table, ys_error *error) {
  size_t most = 1;
  for (size_t i = 0; i < table->size; i++)
    most += table->text[i] == '\n';
  table->begin = ys_array(most + 1, sizeof *table->begin);
  table->goes = calloc(most, sizeof *table->goes);
  if (!table->begin || !table->goes)
    return ys_fail_memory(error, "the lines of a table");
  table->begin[0] = 0;
  for (size_t i = 0; i < table->size; i++)
    if (table->text[i] == '\n' || i + 1 == table->size)
      table->begin[++table->count] = i + 1;
  return YS_OK;
}

/* --------------------------------------------------------------- judging -- */

/* Room for a record of any table. */
typedef union record_room {
  max_align_t alignment;
  char bytes[1024];
} record_room;

/* The fields of one line, from the file that `rows` has open. */
static ys_code read_line(records *rows, char *line, size_t length,
                         size_t number, void *record, bool *more,
                         ys_error *error) {
  fclose(rows->csv.file);
  rows->csv.file = fmemopen(line, length, "r");
  rows->csv.lines = number - 1;
  if (!rows->csv.file)
    return ys_fail_memory(error, "a line");
  return records_next_plain(rows, record, more, error);
}

static void drop(lines *table, size_t line, const char *why) {
  enum { SHOWN = 20 };
  table->goes[line] = true;
  if (table->gone++ < SHOWN)
    console_say("%s", why);
  else if (table->gone == SHOWN + 1)
    console_say("%s: more lines go", table->path);
}

static ys_code judge_line(lines *table, records *rows, size_t line,
                          line_judge *judge, void *context, ys_error *error) {
  record_room room;
  ys_error why;
  bool more = false;
  char *text = table->text + table->begin[line];
  size_t length = table->begin[line + 1] - table->begin[line];
  const char *reason = NULL;
  ys_code code = read_line(rows, text, length, line + 1, &room, &more, &why);
  if (code && code != YS_BAD_INPUT) {
    *error = why;
    return code;
  }
  if (!code && text[length - 1] != '\n')
    reason = "is cut off";
  else if (!code && more && judge)
    reason = judge(&room, context);
  if (!code && more)
    record_free(rows->table, &room);
  if (reason)
    ys_fail(&why, YS_BAD_INPUT, "%s, line %zu: %s", table->path, line + 1,
            reason);
  if (code || reason)
    drop(table, line, why.text);
  return YS_OK;
}

static ys_code judge_lines(lines *table, const char *dir,
                           const record_table *columns, line_judge *judge,
                           void *context, ys_error *error) {
  records rows;
  ys_code code = records_open(dir, columns, &rows, error);
  if (code)
    return code;
  for (size_t line = 1; !code && line < table->count; line++)
    code = judge_line(table, &rows, line, judge, context, error);
  records_close(&rows);
  return code;
}

static void free_table(lines *table) {
  free(table->path);
  free(table->text);
  free(table->begin);
  free(table->goes);
  *table = (lines){0};
}

/* Say of each line that is no row with these columns, or that `judge` (NULL:
 * nobody) will not have, why it goes. Without a whole header line there is
 * nothing to be kept: count is 0. */
static ys_code read_table(const char *dir, const record_table *columns,
                          line_judge *judge, void *context, lines *table,
                          ys_error *error) {
  bool found = false;
  *table = (lines){.path = rundir_file(dir, columns->name)};
  ys_code code = table->path
                     ? wholerows_found(dir, columns->name, &found, error)
                     : ys_fail_memory(error, "a file name");
  if (!code && found)
    code = ys_input_read(table->path, SIZE_MAX, "a table", &table->text,
                         &table->size, error);
  if (!code && found)
    code = split_lines(table, error);
  if (!code && found)
    code = judge_lines(table, dir, columns, judge, context, error);
  if (code)
    free_table(table);
  return code;
}

/* --------------------------------------------------------------- writing -- */

/* Move, or with `copy` link, a file to NAME.damaged, or to NAME.damaged.2 and
 * so on if that is there. */
static ys_code set_aside(const char *path, bool copy, ys_error *error) {
  enum { MOST = 1000 };
  char *aside = NULL;
  int failed = -1;
  if (!path)
    return ys_fail_memory(error, "a file name");
  errno = EEXIST;
  for (int i = 1; failed && errno == EEXIST && i < MOST; i++) {
    free(aside);
    if ((i == 1 ? asprintf(&aside, "%s.damaged", path)
                : asprintf(&aside, "%s.damaged.%d", path, i)) < 0)
      return ys_fail_memory(error, "a file name");
    failed = link(path, aside);
  }
  if (!failed && !copy)
    failed = unlink(path);
  ys_code code = YS_OK;
  if (failed)
    code = ys_fail(error, YS_IO, "%s: cannot keep it as %s: %s", path, aside,
                   strerror(errno));
  else
    console_say("%s: kept as it was in %s", path, aside);
  free(aside);
  return code;
}

/* Put the table without the lines that go in its place; as it was, it is kept
 * as NAME.damaged. Nothing happens if none goes. */
static ys_code write_table(const lines *table, ys_error *error) {
  ys_output output;
  if (!table->gone)
    return YS_OK;
  ys_code code = set_aside(table->path, true, error);
  if (!code)
    code = ys_output_create(&output, table->path, error);
  if (code)
    return code;
  for (size_t i = 0; i < table->count; i++)
    if (!table->goes[i])
      fwrite(table->text + table->begin[i], 1,
             table->begin[i + 1] - table->begin[i], output.file);
  return ys_output_finish(&output, error);
}

/* ---------------------------------------------------- what the tables hold --
 */

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

static const char *judge_trace(const void *record, void *context) {
  contents *c = context;
  const traced_point *row = record;
  add(&c->traced, row->run_id, row->point.iteration);
  return NULL;
}

static const char *judge_settings(const void *record, void *context) {
  contents *c = context;
  add(&c->set, ((const run_settings *)record)->run_id, 0);
  return NULL;
}

static const char *judge_run(const void *record, void *context) {
  contents *c = context;
  const result_row *row = record;
  if (has(&c->run, row->run_id, 0))
    return "its run is there already";
  if (c->is_sweep && !has(&c->set, row->run_id, 0))
    return "its run has no settings";
  if (result_has_trace(row) && !has(&c->traced, row->run_id, row->iterations))
    return "the last iterate of its run is gone";
  add(&c->run, row->run_id, 0);
  return NULL;
}

typedef struct repairing {
  const char *dir;
  bool only_look;
  size_t damaged;
} repairing;

static ys_code mend_table(repairing *r, const record_table *columns,
                          line_judge *judge, void *context, ys_error *error) {
  lines table;
  ys_code code = read_table(r->dir, columns, judge, context, &table, error);
  if (code)
    return code;
  if (table.gone) {
    console_say("%s: %zu of %zu rows %s", table.path, table.gone,
                table.count - 1, r->only_look ? "would go" : "go");
    r->damaged++;
  }
  if (!r->only_look)
    code = write_table(&table, error);
  free_table(&table);
  return code;
}

/* runs.csv last: what stays there depends on the other two. */
static ys_code mend_runs(repairing *r, ys_error *error) {
  contents c = {.is_sweep = false};
  ys_code code = rundir_has(r->dir, "settings.csv", &c.is_sweep, error);
  if (!code)
    code = mend_table(r, &schema_traces, judge_trace, &c, error);
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

/* The tables of a training and a recording: what a row is known by. */
static ys_code mend_numbered(repairing *r, const record_table *table,
                             const char *epoch, ys_error *error) {
  const char *const names[] = {epoch, "train_id"};
  record_field fields[RECORD_FIELDS];
  const record_table columns =
      record_pick(table, names, table == &schema_index ? 1 : 2, fields);
  return mend_table(r, &columns, NULL, NULL, error);
}

/* -------------------------------------------------------- the other files --
 */

static ys_code put_aside(repairing *r, const char *path, const char *why,
                         ys_error *error) {
  console_say("%s: %s", path, why);
  r->damaged++;
  return r->only_look ? YS_OK : set_aside(path, false, error);
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
    code = mend_numbered(&r, &schema_trainings, "epochs_done", error);
  if (!code)
    code = mend_numbered(&r, &schema_epochs, "epoch", error);
  if (!code)
    code = mend_numbered(&r, &schema_index, "epoch", error);
  if (!code)
    code = mend_meta(&r, error);
  if (!code)
    code = mend_labels(&r, error);
  *damaged = r.damaged;
  return code;
}
