#include "bench/cli/args.h"

#include "problems/options.h"
#include "problems/vector/array.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static ys_code unknown(const arg *table, const char *word, size_t length,
                       ys_error *error) {
  const char *names[32];
  size_t count = 0;
  for (; table[count].name && count < 32; count++)
    names[count] = table[count].name;
  return ys_fail(error, YS_BAD_INPUT,
                 "no option '%s'; did you mean '--%s'? (try --help)", word,
                 names[ys_nearest_name(word + 2, length, names, count)]);
}

static ys_code append(arg *option, const char *value, ys_error *error) {
  const char **grown =
      realloc(option->item, ys_times(option->count + 1, sizeof *grown));
  if (!grown)
    return ys_fail_memory(error, "arguments");
  option->item = grown;
  option->item[option->count++] = value;
  return YS_OK;
}

/* Whether a word starts an option: "-x", "--x", but not "-", "-1" or "-.5". */
static bool is_option(const char *word) {
  return word[0] == '-' && word[1] && !strchr("0123456789.", word[1]);
}

static arg *find(arg *table, const char *word, size_t length) {
  for (arg *option = table; option->name; option++) {
    if (word[1] != '-' && word[1] == option->letter && word[2] == '\0')
      return option;
    if (word[1] == '-' && strlen(option->name) == length &&
        strncmp(option->name, word + 2, length) == 0)
      return option;
  }
  return NULL;
}

/* Read the values of `option`, whose word is argv[*i]; leave *i at the last
 * word that was used. */
static ys_code take_values(int argc, char **argv, int *i, arg *option,
                           const char *attached, ys_error *error) {
  const char *word = argv[*i];
  if (option->kind == ARG_FLAG)
    return attached ? ys_fail(error, YS_BAD_INPUT, "--%s takes no value",
                              option->name)
                    : append(option, "", error);
  if (attached)
    return append(option, attached, error);
  size_t before = option->count;
  while (*i + 1 < argc && !is_option(argv[*i + 1])) {
    ys_code code = append(option, argv[++*i], error);
    if (code || option->kind == ARG_ONE)
      return code;
  }
  if (option->count == before)
    return ys_fail(error, YS_BAD_INPUT, "%s needs a value: %s", word,
                   option->help);
  return YS_OK;
}

ys_code args_parse(int argc, char **argv, arg *table, const char **positional,
                   size_t most, size_t *found, ys_error *error) {
  ys_code code = YS_OK;
  *found = 0;
  for (int i = 1; i < argc && !code; i++) {
    if (!is_option(argv[i])) {
      if (*found == most)
        return ys_fail(error, YS_BAD_INPUT, "unexpected argument '%s'",
                       argv[i]);
      positional[(*found)++] = argv[i];
      continue;
    }
    char *equals = strncmp(argv[i], "--", 2) == 0 ? strchr(argv[i], '=') : NULL;
    size_t length = (equals ? (size_t)(equals - argv[i]) : strlen(argv[i])) - 2;
    arg *option = find(table, argv[i], length);
    if (!option)
      return unknown(table, argv[i], length, error);
    code =
        take_values(argc, argv, &i, option, equals ? equals + 1 : NULL, error);
  }
  return code;
}

void args_free(arg *table) {
  for (; table->name; table++) {
    free(table->item);
    table->item = NULL;
    table->count = 0;
  }
}

const arg *args_get(const arg *table, const char *name) {
  while (table->name && strcmp(table->name, name) != 0)
    table++;
  assert(table->name);
  return table;
}

const char *args_text(const arg *table, const char *name,
                      const char *fallback) {
  const arg *option = args_get(table, name);
  return option->count ? option->item[option->count - 1] : fallback;
}

bool args_given(const arg *table, const char *name) {
  return args_get(table, name)->count > 0;
}

ys_code args_number(const arg *table, const char *name, double low, double high,
                    double fallback, double *number, ys_error *error) {
  const char *text = args_text(table, name, NULL);
  double found;
  *number = fallback;
  if (!text)
    return YS_OK;
  if (!ys_read_number(text, &found) || found < low || found > high)
    return ys_fail(error, YS_BAD_INPUT,
                   "--%s %s is not valid: expected a number in [%g, %g]", name,
                   text, low, high);
  *number = found;
  return YS_OK;
}

ys_code args_whole(const arg *table, const char *name, double low, double high,
                   double fallback, double *number, ys_error *error) {
  ys_code code = args_number(table, name, low, high, fallback, number, error);
  if (!code && *number != floor(*number))
    code = ys_fail(error, YS_BAD_INPUT,
                   "--%s %s is not valid: expected a whole number", name,
                   args_text(table, name, ""));
  return code;
}

void args_print_help(const arg_help *help, const arg *table) {
  printf("usage: %s\n\n%s", help->usage, help->about);
  if (help->put_list)
    help->put_list();
  printf("\n\noptions:\n");
  for (; table->name; table++) {
    const char *gap = strstr(table->help, "  ");
    int value = gap ? (int)(gap - table->help) : 0;
    char left[64];
    snprintf(left, sizeof left, "%c%c%s--%s %.*s", table->letter ? '-' : ' ',
             table->letter ? table->letter : ' ', table->letter ? ", " : "  ",
             table->name, value, table->help);
    printf("  %-34s%s\n", left, gap ? gap + 2 : table->help);
  }
  printf("\nexamples:\n%s", help->examples);
}
