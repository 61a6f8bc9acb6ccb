#include "bench/store/wholerows.h"

#include "bench/cli/console.h"
#include "bench/store/rundir.h"

#include "problems/formats/input.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

ys_code wholerows_found(const char *dir, const char *name, bool *found,
                        ys_error *error) {
  int byte;
  FILE *file;
  char *path = rundir_file(dir, name);
  *found = false;
  ys_code code = path ? ys_input_open(path, &file, error)
                      : ys_fail_memory(error, "a file name");
  if (code) {
    bool none = path && errno == ENOENT;
    free(path);
    return none ? YS_OK : code;
  }
  do
    byte = getc(file);
  while (byte != EOF && byte != '\n');
  if (ferror(file))
    code = ys_fail(error, YS_IO, "%s: cannot read: %s", path, strerror(errno));
  else if (byte == EOF)
    console_note("%s: is empty, or cut off within its header", path);
  fclose(file);
  free(path);
  *found = byte == '\n';
  return code;
}

/* -------------------------------------------------------------- reading -- */

/* What may be missing of the table stands at its end. */
static bool may_end_at(const record_table *table, size_t count) {
  return count == table->count || table->fields[count].is_later;
}

static ys_code check_header(const ys_csv *in, const record_table *table,
                            ys_error *error) {
  char header[RECORD_HEADER];
  for (size_t i = 0; i < in->count; i++) {
    const char *name = ys_csv_field(in, i);
    if (i >= table->count || strcmp(name, table->fields[i].name) != 0 ||
        (i + 1 == in->count && !may_end_at(table, i + 1)))
      return ys_fail(error, YS_BAD_INPUT,
                     "%s, line 1, column '%s': expected the columns %s",
                     in->path, name, record_header(table, header));
  }
  return YS_OK;
}

/* The rows of an open table whose header has been read. */
static ys_code visit_rows(ys_csv *in, wholerows_visit *visit, void *context,
                          ys_error *error) {
  size_t width = in->count;
  bool more = true, torn;
  ys_code code = YS_OK;
  while (!code) {
    code = ys_csv_next_whole_row(in, &more, &torn, error);
    if (code || !more)
      break;
    code = in->count == width
               ? visit(in, context, error)
               : ys_fail(error, YS_BAD_INPUT,
                         "%s, line %zu: found %zu fields: expected %zu; `ystep "
                         "repair DIR` keeps what is whole",
                         in->path, in->line, in->count, width);
  }
  return code;
}

ys_code wholerows_each(const char *dir, const record_table *table,
                       wholerows_visit *visit, void *context, ys_error *error) {
  ys_csv in;
  bool more;
  ys_code code = wholerows_found(dir, table->name, &more, error);
  if (code || !more)
    return code;
  char *path = rundir_file(dir, table->name);
  code = path ? ys_csv_open(path, 0, &in, error)
              : ys_fail_memory(error, "a file name");
  if (!code) {
    code = ys_csv_next_row(&in, &more, error);
    if (!code)
      code = check_header(&in, table, error);
    if (!code)
      code = visit_rows(&in, visit, context, error);
    ys_csv_close(&in);
  }
  free(path);
  return code;
}

ys_code wholerows_number(const ys_csv *row, size_t field, long *number,
                         ys_error *error) {
  char *end;
  const char *text = ys_csv_field(row, field);
  errno = 0;
  *number = strtol(text, &end, 10);
  return end > text && !*end && !errno
             ? YS_OK
             : ys_fail(error, YS_BAD_INPUT,
                       "%s, line %zu, field %zu: '%.40s' is not a whole "
                       "number; `ystep repair DIR` keeps what is whole",
                       row->path, row->line, field + 1, text);
}

/* -------------------------------------------------------------- copying -- */

enum { FLUSH_BYTES = 1 << 20 };

typedef struct copying {
  const record_table *table;
  wholerows_filter *filter;
  void *context;
  csvout *out;
} copying;

static ys_code copy_row(const ys_csv *row, void *context, ys_error *error) {
  const copying *c = context;
  long old, id;
  ys_code code = wholerows_number(row, 0, &old, error);
  id = old;
  if (!code)
    code = c->filter(row, c->context, &id, error);
  if (code || !id)
    return code;
  if (id == old)
    csvout_text(c->out, ys_csv_field(row, 0));
  else
    csvout_integer(c->out, id);
  for (size_t i = 1; i < row->count; i++)
    csvout_text(c->out, ys_csv_field(row, i));
  for (size_t i = row->count; i < c->table->count; i++)
    csvout_text(c->out, "");
  csvout_end_row(c->out);
  return ftell(c->out->rows) > FLUSH_BYTES ? csvout_flush(c->out, error)
                                           : YS_OK;
}

ys_code wholerows_copy(const char *dir, const record_table *table, csvout *out,
                       wholerows_filter *filter, void *context,
                       ys_error *error) {
  copying c = {table, filter, context, out};
  ys_code code = wholerows_each(dir, table, copy_row, &c, error);
  return code ? code : csvout_flush(out, error);
}

ys_code wholerows_rewrite(const char *dir, const record_table *table,
                          wholerows_filter *filter, void *context,
                          ys_error *error) {
  csvout out;
  ys_code code = record_open_table(csvout_create, &out, dir, table, error);
  if (code)
    return code;
  code = wholerows_copy(dir, table, &out, filter, context, error);
  if (!code)
    code = csvout_finish(&out, error);
  csvout_close(&out);
  return code;
}
