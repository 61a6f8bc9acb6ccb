#include "problems/formats/table.h"

#include "problems/formats/foreign.h"
#include "problems/formats/text.h"
#include "problems/vector/array.h"

#include <math.h>
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

/* ------------------------------------------------------- its header ---- */

static bool is_count(const char *text, size_t k) {
  char count[24];
  const size_t length = (size_t)snprintf(count, sizeof count, "%zu", k);
  text += strspn(text, " \t");
  return strncmp(text, count, length) == 0 &&
         text[length + strspn(text + length, " \t")] == '\0';
}

/* Whether a row is 0, 1, 2, ..., from field `first` on. */
static bool counts_from(const ys_csv *csv, size_t first) {
  for (size_t i = first; i < csv->count; i++)
    if (!is_count(ys_csv_field(csv, i), i - first))
      return false;
  return csv->count > first;
}

static bool has_fractions(const ys_csv *csv) {
  for (size_t i = 0; i < csv->count; i++)
    if (strpbrk(ys_csv_field(csv, i), ".eEnN"))
      return true;
  return false;
}

static bool is_blank(const char *text) {
  return text[strspn(text, " \t")] == '\0';
}

/* What the first row says, before there is another. */
typedef struct first_row {
  size_t line;
  bool is_header; /* names */
  bool counts;    /* 0, 1, ..., K - 1 */
  bool has_index; /* a name is wanting, as in front of pandas' index */
  char name[40];  /* the first */
} first_row;

static first_row look_at_first(const ys_csv *csv) {
  first_row row = {.line = csv->line, .is_header = is_header(csv)};
  row.counts = counts_from(csv, 0) && csv->count > 1;
  row.has_index = is_blank(ys_csv_field(csv, 0)) && csv->count > 2 &&
                  (row.is_header || counts_from(csv, 1));
  ys_text_show(ys_csv_field(csv, 0), row.name, sizeof row.name);
  return row;
}

/* A row number, from 0 or from 1. */
static bool is_index(const char *text) {
  return is_count(text, 0) || is_count(text, 1);
}

static ys_code refuse_index(const ys_table *table, size_t line,
                            ys_error *error) {
  return ys_fail(error, YS_BAD_INPUT,
                 "%s, line %zu: the first name is empty, and row numbers stand "
                 "below it: expected numbers alone (pandas: to_csv(..., "
                 "header=False, index=False); R: row.names=FALSE)",
                 table->path, line);
}

static void note_numbers(ys_table *table, size_t line) {
  snprintf(table->note, sizeof table->note,
           "line %zu, 0%s%zu, is taken for a header", line,
           table->cols > 3   ? ",1,...,"
           : table->cols > 2 ? ",1,"
                             : ",",
           table->cols - 1);
}

/* Whether the first row is left out, now that the second is known. */
static void decide_header(ys_table *table, first_row *first) {
  if (first->is_header)
    snprintf(table->note, sizeof table->note,
             "line %zu is taken for a header ('%s'%s)", first->line,
             first->name, table->cols > 1 ? ", ..." : "");
  else if (first->counts && table->cols > 2 && table->fractions) {
    note_numbers(table, first->line);
    first->is_header = true;
  } else
    table->counts = first->counts;
}

static ys_code look_at_second(ys_table *table, const first_row *first,
                              ys_error *error) {
  table->fractions = has_fractions(&table->csv);
  return first->has_index && is_index(ys_csv_field(&table->csv, 0))
             ? refuse_index(table, first->line, error)
             : YS_OK;
}

/* Read the file once to its end for its shape and whether it has a header. */
static ys_code measure(ys_table *table, first_row *first, ys_error *error) {
  bool more;
  size_t rows = 0;
  ys_csv *csv = &table->csv;
  ys_code code = ys_csv_next_row(csv, &more, error);
  if (!code && more)
    *first = look_at_first(csv);
  table->cols = csv->count;
  for (; !code && more; rows++) {
    code = check_width(table, error);
    if (!code && rows == 1)
      code = look_at_second(table, first, error);
    if (!code)
      code = ys_csv_next_row(csv, &more, error);
  }
  if (code)
    return code;
  if (rows)
    decide_header(table, first);
  table->rows = rows - first->is_header;
  return table->rows ? YS_OK
                     : ys_fail(error, YS_BAD_INPUT,
                               "%s: holds no rows of numbers", csv->path);
}

