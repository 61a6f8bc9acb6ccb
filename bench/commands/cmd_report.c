#include "bench/commands/commands.h"

#include "bench/analysis/labelling.h"
#include "bench/analysis/selection.h"
#include "bench/analysis/train_summary.h"
#include "bench/cli/console.h"
#include "bench/report/report.h"
#include "bench/store/rundir.h"
#include "problems/vector/array.h"

#include <stdlib.h>

/* ------------------------------------------------------------ the file ---- */

static ys_code open_page(const command_line *line, ys_output *output,
                         ys_error *error) {
  if (args_given(line->args, "output")) {
    ys_code code = command_check_output(line, error);
    return code ? code : command_open_output(line, output, error);
  }
  char *path = rundir_file(line->words[0], "report.html");
  ys_code code = path ? ys_output_create(output, path, error)
                      : ys_fail_memory(error, "a file name");
  free(path);
  return code;
}

static ys_code write_page(const command_line *line, const report *page,
                          ys_error *error) {
  const char *given = args_text(line->args, "output");
  ys_output output;
  ys_code code = open_page(line, &output, error);
  if (code)
    return code;
  code = report_write(output.file, page, error);
  if (code) {
    ys_output_abandon(&output);
    return code;
  }
  code = ys_output_finish(&output, error);
  if (!code)
    console_say("%s%s", given ? given : line->words[0],
                given ? "" : "/report.html");
  return code;
}

/* ---------------------------------------------------------- the content --- */

/* What is owned of a directory on the page. */
typedef struct directory {
  bool has_runs;
  selected_runs runs;
  gap_table table;
  check_table checks;
  training_table trainings;
} directory;

/* Each of the optional tables, whose rows there are as many as `count`. */
static ys_code read_tables(const char *dir, directory *of, ys_error *error) {
  void *rows = NULL;
  ys_code code = records_read_all(dir, &schema_checks, true, &rows,
                                  &of->checks.count, error);
  of->checks.rows = rows;
  rows = NULL;
  if (!code)
    code = records_read_all(dir, &schema_trainings, true, &rows,
                            &of->trainings.count, error);
  of->trainings.rows = rows;
  rows = NULL;
  if (!code && of->trainings.count)
    code = records_read_all(dir, &schema_epochs, true, &rows,
                            &of->trainings.epoch_count, error);
  of->trainings.epochs = rows;
  return code;
}

static void close_directory(directory *of) {
  gap_table_free(&of->table);
  selected_runs_free(&of->runs);
  records_free_all(&schema_checks, of->checks.rows, of->checks.count);
  records_free_all(&schema_trainings, of->trainings.rows, of->trainings.count);
  records_free_all(&schema_epochs, of->trainings.epochs,
                   of->trainings.epoch_count);
}

/* A directory of `ystep check` or `ystep train` has no runs. */
static ys_code open_directory(const command_line *line, const char *dir,
                              const double *gaps, size_t gap_count,
                              directory *of, ys_error *error) {
  ys_code code = read_tables(dir, of, error);
  of->has_runs = true;
  if (!code && (of->checks.count || of->trainings.count))
    code = rundir_has(dir, "runs.csv", &of->has_runs, error);
  if (!code)
    code = selected_runs_read(dir, of->has_runs, &of->runs, error);
  if (code || !of->has_runs)
    return code;
  code = selected_runs_choose_part(line->args, &of->runs, error);
  return code ? code
              : gap_table_make(&of->runs.set, gaps, gap_count, &of->table,
                               error);
}

/* What --label may name: problems and solvers of runs, and the texts of
 * trainings, of any of the directories. */
static ys_code check_labels(const arg_texts words, const directory *dirs,
                            size_t count, ys_error *error) {
  size_t most = 0, found = 0;
  for (size_t i = 0; i < count; i++)
    most =
        ys_plus(most, ys_plus(ys_times(LABEL_KINDS, dirs[i].runs.results.count),
                              ys_times(TRAIN_TEXTS, dirs[i].trainings.count)));
  const char **specs = ys_array(most + 1, sizeof *specs);
  if (!specs)
    return ys_fail_memory(error, "labels");
  for (size_t i = 0; i < count; i++) {
    labelling_specs(&dirs[i].runs.results, specs + found);
    found += LABEL_KINDS * dirs[i].runs.results.count;
    for (size_t t = 0; t < dirs[i].trainings.count; t++, found += TRAIN_TEXTS)
      train_texts(&dirs[i].trainings.rows[t], specs + found);
  }
  ys_code code = labelling_check(words, (arg_texts){specs, found}, error);
  free(specs);
  return code;
}

