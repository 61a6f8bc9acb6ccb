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

static const struct {
  const char *name;
  value_kind kind;
  double low, high;         /* of a number */
  const record_rule *words; /* of a word */
  const char *expected;     /* of a text */
  sweep_value fallback;
} keys[SWEEP_KEYS] = {
    {"lambdas", NUMBER, 0, 1e300, NULL, NULL, {.number = 1}},
    {"losses", WORD, 0, 0, &column_loss, NULL, {.number = 0}},
    {"fairness", WORD, 0, 0, &column_fairness, NULL, {.number = 0}},
    {"starts", TEXT, 0, 0, NULL, a_start, {.text = "uniform"}},
    {"priors", TEXT, 0, 0, NULL, a_prior, {.text = "uniform"}},
    {"seeds", WHOLE, 0, ARGS_MOST_SEED, NULL, NULL, {.number = 1}},
    {"repeats", WHOLE, 1, 1e6, NULL, NULL, {.number = 1}},
    {"threads", WHOLE, 1, 1024, NULL, NULL, {.number = -1}},
    {"tol", NUMBER, 0, 1e300, NULL, NULL, {.number = REQUEST_TOLERANCE}},
    {"max-iter", WHOLE, 0, 1e15, NULL, NULL, {.number = REQUEST_ITERATIONS}},
    {"time-limit", NUMBER, 0, 1e9, NULL, NULL, {.number = REQUEST_SECONDS}},
    {"trace-every", WHOLE, 0, 1e15, NULL, NULL, {.number = -1}},
    {"wall-limit", NUMBER, 0.1, 1e9, NULL, NULL, {.number = -1}},
    {"memory-limit", WHOLE, 64, 1e9, NULL, NULL, {.number = -1}},
};

sweep_settings sweep_defaults(void) {
  sweep_settings settings;
  for (int key = 0; key < SWEEP_KEYS; key++)
    settings.of[key] = (sweep_values){&keys[key].fallback, 1};
  return settings;
}

/* -------------------------------------------------------------- ranges ---- */

typedef struct range {
  double first, last;
  size_t count;
  bool is_log;
} range;

/* A number as a person would write it: 0.1, not 0.10000000000000001. */
static double rounded(double number) {
  char text[32];
  snprintf(text, sizeof text, "%.12g", number);
  return strtod(text, NULL);
}

static double range_at(const range *r, size_t i) {
  if (r->count == 1)
    return r->first;
  double part = (double)i / (double)(r->count - 1);
  return rounded(r->is_log
                     ? exp(log(r->first) * (1 - part) + log(r->last) * part)
                     : r->first * (1 - part) + r->last * part);
}

