/* problems/formats/csv.c and table.c: RFC 4180 rows, and tables of
 * numbers. */
#include "problems/formats/table.h"
#include "tests/support/tempfile.h"
#include "tests/support/testing.h"

#include <sys/stat.h>

#define BOM "\357\273\277"
#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

static char *path;
static ys_error error;

static void set_up(void) {
  path = temp_file(".csv");
  error = (ys_error){0};
}

static void tear_down(void) {
  drop_file(path);
}

/* All rows as one text: [field][field] a row, rows after one another in {}. */
static ys_code read_all(char comment, char *all, size_t size) {
  ys_csv csv;
  bool more = false;
  size_t used = 0;
  ys_code code = ys_csv_open(path, comment, &csv, &error);
  if (code)
    return code;
  all[0] = '\0';
  while (!(code = ys_csv_next_row(&csv, &more, &error)) && more) {
    used += (size_t)snprintf(all + used, size - used, "{");
    for (size_t i = 0; i < csv.count; i++)
      used += (size_t)snprintf(all + used, size - used, "[%s]",
                               ys_csv_field(&csv, i));
    used += (size_t)snprintf(all + used, size - used, "}");
  }
  ck_assert(code || csv.count == 0);
  ys_csv_close(&csv);
  return code;
}

static const struct {
  const char *text, *rows;
} good[] = {
    {"", ""},
    {"a", "{[a]}"},
    {"a\n", "{[a]}"},
    {"a,b\nc,d\n", "{[a][b]}{[c][d]}"},
    {"a,b\r\nc,d", "{[a][b]}{[c][d]}"},
    {"a,b\r\nc,d\r\n", "{[a][b]}{[c][d]}"},
    {",\n", "{[][]}"},
    {"a,", "{[a][]}"},
    {"a,\n,b", "{[a][]}{[][b]}"},
    {"\n\na\n\r\n\nb\n\n", "{[a]}{[b]}"},
    {"a,b,c\nd\n", "{[a][b][c]}{[d]}"},
    {" a , b ", "{[ a ][ b ]}"},
    {"\"a\",\"b\"\n", "{[a][b]}"},
    {"\"\"\n", "{[]}"},
    {"\"\",\"\"", "{[][]}"},
    {"\"a,b\",c\n", "{[a,b][c]}"},
    {"\"a\nb\",c\n", "{[a\nb][c]}"},
    {"\"a\r\nb\",c\r\n", "{[a\r\nb][c]}"},
    {"\"say \"\"hi\"\"\",\"\"\"\"\n", "{[say \"hi\"][\"]}"},
    {"#x\na\n", "{[#x]}{[a]}"},
    {BOM "a,b\n", "{[a][b]}"},
    {"\xEF\xBC\xA1,b\n", "{[\xEF\xBC\xA1][b]}"},
    {"run,\"dirichlet:M=5,K=2\",ok\n", "{[run][dirichlet:M=5,K=2][ok]}"},
};

START_TEST(text_is_split_into_rows_and_fields) {
  char all[512];
  put_text(path, good[_i].text);
  ck_assert_msg(read_all(0, all, sizeof all) == YS_OK, "%s", error.text);
  ck_assert_str_eq(all, good[_i].rows);
}
END_TEST

START_TEST(comment_lines_are_skipped_where_asked) {
  char all[512];
  put_text(path, "# one, \"two\n#\n\na,#b\n\"#c\"\r\n#d\r\n e\n#end");
  ck_assert_int_eq(read_all('#', all, sizeof all), YS_OK);
  ck_assert_str_eq(all, "{[a][#b]}{[#c]}{[ e]}");
}
END_TEST

static const struct {
  const char *text;
  size_t size;
  const char *says;
} bad[] = {
    {"a,b\nc,d\"e\n", 0, "line 2, field 2|a quote within an unquoted field"},
    {"a\n\n\"b\" ,c\n", 0, "line 3, field 1|text behind a closing quote"},
    {"a\n\"b\"\rc\n", 0, "line 2, field 1|text behind a closing quote"},
    {"a,\"b\nc\n", 0, "line 1, field 2|never closed"},
    {"x\n\"\n\n\"\"", 0, "line 2, field 1|never closed"},
    {"a\rb\n", 0, "line 1, field 1|carriage return without a line feed"},
    {"a,b\r", 0, "line 1, field 2|carriage return without a line feed"},
    {"a,\0b\n", 5, "line 1, field 2|NUL byte"},
    {"\"\n\0\"\n", 5, "line 2, field 1|NUL byte"},
};

