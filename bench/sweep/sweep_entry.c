#include "bench/sweep/sweep_entry.h"

#include "bench/run/exec_spec.h"
#include "bench/run/plugin.h"
#include "bench/store/meta.h"
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
  ys_code code = plugin_parse(spec, &solver, &options, error);
  *table = solver ? solver->options : NULL;
  if (!code)
    ys_options_free(&options);
  return code;
}

const sweep_kind sweep_problem_kind = {
    {"problem", "group", "with", "label"}, 4, check_problem};
const sweep_kind sweep_solver_kind = {
    {"solver", "group", "with", "label", "only", "except"}, 6, check_solver};

/* --------------------------------------------------------------- adding -- */

/* What an entry is read with. */
typedef struct reading {
  const sweep_kind *kind;
  node_source *sources;
  ys_memory *memory;
  sweep_entries *entries;
  sweep_entry outer;      /* what the groups around it say */
  int depth;              /* of groups within groups */
  node with;              /* its lists of options, */
  const ys_option *table; /* which are some of these; NULL: any, of a process */
} reading;

enum { MOST_DEPTH = 16 };

static ys_code add(reading *r, const sweep_entry *entry, ys_error *error) {
  const ys_option *table;
  ys_error why;
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
                     SWEEP_MOST_ENTRIES, r->kind->keys[0]);
  code = ys_grow(&r->entries->item, r->entries->count, &r->entries->room,
                 sizeof *entry, record_rows, error);
  if (!code)
    r->entries->item[r->entries->count++] = *entry;
  return code;
}

/* ------------------------------------------------- `with`: options' lists --
 */

static ys_code add_options(reading *r, sweep_entry *entry, size_t i,
                           ys_error *error);

/* The value as a spec holds it, its commas doubled; NULL without memory. */
static const char *escape(ys_memory *memory, const char *value) {
  char *text = ys_take(memory, 2 * strlen(value) + 1, 1, "a sweep"),
       *end = text;
  for (; text && *value; value++) {
    *end++ = *value;
    if (*value == ',')
      *end++ = ',';
  }
  return text;
}

/* Give option i the value and go on to the next one. */
static ys_code add_option(reading *r, const sweep_entry *entry, size_t i,
                          const char *value, ys_error *error) {
  sweep_entry longer = *entry;
  value = escape(r->memory, value);
  if (value)
    longer.spec = ys_take_text(r->memory, "%s%c%s=%s", entry->spec,
                               strchr(entry->spec, ':') ? ',' : ':',
                               node_word(r->with, i), value);
  if (!value || !longer.spec)
    return ys_fail_memory(error, "the entries of a sweep");
  return add_options(r, &longer, i + 1, error);
}

static ys_code add_range(reading *r, const sweep_entry *entry, size_t i,
                         node range, ys_error *error) {
  const char *name = node_word(r->with, i);
  const ys_option *option = r->table;
  sweep_values values;
  while (option && strcmp(option->name, name) != 0)
    option++;
  ys_code code =
      sweep_numbers_read(range, name, option && option->type == YS_INTEGER,
                         r->memory, &values, error);
  for (size_t v = 0; !code && v < values.count; v++) {
    char text[32];
    snprintf(text, sizeof text, "%.12g", values.item[v].number);
    code = add_option(r, entry, i, text, error);
  }
  return code;
}

/* Options i and on of `with`, every value of each. */
static ys_code add_options(reading *r, sweep_entry *entry, size_t i,
                           ys_error *error) {
  if (i == node_pairs(r->with))
    return add(r, entry, error);
  node value = node_value(r->with, i);
  const char *text;
  ys_code code = YS_OK;
  for (size_t v = 0; !code && v < node_count(value); v++) {
    node item = node_item(value, v);
    if (!node_is_mapping(value))
      entry->at = item;
    if (node_is_mapping(item))
      code = add_range(r, entry, i, item, error);
    else if (!(code = node_text(item, "with", "a value", &text, error)))
      code = add_option(r, entry, i, text, error);
  }
  return code;
}

/* How many entries the lists of `with` stand for must be known before any is
 * made. */
static ys_code check_count(const reading *r, ys_error *error) {
  size_t count = 1;
  for (size_t i = 0; i < node_pairs(r->with); i++) {
    const char *name = node_word(r->with, i);
    node value = node_value(r->with, i);
    size_t found = 0;
    for (size_t v = 0; v < node_count(value); v++) {
      size_t values;
      ys_code code =
          sweep_item_count(node_item(value, v), name, &values, error);
      if (code)
        return code;
      found = ys_plus(found, values);
    }
    if (!found)
      return node_fail(value, error,
                       "with: %s: the list is empty: expected a value", name);
    count = ys_times(count, found);
  }
  return count <= SWEEP_MOST_ENTRIES
             ? YS_OK
             : node_fail(r->with, error, "with: %s%zu %ss: expected at most %d",
                         count == SIZE_MAX ? "at least " : "", count,
                         r->kind->keys[0], SWEEP_MOST_ENTRIES);
}

/* Options of a process may have any name; a name is one, once. */
static ys_code check_own_keys(node with, ys_error *error) {
  for (size_t i = 0; i < node_pairs(with); i++)
    if (!*node_word(with, i) || strpbrk(node_word(with, i), "=,"))
      return node_fail(node_key(with, i), error,
                       "with: '%s' is no name of an option",
                       node_word(with, i));
  return YS_OK;
}

