#include "bench/store/machine.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { MACHINE_TEXT = 192 };

static size_t count_hosts(const provenance *made) {
  size_t merged = json_array_size(json_object_get(made->meta, "merged"));
  return merged ? merged : 1;
}

static const json_t *host_of(const provenance *made, size_t i) {
  const json_t *merged = json_object_get(made->meta, "merged");
  return json_object_get(
      json_array_size(merged) ? json_array_get(merged, i) : made->meta, "host");
}

static const char *text_of(const json_t *host, const char *key) {
  const char *text = json_string_value(json_object_get(host, key));
  return text ? text : "";
}

static bool is_same(const json_t *a, const json_t *b) {
  const char *x = text_of(a, "name"), *y = text_of(b, "name");
  return json_equal(json_object_get(a, "cpu"), json_object_get(b, "cpu")) &&
         json_equal(json_object_get(a, "processors"),
                    json_object_get(b, "processors")) &&
         (!*x || !*y || strcmp(x, y) == 0);
}

static void describe(const json_t *host, char *text) {
  snprintf(text, MACHINE_TEXT, "%s (%lld processors%s%s)", text_of(host, "cpu"),
           (long long)json_integer_value(json_object_get(host, "processors")),
           *text_of(host, "name") ? ", " : "", text_of(host, "name"));
}

static ys_code refuse(const char *name_a, const json_t *a, const char *name_b,
                      const json_t *b, ys_error *error) {
  char text_a[MACHINE_TEXT], text_b[MACHINE_TEXT];
  describe(a, text_a);
  describe(b, text_b);
  return ys_fail(error, YS_BAD_INPUT,
                 "%s was run on %s, %s on %s: seconds of two machines say "
                 "nothing about the program; give --force to compare them",
                 name_a, text_a, name_b, text_b);
}

ys_code machine_check_same(const char *name_a, const provenance *a,
                           const char *name_b, const provenance *b,
                           ys_error *error) {
  const struct {
    const char *name;
    const provenance *made;
  } sides[] = {{name_a, a}, {name_b, b}};
  for (size_t s = 0; s < 2; s++)
    if (!json_object_get(host_of(sides[s].made, 0), "cpu"))
      return ys_fail(error, YS_BAD_INPUT,
                     "%s: its machine is not known (no meta.json that says "
                     "it); give --force to compare seconds nevertheless",
                     sides[s].name);
  const json_t *first = host_of(a, 0);
  for (size_t s = 0; s < 2; s++)
    for (size_t i = 0; i < count_hosts(sides[s].made); i++)
      if (!is_same(first, host_of(sides[s].made, i)))
        return refuse(name_a, first, sides[s].name, host_of(sides[s].made, i),
                      error);
  return YS_OK;
}
