#include "bench/commands/commands.h"

#include "bench/cli/console.h"
#include "bench/ranks/ranks.h"
#include "bench/run/experiment.h"
#include "bench/run/input_files.h"
#include "bench/store/meta.h"
#include "bench/system/clock_and_signals.h"
#include "bench/text/numbers.h"

#include "problems/formats/labels_file.h"
#include "problems/formats/npz.h"
#include "problems/problem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ------------------------------------------------------------ request ---- */

/* Whether a text is a problem as `run -p` takes it, and not the name of a file.
 */
static bool is_problem(const char *text) {
  const size_t length = ys_spec_name_length(text);
  size_t which;
  return access(text, F_OK) != 0 &&
         ys_names_find(YS_NAMES_TO_NULL(ys_problems), text, length, &which);
}

/* "file:path=..." of a path, in which a comma is doubled. */
static const char *spec_of(const char *path, ys_memory *memory) {
  const char *begin = "file:path=";
  char *spec = ys_take(memory, 2 * strlen(path) + strlen(begin) + 1, 1,
                       "the batch's name");
  if (!spec)
    return NULL;
  strcpy(spec, begin);
  for (char *to = spec + strlen(spec); *path; path++) {
    *to++ = *path;
    if (*path == ',')
      *to++ = ',';
  }
  return spec;
}

/* One batch: of a recording that is one epoch. */
static ys_code read_batch(const char *word, request *r, ys_error *error) {
  const char *spec = is_problem(word) ? word : spec_of(word, &r->memory);
  const arg_texts one = {&spec, 1};
  if (!spec)
    return ys_memory_check(&r->memory, error);
  ys_code code = input_files_expand(one, &r->memory, &r->expanded,
                                    &r->problems.count, error);
  r->problems.item = r->expanded;
  if (code || r->problems.count == 1)
    return code;
  return ys_fail(error, YS_BAD_INPUT, "%s: %zu batches: expected one (epoch=N)",
                 word, r->problems.count);
}

static ys_code read_numbers(const arg *args, request *r, ys_error *error) {
  ys_code code =
      args_number(args, "tol", 0, 1e300, &r->limits.tolerance, error);
  if (!code)
    code = args_number(args, "time-limit", 0, 1e9, &r->limits.seconds, error);
  return code ? code : args_threads(args, &r->threads, error);
}

/* `solver`, where its name stands, outlives the request. */
static ys_code read_request(const command_line *line, const char *const *solver,
                            request *r, ys_error *error) {
  const arg *args = line->args;
  *r = (request){.solvers = {solver, 1},
                 .prior = args_text(args, "prior"),
                 .start_given = args_text(args, "start"),
                 .start = args_text(args, "start"),
                 .limits = {.max_iterations = (long)REQUEST_ITERATIONS},
                 .repeats = 1,
                 .seed = 1};
  if (!args_text(args, "output"))
    return ys_fail(error, YS_BAD_INPUT, "solve needs -o LABELS (try --help)");
  ys_code code = request_read_terms(args, r, error);
  if (!code) { /* the last one given */
    r->terms[0] = r->terms[r->term_count - 1];
    r->term_count = 1;
  }
  if (!code)
    code = read_numbers(args, r, error);
  if (!code)
    code = read_batch(line->words[0], r, error);
  if (code)
    request_free(r);
  return code;
}

/* ------------------------------------------------------------ solving ---- */

/* Of the kind that the output's name asks for. */
static ys_code write_labels(const char *path, ys_output *output,
                            const experiment *e, const ys_labels *y,
                            ys_error *error) {
  const ys_share share = ys_batch_share(&e->problems[0].batch);
  return ys_npz_is_name(path)
             ? ys_labels_write_sparse_to(output, y, &share, error)
             : ys_labels_write_dense_to(output, y, &share, error);
}

static void print_result(const char *output, const run_result *result) {
  FILE *out = files_same(output, "/dev/stdout") ? stderr : stdout;
  char objective[NUMBER_ROOM], bound[NUMBER_ROOM];
  if (!console_is_quiet())
    fprintf(out, "objective %s\nbound     %s\ngap       %.2e\n",
            text_exact(objective, result->last.objective),
            text_exact(bound, result->last.lower_bound), result->last.gap);
  if (result->status != RUN_CONVERGED)
    console_note("the gap was not reached: %s%s%s",
                 run_status_name(result->status),
                 result->message[0] ? ", " : "", result->message);
  else if (result->message[0])
    console_note("%s", result->message);
}

/* Labels of a run that failed, or that was to stop, are not kept. */
static ys_code finish(command_line *line, const experiment *e,
                      ys_output *output, const run_result *result,
                      const ys_labels *y, ys_error *error) {
  const bool is_kept =
      result->status != RUN_FAILED && result->status != RUN_INTERRUPTED;
  const char *path = args_text(line->args, "output");
  const char *loss = ys_ranks_loss(e->request->ranks);
  ys_code code = is_kept ? write_labels(path, output, e, y, error) : YS_OK;
  if (loss)
    code = ys_fail(error, YS_IO, "%s", loss);
  if (!code)
    print_result(path, result);
  line->status = interrupt_status(
      result->status == RUN_CONVERGED ? EXIT_DONE : EXIT_RUN_FAILED);
  return code;
}

