/* Reading the YAML file of a sweep. Everything is checked against the schema of
 * docs/sweeps.md while it is read, and what is wrong is said with file, line,
 * column and what was expected. */
#ifndef SWEEP_YAML_H
#define SWEEP_YAML_H

#include "bench/sweep/sweep_entry.h"

typedef struct sweep_file {
  sweep_settings settings; /* what is said for all, with the defaults */
  sweep_entries problems, solvers;
  unsigned long shuffle; /* seed of the order of the runs */
  ys_memory memory;
  node_source *sources;
} sweep_file;

/* Read a file and those it includes. On failure nothing is left to free. */
ys_code sweep_file_read(const char *path, sweep_file *file, ys_error *error);
void sweep_file_free(sweep_file *file); /* accepts a zeroed one */

#endif
