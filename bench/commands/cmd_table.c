#include "bench/commands/commands.h"

#include "bench/analysis/selection.h"
#include "bench/tables/tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static ys_code find_format(const command_line *line, table_format *found,
                           ys_error *error) {
  size_t which = 0;
  ys_code code =
      command_find_format(line, YS_NAMES(table_formats), &which, error);
  *found = (table_format)which;
  return code;
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

/* Of the usual gaps those that the runs went for, of which every `step`-th;
 * how many they are. */
static size_t keep_asked(double asked, size_t step, size_t count,
                         double *gaps) {
  size_t kept = 0;
  for (size_t i = 0; i < count; i += step)
    if (i == 0 || gaps[i] >= asked)
      gaps[kept++] = gaps[i];
  return kept;
}

/* --total: a row a solver, over all problems. */
static ys_code sum_up(const command_line *line, ys_error *error) {
  result_set results;
  total_times made = {0};
  ys_output output;
  table_format format;
  ys_code code = results_read(line->words[0], &results, error);
  if (code)
    return code;
  code = find_format(line, &format, error);
  if (!code && format == TABLE_LATEX)
    code = ys_fail(error, YS_BAD_INPUT, "--total: expected format md or csv");
  if (!code)
    code = total_times_make(&results, &made, error);
  if (!code)
    code = command_open_output(line, &output, error);
  if (!code) {
    (format == TABLE_CSV ? total_times_write_csv
                         : total_times_write_markdown)(output.file, &made);
    code = ys_output_finish(&output, error);
  }
  total_times_free(&made);
  results_free(&results);
  return code;
}

/* The table of the runs that the arguments select. */
static ys_code tabulate(const command_line *line, selected_runs *runs,
                        ys_error *error) {
  gap_table table = {0};
  ys_output output;
  double *gaps = NULL;
  size_t gap_count = 0;
  table_format format;
  const arg *args = line->args;
  ys_code code = find_format(line, &format, error);
  if (code)
    return code;
  code = gap_levels_read(args, "gap", &gaps, &gap_count, error);
  if (!code && !args_given(args, "gap"))
    gap_count = keep_asked(asked_gap(&runs->results),
                           format == TABLE_LATEX ? 2 : 1, gap_count, gaps);
  if (!code)
    code = selected_runs_choose(args, runs, error);
  if (!code)
    code = gap_table_make(&runs->set, gaps, gap_count, &table, error);
  if (!code)
    code = command_open_output(line, &output, error);
  if (!code) {
    gap_table_write(output.file, format, &table, &runs->made);
    code = ys_output_finish(&output, error);
  }
  gap_table_free(&table);
  free(gaps);
  return code;
}

static ys_code show(command_line *line, ys_error *error) {
  selected_runs runs;
  ys_code code = command_check_output(line, error);
  if (code)
    return code;
  if (args_given(line->args, "total"))
    return sum_up(line, error);
  code = selected_runs_read(line->words[0], true, &runs, error);
  if (!code)
    code = tabulate(line, &runs, error);
  selected_runs_free(&runs);
  return code;
}

static const arg_option options[] = {
    {"format", 0, ARG_ONE, "md",
     "FORMAT  %s (default), csv or tex; by the ending of FILE"},
    {"total", 0, ARG_FLAG, NULL,
     "  sum up over problems, such as a recording's"},
    {"gap", 'g', ARG_MANY, "1e-2 1e-3 1e-4 1e-5 1e-6 1e-7 1e-8 1e-9",
     "GAP...  to these (default: 1e-2, 1e-3, ... as below)"},
    SELECTION_OPTIONS,
    {"output", 'o', ARG_ONE, NULL, "FILE  default: standard output"},
    {"force", 0, ARG_FLAG, NULL, "  replace an existing FILE"},
    {0}};

static const char about[] =
    "Show how long every solver took to come within each gap of the optimum:\n"
    "a block a problem, loss, fairness and lambda, a row a solver, medians\n"
    "over repeats. Seconds are the solver's own, without set-up and\n"
    "monitoring. Markdown and LaTeX (booktabs) are for reading; CSV is one\n"
    "table with a line for each solver and gap. The gaps are 1e-2, 1e-3,\n"
    "... 1e-9 (every second one in LaTeX, for the width of a page) but for\n"
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
    "  message              what a run had to say, a failed one first";

const command_spec cmd_table = {
    .name = "table",
    .summary = "seconds and iterations to each gap, from a run directory",
    .usage = "ystep table DIR [options]",
    .about = about,
    .examples = "  ystep table results/0001\n"
                "  ystep table out --gap 1e-2 1e-6 1e-9 --format tex -o t.tex\n"
                "  ystep table out -p dirichlet -s em pgd --format csv\n",
    .options = options,
    .least_words = 1,
    .most_words = 1,
    .missing_words = "table needs a run directory (try --help)",
    .run = show,
};
