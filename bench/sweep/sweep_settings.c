#include "bench/sweep/sweep_settings.h"

#include "bench/run/request.h"
#include "bench/store/schema.h"

#include "problems/options.h"
#include "problems/vector/array.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum value_kind { NUMBER, WHOLE, WORD, TEXT } value_kind;

static const char a_start[] = "uniform, sigma, random or the path of a file";
static const char a_prior[] = "uniform or the path of a file";

/* What may stand where a value is wanted. */
typedef struct value_rule {
  const char *name;
  value_kind kind;
  double low, high;         /* of a number */
  const record_rule *words; /* of a word */
  const char *expected;     /* of a text */
} value_rule;

static const struct {
  value_rule rule;
  sweep_value fallback;
} keys[SWEEP_KEYS] = {
    {{"lambdas", NUMBER, 0, 1e300, NULL, NULL}, {.number = 1}},
    {{"losses", WORD, 0, 0, &column_loss, NULL}, {.number = 0}},
    {{"fairness", WORD, 0, 0, &column_fairness, NULL}, {.number = 0}},
    {{"starts", TEXT, 0, 0, NULL, a_start}, {.text = "uniform"}},
    {{"priors", TEXT, 0, 0, NULL, a_prior}, {.text = "uniform"}},
    {{"seeds", WHOLE, 0, ARGS_MOST_SEED, NULL, NULL}, {.number = 1}},
    {{"ranks", WHOLE, 1, 1024, NULL, NULL}, {.number = 1}},
    {{"repeats", WHOLE, 1, 1e6, NULL, NULL}, {.number = 1}},
    {{"threads", WHOLE, 1, 1024, NULL, NULL}, {.number = -1}},
    {{"tol", NUMBER, 0, 1e300, NULL, NULL}, {.number = REQUEST_TOLERANCE}},
    {{"max-iter", WHOLE, 0, 1e15, NULL, NULL}, {.number = REQUEST_ITERATIONS}},
    {{"time-limit", NUMBER, 0, 1e9, NULL, NULL}, {.number = REQUEST_SECONDS}},
    {{"trace-every", WHOLE, 0, 1e15, NULL, NULL}, {.number = -1}},
    {{"wall-limit", NUMBER, 0.1, 1e9, NULL, NULL}, {.number = -1}},
    {{"memory-limit", WHOLE, 64, 1e9, NULL, NULL}, {.number = -1}},
};

sweep_settings sweep_defaults(void) {
  sweep_settings settings;
  for (int key = 0; key < SWEEP_KEYS; key++)
    settings.of[key] = (sweep_values){&keys[key].fallback, 1};
  return settings;
}

/* -------------------------------------------------------------- values ---- */

/* What one item stands for: numbers from first to last, or a word or text. */
typedef struct values_given {
  double first, last;
  size_t count;
  bool is_log;
  const char *text;
} values_given;

/* A number as a person would write it: 0.1, not 0.10000000000000001. */
static double rounded(double number) {
  char text[32];
  snprintf(text, sizeof text, "%.12g", number);
  return strtod(text, NULL);
}

static double number_at(const values_given *r, size_t i) {
  if (r->count == 1)
    return r->first;
  double part = (double)i / (double)(r->count - 1);
  return rounded(r->is_log
                     ? exp(log(r->first) * (1 - part) + log(r->last) * part)
                     : r->first * (1 - part) + r->last * part);
}

static ys_code read_range(node at, const char *name, double low, double high,
                          values_given *r, ys_error *error) {
  static const char *const names[] = {"logspace", "linspace"};
  double count;
  ys_code code = node_check_keys(at, name, YS_NAMES(names), error);
  if (code)
    return code;
  if (node_pairs(at) != 1)
    return node_fail(at, error,
                     "%s: expected one range, {logspace: [first, last, count]}",
                     name);
  node bounds = node_value(at, 0);
  r->is_log = node_find(at, "logspace").found != NULL;
  if (!node_is_list(bounds) || node_count(bounds) != 3)
    return node_fail(bounds, error, "%s: expected [first, last, count]", name);
  code = node_number(node_item(bounds, 0), name, low, high, false, &r->first,
                     error);
  if (!code)
    code = node_number(node_item(bounds, 1), name, low, high, false, &r->last,
                       error);
  if (!code)
    code = node_number(node_item(bounds, 2), "count of a range", 1,
                       SWEEP_MOST_VALUES, true, &count, error);
  if (code)
    return code;
  r->count = (size_t)count;
  if (r->is_log && !(r->first > 0 && r->last > 0))
    return node_fail(bounds, error,
                     "%s: logspace expects a first and a last above 0", name);
  return YS_OK;
}

ys_code sweep_item_count(node at, const char *name, size_t *count,
                         ys_error *error) {
  values_given r = {.count = 1};
  ys_code code = node_is_mapping(at)
                     ? read_range(at, name, -1e300, 1e300, &r, error)
                     : YS_OK;
  *count = r.count;
  return code;
}

/* Find the text among the words of a column; its place becomes the number. */
static ys_code read_word(node at, const value_rule *rule, values_given *value,
                         ys_error *error) {
  const char *names[8];
  char expected[80] = "";
  size_t length = 0, index;
  ys_names words = {names, sizeof *names, 0};
  for (; (names[words.count] = rule->words->word((int)words.count));
       words.count++)
    length +=
        (size_t)snprintf(expected + length, sizeof expected - length, "%s%s",
                         words.count ? " or " : "", names[words.count]);
  ys_code code = node_text(at, rule->name, expected, &value->text, error);
  if (code)
    return code;
  length = strlen(value->text);
  if (!ys_names_find(words, value->text, length, &index)) {
    const char *nearest = ys_names_nearest(words, value->text, length);
    return node_fail(at, error, "%s: expected %s, found '%s'%s%s%s", rule->name,
                     expected, value->text, nearest ? "; did you mean '" : "",
                     nearest ? nearest : "", nearest ? "'?" : "");
  }
  value->first = (double)index;
  return YS_OK;
}

