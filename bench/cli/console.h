/* What the program says on the terminal. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "problems/error.h"

#include <stdbool.h>
#include <stdio.h>

/* Exit statuses of the program. */
enum { EXIT_DONE = 0, EXIT_RUN_FAILED = 1, EXIT_BAD_INPUT = 2 };

/* One line on standard error, "ystep: error: TEXT"; returns the exit status
 * that goes with it: EXIT_RUN_FAILED for want of memory, else EXIT_BAD_INPUT.
 */
int console_error(const ys_error *error);

/* Write a text that may be a name or a field of somebody's file: no control
 * character of it reaches the terminal, "\x1b" stands for it. Errors and notes
 * are written so. */
void console_put(FILE *out, const char *text);

/* Say nothing any more but errors: what follows prints nothing. The terminal is
 * one, and so is this. */
void console_be_quiet(bool quiet);
bool console_is_quiet(void);

/* Nor of errors: somebody else says it. */
void console_be_silent(void);

/* One line on standard error, "ystep: note: ...". */
void console_note(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* One line on standard output. */
void console_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Replace the progress line on standard error, if that is a terminal; NULL
 * takes it away. */
void console_progress(const char *line);

/* What turns the words that follow on standard output into a colour, and
 * CONSOLE_PLAIN back; "" if that is no terminal, or NO_COLOR is set. */
typedef enum console_colour {
  CONSOLE_PLAIN,
  CONSOLE_RED,
  CONSOLE_GREEN,
  CONSOLE_YELLOW,
} console_colour;
const char *console_paint(console_colour colour);

/* Whether standard error is a terminal. */
bool console_is_terminal(void);

#endif
