/* Somebody else's run directories: payloads in every text of their files,
 * every command that reads them and every kind of figure. Nothing but reading,
 * or refusing, may come of it: no command runs, nothing outside the directory
 * changes, no control character reaches the terminal. */
#include "bench/commands/commands.h"
#include "problems/formats/csv.h"
#include "problems/formats/text.h"
#include "tests/support/hostile_dir.h"

/* -------------------------------------------------------- what it does ---- */

static size_t entries;
static size_t bytes;

static int count_entry(const char *path, const struct stat *status, int kind,
                       struct FTW *place) {
  (void)kind;
  (void)place;
  if (strncmp(path, dir, strlen(dir)) != 0) {
    entries++;
    bytes += S_ISREG(status->st_mode) ? (size_t)status->st_size : 0;
  }
  return 0;
}

/* ROOT, a, b and the neighbour are all there is outside the directory. */
static void assert_nothing_outside(const char *line) {
  entries = bytes = 0;
  ck_assert_int_eq(nftw(root, count_entry, 8, FTW_PHYS), 0);
  ck_assert_msg(entries == 4 && bytes == 4, "%s: left %zu entries", line,
                entries);
}

/* Lines, or columns between tabs, of characters without a control among
 * them. */
static void assert_plain(const char *line, char *text) {
  for (char *l = strtok(text, "\n\t"); l; l = strtok(NULL, "\n\t")) {
    const char *fault = ys_text_fault(l);
    ck_assert_msg(!fault, "%s: byte 0x%02x in '%s'", line,
                  fault ? (unsigned char)*fault : 0U, l);
  }
}

/* Run a command on the directory; its exit status is 0, or 2 and an error in
 * one line. What it printed is left in `output`, if that is not NULL. */
static int try(const command_spec *of, const char *arguments, char **output) {
  char line[512], errors[4096];
  char *path = temp_file(".out");
  snprintf(line, sizeof line, arguments, dir);
  int status = run_words_into(of, line, path, errors, sizeof errors);
  char *text = text_of_file(path), *copy = strdup(text);
  ck_assert_msg(status == 0 || (status == 2 && strstr(errors, "error: ")),
                "%s: status %d, %s", line, status, errors);
  assert_plain(line, errors);
  assert_plain(line, copy);
  assert_nothing_outside(line);
  free(copy);
  if (output)
    *output = text;
  else
    free(text);
  drop_file(path);
  return status;
}

static void accept(const command_spec *of, const char *arguments) {
  ck_assert_msg(try(of, arguments, NULL) == 0, "%s: refused", arguments);
}

/* What reads a directory without drawing: a figure takes a process each. */
static void read_all(void) {
  accept(&cmd_table, "table %s");
  accept(&cmd_table, "table %s --format csv");
  accept(&cmd_table, "table %s --format tex");
  accept(&cmd_table, "table %s --total");
  accept(&cmd_table, "table %s --format json");
  accept(&cmd_table, "table %s --total --format csv");
  accept(&cmd_table, "table %s --total --format json");
  accept(&cmd_table, "table %s --pivot");
  accept(&cmd_table, "table %s --pivot --format csv");
  accept(&cmd_table, "table %s --pivot --format tex");
  accept(&cmd_table, "table %s --pivot --format json");
  accept(&cmd_compare, "compare %1$s %1$s");
  accept(&cmd_compare, "compare %1$s %1$s --format csv");
  accept(&cmd_compare, "compare %1$s %1$s --format json");
  accept(&cmd_report, "report %s");
}

/* A file that was made is one of characters, too. */
static void assert_file_is_plain(const char *name) {
  char *text = text_of_file(in_dir(dir, name));
  assert_plain(name, text);
  free(text);
}

/* Column `name` of a table on standard output holds the payloads, each once at
 * least. */
static void assert_column_comes_back(const char *arguments, const char *name) {
  char *text, *path = temp_file(".csv");
  bool seen[PAYLOADS] = {false}, more = true;
  size_t column = 0;
  ys_csv csv;
  ys_error error;
  try(&cmd_table, arguments, &text);
  put_text(path, text);
  ck_assert_int_eq(ys_csv_open(path, 0, &csv, &error), YS_OK);
  ck_assert_int_eq(ys_csv_next_row(&csv, &more, &error), YS_OK);
  while (strcmp(ys_csv_field(&csv, column), name) != 0)
    column++;
  size_t width = csv.count;
  while (ys_csv_next_row(&csv, &more, &error) == YS_OK && more) {
    ck_assert_uint_eq(csv.count, width);
    for (int i = 0; i < PAYLOADS; i++)
      seen[i] |= strcmp(ys_csv_field(&csv, column), load(payloads[i], 0)) == 0;
  }
  for (int i = 0; i < PAYLOADS; i++)
    ck_assert_msg(seen[i], "%s: no %s", arguments, payloads[i]);
  ys_csv_close(&csv);
  free(text);
  drop_file(path);
}

