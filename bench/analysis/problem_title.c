#include "bench/analysis/problem_title.h"

#include "bench/text/numbers.h"
#include "problems/options.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct growing {
  char *text;
  size_t used, room;
} growing;

__attribute__((format(printf, 2, 3))) static void
append(growing *to, const char *format, ...) {
  va_list list;
  if (to->used >= to->room)
    return;
  va_start(list, format);
  int length =
      vsnprintf(to->text + to->used, to->room - to->used, format, list);
  va_end(list);
  to->used += length > 0 ? (size_t)length : 0;
}

static bool is_option(const char *item, size_t length, const char *key) {
  size_t name = strlen(key);
  return length > name && item[name] == '=' && strncmp(item, key, name) == 0;
}

/* The path's last part, without its ending. */
static void append_base(growing *to, const char *path, size_t length) {
  const char *slash = memrchr(path, '/', length);
  size_t skipped = slash ? (size_t)(slash + 1 - path) : 0;
  const char *dot = memrchr(path + skipped, '.', length - skipped);
  if (dot && dot > path + skipped)
    length = (size_t)(dot - path);
  append(to, "%.*s", (int)(length - skipped), path + skipped);
}

/* The name: of the file if there is a path among the options, else of the
 * problem. */
static void append_name(growing *to, const char *spec) {
  const char *item = ys_spec_options(spec);
  while (item && *item) {
    size_t length = ys_option_length(item);
    if (is_option(item, length, "path")) {
      append_base(to, item + strlen("path="), length - strlen("path="));
      return;
    }
    item += length + (item[length] == ',');
  }
  append(to, "%.*s", (int)ys_spec_name_length(spec), spec);
}

static void append_spec(growing *to, const char *spec, const char *const *keys,
                        size_t count) {
  const char *item = ys_spec_options(spec), *before = ":";
  append_name(to, spec);
  while (item && *item) {
    size_t length = ys_option_length(item);
    bool left_out = is_option(item, length, "path");
    for (size_t i = 0; i < count; i++)
      left_out = left_out || is_option(item, length, keys[i]);
    if (!left_out) {
      append(to, "%s%.*s", before, (int)length, item);
      before = ",";
    }
    item += length + (item[length] == ',');
  }
}

void problem_without_option(const char *spec, const char *key, char *text,
                            size_t room) {
  growing to = {text, 0, room};
  text[0] = '\0';
  append_spec(&to, spec, &key, 1);
}

static void append_problem(growing *to, const result_row *row) {
  static const char *const shape[] = {"M", "K"};
  to->text[0] = '\0';
  append_spec(to, row->problem, shape, 2);
}

/* The start or prior of a sweep's run; NULL if it is the uniform one. */
static const char *unless_uniform(const char *text) {
  return strcmp(text, "uniform") == 0 ? NULL : text;
}

const char *group_own_start(const result_row *row) {
  return row->settings ? unless_uniform(row->settings->start) : NULL;
}

const char *group_own_prior(const result_row *row) {
  return row->settings ? unless_uniform(row->settings->prior) : NULL;
}

void problem_short_name(const result_row *row, char *text, size_t room) {
  growing to = {text, 0, room};
  append_problem(&to, row);
}

void ystep_short_title(const result_row *row, char *text, size_t room) {
  growing to = {text, 0, room};
  append_problem(&to, row);
  append(&to, " %ld x %ld", row->rows, row->classes);
  append(&to, ", lambda %g", row->lambda);
  if (strcmp(row->loss, "collision") != 0 ||
      strcmp(row->fairness, "strong") != 0)
    append(&to, ", %s + %s", row->loss, row->fairness);
  if (group_own_start(row))
    append(&to, ", start %s", group_own_start(row));
  if (group_own_prior(row))
    append(&to, ", prior %s", group_own_prior(row));
}

/* ------------------------------------------------------ names of files --- */

size_t file_name_append(char *slug, size_t used, size_t limit,
                        const char *text) {
  for (; *text && used < limit; text++) {
    if (isalnum((unsigned char)*text) || strchr("._-", *text))
      slug[used++] = *text;
    else if (*text != '=' && used && slug[used - 1] != '-')
      slug[used++] = '-';
  }
  slug[used] = '\0';
  return used;
}

size_t file_name_of_problem(char *slug, const char *problem) {
  char text[512];
  problem_without_option(problem, "", text, sizeof text);
  return file_name_append(slug, 0, FILE_NAME_PROBLEM, text);
}

void file_name_of_gap(double gap, char *text, size_t room) {
  char number[NUMBER_ROOM];
  snprintf(text, room, "-gap%s", text_target(number, gap));
}
