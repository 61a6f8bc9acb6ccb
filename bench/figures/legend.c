#include "bench/figures/legend.h"

#include "problems/options.h"

#include <stdio.h>
#include <string.h>

/* Append "key=value", or "value" alone if that is no number. */
static size_t append_option(char *text, size_t used, size_t room,
                            const char *item, size_t length) {
  const char *equals = memchr(item, '=', length);
  char value[256];
  double number;
  size_t key = equals ? (size_t)(equals - item) + 1 : 0;
  snprintf(value, sizeof value, "%.*s", (int)(length - key), item + key);
  if (key && !ys_read_number(value, &number)) {
    item += key;
    length -= key;
  }
  if (used < room)
    used +=
        (size_t)snprintf(text + used, room - used, "%.*s", (int)length, item);
  return used;
}

static void drop_keys(const char *spec, char *text, size_t room) {
  size_t name = ys_spec_name_length(spec);
  size_t used = (size_t)snprintf(text, room, "%.*s", (int)name, spec);
  const char *item = ys_spec_options(spec);
  for (const char *before = ":"; item && *item; before = ",") {
    size_t length = ys_option_length(item);
    if (used < room)
      used += (size_t)snprintf(text + used, room - used, "%s", before);
    used = append_option(text, used, room, item, length);
    item += length + (item[length] == ',');
  }
}

static void leave_out_middle(char *text) {
  enum { TAIL = 9, HEAD = LEGEND_LONGEST - TAIL - 2 };
  size_t length = strlen(text);
  memmove(text + HEAD + 2, text + length - TAIL, TAIL + 1);
  memcpy(text + HEAD, "..", 2);
}

static void shorten(const char *spec, char *label) {
  char text[1024];
  snprintf(text, sizeof text, "%s", spec);
  if (strlen(text) > LEGEND_LONGEST)
    drop_keys(spec, text, sizeof text);
  if (strlen(text) > LEGEND_LONGEST)
    leave_out_middle(text);
  snprintf(label, LEGEND_ROOM, "%.*s", LEGEND_LONGEST, text);
}

static bool is_taken(const legend_label *labels, size_t count,
                     const char *label) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(labels[i].text, label) == 0)
      return true;
  return false;
}

void legend_make(const char *const *solvers, size_t count,
                 legend_label *labels) {
  for (size_t i = 0; i < count; i++) {
    char *label = labels[i].text;
    shorten(solvers[i], label);
    size_t length = strlen(label);
    for (size_t number = 2; is_taken(labels, i, label); number++)
      snprintf(label + length, LEGEND_ROOM - length, " (%zu)", number);
  }
}

size_t legend_columns(size_t longest, size_t count) {
  size_t fit = longest <= 8 ? 4 : longest <= 11 ? 3 : longest <= 22 ? 2 : 1;
  return count < fit ? count : fit;
}
