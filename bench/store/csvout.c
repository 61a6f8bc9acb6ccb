#include "bench/store/csvout.h"

#include "bench/system/files.h"
#include "bench/text/numbers.h"
#include "bench/text/table_cells.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static ys_code fail(const char *path, ys_error *error) {
  return ys_fail(error, YS_IO, "%s: cannot write: %s", path, strerror(errno));
}

/* Rows go to csv->file, after the header line if the file is empty. */
static ys_code begin(csvout *csv, const char *path, const char *header,
                     ys_error *error) {
  struct stat status;
  ys_code code = YS_OK;
  csv->path = strdup(path);
  csv->rows = open_memstream(&csv->bytes, &csv->used);
  if (!csv->path || !csv->rows)
    code = ys_fail_memory(error, "a table");
  else if (fstat(csv->file, &status) != 0)
    code = fail(path, error);
  else if (status.st_size == 0)
    fprintf(csv->rows, "%s\n", header);
  if (!code)
    code = csvout_flush(csv, error);
  if (code)
    csvout_close(csv);
  return code;
}

static ys_code open_to_grow(csvout *csv, const char *path, int flags,
                            const char *header, ys_error *error) {
  flags |= O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  *csv = (csvout){.file = open(path, flags, 0666)};
  return csv->file < 0 ? fail(path, error) : begin(csv, path, header, error);
}

ys_code csvout_open(csvout *csv, const char *path, const char *header,
                    ys_error *error) {
  unlink(path);
  return open_to_grow(csv, path, O_EXCL, header, error);
}

ys_code csvout_create(csvout *csv, const char *path, const char *header,
                      ys_error *error) {
  *csv = (csvout){.file = -1};
  ys_code code = ys_output_create(&csv->whole, path, error);
  if (code)
    return code;
  csv->file = fileno(csv->whole.file);
  return begin(csv, path, header, error);
}

ys_code csvout_append(csvout *csv, const char *path, const char *header,
                      ys_error *error) {
  struct stat status;
  *csv = (csvout){.file = -1};
  if (lstat(path, &status) == 0 && !S_ISREG(status.st_mode))
    return ys_fail(error, YS_BAD_INPUT, "%s: is not a regular file", path);
  return open_to_grow(csv, path, 0, header, error);
}

ys_code csvout_finish(csvout *csv, ys_error *error) {
  ys_code code = csvout_flush(csv, error);
  if (!code)
    code = ys_output_finish(&csv->whole, error);
  csvout_close(csv);
  return code;
}

void csvout_close(csvout *csv) {
  if (csv->rows)
    fclose(csv->rows);
  free(csv->bytes);
  if (csv->whole.file)
    ys_output_abandon(&csv->whole);
  else if (csv->path || csv->rows)
    close(csv->file);
  free(csv->path);
  *csv = (csvout){.file = -1};
}

/* Where the next field goes. */
static FILE *next_field(csvout *csv) {
  if (csv->in_row)
    fputc(',', csv->rows);
  csv->in_row = true;
  return csv->rows;
}

void csvout_text(csvout *csv, const char *text) {
  cell_put_csv(next_field(csv), text);
}

void csvout_integer(csvout *csv, long long number) {
  fprintf(next_field(csv), "%lld", number);
}

void csvout_number(csvout *csv, double number) {
  char text[NUMBER_ROOM];
  fputs(text_exact(text, number), next_field(csv));
}

void csvout_seconds(csvout *csv, double seconds) {
  fprintf(next_field(csv), "%.9f", seconds);
}

void csvout_end_row(csvout *csv) {
  fputc('\n', csv->rows);
  csv->in_row = false;
}

/* What can be written of the rows is none of them: the half of a row would be
 * in the way of the next. */
static ys_code take_back(csvout *csv, off_t size, ys_error *error) {
  ys_code code = fail(csv->path, error);
  while (ftruncate(csv->file, size) != 0 && errno == EINTR)
    ;
  return code;
}

ys_code csvout_flush(csvout *csv, ys_error *error) {
  struct stat status;
  if (fflush(csv->rows) != 0 || ferror(csv->rows))
    return ys_fail_memory(error, "rows of a table");
  if (fstat(csv->file, &status) != 0)
    return fail(csv->path, error);
  if (status.st_nlink == 0)
    return ys_fail(error, YS_IO,
                   "%s: was removed by somebody else while rows were added",
                   csv->path);
  if (!files_write(csv->file, csv->bytes, csv->used))
    return take_back(csv, status.st_size, error);
  rewind(csv->rows);
  return YS_OK;
}

ys_code csvout_sync(csvout *csv, ys_error *error) {
  ys_code code = csvout_flush(csv, error);
  if (!code && fdatasync(csv->file) != 0)
    code = fail(csv->path, error);
  return code;
}