/* ------------------------------------------------------------- the tests -- */

START_TEST(solvers_and_messages_are_read) {
  make_runs(true);
  make_checks();
  make_labels();
  make_meta("x");
  read_all();
  accept(&cmd_labels, "labels %s");
  accept(&cmd_labels, "labels %s --format csv");
  assert_column_comes_back("table %s --format csv", "solver");
  assert_column_comes_back("table %s --format csv", "message");
  assert_column_comes_back("table %s --total --format csv", "solver");
  assert_column_comes_back("table %s --pivot --format csv", "solver");
  assert_file_is_plain("report.html");
}
END_TEST

/* These are read to be gone on with; a file like that need not be planned. */
START_TEST(sweeps_and_trainings_are_read) {
  make_runs(false);
  make_meta("x");
  make_trainings();
  put_in(dir, "s.yaml", "problems: [dirichlet]\nsolvers: [em]\n");
  try(&cmd_merge, "merge %1$s/merged %1$s", NULL);
  try(&cmd_sweep, "sweep %1$s/s.yaml -o %1$s --resume --dry-run", NULL);
  accept(&cmd_scores, "scores %s");
  accept(&cmd_scores, "scores %s --format csv");
  accept(&cmd_scores, "scores %s --format tsv");
}
END_TEST

/* What is not whole is named, whatever its name. */
START_TEST(damage_is_told_in_characters) {
  make_runs(true);
  ck_assert_int_eq(mkdir(in_dir(dir, "labels"), 0777), 0);
  put_in(dir, "labels/1\033[31m.npy", "x");
  put_in(dir, "meta.json", "{\"version\": \033[31m\x9b}");
  accept(&cmd_repair, "repair %s");
}
END_TEST

START_TEST(problems_starts_and_priors_are_read) {
  make_runs(false);
  make_checks();
  make_meta("x");
  read_all();
  assert_column_comes_back("table %s --format csv", "problem");
  assert_column_comes_back("table %s --format csv", "start");
  assert_column_comes_back("table %s --format csv", "prior");
  assert_file_is_plain("report.html");
}
END_TEST

static const char *const figures[] = {
    ("plot %s --gap 1e-3 --format svg --kind profile data-profile bars winner "
     "--unit #"),
    "plot %s --format svg -x time",
    "plot %s --format svg --kind segments",
    "plot %s --gap 1e-3 --format tikz --kind bars winner",
};

/* Each kind draws all the payloads at once, as names of solvers. */
START_TEST(solvers_are_drawn) {
  make_runs(true);
  make_checks();
  make_meta("\033[31m");
  accept(&cmd_plot, figures[_i]);
  if (_i == 1)
    assert_file_is_plain("figures/convergence-d-K3-lambda1-time.txt");
}
END_TEST

/* Each as a name of problems: that of a row of the map, and of the figure's
 * file and title. */
START_TEST(problems_are_drawn) {
  make_runs(false);
  make_checks();
  make_meta("x");
  accept(&cmd_plot, "plot %s --gap 1e-3 --format svg --kind winner profile");
  accept(&cmd_plot, "plot %s --gap 1e-3 --format svg --kind bars");
}
END_TEST

START_TEST(meta_is_read) {
  FILE *runs = open_in("runs.csv", RUNS_HEADER);
  FILE *traces = open_in("traces.csv", TRACES_HEADER);
  FILE *settings = open_in("settings.csv", SETTINGS_HEADER);
  put_run(runs, traces, settings, 1, 3, &(texts){"d", "em", "", "uniform"});
  fclose(runs);
  fclose(traces);
  fclose(settings);
  unlink(in_dir(dir, "settings.csv"));
  for (int i = 0; i < PAYLOADS + DIRTY; i++) {
    char *text, *line;
    const char *payload = i < PAYLOADS ? payloads[i] : dirty[i - PAYLOADS];
    if (i >= PAYLOADS && strpbrk(payload, "\xe9\xff\xc0\xed"))
      continue; /* JSON is UTF-8 */
    make_meta(load(payload, 0));
    read_all();
    assert_file_is_plain("report.html");
    ck_assert_int_eq(try(&cmd_table, "table %s --format tex", &text), 0);
    /* The first line is a comment, the second is the program's. */
    line = strchr(text, '\n') + 1;
    ck_assert(text[0] == '%' && strncmp(line, "% Needs", 7) == 0);
    free(text);
  }
}
END_TEST

