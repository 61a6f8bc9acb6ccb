/* Run directories: where the tables, figures and labels of one command go. An
 * existing one is never overwritten unless the user says so. */
#ifndef RUNDIR_H
#define RUNDIR_H

#include "../problems/error.h"

#include <stdbool.h>

typedef struct rundir {
  char *path; /* owned */
  bool locked;
  int lock; /* file descriptor, if locked */
} rundir;

/* Make the directory `path` and those above it, or with path = NULL the first
 * free one of results/0001, results/0002, ... A directory that exists is
 * refused unless it is empty or `force` is set; then the files that a run
 * writes (runs.csv, traces.csv, settings.csv, checks.csv, segments.csv,
 * training.csv, epochs.csv, checkpoint.bin, meta.json, labels/) are removed
 * from it, and nothing else. */
ys_code rundir_make(rundir *dir, const char *path, bool force, ys_error *error);

/* Make the directory `path`, and those above it, unless it is there, and change
 * nothing in it. */
ys_code rundir_open(rundir *dir, const char *path, ys_error *error);

/* Keep other programs that ask likewise out of the directory until rundir_free.
 * Refuses if one is in it. Where the file system knows no locks, none is taken.
 */
ys_code rundir_lock(rundir *dir, ys_error *error);

void rundir_free(rundir *dir);

/* "DIR/name", to be freed by the caller; NULL without memory. */
char *rundir_file(const char *path, const char *name);

/* mkdir -p: fine if it is there already. */
ys_code rundir_subdirectory(const char *path, ys_error *error);

/* The same for a folder within a run directory, such as DIR/labels: refuses a
 * symbolic link, which may lead anywhere. */
ys_code rundir_folder(const char *path, ys_error *error);

/* Write DIR/meta.json: command line, version, commit, compiler, flags, CPU,
 * threads, library versions, date, host load. */
ys_code rundir_write_meta(const rundir *dir, int argc, char **argv, int threads,
                          ys_error *error);

#endif
