#include "problems/formats/table.h"

#include "problems/vector/array.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* ------------------------------------------------- numbers of a CSV ---- */

static bool read_cell(const char *text, double *number) {
  char *end;
  *number = strtod(text, &end);
  return end > text && end[strspn(end, " \t")] == '\0';
}

static bool is_header(const ys_csv *csv) {
  double number;
  for (size_t i = 0; i < csv->count; i++)
    if (read_cell(ys_csv_field(csv, i), &number))
      return false;
  return true;
}

static ys_code check_width(const ys_table *table, ys_error *error) {
  if (table->csv.count == table->cols)
    return YS_OK;
  return ys_fail(error, YS_BAD_INPUT,
                 "%s, line %zu: found %zu fields: expected %zu as in the "
                 "first row",
                 table->csv.path, table->csv.line, table->csv.count,
                 table->cols);
}

/* Read the file once to its end for its shape and whether it has a header. */
static ys_code measure(ys_table *table, bool *header, ys_error *error) {
  bool more;
  ys_code code = ys_csv_next_row(&table->csv, &more, error);
  *header = !code && more && is_header(&table->csv);
  table->cols = table->csv.count;
  for (size_t row = 0; !code && more; row++) {
    table->rows = row + !*header;
    code = ys_csv_next_row(&table->csv, &more, error);
    if (!code && more)
      code = check_width(table, error);
  }
  if (!code && table->rows == 0)
    return ys_fail(error, YS_BAD_INPUT, "%s: holds no rows of numbers",
                   table->csv.path);
  return code;
}

static ys_code open_csv(const char *path, ys_table *table, ys_error *error) {
  bool header, more;
  ys_code code = ys_csv_open(path, '#', &table->csv, error);
  if (!code)
    code = measure(table, &header, error);
  if (!code)
    code = ys_csv_rewind(&table->csv, error);
  if (!code && header)
    code = ys_csv_next_row(&table->csv, &more, error);
  return code;
}

static ys_code not_a_number(const ys_csv *csv, size_t i, ys_error *error) {
  /* A message is one line, and a quoted field may hold several. */
  const char *text = ys_csv_field(csv, i);
  size_t length = strcspn(text, "\r\n");
  return ys_fail(error, YS_BAD_INPUT,
                 "%s, line %zu, field %zu: '%.*s' is not a number", csv->path,
                 csv->line, i + 1, (int)(length < 40 ? length : 40), text);
}

static ys_code next_csv_row(ys_table *table, double *out, ys_error *error) {
  bool more;
  ys_code code = ys_csv_next_row(&table->csv, &more, error);
  snprintf(table->where, sizeof table->where, "%s, line %zu", table->path,
           table->csv.line);
  /* Nothing keeps another program from changing the file since it was
   * measured. */
  if (!code)
    code = check_width(table, error);
  for (size_t i = 0; !code && i < table->cols; i++)
    if (!read_cell(ys_csv_field(&table->csv, i), &out[i]))
      code = not_a_number(&table->csv, i, error);
  return code;
}

/* ------------------------------------------------------ either kind ---- */

static bool is_npy(const char *path) {
  static const char ending[] = ".npy";
  size_t length = strlen(path), tail = sizeof ending - 1;
  return (length >= tail && strcmp(path + length - tail, ending) == 0) ||
         ys_npy_has_magic(path);
}

static ys_code open_npy(const char *path, ys_table *table, ys_error *error) {
  ys_code code = ys_npy_open(path, &table->npy, error);
  table->rows = table->npy.rows;
  table->cols = table->npy.cols;
  table->is_vector = table->npy.is_vector;
  return code;
}

ys_code ys_table_open(const char *path, ys_table *table, ys_error *error) {
  *table = (ys_table){.path = path, .is_npy = is_npy(path)};
  snprintf(table->where, sizeof table->where, "%s", path);
  ys_code code = table->is_npy ? open_npy(path, table, error)
                               : open_csv(path, table, error);
  if (code)
    ys_table_close(table);
  return code;
}

void ys_table_close(ys_table *table) {
  if (!table)
    return;
  if (table->is_npy)
    ys_npy_close(&table->npy);
  else
    ys_csv_close(&table->csv);
  *table = (ys_table){0};
}

ys_code ys_table_next(ys_table *table, double *out, ys_error *error) {
  if (!table->is_npy)
    return next_csv_row(table, out, error);
  ys_npy_rows(&table->npy, table->next++, 1, out);
  return YS_OK;
}

