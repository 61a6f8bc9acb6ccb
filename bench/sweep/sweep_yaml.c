#include "bench/sweep/sweep_yaml.h"

#include "bench/run/request.h"

#include <stdlib.h>
#include <string.h>

/* A file that includes itself is found by this. */
enum { MOST_INCLUDES = 32 };

static const char *const top_keys[] = {"problems", "solvers", "groups",
                                       "include", "shuffle"};
static const char *const included_keys[] = {"groups", "include"};

/* ------------------------------------------------------------- includes -- */

/* A path in a file is relative to the folder of that file. */
static const char *beside(ys_memory *memory, const char *file,
                          const char *path) {
  const char *slash = strrchr(file, '/');
  if (path[0] == '/' || !slash)
    return path;
  return ys_take_text(memory, "%.*s/%s", (int)(slash - file), file, path);
}

static ys_code check_groups(sweep_file *file, node root, ys_error *error);
static ys_code read_includes(sweep_file *file, node root, ys_error *error);

static ys_code read_included(sweep_file *file, node at, ys_error *error) {
  const char *text, *path;
  size_t files = 0;
  node root;
  ys_error why;
  ys_code code =
      node_text(at, "include", "the path of a YAML file", &text, error);
  if (code)
    return code;
  for (const node_source *s = file->sources; s; s = s->next)
    files++;
  if (files > MOST_INCLUDES)
    return node_fail(at, error,
                     "include: more than %d files: does one include itself?",
                     MOST_INCLUDES);
  path = beside(&file->memory, at.source->path, text);
  if (!path)
    return ys_fail_memory(error, "a file name");
  code = node_read(path, &file->sources, &root, &why);
  if (code == YS_IO)
    return node_fail(at, error, "include: %s", why.text);
  if (code)
    return ys_fail(error, code, "%s", why.text);
  code =
      node_check_keys(root, "an included file", YS_NAMES(included_keys), error);
  if (!code)
    code = check_groups(file, root, error);
  return code ? code : read_includes(file, root, error);
}

static ys_code read_includes(sweep_file *file, node root, ys_error *error) {
  node list = node_find(root, "include");
  ys_code code = YS_OK;
  for (size_t i = 0; !code && list.found && i < node_count(list); i++)
    code = read_included(file, node_item(list, i), error);
  return code;
}

/* --------------------------------------------------------------- groups -- */

/* A name may be used once, in all the files. */
static ys_code check_groups(sweep_file *file, node root, ys_error *error) {
  node groups = node_find(root, "groups");
  if (!groups.found)
    return YS_OK;
  if (!node_is_mapping(groups))
    return node_fail(groups, error,
                     "groups: expected a mapping from names to lists");
  for (size_t i = 0; i < node_pairs(groups); i++) {
    const char *name;
    node key = node_key(groups, i);
    ys_code code = node_text(key, "groups", "a name", &name, error);
    if (code)
      return code;
    node first = sweep_group_find(file->sources, name);
    if (first.found != node_value(groups, i).found)
      return node_fail(key, error, "groups: '%s' is there twice (also %s:%zu)",
                       name, first.source->path,
                       first.found->start_mark.line + 1);
  }
  return YS_OK;
}

/* ------------------------------------------------------------- the file -- */

static ys_code read_shuffle(sweep_file *file, node root, ys_error *error) {
  double seed = 1;
  node at = node_find(root, "shuffle");
  ys_code code = at.found ? node_number(at, "shuffle", 0, ARGS_MOST_SEED, true,
                                        &seed, error)
                          : YS_OK;
  file->shuffle = (unsigned long)seed;
  return code;
}

static ys_code read_list(sweep_file *file, node root, const char *name,
                         const sweep_kind *kind, sweep_entries *entries,
                         ys_error *error) {
  node list = node_find(root, name);
  if (!list.found)
    return node_fail(root, error, "a sweep needs '%s'", name);
  ys_code code = sweep_entries_read(list, kind, file->sources, &file->memory,
                                    entries, error);
  if (!code && entries->count == 0)
    code = node_fail(list, error, "%s: the list is empty: expected a %s", name,
                     kind->keys[0]);
  return code;
}

static ys_code read_root(sweep_file *file, node root, ys_error *error) {
  ys_code code = sweep_settings_check(
      root, "a sweep", top_keys, sizeof top_keys / sizeof *top_keys, error);
  if (!code)
    code = check_groups(file, root, error);
  if (!code)
    code = read_includes(file, root, error);
  if (!code)
    code = sweep_settings_read(root, &file->memory, &file->settings, error);
  if (!code)
    code = read_shuffle(file, root, error);
  if (!code)
    code = read_list(file, root, "problems", &sweep_problem_kind,
                     &file->problems, error);
  if (!code)
    code = read_list(file, root, "solvers", &sweep_solver_kind, &file->solvers,
                     error);
  return code;
}

ys_code sweep_file_read(const char *path, sweep_file *file, ys_error *error) {
  node root;
  *file = (sweep_file){.settings = sweep_defaults()};
  ys_code code = node_read(path, &file->sources, &root, error);
  if (!code)
    code = read_root(file, root, error);
  if (code)
    sweep_file_free(file);
  return code;
}

void sweep_file_free(sweep_file *file) {
  free(file->problems.item);
  free(file->solvers.item);
  ys_give_back(&file->memory);
  node_free(file->sources);
  *file = (sweep_file){0};
}
