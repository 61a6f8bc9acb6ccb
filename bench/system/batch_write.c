#include "bench/system/batch_write.h"

#include "bench/system/files.h"

#include <errno.h>
#include <string.h>

ys_code batch_write_open(const char *path, bool force, size_t item, size_t rows,
                         size_t cols, batch_writer *writer, ys_error *error) {
  ys_output output;
  const char *dot = strrchr(path, '.');
  *writer = (batch_writer){
      .is_csv = dot && strcmp(dot, ".csv") == 0, .cols = cols, .item = item};
  ys_code code = files_open_output(&output, path, force, error);
  if (code)
    return code;
  if (!writer->is_csv)
    return ys_npy_begin(&output, item, rows, cols, &writer->npy, error);
  writer->csv = output;
  return YS_OK;
}

ys_code batch_write_append(batch_writer *writer, const double *data,
                           size_t rows, ys_error *error) {
  if (!writer->is_csv)
    return ys_npy_append(&writer->npy, data, rows, error);
  FILE *file = writer->csv.file;
  for (size_t i = 0; i < rows; i++) {
    for (size_t k = 0; k < writer->cols; k++, data++)
      if (writer->item == sizeof(float))
        fprintf(file, "%s%.9g", k ? "," : "", (double)(float)*data);
      else
        fprintf(file, "%s%.17g", k ? "," : "", *data);
    fputc('\n', file);
  }
  if (!ferror(file))
    return YS_OK;
  ys_code code = ys_fail(error, YS_IO, "%s: cannot write: %s", writer->csv.path,
                         strerror(errno));
  ys_output_abandon(&writer->csv);
  return code;
}

ys_code batch_write_finish(batch_writer *writer, ys_error *error) {
  return writer->is_csv ? ys_output_finish(&writer->csv, error)
                        : ys_npy_finish(&writer->npy, error);
}

void batch_write_abandon(batch_writer *writer) {
  ys_output_abandon(&writer->csv);
  ys_npy_abandon(&writer->npy);
}