/* --------------------------------------------------------- a matrix ---- */

static ys_code read_matrix(ys_table *table, ys_matrix *matrix,
                           ys_error *error) {
  if (ys_times(ys_times(table->rows, table->cols), sizeof(double)) >
      PTRDIFF_MAX)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: %zu x %zu is larger than memory can address",
                   table->path, table->rows, table->cols);
  *matrix = (ys_matrix){
      .rows = table->rows,
      .cols = table->cols,
      .data =
          ys_array(ys_times(table->rows, table->cols), sizeof *matrix->data),
  };
  if (!matrix->data)
    return ys_fail(error, YS_NO_MEMORY, "%s: out of memory for %zu x %zu",
                   table->path, table->rows, table->cols);
  ys_code code = YS_OK;
  for (size_t i = 0; !code && i < table->rows; i++)
    code = ys_table_next(table, matrix->data + i * table->cols, error);
  if (code)
    ys_matrix_free(matrix);
  return code;
}

ys_code ys_matrix_read(const char *path, ys_matrix *matrix, ys_error *error) {
  ys_table table;
  *matrix = (ys_matrix){0};
  ys_code code = ys_table_open(path, &table, error);
  if (code)
    return code;
  code = read_matrix(&table, matrix, error);
  ys_table_close(&table);
  return code;
}

void ys_matrix_free(ys_matrix *matrix) {
  if (!matrix)
    return;
  free(matrix->data);
  *matrix = (ys_matrix){0};
}

/* ---------------------------------------------------------- a batch ---- */

static void read_npy_rows(const void *npy, size_t first, size_t count,
                          double *rows) {
  ys_npy_rows(npy, first, count, rows);
}

static ys_code read_csv_rows(ys_table *table, bool logits, ys_batch *batch,
                             ys_error *error) {
  ys_code code = YS_OK;
  for (size_t i = 0; !code && i < batch->rows; i++) {
    code = ys_table_next(table, batch->sigma + i * batch->classes, error);
    if (!code)
      code = logits ? ys_batch_softmax_row(batch, table->where, i, error)
                    : ys_batch_accept_row(batch, table->where, i, error);
  }
  return code;
}

static ys_code read_rows(ys_table *table, bool logits, int threads,
                         ys_batch *batch, ys_error *error) {
  ys_code code =
      ys_batch_alloc(batch, table->path, table->rows, table->cols, error);
  if (code)
    return code;
  code = table->is_npy
             ? ys_batch_fill(batch, table->path, logits, read_npy_rows,
                             &table->npy, threads, error)
             : read_csv_rows(table, logits, batch, error);
  if (code)
    ys_batch_free(batch);
  return code;
}

/* Whether the numbers can be read where they lie. */
static bool can_stay(const ys_table *table) {
  return table->is_npy && table->npy.type == YS_NPY_F4 &&
         (uintptr_t)table->npy.data % sizeof(float) == 0;
}

/* Whether they are better left there: a batch that fits a processor's cache in
 * double takes no time to widen once, and is read faster then. */
static bool should_stay(const ys_table *table) {
  const size_t many = (size_t)1 << 22;
  return can_stay(table) && ys_times(table->rows, table->cols) > many;
}

static ys_code keep_map(ys_table *table, int threads, ys_batch *batch,
                        ys_error *error) {
  if (!can_stay(table))
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: storage=float32: expected a .npy file of float32",
                   table->path);
  ys_code code = ys_batch_keep(batch, table->path,
                               (const float *)(const void *)table->npy.data,
                               table->rows, table->cols, table->npy.map,
                               table->npy.map_size, threads, error);
  if (!code)
    table->npy.map = MAP_FAILED; /* it is the batch's */
  return code;
}

ys_code ys_batch_read(const char *path, ys_batch_source source, int threads,
                      ys_batch *batch, ys_error *error) {
  ys_table table;
  ys_code code = ys_table_open(path, &table, error);
  if (code)
    return code;
  if (table.is_vector)
    code = ys_fail(error, YS_BAD_INPUT,
                   "%s: has 1 dimension: expected 2, points x classes", path);
  else if (source == YS_KEPT || (source == YS_AS_STORED && should_stay(&table)))
    code = keep_map(&table, threads, batch, error);
  else
    code = read_rows(&table, source == YS_LOGITS, threads, batch, error);
  if (!code)
    batch->stays = source == YS_KEPT;
  ys_table_close(&table);
  return code;
}
