/* Copying the rows of finished runs from table to table. */
#include "sweep_store.h"

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

static const new_id *find_id(const char *text, const new_id *ids,
                             size_t count) {
  new_id wanted = {strtol(text, NULL, 10), 0};
  return count ? bsearch(&wanted, ids, count, sizeof *ids, by_old) : NULL;
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

/* The rows of an open table whose header has been read. */
static ys_code copy_rows(ys_csv *in, const new_id *ids, size_t count,
                         csvout *out, ys_error *error) {
  size_t width = in->count;
  for (bool more = true; more;) {
    ys_code code = ys_csv_next_row(in, &more, error);
    if ((!code || code == YS_BAD_INPUT) && feof(in->file))
      break; /* the end; or a last line that was cut off */
    if (code)
      return code;
    const new_id *id = find_id(ys_csv_field(in, 0), ids, count);
    if (id && in->count != width)
      return ys_fail(error, YS_BAD_INPUT,
                     "%s, line %zu: found %zu fields: expected %zu", in->path,
                     in->line, in->count, width);
    if (id)
      copy_row(in, id->new, out);
    if (out->used > FLUSH_BYTES && (code = csvout_flush(out, error)) != YS_OK)
      return code;
  }
  return csvout_flush(out, error);
}

static ys_code copy_table(const char *path, const char *header,
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

ys_code sweep_store_copy(const sweep_store *store, const new_id *ids,
                         size_t count, sweep_log *log, ys_error *error) {
  csvout *const out[TABLES] = {&log->tables.runs, &log->settings,
                               &log->tables.traces};
  ys_code code = YS_OK;
  for (int t = TABLES - 1; !code && count && t >= 0; t--) {
    char *path = rundir_file(store->path, names[t]);
    code = path ? copy_table(path, header_of(t), ids, count, out[t], error)
                : ys_fail_memory(error, "a file name");
    free(path);
  }
  return code;
}

/* ------------------------------------------------------------- cleaning -- */

/* Write "TABLE.new" with the rows of `ids`. */
static ys_code write_new(const char *path, const char *fresh, int table,
                         const new_id *ids, size_t count, ys_error *error) {
  csvout out;
  ys_code code = csvout_open(&out, fresh, header_of(table), error);
  if (!code && count)
    code = copy_table(path, header_of(table), ids, count, &out, error);
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
  code = write_new(path, fresh, table, ids, store->count, error);
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
  new_id *ids = malloc((store->count + 1) * sizeof *ids);
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
