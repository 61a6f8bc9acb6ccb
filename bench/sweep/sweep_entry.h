/* Shared by sweep_yaml.c and sweep_entry.c alone: the problems and solvers of a
 * sweep, with groups and lists of options written out. */
#ifndef SWEEP_ENTRY_H
#define SWEEP_ENTRY_H

#include "bench/sweep/sweep_yaml.h"

#include "problems/options.h"

/* What is listed: problems or solvers. */
typedef struct sweep_kind {
  const char *name; /* "problem": also the key that names one */
  bool has_filters; /* `only` and `except` */
  /* Check a spec; *table receives the options of the one it names. */
  ys_code (*check)(const char *spec, const ys_option **table, ys_error *error);
} sweep_kind;

extern const sweep_kind sweep_problem_kind, sweep_solver_kind;

/* Read a list of entries, or one, and add them to `entries`. */
ys_code sweep_entries_read(sweep_file *file, node list, const sweep_kind *kind,
                           sweep_entries *entries, ys_error *error);

/* The group of that name in any of the files; `found` is NULL if there is none.
 */
node sweep_group_find(const sweep_file *file, const char *name);

#endif
