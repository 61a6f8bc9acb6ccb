#include "bench/text/exact_json.h"

#include <stdbool.h>
#include <stdlib.h>

static bool says_the_same(const char *text, const json_t *json) {
  json_t *back = json_loads(text, JSON_DECODE_ANY, NULL);
  const bool same = json_equal(back, json);
  json_decref(back);
  return same;
}

int exact_json_put(FILE *out, const json_t *json) {
  enum { LEAST = 15, MOST = 17 };
  char *text = NULL;
  for (size_t digits = LEAST; digits <= MOST; digits++) {
    free(text);
    text = json_dumps(json, JSON_INDENT(2) | JSON_REAL_PRECISION(digits));
    if (!text || says_the_same(text, json))
      break;
  }
  const int failed = !text || fputs(text, out) == EOF ? -1 : 0;
  free(text);
  return failed;
}
