#include "problems/options.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool ys_read_number(const char *text, double *number) {
  char *end;
  if (!*text)
    return false;
  *number = strtod(text, &end);
  return *end == '\0' && isfinite(*number);
}

size_t ys_spec_name_length(const char *spec) {
  return strcspn(spec, ":");
}

const char *ys_spec_options(const char *spec) {
  const char *colon = strchr(spec, ':');
  return colon ? colon + 1 : NULL;
}

static size_t least(size_t a, size_t b) {
  return a < b ? a : b;
}

static bool is_same(char a, char b) {
  return tolower((unsigned char)a) == tolower((unsigned char)b);
}

enum { LONGEST = 64 }; /* letters of a name that are looked at */

/* How many letters are to be changed, added, left out or swapped with the next
 * one to make one word the other, whatever their case: the distance of Damerau
 * and Levenshtein ("optimal string alignment"), row by row of its table. */
static size_t edit_distance(const char *a, size_t a_length, const char *b,
                            size_t b_length) {
  size_t rows[3][LONGEST + 1], *before = rows[0], *last = rows[1];
  size_t *row = rows[2];
  for (size_t j = 0; j <= b_length; j++)
    last[j] = j;
  for (size_t i = 1; i <= a_length; i++) {
    row[0] = i;
    for (size_t j = 1; j <= b_length; j++) {
      const bool same = is_same(a[i - 1], b[j - 1]);
      row[j] = least(last[j - 1] + !same, least(last[j], row[j - 1]) + 1);
      if (i > 1 && j > 1 && is_same(a[i - 1], b[j - 2]) &&
          is_same(a[i - 2], b[j - 1]))
        row[j] = least(row[j], before[j - 2] + 1);
    }
    size_t *free_row = before;
    before = last;
    last = row;
    row = free_row;
  }
  return last[b_length];
}

/* Whether a person who wrote the one may have meant the other: a letter or two
 * are different, more in a long word, or the one begins the other. */
static bool is_near(const char *a, size_t a_length, const char *b,
                    size_t b_length, size_t distance) {
  enum { LETTERS_AN_EDIT = 3, MOST_EDITS = 3 };
  const size_t most = a_length > b_length ? a_length : b_length;
  const size_t both = a_length + b_length - most;
  if (both && distance == most - both && strncasecmp(a, b, both) == 0)
    return a_length < b_length || distance <= both;
  return both && distance <= least((most + 1) / LETTERS_AN_EDIT, MOST_EDITS);
}

/* The name of entry i; NULL behind the last. */
static const char *name_at(ys_names names, size_t i) {
  if (i >= names.count)
    return NULL;
  if (names.stride)
    return *(const char *const *)((const char *)names.table + i * names.stride);
  const void *entry = ((const void *const *)names.table)[i];
  return entry ? *(const char *const *)entry : NULL;
}

bool ys_names_find(ys_names names, const char *word, size_t length,
                   size_t *index) {
  const char *name;
  for (size_t i = 0; (name = name_at(names, i)); i++)
    if (strlen(name) == length && strncmp(name, word, length) == 0) {
      *index = i;
      return true;
    }
  return false;
}

const char *ys_names_nearest(ys_names names, const char *word, size_t length) {
  const char *name, *best = NULL;
  size_t best_distance = (size_t)-1;
  if (length > LONGEST)
    return NULL;
  for (size_t i = 0; (name = name_at(names, i)); i++) {
    const size_t name_length = least(strlen(name), LONGEST);
    size_t distance = edit_distance(word, length, name, name_length);
    if (distance < best_distance &&
        is_near(word, length, name, name_length, distance)) {
      best = name;
      best_distance = distance;
    }
  }
  return best;
}

static bool is_there_before(ys_names names, size_t i) {
  size_t first = i;
  const char *name = name_at(names, i);
  return ys_names_find(names, name, strlen(name), &first) && first < i;
}

void ys_names_list(ys_names names, char text[YS_SUGGESTION]) {
  const char *name;
  size_t used = 0;
  *text = '\0';
  for (size_t i = 0; (name = name_at(names, i)); i++) {
    if (is_there_before(names, i))
      continue;
    used += (size_t)snprintf(text + used, YS_SUGGESTION - used, "%s%s",
                             used ? ", " : ": expected ", name);
    if (used >= YS_SUGGESTION) {
      *text = '\0';
      return;
    }
  }
}

void ys_names_suggest(ys_names names, const char *word, size_t length,
                      char text[YS_SUGGESTION]) {
  const char *nearest = ys_names_nearest(names, word, length);
  if (nearest)
    snprintf(text, YS_SUGGESTION, "; did you mean '%s'?", nearest);
  else
    ys_names_list(names, text);
}

ys_code ys_look_up(const char *what, ys_names names, const char *word,
                   size_t length, const char *hint, size_t *index,
                   ys_error *error) {
  char suggestion[YS_SUGGESTION];
  if (ys_names_find(names, word, length, index))
    return YS_OK;
  ys_names_suggest(names, word, length, suggestion);
  return ys_fail(error, YS_BAD_INPUT, "no %s '%.*s'%s%s", what, (int)length,
                 word, suggestion, hint ? hint : "");
}

/* A table of options ends with a NULL, and has no more than a ys_options. */
static ys_names names_of(const ys_option *table) {
  return (ys_names){table, sizeof *table, YS_MAX_OPTIONS + 1};
}

/* Whether `text` is one of the words in "one|two|three". */
static bool is_one_of(const char *words, const char *text) {
  size_t length = strlen(text);
  while (words && length) {
    size_t word = strcspn(words, "|");
    if (word == length && strncmp(words, text, length) == 0)
      return true;
    words = words[word] ? words + word + 1 : NULL;
  }
  return false;
}

