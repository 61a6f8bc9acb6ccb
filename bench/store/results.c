#include "bench/store/results.h"

#include "bench/cli/console.h"

#include "problems/vector/array.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static ys_code read_runs(const char *dir, result_set *results,
                         ys_error *error) {
  void *rows;
  ys_code code =
      records_read_all(dir, &schema_runs, false, &rows, &results->count, error);
  results->rows = rows;
  if (code)
    return code;
  if (!results->count)
    return ys_fail(error, YS_BAD_INPUT, "%s/runs.csv: holds no runs", dir);
  for (size_t i = 1; i < results->count; i++) {
    const result_row *row = &results->rows[i];
    if (row->run_id == row[-1].run_id)
      return ys_fail(error, YS_BAD_INPUT,
                     "%s/runs.csv, line %zu: run_id %ld is on line %zu already",
                     dir, row->line, row->run_id, row[-1].line);
  }
  return YS_OK;
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

static ys_code read_traces(const char *dir, result_set *results,
                           ys_error *error) {
  void *traced;
  size_t count;
  ys_code code =
      records_read_all(dir, &schema_traces, false, &traced, &count, error);
  if (code)
    return code;
  results->points = ys_array(count + 1, sizeof *results->points);
  if (results->points) {
    qsort(traced, count, schema_traces.size, by_run_and_iteration);
    attach(results, traced, count);
  }
  free(traced);
  return results->points ? YS_OK : ys_fail_memory(error, "the traces");
}

/* ------------------------------------------------------------ settings -- */

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
  void *settings = NULL;
  *results = (result_set){0};
  ys_code code = check_directory(dir, error);
  if (!code)
    code = read_runs(dir, results, error);
  if (!code)
    code = read_traces(dir, results, error);
  if (!code)
    code = records_read_all(dir, &schema_settings, true, &settings,
                            &results->settings.count, error);
  results->settings.rows = settings;
  for (size_t i = 0; !code && i < results->count; i++)
    results->rows[i].settings =
        settings_find(&results->settings, results->rows[i].run_id);
  if (code)
    results_free(results);
  return code;
}

void results_free(result_set *results) {
  records_free_all(&schema_runs, results->rows, results->count);
  free(results->points);
  records_free_all(&schema_settings, results->settings.rows,
                   results->settings.count);
  ys_give_back(&results->names);
  *results = (result_set){0};
}

size_t results_leave_out(result_set *results, run_status status) {
  const size_t count = results->count;
  size_t kept = 0;
  for (size_t i = 0; i < count; i++)
    if (result_has_status(&results->rows[i], status))
      record_free(&schema_runs, &results->rows[i]);
    else
      results->rows[kept++] = results->rows[i];
  results->count = kept;
  return count - kept;
}

double result_ranks(const result_row *row) {
  return row->settings && row->settings->ranks > 1 ? row->settings->ranks : 1;
}

const char *result_start(const result_row *row) {
  return row->settings ? row->settings->start : "";
}

const char *result_prior(const result_row *row) {
  return row->settings ? row->settings->prior : "";
}

const char *result_problem_name(const result_row *row) {
  return row->problem_label ? row->problem_label : row->problem;
}

const char *result_solver_name(const result_row *row) {
  return row->solver_label ? row->solver_label : row->solver;
}

bool result_has_status(const result_row *row, run_status status) {
  return strcmp(row->status, run_status_name(status)) == 0;
}

bool result_left_domain(const result_row *row) {
  static const char said[] = "left the domain";
  return result_has_status(row, RUN_FAILED) &&
         strncmp(row->message, said, strlen(said)) == 0;
}

bool result_has_trace(const result_row *row) {
  return !result_has_status(row, RUN_FAILED) &&
         !result_has_status(row, RUN_UNSUPPORTED);
}
