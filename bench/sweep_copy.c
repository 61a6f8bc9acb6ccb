/* Copying the rows of finished runs from table to table. */
#include "sweep_store.h"

#include "../problems/array.h"
#include "../problems/csv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -------------------------------------------------------- the open tables --
 */

ys_code sweep_log_open(sweep_log *log, const rundir *dir, ys_error *error) {
  char *path = rundir_file(dir->path, "settings.csv");
  *log = (sweep_log){.settings = {.file = -1}};
  log->tables = (runlog){.runs = {.file = -1}, .traces = {.file = -1}};
  ys_code code =
      path ? csvout_append(&log->settings, path, sweep_settings_header, error)
           : ys_fail_memory(error, "a file name");
  free(path);
  if (!code)
    code = runlog_append(&log->tables, dir, error);
  if (code)
    sweep_log_close(log);
  return code;
}

void sweep_log_close(sweep_log *log) {
  runlog_close(&log->tables);
  csvout_close(&log->settings);
}

/* -------------------------------------------------------------- copying -- */

enum { FLUSH_BYTES = 1 << 20 };

static int by_old(const void *a, const void *b) {
  long x = ((const new_id *)a)->old, y = ((const new_id *)b)->old;
  return (x > y) - (x < y);
}

/* The row's run in `ids`, NULL if it is none of them. */
static ys_code find_id(const ys_csv *in, size_t width, const new_id *ids,
                       size_t count, const new_id **id, ys_error *error) {
  char *end;
  const char *text = ys_csv_field(in, 0);
  new_id wanted = {strtol(text, &end, 10), 0};
  if (in->count != width || !*text || *end)
    return ys_fail(
        error, YS_BAD_INPUT,
        "%s, line %zu: %zu fields, the first '%.40s': expected %zu "
        "fields and a run_id; `ystep repair DIR` keeps what is whole",
        in->path, in->line, in->count, text, width);
  *id = bsearch(&wanted, ids, count, sizeof *ids, by_old);
  return YS_OK;
}

static ys_code check_header(const ys_csv *in, const char *header,
                            ys_error *error) {
  size_t at = 0;
  for (size_t i = 0; i < in->count; i++) {
    const char *name = ys_csv_field(in, i);
    size_t length = strlen(name);
    if (strncmp(header + at, name, length) != 0 ||
        header[at + length] != (i + 1 < in->count ? ',' : '\0'))
      return ys_fail(error, YS_BAD_INPUT,
                     "%s, line 1, column '%s': expected the columns %s",
                     in->path, name, header);
    at += length + 1;
  }
  return YS_OK;
}

static void copy_row(const ys_csv *in, long id, csvout *out) {
  csvout_integer(out, id);
  for (size_t i = 1; i < in->count; i++)
    csvout_text(out, ys_csv_field(in, i));
  csvout_end_row(out);
}

/* The rows of an open table whose header has been read. A last line that was
 * cut off is of a run that was not finished. */
static ys_code copy_rows(ys_csv *in, const new_id *ids, size_t count,
                         csvout *out, ys_error *error) {
  size_t width = in->count;
  bool more, torn;
  for (;;) {
    const new_id *id = NULL;
    ys_code code = ys_csv_next_whole_row(in, &more, &torn, error);
    if (!code && more)
      code = find_id(in, width, ids, count, &id, error);
    if (code || !more)
      return code ? code : csvout_flush(out, error);
    if (id)
      copy_row(in, id->new, out);
    if (out->used > FLUSH_BYTES && (code = csvout_flush(out, error)) != YS_OK)
      return code;
  }
}

static ys_code copy_open(const char *path, const char *header,
                         const new_id *ids, size_t count, csvout *out,
                         ys_error *error) {
  ys_csv in;
  bool more;
  ys_code code = ys_csv_open(path, 0, &in, error);
  if (code)
    return code;
  code = ys_csv_next_row(&in, &more, error);
  if (!code)
    code = check_header(&in, header, error);
  if (!code)
    code = copy_rows(&in, ids, count, out, error);
  ys_csv_close(&in);
  return code;
}

/* The tables in the order in which they may be replaced one by one: what is not
 * in runs.csv any more counts for nothing in the others. */
enum { RUNS, SETTINGS, TRACES, TABLES };
static const char *const names[TABLES] = {"runs.csv", "settings.csv",
                                          "traces.csv"};
static const char *header_of(int table) {
  return table == RUNS       ? runlog_runs_header
         : table == SETTINGS ? sweep_settings_header
                             : runlog_traces_header;
}

/* One table of the store; where it is not there, no run has rows in it. */
static ys_code copy_table(const sweep_store *store, int table,
                          const new_id *ids, size_t count, csvout *out,
                          ys_error *error) {
  bool found = false;
  char *path = rundir_file(store->path, names[table]);
  ys_code code =
      path ? sweep_store_has_table(store->path, names[table], &found, error)
           : ys_fail_memory(error, "a file name");
  if (!code && found && count)
    code = copy_open(path, header_of(table), ids, count, out, error);
  free(path);
  return code;
}

ys_code sweep_store_copy(const sweep_store *store, const new_id *ids,
                         size_t count, sweep_log *log, ys_error *error) {
  csvout *const out[TABLES] = {&log->tables.runs, &log->settings,
                               &log->tables.traces};
  ys_code code = YS_OK;
  for (int t = TABLES - 1; !code && count && t >= 0; t--)
    code = copy_table(store, t, ids, count, out[t], error);
  return code;
}

/* ------------------------------------------------------------- cleaning -- */

/* Write "TABLE.new" with the rows of `ids`. */
static ys_code write_new(const sweep_store *store, int table, const char *fresh,
                         const new_id *ids, ys_error *error) {
  csvout out;
  ys_code code = csvout_open(&out, fresh, header_of(table), error);
  if (!code)
    code = copy_table(store, table, ids, store->count, &out, error);
  csvout_close(&out);
  return code;
}

static ys_code clean_table(const sweep_store *store, int table,
                           const new_id *ids, ys_error *error) {
  char *path = rundir_file(store->path, names[table]), *fresh = NULL;
  ys_code code;
  if (!path || asprintf(&fresh, "%s.new", path) < 0) {
    free(path);
    return ys_fail_memory(error, "a file name");
  }
  code = write_new(store, table, fresh, ids, error);
  if (!code && rename(fresh, path) != 0)
    code = ys_fail(error, YS_IO, "%s: cannot write: %s", path, strerror(errno));
  if (code)
    unlink(fresh);
  free(fresh);
  free(path);
  return code;
}

ys_code sweep_store_clean(const sweep_store *store, ys_error *error) {
  ys_code code = YS_OK;
  new_id *ids = ys_array(store->count + 1, sizeof *ids);
  if (!ids)
    return ys_fail_memory(error, "the run_ids");
  for (size_t i = 0; i < store->count; i++)
    ids[i] = (new_id){store->runs[i].run_id, store->runs[i].run_id};
  qsort(ids, store->count, sizeof *ids, by_old);
  for (int t = 0; !code && t < TABLES; t++)
    code = clean_table(store, t, ids, error);
  free(ids);
  return code;
}
