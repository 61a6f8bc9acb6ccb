/* bench/store/schema.c, records.c: docs/file-formats.md names the columns that
 * there are, and what is written is read back. */
#include "bench/store/schema.h"
#include "tests/support/rundirs.h"
#include "tests/support/testing.h"

#include <float.h>

static ys_error error;

static const record_table *const tables[] = {
    &schema_runs,     &schema_traces,    &schema_settings, &schema_checks,
    &schema_segments, &schema_trainings, &schema_epochs};
enum { TABLES = sizeof tables / sizeof *tables };

static size_t place_of(const record_table *table, const char *name) {
  size_t i = 0;
  while (i < table->count && strcmp(table->fields[i].name, name) != 0)
    i++;
  return i;
}

/* The names in backticks in the first cell of a row "| `a`, `b` | ... |". */
static void tick_off(char *line, const record_table *table, bool *seen) {
  char *end = line[0] == '|' ? strchr(line + 1, '|') : NULL;
  for (char *at = line; end && (at = strchr(at, '`')) && at < end;) {
    char *name = at + 1, *close = strchr(name, '`');
    *close = '\0';
    size_t i = place_of(table, name);
    ck_assert_msg(i < table->count, "%s has no column '%s'", table->name, name);
    ck_assert_msg(!seen[i], "%s: '%s' is there twice", table->name, name);
    seen[i] = true;
    at = close + 1;
  }
}

START_TEST(the_documentation_names_every_column_once) {
  const record_table *table = tables[_i];
  const char *source = getenv("YSTEP_SOURCE");
  char path[4096], title[64], line[4096];
  bool seen[RECORD_FIELDS] = {false}, inside = false;
  snprintf(path, sizeof path, "%s/docs/file-formats.md", source ? source : ".");
  snprintf(title, sizeof title, "### %s\n", table->name);
  FILE *file = fopen(path, "r");
  ck_assert_ptr_nonnull(file);
  while (fgets(line, sizeof line, file)) {
    if (line[0] == '#')
      inside = strcmp(line, title) == 0;
    if (inside)
      tick_off(line, table, seen);
  }
  fclose(file);
  for (size_t i = 0; i < table->count; i++)
    ck_assert_msg(seen[i], "%s: %s is not in docs/file-formats.md", table->name,
                  table->fields[i].name);
}
END_TEST

/* Columns that nobody could tell apart, or that do not fit. */
START_TEST(columns_are_apart_and_fit) {
  const record_table *table = tables[_i];
  char header[RECORD_HEADER];
  ck_assert_uint_le(table->count, RECORD_FIELDS);
  ck_assert_uint_lt(strlen(record_header(table, header)), RECORD_HEADER - 1);
  for (size_t i = 0; i < table->count; i++) {
    ck_assert_uint_eq(place_of(table, table->fields[i].name), i);
    ck_assert_uint_lt(table->fields[i].offset, table->size);
    for (size_t j = 0; j < i; j++)
      ck_assert_uint_ne(table->fields[i].offset, table->fields[j].offset);
  }
}
END_TEST

START_TEST(what_is_written_is_read_back) {
  char *dir = temp_dir();
  csvout csv;
  void *rows;
  size_t count;
  const result_row wrote = {.run_id = 7,
                            .problem = "a, \"b\"",
                            .rows = 9,
                            .classes = 3,
                            .loss = "reverse",
                            .fairness = "weak",
                            .lambda = 0.1 + 0.2,
                            .solver = "em",
                            .seed = 4294967295,
                            .threads = 2,
                            .status = "failed",
                            .iterations = 3,
                            .setup_seconds = 0.25,
                            .objective = INFINITY,
                            .lower_bound = -INFINITY,
                            .gap = DBL_TRUE_MIN,
                            .message = ""};
  ck_assert_int_eq(
      record_open_table(csvout_open, &csv, dir, &schema_runs, &error), YS_OK);
  record_write(&csv, &schema_runs, &wrote);
  ck_assert_int_eq(csvout_flush(&csv, &error), YS_OK);
  csvout_close(&csv);
  ck_assert_int_eq(
      records_read_all(dir, &schema_runs, false, &rows, &count, &error), YS_OK);
  ck_assert_uint_eq(count, 1);
  const result_row *read = rows;
  ck_assert_str_eq(read->problem, wrote.problem);
  ck_assert_str_eq(read->loss, wrote.loss);
  ck_assert_str_eq(read->status, wrote.status);
  ck_assert_int_eq(read->seed, wrote.seed);
  ck_assert(read->lambda == wrote.lambda && read->gap == wrote.gap);
  ck_assert(read->objective == INFINITY && read->lower_bound == -INFINITY);
  ck_assert(read->setup_seconds == 0.25);
  records_free_all(&schema_runs, rows, count);
  drop_dir(dir);
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("schema");
  TCase *tc = tcase_create("tables");
  tcase_add_loop_test(tc, the_documentation_names_every_column_once, 0, TABLES);
  tcase_add_loop_test(tc, columns_are_apart_and_fit, 0, TABLES);
  tcase_add_test(tc, what_is_written_is_read_back);
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
