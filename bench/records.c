#include "records.h"

#include "console.h"
#include "rundir.h"

#include "../problems/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char record_rows[] = "the rows of a table";

static ys_code find_columns(records *file, ys_error *error) {
  bool more;
  ys_code code = ys_csv_next_row(&file->csv, &more, error);
  if (code)
    return code;
  if (!more)
    return ys_fail(error, YS_BAD_INPUT, "%s: is empty: expected a header line",
                   file->path);
  file->width = file->csv.count;
  for (size_t i = 0; i < file->count; i++) {
    size_t column = 0;
    while (column < file->width &&
           strcmp(ys_csv_field(&file->csv, column), file->fields[i].name) != 0)
      column++;
    if (column == file->width)
      return ys_fail(error, YS_BAD_INPUT, "%s, line %zu: has no column '%s'",
                     file->path, file->csv.line, file->fields[i].name);
    file->place[i] = column;
  }
  return YS_OK;
}

ys_code records_open(const char *dir, const char *name,
                     const record_field *fields, size_t count, records *file,
                     ys_error *error) {
  *file = (records){.fields = fields, .count = count};
  file->path = rundir_file(dir, name);
  ys_code code = file->path ? ys_csv_open(file->path, 0, &file->csv, error)
                            : ys_fail_memory(error, "a file name");
  if (!code)
    code = find_columns(file, error);
  if (code)
    records_close(file);
  return code;
}

void records_close(records *file) {
  ys_csv_close(&file->csv);
  free(file->path);
  *file = (records){0};
}

static bool read_whole(const char *text, long *number) {
  char *end;
  errno = 0;
  *number = strtol(text, &end, 10);
  return end > text && !*end && !errno && *number >= RECORD_LEAST &&
         *number <= RECORD_MOST;
}

static bool read_number(const char *text, double *number) {
  char *end;
  *number = strtod(text, &end);
  return end > text && !*end;
}

static ys_code store(const records *file, size_t i, void *record,
                     ys_error *error) {
  const record_field *field = &file->fields[i];
  const char *text = ys_csv_field(&file->csv, file->place[i]);
  void *target = (char *)record + field->offset;
  bool whole = field->kind == RECORD_WHOLE;
  if (field->kind == RECORD_TEXT) {
    char *copy = strdup(text);
    memcpy(target, &copy, sizeof copy);
    return copy ? YS_OK : ys_fail_memory(error, "a row of a table");
  }
  if (whole ? read_whole(text, target) : read_number(text, target))
    return YS_OK;
  return ys_fail(error, YS_BAD_INPUT,
                 "%s, line %zu, column %s: '%.*s' is not a %s", file->path,
                 file->csv.line, field->name, (int)strcspn(text, "\r\n"), text,
                 whole ? "whole number from -1 to 1e15" : "number");
}

void record_free(const record_field *fields, size_t count, void *record) {
  for (size_t i = 0; i < count; i++) {
    char *text, *none = NULL;
    void *place = (char *)record + fields[i].offset;
    if (fields[i].kind != RECORD_TEXT)
      continue;
    memcpy(&text, place, sizeof text);
    free(text);
    memcpy(place, &none, sizeof none);
  }
}

/* Before the first text is stored, none is there to be freed. */
static void clear_texts(const records *file, void *record) {
  char *none = NULL;
  for (size_t i = 0; i < file->count; i++)
    if (file->fields[i].kind == RECORD_TEXT)
      memcpy((char *)record + file->fields[i].offset, &none, sizeof none);
}

static ys_code store_all(const records *file, void *record, ys_error *error) {
  ys_code code = YS_OK;
  if (file->csv.count != file->width)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s, line %zu: found %zu fields: expected %zu as in the "
                   "header",
                   file->path, file->csv.line, file->csv.count, file->width);
  clear_texts(file, record);
  for (size_t i = 0; !code && i < file->count; i++)
    code = store(file, i, record, error);
  if (code)
    record_free(file->fields, file->count, record);
  return code;
}

/* What is damaged is refused with the way out. */
static ys_code point_to_repair(ys_code code, ys_error *error) {
  static const char hint[] = "; `ystep repair DIR` keeps what is whole";
  size_t used = error ? strlen(error->text) : 0;
  if (code == YS_BAD_INPUT && error && used + sizeof hint <= sizeof error->text)
    strcpy(error->text + used, hint);
  return code;
}

ys_code records_next(records *file, void *record, bool *more, ys_error *error) {
  bool torn;
  ys_code code = ys_csv_next_whole_row(&file->csv, more, &torn, error);
  if (torn)
    console_note("%s, line %zu: is cut off and left out", file->path,
                 file->csv.line);
  if (!code && *more)
    code = store_all(file, record, error);
  return point_to_repair(code, error);
}

static ys_code read_rows(records *file, size_t size, void **rows, size_t *count,
                         ys_error *error) {
  size_t room = 0;
  bool more = true;
  ys_code code = YS_OK;
  while (!code && more) {
    code = ys_grow(rows, *count, &room, size, record_rows, error);
    if (code)
      return code;
    void *row = (char *)*rows + *count * size;
    memset(row, 0, size);
    code = records_next(file, row, &more, error);
    *count += !code && more;
  }
  return code;
}

ys_code records_read_all(const char *dir, const char *name,
                         const record_field *fields, size_t field_count,
                         size_t size, void **rows, size_t *count,
                         ys_error *error) {
  records file;
  *rows = NULL;
  *count = 0;
  ys_code code = records_open(dir, name, fields, field_count, &file, error);
  if (code)
    return code;
  code = read_rows(&file, size, rows, count, error);
  records_close(&file);
  if (code) {
    records_free_all(fields, field_count, size, *rows, *count);
    *rows = NULL;
    *count = 0;
  }
  return code;
}

void records_free_all(const record_field *fields, size_t field_count,
                      size_t size, void *rows, size_t count) {
  for (size_t i = 0; i < count; i++)
    record_free(fields, field_count, (char *)rows + i * size);
  free(rows);
}