/* Where it is not told apart from others: JSON is refused as a whole. */
START_TEST(meta_that_is_no_utf8_is_refused) {
  make_runs(true);
  put_in(dir, "meta.json", "{\"version\": \"\xff\"}");
  ck_assert_int_eq(try(&cmd_table, "table %s", NULL), 2);
}
END_TEST

/* Texts of tables hold characters alone, words and numbers are those there may
 * be: the %s of each row. */
static const struct {
  const char *file, *header, *row, *column;
  bool any; /* any text will do, if it is one */
} fields[] = {
#define RUN(problem, loss, fairness, lambda, solver, status, gap, message)     \
  "1," problem ",9,3," loss "," fairness "," lambda "," solver                 \
  ",0,1,1," status ",1,0,1,0,1,1," gap "," message "\n"
    {"runs.csv", RUNS_HEADER,
     RUN("%s", "collision", "strong", "1", "em", "stalled", "1", ""), "problem",
     true},
    {"runs.csv", RUNS_HEADER,
     RUN("d", "%s", "strong", "1", "em", "stalled", "1", ""), "loss", false},
    {"runs.csv", RUNS_HEADER,
     RUN("d", "collision", "%s", "1", "em", "stalled", "1", ""), "fairness",
     false},
    {"runs.csv", RUNS_HEADER,
     RUN("d", "collision", "strong", "%s", "em", "stalled", "1", ""), "lambda",
     false},
    {"runs.csv", RUNS_HEADER,
     RUN("d", "collision", "strong", "1", "%s", "stalled", "1", ""), "solver",
     true},
    {"runs.csv", RUNS_HEADER,
     RUN("d", "collision", "strong", "1", "em", "%s", "1", ""), "status",
     false},
    {"runs.csv", RUNS_HEADER,
     RUN("d", "collision", "strong", "1", "em", "stalled", "%s", ""), "gap",
     false},
    {"runs.csv", RUNS_HEADER,
     RUN("d", "collision", "strong", "1", "em", "stalled", "1", "%s"),
     "message", true},
    {"traces.csv", TRACES_HEADER, "%s,0,0,1,1,1\n", "run_id", false},
    {"traces.csv", TRACES_HEADER, "1,%s,0,1,1,1\n", "iteration", false},
    {"traces.csv", TRACES_HEADER, "1,0,0,1,1,%s\n", "gap", false},
#define SETTING(batch, start, prior, tolerance, version, commit, cpu)          \
  "1,h," batch "," start "," prior "," tolerance ",9,60,-1,270,64," version    \
  "," commit "," cpu "\n"
    {"settings.csv", SETTINGS_HEADER,
     SETTING("%s", "s", "p", "1", "v", "c", "x"), "batch", true},
    {"settings.csv", SETTINGS_HEADER,
     SETTING("b", "%s", "p", "1", "v", "c", "x"), "start", true},
    {"settings.csv", SETTINGS_HEADER,
     SETTING("b", "s", "%s", "1", "v", "c", "x"), "prior", true},
    {"settings.csv", SETTINGS_HEADER,
     SETTING("b", "s", "p", "%s", "v", "c", "x"), "tolerance", false},
    {"settings.csv", SETTINGS_HEADER,
     SETTING("b", "s", "p", "1", "%s", "c", "x"), "version", true},
    {"settings.csv", SETTINGS_HEADER,
     SETTING("b", "s", "p", "1", "v", "%s", "x"), "commit", true},
    {"settings.csv", SETTINGS_HEADER,
     SETTING("b", "s", "p", "1", "v", "c", "%s"), "cpu", true},
#define CHECK(check, problem, loss, fairness, worst, expected, observed,       \
              verdict)                                                         \
  check "," problem "," loss "," fairness ",3," worst ",1," expected           \
        "," observed "," verdict "\n"
    {"checks.csv", CHECKS_HEADER,
     CHECK("%s", "d", "-", "-", "0", "holds", "holds", "ok"), "check", true},
    {"checks.csv", CHECKS_HEADER,
     CHECK("l", "%s", "-", "-", "0", "holds", "holds", "ok"), "problem", true},
    {"checks.csv", CHECKS_HEADER,
     CHECK("l", "d", "%s", "-", "0", "holds", "holds", "ok"), "loss", false},
    {"checks.csv", CHECKS_HEADER,
     CHECK("l", "d", "-", "%s", "0", "holds", "holds", "ok"), "fairness",
     false},
    {"checks.csv", CHECKS_HEADER,
     CHECK("l", "d", "-", "-", "%s", "holds", "holds", "ok"), "worst", false},
    {"checks.csv", CHECKS_HEADER,
     CHECK("l", "d", "-", "-", "0", "%s", "holds", "ok"), "expected", false},
    {"checks.csv", CHECKS_HEADER,
     CHECK("l", "d", "-", "-", "0", "holds", "%s", "ok"), "observed", false},
    {"checks.csv", CHECKS_HEADER,
     CHECK("l", "d", "-", "-", "0", "holds", "holds", "%s"), "verdict", false},
    {"segments.csv", SEGMENTS_HEADER, "%s,1,collision,1,0,0\n", "problem",
     true},
    {"segments.csv", SEGMENTS_HEADER, "d,1,%s,1,0,0\n", "panel", false},
};

