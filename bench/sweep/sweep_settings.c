#include "bench/sweep/sweep_settings.h"

#include "bench/run/request.h"

#include "problems/options.h"
#include "problems/vector/array.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum value_kind {
  VALUE_NUMBER,
  VALUE_WHOLE,
  VALUE_LOSS,
  VALUE_FAIRNESS,
  VALUE_TEXT
} value_kind;

static const struct {
  const char *name;
  value_kind kind;
  bool is_axis;
  double low, high;
  const char *expected; /* of a text */
} keys[SWEEP_KEYS] = {
    {"lambdas", VALUE_NUMBER, true, 0, 1e300, NULL},
    {"losses", VALUE_LOSS, true, 0, 0, NULL},
    {"fairness", VALUE_FAIRNESS, true, 0, 0, NULL},
    {"starts", VALUE_TEXT, true, 0, 0,
     "uniform, sigma, random or the path of a file"},
    {"priors", VALUE_TEXT, true, 0, 0, "uniform or the path of a file"},
    {"seeds", VALUE_WHOLE, true, 0, REQUEST_MOST_SEED, NULL},
    {"repeats", VALUE_WHOLE, false, 1, 1e6, NULL},
    {"threads", VALUE_WHOLE, false, 1, 1024, NULL},
    {"tol", VALUE_NUMBER, false, 0, 1e300, NULL},
    {"max-iter", VALUE_WHOLE, false, 0, REQUEST_ITERATIONS, NULL},
    {"time-limit", VALUE_NUMBER, false, 0, 1e9, NULL},
    {"trace-every", VALUE_WHOLE, false, 0, 1e15, NULL},
    {"wall-limit", VALUE_NUMBER, false, 0.1, 1e9, NULL},
    {"memory-limit", VALUE_WHOLE, false, 64, 1e9, NULL},
};

static const sweep_value one[] = {{.number = 1}};
static const sweep_value first[] = {{.number = 0}};
static const sweep_value uniform[] = {{.text = "uniform"}};
static const sweep_value unset[] = {{.number = -1}};
static const sweep_value tolerance[] = {{.number = REQUEST_TOLERANCE}};
static const sweep_value iterations[] = {{.number = REQUEST_ITERATIONS}};
static const sweep_value seconds[] = {{.number = REQUEST_SECONDS}};

const sweep_settings sweep_defaults = {{
    [SWEEP_LAMBDAS] = {one, 1},
    [SWEEP_LOSSES] = {first, 1},
    [SWEEP_FAIRNESS] = {first, 1},
    [SWEEP_STARTS] = {uniform, 1},
    [SWEEP_PRIORS] = {uniform, 1},
    [SWEEP_SEEDS] = {one, 1},
    [SWEEP_REPEATS] = {one, 1},
    [SWEEP_THREADS] = {unset, 1},
    [SWEEP_TOL] = {tolerance, 1},
    [SWEEP_MAX_ITER] = {iterations, 1},
    [SWEEP_TIME_LIMIT] = {seconds, 1},
    [SWEEP_TRACE_EVERY] = {unset, 1},
    [SWEEP_WALL_LIMIT] = {unset, 1},
    [SWEEP_MEMORY_LIMIT] = {unset, 1},
}};

