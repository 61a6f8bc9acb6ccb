#include "bench/sweep/sweep_entry.h"

#include "bench/store/records.h"

#include "problems/problem.h"
#include "problems/vector/array.h"
#include "solvers/solver.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- kinds -- */

static ys_code check_problem(const char *spec, const ys_option **table,
                             ys_error *error) {
  const ys_problem *problem;
  ys_options options;
  ys_code code = ys_problem_parse(spec, &problem, &options, error);
  *table = problem ? problem->options : NULL;
  if (!code)
    ys_options_free(&options);
  return code;
}

static ys_code check_solver(const char *spec, const ys_option **table,
                            ys_error *error) {
  const ys_solver *solver;
  ys_options options;
  ys_code code = ys_solver_parse(spec, &solver, &options, error);
  *table = solver ? solver->options : NULL;
  if (!code)
    ys_options_free(&options);
  return code;
}

const sweep_kind sweep_problem_kind = {"problem", false, check_problem};
const sweep_kind sweep_solver_kind = {"solver", true, check_solver};

/* --------------------------------------------------------------- adding -- */

/* What an entry is read with. */
typedef struct reading {
  sweep_file *file;
  const sweep_kind *kind;
  sweep_entries *entries;
  sweep_entry outer; /* what the groups around it say */
  int depth;         /* of groups within groups */
} reading;

enum { MOST_DEPTH = 16 };

static ys_code add(reading *r, const sweep_entry *entry, ys_error *error) {
  const ys_option *table;
  ys_error why;
  void *item = r->entries->item;
  ys_code code = r->kind->check(entry->spec, &table, &why);
  if (code == YS_NO_MEMORY)
    return ys_fail(error, code, "%s", why.text);
  if (code) {
    size_t length = ys_spec_name_length(entry->spec);
    bool cut = memchr(entry->spec, '=', length) != NULL;
    return node_fail(entry->at, error, "%s%s", why.text,
                     cut ? " (within [...], put quotes around what holds "
                           "commas)"
                         : "");
  }
  if (r->entries->count == SWEEP_MOST_ENTRIES)
    return node_fail(entry->at, error,
                     "more than %d %ss, groups and lists written out: expected "
                     "at most that",
                     SWEEP_MOST_ENTRIES, r->kind->name);
  code = ys_grow(&item, r->entries->count, &r->entries->room, sizeof *entry,
                 record_rows, error);
  r->entries->item = item;
  if (!code)
    r->entries->item[r->entries->count++] = *entry;
  return code;
}

/* ------------------------------------------------- `with`: options' lists --
 */

static const ys_option *find_option(const ys_option *table, const char *name) {
  while (strcmp(table->name, name) != 0)
    table++;
  return table;
}

static ys_code add_options(reading *r, sweep_entry *entry, node with, size_t i,
                           const ys_option *table, ys_error *error);

/* The value as a spec holds it, its commas doubled; NULL without memory. */
static const char *escape(arena *memory, const char *value) {
  char *text = arena_take(memory, 2 * strlen(value) + 1), *end = text;
  for (; text && *value; value++) {
    *end++ = *value;
    if (*value == ',')
      *end++ = ',';
  }
  return text;
}

/* Give option i the value and go on to the next one. */
static ys_code add_option(reading *r, const sweep_entry *entry, node with,
                          size_t i, const ys_option *table, const char *value,
                          ys_error *error) {
  sweep_entry longer = *entry;
  const char *key = (const char *)node_key(with, i).found->data.scalar.value;
  value = escape(&r->file->memory, value);
  if (value)
    longer.spec = arena_text(&r->file->memory, "%s%c%s=%s", entry->spec,
                             strchr(entry->spec, ':') ? ',' : ':', key, value);
  if (!value || !longer.spec)
    return ys_fail_memory(error, "the entries of a sweep");
  return add_options(r, &longer, with, i + 1, table, error);
}

static ys_code add_range(reading *r, const sweep_entry *entry, node with,
                         size_t i, node range, const ys_option *table,
                         ys_error *error) {
  const ys_option *option = find_option(
      table, (const char *)node_key(with, i).found->data.scalar.value);
  sweep_values values;
  ys_code code = sweep_numbers_read(range, option->name, -1e300, 1e300,
                                    option->type == YS_INTEGER,
                                    &r->file->memory, &values, error);
  for (size_t v = 0; !code && v < values.count; v++) {
    char text[32];
    snprintf(text, sizeof text, "%.12g", values.item[v].number);
    code = add_option(r, entry, with, i, table, text, error);
  }
  return code;
}