/* The output is open before the work begins, and is a file when it is done. */
static ys_code solve_batch(command_line *line, const experiment *e,
                           ys_error *error) {
  run_result result;
  ys_labels y;
  ys_output output = {.folder = -1};
  const ys_ranks *ranks = e->request->ranks;
  ys_code code =
      ranks_speaks(ranks) ? command_open_output(line, &output, error) : YS_OK;
  const ys_code all = ys_ranks_agree(ranks, code, error);
  if (all) {
    ys_output_abandon(&output);
    return all;
  }
  interrupt_install();
  code = experiment_run(e, 0, NULL, &e->request->limits, NULL, NULL, &result,
                        &y, error);
  if (!code) {
    code = finish(line, e, &output, &result, &y, error);
    run_result_free(&result);
    ys_labels_free(&y);
  }
  ys_output_abandon(&output);
  return code;
}

static ys_code solve(command_line *line, ys_error *error) {
  const char *solver = args_text(line->args, "solver");
  request r;
  experiment e = {0};
  file_list inputs = {0};
  const ys_ranks *ranks;
  ys_code code = ranks_begin(meta_program, &ranks, error);
  if (!code)
    code = read_request(line, &solver, &r, error);
  if (code)
    return code;
  r.ranks = ranks;
  code = experiment_open(&e, &r, error);
  if (!code)
    code = experiment_inputs(&e, &inputs, error);
  if (!code)
    code = files_check_apart(&inputs, args_text(line->args, "output"), error);
  code = ys_ranks_agree(ranks, code, error);
  if (!code)
    code = solve_batch(line, &e, error);
  files_free(&inputs);
  experiment_close(&e);
  request_free(&r);
  return code;
}

static const arg_option options[] = {
    {"output", 'o', ARG_ONE, NULL,
     "LABELS  .npz: sparse, as SciPy has them; else .npy, dense"},
    {"loss", 0, ARG_ONE, "collision", "LOSS  %s (default), shannon or reverse"},
    {"fairness", 0, ARG_ONE, "strong", "FAIRNESS  %s (default) or weak"},
    {"lambda", 0, ARG_ONE, "1", "LAMBDA  weight of fairness (default %s)"},
    {"prior", 0, ARG_ONE, NULL,
     "FILE  class prior, .npy or .csv (default uniform)"},
    {"start", 0, ARG_ONE, "uniform",
     "WHERE[:mix=EPS]  %s (default), sigma, random, FILE.npy or .npz"},
    {"tol", 0, ARG_ONE, REQUEST_TEXT(REQUEST_TOLERANCE),
     "GAP  stop at this certified gap (default %s)"},
    {"time-limit", 0, ARG_ONE, REQUEST_TEXT(REQUEST_SECONDS),
     "SECONDS  of solver time (default %s)"},
    {"solver", 's', ARG_ONE, "exact",
     "SOLVER  name[:key=value,...] (default %s)"},
    {"threads", 0, ARG_ONE, NULL, "T  OpenMP threads (default: all cores)"},
    {"force", 0, ARG_FLAG, NULL, "  replace an existing file"},
    {0}};

const command_spec cmd_solve = {
    .name = "solve",
    .summary = "the exact labels of one batch",
    .usage = "ystep solve BATCH -o LABELS [options]",
    .about =
        "Find the labels of one batch, to a certified gap: what a training\n"
        "script calls between epochs. BATCH is a file of softmax rows: .npy\n"
        "(float16, bfloat16, float32, float64), .npz with one array in it, or\n"
        "text (commas, tabs, semicolons or blanks between numbers); or a\n"
        "problem as `ystep run -p` takes it (of logits:\n"
        "file:path=FILE,logits=1; of several arrays: file:path=FILE.npz,\n"
        "array=NAME). Prints the objective, a lower bound on the\n"
        "optimum, and the gap. Exit status: 0 the gap is reached; 1 it is "
        "not,\n"
        "and LABELS has the best labels found, unless the solver failed or\n"
        "was interrupted; 2 bad input, and nothing is written.",
    .examples =
        "  ystep solve softmax.npy -o labels.npz --lambda 10\n"
        "  ystep solve softmax.npy -o labels.npy --start last.npy --tol 1e-9\n"
        "  ystep solve file:path=logits.npy,logits=1 -o labels.npz\n"
        "  python3 -c \"import scipy.sparse; "
        "y = scipy.sparse.load_npz('labels.npz')\"\n",
    .options = options,
    .least_words = 1,
    .most_words = 1,
    .missing_words = "solve needs a batch: ystep solve BATCH -o LABELS (try "
                     "--help)",
    .run = solve,
};
