#include "solvers/solver.h"

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
  size_t i;
  return ys_names_find(YS_NAMES_TO_NULL(ys_solvers), name, length, &i)
             ? ys_solvers[i]
             : NULL;
}

ys_code ys_solver_parse(const char *spec, const ys_solver **solver,
                        ys_options *options, ys_error *error) {
  size_t i;
  *solver = NULL;
  ys_code code =
      ys_look_up("solver", YS_NAMES_TO_NULL(ys_solvers), spec,
                 ys_spec_name_length(spec), " (ystep list solvers)", &i, error);
  if (code)
    return code;
  *solver = ys_solvers[i];
  return ys_options_parse((*solver)->name, (*solver)->options,
                          ys_spec_options(spec), options, error);
}
