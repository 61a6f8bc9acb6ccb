#include "bench/cli/args.h"

#include "problems/vector/array.h"

#include <assert.h>
#include <math.h>
#include <omp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

arg *args_make(const arg_option *table) {
  static const arg_option everywhere[] = {
      {"quiet", 'q', ARG_FLAG, NULL, "  say nothing but errors"},
      {"help", 'h', ARG_FLAG, NULL, "  this page"}};
  const size_t more = sizeof everywhere / sizeof *everywhere;
  size_t count = 0;
  while (table[count].name)
    count++;
  arg *args = calloc(count + more + 1, sizeof *args);
  for (size_t i = 0; args && i < count + more; i++)
    args[i].option = i < count ? table[i] : everywhere[i - count];
  return args;
}

void args_free(arg *args) {
  for (arg *option = args; option && option->option.name; option++)
    free(option->item);
  free(args);
}

/* ----------------------------------------------------------- parsing ---- */

static ys_code append(arg *option, const char *value, ys_error *error) {
  const char **grown =
      realloc(option->item, ys_times(option->count + 1, sizeof *grown));
  if (!grown)
    return ys_fail_memory(error, "arguments");
  option->item = grown;
  option->item[option->count++] = value;
  return YS_OK;
}

/* Whether a word starts an option, or with "--" ends the values of one: "-x",
 * "--x", but not "-", "-1" or "-.5". */
static bool is_option(const char *word) {
  return word[0] == '-' && word[1] && !strchr("0123456789.", word[1]);
}

/* Options are named in the singular, and found by the plural, too. */
static bool is_name(const char *name, const char *word, size_t length) {
  const size_t own = strlen(name);
  return (length == own || (length == own + 1 && word[own] == 's')) &&
         strncmp(name, word, own) == 0;
}

static arg *find(arg *args, const char *word, size_t length) {
  for (; args->option.name; args++) {
    const arg_option *option = &args->option;
    if (word[1] != '-' && word[1] == option->letter && word[2] == '\0')
      return args;
    if (word[1] == '-' && is_name(option->name, word + 2, length))
      return args;
  }
  return NULL;
}

const char *args_help(const arg *of, char text[ARGS_HELP_ROOM]) {
  snprintf(text, ARGS_HELP_ROOM, of->option.help, of->option.fallback);
  return text;
}

/* Read the values of `option`, whose word is argv[*i]; leave *i at the last
 * word that was used. */
static ys_code take_values(int argc, char **argv, int *i, arg *option,
                           const char *attached, ys_error *error) {
  const char *word = argv[*i];
  char help[ARGS_HELP_ROOM];
  if (option->option.kind == ARG_FLAG)
    return attached ? ys_fail(error, YS_BAD_INPUT, "--%s takes no value",
                              option->option.name)
                    : append(option, "", error);
  if (attached)
    return append(option, attached, error);
  size_t before = option->count;
  while (*i + 1 < argc && !is_option(argv[*i + 1])) {
    ys_code code = append(option, argv[++*i], error);
    if (code || option->option.kind == ARG_ONE)
      return code;
  }
  if (option->count == before)
    return ys_fail(error, YS_BAD_INPUT, "%s needs a value: %s", word,
                   args_help(option, help));
  return YS_OK;
}

static ys_code unknown_option(ys_names names, const char *word, size_t length,
                              ys_error *error) {
  const char *nearest = ys_names_nearest(names, word + 2, length);
  return ys_fail(error, YS_BAD_INPUT, "no option '%s'%s%s%s (try --help)", word,
                 nearest ? "; did you mean '--" : "", nearest ? nearest : "",
                 nearest ? "'?" : "");
}

