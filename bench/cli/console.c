#include "bench/cli/console.h"

#include "problems/formats/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool is_quiet, is_silent;

void console_be_quiet(bool quiet) {
  is_quiet = quiet;
}

void console_be_silent(void) {
  is_quiet = is_silent = true;
}

bool console_is_quiet(void) {
  return is_quiet;
}

bool console_is_terminal(void) {
  return isatty(STDERR_FILENO);
}

const char *console_paint(console_colour colour) {
  static const char *const codes[] = {"\033[0m", "\033[31m", "\033[32m",
                                      "\033[33m"};
  const char *no_colour = getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) && !(no_colour && *no_colour) ? codes[colour]
                                                             : "";
}

static const char *red(bool on) {
  return !console_is_terminal() ? "" : on ? "\033[31m" : "\033[0m";
}

int console_error(const ys_error *error) {
  console_progress(NULL);
  if (!is_silent)
    fprintf(stderr, "ystep: %serror:%s %s\n", red(true), red(false),
            error->text);
  return error->code == YS_NO_MEMORY ? EXIT_RUN_FAILED : EXIT_BAD_INPUT;
}

void console_put(FILE *out, const char *text) {
  char shown[YS_TEXT_STEP];
  while (*text) {
    text += ys_text_step(text, shown);
    fputs(shown, out);
  }
}

static void put_line(FILE *out, const char *format, va_list arguments) {
  char *text;
  int length = vasprintf(&text, format, arguments);
  console_put(out, length < 0 ? "out of memory" : text);
  fputc('\n', out);
  if (length >= 0)
    free(text);
}

void console_note(const char *format, ...) {
  va_list arguments;
  if (is_quiet)
    return;
  console_progress(NULL);
  fputs("ystep: note: ", stderr);
  va_start(arguments, format);
  put_line(stderr, format, arguments);
  va_end(arguments);
}

void console_say(const char *format, ...) {
  va_list arguments;
  if (is_quiet)
    return;
  va_start(arguments, format);
  put_line(stdout, format, arguments);
  va_end(arguments);
}

void console_progress(const char *line) {
  if (is_quiet || !console_is_terminal())
    return;
  fputs("\r\033[K", stderr);
  console_put(stderr, line ? line : "");
  fflush(stderr);
}
