#include "console.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool console_is_terminal(void) {
  return isatty(STDERR_FILENO);
}

static const char *red(bool on) {
  return !console_is_terminal() ? "" : on ? "\033[31m" : "\033[0m";
}

int console_error(const ys_error *error) {
  console_progress(NULL);
  fprintf(stderr, "ystep: %serror:%s %s\n", red(true), red(false), error->text);
  return error->code == YS_NO_MEMORY ? EXIT_RUN_FAILED : EXIT_BAD_INPUT;
}

void console_note(const char *format, ...) {
  va_list arguments;
  console_progress(NULL);
  fputs("ystep: note: ", stderr);
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
}

void console_progress(const char *line) {
  if (!console_is_terminal())
    return;
  fprintf(stderr, "\r\033[K%s", line ? line : "");
  fflush(stderr);
}