ys_code args_parse(int argc, char **argv, arg *args, const char **positional,
                   size_t most, size_t *found, ys_error *error) {
  const ys_names names = {args, sizeof *args, SIZE_MAX};
  ys_code code = YS_OK;
  bool words = false; /* a "--": words of no option follow */
  *found = 0;
  for (int i = 1; i < argc && !code; i++) {
    if (!words && strcmp(argv[i], "--") == 0) {
      words = true;
      continue;
    }
    if (words || !is_option(argv[i])) {
      if (*found == most)
        return ys_fail(error, YS_BAD_INPUT, "unexpected argument '%s'",
                       argv[i]);
      positional[(*found)++] = argv[i];
      continue;
    }
    char *equals = strncmp(argv[i], "--", 2) == 0 ? strchr(argv[i], '=') : NULL;
    size_t length = (equals ? (size_t)(equals - argv[i]) : strlen(argv[i])) - 2;
    arg *option = find(args, argv[i], length);
    if (!option)
      return unknown_option(names, argv[i], length, error);
    code =
        take_values(argc, argv, &i, option, equals ? equals + 1 : NULL, error);
  }
  return code;
}

/* ----------------------------------------------------------- reading ---- */

const arg *args_get(const arg *args, const char *name) {
  while (args->option.name && strcmp(args->option.name, name) != 0)
    args++;
  assert(args->option.name);
  return args;
}

bool args_given(const arg *args, const char *name) {
  return args_get(args, name)->count > 0;
}

const char *args_text(const arg *args, const char *name) {
  const arg *of = args_get(args, name);
  return of->count ? of->item[of->count - 1] : of->option.fallback;
}

arg_texts args_texts(const arg *args, const char *name) {
  const arg *of = args_get(args, name);
  return of->count
             ? (arg_texts){of->item, of->count}
             : (arg_texts){&of->option.fallback, of->option.fallback != NULL};
}

ys_code args_choice(const arg *args, const char *name, ys_names names,
                    const char *refusal, size_t *choice, ys_error *error) {
  const char *text = args_text(args, name);
  if (!refusal)
    return ys_look_up(name, names, text, strlen(text), NULL, choice, error);
  return ys_names_find(names, text, strlen(text), choice)
             ? YS_OK
             : ys_fail(error, YS_BAD_INPUT, refusal, text);
}

ys_code args_number(const arg *args, const char *name, double low, double high,
                    double *number, ys_error *error) {
  const char *text = args_text(args, name);
  double found;
  if (!text)
    return YS_OK;
  if (!ys_read_number(text, &found) || found < low || found > high)
    return ys_fail(error, YS_BAD_INPUT,
                   "--%s %s is not valid: expected a number in [%g, %g]", name,
                   text, low, high);
  *number = found;
  return YS_OK;
}

ys_code args_numbers(const arg *args, const char *name, double **numbers,
                     size_t *count, ys_error *error) {
  const arg *of = args_get(args, name);
  const char *usual = of->count ? "" : of->option.fallback;
  *count = 0;
  *numbers = ys_array(ys_plus(of->count, strlen(usual)), sizeof **numbers);
  if (!*numbers)
    return ys_fail_memory(error, "numbers");
  for (char *end; *usual; usual = end)
    (*numbers)[(*count)++] = strtod(usual, &end);
  for (; *count < of->count; ++*count) {
    double *number = *numbers + *count;
    if (!ys_read_number(of->item[*count], number) || *number < 0)
      return ys_fail(error, YS_BAD_INPUT,
                     "--%s %s is not valid: expected a finite number >= 0",
                     name, of->item[*count]);
  }
  return YS_OK;
}

_Static_assert(sizeof(size_t) == sizeof(long), "whole numbers are of one size");

ys_code args_wholes(const arg *args, const arg_whole *wholes, size_t count,
                    ys_error *error) {
  ys_code code = YS_OK;
  for (const arg_whole *w = wholes; !code && w < wholes + count; w++) {
    double number = NAN;
    code = args_number(args, w->name, w->low, w->high, &number, error);
    const long whole = (long)number;
    if (code || isnan(number))
      continue;
    if (number != floor(number))
      return ys_fail(error, YS_BAD_INPUT,
                     "--%s %s is not valid: expected a whole number", w->name,
                     args_text(args, w->name));
    memcpy(w->whole, &whole, sizeof whole);
  }
  return code;
}

ys_code args_threads(const arg *args, int *threads, ys_error *error) {
  long count = omp_get_num_procs();
  const arg_whole wanted = {"threads", 1, 1024, &count};
  ys_code code = args_wholes(args, &wanted, 1, error);
  *threads = (int)count;
  return code;
}
