#include "npy.h"

#include "array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The lead of ten bytes and the header fill a multiple of 64. Two counts of at
 * most twenty digits each always fit in 128. */
enum { LEAD = 10, HEADER = 128 - LEAD };

static bool write_header(FILE *file, size_t item, size_t rows, size_t cols) {
  static const char lead[LEAD] = {'\x93', 'N', 'U', 'M',    'P',
                                  'Y',    1,   0,   HEADER, 0};
  char header[HEADER + 1], dict[HEADER];
  snprintf(dict, sizeof dict,
           "{'descr': '<f%zu', 'fortran_order': False, 'shape': (%zu, %zu), }",
           item, rows, cols);
  snprintf(header, sizeof header, "%-*s\n", HEADER - 1, dict);
  return fwrite(lead, 1, LEAD, file) == LEAD &&
         fwrite(header, 1, HEADER, file) == HEADER;
}

/* Give up, for the reason in errno. */
static ys_code fail_write(ys_npy_writer *writer, ys_error *error) {
  int reason = errno;
  ys_npy_abandon(writer);
  return ys_fail(error, YS_IO, "%s: cannot write: %s", writer->path,
                 strerror(reason));
}

ys_code ys_npy_create(const char *path, size_t item, size_t rows, size_t cols,
                      ys_npy_writer *writer, ys_error *error) {
  *writer = (ys_npy_writer){.path = path, .item = item, .cols = cols};
  if (asprintf(&writer->temporary, "%s.tmp", path) < 0) {
    writer->temporary = NULL;
    return ys_fail_memory(error, "a file name");
  }
  if (item == sizeof(float))
    writer->row = ys_array(cols, sizeof *writer->row);
  if (item == sizeof(float) && !writer->row) {
    ys_npy_abandon(writer);
    return ys_fail_memory(error, "a row");
  }
  writer->file = fopen(writer->temporary, "wbe");
  if (!writer->file || !write_header(writer->file, item, rows, cols))
    return fail_write(writer, error);
  return YS_OK;
}

static bool append_rounded(ys_npy_writer *writer, const double *data,
                           size_t rows) {
  for (size_t i = 0; i < rows; i++) {
    for (size_t k = 0; k < writer->cols; k++)
      writer->row[k] = (float)data[i * writer->cols + k];
    if (fwrite(writer->row, sizeof(float), writer->cols, writer->file) !=
        writer->cols)
      return false;
  }
  return true;
}

ys_code ys_npy_append(ys_npy_writer *writer, const double *data, size_t rows,
                      ys_error *error) {
  bool written = writer->row ? append_rounded(writer, data, rows)
                             : fwrite(data, writer->cols * sizeof *data, rows,
                                      writer->file) == rows;
  return written ? YS_OK : fail_write(writer, error);
}

ys_code ys_npy_finish(ys_npy_writer *writer, ys_error *error) {
  FILE *file = writer->file;
  writer->file = NULL;
  if (fclose(file) || rename(writer->temporary, writer->path))
    return fail_write(writer, error);
  free(writer->temporary);
  writer->temporary = NULL;
  ys_npy_abandon(writer);
  return YS_OK;
}

void ys_npy_abandon(ys_npy_writer *writer) {
  if (writer->file)
    fclose(writer->file);
  if (writer->temporary)
    unlink(writer->temporary);
  free(writer->temporary);
  free(writer->row);
  writer->file = NULL;
  writer->temporary = NULL;
  writer->row = NULL;
}

ys_code ys_npy_write(const char *path, const double *data, size_t rows,
                     size_t cols, ys_error *error) {
  ys_npy_writer writer;
  ys_code code =
      ys_npy_create(path, sizeof(double), rows, cols, &writer, error);
  if (!code)
    code = ys_npy_append(&writer, data, rows, error);
  return code ? code : ys_npy_finish(&writer, error);
}