static ys_code open_csv(const char *path, ys_table *table, ys_error *error) {
  bool more;
  first_row first = {.line = 0};
  ys_code code = ys_csv_open(path, '#', &table->csv, error);
  if (!code)
    code = ys_csv_find_separator(&table->csv, error);
  if (!code)
    code = measure(table, &first, error);
  if (!code)
    code = ys_csv_rewind(&table->csv, error);
  if (!code && first.is_header)
    code = ys_csv_next_row(&table->csv, &more, error);
  return code;
}

static ys_code not_a_number(const ys_csv *csv, size_t i, ys_error *error) {
  /* A message is one line, and a quoted field may hold several. */
  const char *text = ys_csv_field(csv, i);
  size_t length = strcspn(text, "\r\n");
  return ys_fail(
      error, YS_BAD_INPUT, "%s, line %zu, field %zu: '%.*s' is not a number%s",
      csv->path, csv->line, i + 1, (int)(length < 40 ? length : 40), text,
      strchr(text, ',') ? ": expected a decimal point, not a comma" : "");
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

static bool ends_in(const char *path, const char *ending) {
  size_t length = strlen(path), tail = strlen(ending);
  return length >= tail && strcmp(path + length - tail, ending) == 0;
}

static ys_code open_npy(const char *path, const char *array, bool zipped,
                        ys_table *table, ys_error *error) {
  ys_code code = zipped ? ys_npy_open_member(path, array, &table->npy, error)
                        : ys_npy_open(path, &table->npy, error);
  table->is_npy = true;
  table->rows = table->npy.rows;
  table->cols = table->npy.cols;
  table->is_vector = table->npy.is_vector;
  return code;
}

/* What a file begins with goes before what its name ends in. */
static ys_code open_any(const char *path, const char *array, ys_table *table,
                        ys_error *error) {
  const bool has_magic = ys_npy_has_magic(path);
  bool zipped = !has_magic && ys_foreign_is_zip(path);
  ys_code code = has_magic || zipped ? YS_OK : ys_foreign_check(path, error);
  if (code)
    return code;
  zipped = zipped || (!has_magic && ends_in(path, ".npz"));
  if (array && !zipped)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: holds one array: expected no array=%s", path, array);
  return has_magic || zipped || ends_in(path, ".npy")
             ? open_npy(path, array, zipped, table, error)
             : open_csv(path, table, error);
}

static ys_code open_table(const char *path, const char *array, ys_table *table,
                          ys_error *error) {
  *table = (ys_table){.path = path, .npy = {.map = MAP_FAILED}};
  snprintf(table->where, sizeof table->where, "%s", path);
  ys_code code = open_any(path, array, table, error);
  if (code)
    ys_table_close(table);
  return code;
}

ys_code ys_table_open(const char *path, ys_table *table, ys_error *error) {
  return open_table(path, NULL, table, error);
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

ys_code ys_table_skip(ys_table *table, size_t rows, ys_error *error) {
  bool more = true;
  ys_code code = YS_OK;
  if (table->is_npy)
    table->next += rows;
  for (size_t i = 0; !code && !table->is_npy && i < rows; i++)
    code = ys_csv_next_row(&table->csv, &more, error);
  return code;
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
  memcpy(matrix->note, table.note, sizeof matrix->note);
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

static void read_npy_rows(const void *context, size_t first, size_t count,
                          double *rows) {
  const ys_table *table = context;
  ys_npy_rows(&table->npy, table->next + first, count, rows);
}

static ys_code read_csv_rows(ys_table *table, const ys_row_rule *rule,
                             ys_batch *batch, ys_error *error) {
  ys_code code = YS_OK;
  for (size_t i = 0; !code && i < batch->rows; i++) {
    code = ys_table_next(table, batch->sigma + i * batch->classes, error);
    if (!code)
      code = ys_batch_take_row(batch, table->where, rule, i, error);
  }
  return code;
}

static ys_code read_rows(ys_table *table, const ys_row_rule *rule,
                         const ys_share *share, int threads, ys_batch *batch,
                         ys_error *error) {
  const size_t rows = ys_share_blocks(share).rows;
  ys_code code = ys_batch_alloc(batch, table->path, rows, table->cols, error);
  if (code)
    return code;
  code = ys_table_skip(table, ys_share_first_row(share), error);
  if (!code)
    code = table->is_npy ? ys_batch_fill(batch, table->path, rule,
                                         read_npy_rows, table, threads, error)
                         : read_csv_rows(table, rule, batch, error);
  if (code)
    ys_batch_free(batch);
  return ys_share_explain(share, code, error);
}

/* Whether the numbers can be read where they lie. */
static bool can_stay(const ys_table *table) {
  return table->is_npy && table->npy.map != MAP_FAILED &&
         ys_npy_is_plain(&table->npy, YS_NPY_F4);
}

/* Whether they are better left there: a batch that fits a processor's cache in
 * double takes no time to widen once, and is read faster then. */
static bool should_stay(const ys_table *table) {
  const size_t many = (size_t)1 << 22;
  return can_stay(table) && ys_times(table->rows, table->cols) > many;
}

static ys_code keep_map(ys_table *table, const ys_row_rule *rule, int threads,
                        ys_batch *batch, ys_error *error) {
  if (!can_stay(table))
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: storage=float32: expected a .npy file of float32, "
                   "'<f4' in C order",
                   table->path);
  ys_code code = ys_batch_keep(batch, table->path, rule,
                               (const float *)(const void *)table->npy.data,
                               table->rows, table->cols, table->npy.map,
                               table->npy.map_size, threads, error);
  if (!code)
    table->npy.map = MAP_FAILED; /* it is the batch's */
  return code;
}

/* A first row of 0, 1, ..., K - 1 is no distribution of more than two classes.
 * Logits may be anything, but are hardly whole in that row alone. */
static ys_code settle_header(ys_table *table, bool logits, ys_error *error) {
  bool more;
  ys_csv *csv = &table->csv;
  if (!table->counts || table->rows < 2)
    return YS_OK;
  if (logits ? !table->fractions : table->cols == 2) {
    if (logits || table->fractions)
      snprintf(table->note, sizeof table->note,
               "the first row, 0,1%s, is taken for data; if it is a header: "
               "pandas' to_csv(..., header=False)",
               table->cols > 2 ? ",..." : "");
    return YS_OK;
  }
  ys_code code = ys_csv_next_row(csv, &more, error);
  table->rows--;
  note_numbers(table, csv->line);
  return code;
}

/* The caller's share of the rows. */
static ys_code read_share(ys_table *table, const ys_batch_file *file,
                          const ys_ranks *ranks, int threads, ys_batch *batch,
                          ys_error *error) {
  const ys_batch_source source = file->source;
  const ys_row_rule rule = {
      .logits = source == YS_LOGITS,
      .rounding = file->renormalises ? INFINITY
                  : table->is_npy    ? ys_npy_rounding(&table->npy)
                                     : 0,
      .advises = file->advises,
  };
  const ys_share share = ys_share_make(ranks, table->rows, table->cols);
  const bool keeps = source == YS_KEPT ||
                     (source == YS_AS_STORED && !ranks && should_stay(table));
  ys_code code = ys_share_check(&share, error);
  if (code)
    return code;
  code = keeps ? keep_map(table, &rule, threads, batch, error)
               : read_rows(table, &rule, &share, threads, batch, error);
  if (code)
    return code;
  batch->stays = source == YS_KEPT;
  memcpy(batch->note, table->note, sizeof batch->note);
  if (ranks) {
    batch->ranks = ranks;
    batch->whole_rows = table->rows;
  }
  return YS_OK;
}

/* What cannot be a batch, or ranks' shares of one. */
static ys_code check_table(ys_table *table, const ys_batch_file *file,
                           const ys_ranks *ranks, ys_error *error) {
  if (table->is_vector)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: has 1 dimension: expected 2, points x classes",
                   table->path);
  if (ranks && table->is_npy && table->npy.owned)
    return ys_fail(error, YS_UNSUPPORTED,
                   "%s: ranks do not read their rows out of an archive: "
                   "expected .npy files or text",
                   table->path);
  if (ranks && file->source == YS_KEPT)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: storage=float32: expected a name that ends in .npy",
                   table->path);
  return settle_header(table, file->source == YS_LOGITS, error);
}

ys_code ys_batch_read(const ys_batch_file *file, const ys_ranks *ranks,
                      int threads, ys_batch *batch, ys_error *error) {
  ys_table table = {.rows = 0};
  ys_code code = open_table(file->path, file->array, &table, error);
  if (!code)
    code = check_table(&table, file, ranks, error);
  code = ys_ranks_agree(ranks, code, error);
  if (!code)
    code =
        ys_ranks_agree_shape(ranks, file->path, table.rows, table.cols, error);
  if (!code)
    code = read_share(&table, file, ranks, threads, batch, error);
  ys_table_close(&table);
  return code;
}
