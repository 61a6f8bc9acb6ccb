/* Images or features from .npy files. */
#include "training/dataset.h"

#include "problems/formats/npy.h"
#include "problems/vector/array.h"

#include <math.h>
#include <stdlib.h>

/* Square images are the rule; anything else must be said, or is a vector. */
static ys_code find_shape(const ys_options *options, const char *path,
                          size_t size, ys_shape *shape, ys_error *error) {
  size_t height = (size_t)ys_options_number(options, "height");
  size_t side = (size_t)floor(sqrt((double)size) + 0.5);
  if (!height)
    height = side > 2 && side * side == size ? side : 1;
  if (size % height)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: rows of %zu numbers are no images %zu high", path, size,
                   height);
  *shape = height == 1 ? (ys_shape){size, 1, 1}
                       : (ys_shape){1, height, size / height};
  return YS_OK;
}

/* Fills the labels; *classes: one more than the largest. */
static ys_code read_labels(const char *path, const ys_npy *file, size_t rows,
                           size_t *label, size_t *classes, ys_error *error) {
  size_t found = file->is_vector ? file->cols : file->rows;
  ys_code code = YS_OK;
  if (found < rows || (!file->is_vector && file->cols != 1))
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: %zu x %zu: expected a label for each of %zu rows", path,
                   file->rows, file->cols, rows);
  double *numbers = ys_array(found, sizeof *numbers);
  if (!numbers)
    return ys_fail_memory(error, "labels");
  for (size_t i = 0; i < file->rows; i++)
    ys_npy_rows(file, i, 1, numbers + i * file->cols);
  *classes = 0;
  for (size_t i = 0; !code && i < rows; i++)
    if (numbers[i] >= 0 && numbers[i] < 65536 &&
        numbers[i] == floor(numbers[i])) {
      label[i] = (size_t)numbers[i];
      *classes = label[i] < *classes ? *classes : label[i] + 1;
    } else
      code = ys_fail(error, YS_BAD_INPUT,
                     "%s: row %zu: label %g: expected a whole number from 0 "
                     "to 65535",
                     path, i, numbers[i]);
  free(numbers);
  return code;
}

/* Bytes are levels of grey, 0 to 255, and become 0 to 1. */
static ys_code read_inputs(const char *path, const ys_npy *file,
                           ys_dataset *dataset, ys_error *error) {
  double *row = ys_array(file->cols, sizeof *row);
  double scale = file->type == YS_NPY_U1 ? 1.0 / 255 : 1;
  if (!row)
    return ys_fail_memory(error, "a row");
  ys_code code = YS_OK;
  for (size_t i = 0; !code && i < dataset->rows; i++) {
    ys_npy_rows(file, i, 1, row);
    for (size_t j = 0; j < file->cols; j++) {
      dataset->input[i * file->cols + j] = (ys_real)(row[j] * scale);
      if (!code && !isfinite(row[j]))
        code = ys_fail(error, YS_BAD_INPUT,
                       "%s: row %zu, column %zu: expected a finite number",
                       path, i, j);
    }
  }
  free(row);
  return code;
}

static ys_code add_labels(const ys_options *options, const char *path,
                          ys_dataset *dataset, ys_error *error) {
  size_t asked = dataset->classes, found = 0;
  ys_npy file;
  ys_code code = ys_npy_open(path, &file, error);
  if (code)
    return code;
  code = read_labels(path, &file, dataset->rows, dataset->label, &found, error);
  ys_npy_close(&file);
  if (code)
    return code;
  if (ys_options_number(options, "classes") == 0)
    dataset->classes = found < 2 ? 2 : found;
  else if (found > asked)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: a label is %zu: expected labels below classes=%zu",
                   path, found - 1, asked);
  return YS_OK;
}

static ys_code read_images(const ys_options *options, const ys_npy *file,
                           ys_dataset *dataset, ys_error *error) {
  const char *path = ys_options_text(options, "path");
  const char *labels = ys_options_text(options, "labels");
  size_t classes = (size_t)ys_options_number(options, "classes");
  size_t rows = (size_t)ys_options_number(options, "rows");
  ys_shape shape;
  if (!*labels && !classes)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: how many classes? expected labels=FILE or classes=K",
                   path);
  if (rows > file->rows)
    return ys_fail(error, YS_BAD_INPUT, "%s: has %zu rows: expected %zu", path,
                   file->rows, rows);
  ys_code code = find_shape(options, path, file->cols, &shape, error);
  if (!code)
    code = ys_dataset_alloc(dataset, path, rows ? rows : file->rows, shape,
                            classes ? classes : 2, error);
  if (code)
    return code;
  code = read_inputs(path, file, dataset, error);
  if (!code && *labels)
    code = add_labels(options, labels, dataset, error);
  if (code)
    ys_dataset_free(dataset);
  else if (!*labels) {
    free(dataset->label);
    dataset->label = NULL;
  }
  return code;
}

static ys_code make_images(const ys_data *data, const ys_options *options,
                           ys_dataset *dataset, ys_error *error) {
  ys_npy file;
  (void)data;
  ys_code code = ys_npy_open(ys_options_text(options, "path"), &file, error);
  if (code)
    return code;
  code = read_images(options, &file, dataset, error);
  ys_npy_close(&file);
  return code;
}

static const ys_option images_options[] = {
    {"path", YS_TEXT, NULL, 0, 0, NULL,
     "a .npy file, a row an image; bytes are divided by 255"},
    {"labels", YS_TEXT, "", 0, 0, NULL, "a .npy file of class numbers from 0"},
    {"rows", YS_INTEGER, "0", 0, 1e9, NULL, "use the first so many; 0: all"},
    {"classes", YS_INTEGER, "0", 0, 65536, NULL, "classes; 0: as labels say"},
    {"height", YS_INTEGER, "0", 0, 65536, NULL,
     "of an image; 0: square if that fits, else a vector; 1: a vector"},
    {.name = NULL},
};

const ys_data ys_images = {"images", "images or features from a .npy file",
                           images_options, make_images};