/* The command refuses, and says where. */
static void refuse(const command_spec *of, const char *arguments, int field) {
  char line[512], errors[4096], where[64];
  snprintf(line, sizeof line, arguments, dir);
  int status = run_words(of, line, errors, sizeof errors);
  snprintf(where, sizeof where, "%s, line 2, column %s: found '",
           fields[field].file, fields[field].column);
  ck_assert_msg(status == 2 && strstr(errors, where), "%s: status %d, %s", line,
                status, errors);
  assert_plain(line, errors);
  assert_nothing_outside(line);
}

/* All that read the field's file. */
static void refuse_all(int field) {
  if (strcmp(fields[field].file, "segments.csv") == 0) {
    refuse(&cmd_plot, "plot %s --kind segments", field);
    return;
  }
  refuse(&cmd_report, "report %s", field);
  if (strcmp(fields[field].file, "checks.csv") == 0)
    return;
  refuse(&cmd_table, "table %s", field);
  refuse(&cmd_compare, "compare %1$s %1$s", field);
  refuse(&cmd_plot, "plot %s --kind winner --gap 1e-3", field);
}

/* The payloads in field number _i. */
START_TEST(fields_are_what_they_may_be) {
  put_in(dir, "runs.csv",
         RUNS_HEADER "1,d,9,3,collision,strong,1,em,0,1,1,"
                     "stalled,1,0,1,0,1,1,1,\n");
  put_in(dir, "traces.csv", TRACES_HEADER "1,1,1,1,1,1e-4\n");
  put_in(dir, "meta.json", "{}");
  for (int i = 0; i < PAYLOADS + DIRTY; i++) {
    if (fields[_i].any && i < PAYLOADS)
      continue;
    char quoted[600], row[1200], *to = quoted;
    *to++ = '"';
    for (const char *c =
             load(i < PAYLOADS ? payloads[i] : dirty[i - PAYLOADS], 0);
         *c; c++)
      to += sprintf(to, *c == '"' ? "\"\"" : "%c", *c);
    strcpy(to, "\"");
    if (strcmp(quoted, "\"-\"") == 0)
      continue; /* "-" is nothing, where that is allowed */
    snprintf(row, sizeof row, fields[_i].row, quoted);
    FILE *out = open_in(fields[_i].file, fields[_i].header);
    fputs(row, out);
    fclose(out);
    refuse_all(_i);
  }
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("hostile");
  TCase *tc = tcase_create("hostile");
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_test(tc, solvers_and_messages_are_read);
  tcase_add_test(tc, problems_starts_and_priors_are_read);
  tcase_add_test(tc, sweeps_and_trainings_are_read);
  tcase_add_test(tc, damage_is_told_in_characters);
  tcase_add_loop_test(tc, solvers_are_drawn, 0,
                      many(sizeof figures, sizeof *figures));
  tcase_add_test(tc, problems_are_drawn);
  tcase_add_test(tc, meta_is_read);
  tcase_add_test(tc, meta_that_is_no_utf8_is_refused);
  tcase_add_loop_test(tc, fields_are_what_they_may_be, 0,
                      many(sizeof fields, sizeof *fields));
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