START_TEST(malformed_text_is_refused_with_its_place) {
  char all[512];
  put_bytes(path, bad[_i].text,
            bad[_i].size ? bad[_i].size : strlen(bad[_i].text));
  ck_assert_int_eq(read_all(0, all, sizeof all), YS_BAD_INPUT);
  assert_says(error.text, path);
  assert_says(error.text, bad[_i].says);
}
END_TEST

START_TEST(line_is_where_the_row_begins) {
  static const size_t lines[] = {1, 3, 6, 7};
  ys_csv csv;
  bool more;
  put_text(path, "a\n\n\"b\nc\"\n#x\nd\r\ne");
  for (int round = 0; round < 2; round++) {
    if (round == 0)
      ck_assert_int_eq(ys_csv_open(path, '#', &csv, &error), YS_OK);
    else
      ck_assert_int_eq(ys_csv_rewind(&csv, &error), YS_OK);
    for (int i = 0; i < COUNT(lines); i++) {
      ck_assert_int_eq(ys_csv_next_row(&csv, &more, &error), YS_OK);
      ck_assert(more);
      ck_assert_uint_eq(csv.line, lines[i]);
    }
  }
  ys_csv_close(&csv);
  ys_csv_close(&csv); /* twice is harmless */
  ys_csv_close(NULL);
}
END_TEST

/* Quote a field by the RFC: in quotes, quotes within doubled. */
static void put_field(FILE *file, const char *field) {
  putc('"', file);
  for (; *field; field++) {
    if (*field == '"')
      putc('"', file);
    putc(*field, file);
  }
  putc('"', file);
}

enum { ROWS = 40, FIELDS = 12, LENGTH = 600 };

START_TEST(any_quoted_text_comes_back) {
  static char field[ROWS][FIELDS][LENGTH];
  static const char bytes[] = "\",\n\r# ab0.\xE9";
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  FILE *file = fopen(path, "wb");
  for (int i = 0; i < ROWS; i++)
    for (int k = 0; k < FIELDS; k++) {
      size_t length = gsl_rng_uniform_int(rng, k == 5 ? LENGTH : 6);
      for (size_t c = 0; c < length; c++)
        field[i][k][c] = bytes[gsl_rng_uniform_int(rng, sizeof bytes - 1)];
      put_field(file, field[i][k]);
      fputs(k + 1 < FIELDS ? "," : i % 2 ? "\r\n" : "\n", file);
    }
  fclose(file);
  gsl_rng_free(rng);
  ys_csv csv;
  bool more;
  ck_assert_int_eq(ys_csv_open(path, '#', &csv, &error), YS_OK);
  for (int i = 0; i < ROWS; i++) {
    ck_assert_int_eq(ys_csv_next_row(&csv, &more, &error), YS_OK);
    ck_assert(more && csv.count == FIELDS);
    for (int k = 0; k < FIELDS; k++)
      ck_assert_str_eq(ys_csv_field(&csv, (size_t)k), field[i][k]);
  }
  ck_assert_int_eq(ys_csv_next_row(&csv, &more, &error), YS_OK);
  ck_assert(!more);
  ys_csv_close(&csv);
}
END_TEST

START_TEST(unreadable_file_says_why) {
  char all[8];
  unlink(path);
  ck_assert_int_eq(read_all(0, all, sizeof all), YS_IO);
  assert_says(error.text, path);
  assert_says(error.text, "No such file");
  ck_assert_int_eq(mkdir(path, 0700), 0);
  ck_assert_int_eq(read_all(0, all, sizeof all), YS_IO);
  assert_says(error.text, path);
  assert_says(error.text, "Is a directory");
  ck_assert_int_eq(rmdir(path), 0);
}
END_TEST

/* Read a table of numbers whole, into at most 16 places. */
static ys_code read_numbers(size_t *rows, size_t *cols, double *out) {
  ys_table table;
  ys_code code = ys_table_open(path, &table, &error);
  if (code)
    return code;
  *rows = table.rows;
  *cols = table.cols;
  ck_assert_uint_le(*rows * *cols, 16);
  for (size_t i = 0; !code && i < *rows; i++)
    code = ys_table_next(&table, out + i * *cols, &error);
  ys_table_close(&table);
  ys_table_close(NULL);
  return code;
}

