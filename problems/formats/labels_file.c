#include "problems/formats/labels_file.h"

#include "problems/formats/npz.h"
#include "problems/formats/table.h"
#include "problems/vector/array.h"

#include <stdlib.h>

const char *ys_labels_ending(const ys_labels *labels) {
  return labels->dense ? "npy" : "npz";
}

/* Sparse rows, some at a time: a dense copy of all could be larger than sigma.
 */
static ys_code append_rows(ys_npy_writer *writer, const ys_labels *labels,
                           ys_error *error) {
  enum { BYTES = 1 << 18 };
  const size_t n = labels->classes, rows = labels->rows;
  const size_t some = BYTES / sizeof(double) / n, most = some ? some : 1;
  double *room = ys_array(most, n * sizeof *room);
  ys_code code = room ? YS_OK : ys_fail_memory(error, "rows of labels");
  for (size_t i = 0; !code && i < rows; i += most) {
    const size_t count = rows - i < most ? rows - i : most;
    for (size_t j = 0; j < count; j++)
      ys_labels_row(labels, i + j, room + j * n);
    code = ys_npy_append(writer, room, count, error);
  }
  free(room);
  return code;
}

ys_code ys_labels_write_dense_to(ys_output *output, const ys_labels *labels,
                                 ys_error *error) {
  ys_npy_writer writer;
  ys_code code = ys_npy_begin(output, sizeof *labels->dense, labels->rows,
                              labels->classes, &writer, error);
  if (code)
    return code;
  code = labels->dense
             ? ys_npy_append(&writer, labels->dense, labels->rows, error)
             : append_rows(&writer, labels, error);
  if (!code)
    return ys_npy_finish(&writer, error);
  ys_npy_abandon(&writer);
  return code;
}

ys_code ys_labels_write_to(ys_output *output, const ys_labels *labels,
                           ys_error *error) {
  return labels->dense ? ys_labels_write_dense_to(output, labels, error)
                       : ys_npz_write(output, labels, error);
}

ys_code ys_labels_write(const char *path, const ys_labels *labels,
                        ys_error *error) {
  ys_output output;
  ys_code code = ys_output_create(&output, path, error);
  return code ? code : ys_labels_write_to(&output, labels, error);
}

ys_code ys_labels_read(const char *path, ys_labels *labels, ys_error *error) {
  ys_matrix matrix;
  if (ys_npz_is_name(path))
    return ys_npz_read(path, labels, error);
  ys_code code = ys_matrix_read(path, &matrix, error);
  if (!code)
    *labels = (ys_labels){
        .rows = matrix.rows, .classes = matrix.cols, .dense = matrix.data};
  return code;
}
