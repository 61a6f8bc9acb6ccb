/* Run directories: where the tables, figures and labels of one command go. An
 * existing one is never overwritten unless the user says so. */
#ifndef RUNDIR_H
#define RUNDIR_H

#include "bench/system/files.h"

#include <jansson.h>

#include <stdbool.h>

typedef struct rundir {
  char *path;   /* owned */
  bool is_open; /* the next is */
  int folder;   /* the directory, locked against every other writer */
} rundir;

/* Make the directory `path` and those above it, or with path = NULL the first
 * free one of results/0001, results/0002, ..., and lock it until rundir_free,
 * in one step: one that another command writes to is refused. (Where the file
 * system knows no locks, none is taken.) A directory that exists is refused
 * unless it is empty or `force` is set; then, the lock held, what ystep left in
 * it is removed, and nothing else (rundir_clear.h): never one of `inputs`,
 * which may be NULL. On failure nothing is changed. */
ys_code rundir_make(rundir *dir, const char *path, bool force,
                    const file_list *inputs, ys_error *error);

/* Make the directory `path`, and those above it, unless it is there, and lock
 * it; nothing in it is changed. */
ys_code rundir_open(rundir *dir, const char *path, ys_error *error);

/* Whether there is nothing in it. */
bool rundir_is_empty(const rundir *dir);

/* Fails if `path` leads to the directory no more. */
ys_code rundir_check(const rundir *dir, ys_error *error);

void rundir_free(rundir *dir); /* accepts a zeroed one */

/* "DIR/name", to be freed by the caller; NULL without memory. */
char *rundir_file(const char *path, const char *name);

/* "DIR/folder/ID.ending", likewise. */
char *rundir_numbered(const char *path, const char *folder, size_t id,
                      const char *ending);

/* Whether DIR/name is there. */
ys_code rundir_has(const char *path, const char *name, bool *found,
                   ys_error *error);

/* mkdir -p: fine if it is there already. */
ys_code rundir_subdirectory(const char *path, ys_error *error);

/* The same for a folder within a run directory, DIR/name: refuses a symbolic
 * link, which may lead anywhere. */
ys_code rundir_folder(const char *path, const char *name, ys_error *error);

/* Write DIR/meta.json: command line, version, commit, compiler, flags, CPU,
 * threads, library versions, date, host load; and the labels, if there are any
 * (label_add; NULL: none). */
ys_code rundir_write_meta(const rundir *dir, int argc, char **argv, int threads,
                          json_t *labels, ys_error *error);

#endif
