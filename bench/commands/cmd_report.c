#include "bench/commands/command.h"

#include "bench/analysis/selection.h"
#include "bench/cli/console.h"
#include "bench/report/report.h"
#include "bench/store/rundir.h"
#include "bench/store/rundir_clear.h"
#include "bench/system/files.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const arg_help help = {
    .usage = "ystep report DIR [options]",
    .about =
        "Write a run directory as one HTML page that needs nothing beside it "
        "and\n"
        "no network: what was run on which machine, tables of time to gap, of\n"
        "statuses and failures, figures to zoom into and to take solvers out "
        "of,\n"
        "the checks of checks.csv if there are some, and the command that "
        "does\n"
        "each run again. It goes to DIR/report.html, which is written anew.",
    .examples = "  ystep report results/0001\n"
                "  ystep report out --gaps 1e-3 1e-6 1e-9 -o page.html\n"
                "  ystep check -o laws && ystep report laws\n",
};

static const arg options[] = {
    {"gaps", 'g', ARG_MANY, "GAP...  of the tables (default 1e-2 1e-4 1e-6)", 0,
     0},
    SELECTION_OPTIONS,
    {"output", 'o', ARG_ONE, "FILE  default: DIR/report.html", 0, 0},
    {"force", 0, ARG_FLAG, "  with -o, replace an existing FILE", 0, 0},
    {"help", 'h', ARG_FLAG, "  this page", 0, 0},
    {0}};

/* ------------------------------------------------------------ the file ---- */

static ys_code open_page(const arg *args, const char *dir, ys_output *output,
                         ys_error *error) {
  const char *given = args_text(args, "output", NULL);
  if (given) {
    ys_code code = rundir_check_output(dir, given, error);
    return code ? code
                : files_open_output(output, given, args_given(args, "force"),
                                    error);
  }
  char *path = rundir_file(dir, "report.html");
  ys_code code = path ? ys_output_create(output, path, error)
                      : ys_fail_memory(error, "a file name");
  free(path);
  return code;
}

static ys_code write_page(const arg *args, const report *page,
                          ys_error *error) {
  const char *given = args_text(args, "output", NULL);
  ys_output output;
  ys_code code = open_page(args, page->dir, &output, error);
  if (code)
    return code;
  code = report_write(output.file, page, error);
  if (code) {
    ys_output_abandon(&output);
    return code;
  }
  code = ys_output_finish(&output, error);
  if (!code)
    printf("%s%s\n", given ? given : page->dir, given ? "" : "/report.html");
  return code;
}

/* ---------------------------------------------------------- the content --- */

/* The runs that the arguments select, as tables. */
static ys_code report_runs(const arg *args, selected_runs *runs, report *page,
                           ys_error *error) {
  static const double usual[] = {1e-2, 1e-4, 1e-6};
  gap_table table = {0};
  double *gaps = NULL;
  size_t gap_count = 0;
  ys_code code =
      gap_levels_read(args, "gaps", usual, sizeof usual / sizeof *usual, &gaps,
                      &gap_count, error);
  if (!code)
    code = selected_runs_choose(args, runs, error);
  if (!code)
    code = gaptable_make(&runs->set, gaps, gap_count, &table, error);
  page->table = &table;
  if (!code)
    code = write_page(args, page, error);
  gaptable_free(&table);
  free(gaps);
  return code;
}

/* A directory of `ystep check` alone has checks, but no runs. */
static bool is_without_runs(const char *dir) {
  char *path = rundir_file(dir, "runs.csv");
  bool without = path && access(path, F_OK) != 0;
  free(path);
  return without;
}

static ys_code report_directory(const command_line *line, int *status,
                                ys_error *error) {
  check_table checks;
  selected_runs runs;
  report page = {.dir = line->words[0], .checks = &checks, .made = &runs.made};
  (void)status;
  ys_code code = checks_read(page.dir, &checks, error);
  if (code)
    return code;
  bool with_runs = !checks.count || !is_without_runs(page.dir);
  code = selected_runs_read(page.dir, with_runs, &runs, error);
  if (!code)
    code = with_runs ? report_runs(line->args, &runs, &page, error)
                     : write_page(line->args, &page, error);
  selected_runs_free(&runs);
  checks_free(&checks);
  return code;
}

int cmd_report(int argc, char **argv) {
  static const command_spec report_command = {
      options,         &help, 1, 1, "report needs a run directory (try --help)",
      report_directory};
  return command_run(&report_command, argc, argv);
}
