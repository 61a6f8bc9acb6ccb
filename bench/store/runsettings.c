#include "bench/store/runsettings.h"

#include "problems/vector/array.h"

#include "bench/store/columns.h"
#include "bench/store/rundir.h"

#include <stdlib.h>
#include <unistd.h>

#define FIELD(column, rule)                                                    \
  { #column, rule, offsetof(run_settings, column) }

static const record_field fields[] = {
    FIELD(run_id, &column_id),
    FIELD(batch, &column_text),
    FIELD(start, &column_text),
    FIELD(prior, &column_text),
    FIELD(version, &column_text),
    FIELD(commit, &column_text),
    FIELD(cpu, &column_text),
    FIELD(tolerance, &column_limit),
    FIELD(time_limit, &column_limit),
    FIELD(max_iterations, &column_count),
    FIELD(trace_every, &column_schedule),
};
enum { FIELDS = sizeof fields / sizeof *fields };

const record_table settings_columns = {"settings.csv", fields, FIELDS};

/* By run_id; where that is the same, in the order of the file, which is that of
 * the addresses until they are sorted: so sort pointers first. */
static int by_run_id(const void *a, const void *b) {
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
  qsort(order, table->count, sizeof(run_settings *), by_run_id);
  for (size_t i = 0; i < table->count; i++)
    sorted[i] = *order[i];
  free(order);
  free(table->rows);
  table->rows = sorted;
  return YS_OK;
}

ys_code settings_read(const char *dir, settings_table *table, ys_error *error) {
  void *rows;
  char *path = rundir_file(dir, "settings.csv");
  *table = (settings_table){0};
  if (!path)
    return ys_fail_memory(error, "a file name");
  bool is_there = access(path, F_OK) == 0;
  free(path);
  if (!is_there)
    return YS_OK;
  ys_code code =
      records_read_all(dir, "settings.csv", fields, FIELDS, sizeof *table->rows,
                       &rows, &table->count, error);
  table->rows = rows;
  if (!code)
    code = sort_rows(table, error);
  if (code)
    settings_free(table);
  return code;
}

void settings_free(settings_table *table) {
  records_free_all(fields, FIELDS, sizeof *table->rows, table->rows,
                   table->count);
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
