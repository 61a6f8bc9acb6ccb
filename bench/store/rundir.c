#include "bench/store/rundir.h"

#include "bench/store/rundir_clear.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

char *rundir_file(const char *path, const char *name) {
  char *file;
  return asprintf(&file, "%s/%s", path, name) < 0 ? NULL : file;
}

char *rundir_numbered(const char *path, const char *folder, size_t id,
                      const char *ending) {
  char *file;
  return asprintf(&file, "%s/%s/%zu.%s", path, folder, id, ending) < 0 ? NULL
                                                                       : file;
}

ys_code rundir_has(const char *path, const char *name, bool *found,
                   ys_error *error) {
  char *file = rundir_file(path, name);
  *found = file && access(file, F_OK) == 0;
  free(file);
  return file ? YS_OK : ys_fail_memory(error, "a file name");
}

ys_code rundir_subdirectory(const char *path, ys_error *error) {
  bool made;
  ys_code code = files_make_parents(path, error);
  return code ? code : files_make_directory(path, &made, error);
}

ys_code rundir_folder(const char *path, const char *name, ys_error *error) {
  struct stat status;
  char *folder = rundir_file(path, name);
  ys_code code = folder ? YS_OK : ys_fail_memory(error, "a file name");
  if (!code && lstat(folder, &status) == 0 && S_ISLNK(status.st_mode))
    code =
        ys_fail(error, YS_BAD_INPUT,
                "%s: is a symbolic link: nothing is written behind it", folder);
  if (!code)
    code = rundir_subdirectory(folder, error);
  free(folder);
  return code;
}

bool rundir_is_empty(const rundir *dir) {
  bool empty = true;
  int folder = openat(dir->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *entries = folder < 0 ? NULL : fdopendir(folder);
  if (!entries)
    return false;
  for (struct dirent *entry; empty && (entry = readdir(entries));)
    empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
  closedir(entries);
  return empty;
}

ys_code rundir_check(const rundir *dir, ys_error *error) {
  struct stat open_one, named;
  bool is_same =
      fstat(dir->folder, &open_one) == 0 && stat(dir->path, &named) == 0 &&
      open_one.st_dev == named.st_dev && open_one.st_ino == named.st_ino;
  return is_same ? YS_OK
                 : ys_fail(error, YS_IO,
                           "%s: the directory was moved or removed by somebody "
                           "else meanwhile",
                           dir->path);
}

/* Open and lock the directory `path`. A file system that knows no locks gives
 * none. */
static ys_code hold(rundir *dir, const char *path, ys_error *error) {
  *dir = (rundir){.path = strdup(path)};
  if (!dir->path)
    return ys_fail_memory(error, "a file name");
  dir->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  dir->is_open = dir->folder >= 0;
  if (!dir->is_open)
    return errno == ENOTDIR ? ys_fail(error, YS_IO,
                                      "%s: exists and is not a directory", path)
                            : ys_fail(error, YS_IO, "%s: cannot open: %s", path,
                                      strerror(errno));
  if (flock(dir->folder, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return ys_fail(error, YS_BAD_INPUT, "%s: another command is writing to it",
                   path);
  return rundir_check(dir, error);
}

/* What is in the directory is refused, or made way with. */
static ys_code clear(const rundir *dir, bool force, const file_list *inputs,
                     ys_error *error) {
  if (!force && !rundir_is_empty(dir))
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: exists and is not empty; choose another directory or "
                   "give --force to replace the run in it",
                   dir->path);
  if (access(dir->path, W_OK | X_OK) != 0)
    return ys_fail(error, YS_IO, "%s: cannot write: %s", dir->path,
                   strerror(errno));
  return force ? rundir_clear(dir->path, dir->folder, inputs, error) : YS_OK;
}

/* The first of results/0001, ... that mkdir can still make. */
static ys_code take_numbered(rundir *dir, ys_error *error) {
  char path[32];
  bool made;
  ys_code code = rundir_subdirectory("results", error);
  for (int number = 1; !code && number < 10000; number++) {
    snprintf(path, sizeof path, "results/%04d", number);
    code = files_make_directory(path, &made, error);
    if (made)
      return hold(dir, path, error);
  }
  return code ? code
              : ys_fail(error, YS_IO,
                        "results: every number up to 9999 is "
                        "taken; give -o DIR");
}

ys_code rundir_make(rundir *dir, const char *path, bool force,
                    const file_list *inputs, ys_error *error) {
  bool made = false;
  *dir = (rundir){0};
  ys_code code =
      path ? files_make_parents(path, error) : take_numbered(dir, error);
  if (!code && path)
    code = files_make_directory(path, &made, error);
  if (!code && path)
    code = hold(dir, path, error);
  if (!code)
    code = clear(dir, force && path, inputs, error);
  if (code && made)
    rmdir(path);
  if (code)
    rundir_free(dir);
  return code;
}

ys_code rundir_open(rundir *dir, const char *path, ys_error *error) {
  *dir = (rundir){0};
  ys_code code = rundir_subdirectory(path, error);
  if (!code)
    code = hold(dir, path, error);
  if (code)
    rundir_free(dir);
  return code;
}

void rundir_free(rundir *dir) {
  if (dir->is_open)
    close(dir->folder);
  free(dir->path);
  *dir = (rundir){0};
}
