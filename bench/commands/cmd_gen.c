#include "bench/commands/commands.h"

#include "bench/cli/console.h"
#include "bench/run/input_files.h"
#include "bench/system/files.h"
#include "bench/text/numbers.h"
#include "problems/formats/npy.h"
#include "problems/generators/rng.h"
#include "problems/problem.h"
#include "problems/vector/array.h"

#include <errno.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What to write where. */
typedef struct request {
  const char *output, *labels; /* labels: NULL if they are not asked for */
  size_t item;
  bool force;
  FILE *notes; /* stdout, unless that is an output */
} request;

/* -------------------------------------------------------- the matrices -- */

/* A matrix that is written row by row, as .npy or as CSV, whichever its name
 * asks for. */
typedef struct batch_writer {
  bool is_csv;
  size_t cols, item;
  ys_npy_writer npy;
  ys_output csv;
} batch_writer;

/* Begin a rows x cols matrix where -o FILE says (files.h): CSV without a header
 * line if `path` ends in .csv, else .npy with numbers of `item` bytes (4 or 8).
 * CSV numbers are written with the digits that give the same float (item 4) or
 * double back. What fails abandons the file. */
static ys_code batch_write_open(const char *path, bool force, size_t item,
                                size_t rows, size_t cols, batch_writer *writer,
                                ys_error *error) {
  ys_output output;
  const char *dot = strrchr(path, '.');
  *writer = (batch_writer){
      .is_csv = dot && strcmp(dot, ".csv") == 0, .cols = cols, .item = item};
  ys_code code = files_open_output(&output, path, force, error);
  if (code)
    return code;
  if (!writer->is_csv)
    return ys_npy_begin(&output, item, rows, cols, &writer->npy, error);
  writer->csv = output;
  return YS_OK;
}

static ys_code batch_write_append(batch_writer *writer, const double *data,
                                  size_t rows, ys_error *error) {
  if (!writer->is_csv)
    return ys_npy_append(&writer->npy, data, rows, error);
  FILE *file = writer->csv.file;
  char text[NUMBER_ROOM];
  for (size_t i = 0; i < rows; i++) {
    for (size_t k = 0; k < writer->cols; k++, data++)
      if (writer->item == sizeof(float))
        fprintf(file, "%s%.9g", k ? "," : "", (double)(float)*data);
      else
        fprintf(file, "%s%s", k ? "," : "", text_exact(text, *data));
    fputc('\n', file);
  }
  if (!ferror(file))
    return YS_OK;
  ys_code code = ys_fail(error, YS_IO, "%s: cannot write: %s", writer->csv.path,
                         strerror(errno));
  ys_output_abandon(&writer->csv);
  return code;
}

static ys_code batch_write_finish(batch_writer *writer, ys_error *error) {
  return writer->is_csv ? ys_output_finish(&writer->csv, error)
                        : ys_npy_finish(&writer->npy, error);
}

/* Accepts a zeroed one. */
static void batch_write_abandon(batch_writer *writer) {
  ys_output_abandon(&writer->csv);
  ys_npy_abandon(&writer->npy);
}

/* ---------------------------------------------------------- the rows ---- */

/* A problem whose rows are drawn in parts, or one that is whole in `batch`. */
typedef struct source {
  const ys_problem *problem;
  ys_options options;
  size_t rows;    /* of all parts */
  ys_batch batch; /* that, or room for a part */
} source;

static ys_code source_open(source *s, ys_error *error) {
  const size_t elements = (size_t)1 << 22, least = YS_RNG_ROWS;
  if (!s->problem->draw) {
    ys_code code = s->problem->make(&s->options, NULL, omp_get_num_procs(),
                                    &s->batch, error);
    s->rows = code ? 0 : s->batch.rows;
    return code;
  }
  s->rows = (size_t)ys_options_number(&s->options, "M");
  size_t classes = (size_t)ys_options_number(&s->options, "K");
  size_t part = elements / classes / least * least;
  part = part ? part : least;
  return ys_batch_alloc(&s->batch, s->problem->name,
                        part < s->rows ? part : s->rows, classes, error);
}

static ys_code write_whole(const ys_batch *batch, batch_writer *writer,
                           ys_error *error) {
  double *room = ys_array(batch->classes, sizeof *room);
  ys_code code = room ? YS_OK : ys_fail_memory(error, "a row");
  for (size_t i = 0; !code && i < batch->rows; i++)
    code =
        batch_write_append(writer, ys_batch_rows(batch, i, 1, room), 1, error);
  free(room);
  return code;
}

static ys_code write_parts(source *s, batch_writer *writer, ys_error *error) {
  ys_batch *part = &s->batch;
  const size_t most = part->rows;
  char line[64];
  ys_code code = YS_OK;
  for (size_t first = 0; !code && first < s->rows; first += most) {
    part->rows = s->rows - first < most ? s->rows - first : most;
    code =
        s->problem->draw(&s->options, first, omp_get_num_procs(), part, error);
    if (!code)
      code = batch_write_append(writer, part->sigma, part->rows, error);
    snprintf(line, sizeof line, "%zu of %zu rows", first + part->rows, s->rows);
    console_progress(line);
  }
  console_progress(NULL);
  return code;
}

