/* Reading the YAML file of a sweep. Everything is checked against the schema of
 * docs/sweeps.md while it is read, and what is wrong is said with file, line,
 * column and what was expected. */
#ifndef SWEEP_YAML_H
#define SWEEP_YAML_H

#include "bench/sweep/sweep_settings.h"

/* A problem or a solver of the sweep, groups and options written out. */
typedef struct sweep_entry {
  const char *spec;        /* "name:key=value,..." */
  node at;                 /* where it stands */
  sweep_settings settings; /* what is said for this entry */
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

typedef struct sweep_file {
  sweep_settings settings; /* what is said for all, with the defaults */
  sweep_entries problems, solvers;
  unsigned long shuffle; /* seed of the order of the runs */
  arena memory;
  node_source *sources;
} sweep_file;

/* Read a file and those it includes. On failure nothing is left to free. */
ys_code sweep_file_read(const char *path, sweep_file *file, ys_error *error);
void sweep_file_free(sweep_file *file); /* accepts a zeroed one */

#endif
