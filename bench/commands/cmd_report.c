#include "bench/commands/commands.h"

#include "bench/analysis/selection.h"
#include "bench/cli/console.h"
#include "bench/report/report.h"
#include "bench/store/rundir.h"

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
    console_say("%s%s", given ? given : page->dir, given ? "" : "/report.html");
  return code;
}

/* ---------------------------------------------------------- the content --- */

/* The runs that the arguments select, as tables. */
static ys_code report_runs(const command_line *line, selected_runs *runs,
                           report *page, ys_error *error) {
  gap_table table = {0};
  double *gaps = NULL;
  size_t gap_count = 0;
  ys_code code = gap_levels_read(line->args, "gap", &gaps, &gap_count, error);
  if (!code)
    code = selected_runs_choose(line->args, runs, error);
  if (!code)
    code = gap_table_make(&runs->set, gaps, gap_count, &table, error);
  page->table = &table;
  if (!code)
    code = write_page(line, page, error);
  gap_table_free(&table);
  free(gaps);
  return code;
}

static ys_code report_directory(command_line *line, ys_error *error) {
  void *checked;
  check_table checks;
  selected_runs runs = {0};
  report page = {.dir = line->words[0], .checks = &checks, .made = &runs.made};
  ys_code code = records_read_all(page.dir, &schema_checks, true, &checked,
                                  &checks.count, error);
  if (code)
    return code;
  checks.rows = checked;
  /* A directory of `ystep check` alone has checks, but no runs. */
  bool with_runs = true;
  if (checks.count)
    code = rundir_has(page.dir, "runs.csv", &with_runs, error);
  if (!code)
    code = selected_runs_read(page.dir, with_runs, &runs, error);
  if (!code)
    code = with_runs ? report_runs(line, &runs, &page, error)
                     : write_page(line, &page, error);
  selected_runs_free(&runs);
  records_free_all(&schema_checks, checked, checks.count);
  return code;
}

static const arg_option options[] = {
    {"gap", 'g', ARG_MANY, "1e-2 1e-4 1e-6",
     "GAP...  of the tables (default %s)"},
    SELECTION_OPTIONS,
    {"output", 'o', ARG_ONE, NULL, "FILE  default: DIR/report.html"},
    {"force", 0, ARG_FLAG, NULL, "  with -o, replace an existing FILE"},
    {0}};

static const char about[] =
    "Write a run directory as one HTML page that needs nothing beside it and\n"
    "no network: what was run on which machine, tables of time to gap, of\n"
    "statuses and failures, figures to zoom into and to take solvers out of,\n"
    "the checks of checks.csv if there are some, and the command that does\n"
    "each run again. It goes to DIR/report.html, which is written anew.";

const command_spec cmd_report = {
    .name = "report",
    .summary = "a run directory as one HTML page, figures and all",
    .usage = "ystep report DIR [options]",
    .about = about,
    .examples = "  ystep report results/0001\n"
                "  ystep report out --gap 1e-3 1e-6 1e-9 -o page.html\n"
                "  ystep check -o laws && ystep report laws\n",
    .options = options,
    .least_words = 1,
    .most_words = 1,
    .missing_words = "report needs a run directory (try --help)",
    .run = report_directory,
};
