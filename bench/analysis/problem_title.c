#include "bench/analysis/problem_title.h"

#include "problems/options.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void short_text_add(short_text *to, const char *format, ...) {
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
static void append_base(short_text *to, const char *path, size_t length) {
  const char *slash = memrchr(path, '/', length);
  size_t skipped = slash ? (size_t)(slash + 1 - path) : 0;
  const char *dot = memrchr(path + skipped, '.', length - skipped);
  if (dot && dot > path + skipped)
    length = (size_t)(dot - path);
  short_text_add(to, "%.*s", (int)(length - skipped), path + skipped);
}

/* The name: of the file if there is a path among the options, else of the
 * problem. */
static void append_name(short_text *to, const char *spec) {
  const char *item = ys_spec_options(spec);
  while (item && *item) {
    size_t length = ys_option_length(item);
    if (is_option(item, length, "path")) {
      append_base(to, item + strlen("path="), length - strlen("path="));
      return;
    }
    item += length + (item[length] == ',');
  }
  short_text_add(to, "%.*s", (int)ys_spec_name_length(spec), spec);
}

static void append_spec(short_text *to, const char *spec,
                        const char *const *keys, size_t count) {
  const char *item = ys_spec_options(spec), *before = ":";
  append_name(to, spec);
  while (item && *item) {
    size_t length = ys_option_length(item);
    bool left_out = is_option(item, length, "path");
    for (size_t i = 0; i < count; i++)
      left_out = left_out || is_option(item, length, keys[i]);
    if (!left_out) {
      short_text_add(to, "%s%.*s", before, (int)length, item);
      before = ",";
    }
    item += length + (item[length] == ',');
  }
}

void problem_without_option(const char *spec, const char *key, char *text,
                            size_t room) {
  short_text to = {text, 0, room};
  text[0] = '\0';
  append_spec(&to, spec, &key, 1);
}

bool problem_is_same_without(const result_row *a, const result_row *b,
                             const char *key) {
  char x[512], y[512];
  problem_without_option(a->problem, key, x, sizeof x);
  problem_without_option(b->problem, key, y, sizeof y);
  return strcmp(x, y) == 0;
}

static void append_problem(short_text *to, const result_row *row) {
  static const char *const shape[] = {"M", "K"};
  to->text[0] = '\0';
  if (row->problem_label)
    short_text_add(to, "%s", row->problem_label);
  else
    append_spec(to, row->problem, shape, 2);
}

static const char *unless_uniform(const char *text) {
  return strcmp(text, "uniform") == 0 ? NULL : text;
}

const char *group_own_prior(const result_row *row) {
  return row->settings ? unless_uniform(row->settings->prior) : NULL;
}

const char *group_own_terms(const result_row *row, char text[OWN_TERMS]) {
  short_text to = {text, 0, OWN_TERMS};
  const char *start =
      row->settings ? unless_uniform(row->settings->start) : NULL;
  text[0] = '\0';
  if (start)
    short_text_add(&to, ", start %s", start);
  if (group_own_prior(row))
    short_text_add(&to, ", prior %s", group_own_prior(row));
  if (result_ranks(row) > 1)
    short_text_add(&to, ", %g ranks", result_ranks(row));
  return text;
}

void problem_short_name(const result_row *row, char *text, size_t room) {
  short_text to = {text, 0, room};
  append_problem(&to, row);
}

void ystep_short_title(const result_row *row, char *text, size_t room) {
  short_text to = {text, 0, room};
  char own[OWN_TERMS];
  append_problem(&to, row);
  short_text_add(&to, " %ld x %ld", row->rows, row->classes);
  short_text_add(&to, ", lambda %g", row->lambda);
  if (strcmp(row->loss, "collision") != 0 ||
      strcmp(row->fairness, "strong") != 0)
    short_text_add(&to, ", %s + %s", row->loss, row->fairness);
  short_text_add(&to, "%s", group_own_terms(row, own));
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
