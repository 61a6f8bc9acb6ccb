#include "bench/run/exec_spec.h"

#include "problems/vector/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char own[] = "exec";

/* The last one is put together here. */
enum { COMMAND, NAME, START, OTHERS, OPTIONS };
const ys_option exec_spec_options[OPTIONS + 1] = {
    {"command", YS_TEXT, NULL, 0, 0, NULL, "the program and its arguments"},
    {"name", YS_NAME, "", 0, 0, NULL, "what tables call it"},
    {"start", YS_REAL, "60", 0.001, 1e6, NULL,
     "seconds until it must be ready"},
    {EXEC_OTHERS, YS_NAME, "", 0, 0, NULL, "handed over as they are"},
    {0}};

static const ys_option *const table = exec_spec_options;

bool exec_is_spec(const char *spec) {
  const size_t length = ys_spec_name_length(spec);
  return length == strlen(own) && strncmp(spec, own, length) == 0;
}

/* ---------------------------------------------------------------- words -- */

static bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

/* Copy the next word of *text, which moves behind it, to `word`, which has room
 * for all of the text; an empty one where there is none. 1: a word; 0: none;
 * -1: a quote without its end. */
static int next_word(const char **text, char *word) {
  const char *at = *text + strspn(*text, " \t");
  char quote = '\0';
  const bool found = *at != '\0';
  for (; *at && (quote || !is_blank(*at)); at++)
    if (quote ? *at == quote : *at == '\'' || *at == '"')
      quote = quote ? '\0' : *at;
    else if (*at == '\\' && at[1] &&
             (!quote || (quote == '"' && strchr("\"\\", at[1]))))
      *word++ = *++at;
    else
      *word++ = *at;
  *word = '\0';
  *text = at;
  return quote ? -1 : found;
}

static ys_code check_command(const char *command, ys_error *error) {
  char *word = malloc(strlen(command) + 1);
  const char *at = command;
  int found;
  size_t count = 0;
  if (!word)
    return ys_fail_memory(error, "a command");
  while ((found = next_word(&at, word)) > 0 && (count || *word))
    count++;
  free(word);
  if (found < 0)
    return ys_fail(error, YS_BAD_INPUT, "exec: command=%s: a quote has no end",
                   command);
  return count ? YS_OK
               : ys_fail(error, YS_BAD_INPUT,
                         "exec: command=%s: expected a program", command);
}

char **exec_words(const char *command, ys_memory *memory) {
  const size_t length = strlen(command) + 1;
  char **words = ys_take(memory, length + 1, sizeof *words, "a command");
  char *word = ys_take(memory, length + 1, 1, "a command"); /* an empty last */
  if (!words || !word)
    return NULL;
  for (size_t i = 0; next_word(&command, word) > 0; i++) {
    words[i] = word;
    word += strlen(word) + 1;
  }
  return words;
}

char **exec_spec_words(const ys_options *options, ys_memory *memory) {
  return exec_words(ys_options_text(options, table[COMMAND].name), memory);
}

/* -------------------------------------------------------------- options -- */

/* The length of the key of an item; 0: it has none. */
static size_t key_length(const char *item, size_t length) {
  const char *equals = memchr(item, '=', length);
  return equals ? (size_t)(equals - item) : 0;
}

static bool is_known(const char *item, size_t key) {
  size_t i;
  return ys_names_find((ys_names){table, sizeof *table, OTHERS}, item, key, &i);
}

static bool has_key(const char *text, const char *key, size_t length) {
  while (*text) {
    const size_t item = ys_option_length(text);
    if (key_length(text, item) == length && strncmp(text, key, length) == 0)
      return true;
    text += item + (text[item] == ',');
  }
  return false;
}

static void append(char *text, const char *item, size_t length) {
  if (*text)
    strcat(text, ",");
  strncat(text, item, length);
}

/* The harness's own options of `text` go to one, all others to the other. */
static ys_code divide(const char *text, char *known, char *others,
                      ys_error *error) {
  while (*text) {
    const size_t length = ys_option_length(text);
    const size_t key = key_length(text, length);
    if (!key)
      return ys_fail(error, YS_BAD_INPUT,
                     "exec: expected key=value, found '%.*s' (a comma of a "
                     "value is written twice)",
                     (int)length, text);
    if (has_key(others, text, key))
      return ys_fail(error, YS_BAD_INPUT, "exec: option '%.*s' is given twice",
                     (int)key, text);
    append(is_known(text, key) ? known : others, text, length);
    text += length + (text[length] == ',');
  }
  return YS_OK;
}

/* `others` becomes the options', or is freed. */
static ys_code parse(const char *known, char *others, ys_options *options,
                     ys_error *error) {
  ys_code code = ys_options_parse(own, table, known, options, error);
  if (code) {
    free(others);
    return code;
  }
  free(options->value[OTHERS].text);
  options->value[OTHERS].text = others;
  code = check_command(options->value[COMMAND].text, error);
  if (code)
    ys_options_free(options);
  return code;
}

ys_code exec_spec_parse(const char *spec, ys_options *options,
                        ys_error *error) {
  const char *text = ys_spec_options(spec);
  const size_t room = strlen(spec) + 1;
  char *known = calloc(room, 1), *others = calloc(room, 1);
  *options = (ys_options){.table = table};
  ys_code code = known && others
                     ? divide(text ? text : "", known, others, error)
                     : ys_fail_memory(error, "options");
  if (code)
    free(others);
  else
    code = parse(known, others, options, error);
  free(known);
  return code;
}

/* One comma for two. */
static const char *take_value(const char *text, size_t length,
                              ys_memory *memory) {
  char *value = ys_take(memory, length + 1, 1, "options"), *end = value;
  for (size_t i = 0; value && i < length; i++) {
    *end++ = text[i];
    i += text[i] == ',';
  }
  return value;
}

bool exec_spec_next(const ys_options *options, const char **at,
                    const char **key, const char **value, ys_memory *memory) {
  const char *text = *at ? *at : ys_options_text(options, EXEC_OTHERS);
  const size_t length = ys_option_length(text);
  const size_t name = key_length(text, length);
  if (!*text)
    return false;
  *key = ys_take_text(memory, "%.*s", (int)name, text);
  *value = take_value(text + name + 1, length - name - 1, memory);
  *at = text + length + (text[length] == ',');
  return *key && *value;
}

/* ---------------------------------------------------------------- label -- */

/* Without folders. */
static const char *last_part(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash && slash[1] ? slash + 1 : path;
}

static void add(char label[EXEC_LABEL], const char *before, const char *text) {
  const size_t used = strlen(label);
  snprintf(label + used, EXEC_LABEL - used, "%s%s", before, text);
}

const char *exec_spec_label(const char *spec, char label[EXEC_LABEL]) {
  ys_options options;
  ys_memory memory = {0};
  if (!exec_is_spec(spec) || exec_spec_parse(spec, &options, NULL))
    return NULL;
  const char *name = ys_options_text(&options, table[NAME].name);
  const char *others = ys_options_text(&options, EXEC_OTHERS);
  char **words = exec_spec_words(&options, &memory);
  *label = '\0';
  if (*name)
    add(label, "", name);
  else if (words)
    add(label, "", last_part(words[0]));
  if (!*name && words && words[1] && words[1][0] != '-')
    add(label, " ", last_part(words[1]));
  add(label, *others ? ":" : "", others);
  ys_give_back(&memory);
  ys_options_free(&options);
  return label;
}