const char *sweep_key_name(sweep_key key) {
  return keys[key].name;
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
  ys_code code = node_check_keys(at, name, names, 2, error);
  if (code)
    return code;
  if (node_count(at) != 1)
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

/* A mapping by itself is a list of one range. */
static ys_code add_items(number_list *list, node at, ys_error *error) {
  ys_code code = YS_OK;
  if (node_is_mapping(at))
    return add_item(list, at, error);
  for (size_t i = 0; !code && i < node_count(at); i++)
    code = add_item(list, node_item(at, i), error);
  return code;
}

ys_code sweep_numbers_read(node at, const char *name, double low, double high,
                           bool whole, arena *memory, sweep_values *values,
                           ys_error *error) {
  number_list list = {name, low, high, whole, NULL, 0};
  ys_code code = add_items(&list, at, error);
  if (code)
    return code;
  if (list.count > SWEEP_MOST_VALUES)
    return node_fail(at, error, "%s: %zu values: expected at most %d", name,
                     list.count, SWEEP_MOST_VALUES);
  list.item =
      arena_take(memory, ys_times(ys_plus(list.count, 1), sizeof *list.item));
  if (!list.item)
    return ys_fail_memory(error, "the settings of a sweep");
  list.count = 0;
  code = add_items(&list, at, error);
  *values = (sweep_values){list.item, list.count};
  return code;
}

/* ------------------------------------------------------- words and texts -- */

static ys_code read_choice(node at, const char *name, size_t count,
                           const char *const *names, sweep_value *value,
                           ys_error *error) {
  const char *text;
  char expected[80] = "";
  for (size_t i = 0; i < count; i++)
    snprintf(expected + strlen(expected), sizeof expected - strlen(expected),
             "%s%s", i ? " or " : "", names[i]);
  ys_code code = node_text(at, name, expected, &text, error);
  if (code)
    return code;
  for (size_t i = 0; i < count; i++)
    if (strcmp(text, names[i]) == 0) {
      *value = (sweep_value){(double)i, names[i], at};
      return YS_OK;
    }
  return node_fail(at, error, "%s: expected %s, found '%s'; did you mean '%s'?",
                   name, expected, text,
                   names[ys_nearest_name(text, strlen(text), names, count)]);
}

static ys_code read_word(sweep_key key, node at, sweep_value *value,
                         ys_error *error) {
  const char *losses[YS_LOSSES], *fairness[YS_FAIRNESSES];
  for (int i = 0; i < YS_LOSSES; i++)
    losses[i] = ys_loss_name((ys_loss)i);
  for (int i = 0; i < YS_FAIRNESSES; i++)
    fairness[i] = ys_fairness_name((ys_fairness)i);
  *value = (sweep_value){.at = at};
  if (keys[key].kind == VALUE_LOSS)
    return read_choice(at, keys[key].name, YS_LOSSES, losses, value, error);
  if (keys[key].kind == VALUE_FAIRNESS)
    return read_choice(at, keys[key].name, YS_FAIRNESSES, fairness, value,
                       error);
  return node_text(at, keys[key].name, keys[key].expected, &value->text, error);
}

static ys_code read_words(sweep_key key, node at, arena *memory,
                          sweep_values *values, ys_error *error) {
  size_t count = node_is_mapping(at) ? 1 : node_count(at);
  if (count > SWEEP_MOST_VALUES)
    return node_fail(at, error, "%s: %zu values: expected at most %d",
                     keys[key].name, count, SWEEP_MOST_VALUES);
  sweep_value *item =
      arena_take(memory, ys_times(ys_plus(count, 1), sizeof *item));
  ys_code code =
      item ? YS_OK : ys_fail_memory(error, "the settings of a sweep");
  for (size_t i = 0; !code && i < count; i++)
    code = read_word(key, node_item(at, i), &item[i], error);
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
                            arena *memory, ys_error *error) {
  const sweep_value **sorted =
      arena_take(memory, ys_times(values->count, sizeof *sorted));
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

static ys_code read_key(sweep_key key, node at, arena *memory,
                        sweep_values *values, ys_error *error) {
  value_kind kind = keys[key].kind;
  bool is_number = kind == VALUE_NUMBER || kind == VALUE_WHOLE;
  if (!keys[key].is_axis && node_is_list(at))
    return node_fail(at, error, "%s: expected one value, found a list",
                     keys[key].name);
  if (is_number && !keys[key].is_axis && node_is_mapping(at))
    return node_fail(at, error, "%s: expected one value, found a mapping",
                     keys[key].name);
  ys_code code = is_number
                     ? sweep_numbers_read(at, keys[key].name, keys[key].low,
                                          keys[key].high, kind == VALUE_WHOLE,
                                          memory, values, error)
                     : read_words(key, at, memory, values, error);
  return code ? code : check_values(key, at, values, memory, error);
}

ys_code sweep_setting_read(const char *name, node value, arena *memory,
                           sweep_settings *settings, bool *known,
                           ys_error *error) {
  *known = false;
  for (int key = 0; key < SWEEP_KEYS; key++) {
    if (strcmp(name, keys[key].name) != 0)
      continue;
    *known = true;
    return read_key((sweep_key)key, value, memory, &settings->of[key], error);
  }
  return YS_OK;
}
