#include "bench/store/repair.h"

#include "bench/cli/console.h"
#include "bench/store/labelfile.h"
#include "bench/store/results.h"
#include "bench/store/rundir.h"
#include "bench/store/schema.h"
#include "bench/store/wholerows.h"

#include "problems/formats/input.h"
#include "problems/formats/output.h"

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

typedef struct repairing {
  const char *dir;
  bool only_look;
  size_t damaged; /* files so far */
  bool is_sweep;
  void *held;         /* what the tables hold: a set by tsearch */
  bool lacked_memory; /* for it */
} repairing;

/* --------------------------------------------------- what the tables hold --
 */

/* An iteration of a trace, or a run with settings, or in runs.csv. */
typedef struct fact {
  enum { TRACED, HAS_SETTINGS, HAS_RUN } kind;
  long id, iteration;
} fact;

static int by_fact(const void *a, const void *b) {
  const fact *x = a, *y = b;
  if (x->kind != y->kind)
    return x->kind < y->kind ? -1 : 1;
  return x->id != y->id
             ? (x->id > y->id) - (x->id < y->id)
             : (x->iteration > y->iteration) - (x->iteration < y->iteration);
}

static bool holds(const repairing *r, fact wanted) {
  return tfind(&wanted, &r->held, by_fact) != NULL;
}

static void hold(repairing *r, fact found) {
  fact *new = malloc(sizeof *new);
  if (new)
    *new = found;
  void *node = new ? tsearch(new, &r->held, by_fact) : NULL;
  if (!node || *(fact **)node != new)
    free(new); /* it is there already */
  r->lacked_memory = r->lacked_memory || !node;
}

/* Why a row that is one by itself goes nevertheless, or NULL. */
typedef const char *row_judge(const void *record, repairing *r);

static const char *judge_trace(const void *record, repairing *r) {
  const traced_point *row = record;
  hold(r, (fact){TRACED, row->run_id, row->point.iteration});
  return NULL;
}

static const char *judge_settings(const void *record, repairing *r) {
  hold(r, (fact){HAS_SETTINGS, ((const run_settings *)record)->run_id, 0});
  return NULL;
}

static const char *judge_run(const void *record, repairing *r) {
  const result_row *row = record;
  if (holds(r, (fact){HAS_RUN, row->run_id, 0}))
    return "its run is there already";
  if (r->is_sweep && !holds(r, (fact){HAS_SETTINGS, row->run_id, 0}))
    return "its run has no settings";
  if (result_has_trace(row) &&
      !holds(r, (fact){TRACED, row->run_id, row->iterations}))
    return "the last iterate of its run is gone";
  hold(r, (fact){HAS_RUN, row->run_id, 0});
  return NULL;
}

/* --------------------------------------------------------------- judging -- */

/* One table, line by line. */
typedef struct lines {
  const record_table *columns;
  row_judge *judge; /* NULL: nobody */
  records rows;
  char *path;
  char *text;         /* the file; in front the lines that stay */
  size_t size, kept;  /* bytes of it; of the lines that stay */
  size_t count, gone; /* of lines below the header; how many of them go */
} lines;

/* Room for a record of any table. */
typedef union record_room {
  max_align_t alignment;
  char bytes[1024];
} record_room;

static void drop(lines *table, const char *why) {
  enum { SHOWN = 20 };
  if (table->gone++ < SHOWN)
    console_say("%s", why);
  else if (table->gone == SHOWN + 1)
    console_say("%s: more lines go", table->path);
}

/* Say of a line that is no row with these columns, or that `judge` will not
 * have, why it goes. */
static ys_code judge_line(repairing *r, lines *table, char *line, size_t length,
                          bool *stays, ys_error *error) {
  record_room room;
  ys_error why;
  bool more = false;
  const char *reason = NULL;
  records *rows = &table->rows;
  fclose(rows->csv.file);
  rows->csv.file = fmemopen(line, length, "r");
  rows->csv.lines = table->count; /* ahead of it, the header among them */
  ys_code code = rows->csv.file ? records_next_plain(rows, &room, &more, &why)
                                : ys_fail_memory(&why, "a line");
  if (code && code != YS_BAD_INPUT) {
    *error = why;
    return code;
  }
  if (!code && line[length - 1] != '\n')
    reason = "is cut off";
  else if (!code && more && table->judge)
    reason = table->judge(&room, r);
  if (!code && more)
    record_free(table->columns, &room);
  if (reason)
    ys_fail(&why, YS_BAD_INPUT, "%s, line %zu: %s", table->path,
            table->count + 1, reason);
  *stays = !code && !reason;
  if (!*stays)
    drop(table, why.text);
  return YS_OK;
}

