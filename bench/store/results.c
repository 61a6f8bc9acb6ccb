#include "bench/store/results.h"

#include "bench/cli/console.h"

#include "problems/vector/array.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int by_run_id(const void *a, const void *b) {
  const result_row *x = a, *y = b;
  return x->run_id != y->run_id
             ? (x->run_id > y->run_id) - (x->run_id < y->run_id)
             : (x->line > y->line) - (x->line < y->line);
}

static ys_code check_ids(const records *file, const result_set *results,
                         ys_error *error) {
  for (size_t i = 1; i < results->count; i++) {
    const result_row *row = &results->rows[i];
    if (row->run_id == row[-1].run_id)
      return ys_fail(error, YS_BAD_INPUT,
                     "%s, line %zu: run_id %ld is on line %zu already",
                     file->path, row->line, row->run_id, row[-1].line);
  }
  return YS_OK;
}

static ys_code read_runs(records *file, result_set *results, ys_error *error) {
  size_t room = 0;
  bool more = true;
  ys_code code = YS_OK;
  while (!code && more) {
    void *rows = results->rows;
    code = ys_grow(&rows, results->count, &room, sizeof *results->rows,
                   record_rows, error);
    results->rows = rows;
    if (code)
      return code;
    result_row *row = &results->rows[results->count];
    *row = (result_row){0};
    code = records_next(file, row, &more, error);
    row->line = file->csv.line;
    results->count += !code && more;
  }
  if (code)
    return code;
  if (!results->count)
    return ys_fail(error, YS_BAD_INPUT, "%s: holds no runs", file->path);
  qsort(results->rows, results->count, sizeof *results->rows, by_run_id);
  return check_ids(file, results, error);
}

static int by_run_and_iteration(const void *a, const void *b) {
  const traced_point *x = a, *y = b;
  if (x->run_id != y->run_id)
    return x->run_id < y->run_id ? -1 : 1;
  return (x->point.iteration > y->point.iteration) -
         (x->point.iteration < y->point.iteration);
}

/* Both sides are sorted by run: hand every run its points. */
static void attach(result_set *results, const traced_point *traced,
                   size_t count) {
  size_t next = 0;
  for (size_t i = 0; i < results->count; i++) {
    result_row *row = &results->rows[i];
    while (next < count && traced[next].run_id < row->run_id)
      next++;
    row->trace = results->points + results->point_count;
    while (next < count && traced[next].run_id == row->run_id) {
      results->points[results->point_count++] = traced[next++].point;
      row->traced++;
    }
    if (!row->traced)
      row->trace = NULL;
  }
  if (results->point_count < count)
    console_note("%zu rows of traces.csv belong to no run in runs.csv and are "
                 "left out",
                 count - results->point_count);
}

static ys_code read_traces(records *file, result_set *results,
                           ys_error *error) {
  traced_point *traced = NULL;
  size_t count = 0, room = 0;
  bool more = true;
  ys_code code = YS_OK;
  while (!code && more) {
    void *grown = traced;
    code = ys_grow(&grown, count, &room, sizeof *traced, record_rows, error);
    traced = grown;
    if (!code)
      code = records_next(file, &traced[count], &more, error);
    count += !code && more;
  }
  if (!code) {
    results->points = ys_array(count + 1, sizeof *results->points);
    if (!results->points)
      code = ys_fail_memory(error, "the traces");
  }
  if (!code) {
    qsort(traced, count, sizeof *traced, by_run_and_iteration);
    attach(results, traced, count);
  }
  free(traced);
  return code;
}

/* ------------------------------------------------------------ settings -- */

/* By run_id; where that is the same, in the order of the file, which is that of
 * the addresses until they are sorted: so sort pointers first. */
static int by_run_id_in_order(const void *a, const void *b) {
  const run_settings *x = *(run_settings *const *)a;
  const run_settings *y = *(run_settings *const *)b;
  if (x->run_id != y->run_id)
    return x->run_id < y->run_id ? -1 : 1;
  return (x > y) - (x < y);
}

static ys_code sort_rows(settings_table *table, ys_error *error) {
  run_settings **order = ys_array(table->count + 1, sizeof *order);
  run_settings *sorted = ys_array(table->count + 1, sizeof *sorted);
  if (!order || !sorted) {
    free(order);
    free(sorted);
    return ys_fail_memory(error, "settings.csv");
  }
  for (size_t i = 0; i < table->count; i++)
    order[i] = &table->rows[i];
  qsort(order, table->count, sizeof(run_settings *), by_run_id_in_order);
  for (size_t i = 0; i < table->count; i++)
    sorted[i] = *order[i];
  free(order);
  free(table->rows);
  table->rows = sorted;
  return YS_OK;
}

ys_code settings_read(const char *dir, settings_table *table, ys_error *error) {
  void *rows;
  ys_code code = records_read_all(dir, &schema_settings, true, &rows,
                                  &table->count, error);
  table->rows = rows;
  if (!code)
    code = sort_rows(table, error);
  if (code)
    settings_free(table);
  return code;
}

void settings_free(settings_table *table) {
  records_free_all(&schema_settings, table->rows, table->count);
  *table = (settings_table){0};
}

const run_settings *settings_find(const settings_table *table, long run_id) {
  /* The last row with that or a smaller number is below `high`. */
  size_t low = 0, high = table->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (table->rows[middle].run_id <= run_id)
      low = middle + 1;
    else
      high = middle;
  }
  return low && table->rows[low - 1].run_id == run_id ? &table->rows[low - 1]
                                                      : NULL;
}

/* ----------------------------------------------------------------- all -- */

static ys_code check_directory(const char *dir, ys_error *error) {
  struct stat status;
  if (stat(dir, &status) != 0)
    return ys_fail(error, YS_IO, "%s: cannot open the run directory: %s", dir,
                   strerror(errno));
  if (!S_ISDIR(status.st_mode))
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: is not a directory: expected a run directory", dir);
  return YS_OK;
}

ys_code results_read(const char *dir, result_set *results, ys_error *error) {
  records file;
  *results = (result_set){0};
  ys_code code = check_directory(dir, error);
  if (!code)
    code = records_open(dir, &schema_runs, &file, error);
  if (code)
    return code;
  code = read_runs(&file, results, error);
  records_close(&file);
  if (!code)
    code = records_open(dir, &schema_traces, &file, error);
  if (!code) {
    code = read_traces(&file, results, error);
    records_close(&file);
  }
  if (!code)
    code = settings_read(dir, &results->settings, error);
  for (size_t i = 0; !code && i < results->count; i++)
    results->rows[i].settings =
        settings_find(&results->settings, results->rows[i].run_id);
  if (code)
    results_free(results);
  return code;
}

void results_free(result_set *results) {
  for (size_t i = 0; i < results->count; i++)
    record_free(&schema_runs, &results->rows[i]);
  free(results->rows);
  free(results->points);
  settings_free(&results->settings);
  *results = (result_set){0};
}

const char *result_start(const result_row *row) {
  return row->settings ? row->settings->start : "";
}

const char *result_prior(const result_row *row) {
  return row->settings ? row->settings->prior : "";
}

bool result_has_status(const result_row *row, run_status status) {
  return strcmp(row->status, run_status_name(status)) == 0;
}

/* -------------------------------------------------------------- checks -- */

ys_code checks_read(const char *dir, check_table *table, ys_error *error) {
  void *rows;
  ys_code code =
      records_read_all(dir, &schema_checks, true, &rows, &table->count, error);
  table->rows = rows;
  return code;
}

void checks_free(check_table *table) {
  records_free_all(&schema_checks, table->rows, table->count);
  *table = (check_table){0};
}
