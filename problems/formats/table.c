#include "problems/formats/table.h"

#include "problems/vector/array.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

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

static ys_code open_csv(const char *path, ys_table *table, ys_error *error) {
  ys_code code = ys_csv_numbers_open(path, &table->csv, error);
  table->rows = table->csv.rows;
  table->cols = table->csv.cols;
  return code;
}

/* Room for the path and a line number of up to 20 digits. */
static size_t where_size(const char *path) {
  return strlen(path) + sizeof ", line " + 20;
}

ys_code ys_table_open(const char *path, ys_table *table, ys_error *error) {
  *table = (ys_table){.path = path, .is_npy = is_npy(path)};
  table->where = malloc(where_size(path));
  if (!table->where)
    return ys_fail_memory(error, "a file name");
  strcpy(table->where, path);
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
    ys_csv_numbers_close(&table->csv);
  free(table->where);
  *table = (ys_table){0};
}

ys_code ys_table_next(ys_table *table, double *out, ys_error *error) {
  if (table->is_npy) {
    ys_npy_row(&table->npy, table->next++, out);
    return YS_OK;
  }
  ys_code code = ys_csv_numbers_next(&table->csv, out, error);
  snprintf(table->where, where_size(table->path), "%s, line %zu", table->path,
           table->csv.csv.line);
  return code;
}

const float *ys_table_floats(const ys_table *table) {
  const void *data = table->npy.data;
  bool aligned = (uintptr_t)data % sizeof(float) == 0;
  return table->is_npy && table->npy.item == sizeof(float) && aligned ? data
                                                                      : NULL;
}

void ys_table_take_map(ys_table *table) {
  table->npy.map = MAP_FAILED;
}

static ys_code read_rows(ys_table *table, ys_matrix *matrix, ys_error *error) {
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
  code = read_rows(&table, matrix, error);
  ys_table_close(&table);
  return code;
}

void ys_matrix_free(ys_matrix *matrix) {
  if (!matrix)
    return;
  free(matrix->data);
  *matrix = (ys_matrix){0};
}
