/* The problems and solvers of a sweep, with groups and lists of options written
 * out. */
#ifndef SWEEP_ENTRY_H
#define SWEEP_ENTRY_H

#include "bench/sweep/sweep_settings.h"

/* A problem or a solver of the sweep. */
typedef struct sweep_entry {
  const char *spec;        /* "name:key=value,..." */
  node at;                 /* where it stands */
  sweep_settings settings; /* what is said for this entry */
  const char *label;       /* what pages call it; NULL: its spec */
  node only, except;       /* of a solver: the words of its filters, or none */
} sweep_entry;

typedef struct sweep_entries {
  sweep_entry *item; /* owned */
  size_t count, room;
  size_t work; /* entries, groups and values that were read to make them */
} sweep_entries;

/* Problems, or solvers, of a sweep, and what reading them may take: a few lines
 * of groups within groups, or of lists of options, stand for any number. */
enum { SWEEP_MOST_ENTRIES = 10000, SWEEP_MOST_WORK = 100000 };

/* What is listed: problems or solvers. */
typedef struct sweep_kind {
  const char *keys[SWEEP_OTHER_KEYS]; /* what a mapping may have beside
                                         settings; first what an entry is */
  size_t key_count;
  /* Check a spec; *table receives the options of the one it names. */
  ys_code (*check)(const char *spec, const ys_option **table, ys_error *error);
} sweep_kind;

extern const sweep_kind sweep_problem_kind, sweep_solver_kind;

/* Read a list of entries, or one, and add them to `entries`. Their groups are
 * in any of `sources`, their texts and settings in `memory`. */
ys_code sweep_entries_read(node list, const sweep_kind *kind,
                           node_source *sources, ys_memory *memory,
                           sweep_entries *entries, ys_error *error);

/* The group of that name in any of the files; `found` is NULL if there is none.
 */
node sweep_group_find(node_source *sources, const char *name);

#endif