/* The names of the directories, "a, b", unless --title says another. */
static ys_code find_title(const command_line *line, ys_memory *memory,
                          const char **title, ys_error *error) {
  *title = args_text(line->args, "title");
  for (size_t i = 0; i < line->word_count && !args_given(line->args, "title");
       i++)
    *title = i ? ys_take_text(memory, "%s, %s", *title, line->words[i])
               : line->words[i];
  return ys_memory_check(memory, error);
}

static ys_code put_page(const command_line *line, directory *dirs,
                        report_part *parts, ys_memory *memory,
                        ys_error *error) {
  report page = {NULL, parts, line->word_count};
  const arg_texts labels = args_texts(line->args, "label");
  double *gaps = NULL;
  size_t gap_count = 0, ysteps = 0;
  ys_code code = gap_levels_read(line->args, "gap", &gaps, &gap_count, error);
  for (size_t i = 0; !code && i < page.count; i++) {
    directory *of = &dirs[i];
    code = open_directory(line, line->words[i], gaps, gap_count, of, error);
    parts[i] = (report_part){line->words[i], of->has_runs ? &of->table : NULL,
                             &of->trainings, &of->checks,
                             &of->runs.made, labels,
                             ysteps};
    ysteps += of->has_runs ? of->runs.set.count : 0;
  }
  if (!code)
    code = check_labels(labels, dirs, page.count, error);
  if (!code)
    code = find_title(line, memory, &page.title, error);
  if (!code)
    code = write_page(line, &page, error);
  for (size_t i = 0; i < page.count; i++)
    close_directory(&dirs[i]);
  free(gaps);
  return code;
}

static ys_code report_directories(command_line *line, ys_error *error) {
  ys_memory memory = {0};
  directory *dirs =
      ys_take(&memory, line->word_count, sizeof *dirs, "the directories");
  report_part *parts =
      ys_take(&memory, line->word_count, sizeof *parts, "the directories");
  ys_code code = ys_memory_check(&memory, error);
  if (!code)
    code = put_page(line, dirs, parts, &memory, error);
  ys_give_back(&memory);
  return code;
}

static const arg_option options[] = {
    {"gap", 'g', ARG_MANY, "1e-2 1e-4 1e-6",
     "GAP...  of the tables (default %s)"},
    SELECTION_OPTIONS,
    {"title", 0, ARG_ONE, NULL, "TEXT  default: the directory's name"},
    {"output", 'o', ARG_ONE, NULL, "FILE  default: DIR/report.html"},
    {"force", 0, ARG_FLAG, NULL, "  with -o, replace an existing FILE"},
    {0}};

enum { MOST_DIRS = 64 };

static const char about[] =
    "Write run directories as one HTML page that needs nothing beside it and\n"
    "no network: a table of solvers over all y-steps, figures to zoom into\n"
    "and to save with their data, tables of time to gap to sort, filters for\n"
    "solvers, problems and lambda that act on all of it, failures, trainings,\n"
    "the checks of checks.csv if there are some, what was run on which\n"
    "machine, and the command that does each run again. It goes to\n"
    "DIR/report.html, of the first directory, which is written anew.";

const command_spec cmd_report = {
    .name = "report",
    .summary = "run directories as one HTML page, figures and all",
    .usage = "ystep report DIR... [options]",
    .about = about,
    .examples =
        "  ystep report results/0001\n"
        "  ystep report out --gap 1e-3 1e-6 1e-9 -o page.html\n"
        "  ystep report before after --title 'Before and after' -o both.html\n"
        "  ystep check -o laws && ystep report laws\n",
    .options = options,
    .least_words = 1,
    .most_words = MOST_DIRS,
    .missing_words = "report needs a run directory (try --help)",
    .run = report_directories,
};