static bool takes_number(const ys_option *option) {
  return option->type == YS_REAL || option->type == YS_INTEGER ||
         option->type == YS_REAL_OR_WORD;
}

static ys_code refuse(const char *owner, const ys_option *option,
                      const char *text, ys_error *error) {
  char range[96];
  snprintf(range, sizeof range, "a%s number in [%g, %g]",
           option->type == YS_INTEGER ? " whole" : "", option->low,
           option->high);
  return ys_fail(error, YS_BAD_INPUT, "%s: %s=%s is not valid: expected %s%s%s",
                 owner, option->name, text, takes_number(option) ? range : "",
                 option->type == YS_REAL_OR_WORD ? " or " : "",
                 option->words ? option->words : "");
}

static ys_code check_value(const char *owner, const ys_option *option,
                           ys_value *value, ys_error *error) {
  if (!value->text)
    return ys_fail_memory(error, "options");
  value->is_number = false;
  if (option->type == YS_TEXT || option->type == YS_NAME)
    return YS_OK;
  if (is_one_of(option->words, value->text))
    return YS_OK;
  if (!takes_number(option) || !ys_read_number(value->text, &value->number) ||
      !(value->number >= option->low && value->number <= option->high) ||
      (option->type == YS_INTEGER && value->number != floor(value->number)))
    return refuse(owner, option, value->text, error);
  value->is_number = true;
  return YS_OK;
}

static ys_code unknown_option(const char *owner, const ys_option *table,
                              const char *key, size_t length, ys_error *error) {
  char suggestion[YS_SUGGESTION];
  if (!table[0].name)
    return ys_fail(error, YS_BAD_INPUT, "%s takes no options, but was given %s",
                   owner, key);
  ys_names_suggest(names_of(table), key, length, suggestion);
  return ys_fail(error, YS_BAD_INPUT, "%s has no option '%.*s'%s", owner,
                 (int)length, key, suggestion);
}

size_t ys_option_length(const char *text) {
  size_t length = strcspn(text, ",");
  while (text[length] && text[length + 1] == ',') {
    length += 2;
    length += strcspn(text + length, ",");
  }
  return length;
}

/* A copy of the first `length` bytes with ",," made ",". */
static char *copy_value(const char *text, size_t length) {
  char *copy = strndup(text, length), *end = copy;
  for (const char *from = copy; copy && *from; from++) {
    *end++ = *from;
    from += from[0] == ',' && from[1] == ',';
  }
  if (copy)
    *end = '\0';
  return copy;
}

/* Store one "key=value" of the given length into its place. */
static ys_code store(const char *owner, const ys_option *table,
                     const char *item, size_t length, ys_options *options,
                     ys_error *error) {
  const char *equals = memchr(item, '=', length);
  if (!equals)
    return ys_fail(error, YS_BAD_INPUT, "%s: expected key=value, found '%.*s'",
                   owner, (int)length, item);
  size_t key = (size_t)(equals - item), i;
  if (!ys_names_find(names_of(table), item, key, &i))
    return unknown_option(owner, table, item, key, error);
  if (options->value[i].text)
    return ys_fail(error, YS_BAD_INPUT, "%s: option '%s' is given twice", owner,
                   table[i].name);
  options->value[i].text = copy_value(equals + 1, length - key - 1);
  return check_value(owner, &table[i], &options->value[i], error);
}

static ys_code store_defaults(const char *owner, const ys_option *table,
                              ys_options *options, ys_error *error) {
  for (size_t i = 0; table[i].name; i++) {
    if (options->value[i].text)
      continue;
    if (!table[i].fallback)
      return ys_fail(error, YS_BAD_INPUT, "%s needs the option %s=... (%s)",
                     owner, table[i].name, table[i].help);
    options->value[i].text = strdup(table[i].fallback);
    ys_code code = check_value(owner, &table[i], &options->value[i], error);
    if (code)
      return code;
  }
  return YS_OK;
}

ys_code ys_options_parse(const char *owner, const ys_option *table,
                         const char *text, ys_options *options,
                         ys_error *error) {
  ys_code code = YS_OK;
  *options = (ys_options){.table = table};
  while (!code && text && *text) {
    size_t length = ys_option_length(text);
    code = store(owner, table, text, length, options, error);
    text += length + (text[length] == ',');
  }
  if (!code)
    code = store_defaults(owner, table, options, error);
  if (code)
    ys_options_free(options);
  return code;
}

void ys_options_free(ys_options *options) {
  for (size_t i = 0; i < YS_MAX_OPTIONS; i++) {
    free(options->value[i].text);
    options->value[i].text = NULL;
  }
}

ys_code ys_options_numbers(const char *owner, const ys_option *table,
                           const char *text, double *const *number,
                           ys_error *error) {
  ys_options options;
  ys_code code = ys_options_parse(owner, table, text, &options, error);
  if (code)
    return code;
  for (size_t i = 0; table[i].name; i++)
    *number[i] = options.value[i].number;
  ys_options_free(&options);
  return YS_OK;
}

static const ys_value *look_up(const ys_options *options, const char *name) {
  size_t i = 0;
  bool found = ys_names_find(names_of(options->table), name, strlen(name), &i);
  assert(found);
  (void)found;
  return &options->value[i];
}

double ys_options_number(const ys_options *options, const char *name) {
  const ys_value *value = look_up(options, name);
  assert(value->is_number);
  return value->number;
}

const char *ys_options_text(const ys_options *options, const char *name) {
  return look_up(options, name)->text;
}

bool ys_options_is_number(const ys_options *options, const char *name) {
  return look_up(options, name)->is_number;
}

bool ys_options_is_word(const ys_options *options, const char *name,
                        const char *word) {
  return strcmp(look_up(options, name)->text, word) == 0;
}
