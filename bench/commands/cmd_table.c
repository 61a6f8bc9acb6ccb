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

#define PIVOT_GAP 1e-6

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
static ys_code put_totals(const command_line *line, table_format format,
                          selected_runs *runs, ys_error *error) {
  total_times made = {0};
  table_output output;
  ys_code code = selected_runs_choose(line->args, runs, error);
  if (!code && format == TABLE_LATEX)
    code = ys_fail(error, YS_BAD_INPUT,
                   "--total: expected format md, csv or json");
  if (!code)
    code = total_times_make(&runs->set, &made, error);
  if (!code)
    code = command_open_table(line, format == TABLE_MARKDOWN, &output, error);
  if (!code) {
    code = total_times_write(output.file, format, &made, error);
    code = command_finish_table(&output, code, error);
  }
  total_times_free(&made);
  return code;
}

/* The gaps asked for, or the usual ones; of a pivot table there is one. */
static ys_code read_gaps(const arg *args, const selected_runs *runs,
                         table_format format, double **gaps, size_t *count,
                         ys_error *error) {
  const bool pivoted = args_given(args, "pivot");
  ys_code code = gap_levels_read(args, "gap", gaps, count, error);
  if (code)
    return code;
  if (args_given(args, "gap"))
    return pivoted && *count > 1
               ? ys_fail(error, YS_BAD_INPUT, "--pivot: expected one gap")
               : YS_OK;
  if (pivoted)
    **gaps = PIVOT_GAP;
  *count = pivoted ? 1
                   : keep_asked(asked_gap(&runs->results),
                                format == TABLE_LATEX ? 2 : 1, *count, *gaps);
  return YS_OK;
}

static ys_code put_pivot(const command_line *line, table_format format,
                         const selected_runs *runs, double gap,
                         ys_error *error) {
  pivot made;
  table_output output;
  ys_code code = pivot_make(&runs->set, gap, &made, error);
  if (code)
    return code;
  code = command_open_table(line, format == TABLE_MARKDOWN, &output, error);
  if (!code) {
    code = pivot_write(output.file, format, args_given(line->args, "transpose"),
                       &made, &runs->made, error);
    code = command_finish_table(&output, code, error);
  }
  pivot_free(&made);
  return code;
}

static ys_code put_gaps(const command_line *line, table_format format,
                        const selected_runs *runs, const double *gaps,
                        size_t count, ys_error *error) {
  gap_table table;
  table_output output;
  ys_code code = gap_table_make(&runs->set, gaps, count, &table, error);
  if (code)
    return code;
  code = command_open_table(line, format == TABLE_MARKDOWN, &output, error);
  if (!code) {
    code = gap_table_write(output.file, format, &table, &runs->made, error);
    code = command_finish_table(&output, code, error);
  }
  gap_table_free(&table);
  return code;
}

/* The table of the runs that the arguments select. */
static ys_code tabulate(const command_line *line, table_format format,
                        selected_runs *runs, ys_error *error) {
  double *gaps = NULL;
  size_t count = 0;
  ys_code code = read_gaps(line->args, runs, format, &gaps, &count, error);
  if (!code)
    code = selected_runs_choose(line->args, runs, error);
  if (!code && args_given(line->args, "pivot"))
    code = put_pivot(line, format, runs, *gaps, error);
  else if (!code)
    code = put_gaps(line, format, runs, gaps, count, error);
  free(gaps);
  return code;
}

static ys_code show(command_line *line, ys_error *error) {
  selected_runs runs;
  table_format format;
  ys_code code = command_check_output(line, error);
  if (code)
    return code;
  code = find_format(line, &format, error);
  if (code)
    return code;
  if (args_given(line->args, "total") && args_given(line->args, "pivot"))
    return ys_fail(error, YS_BAD_INPUT, "--total or --pivot, not both");
  if (args_given(line->args, "transpose") &&
      (!args_given(line->args, "pivot") || format == TABLE_CSV ||
       format == TABLE_JSON))
    return ys_fail(error, YS_BAD_INPUT,
                   "--transpose is of --pivot, in format md or tex");
  code = selected_runs_read(line->words[0], true, &runs, error);
  if (!code)
    code = args_given(line->args, "total")
               ? put_totals(line, format, &runs, error)
               : tabulate(line, format, &runs, error);
  selected_runs_free(&runs);
  return code;
}

static const arg_option options[] = {
    {"format", 0, ARG_ONE, "md",
     "FORMAT  %s (default), csv, tex or json; by the ending of FILE"},
    {"total", 0, ARG_FLAG, NULL,
     "  sum up over problems, such as a recording's"},
    {"pivot", 0, ARG_FLAG, NULL,
     "  solvers against y-steps at one gap (--gap, default 1e-6)"},
    {"transpose", 0, ARG_FLAG, NULL,
     "  with that, a row a y-step, a column a solver"},
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
    "monitoring. Markdown (drawn, on a terminal) and LaTeX (booktabs; split\n"
    "to the width of an 11 pt article) are for reading; CSV is one table with\n"
    "a line for each solver and gap; JSON holds the same. The gaps are 1e-2,\n"
    "1e-3, ... 1e-9 (every second one in LaTeX) but for those below the\n"
    "tolerance at which the runs stopped.\n"
    "--pivot shows a row a solver and a column a y-step at one gap, with how\n"
    "many y-steps the solver solves, its shifted geometric mean of seconds,\n"
    "and how many times that is the best one's; with --transpose a row a\n"
    "y-step, for few solvers and many y-steps. Columns of CSV else:\n"
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
    "  message              what a run had to say, a failed one first\n"
    "  noise                of repeats: (most - least) / median of seconds an\n"
    "                       iteration";

const command_spec cmd_table = {
    .name = "table",
    .summary = "seconds and iterations to each gap, from a run directory",
    .usage = "ystep table DIR [options]",
    .about = about,
    .examples = "  ystep table results/0001\n"
                "  ystep table out --gap 1e-2 1e-6 1e-9 --format tex -o t.tex\n"
                "  ystep table out --pivot --gap 1e-6 --lambda 1 -o t.tex\n"
                "  ystep table out -p dirichlet -s em pgd --format csv\n",
    .options = options,
    .least_words = 1,
    .most_words = 1,
    .missing_words = "table needs a run directory (try --help)",
    .run = show,
};
