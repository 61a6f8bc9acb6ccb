#include "bench/store/repair_table.h"

#include "bench/cli/console.h"
#include "bench/store/rundir.h"
#include "bench/store/wholerows.h"

#include "problems/formats/input.h"
#include "problems/formats/output.h"
#include "problems/vector/array.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --------------------------------------------------------------- reading -- */

static ys_code fail_read(const char *path, ys_error *error) {
  return ys_fail(error, YS_IO, "%s: cannot read: %s", path, strerror(errno));
}

static ys_code read_open(FILE *file, repair_table *table, ys_error *error) {
  struct stat status;
  if (fstat(fileno(file), &status) != 0)
    return fail_read(table->path, error);
  table->text = malloc((size_t)status.st_size + 1);
  if (!table->text)
    return ys_fail_memory(error, "a table");
  table->size = fread(table->text, 1, (size_t)status.st_size, file);
  return ferror(file) ? fail_read(table->path, error) : YS_OK;
}

static ys_code read_text(repair_table *table, ys_error *error) {
  FILE *file;
  ys_code code = ys_input_open(table->path, &file, error);
  if (code)
    return code;
  code = read_open(file, table, error);
  fclose(file);
  return code;
}

static ys_code split_lines(repair_table *table, ys_error *error) {
  size_t most = 1;
  for (size_t i = 0; i < table->size; i++)
    most += table->text[i] == '\n';
  table->begin = ys_array(most + 1, sizeof *table->begin);
  table->goes = calloc(most, sizeof *table->goes);
  if (!table->begin || !table->goes)
    return ys_fail_memory(error, "the lines of a table");
  table->begin[0] = 0;
  for (size_t i = 0; i < table->size; i++)
    if (table->text[i] == '\n' || i + 1 == table->size)
      table->begin[++table->count] = i + 1;
  return YS_OK;
}

/* --------------------------------------------------------------- judging -- */

/* Room for a record of any table. */
typedef union record_room {
  max_align_t alignment;
  char bytes[1024];
} record_room;

/* The fields of one line, from the file that `rows` has open. */
static ys_code read_line(records *rows, char *line, size_t length,
                         size_t number, void *record, bool *more,
                         ys_error *error) {
  fclose(rows->csv.file);
  rows->csv.file = fmemopen(line, length, "r");
  rows->csv.lines = number - 1;
  if (!rows->csv.file)
    return ys_fail_memory(error, "a line");
  return records_next_plain(rows, record, more, error);
}

static void drop(repair_table *table, size_t line, const char *why) {
  enum { SHOWN = 20 };
  table->goes[line] = true;
  if (table->gone++ < SHOWN)
    console_say("%s", why);
  else if (table->gone == SHOWN + 1)
    console_say("%s: more lines go", table->path);
}

static ys_code judge_line(repair_table *table, records *rows, size_t line,
                          repair_judge *judge, void *context, ys_error *error) {
  record_room room;
  ys_error why;
  bool more = false;
  char *text = table->text + table->begin[line];
  size_t length = table->begin[line + 1] - table->begin[line];
  const char *reason = NULL;
  ys_code code = read_line(rows, text, length, line + 1, &room, &more, &why);
  if (code && code != YS_BAD_INPUT) {
    *error = why;
    return code;
  }
  if (!code && text[length - 1] != '\n')
    reason = "is cut off";
  else if (!code && more && judge)
    reason = judge(&room, context);
  if (!code && more)
    record_free(rows->table, &room);
  if (reason)
    ys_fail(&why, YS_BAD_INPUT, "%s, line %zu: %s", table->path, line + 1,
            reason);
  if (code || reason)
    drop(table, line, why.text);
  return YS_OK;
}

static ys_code judge_lines(repair_table *table, const char *dir,
                           const record_table *columns, repair_judge *judge,
                           void *context, ys_error *error) {
  records rows;
  ys_code code = records_open(dir, columns, &rows, error);
  if (code)
    return code;
  for (size_t line = 1; !code && line < table->count; line++)
    code = judge_line(table, &rows, line, judge, context, error);
  records_close(&rows);
  return code;
}

ys_code repair_table_read(const char *dir, const record_table *columns,
                          repair_judge *judge, void *context,
                          repair_table *table, ys_error *error) {
  bool found = false;
  *table = (repair_table){.path = rundir_file(dir, columns->name)};
  ys_code code = table->path ? wholerows_found(table->path, &found, error)
                             : ys_fail_memory(error, "a file name");
  if (!code && found)
    code = read_text(table, error);
  if (!code && found)
    code = split_lines(table, error);
  if (!code && found)
    code = judge_lines(table, dir, columns, judge, context, error);
  if (code)
    repair_table_free(table);
  return code;
}

void repair_table_free(repair_table *table) {
  free(table->path);
  free(table->text);
  free(table->begin);
  free(table->goes);
  *table = (repair_table){0};
}

/* --------------------------------------------------------------- writing -- */

ys_code repair_set_aside(const char *path, bool copy, ys_error *error) {
  enum { MOST = 1000 };
  char *aside = NULL;
  int failed = -1;
  if (!path)
    return ys_fail_memory(error, "a file name");
  errno = EEXIST;
  for (int i = 1; failed && errno == EEXIST && i < MOST; i++) {
    free(aside);
    if ((i == 1 ? asprintf(&aside, "%s.damaged", path)
                : asprintf(&aside, "%s.damaged.%d", path, i)) < 0)
      return ys_fail_memory(error, "a file name");
    failed = link(path, aside);
  }
  if (!failed && !copy)
    failed = unlink(path);
  ys_code code = YS_OK;
  if (failed)
    code = ys_fail(error, YS_IO, "%s: cannot keep it as %s: %s", path, aside,
                   strerror(errno));
  else
    console_say("%s: kept as it was in %s", path, aside);
  free(aside);
  return code;
}

ys_code repair_table_write(const repair_table *table, ys_error *error) {
  ys_output output;
  if (!table->gone)
    return YS_OK;
  ys_code code = repair_set_aside(table->path, true, error);
  if (!code)
    code = ys_output_create(&output, table->path, error);
  if (code)
    return code;
  for (size_t i = 0; i < table->count; i++)
    if (!table->goes[i])
      fwrite(table->text + table->begin[i], 1,
             table->begin[i + 1] - table->begin[i], output.file);
  return ys_output_finish(&output, error);
}
