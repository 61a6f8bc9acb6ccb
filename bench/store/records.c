#include "bench/store/records.h"

#include "bench/cli/console.h"
#include "bench/store/rundir.h"

#include "problems/formats/text.h"
#include "problems/vector/array.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char record_rows[] = "the rows of a table";

/* The place of a column that is of a later version than the file. */
static const size_t LACKING = SIZE_MAX;

static ys_code find_columns(records *file, ys_error *error) {
  bool more;
  ys_code code = ys_csv_next_row(&file->csv, &more, error);
  if (code)
    return code;
  if (!more)
    return ys_fail(error, YS_BAD_INPUT, "%s: is empty: expected a header line",
                   file->path);
  file->width = file->csv.count;
  for (size_t i = 0; i < file->table->count; i++) {
    size_t column = 0;
    while (column < file->width && strcmp(ys_csv_field(&file->csv, column),
                                          file->table->fields[i].name) != 0)
      column++;
    if (column == file->width && file->table->fields[i].is_later)
      column = LACKING;
    else if (column == file->width)
      return ys_fail(error, YS_BAD_INPUT, "%s, line %zu: has no column '%s'",
                     file->path, file->csv.line, file->table->fields[i].name);
    file->place[i] = column;
  }
  return YS_OK;
}

ys_code records_open(const char *dir, const record_table *table, records *file,
                     ys_error *error) {
  *file = (records){.table = table, .path = rundir_file(dir, table->name)};
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

static bool read_whole(const char *text, const record_rule *rule,
                       long *number) {
  char *end;
  errno = 0;
  *number = strtol(text, &end, 10);
  return end > text && !*end && !errno && (double)*number >= rule->low &&
         (double)*number <= rule->high;
}

static bool read_number(const char *text, const record_rule *rule,
                        double *number) {
  char *end;
  *number = NAN;
  if (!*text)
    return rule->is_optional;
  *number = strtod(text, &end);
  return end > text && !*end && *number >= rule->low && *number <= rule->high;
}

static bool is_allowed(const char *text, const record_rule *rule) {
  int i = 0;
  if (!rule->word)
    return !ys_text_fault(text);
  while (rule->word(i) && strcmp(text, rule->word(i)) != 0)
    i++;
  return rule->word(i) != NULL;
}

/* What the rule asks for: "one of strong, weak". */
static void describe(const record_rule *rule, char *text, size_t room) {
  const char *kind = rule->kind == RECORD_WHOLE ? "whole "
                     : rule->high == DBL_MAX    ? "finite "
                                                : "";
  int used = 0;
  for (int i = 0; rule->word && rule->word(i) && (size_t)used < room; i++)
    used += snprintf(text + used, room - (size_t)used, "%s'%s'",
                     i ? ", " : "one of ", rule->word(i));
  if (rule->kind == RECORD_TEXT && !rule->word)
    snprintf(text, room, "text in UTF-8 without control characters");
  else if (rule->kind != RECORD_TEXT && rule->low == -INFINITY)
    snprintf(text, room, "a %snumber", kind);
  else if (rule->kind != RECORD_TEXT && rule->high >= DBL_MAX)
    snprintf(text, room, "a %snumber from %g on", kind, rule->low);
  else if (rule->kind != RECORD_TEXT)
    snprintf(text, room, "a %snumber from %g to %.10g", kind, rule->low,
             rule->high);
}

static ys_code refuse(const records *file, const record_field *field,
                      const char *text, ys_error *error) {
  enum { LONGEST = 100 };
  char expected[200];
  describe(field->rule, expected, sizeof expected);
  return ys_fail(error, YS_BAD_INPUT,
                 "%s, line %zu, column %s: found '%.*s%s': expected %s",
                 file->path, file->csv.line, field->name, LONGEST, text,
                 strlen(text) > LONGEST ? "..." : "", expected);
}

static ys_code store(const records *file, size_t i, void *record,
                     ys_error *error) {
  const record_field *field = &file->table->fields[i];
  const size_t place = file->place[i];
  const char *text = place == LACKING ? "" : ys_csv_field(&file->csv, place);
  const record_rule *rule = field->rule;
  void *target = (char *)record + field->offset;
  if (!(rule->kind == RECORD_TEXT    ? is_allowed(text, rule)
        : rule->kind == RECORD_WHOLE ? read_whole(text, rule, target)
                                     : read_number(text, rule, target)))
    return refuse(file, field, text, error);
  if (rule->kind != RECORD_TEXT)
    return YS_OK;
  char *copy = strdup(text);
  memcpy(target, &copy, sizeof copy);
  return copy ? YS_OK : ys_fail_memory(error, "a row of a table");
}

void record_free(const record_table *table, void *record) {
  for (size_t i = 0; i < table->count; i++) {
    char *text;
    if (table->fields[i].rule->kind != RECORD_TEXT)
      continue;
    memcpy(&text, (char *)record + table->fields[i].offset, sizeof text);
    free(text);
  }
}

static ys_code store_all(const records *file, void *record, ys_error *error) {
  ys_code code = YS_OK;
  if (file->csv.count != file->width)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s, line %zu: found %zu fields: expected %zu as in the "
                   "header",
                   file->path, file->csv.line, file->csv.count, file->width);
  memset(record, 0, file->table->size); /* no text is there to be freed */
  for (size_t i = 0; !code && i < file->table->count; i++)
    code = store(file, i, record, error);
  if (code)
    record_free(file->table, record);
  return code;
}