static const char *const one_table[] = {
    "0.5,0.25\n1e-3,-2\n+3,.5\n",
    "0.5,0.25\r\n1e-3,-2\r\n+3,.5",
    "cat,dog\n0.5,0.25\n1e-3,-2\n+3,.5\n",
    "# made by hand\n\"cat\",\"dog, big\"\n0.5,0.25\n# on\n\n1e-3,-2\n+3,.5\n",
    "0.5;0.25\n1e-3;-2\n+3;.5\n",
    "0.5\t0.25\r\n1e-3\t-2\r\n+3\t.5",
    "0.5 0.25\n1e-3 -2\n+3 .5\n",
    "  0.5   0.25  \n1e-3 -2\t \n \t+3\t.5\n", /* aligned by hand */
    "# 5.0e-01 a; b, c\n5.0e-01 2.5e-01\n1.0e-03 -2.0e+00\n3 .5\n# end\n",
    "cat;dog, small\n0.5;0.25\n1e-3;-2\n+3;.5\n",
    "a b\tc d\n0.5\t0.25\n1e-3\t-2\n+3\t.5\n",
    "cat dog\n0.5 0.25\n1e-3 -2\n+3 .5\n",
    "\"0.5\";\"0.25\"\n\"1e-3\";-2\n+3;.5\n",
    "cat; dog,mouse\n0.5,0.25\n1e-3,-2\n+3,.5\n",
    BOM "cat,\n\"0.5\",\"0.25\"\n0.001,-2.0\n3,5e-1\n# end",
    " 0.5 ,\t0.25\t\n1e-3 , -2\n+3, .5 \n",
};

START_TEST(numbers_are_read_with_or_without_header) {
  static const double expected[] = {0.5, 0.25, 1e-3, -2, 3, 0.5};
  size_t rows, cols;
  double out[16];
  put_text(path, one_table[_i]);
  ck_assert_msg(read_numbers(&rows, &cols, out) == YS_OK, "%s", error.text);
  ck_assert_uint_eq(rows, 3);
  ck_assert_uint_eq(cols, 2);
  ck_assert_mem_eq(out, expected, sizeof expected);
}
END_TEST

START_TEST(not_finite_numbers_are_read_as_they_are) {
  size_t rows, cols;
  double out[16];
  put_text(path, "nan,-inf\nInfinity,1e999\n");
  ck_assert_int_eq(read_numbers(&rows, &cols, out), YS_OK);
  ck_assert_uint_eq(rows, 2);
  ck_assert(isnan(out[0]) && out[1] == -INFINITY);
  ck_assert(out[2] == INFINITY && out[3] == INFINITY);
}
END_TEST

/* What is said of a first row, and whether it is among the numbers. */
static const struct {
  const char *text;
  size_t rows;
  const char *says; /* of a matrix */
} first_rows[] = {
    {"0.5,0.5\n0.25,0.75\n", 2, ""},
    {"cat,dog\n0.25,0.75\n", 1, "line 1 is taken for a header ('cat', ...)"},
    {"#x\n\ncat\n0.25\n", 1, "line 3 is taken for a header ('cat')"},
    {"0,1,2\n0.5,0.25,0.25\n", 1, "line 1, 0,1,2, is taken for a header"},
    {"0;1;2;3;4\n.5;.5;0;0;0\n", 1, "line 1, 0,1,...,4, is taken for a header"},
    {" 0 ,1,2\n1e-3,2,3\n", 1, "line 1, 0,1,2, is taken for a header"},
    {"0,1,2\n3,4,5\n", 2, ""}, /* a matrix may be that */
    {"0,1\n0.5,0.5\n", 2, ""},
    {"0,1,2\n", 1, ""},
    {"0,1,3\n0.5,0.5,0\n", 2, ""},
    {"0,1.0,2\n0.5,0.5,0\n", 2, ""},
    {",b\n0.5,0.5\n", 1, "line 1 is taken for a header ('', ...)"},
};

START_TEST(a_header_is_told_of) {
  ys_matrix matrix;
  put_text(path, first_rows[_i].text);
  ck_assert_msg(ys_matrix_read(path, &matrix, &error) == YS_OK, "%s",
                error.text);
  ck_assert_uint_eq(matrix.rows, first_rows[_i].rows);
  ck_assert_str_eq(matrix.note, first_rows[_i].says);
  ys_matrix_free(&matrix);
}
END_TEST

