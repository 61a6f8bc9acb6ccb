#include "bench/commands/command.h"

#include "bench/analysis/selection.h"
#include "bench/cli/args.h"
#include "bench/cli/console.h"
#include "bench/report/report.h"
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
static ys_code report_results(const arg *args, const result_set *results,
                              report *page, ys_error *error) {
  static const double usual[] = {1e-2, 1e-4, 1e-6};
  group_set set = {0};
  gap_table table = {0};
  double *gaps = NULL;
  size_t gap_count = 0;
  ys_code code =
      gap_levels_read(args, "gaps", usual, sizeof usual / sizeof *usual, &gaps,
                      &gap_count, error);
  if (!code)
    code = groups_make(results, &set, error);
  if (!code)
    code = selection_apply(args, &set, error);
  if (!code)
    code = gaptable_make(&set, gaps, gap_count, &table, error);
  page->table = &table;
  if (!code)
    code = write_page(args, page, error);
  gaptable_free(&table);
  groups_free(&set);
  free(gaps);
  return code;
}

static ys_code report_all(const arg *args, report *page, bool has_runs,
                          ys_error *error) {
  result_set results = {0};
  provenance made;
  ys_code code = has_runs ? results_read(page->dir, &results, error) : YS_OK;
  if (code)
    return code;
  code = provenance_read(page->dir, &made, error);
  if (!code) {
    page->made = &made;
    code = has_runs ? report_results(args, &results, page, error)
                    : write_page(args, page, error);
    provenance_free(&made);
  }
  results_free(&results);
  return code;
}

/* A directory of `ystep check` alone has checks, but no runs. */
static bool is_without_runs(const char *dir) {
  char *path = rundir_file(dir, "runs.csv");
  bool without = path && access(path, F_OK) != 0;
  free(path);
  return without;
}

static ys_code report_directory(const arg *args, const char *dir,
                                ys_error *error) {
  check_table checks;
  report page = {.dir = dir, .checks = &checks};
  ys_code code = checks_read(dir, &checks, error);
  if (code)
    return code;
  bool only_checks = checks.count && is_without_runs(dir);
  code = report_all(args, &page, !only_checks, error);
  checks_free(&checks);
  return code;
}

int cmd_report(int argc, char **argv) {
  arg args[sizeof options / sizeof *options];
  ys_error error;
  const char *dir;
  size_t found;
  memcpy(args, options, sizeof options);
  ys_code code = args_parse(argc, argv, args, &dir, 1, &found, &error);
  if (!code && args_given(args, "help"))
    args_print_help(&help, args);
  else if (!code && !found)
    code = ys_fail(&error, YS_BAD_INPUT,
                   "report needs a run directory (try --help)");
  else if (!code)
    code = report_directory(args, dir, &error);
  args_free(args);
  return code ? console_error(&error) : EXIT_DONE;
}
