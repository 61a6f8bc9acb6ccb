#include "bench/commands/commands.h"

#include "bench/analysis/labelling.h"
#include "bench/analysis/selection.h"
#include "bench/cli/console.h"
#include "bench/store/meta.h"
#include "bench/tables/tables.h"
#include "problems/vector/array.h"

#include <math.h>
#include <stdlib.h>

/* ------------------------------------------------------------- verdicts --- */

/* Slower with confidence by the factor: by the whole interval; or B does not
 * reach a gap that A does. */
static bool is_slower_by(const comparison *row, double factor) {
  return row->verdict == COMPARE_SLOWER &&
         (isnan(row->low) ? isinf(row->b.seconds) : row->low > factor);
}

static bool is_decided(const comparison *row) {
  return row->verdict == COMPARE_FASTER || row->verdict == COMPARE_SLOWER ||
         row->verdict == COMPARE_NONE_SHOWN;
}

/* Whether there is something that --fail-if-slower could have seen: says so. */
static bool is_decidable(const compare_result *result, bool allowed) {
  size_t decided = 0;
  for (size_t i = 0; i < result->count; i++)
    decided += is_decided(&result->rows[i]);
  console_note("%zu of %zu comparisons could be decided%s", decided,
               result->count,
               decided || allowed ? ""
                                  : ": too few repeats, gaps not reached, or "
                                    "other batches; --allow-undecided lets "
                                    "that pass");
  return decided || allowed;
}

static bool is_refused(const compare_result *result, double factor) {
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
  return (slower && isfinite(factor)) || contradictions;
}

/* -------------------------------------------------------------- options --- */

enum { MARKDOWN, CSV, JSON };
static const char *const formats[] = {"md", "csv", "json"};

static ys_code read_options(const command_line *line, compare_request *request,
                            size_t *format, double *factor, ys_error *error) {
  const arg *args = line->args;
  const arg_whole seed = {"seed", 0, ARGS_MOST_SEED, &request->seed};
  *factor = INFINITY;
  ys_code code = command_find_format(line, YS_NAMES(formats), format, error);
  if (!code)
    code = args_number(args, "fail-if-slower", 1, 1e6, factor, error);
  if (!code)
    code = args_number(args, "confidence", 0.5, 0.9999, &request->confidence,
                       error);
  return code ? code : args_wholes(args, &seed, 1, error);
}

static ys_code write_result(const command_line *line,
                            const compare_request *request,
                            const compare_result *result, size_t format,
                            ys_error *error) {
  table_output output;
  ys_code code = command_open_table(line, format == MARKDOWN, &output, error);
  if (code)
    return code;
  if (format == JSON)
    code = compare_write_json(output.file, request, result, error);
  else if (format == CSV)
    compare_write_csv(output.file, result);
  else
    compare_write_markdown(output.file, request, result);
  return command_finish_table(&output, code, error);
}

static ys_code compare_sides(const command_line *line, compare_request *request,
                             size_t format, double factor, bool *refused,
                             ys_error *error) {
  const arg *args = line->args;
  compare_result result;
  double *gaps = NULL;
  ys_code code =
      args_given(args, "any-machine")
          ? YS_OK
          : provenance_check_machine(request->a.dir, request->a.made,
                                     request->b.dir, request->b.made, error);
  if (!code)
    code = gap_levels_read(args, "gap", &gaps, &request->gap_count, error);
  request->gaps = gaps;
  if (!code)
    code = compare_make(request, &result, error);
  if (!code) {
    code = write_result(line, request, &result, format, error);
    *refused = !code && is_refused(&result, factor);
    if (!code && isfinite(factor) &&
        !is_decidable(&result, args_given(args, "allow-undecided")))
      *refused = true;
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
    code = selected_runs_choose_part(args, runs, error);
  return code;
}

/* --label may name what one of the sides has. */
static ys_code check_labels(const arg *args, const selected_runs *a,
                            const selected_runs *b, ys_error *error) {
  const size_t of_a = LABEL_KINDS * a->results.count,
               of_b = LABEL_KINDS * b->results.count;
  const char **specs = ys_array(ys_plus(of_a, of_b), sizeof *specs);
  if (!specs)
    return ys_fail_memory(error, "labels");
  labelling_specs(&a->results, specs);
  labelling_specs(&b->results, specs + of_a);
  ys_code code = labelling_check(args_texts(args, "label"),
                                 (arg_texts){specs, of_a + of_b}, error);
  free(specs);
  return code;
}

static ys_code compare(command_line *line, ys_error *error) {
  const arg *args = line->args;
  selected_runs a = {0}, b = {0};
  compare_request request = {0};
  double factor;
  size_t format;
  bool refused = false;
  ys_code code = command_check_output(line, error);
  if (!code)
    code = read_options(line, &request, &format, &factor, error);
  if (!code)
    code = open_side(args, line->words[0], &a, &request.a, error);
  if (!code)
    code = open_side(args, line->words[1], &b, &request.b, error);
  if (!code)
    code = check_labels(args, &a, &b, error);
  if (!code)
    code = compare_sides(line, &request, format, factor, &refused, error);
  line->status = refused ? EXIT_RUN_FAILED : EXIT_DONE;
  selected_runs_free(&b);
  selected_runs_free(&a);
  return code;
}

static const arg_option options[] = {
    {"gap", 'g', ARG_MANY, "1e-2 1e-4 1e-6", "GAP...  (default %s)"},
    SELECTION_OPTIONS,
    {"fail-if-slower", 0, ARG_ONE, NULL,
     "FACTOR  exit with 1 if B is slower, and the interval above FACTOR, or "
     "if nothing could be decided"},
    {"allow-undecided", 0, ARG_FLAG, NULL,
     "  with that, accept that nothing could be decided"},
    {"confidence", 0, ARG_ONE, "0.95",
     "P  of intervals and tests (default %s)"},
    {"seed", 0, ARG_ONE, "1", "S  of the bootstrap (default %s)"},
    {"any-machine", 0, ARG_FLAG, NULL, "  compare what two machines did, too"},
    {"format", 0, ARG_ONE, "md",
     "FORMAT  %s (default), csv or json; by the ending of FILE"},
    {"output", 'o', ARG_ONE, NULL, "FILE  default: standard output"},
    {"force", 0, ARG_FLAG, NULL, "  replace an existing FILE"},
    {0}};

static const char about[] =
    "Compare two run directories, such as those of two commits, A the old\n"
    "one: for every solver on the same problem, loss, fairness, lambda,\n"
    "start and prior, how the seconds to each gap changed: the ratio of\n"
    "medians with a bootstrap interval, a rank test over the repeats, and a\n"
    "verdict: B is faster, slower, no difference shown, or too few repeats\n"
    "to say. Iterations and optima are compared too. Seven repeats are\n"
    "enough for about 85 comparisons, five for six.\n"
    "Runs of A and B that were done hours apart also differ by what else the\n"
    "machine did. Exit status 1 if --fail-if-slower says so (it also says\n"
    "how many comparisons could be decided, and fails where none could), or "
    "if\n"
    "the two directories contradict each other about an optimum.";

const command_spec cmd_compare = {
    .name = "compare",
    .summary = "two run directories: what became faster or slower",
    .usage = "ystep compare A B [options]",
    .about = about,
    .examples = "  ystep compare old new\n"
                "  ystep compare old new --gap 1e-6 -s em pgd -o c.csv\n"
                "  ystep compare old new --gap 1e-6 --fail-if-slower 1.2\n",
    .options = options,
    .least_words = 2,
    .most_words = 2,
    .missing_words = "compare needs two run directories (try --help)",
    .run = compare,
};