/* The keys of `with` must be options of the one that is named. */
static ys_code add_with(reading *r, sweep_entry *entry, ys_error *error) {
  ys_error why;
  /* A required option may be missing still; the table is there then. */
  ys_code code = r->kind->check(entry->spec, &r->table, &why);
  if (code == YS_NO_MEMORY)
    return ys_fail(error, code, "%s", why.text);
  if (code && !r->table)
    return node_fail(entry->at, error, "%s", why.text);
  if (r->table == exec_spec_options)
    r->table = NULL;
  else if (!r->table || !r->table->name)
    return node_fail(r->with, error, "with: %s has no options", entry->spec);
  const ys_names names = {r->table, sizeof *r->table, YS_MAX_OPTIONS};
  code = r->table ? node_check_keys(r->with, "with", names, error)
                  : check_own_keys(r->with, error);
  if (!code)
    code = check_count(r, error);
  return code ? code : add_options(r, entry, 0, error);
}

/* --------------------------------------------------------------- groups -- */

static node groups_of(node_source *source) {
  node root = {source, yaml_document_get_root_node(&source->document)};
  return node_find(root, "groups");
}

node sweep_group_find(node_source *sources, const char *name) {
  node found = {NULL, NULL};
  for (node_source *s = sources; s && !found.found; s = s->next)
    found = node_find(groups_of(s), name);
  return found;
}

static ys_code unknown_group(const reading *r, node at, const char *name,
                             ys_error *error) {
  enum { MOST_NAMES = 64 };
  const char *names[MOST_NAMES];
  ys_names known = {names, sizeof *names, 0};
  for (node_source *s = r->sources; s; s = s->next) {
    node groups = groups_of(s);
    for (size_t i = 0; i < node_pairs(groups) && known.count < MOST_NAMES; i++)
      names[known.count++] = node_word(groups, i);
  }
  if (known.count == 0)
    return node_fail(at, error, "no group '%s': there are no groups", name);
  char suggestion[YS_SUGGESTION];
  ys_names_suggest(known, name, strlen(name), suggestion);
  return node_fail(at, error, "no group '%s'%s", name, suggestion);
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

static ys_code read_settings(reading *r, node at, sweep_entry *entry,
                             ys_error *error) {
  sweep_settings own = {0};
  ys_code code = sweep_settings_read(at, r->memory, &own, error);
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

static ys_code read_group(const reading *r, node at, const sweep_entry *entry,
                          ys_error *error) {
  const char *name;
  ys_code code = node_text(at, "group", "the name of a group", &name, error);
  if (code)
    return code;
  node group = sweep_group_find(r->sources, name);
  if (!group.found)
    return unknown_group(r, at, name, error);
  reading inner = *r;
  inner.outer = *entry;
  if (++inner.depth > MOST_DEPTH)
    return node_fail(at, error, "group '%s' contains itself", name);
  return read_list(&inner, group, error);
}

static ys_code read_spec(reading *r, node at, const char *expected,
                         sweep_entry *entry, ys_error *error) {
  entry->at = at;
  return node_text(at, r->kind->keys[0], expected, &entry->spec, error);
}

static ys_code read_label(node at, sweep_entry *entry, ys_error *error) {
  node label = node_find(at, "label");
  if (!label.found)
    return YS_OK;
  ys_code code = node_text(label, "label", "a text", &entry->label, error);
  if (code)
    return code;
  if (strlen(entry->label) > LABEL_LONGEST)
    return node_fail(label, error, "label: expected a text of at most %d bytes",
                     LABEL_LONGEST);
  return node_find(at, "group").found
             ? node_fail(label, error, "label: a group has no label")
             : YS_OK;
}

/* Several of one label could not be told apart. */
static ys_code check_label(const reading *r, node at, size_t before,
                           ys_error *error) {
  const size_t count = r->entries->count - before;
  node label = node_find(at, "label");
  return label.found && count > 1
             ? node_fail(label, error,
                         "label: stands for %zu %ss: expected one", count,
                         r->kind->keys[0])
             : YS_OK;
}

static ys_code read_mapping(reading *r, node at, ys_error *error) {
  const char *name = r->kind->keys[0];
  sweep_entry entry = r->outer;
  ys_code code =
      sweep_settings_check(at, name, r->kind->keys, r->kind->key_count, error);
  if (!code)
    code = read_settings(r, at, &entry, error);
  if (!code)
    code = read_label(at, &entry, error);
  if (code)
    return code;
  const size_t before = r->entries->count;
  node group = node_find(at, "group"), spec = node_find(at, name);
  r->with = node_find(at, "with");
  if (!group.found == !spec.found)
    return node_fail(at, error, "expected either '%s' or 'group'", name);
  if (group.found)
    return r->with.found
               ? node_fail(r->with, error, "with: a group has no options")
               : read_group(r, group, &entry, error);
  code = read_spec(r, spec, "name:key=value,...", &entry, error);
  if (code)
    return code;
  code = r->with.found ? add_with(r, &entry, error) : add(r, &entry, error);
  return code ? code : check_label(r, at, before, error);
}

static ys_code read_item(reading *r, node at, ys_error *error) {
  ys_code code = take_work(r, at, 1, error);
  if (code)
    return code;
  if (node_is_mapping(at))
    return read_mapping(r, at, error);
  sweep_entry entry = r->outer;
  code = read_spec(r, at, "name:key=value,... or a mapping", &entry, error);
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

ys_code sweep_entries_read(node list, const sweep_kind *kind,
                           node_source *sources, ys_memory *memory,
                           sweep_entries *entries, ys_error *error) {
  reading r = {
      .kind = kind, .sources = sources, .memory = memory, .entries = entries};
  return read_list(&r, list, error);
}
