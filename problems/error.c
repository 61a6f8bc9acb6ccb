#include "problems/error.h"

#include "problems/formats/text.h"

#include <stdarg.h>
#include <stdio.h>

ys_code ys_fail(ys_error *error, ys_code code, const char *format, ...) {
  if (error) {
    /* Longer than what is shown by a character that may be cut. */
    char text[sizeof error->text + 4];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    ys_text_show(text, error->text, sizeof error->text);
    error->code = code;
  }
  return code;
}

ys_code ys_fail_memory(ys_error *error, const char *what) {
  return ys_fail(error, YS_NO_MEMORY, "out of memory while allocating %s",
                 what);
}