static ys_code read_range(node at, const char *name, double low, double high,
                          range *r, ys_error *error) {
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

ys_code sweep_range_count(node at, const char *name, size_t *count,
                          ys_error *error) {
  range r;
  ys_code code = read_range(at, name, -1e300, 1e300, &r, error);
  *count = code ? 0 : r.count;
  return code;
}

/* ------------------------------------------------------------- numbers ---- */

typedef struct number_list {
  const char *name;
  double low, high;
  bool whole;
  sweep_value *item; /* NULL: only count */
  size_t count;
} number_list;

static void add_number(number_list *list, double number, node at) {
  if (list->item)
    list->item[list->count] = (sweep_value){number, NULL, at};
  list->count++;
}

static ys_code add_item(number_list *list, node at, ys_error *error) {
  range r;
  double number;
  if (!node_is_mapping(at)) {
    ys_code code = node_number(at, list->name, list->low, list->high,
                               list->whole, &number, error);
    if (!code)
      add_number(list, number, at);
    return code;
  }
  ys_code code = read_range(at, list->name, list->low, list->high, &r, error);
  if (code)
    return code;
  for (size_t i = 0; list->item && i < r.count; i++)
    add_number(list, list->whole ? round(range_at(&r, i)) : range_at(&r, i),
               at);
  list->count += list->item ? 0 : r.count;
  return YS_OK;
}

static ys_code add_items(number_list *list, node at, ys_error *error) {
  ys_code code = YS_OK;
  for (size_t i = 0; !code && i < node_count(at); i++)
    code = add_item(list, node_item(at, i), error);
  return code;
}

ys_code sweep_numbers_read(node at, const char *name, double low, double high,
                           bool whole, ys_memory *memory, sweep_values *values,
                           ys_error *error) {
  number_list list = {name, low, high, whole, NULL, 0};
  ys_code code = add_items(&list, at, error);
  if (code)
    return code;
  if (list.count > SWEEP_MOST_VALUES)
    return node_fail(at, error, "%s: %zu values: expected at most %d", name,
                     list.count, SWEEP_MOST_VALUES);
  list.item = ys_take(memory, ys_plus(list.count, 1), sizeof *list.item,
                      "the settings of a sweep");
  if (!list.item)
    return ys_fail_memory(error, "the settings of a sweep");
  list.count = 0;
  code = add_items(&list, at, error);
  *values = (sweep_values){list.item, list.count};
  return code;
}

/* ------------------------------------------------------- words and texts -- */

/* Find the text among the words of a column; its place becomes the number. */
static ys_code read_word(sweep_key key, node at, sweep_value *value,
                         ys_error *error) {
  const char *names[8], *name = keys[key].name;
  char expected[80] = "";
  size_t length = 0, index;
  ys_names words = {names, sizeof *names, 0};
  for (; (names[words.count] = keys[key].words->word((int)words.count));
       words.count++)
    length +=
        (size_t)snprintf(expected + length, sizeof expected - length, "%s%s",
                         words.count ? " or " : "", names[words.count]);
  ys_code code = node_text(at, name, expected, &value->text, error);
  if (code)
    return code;
  length = strlen(value->text);
  if (!ys_names_find(words, value->text, length, &index))
    return node_fail(
        at, error, "%s: expected %s, found '%s'; did you mean '%s'?", name,
        expected, value->text, ys_names_nearest(words, value->text, length));
  value->number = (double)index;
  return YS_OK;
}

static ys_code read_words(sweep_key key, node at, ys_memory *memory,
                          sweep_values *values, ys_error *error) {
  size_t count = node_count(at);
  if (count > SWEEP_MOST_VALUES)
    return node_fail(at, error, "%s: %zu values: expected at most %d",
                     keys[key].name, count, SWEEP_MOST_VALUES);
  sweep_value *item = ys_take(memory, ys_plus(count, 1), sizeof *item,
                              "the settings of a sweep");
  ys_code code =
      item ? YS_OK : ys_fail_memory(error, "the settings of a sweep");
  for (size_t i = 0; !code && i < count; i++) {
    item[i].at = node_item(at, i);
    code = keys[key].kind == WORD
               ? read_word(key, item[i].at, &item[i], error)
               : node_text(item[i].at, keys[key].name, keys[key].expected,
                           &item[i].text, error);
  }
  *values = (sweep_values){item, count};
  return code;
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

static ys_code fail_twice(const char *name, const sweep_value *value,
                          ys_error *error) {
  char number[32];
  snprintf(number, sizeof number, "%.12g", value->number);
  return node_fail(value->at, error, "%s: %s is there twice", name,
                   value->text ? value->text : number);
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
                     keys[key].name);
  for (size_t i = 0; i < values->count; i++)
    sorted[i] = &values->item[i];
  qsort(sorted, values->count, sizeof *sorted, by_content_and_place);
  for (size_t i = 1; i < values->count; i++)
    if (by_content(sorted[i - 1], sorted[i]) == 0 &&
        (!twice || sorted[i] < twice))
      twice = sorted[i];
  return twice ? fail_twice(keys[key].name, twice, error) : YS_OK;
}

static ys_code read_key(sweep_key key, node at, ys_memory *memory,
                        sweep_values *values, ys_error *error) {
  value_kind kind = keys[key].kind;
  bool is_number = kind == NUMBER || kind == WHOLE;
  if (key >= SWEEP_AXES && (node_is_list(at) || node_is_mapping(at)))
    return node_fail(at, error, "%s: expected one value, found a %s",
                     keys[key].name, node_is_list(at) ? "list" : "mapping");
  ys_code code = is_number
                     ? sweep_numbers_read(at, keys[key].name, keys[key].low,
                                          keys[key].high, kind == WHOLE, memory,
                                          values, error)
                     : read_words(key, at, memory, values, error);
  return code ? code : check_values(key, at, values, memory, error);
}

ys_code sweep_settings_check(node at, const char *owner,
                             const char *const *others, size_t count,
                             ys_error *error) {
  const char *names[SWEEP_KEYS + SWEEP_OTHER_KEYS];
  memcpy(names, others, count * sizeof *names);
  for (int key = 0; key < SWEEP_KEYS; key++)
    names[count++] = keys[key].name;
  return node_check_keys(at, owner, (ys_names){names, sizeof *names, count},
                         error);
}

ys_code sweep_settings_read(node mapping, ys_memory *memory,
                            sweep_settings *settings, ys_error *error) {
  ys_code code = YS_OK;
  for (size_t i = 0; !code && i < node_pairs(mapping); i++) {
    int key = 0;
    while (key < SWEEP_KEYS &&
           strcmp(node_word(mapping, i), keys[key].name) != 0)
      key++;
    if (key < SWEEP_KEYS)
      code = read_key((sweep_key)key, node_value(mapping, i), memory,
                      &settings->of[key], error);
  }
  return code;
}