static const struct {
  const char *text, *says;
} bad_tables[] = {
    {"", "holds no rows of numbers"},
    {"\n# only this\n", "holds no rows of numbers"},
    {"cat,dog\n", "holds no rows of numbers"},
    {"1,2\n3\n", "line 2|1 fields|expected 2"},
    {"1,2\n\n#\n3,4,5\n", "line 4|3 fields|expected 2"},
    {"a,b,c\n3,4\n", "line 2|2 fields|expected 3"},
    {"1,2\n3,4,\n", "line 2|3 fields|expected 2"},
    {"1,2\n3,x\n", "line 2, field 2|'x' is not a number"},
    {"1,x\n3,4\n", "line 1, field 2|'x' is not a number"},
    {"a,b\nc,d\n", "line 2, field 1|'c' is not a number"},
    {"a,b\n1,2\nc,d\n", "line 3, field 1|'c' is not a number"},
    {"1,2\n,4\n", "line 2, field 1|'' is not a number"},
    {"1,2\n3, \n", "line 2, field 2|' ' is not a number"},
    {"1,2\n3,4 5\n", "line 2, field 2|'4 5' is not a number"},
    {"1,2\n3,4x\n", "line 2, field 2|'4x' is not a number"},
    {"1,2\n3,\"a\nb\"\n", "line 2, field 2|'a' is not a number"},
    {"1;2\n3,4\n", "line 2|2 fields|expected 1"},
    {"1;2\n3;4;5\n", "line 2|3 fields|expected 2"},
    {"1 2\n3\n", "line 2|1 fields|expected 2"},
    {"1 2\n3 4 5\n", "line 2|3 fields|expected 2"},
    {"1 2\n \n3 4\n", "line 2|1 fields|expected 2"},
    {"1\t2\n3\t\n", "line 2, field 2|'' is not a number"},
    {"1\t2\n\t4\n", "line 2, field 1|'' is not a number"},
    {"1;2\n0,5;0,5\n", "line 2, field 1|'0,5'|expected a decimal point"},
    {",0,1\n0,0.5,0.5\n1,0.5,0.5\n", "line 1|empty|index=False"},
    {",a,b\n0,0.5,0.5\n1,0.5,0.5\n", "line 1|empty|index=False"},
    {"\"\",\"V1\",\"V2\"\n\"1\",0.5,0.5\n", "line 1|empty|row.names=FALSE"},
    {"1,2\n3,\"4\n", "line 2, field 2|never closed"},
};

START_TEST(bad_table_is_refused_with_its_place) {
  size_t rows, cols;
  double out[16];
  put_text(path, bad_tables[_i].text);
  ck_assert_int_eq(read_numbers(&rows, &cols, out), YS_BAD_INPUT);
  assert_says(error.text, path);
  assert_says(error.text, bad_tables[_i].says);
}
END_TEST

START_TEST(file_that_shrinks_while_read_is_refused) {
  /* More than stdio buffers at a time. */
  enum { LINES = 20000 };
  ys_table table;
  double out[2];
  FILE *file = fopen(path, "w");
  for (int i = 0; i < LINES; i++)
    fputs("1,2\n", file);
  fclose(file);
  ck_assert_int_eq(ys_table_open(path, &table, &error), YS_OK);
  ck_assert_uint_eq(table.rows, LINES);
  ck_assert_int_eq(truncate(path, 8), 0);
  ys_code code = YS_OK;
  for (int i = 0; !code && i < LINES; i++)
    code = ys_table_next(&table, out, &error);
  ck_assert_int_eq(code, YS_BAD_INPUT);
  assert_says(error.text, "0 fields|expected 2");
  ys_table_close(&table);
}
END_TEST

/* Not even one that has something to say: a table is read twice. */
START_TEST(pipe_is_refused) {
  ys_csv csv;
  ys_table table;
  int ends[2];
  char name[64];
  ck_assert_int_eq(pipe(ends), 0);
  ck_assert_int_eq(write(ends[1], "1,2\n3,4\n", 8), 8);
  close(ends[1]);
  snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
  ck_assert_int_eq(ys_csv_open(name, 0, &csv, &error), YS_IO);
  assert_says(error.text, "/dev/fd|not a regular file");
  ck_assert_int_eq(ys_table_open(name, &table, &error), YS_IO);
  assert_says(error.text, "/dev/fd|not a regular file");
  close(ends[0]);
}
END_TEST