/* Both files are open before the first byte goes to either. */
static ys_code write_both(source *s, const request *r, batch_writer *sigma,
                          batch_writer *labels, ys_error *error) {
  const ys_batch *batch = &s->batch;
  ys_code code = batch_write_open(r->output, r->force, r->item, s->rows,
                                  batch->classes, sigma, error);
  if (!code && r->labels)
    code = batch_write_open(r->labels, r->force, sizeof(double), s->rows,
                            batch->classes, labels, error);
  if (!code)
    code = s->problem->draw ? write_parts(s, sigma, error)
                            : write_whole(batch, sigma, error);
  if (!code && r->labels)
    code = batch_write_append(labels, batch->planted_labels, s->rows, error);
  if (!code)
    code = batch_write_finish(sigma, error);
  if (!code && r->labels)
    code = batch_write_finish(labels, error);
  return code;
}

static ys_code write_files(source *s, const request *r, ys_error *error) {
  const ys_batch *batch = &s->batch;
  batch_writer sigma = {0}, labels = {0};
  if (r->labels && !batch->planted_labels)
    return ys_fail(error, YS_BAD_INPUT,
                   "--labels: only a planted problem knows its optimum");
  ys_code code = write_both(s, r, &sigma, &labels, error);
  batch_write_abandon(&sigma);
  batch_write_abandon(&labels);
  if (code)
    return code;
  char lambda[NUMBER_ROOM], optimum[NUMBER_ROOM];
  if (console_is_quiet())
    return YS_OK;
  fprintf(r->notes, "%s: %zu x %zu\n", r->output, s->rows, batch->classes);
  if (batch->planted_labels)
    fprintf(r->notes, "known optimum at lambda %s: %s\n",
            text_exact(lambda, batch->planted_lambda),
            text_exact(optimum, batch->planted_optimum));
  return YS_OK;
}

/* ------------------------------------------------------------ command ---- */

/* An output is neither the other one nor what the problem is read from. */
static ys_code check_apart(const char *spec, const request *r,
                           ys_error *error) {
  file_list inputs = {0};
  ys_code code = YS_OK;
  if (r->labels && files_same_output(r->output, r->labels))
    return ys_fail(error, YS_BAD_INPUT,
                   "-o %s and --labels %s are one file: sigma would be lost",
                   r->output, r->labels);
  code = input_files_add_problem(&inputs, spec, error);
  if (!code)
    code = files_check_apart(&inputs, r->output, error);
  if (!code && r->labels)
    code = files_check_apart(&inputs, r->labels, error);
  files_free(&inputs);
  return code;
}

static ys_code read_request(const arg *args, request *r, ys_error *error) {
  const char *spec = args_text(args, "problem");
  *r = (request){.output = args_text(args, "output"),
                 .labels = args_text(args, "labels"),
                 .force = args_given(args, "force"),
                 .notes = stdout};
  if (!spec || !r->output)
    return ys_fail(error, YS_BAD_INPUT,
                   "gen needs -p PROBLEM and -o FILE (try --help)");
  static const char *const types[] = {"float64", "float32"};
  size_t type = 0;
  ys_code code = args_choice(
      args, "dtype", YS_NAMES(types),
      "--dtype %s is not valid: expected float64 or float32", &type, error);
  r->item = type ? sizeof(float) : sizeof(double);
  if (!code)
    code = check_apart(spec, r, error);
  if (files_same(r->output, "/dev/stdout") ||
      (r->labels && files_same(r->labels, "/dev/stdout")))
    r->notes = stderr;
  return code;
}

static ys_code generate(command_line *line, ys_error *error) {
  source s;
  request r;
  ys_code code = read_request(line->args, &r, error);
  if (!code)
    code = ys_problem_parse(args_text(line->args, "problem"), &s.problem,
                            &s.options, error);
  if (code)
    return code;
  code = source_open(&s, error);
  if (!code) {
    code = write_files(&s, &r, error);
    ys_batch_free(&s.batch);
  }
  ys_options_free(&s.options);
  return code;
}

static const arg_option options[] = {
    {"problem", 'p', ARG_ONE, NULL, "PROBLEM  name[:key=value,...]"},
    {"output", 'o', ARG_ONE, NULL, "FILE  where to write sigma: .npy or .csv"},
    {"dtype", 0, ARG_ONE, "float64", "TYPE  %s (default) or float32"},
    {"labels", 0, ARG_ONE, NULL, "FILE  a planted problem's optimal y"},
    {"force", 0, ARG_FLAG, NULL, "  replace existing files"},
    {0}};

const command_spec cmd_gen = {
    .name = "gen",
    .summary = "write a problem's batch to a file",
    .usage = "ystep gen -p PROBLEM -o FILE [--dtype float32] [--labels FILE]",
    .about =
        "Write the batch that a problem makes as a NumPy file, or as CSV if "
        "the name\nends in .csv. Rows drawn at random go to the file in "
        "parts: it may be larger\nthan memory.",
    .examples = "  ystep gen -p gaussian:M=1000,K=50,scale=3 -o batch.npy\n"
                "  ystep gen -p planted:M=1000,K=10 -o s.npy --labels y.npy\n"
                "  ystep gen -p dirichlet:M=1000000,K=1000 --dtype float32 "
                "-o large.npy\n",
    .options = options,
    .run = generate,
};
