/* settings.csv, which sweeps leave beside runs.csv: what decided each run
 * beyond the columns there. */
#ifndef RUNSETTINGS_H
#define RUNSETTINGS_H

#include "bench/store/records.h"

#include <stddef.h>

/* A row; the columns of docs/file-formats.md. Text is owned by the table. */
typedef struct run_settings {
  long run_id;
  char *batch; /* digest of the batch's content */
  char *start, *prior, *version, *commit, *cpu;
  double tolerance, time_limit;
  long max_iterations, trace_every;
} run_settings;

typedef struct settings_table {
  run_settings *rows; /* by run_id; owned */
  size_t count;
} settings_table;

/* The columns that are read. */
extern const record_table settings_columns;

/* Read DIR/settings.csv. A directory without one, such as that of `ystep run`,
 * gives an empty table. Rows of runs that were cut off may be among them, and
 * the same run_id twice, the later row last. On failure nothing is left to
 * free. */
ys_code settings_read(const char *dir, settings_table *table, ys_error *error);
void settings_free(settings_table *table); /* accepts a zeroed one */

/* The last row of that run, or NULL. */
const run_settings *settings_find(const settings_table *table, long run_id);

#endif
