#include "bench/commands/command.h"

#include "bench/cli/console.h"
#include "problems/vector/array.h"

#include <stdlib.h>
#include <string.h>

/* A copy of the option table, to be filled with what is given. */
static arg *copy_options(const arg *options) {
  size_t count = 1;
  while (options[count - 1].name)
    count++;
  arg *copy = ys_array(count, sizeof *copy);
  if (copy)
    memcpy(copy, options, count * sizeof *copy);
  return copy;
}

static ys_code execute(const command_spec *of, command_line *line, int *status,
                       ys_error *error) {
  ys_code code = args_parse(line->argc, line->argv, line->args, line->words,
                            of->most_words, &line->word_count, error);
  if (code)
    return code;
  if (args_given(line->args, "help")) {
    args_print_help(of->help, line->args);
    return YS_OK;
  }
  if (line->word_count < of->least_words)
    return ys_fail(error, YS_BAD_INPUT, "%s", of->missing_words);
  return of->run(line, status, error);
}

int command_run(const command_spec *of, int argc, char **argv) {
  ys_error error;
  int status = EXIT_DONE;
  command_line line = {.argc = argc,
                       .argv = argv,
                       .args = copy_options(of->options),
                       .words =
                           ys_array(of->most_words + 1, sizeof *line.words)};
  ys_code code = line.args && line.words
                     ? execute(of, &line, &status, &error)
                     : ys_fail_memory(&error, "the arguments");
  if (line.args)
    args_free(line.args);
  free(line.args);
  free(line.words);
  return code ? console_error(&error) : status;
}
