#include "solvers/solver.h"

#include <string.h>

#define SOLVER(entry) extern const ys_solver entry;
#include "solvers/solvers.def"
#undef SOLVER

const ys_solver *const ys_solvers[] = {
#define SOLVER(entry) &entry,
#include "solvers/solvers.def"
#undef SOLVER
    NULL,
};

const ys_solver *ys_solver_find(const char *name, size_t length) {
  for (size_t i = 0; ys_solvers[i]; i++)
    if (strlen(ys_solvers[i]->name) == length &&
        strncmp(ys_solvers[i]->name, name, length) == 0)
      return ys_solvers[i];
  return NULL;
}

static ys_code unknown_solver(const char *spec, size_t length,
                              ys_error *error) {
  const char *names[32];
  size_t count = 0;
  for (; ys_solvers[count] && count < 32; count++)
    names[count] = ys_solvers[count]->name;
  return ys_fail(error, YS_BAD_INPUT,
                 "no solver '%.*s'; did you mean '%s'? (ystep list solvers)",
                 (int)length, spec,
                 names[ys_nearest_name(spec, length, names, count)]);
}

ys_code ys_solver_parse(const char *spec, const ys_solver **solver,
                        ys_options *options, ys_error *error) {
  size_t length = ys_spec_name_length(spec);
  *solver = ys_solver_find(spec, length);
  if (!*solver)
    return unknown_solver(spec, length, error);
  return ys_options_parse((*solver)->name, (*solver)->options,
                          ys_spec_options(spec), options, error);
}
