#include "bench/commands/command.h"

#include "bench/analysis/selection.h"
#include "bench/cli/console.h"
#include "bench/store/provenance.h"
#include "bench/tables/tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const arg_help help = {
    .usage = "ystep compare A B [options]",
    .about =
        "Compare two run directories, such as those of two commits, A the old\n"
        "one: for every solver on the same problem, loss, fairness, lambda,\n"
        "start and prior, how the seconds to each gap changed: the ratio of\n"
        "medians with a bootstrap interval, a rank test over the repeats, and "
        "a\n"
        "verdict: B is faster, slower, no difference shown, or too few "
        "repeats\n"
        "to say. Iterations and optima are compared too. Seven repeats are\n"
        "enough for about 85 comparisons, five for six.\n"
        "Runs of A and B that were done hours apart also differ by what else "
        "the\n"
        "machine did. Exit status 1 if --fail-if-slower says so, or if the "
        "two\n"
        "directories contradict each other about an optimum.",
    .examples =
        "  ystep compare old new\n"
        "  ystep compare old new --gaps 1e-6 -s em pgd --format csv > c.csv\n"
        "  ystep compare old new --gaps 1e-6 --fail-if-slower 1.2\n",
};

static const arg options[] = {
    {"gaps", 'g', ARG_MANY, "GAP...  (default 1e-2 1e-4 1e-6)", 0, 0},
    SELECTION_OPTIONS,
    {"fail-if-slower", 0, ARG_ONE,
     "FACTOR  exit with 1 if B is slower, and the interval above FACTOR", 0, 0},
    {"confidence", 0, ARG_ONE, "P  of intervals and tests (default 0.95)", 0,
     0},
    {"seed", 0, ARG_ONE, "S  of the bootstrap (default 1)", 0, 0},
    {"format", 0, ARG_ONE, "FORMAT  md (default) or csv", 0, 0},
    {"force", 0, ARG_FLAG, "  compare what two machines did", 0, 0},
    {"help", 'h', ARG_FLAG, "  this page", 0, 0},
    {0}};

/* ------------------------------------------------------------- verdicts --- */

/* Slower with confidence by the factor: by the whole interval; or B does not
 * reach a gap that A does. */
static bool is_slower_by(const comparison *row, double factor) {
  return row->verdict == COMPARE_SLOWER &&
         (isnan(row->low) ? isinf(row->b.seconds) : row->low > factor);
}

static int find_status(const compare_result *result, double factor) {
  size_t slower = 0, contradictions = 0;
  for (size_t i = 0; i < result->count; i++) {
    slower += is_slower_by(&result->rows[i], factor);
    contradictions += !result->rows[i].agree;
  }
  if (slower && isfinite(factor))
    console_note("%zu of %zu comparisons are slower by a factor above %g",
                 slower, result->count, factor);
  if (contradictions)
    console_note("%zu comparisons contradict each other about the optimum: "
                 "other data, or a bound that is none",
                 contradictions);
  return (slower && isfinite(factor)) || contradictions ? EXIT_RUN_FAILED
                                                        : EXIT_DONE;
}

/* -------------------------------------------------------------- options --- */

static ys_code read_numbers(const arg *args, compare_request *request,
                            double *factor, ys_error *error) {
  double seed;
  ys_code code =
      args_number(args, "fail-if-slower", 1, 1e6, INFINITY, factor, error);
  if (!code)
    code = args_number(args, "confidence", 0.5, 0.9999, 0.95,
                       &request->confidence, error);
  if (!code)
    code = args_whole(args, "seed", 0, 4294967295.0, 1, &seed, error);
  if (!code)
    request->seed = (unsigned long)seed;
  return code;
}

static ys_code check_format(const arg *args, ys_error *error) {
  const char *format = args_text(args, "format", "md");
  return strcmp(format, "md") == 0 || strcmp(format, "csv") == 0
             ? YS_OK
             : ys_fail(error, YS_BAD_INPUT,
                       "no format '%s': expected md or csv", format);
}

static void write_result(const arg *args, const compare_request *request,
                         const compare_result *result) {
  if (strcmp(args_text(args, "format", "md"), "csv") == 0)
    compare_write_csv(stdout, result);
  else
    compare_write_markdown(stdout, request, result);
}

static ys_code compare_sides(const arg *args, compare_request *request,
                             double factor, int *status, ys_error *error) {
  static const double usual[] = {1e-2, 1e-4, 1e-6};
  compare_result result;
  double *gaps = NULL;
  ys_code code =
      args_given(args, "force")
          ? YS_OK
          : provenance_check_machine(request->a.dir, request->a.made,
                                     request->b.dir, request->b.made, error);
  if (!code)
    code = gap_levels_read(args, "gaps", usual, sizeof usual / sizeof *usual,
                           &gaps, &request->gap_count, error);
  request->gaps = gaps;
  if (!code)
    code = compare_make(request, &result, error);
  if (!code) {
    write_result(args, request, &result);
    *status = find_status(&result, factor);
    compare_free(&result);
  }
  free(gaps);
  return code;
}

static ys_code open_side(const arg *args, const char *dir, selected_runs *runs,
                         compare_input *side, ys_error *error) {
  *side = (compare_input){dir, &runs->set, &runs->made};
  ys_code code = selected_runs_read(dir, true, runs, error);
  if (!code)
    code = selected_runs_choose(args, runs, error);
  return code;
}

static ys_code compare(const command_line *line, int *status, ys_error *error) {
  const arg *args = line->args;
  selected_runs a = {0}, b = {0};
  compare_request request = {0};
  double factor;
  ys_code code = check_format(args, error);
  if (!code)
    code = read_numbers(args, &request, &factor, error);
  if (!code)
    code = open_side(args, line->words[0], &a, &request.a, error);
  if (!code)
    code = open_side(args, line->words[1], &b, &request.b, error);
  if (!code)
    code = compare_sides(args, &request, factor, status, error);
  selected_runs_free(&b);
  selected_runs_free(&a);
  return code;
}

int cmd_compare(int argc, char **argv) {
  static const command_spec compare_command = {
      options, &help, 2, 2, "compare needs two run directories (try --help)",
      compare};
  return command_run(&compare_command, argc, argv);
}
