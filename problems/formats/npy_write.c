#include "problems/formats/npy.h"

#include "problems/formats/npy_header.h"
#include "problems/vector/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool write_header(FILE *file, size_t item, size_t rows, size_t cols) {
  char descr[8], shape[64], header[YS_NPY_HEADER];
  snprintf(descr, sizeof descr, "<f%zu", item);
  snprintf(shape, sizeof shape, "(%zu, %zu)", rows, cols);
  ys_npy_header_make(descr, shape, header);
  return fwrite(header, 1, sizeof header, file) == sizeof header;
}

/* Give up, for the reason in errno. */
static ys_code fail_write(ys_npy_writer *writer, ys_error *error) {
  ys_code code = ys_fail(error, YS_IO, "%s: cannot write: %s",
                         writer->output.path, strerror(errno));
  ys_npy_abandon(writer);
  return code;
}

ys_code ys_npy_begin(ys_output *output, size_t item, size_t rows, size_t cols,
                     ys_npy_writer *writer, ys_error *error) {
  *writer = (ys_npy_writer){.output = *output, .item = item, .cols = cols};
  *output = (ys_output){.folder = -1};
  if (item == sizeof(float))
    writer->row = ys_array(cols, sizeof *writer->row);
  if (item == sizeof(float) && !writer->row) {
    ys_npy_abandon(writer);
    return ys_fail_memory(error, "a row");
  }
  if (!write_header(writer->output.file, item, rows, cols))
    return fail_write(writer, error);
  return YS_OK;
}

static bool append_rounded(ys_npy_writer *writer, const double *data,
                           size_t rows) {
  for (size_t i = 0; i < rows; i++) {
    for (size_t k = 0; k < writer->cols; k++)
      writer->row[k] = (float)data[i * writer->cols + k];
    if (fwrite(writer->row, sizeof(float), writer->cols, writer->output.file) !=
        writer->cols)
      return false;
  }
  return true;
}

ys_code ys_npy_append(ys_npy_writer *writer, const double *data, size_t rows,
                      ys_error *error) {
  bool written = writer->row ? append_rounded(writer, data, rows)
                             : fwrite(data, writer->cols * sizeof *data, rows,
                                      writer->output.file) == rows;
  return written ? YS_OK : fail_write(writer, error);
}

ys_code ys_npy_finish(ys_npy_writer *writer, ys_error *error) {
  ys_code code = ys_output_finish(&writer->output, error);
  ys_npy_abandon(writer);
  return code;
}

void ys_npy_abandon(ys_npy_writer *writer) {
  ys_output_abandon(&writer->output);
  free(writer->row);
  writer->row = NULL;
}

ys_code ys_npy_write(const char *path, const double *data, size_t rows,
                     size_t cols, ys_error *error) {
  ys_npy_writer writer;
  ys_output output;
  ys_code code = ys_output_create(&output, path, error);
  if (!code)
    code = ys_npy_begin(&output, sizeof *data, rows, cols, &writer, error);
  if (!code)
    code = ys_npy_append(&writer, data, rows, error);
  return code ? code : ys_npy_finish(&writer, error);
}
