#include "bench/run/plugin.h"

#include "bench/run/exec.h"
#include "bench/run/exec_spec.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool plugin_is_name(const char *spec, char **path) {
  const char *ending = ".so";
  const size_t length = ys_spec_name_length(spec), end = strlen(ending);
  const bool slash = memchr(spec, '/', length) != NULL;
  const bool is_one =
      slash || (length > end && strncmp(spec + length - end, ending, end) == 0);
  /* Without a slash it would be looked for among the system's libraries. */
  if (is_one && path &&
      asprintf(path, "%s%.*s", slash ? "" : "./", (int)length, spec) < 0)
    *path = NULL;
  return is_one;
}

/* What a plug-in and the program must agree on. */
static ys_code check(const char *path, const ys_plugin *plugin,
                     ys_error *error) {
  const ys_plugin own = YS_PLUGIN_OF(NULL);
  if (plugin->interface != own.interface)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: built for version %u of the solver interface; expected "
                   "%u: build it again with the headers of this ystep",
                   path, plugin->interface, own.interface);
  if (memcmp(plugin->sizes, own.sizes, sizeof own.sizes) != 0)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: built with other headers than this ystep: build it "
                   "again with its own",
                   path);
  const ys_solver *solver = plugin->solver;
  return solver && solver->name && solver->summary && solver->options &&
                 solver->init && solver->step && solver->free
             ? YS_OK
             : ys_fail(error, YS_BAD_INPUT,
                       "%s: lacks a name, summary, options, init, step or free",
                       path);
}

static ys_code load(const char *path, const ys_solver **solver,
                    ys_error *error) {
  void *file = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!file)
    return ys_fail(error, YS_BAD_INPUT, "%s: cannot be loaded: %s", path,
                   dlerror());
  const ys_plugin *plugin = dlsym(file, "ys_plugin_entry");
  ys_code code =
      plugin ? check(path, plugin, error)
             : ys_fail(error, YS_BAD_INPUT,
                       "%s: no plug-in: expected YS_PLUGIN(solver)", path);
  if (code)
    dlclose(file);
  else
    *solver = plugin->solver;
  return code;
}

ys_code plugin_parse(const char *spec, const ys_solver **solver,
                     ys_options *options, ys_error *error) {
  char *path;
  if (exec_is_spec(spec)) {
    *solver = &exec_solver;
    return exec_spec_parse(spec, options, error);
  }
  if (!plugin_is_name(spec, &path))
    return ys_solver_parse(spec, solver, options, error);
  *solver = NULL;
  ys_code code =
      path ? load(path, solver, error) : ys_fail_memory(error, "a plug-in");
  free(path);
  return code ? code
              : ys_options_parse((*solver)->name, (*solver)->options,
                                 ys_spec_options(spec), options, error);
}