/* A table that rows are added to: what its last line may be. NULs are @. */
static const struct {
  const char *text, *rows; /* the rows NULL: refused */
  size_t line;             /* where it is torn or damaged; 0: it is whole */
} tables[] = {
    {"a,b\n1,2\n", "{[a][b]}{[1][2]}", 0},
    {"", "", 0},
    {"a,b\n1,2", "{[a][b]}", 2},
    {"a,b\n1,\"2", "{[a][b]}", 2},
    {"a,b\n1,2\"3", "{[a][b]}", 2},
    {"a,b\n1,2\n3\r", "{[a][b]}{[1][2]}", 3},
    {"a,b\n1,2\n@@@@", "{[a][b]}{[1][2]}", 3},
    {"a,b\n1,2\n3,@@", "{[a][b]}{[1][2]}", 3},
    {"a,b\n1,2\n3,\"@@", "{[a][b]}{[1][2]}", 3},
    {"a,b\n1,\"2\n3,4\n5,6\n", NULL, 2},
    {"a,b\n1,\"2\n3,4\n5,6", NULL, 2},
    {"a,b\n1,\"2\n3\"", NULL, 2},
    {"a,b\n1,2\"3\n4,5\n", NULL, 2},
    {"a,b\n1,2\"3\n4,5", NULL, 2},
    {"a,b\n1,@@\n3,4\n", NULL, 2},
    {"a,b\n@@@@@\n3,4", NULL, 2},
};

static void put_with_nuls(const char *text) {
  char bytes[64];
  size_t size = strlen(text);
  for (size_t i = 0; i < size; i++)
    bytes[i] = text[i] == '@' ? '\0' : text[i];
  put_bytes(path, bytes, size);
}

START_TEST(only_a_last_line_without_its_end_is_torn) {
  ys_csv csv;
  char all[64] = "";
  size_t used = 0;
  bool more = true, torn = false;
  ys_code code = YS_OK;
  put_with_nuls(tables[_i].text);
  ck_assert_int_eq(ys_csv_open(path, 0, &csv, &error), YS_OK);
  while (!(code = ys_csv_next_whole_row(&csv, &more, &torn, &error)) && more) {
    used += (size_t)sprintf(all + used, "{");
    for (size_t i = 0; i < csv.count; i++)
      used += (size_t)sprintf(all + used, "[%s]", ys_csv_field(&csv, i));
    used += (size_t)sprintf(all + used, "}");
  }
  ck_assert_int_eq(code, tables[_i].rows ? YS_OK : YS_BAD_INPUT);
  ck_assert_int_eq(torn, tables[_i].rows && tables[_i].line);
  if (tables[_i].rows)
    ck_assert_str_eq(all, tables[_i].rows);
  if (tables[_i].line)
    ck_assert_uint_eq(csv.line, tables[_i].line);
  ys_csv_close(&csv);
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("csv");
  TCase *tc = tcase_create("csv");
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_loop_test(tc, text_is_split_into_rows_and_fields, 0, COUNT(good));
  tcase_add_test(tc, comment_lines_are_skipped_where_asked);
  tcase_add_loop_test(tc, malformed_text_is_refused_with_its_place, 0,
                      COUNT(bad));
  tcase_add_loop_test(tc, only_a_last_line_without_its_end_is_torn, 0,
                      COUNT(tables));
  tcase_add_test(tc, line_is_where_the_row_begins);
  tcase_add_test(tc, any_quoted_text_comes_back);
  tcase_add_test(tc, unreadable_file_says_why);
  tcase_add_loop_test(tc, numbers_are_read_with_or_without_header, 0,
                      COUNT(one_table));
  tcase_add_test(tc, not_finite_numbers_are_read_as_they_are);
  tcase_add_loop_test(tc, a_header_is_told_of, 0, COUNT(first_rows));
  tcase_add_loop_test(tc, bad_table_is_refused_with_its_place, 0,
                      COUNT(bad_tables));
  tcase_add_test(tc, file_that_shrinks_while_read_is_refused);
  tcase_add_test(tc, pipe_is_refused);
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
