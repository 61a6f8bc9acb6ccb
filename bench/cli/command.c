#include "bench/cli/command.h"

#include "bench/cli/console.h"
#include "problems/vector/array.h"

#include <stdlib.h>
#include <string.h>

static void print_option(const arg *of) {
  const arg_option *option = &of->option;
  char text[ARGS_HELP_ROOM], left[64];
  const char *gap = strstr(args_help(of, text), "  ");
  int value = gap ? (int)(gap - text) : 0;
  snprintf(left, sizeof left, "%c%c%s--%s %.*s", option->letter ? '-' : ' ',
           option->letter ? option->letter : ' ', option->letter ? ", " : "  ",
           option->name, value, text);
  printf("  %-34s%s\n", left, gap ? gap + 2 : text);
}

static void print_help(const command_spec *of, const arg *args) {
  printf("usage: %s\n\n%s", of->usage, of->about);
  if (of->put_list)
    of->put_list();
  printf("\n\noptions:\n");
  for (; args->option.name; args++)
    print_option(args);
  printf("\nexamples:\n%s", of->examples);
}

ys_code command_print_help(const command_spec *of, ys_error *error) {
  arg *args = args_make(of->options);
  if (!args)
    return ys_fail_memory(error, "the options");
  print_help(of, args);
  args_free(args);
  return YS_OK;
}

static ys_code execute(command_line *line, ys_error *error) {
  const command_spec *of = line->of;
  ys_code code = args_parse(line->argc, line->argv, line->args, line->words,
                            of->most_words, &line->word_count, error);
  if (code)
    return code;
  console_be_quiet(args_given(line->args, "quiet"));
  if (args_given(line->args, "help")) {
    print_help(of, line->args);
    return YS_OK;
  }
  if (line->word_count < of->least_words)
    return ys_fail(error, YS_BAD_INPUT, "%s", of->missing_words);
  return of->run(line, error);
}

int command_run(const command_spec *of, int argc, char **argv) {
  ys_error error;
  command_line line = {.of = of,
                       .argc = argc,
                       .argv = argv,
                       .args = args_make(of->options),
                       .words =
                           ys_array(of->most_words + 1, sizeof *line.words),
                       .status = EXIT_DONE};
  ys_code code = line.args && line.words
                     ? execute(&line, &error)
                     : ys_fail_memory(&error, "the arguments");
  args_free(line.args);
  free(line.words);
  return code ? console_error(&error) : line.status;
}
