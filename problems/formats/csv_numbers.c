#include "problems/formats/csv_numbers.h"

#include <stdlib.h>
#include <string.h>

static bool read_cell(const char *text, double *number) {
  char *end;
  *number = strtod(text, &end);
  return end > text && end[strspn(end, " \t")] == '\0';
}

static bool is_header(const ys_csv *csv) {
  double number;
  for (size_t i = 0; i < csv->count; i++)
    if (read_cell(ys_csv_field(csv, i), &number))
      return false;
  return true;
}

static ys_code check_width(const ys_csv_numbers *table, ys_error *error) {
  if (table->csv.count == table->cols)
    return YS_OK;
  return ys_fail(error, YS_BAD_INPUT,
                 "%s, line %zu: found %zu fields: expected %zu as in the "
                 "first row",
                 table->csv.path, table->csv.line, table->csv.count,
                 table->cols);
}

/* Read the file once to its end for its shape and whether it has a header. */
static ys_code measure(ys_csv_numbers *table, bool *header, ys_error *error) {
  bool more;
  ys_code code = ys_csv_next_row(&table->csv, &more, error);
  *header = !code && more && is_header(&table->csv);
  table->cols = table->csv.count;
  for (size_t row = 0; !code && more; row++) {
    table->rows = row + !*header;
    code = ys_csv_next_row(&table->csv, &more, error);
    if (!code && more)
      code = check_width(table, error);
  }
  if (!code && table->rows == 0)
    return ys_fail(error, YS_BAD_INPUT, "%s: holds no rows of numbers",
                   table->csv.path);
  return code;
}

ys_code ys_csv_numbers_open(const char *path, ys_csv_numbers *table,
                            ys_error *error) {
  bool header, more;
  *table = (ys_csv_numbers){0};
  ys_code code = ys_csv_open(path, '#', &table->csv, error);
  if (code)
    return code;
  code = measure(table, &header, error);
  if (!code)
    code = ys_csv_rewind(&table->csv, error);
  if (!code && header)
    code = ys_csv_next_row(&table->csv, &more, error);
  if (code)
    ys_csv_numbers_close(table);
  return code;
}

void ys_csv_numbers_close(ys_csv_numbers *table) {
  if (!table)
    return;
  ys_csv_close(&table->csv);
  *table = (ys_csv_numbers){0};
}

static ys_code not_a_number(const ys_csv *csv, size_t i, ys_error *error) {
  /* A message is one line, and a quoted field may hold several. */
  const char *text = ys_csv_field(csv, i);
  size_t length = strcspn(text, "\r\n");
  return ys_fail(error, YS_BAD_INPUT,
                 "%s, line %zu, field %zu: '%.*s' is not a number", csv->path,
                 csv->line, i + 1, (int)(length < 40 ? length : 40), text);
}

ys_code ys_csv_numbers_next(ys_csv_numbers *table, double *out,
                            ys_error *error) {
  bool more;
  ys_code code = ys_csv_next_row(&table->csv, &more, error);
  /* Nothing keeps another program from changing the file since it was
   * measured. */
  if (!code)
    code = check_width(table, error);
  for (size_t i = 0; !code && i < table->cols; i++)
    if (!read_cell(ys_csv_field(&table->csv, i), &out[i]))
      code = not_a_number(&table->csv, i, error);
  return code;
}
