#include "bench/text/exact_json.h"

#include "bench/text/numbers.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The number at `text`, of `length` bytes. */
static void put_number(FILE *out, const char *text, size_t length) {
  char shortest[NUMBER_ROOM];
  if (!memchr(text, '.', length) && !memchr(text, 'e', length)) {
    fwrite(text, 1, length, out); /* a whole number stays one */
    return;
  }
  fputs(text_exact(shortest, strtod(text, NULL)), out);
  if (!strpbrk(shortest, ".e"))
    fputs(".0", out);
}

int exact_json_put(FILE *out, const json_t *json) {
  char *text = json_dumps(json, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
  if (!text)
    return -1;
  bool quoted = false;
  for (const char *c = text; *c;) {
    const bool begins = !quoted && (*c == '-' || (*c >= '0' && *c <= '9'));
    if (begins) {
      const size_t length = strspn(c, "+-.0123456789eE");
      put_number(out, c, length);
      c += length;
      continue;
    }
    if (quoted && *c == '\\')
      fputc(*c++, out);
    else if (*c == '"')
      quoted = !quoted;
    fputc(*c++, out);
  }
  free(text);
  return ferror(out) ? -1 : 0;
}

json_t *exact_json_number(double number) {
  return isfinite(number) ? json_real(number) : json_null();
}
