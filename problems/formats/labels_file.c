#include "problems/formats/labels_file.h"

#include "problems/formats/npz.h"
#include "problems/formats/table.h"

const char *ys_labels_ending(const ys_labels *labels) {
  return labels->dense ? "npy" : "npz";
}

static ys_code write_npy(ys_output *output, const ys_labels *labels,
                         ys_error *error) {
  ys_npy_writer writer;
  ys_code code = ys_npy_begin(output, sizeof *labels->dense, labels->rows,
                              labels->classes, &writer, error);
  if (!code)
    code = ys_npy_append(&writer, labels->dense, labels->rows, error);
  return code ? code : ys_npy_finish(&writer, error);
}

ys_code ys_labels_write_to(ys_output *output, const ys_labels *labels,
                           ys_error *error) {
  return labels->dense ? write_npy(output, labels, error)
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
