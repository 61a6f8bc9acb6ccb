#include "library/arrays.h"

#include "problems/vector/array.h"

#include <math.h>
#include <string.h>

/* -------------------------------------------------------------- dense ---- */

static size_t stride_of(const ystep_array *array) {
  return array->stride ? array->stride : array->classes;
}

static size_t size_of(const ystep_array *array) {
  return array->type == YSTEP_FLOAT ? sizeof(float) : sizeof(double);
}

bool ys_array_is_plain(const ystep_array *array) {
  return array->type == YSTEP_DOUBLE && stride_of(array) == array->classes;
}

static ys_code check_shape(const ystep_array *array, const char *name,
                           ys_error *error) {
  const size_t numbers = ys_times(array->rows, stride_of(array));
  if (array->rows == 0 || array->classes < 2 || array->classes > UINT32_MAX)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: %zu x %zu; expected at least one row and two classes",
                   name, array->rows, array->classes);
  if (stride_of(array) < array->classes)
    return ys_fail(
        error, YS_BAD_INPUT,
        "%s: a stride of %zu numbers; expected %zu at least, a row's "
        "length, or 0",
        name, array->stride, array->classes);
  if (ys_times(numbers, sizeof(double)) > PTRDIFF_MAX)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: %zu x %zu is larger than memory can address", name,
                   array->rows, array->classes);
  return YS_OK;
}

static ys_code check_like(const char *name, size_t rows, size_t classes,
                          const ystep_array *like, ys_error *error) {
  if (!like || (rows == like->rows && classes == like->classes))
    return YS_OK;
  return ys_fail(error, YS_BAD_INPUT,
                 "%s: %zu x %zu; expected sigma's %zu x %zu", name, rows,
                 classes, like->rows, like->classes);
}

ys_code ys_array_check(const ystep_array *array, const char *name,
                       const ystep_array *like, ys_error *error) {
  if (!array || !array->data)
    return ys_fail(error, YS_BAD_INPUT, "%s: NULL; expected an array", name);
  if (array->type != YSTEP_DOUBLE && array->type != YSTEP_FLOAT)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: type %d; expected YSTEP_DOUBLE or YSTEP_FLOAT", name,
                   array->type);
  ys_code code = check_shape(array, name, error);
  return code ? code
              : check_like(name, array->rows, array->classes, like, error);
}

static void read_row(const ystep_array *array, size_t row, double *out) {
  const size_t at = row * stride_of(array);
  const float *floats = array->data;
  if (array->type == YSTEP_DOUBLE)
    memcpy(out, (const double *)array->data + at, array->classes * sizeof *out);
  else
    for (size_t k = 0; k < array->classes; k++)
      out[k] = (double)floats[at + k];
}

void ys_array_read(const ystep_array *array, size_t first, size_t count,
                   double *rows) {
  for (size_t i = 0; i < count; i++)
    read_row(array, first + i, rows + i * array->classes);
}

void ys_array_write_row(const ystep_array *array, size_t row,
                        const double *numbers) {
  char *to = (char *)array->data + row * stride_of(array) * size_of(array);
  if (array->type == YSTEP_DOUBLE)
    memmove(to, numbers, array->classes * sizeof *numbers);
  else
    for (size_t k = 0; k < array->classes; k++)
      ((float *)(void *)to)[k] = (float)numbers[k];
}

static void read_rows(const void *context, size_t first, size_t count,
                      double *rows) {
  const ystep_array *array = context;
  if (rows != (const double *)array->data + first * array->classes)
    ys_array_read(array, first, count, rows);
}

ys_code ys_array_read_labels(const ystep_array *array, int threads,
                             ys_labels *y, ys_error *error) {
  ys_batch labels = {.rows = y->rows, .classes = y->classes, .sigma = y->dense};
  return ys_batch_fill(&labels, "labels", &(ys_row_rule){0}, read_rows, array,
                       threads, error);
}

void ys_array_write_labels(const ystep_array *array, const ys_labels *y) {
  for (size_t i = 0; i < y->rows; i++)
    ys_array_write_row(array, i, y->dense + i * y->classes);
}

/* ------------------------------------------------------------- sparse ---- */