/* What is damaged is refused with the way out. */
static ys_code point_to_repair(ys_code code, ys_error *error) {
  static const char hint[] = "; `ystep repair DIR` keeps what is whole";
  if (code != YS_BAD_INPUT || !error)
    return code; /* the text is that of an error alone */
  size_t used = strlen(error->text);
  if (used + sizeof hint <= sizeof error->text)
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

ys_code records_next_plain(records *file, void *record, bool *more,
                           ys_error *error) {
  ys_code code = ys_csv_next_row(&file->csv, more, error);
  return !code && *more ? store_all(file, record, error) : code;
}

static ys_code read_rows(records *file, void **rows, size_t *count,
                         ys_error *error) {
  const size_t size = file->table->size;
  size_t room = 0;
  bool more = true;
  ys_code code = YS_OK;
  while (!code && more) {
    code = ys_grow(rows, *count, &room, size, record_rows, error);
    if (code)
      return code;
    void *row = (char *)*rows + *count * size;
    code = records_next(file, row, &more, error);
    if (file->table->line)
      memcpy((char *)row + file->table->line, &file->csv.line,
             sizeof file->csv.line);
    *count += !code && more;
  }
  return code;
}

/* Of structs whose first member is a long. */
static int by_id_and_line(const void *a, const void *b, void *table) {
  size_t line = ((const record_table *)table)->line;
  const long *x = a, *y = b;
  const size_t *p = (const void *)((const char *)a + line);
  const size_t *q = (const void *)((const char *)b + line);
  return *x != *y ? (*x > *y) - (*x < *y) : (*p > *q) - (*p < *q);
}

ys_code records_read_all(const char *dir, const record_table *table,
                         bool optional, void **rows, size_t *count,
                         ys_error *error) {
  records file;
  *rows = NULL;
  *count = 0;
  bool found = true;
  ys_code code = optional ? rundir_has(dir, table->name, &found, error) : YS_OK;
  if (!code && found)
    code = records_open(dir, table, &file, error);
  if (code || !found)
    return code;
  code = read_rows(&file, rows, count, error);
  records_close(&file);
  if (code) {
    records_free_all(table, *rows, *count);
    *rows = NULL;
    *count = 0;
  } else if (table->line)
    qsort_r(*rows, *count, table->size, by_id_and_line,
            (void *)(uintptr_t)table);
  return code;
}

void records_free_all(const record_table *table, void *rows, size_t count) {
  for (size_t i = 0; i < count; i++)
    record_free(table, (char *)rows + i * table->size);
  free(rows);
}

size_t record_column(const record_table *table, const char *name) {
  size_t i = 0;
  while (strcmp(table->fields[i].name, name) != 0)
    i++;
  return i;
}

record_table record_pick(const record_table *table, const char *const *names,
                         size_t count, record_field fields[RECORD_FIELDS]) {
  for (size_t i = 0; i < count; i++)
    fields[i] = table->fields[record_column(table, names[i])];
  return (record_table){table->name, fields, count, table->size, 0};
}

/* -------------------------------------------------------------- writing -- */

const char *record_header(const record_table *table,
                          char header[RECORD_HEADER]) {
  size_t used = 0;
  for (size_t i = 0; i < table->count; i++)
    used += (size_t)snprintf(header + used, RECORD_HEADER - used, "%s%s",
                             i ? "," : "", table->fields[i].name);
  return header;
}

ys_code record_open_table(record_opener *open, csvout *csv, const char *dir,
                          const record_table *table, ys_error *error) {
  char header[RECORD_HEADER], *path = rundir_file(dir, table->name);
  ys_code code = path ? open(csv, path, record_header(table, header), error)
                      : ys_fail_memory(error, "a file name");
  free(path);
  return code;
}

static void write_field(csvout *csv, const record_field *field,
                        const void *place) {
  const char *text;
  long whole;
  double number;
  if (field->rule->kind == RECORD_TEXT) {
    memcpy(&text, place, sizeof text);
    csvout_text(csv, text);
  } else if (field->rule->kind == RECORD_WHOLE) {
    memcpy(&whole, place, sizeof whole);
    csvout_integer(csv, whole);
  } else {
    memcpy(&number, place, sizeof number);
    if (field->rule->is_optional && isnan(number))
      csvout_text(csv, "");
    else if (field->rule->kind == RECORD_SECONDS)
      csvout_seconds(csv, number);
    else
      csvout_number(csv, number);
  }
}

void record_write(csvout *csv, const record_table *table, const void *record) {
  for (size_t i = 0; i < table->count; i++)
    write_field(csv, &table->fields[i],
                (const char *)record + table->fields[i].offset);
  csvout_end_row(csv);
}
