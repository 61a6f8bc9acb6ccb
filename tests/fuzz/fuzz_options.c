/* The text forms of problems, solvers, start points, data, classifiers and what
 * else takes options: the first byte says which. Nothing is made from them. */
#include "tests/fuzz/fuzz.h"

#include "bench/run/exec_spec.h"
#include "bench/run/starts.h"
#include "problems/problem.h"
#include "solvers/solver.h"
#include "training/augment.h"
#include "training/dataset.h"
#include "training/network.h"
#include "training/optimiser.h"

static void parse_problem(const char *spec) {
  const ys_problem *problem;
  ys_options options;
  ys_error error;
  if (ys_problem_parse(spec, &problem, &options, &error) == YS_OK)
    ys_options_free(&options);
}

/* As a command, and as the options of one. */
static void parse_exec(const char *text) {
  static const char *const begins[] = {
      "exec:", "exec:command=", "exec:command=x,"};
  char *spec, label[EXEC_LABEL];
  for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
    if (asprintf(&spec, "%s%s", begins[i], text) >= 0) {
      exec_spec_label(spec, label);
      free(spec);
    }
}

static void parse_solver(const char *spec) {
  const ys_solver *solver;
  ys_options options;
  ys_error error;
  parse_exec(spec);
  if (ys_solver_parse(spec, &solver, &options, &error) == YS_OK)
    ys_options_free(&options);
}

static void parse_start(const char *text) {
  start_choice choice;
  ys_error error;
  bool warm;
  double mix;
  if (start_read(text, &choice, &error) == YS_OK)
    start_free(&choice);
  warm_read(text, &warm, &mix, &error);
}

static void parse_network(const char *spec) {
  ys_network network;
  ys_error error;
  ys_network_parse(spec, (ys_shape){1, 28, 28}, 10, &network, &error);
  ys_network_parse(spec, (ys_shape){2, 1, 1}, 2, &network, &error);
}

static void parse_training(const char *text) {
  ys_augment augment;
  ys_optimiser optimiser;
  ys_targets targets;
  ys_error error;
  ys_augment_parse(text, &augment, &error);
  ys_targets_parse(text, &targets, &error);
  ys_optimiser_parse(text, &optimiser, &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  void (*const parsers[])(const char *) = {
      parse_problem, parse_solver, parse_start, parse_network, parse_training};
  if (size == 0)
    return 0;
  char *text = fuzz_text(data + 1, size - 1);
  parsers[data[0] % (sizeof parsers / sizeof *parsers)](text);
  free(text);
  return 0;
}
