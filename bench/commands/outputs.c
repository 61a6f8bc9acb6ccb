#include "bench/commands/commands.h"

#include "bench/cli/console.h"
#include "bench/store/rundir_clear.h"

#include <stdio.h>
#include <string.h>

ys_code command_make_directory(const command_line *line,
                               const file_list *inputs, int threads,
                               rundir *dir, ys_error *error) {
  ys_code code = rundir_make(dir, args_text(line->args, "output"),
                             args_given(line->args, "force"), inputs, error);
  if (code)
    return code;
  code = rundir_write_meta(dir, line->argc, line->argv, threads, NULL, error);
  if (code)
    rundir_free(dir);
  return code;
}

void command_put_next(const char *dir) {
  console_say("wrote %s; next:", dir);
  console_say("  ystep table %s", dir);
  console_say("  ystep plot %s", dir);
}

ys_code command_finish_directory(const rundir *dir, ys_error *error) {
  ys_code code = rundir_check(dir, error);
  if (!code)
    console_say("wrote %s", dir->path);
  return code;
}

ys_code command_check_output(const command_line *line, ys_error *error) {
  ys_code code = YS_OK;
  for (size_t i = 0; !code && i < line->word_count; i++)
    code = rundir_check_output(line->words[i], args_text(line->args, "output"),
                               error);
  return code;
}

ys_code command_find_format(const command_line *line, ys_names names,
                            size_t *which, ys_error *error) {
  const char *output = args_text(line->args, "output");
  const char *dot = output ? strrchr(output, '.') : NULL;
  const char *word = args_text(line->args, "format");
  if (!args_given(line->args, "format") && dot &&
      ys_names_find(names, dot + 1, strlen(dot + 1), which))
    return YS_OK;
  return ys_look_up("format", names, word, strlen(word), NULL, which, error);
}

ys_code command_open_output(const command_line *line, ys_output *output,
                            ys_error *error) {
  return files_open_output(output, args_text(line->args, "output"),
                           args_given(line->args, "force"), error);
}
