#include "error.h"

#include <stdarg.h>
#include <stdio.h>

ys_code ys_fail(ys_error *error, ys_code code, const char *format, ...) {
  if (error) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    error->code = code;
  }
  return code;
}

ys_code ys_fail_memory(ys_error *error, const char *what) {
  return ys_fail(error, YS_NO_MEMORY, "out of memory while allocating %s",
                 what);
}
