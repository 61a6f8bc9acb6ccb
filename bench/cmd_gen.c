#include "command.h"

#include "../problems/npy.h"
#include "../problems/problem.h"
#include "args.h"
#include "console.h"

#include <errno.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const arg_help help = {
    .usage = "ystep gen -p PROBLEM -o FILE.npy [--labels FILE.npy]",
    .about = "Write the batch that a problem makes as a NumPy file of float64.",
    .examples = "  ystep gen -p gaussian:M=1000,K=50,scale=3 -o batch.npy\n"
                "  ystep gen -p planted:M=1000,K=10 -o s.npy --labels y.npy\n",
};

static const arg options[] = {
    {"problem", 'p', ARG_ONE, "PROBLEM  name[:key=value,...]", 0, 0},
    {"output", 'o', ARG_ONE, "FILE.npy  where to write sigma", 0, 0},
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

static ys_code write_files(const ys_batch *batch, const char *output,
                           const char *labels, ys_error *error) {
  ys_code code =
      ys_npy_write(output, batch->sigma, batch->rows, batch->classes, error);
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

static ys_code generate(const arg *args, ys_error *error) {
  const char *spec = args_text(args, "problem", NULL);
  const char *output = args_text(args, "output", NULL);
  const char *labels = args_text(args, "labels", NULL);
  bool force = args_given(args, "force");
  ys_batch batch;
  if (!spec || !output)
    return ys_fail(error, YS_BAD_INPUT,
                   "gen needs -p PROBLEM and -o FILE.npy (try --help)");
  ys_code code = check_free(output, force, error);
  if (!code)
    code = check_free(labels, force, error);
  if (!code)
    code = ys_problem_make(spec, omp_get_num_procs(), &batch, error);
  if (code)
    return code;
  if (labels && !batch.planted_labels)
    code = ys_fail(error, YS_BAD_INPUT,
                   "--labels: only a planted problem knows its optimum");
  else
    code = write_files(&batch, output, labels, error);
  ys_batch_free(&batch);
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
