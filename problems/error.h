/* How the library reports what went wrong: a code and one line of text that
 * the caller may print. The library itself never prints and never exits. */
#ifndef YS_ERROR_H
#define YS_ERROR_H

#pragma GCC visibility push(default)

typedef enum ys_code {
  YS_OK = 0,
  YS_BAD_INPUT,    /* the caller's data, option or file is not usable */
  YS_NO_MEMORY,    /* an allocation failed */
  YS_IO,           /* the operating system refused a read or a write */
  YS_UNSUPPORTED,  /* this solver does not serve this objective */
  YS_BAD_NUMERICS, /* a value left the domain (infinite, not a number) */
} ys_code;

typedef struct ys_error {
  ys_code code;
  char text[512]; /* one line: what, where, what was expected */
} ys_error;

/* Fill `error` (may be NULL) and return `code`, so that an error path is one
 * return statement. Text that does not fit is cut; control characters and what
 * is not UTF-8, of a name or a file that it quotes, are shown as "\x1b". */
ys_code ys_fail(ys_error *error, ys_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ys_fail with YS_NO_MEMORY; `what` names what was being allocated. Allocates
 * nothing itself. */
ys_code ys_fail_memory(ys_error *error, const char *what);

#pragma GCC visibility pop

#endif