static ys_code read_item(node at, const value_rule *rule, values_given *value,
                         ys_error *error) {
  *value = (values_given){.count = 1};
  if (rule->kind == TEXT)
    return node_text(at, rule->name, rule->expected, &value->text, error);
  if (rule->kind == WORD)
    return read_word(at, rule, value, error);
  return node_is_mapping(at)
             ? read_range(at, rule->name, rule->low, rule->high, value, error)
             : node_number(at, rule->name, rule->low, rule->high,
                           rule->kind == WHOLE, &value->first, error);
}

static ys_code read_values(node at, const value_rule *rule, ys_memory *memory,
                           sweep_values *values, ys_error *error) {
  values_given value;
  size_t count = 0;
  ys_code code = YS_OK;
  for (size_t i = 0; !code && i < node_count(at); i++) {
    code = read_item(node_item(at, i), rule, &value, error);
    count += value.count;
  }
  if (code)
    return code;
  if (count > SWEEP_MOST_VALUES)
    return node_fail(at, error, "%s: %zu values: expected at most %d",
                     rule->name, count, SWEEP_MOST_VALUES);
  sweep_value *item = ys_take(memory, ys_plus(count, 1), sizeof *item,
                              "the settings of a sweep");
  if (!item)
    return ys_memory_check(memory, error);
  *values = (sweep_values){item, count};
  for (size_t i = 0; !code && i < node_count(at); i++) {
    code = read_item(node_item(at, i), rule, &value, error);
    for (size_t k = 0; !code && k < value.count; k++) {
      double number = number_at(&value, k);
      *item++ = (sweep_value){rule->kind == WHOLE ? round(number) : number,
                              value.text, node_item(at, i)};
    }
  }
  return code;
}

ys_code sweep_numbers_read(node at, const char *name, bool whole,
                           ys_memory *memory, sweep_values *values,
                           ys_error *error) {
  const value_rule any = {name, whole ? WHOLE : NUMBER, -1e300, 1e300, NULL,
                          NULL};
  return read_values(at, &any, memory, values, error);
}

/* -------------------------------------------------------------- a key ---- */

static int by_content(const sweep_value *a, const sweep_value *b) {
  if (a->text && b->text)
    return strcmp(a->text, b->text);
  return (a->number > b->number) - (a->number < b->number);
}

/* By content; the same in the order of the file, which is that of the array. */
static int by_content_and_place(const void *a, const void *b) {
  const sweep_value *x = *(const sweep_value *const *)a;
  const sweep_value *y = *(const sweep_value *const *)b;
  int order = by_content(x, y);
  return order ? order : (x > y) - (x < y);
}

/* The same value twice would be the same run twice. */
static ys_code check_values(sweep_key key, node at, const sweep_values *values,
                            ys_memory *memory, ys_error *error) {
  const sweep_value **sorted =
      ys_take(memory, values->count, sizeof *sorted, "the settings of a sweep");
  const sweep_value *twice = NULL;
  if (!sorted)
    return ys_fail_memory(error, "the settings of a sweep");
  if (values->count == 0)
    return node_fail(at, error, "%s: the list is empty: expected a value",
                     keys[key].rule.name);
  for (size_t i = 0; i < values->count; i++)
    sorted[i] = &values->item[i];
  qsort(sorted, values->count, sizeof *sorted, by_content_and_place);
  for (size_t i = 1; i < values->count; i++)
    if (by_content(sorted[i - 1], sorted[i]) == 0 &&
        (!twice || sorted[i] < twice))
      twice = sorted[i];
  if (!twice)
    return YS_OK;
  char number[32];
  snprintf(number, sizeof number, "%.12g", twice->number);
  return node_fail(twice->at, error, "%s: %s is there twice",
                   keys[key].rule.name, twice->text ? twice->text : number);
}

static ys_code read_key(sweep_key key, node at, ys_memory *memory,
                        sweep_values *values, ys_error *error) {
  if (key >= SWEEP_AXES && (node_is_list(at) || node_is_mapping(at)))
    return node_fail(at, error, "%s: expected one value, found a %s",
                     keys[key].rule.name,
                     node_is_list(at) ? "list" : "mapping");
  ys_code code = read_values(at, &keys[key].rule, memory, values, error);
  return code ? code : check_values(key, at, values, memory, error);
}

ys_code sweep_settings_check(node at, const char *owner,
                             const char *const *others, size_t count,
                             ys_error *error) {
  const char *names[SWEEP_KEYS + SWEEP_OTHER_KEYS];
  memcpy(names, others, count * sizeof *names);
  for (int key = 0; key < SWEEP_KEYS; key++)
    names[count++] = keys[key].rule.name;
  return node_check_keys(at, owner, (ys_names){names, sizeof *names, count},
                         error);
}

ys_code sweep_settings_read(node mapping, ys_memory *memory,
                            sweep_settings *settings, ys_error *error) {
  ys_code code = YS_OK;
  for (size_t i = 0; !code && i < node_pairs(mapping); i++) {
    int key = 0;
    while (key < SWEEP_KEYS &&
           strcmp(node_word(mapping, i), keys[key].rule.name) != 0)
      key++;
    if (key < SWEEP_KEYS)
      code = read_key((sweep_key)key, node_value(mapping, i), memory,
                      &settings->of[key], error);
  }
  return code;
}
