/* The directory of a sweep as it is read back, to go on with it or to merge it
 * with others. A sweep leaves a table more than a run does, settings.csv: for
 * each run its hash and the settings that runs.csv does not hold. A run is
 * finished if it is in both; whatever else the tables hold is of a run that was
 * cut off. */
#ifndef SWEEP_STORE_H
#define SWEEP_STORE_H

#include "bench/store/results.h"
#include "bench/store/runlog.h"

typedef struct sweep_store {
  const char *path; /* borrowed */
  result_row *runs; /* the finished ones, by hash, with their settings; a run
                       whose settings are NULL is to be forgotten; owned */
  size_t count;
  settings_table settings;
  size_t lost; /* rows of runs.csv left out: their settings or the end of their
                  trace are gone, as after a loss of power */
} sweep_store;

/* Read a directory; one that is not there, or has no tables yet, has no runs.
 * Refuses tables that are not a sweep's, such as those of `ystep run`, and
 * tables that are damaged but for a last line that was cut off. */
typedef enum sweep_store_kind {
  STORE_OF_SWEEP,
  STORE_OF_RUNS, /* those of `ystep run`, which have no hash, are fine, too */
} sweep_store_kind;
ys_code sweep_store_read(const char *path, sweep_store_kind kind,
                         sweep_store *store, ys_error *error);

/* Leave out, too, the runs whose labels are not there whole; *count is how many
 * these are. */
ys_code sweep_store_want_labels(sweep_store *store, size_t *count,
                                ys_error *error);

void sweep_store_free(sweep_store *store);

/* The finished run of that hash, or NULL. */
const result_row *sweep_store_find(const sweep_store *store, const char *hash);

/* Drop the runs that were interrupted: they are to be run again. */
void sweep_store_forget_interrupted(sweep_store *store);

/* Drop the runs whose settings are NULL, so that they are run again. */
void sweep_store_forget(sweep_store *store);

/* A run of a store and the run_id it gets. */
typedef struct new_id {
  long old, new;
} new_id;

/* Copy the rows of the runs in `ids` (by .old) from the store's tables. */
ys_code sweep_store_copy(const sweep_store *store, const new_id *ids,
                         size_t count, runlog *log, ys_error *error);

/* Leave in the tables on the disk what the store holds and nothing else, in
 * such a way that being killed at any moment loses nothing. */
ys_code sweep_store_clean(const sweep_store *store, ys_error *error);

#endif