static ys_code check_row(const ystep_sparse *sparse, size_t i,
                         ys_error *error) {
  const size_t begin = sparse->begin[i], end = sparse->begin[i + 1];
  for (size_t e = begin; e < end; e++)
    if (sparse->held[e] >= sparse->classes ||
        (e > begin && sparse->held[e] <= sparse->held[e - 1]))
      return ys_fail(error, YS_BAD_INPUT,
                     "labels: row %zu (from 0) holds class %u; expected "
                     "classes below %zu that rise within a row",
                     i, sparse->held[e], sparse->classes);
  return YS_OK;
}

ys_code ys_sparse_check(const ystep_sparse *sparse, const ystep_array *like,
                        ys_error *error) {
  if (!sparse || !sparse->begin || !sparse->held || !sparse->weight)
    return ys_fail(error, YS_BAD_INPUT, "labels: NULL; expected sparse labels");
  ys_code code =
      check_like("labels", sparse->rows, sparse->classes, like, error);
  if (!code && sparse->begin[0] != 0)
    code = ys_fail(error, YS_BAD_INPUT, "labels: begin[0] is %zu; expected 0",
                   sparse->begin[0]);
  for (size_t i = 0; !code && i < sparse->rows; i++) {
    const size_t begin = sparse->begin[i], end = sparse->begin[i + 1];
    code = end < begin || end - begin > sparse->classes
               ? ys_fail(error, YS_BAD_INPUT,
                         "labels: row %zu (from 0) has entries %zu to %zu; "
                         "expected 0 to %zu of them",
                         i, begin, end, sparse->classes)
               : check_row(sparse, i, error);
  }
  return code;
}

/* Room for M rows without entries, and as many entries as that. */
static ys_code make_room(ys_labels *to, size_t rows, size_t classes,
                         size_t entries, ys_error *error) {
  ys_code code = YS_OK;
  if (!to->begin || to->rows != rows || to->classes != classes) {
    ys_labels_free(to);
    code = ys_labels_make_sparse(to, rows, classes, error);
  }
  return code ? code : ys_labels_reserve(to, entries, error);
}

ys_code ys_sparse_read(const ystep_sparse *from, ys_labels *to,
                       ys_error *error) {
  const size_t entries = from->begin[from->rows];
  if (from->begin == to->begin)
    return YS_OK;
  ys_code code = make_room(to, from->rows, from->classes, entries, error);
  if (code)
    return code;
  memcpy(to->begin, from->begin, (from->rows + 1) * sizeof *to->begin);
  memcpy(to->held, from->held, entries * sizeof *to->held);
  memcpy(to->weight, from->weight, entries * sizeof *to->weight);
  return YS_OK;
}

/* As ys_batch_accept_row, of the entries [begin, end). */
static ys_code check_weights(const ys_labels *y, size_t i, size_t begin,
                             size_t end, ys_error *error) {
  double sum = begin == end;
  for (size_t e = begin; e < end; e++) {
    if (!(y->weight[e] >= 0 && isfinite(y->weight[e])))
      return ys_fail(error, YS_BAD_INPUT,
                     "labels: row %zu, class %u (from 0): %g is not a "
                     "probability: expected a finite number >= 0",
                     i, y->held[e], y->weight[e]);
    sum += y->weight[e];
  }
  return fabs(sum - 1) <= YS_SUM_TOLERANCE
             ? YS_OK
             : ys_fail(error, YS_BAD_INPUT,
                       "labels: row %zu (from 0) sums to %.9g: expected 1 to "
                       "within %g",
                       i, sum, YS_SUM_TOLERANCE);
}

ys_code ys_sparse_accept(ys_labels *y, ys_error *error) {
  size_t begin = 0, to = 0;
  for (size_t i = 0; i < y->rows; i++) {
    const size_t end = y->begin[i + 1];
    ys_code code = check_weights(y, i, begin, end, error);
    if (code)
      return code;
    for (size_t e = begin; e < end; e++)
      if (y->weight[e] > 0) {
        y->held[to] = y->held[e];
        y->weight[to++] = y->weight[e];
      }
    y->begin[i + 1] = to;
    begin = end;
  }
  ys_labels_divide(y);
  return YS_OK;
}
