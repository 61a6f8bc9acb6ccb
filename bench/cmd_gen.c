#include "command.h"

#include "../problems/array.h"
#include "../problems/npy.h"
#include "../problems/problem.h"
#include "../problems/rng.h"
#include "args.h"
#include "console.h"

#include <errno.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const arg_help help = {
    .usage = "ystep gen -p PROBLEM -o FILE.npy [--dtype float32] "
             "[--labels FILE.npy]",
    .about = "Write the batch that a problem makes as a NumPy file. Rows drawn "
             "at random go\nto the file in parts: it may be larger than "
             "memory.",
    .examples = "  ystep gen -p gaussian:M=1000,K=50,scale=3 -o batch.npy\n"
                "  ystep gen -p planted:M=1000,K=10 -o s.npy --labels y.npy\n"
                "  ystep gen -p dirichlet:M=1000000,K=1000 --dtype float32 "
                "-o large.npy\n",
};

static const arg options[] = {
    {"problem", 'p', ARG_ONE, "PROBLEM  name[:key=value,...]", 0, 0},
    {"output", 'o', ARG_ONE, "FILE.npy  where to write sigma", 0, 0},
    {"dtype", 0, ARG_ONE, "TYPE  float64 (default) or float32", 0, 0},
    {"labels", 0, ARG_ONE, "FILE.npy  a planted problem's optimal y", 0, 0},
    {"force", 0, ARG_FLAG, "  replace existing files", 0, 0},
    {"help", 'h', ARG_FLAG, "  this page", 0, 0},
    {0}};

static ys_code check_free(const char *path, bool force, ys_error *error) {
  if (path && !force && access(path, F_OK) == 0)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: exists; give --force to replace it", path);
  return YS_OK;
}

/* ------------------------------------------------------ a whole batch ---- */

static ys_code write_batch(const ys_batch *batch, const char *output,
                           size_t item, ys_error *error) {
  ys_npy_writer writer;
  double *room = ys_array(batch->classes, sizeof *room);
  if (!room)
    return ys_fail_memory(error, "a row");
  ys_code code =
      ys_npy_create(output, item, batch->rows, batch->classes, &writer, error);
  for (size_t i = 0; !code && i < batch->rows; i++)
    code = ys_npy_append(&writer, ys_batch_rows(batch, i, 1, room), 1, error);
  free(room);
  return code ? code : ys_npy_finish(&writer, error);
}

static ys_code write_files(const ys_batch *batch, const char *output,
                           size_t item, const char *labels, ys_error *error) {
  if (labels && !batch->planted_labels)
    return ys_fail(error, YS_BAD_INPUT,
                   "--labels: only a planted problem knows its optimum");
  ys_code code = write_batch(batch, output, item, error);
  if (!code)
    printf("%s: %zu x %zu\n", output, batch->rows, batch->classes);
  if (!code && batch->planted_labels)
    printf("known optimum at lambda %g: %.17g\n", batch->planted_lambda,
           batch->planted_optimum);
  if (!code && labels)
    code = ys_npy_write(labels, batch->planted_labels, batch->rows,
                        batch->classes, error);
  return code;
}

static ys_code make_whole(const ys_problem *problem, const ys_options *given,
                          const char *output, size_t item, const char *labels,
                          ys_error *error) {
  ys_batch batch;
  ys_code code = problem->make(given, omp_get_num_procs(), &batch, error);
  if (code)
    return code;
  code = write_files(&batch, output, item, labels, error);
  ys_batch_free(&batch);
  return code;
}

/* ----------------------------------------------------------- in parts ---- */

static size_t rows_a_part(size_t rows, size_t classes) {
  const size_t elements = (size_t)1 << 22;
  size_t part = elements / classes / YS_RNG_ROWS * YS_RNG_ROWS;
  part = part ? part : YS_RNG_ROWS;
  return part < rows ? part : rows;
}

static ys_code draw_rows(const ys_problem *problem, const ys_options *given,
                         size_t rows, ys_batch *part, ys_npy_writer *writer,
                         ys_error *error) {
  const size_t most = part->rows;
  char line[64];
  ys_code code = YS_OK;
  for (size_t first = 0; !code && first < rows; first += most) {
    part->rows = rows - first < most ? rows - first : most;
    code = problem->draw(given, first, omp_get_num_procs(), part, error);
    if (code)
      ys_npy_abandon(writer);
    else
      code = ys_npy_append(writer, part->sigma, part->rows, error);
    snprintf(line, sizeof line, "%zu of %zu rows", first + part->rows, rows);
    console_progress(line);
  }
  console_progress(NULL);
  return code;
}

static ys_code draw_parts(const ys_problem *problem, const ys_options *given,
                          const char *output, size_t item, ys_error *error) {
  size_t rows = (size_t)ys_options_number(given, "M");
  size_t classes = (size_t)ys_options_number(given, "K");
  ys_npy_writer writer;
  ys_batch part;
  ys_code code = ys_batch_alloc(&part, problem->name,
                                rows_a_part(rows, classes), classes, error);
  if (code)
    return code;
  code = ys_npy_create(output, item, rows, classes, &writer, error);
  if (!code)
    code = draw_rows(problem, given, rows, &part, &writer, error);
  if (!code)
    code = ys_npy_finish(&writer, error);
  if (!code)
    printf("%s: %zu x %zu\n", output, rows, classes);
  ys_batch_free(&part);
  return code;
}

/* ------------------------------------------------------------ command ---- */

static ys_code read_type(const char *type, size_t *item, ys_error *error) {
  *item = strcmp(type, "float32") == 0 ? sizeof(float) : sizeof(double);
  if (*item == sizeof(float) || strcmp(type, "float64") == 0)
    return YS_OK;
  return ys_fail(error, YS_BAD_INPUT,
                 "--dtype %s is not valid: expected float64 or float32", type);
}

static ys_code generate(const arg *args, ys_error *error) {
  const char *spec = args_text(args, "problem", NULL);
  const char *output = args_text(args, "output", NULL);
  const char *labels = args_text(args, "labels", NULL);
  const ys_problem *problem;
  ys_options given;
  size_t item;
  bool force = args_given(args, "force");
  if (!spec || !output)
    return ys_fail(error, YS_BAD_INPUT,
                   "gen needs -p PROBLEM and -o FILE.npy (try --help)");
  ys_code code = check_free(output, force, error);
  if (!code)
    code = check_free(labels, force, error);
  if (!code)
    code = read_type(args_text(args, "dtype", "float64"), &item, error);
  if (!code)
    code = ys_problem_parse(spec, &problem, &given, error);
  if (code)
    return code;
  if (problem->draw && !labels)
    code = draw_parts(problem, &given, output, item, error);
  else if (problem->draw)
    code = ys_fail(error, YS_BAD_INPUT,
                   "--labels: only a planted problem knows its optimum");
  else
    code = make_whole(problem, &given, output, item, labels, error);
  ys_options_free(&given);
  return code;
}

int cmd_gen(int argc, char **argv) {
  arg args[sizeof options / sizeof *options];
  ys_error error;
  size_t found;
  memcpy(args, options, sizeof options);
  ys_code code = args_parse(argc, argv, args, NULL, 0, &found, &error);
  if (!code && args_given(args, "help"))
    args_print_help(&help, args);
  else if (!code)
    code = generate(args, &error);
  args_free(args);
  return code ? console_error(&error) : EXIT_DONE;
}
