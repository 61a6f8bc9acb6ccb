#include "bench/commands/commands.h"

#include "bench/text/terminal_table.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static size_t terminal_width(void) {
  enum { USUAL = 80 };
  struct winsize size;
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col
             ? size.ws_col
             : USUAL;
}

ys_code command_open_table(const command_line *line, bool markdown,
                           table_output *to, ys_error *error) {
  *to = (table_output){0};
  ys_code code = command_open_output(line, &to->output, error);
  to->file = to->output.file;
  if (code || !markdown || args_given(line->args, "output") ||
      !isatty(STDOUT_FILENO))
    return code;
  to->file = open_memstream(&to->text, &to->size);
  if (to->file)
    return YS_OK;
  ys_output_abandon(&to->output);
  return ys_fail_memory(error, "a table");
}

static ys_code draw(table_output *to, ys_code code, ys_error *error) {
  const bool whole = fclose(to->file) == 0;
  if (!code)
    code = whole ? terminal_table_draw(to->output.file, to->text,
                                       terminal_width(), true, error)
                 : ys_fail_memory(error, "a table");
  free(to->text);
  return code;
}

ys_code command_finish_table(table_output *to, ys_code code, ys_error *error) {
  if (to->file != to->output.file)
    code = draw(to, code, error);
  if (!code)
    return ys_output_finish(&to->output, error);
  ys_output_abandon(&to->output);
  return code;
}