/* Options i and on of `with`, every value of each. */
static ys_code add_options(reading *r, sweep_entry *entry, node with, size_t i,
                           const ys_option *table, ys_error *error) {
  if (i == node_count(with))
    return add(r, entry, error);
  node value = node_value(with, i);
  const char *text;
  ys_code code = YS_OK;
  if (node_is_mapping(value))
    return add_range(r, entry, with, i, value, table, error);
  for (size_t v = 0; !code && v < node_count(value); v++) {
    node item = node_item(value, v);
    entry->at = item;
    if (node_is_mapping(item))
      code = add_range(r, entry, with, i, item, table, error);
    else
      code = node_text(item, "with", "a value", &text, error);
    if (!code && !node_is_mapping(item))
      code = add_option(r, entry, with, i, table, text, error);
  }
  return code;
}

/* How many entries the lists of `with` stand for. */
static ys_code count_option(node value, const char *name, size_t *count,
                            ys_error *error) {
  size_t found = 0;
  bool lone = node_is_mapping(value);
  for (size_t v = 0; v < (lone ? 1 : node_count(value)); v++) {
    size_t values = 1;
    node item = lone ? value : node_item(value, v);
    ys_code code = node_is_mapping(item)
                       ? sweep_range_count(item, name, &values, error)
                       : YS_OK;
    if (code)
      return code;
    found = ys_plus(found, values);
  }
  *count = ys_times(*count, found);
  return found
             ? YS_OK
             : node_fail(value, error,
                         "with: %s: the list is empty: expected a value", name);
}

static ys_code check_count(const reading *r, node with, ys_error *error) {
  size_t count = 1;
  for (size_t i = 0; i < node_count(with); i++) {
    const char *name = (const char *)node_key(with, i).found->data.scalar.value;
    ys_code code = count_option(node_value(with, i), name, &count, error);
    if (code)
      return code;
  }
  return count <= SWEEP_MOST_ENTRIES
             ? YS_OK
             : node_fail(with, error, "with: %s%zu %ss: expected at most %d",
                         count == SIZE_MAX ? "at least " : "", count,
                         r->kind->name, SWEEP_MOST_ENTRIES);
}

/* The keys of `with` must be options of the one that is named. */
static ys_code check_with(node with, const char *spec, const ys_option *table,
                          ys_error *error) {
  const char *names[YS_MAX_OPTIONS];
  size_t count = 0;
  for (; table && table[count].name && count < YS_MAX_OPTIONS; count++)
    names[count] = table[count].name;
  if (count == 0)
    return node_fail(with, error, "with: %s has no options", spec);
  return node_check_keys(with, "with", names, count, error);
}

static ys_code add_with(reading *r, sweep_entry *entry, node with,
                        ys_error *error) {
  const ys_option *table;
  ys_error why;
  /* A required option may be missing still; the table is there then. */
  ys_code code = r->kind->check(entry->spec, &table, &why);
  if (code == YS_NO_MEMORY)
    return ys_fail(error, code, "%s", why.text);
  if (code && !table)
    return node_fail(entry->at, error, "%s", why.text);
  code = check_with(with, entry->spec, table, error);
  if (!code)
    code = check_count(r, with, error);
  return code ? code : add_options(r, entry, with, 0, table, error);
}

/* -------------------------------------------------------------- entries -- */

static ys_code read_list(reading *r, node list, ys_error *error);

static ys_code take_work(reading *r, node at, size_t work, ys_error *error) {
  r->entries->work = ys_plus(r->entries->work, work);
  return r->entries->work <= SWEEP_MOST_WORK
             ? YS_OK
             : node_fail(at, error,
                         "groups within groups give more than %d entries and "
                         "values to read: expected at most that",
                         SWEEP_MOST_WORK);
}

static ys_code check_keys(const reading *r, node at, ys_error *error) {
  const char *names[SWEEP_KEYS + 5] = {r->kind->name, "group", "with"};
  size_t count = 3;
  if (r->kind->has_filters) {
    names[count++] = "only";
    names[count++] = "except";
  }
  for (int key = 0; key < SWEEP_KEYS; key++)
    names[count++] = sweep_key_name((sweep_key)key);
  return node_check_keys(at, r->kind->name, names, count, error);
}