/* Move the lines that stay together, behind the header line. */
static ys_code judge_lines(repairing *r, lines *table, ys_error *error) {
  char *end = table->text + table->size;
  char *line = memchr(table->text, '\n', table->size), *next;
  ys_code code = records_open(r->dir, table->columns, &table->rows, error);
  if (code)
    return code;
  line = line ? line + 1 : end;
  table->kept = (size_t)(line - table->text);
  for (; !code && line < end; line = next) {
    bool stays = false;
    next = memchr(line, '\n', (size_t)(end - line));
    next = next ? next + 1 : end;
    size_t length = (size_t)(next - line);
    table->count++;
    code = judge_line(r, table, line, length, &stays, error);
    if (stays) {
      memmove(table->text + table->kept, line, length);
      table->kept += length;
    }
  }
  records_close(&table->rows);
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
static ys_code write_table(repairing *r, const lines *table, ys_error *error) {
  ys_output output;
  if (!table->gone)
    return YS_OK;
  console_say("%s: %zu of %zu rows %s", table->path, table->gone, table->count,
              r->only_look ? "would go" : "go");
  r->damaged++;
  if (r->only_look)
    return YS_OK;
  ys_code code = set_aside(table->path, true, error);
  if (!code)
    code = ys_output_create(&output, table->path, error);
  if (code)
    return code;
  fwrite(table->text, 1, table->kept, output.file);
  return ys_output_finish(&output, error);
}

/* Without a whole header line there is nothing to be kept. */
static ys_code mend_table(repairing *r, const record_table *columns,
                          row_judge *judge, ys_error *error) {
  bool found = false;
  lines table = {.columns = columns,
                 .judge = judge,
                 .path = rundir_file(r->dir, columns->name)};
  ys_code code = table.path
                     ? wholerows_found(r->dir, columns->name, &found, error)
                     : ys_fail_memory(error, "a file name");
  if (!code && found)
    code = ys_input_read(table.path, SIZE_MAX, "a table", &table.text,
                         &table.size, error);
  if (!code && found)
    code = judge_lines(r, &table, error);
  if (!code)
    code = write_table(r, &table, error);
  free(table.path);
  free(table.text);
  return code;
}

/* runs.csv last: what stays there depends on the other two. */
static ys_code mend_runs(repairing *r, ys_error *error) {
  ys_code code = rundir_has(r->dir, "settings.csv", &r->is_sweep, error);
  if (!code)
    code = mend_table(r, &schema_traces, judge_trace, error);
  if (!code)
    code = mend_table(r, &schema_settings, judge_settings, error);
  if (!code && r->lacked_memory)
    code = ys_fail_memory(error, "the runs of a directory");
  if (!code)
    code = mend_table(r, &schema_runs, judge_run, error);
  tdestroy(r->held, free);
  return code;
}

/* The tables of a training and a recording: what a row is known by. */
static ys_code mend_numbered(repairing *r, ys_error *error) {
  static const struct {
    const record_table *table;
    const char *known_by[2];
    size_t count;
  } tables[] = {{&schema_trainings, {"epochs_done", "train_id"}, 2},
                {&schema_epochs, {"epoch", "train_id"}, 2},
                {&schema_index, {"epoch"}, 1}};
  ys_code code = YS_OK;
  for (size_t i = 0; !code && i < sizeof tables / sizeof *tables; i++) {
    record_field fields[RECORD_FIELDS];
    const record_table columns = record_pick(
        tables[i].table, tables[i].known_by, tables[i].count, fields);
    code = mend_table(r, &columns, NULL, error);
  }
  return code;
}

/* ------------------------------------------------------- the other files -- */

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
  json_t *meta = json_load_file(path, 0, &wrong);
  if (!meta && access(path, F_OK) == 0)
    code = json_error_code(&wrong) == json_error_cannot_open_file
               ? ys_fail(error, YS_IO, "%s: %s", path, wrong.text)
               : put_aside(r, path, wrong.text, error);
  json_decref(meta);
  free(path);
  return code;
}

static ys_code mend_label(repairing *r, const char *name, ys_error *error) {
  size_t rows, classes, length = strlen(name);
  ys_error why;
  char *path;
  if (length < 4 || (strcmp(name + length - 4, ".npy") != 0 &&
                     strcmp(name + length - 4, ".npz") != 0))
    return YS_OK;
  if (asprintf(&path, "%s/labels/%s", r->dir, name) < 0)
    return ys_fail_memory(error, "a file name");
  ys_code code = labelfile_check(path, &rows, &classes, &why);
  if (code == YS_BAD_INPUT)
    code = put_aside(r, path, why.text, error);
  else if (code)
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
    code = mend_numbered(&r, error);
  if (!code)
    code = mend_meta(&r, error);
  if (!code)
    code = mend_labels(&r, error);
  *damaged = r.damaged;
  return code;
}
