#include "bench/store/checktable.h"

#include "bench/store/columns.h"
#include "bench/store/rundir.h"

#include <stdlib.h>
#include <unistd.h>

#define FIELD(column, rule)                                                    \
  { #column, rule, offsetof(check_row, column) }

static const record_field fields[] = {
    FIELD(check, &column_text),
    FIELD(problem, &column_text),
    FIELD(loss, &column_loss_or_none),
    FIELD(fairness, &column_fairness_or_none),
    FIELD(samples, &column_count),
    FIELD(worst, &column_value),
    FIELD(tolerance, &column_limit),
    FIELD(expected, &column_law),
    FIELD(observed, &column_law),
    FIELD(verdict, &column_verdict),
};
enum { FIELDS = sizeof fields / sizeof *fields };

ys_code checktable_read(const char *dir, check_table *table, ys_error *error) {
  void *rows = NULL;
  char *path = rundir_file(dir, "checks.csv");
  *table = (check_table){0};
  if (!path)
    return ys_fail_memory(error, "a file name");
  bool is_there = access(path, F_OK) == 0;
  free(path);
  if (!is_there)
    return YS_OK;
  ys_code code =
      records_read_all(dir, "checks.csv", fields, FIELDS, sizeof *table->rows,
                       &rows, &table->count, error);
  table->rows = rows;
  return code;
}

void checktable_free(check_table *table) {
  records_free_all(fields, FIELDS, sizeof *table->rows, table->rows,
                   table->count);
  *table = (check_table){0};
}
