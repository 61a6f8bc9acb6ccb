#include "checktable.h"

#include "records.h"
#include "rundir.h"

#include <stdlib.h>
#include <unistd.h>

#define FIELD(column, kind)                                                    \
  { #column, kind, offsetof(check_row, column) }

static const record_field fields[] = {
    FIELD(check, RECORD_TEXT),       FIELD(problem, RECORD_TEXT),
    FIELD(loss, RECORD_TEXT),        FIELD(fairness, RECORD_TEXT),
    FIELD(samples, RECORD_WHOLE),    FIELD(worst, RECORD_NUMBER),
    FIELD(tolerance, RECORD_NUMBER), FIELD(expected, RECORD_TEXT),
    FIELD(observed, RECORD_TEXT),    FIELD(verdict, RECORD_TEXT),
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