static ys_code read_settings(reading *r, node at, sweep_entry *entry,
                             ys_error *error) {
  sweep_settings own = {0};
  ys_code code = YS_OK;
  for (size_t i = 0; !code && i < node_count(at); i++) {
    bool known;
    code = sweep_setting_read(
        (const char *)node_key(at, i).found->data.scalar.value,
        node_value(at, i), &r->file->memory, &own, &known, error);
  }
  for (int key = 0; !code && key < SWEEP_KEYS; key++) {
    code = take_work(r, at, own.of[key].count, error);
    if (own.of[key].count)
      entry->settings.of[key] = own.of[key];
  }
  node only = node_find(at, "only"), except = node_find(at, "except");
  if (only.found)
    entry->only = only;
  if (except.found)
    entry->except = except;
  return code;
}

node sweep_group_find(const sweep_file *file, const char *name) {
  node found = {NULL, NULL};
  for (node_source *s = file->sources; s && !found.found; s = s->next) {
    node root = {s, yaml_document_get_root_node(&s->document)};
    node groups = {s, NULL};
    if (root.found && node_is_mapping(root))
      groups = node_find(root, "groups");
    if (groups.found && node_is_mapping(groups))
      found = node_find(groups, name);
  }
  return found;
}

static ys_code unknown_group(const reading *r, node at, const char *name,
                             ys_error *error) {
  const char *names[64];
  size_t count = 0;
  for (node_source *s = r->file->sources; s; s = s->next) {
    node root = {s, yaml_document_get_root_node(&s->document)};
    node groups = node_find(root, "groups");
    for (size_t i = 0; groups.found && i < node_count(groups) && count < 64;
         i++)
      names[count++] =
          (const char *)node_key(groups, i).found->data.scalar.value;
  }
  if (count == 0)
    return node_fail(at, error, "no group '%s': there are no groups", name);
  return node_fail(at, error, "no group '%s'; did you mean '%s'?", name,
                   names[ys_nearest_name(name, strlen(name), names, count)]);
}

static ys_code read_group(const reading *r, node at, const sweep_entry *entry,
                          ys_error *error) {
  const char *name;
  ys_code code = node_text(at, "group", "the name of a group", &name, error);
  if (code)
    return code;
  node group = sweep_group_find(r->file, name);
  if (!group.found)
    return unknown_group(r, at, name, error);
  reading inner = *r;
  inner.outer = *entry;
  if (++inner.depth > MOST_DEPTH)
    return node_fail(at, error, "group '%s' contains itself", name);
  return read_list(&inner, group, error);
}

static ys_code read_mapping(reading *r, node at, ys_error *error) {
  sweep_entry entry = r->outer;
  ys_code code = check_keys(r, at, error);
  if (!code)
    code = read_settings(r, at, &entry, error);
  if (code)
    return code;
  node group = node_find(at, "group"), with = node_find(at, "with");
  node spec = node_find(at, r->kind->name);
  if (!group.found == !spec.found)
    return node_fail(at, error, "expected either '%s' or 'group'",
                     r->kind->name);
  if (group.found)
    return with.found ? node_fail(with, error, "with: a group has no options")
                      : read_group(r, group, &entry, error);
  entry.at = spec;
  code =
      node_text(spec, r->kind->name, "name:key=value,...", &entry.spec, error);
  if (code)
    return code;
  return with.found ? add_with(r, &entry, with, error) : add(r, &entry, error);
}

static ys_code read_item(reading *r, node at, ys_error *error) {
  ys_code work = take_work(r, at, 1, error);
  if (work)
    return work;
  if (node_is_mapping(at))
    return read_mapping(r, at, error);
  sweep_entry entry = r->outer;
  entry.at = at;
  ys_code code = node_text(at, r->kind->name, "name:key=value,... or a mapping",
                           &entry.spec, error);
  return code ? code : add(r, &entry, error);
}

static ys_code read_list(reading *r, node list, ys_error *error) {
  ys_code code = YS_OK;
  if (node_is_mapping(list))
    return read_mapping(r, list, error);
  for (size_t i = 0; !code && i < node_count(list); i++)
    code = read_item(r, node_item(list, i), error);
  return code;
}

ys_code sweep_entries_read(sweep_file *file, node list, const sweep_kind *kind,
                           sweep_entries *entries, ys_error *error) {
  reading r = {.file = file, .kind = kind, .entries = entries};
  return read_list(&r, list, error);
}
