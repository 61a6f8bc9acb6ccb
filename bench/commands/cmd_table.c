#include "bench/commands/command.h"

#include "bench/analysis/selection.h"
#include "bench/cli/console.h"
#include "bench/store/rundir_clear.h"
#include "bench/system/files.h"
#include "bench/tables/tables.h"
#include "problems/options.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const arg_help help = {
    .usage = "ystep table DIR [options]",
    .about =
        "Show how long every solver took to come within each gap of the "
        "optimum:\n"
        "a block a problem, loss, fairness and lambda, a row a solver, "
        "medians\n"
        "over repeats. Seconds are the solver's own, without set-up and\n"
        "monitoring. Markdown and LaTeX (booktabs) are for reading; CSV is "
        "one\n"
        "table with a line for each solver and gap. The gaps are 1e-2, 1e-3,\n"
        "... 1e-9 (every second one in LaTeX, for the width of a page) but "
        "for\n"
        "those below the tolerance at which the runs stopped. Columns of CSV:\n"
        "  problem,rows,classes,loss,fairness,lambda,start,prior,solver\n"
        "                       as in runs.csv and settings.csv\n"
        "  runs                 repeats\n"
        "  status               one word, or `converged 2, time_limit 1`\n"
        "  iterations,seconds_per_iteration,setup_seconds,solve_seconds\n"
        "                       of whole runs\n"
        "  final_gap            at the end of the run\n"
        "  target_gap           the gap that the next five columns are about\n"
        "  reached              how many runs reached it\n"
        "  seconds_to_gap       median; inf: half the runs or more did not\n"
        "  seconds_low,seconds_high  10 % and 90 % quantiles\n"
        "  iterations_to_gap    median\n"
        "  best_gap             the smallest recorded\n"
        "  message              what a run had to say, a failed one first",
    .examples =
        "  ystep table results/0001\n"
        "  ystep table out --gaps 1e-2 1e-6 1e-9 --format tex -o t.tex\n"
        "  ystep table out -p dirichlet -s em pgd --format csv\n",
};

static const arg options[] = {
    {"format", 0, ARG_ONE, "FORMAT  md (default), csv or tex", 0, 0},
    {"total", 0, ARG_FLAG, "  sum up over problems, such as a recording's", 0,
     0},
    {"gaps", 'g', ARG_MANY,
     "GAP...  to these (default: 1e-2, 1e-3, ... as below)", 0, 0},
    SELECTION_OPTIONS,
    {"output", 'o', ARG_ONE, "FILE  default: standard output", 0, 0},
    {"force", 0, ARG_FLAG, "  replace an existing FILE", 0, 0},
    {"help", 'h', ARG_FLAG, "  this page", 0, 0},
    {0}};

typedef void writer(FILE *out, const gap_table *table, const provenance *made);

static const struct {
  const char *name;
  writer *write;
} formats[] = {{"md", gaptable_write_markdown},
               {"csv", gaptable_write_csv},
               {"tex", gaptable_write_latex}};

/* The format asked for, or by the ending of the file, or Markdown. */
static ys_code find_writer(const arg *args, writer **found, ys_error *error) {
  const char *output = args_text(args, "output", "");
  const char *dot = strrchr(output, '.');
  const char *format = args_text(args, "format", NULL);
  const char *word = format ? format : dot ? dot + 1 : "";
  size_t which = 0;
  ys_code code = ys_look_up("table format", YS_NAMES(formats), word,
                            strlen(word), NULL, &which, format ? error : NULL);
  *found = formats[code ? 0 : which].write;
  return format ? code : YS_OK;
}

/* The least gap that the runs were asked for; 0 if that is not known. */
static double asked_gap(const result_set *results) {
  double least = INFINITY;
  for (size_t i = 0; i < results->count; i++) {
    const run_settings *own = results->rows[i].settings;
    least = fmin(least, own ? own->tolerance : 0);
  }
  return least;
}

enum { DECADES = 8 };

/* The decades from 1e-2 to 1e-9 that the runs went for, or every second one;
 * how many they are. */
static size_t usual_gaps(double asked, size_t step, double usual[DECADES]) {
  static const double all[DECADES] = {1e-2, 1e-3, 1e-4, 1e-5,
                                      1e-6, 1e-7, 1e-8, 1e-9};
  size_t count = 0;
  for (size_t i = 0; i < DECADES; i += step)
    if (i == 0 || all[i] >= asked)
      usual[count++] = all[i];
  return count;
}

static ys_code open_output(const arg *args, ys_output *output,
                           ys_error *error) {
  return files_open_output(output, args_text(args, "output", NULL),
                           args_given(args, "force"), error);
}

static ys_code write_table(const arg *args, const gap_table *table,
                           const provenance *made, writer *write,
                           ys_error *error) {
  ys_output output;
  ys_code code = open_output(args, &output, error);
  if (code)
    return code;
  write(output.file, table, made);
  return ys_output_finish(&output, error);
}

/* --total: a row a solver, over all problems. */
static ys_code sum_up(const arg *args, const result_set *results,
                      ys_error *error) {
  total_times made;
  ys_output output;
  writer *write;
  ys_code code = find_writer(args, &write, error);
  if (!code && write == gaptable_write_latex)
    code = ys_fail(error, YS_BAD_INPUT, "--total: expected format md or csv");
  if (!code)
    code = total_times_make(results, &made, error);
  if (code)
    return code;
  code = open_output(args, &output, error);
  if (!code) {
    (write == gaptable_write_csv
         ? total_times_write_csv
         : total_times_write_markdown)(output.file, &made);
    code = ys_output_finish(&output, error);
  }
  total_times_free(&made);
  return code;
}

/* The table of the runs that the arguments select. */
static ys_code tabulate(const arg *args, selected_runs *runs, ys_error *error) {
  gap_table table = {0};
  double usual[DECADES], *gaps = NULL;
  size_t gap_count = 0, usual_count;
  writer *write;
  ys_code code = find_writer(args, &write, error);
  if (code)
    return code;
  usual_count = usual_gaps(asked_gap(&runs->results),
                           write == gaptable_write_latex ? 2 : 1, usual);
  code = gap_levels_read(args, "gaps", usual, usual_count, &gaps, &gap_count,
                         error);
  if (!code)
    code = selected_runs_choose(args, runs, error);
  if (!code)
    code = gaptable_make(&runs->set, gaps, gap_count, &table, error);
  if (!code)
    code = write_table(args, &table, &runs->made, write, error);
  gaptable_free(&table);
  free(gaps);
  return code;
}

static ys_code sum_up_directory(const arg *args, const char *dir,
                                ys_error *error) {
  result_set results;
  ys_code code = results_read(dir, &results, error);
  if (code)
    return code;
  code = sum_up(args, &results, error);
  results_free(&results);
  return code;
}

static ys_code show(const command_line *line, int *status, ys_error *error) {
  const arg *args = line->args;
  const char *dir = line->words[0];
  selected_runs runs;
  (void)status;
  ys_code code =
      rundir_check_output(dir, args_text(args, "output", NULL), error);
  if (code)
    return code;
  if (args_given(args, "total"))
    return sum_up_directory(args, dir, error);
  code = selected_runs_read(dir, true, &runs, error);
  if (!code)
    code = tabulate(args, &runs, error);
  selected_runs_free(&runs);
  return code;
}

int cmd_table(int argc, char **argv) {
  static const command_spec table_command = {
      options, &help, 1, 1, "table needs a run directory (try --help)", show};
  return command_run(&table_command, argc, argv);
}
