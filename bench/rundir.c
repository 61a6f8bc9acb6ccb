#include "rundir.h"

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

static bool is_directory(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static ys_code fail_to_make(const char *path, ys_error *error) {
  return ys_fail(error, YS_IO, "%s: cannot make the directory: %s", path,
                 strerror(errno));
}

/* Make what is missing above `path`. Another program, the next shard of a
 * sweep, may be at it too: then mkdir finds it there. */
static ys_code make_parents(const char *path, ys_error *error) {
  char *part = strdup(path);
  if (!part)
    return ys_fail_memory(error, "a file name");
  ys_code code = YS_OK;
  char *slash = part + strspn(part, "/");
  while (!code && (slash = strchr(slash, '/')) && slash[strspn(slash, "/")]) {
    *slash = '\0';
    if (!is_directory(part) && mkdir(part, 0777) != 0 && errno != EEXIST)
      code = fail_to_make(part, error);
    *slash++ = '/';
  }
  free(part);
  return code;
}

static ys_code make(const char *path, ys_error *error) {
  ys_code code = make_parents(path, error);
  if (!code && mkdir(path, 0777) != 0)
    code = fail_to_make(path, error);
  return code;
}

ys_code rundir_subdirectory(const char *path, ys_error *error) {
  if (is_directory(path))
    return YS_OK;
  ys_code code = make_parents(path, error);
  if (!code && mkdir(path, 0777) != 0 && errno != EEXIST)
    code = fail_to_make(path, error);
  return code;
}

ys_code rundir_folder(const char *path, ys_error *error) {
  struct stat status;
  if (lstat(path, &status) == 0 && S_ISLNK(status.st_mode))
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: is a symbolic link: nothing is written behind it",
                   path);
  return rundir_subdirectory(path, error);
}

static bool is_empty(const char *path) {
  DIR *directory = opendir(path);
  bool empty = true;
  if (!directory)
    return false;
  for (struct dirent *entry; empty && (entry = readdir(directory));)
    empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
  closedir(directory);
  return empty;
}

/* Remove the label files of an earlier run: labels/NUMBER.npy. */
static void remove_labels(int folder) {
  int file = openat(folder, "labels", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *labels = file < 0 ? NULL : fdopendir(file);
  for (struct dirent *entry; labels && (entry = readdir(labels));) {
    size_t digits = strspn(entry->d_name, "0123456789");
    if (digits && strcmp(entry->d_name + digits, ".npy") == 0)
      unlinkat(file, entry->d_name, 0);
  }
  if (labels)
    closedir(labels);
  else if (file >= 0)
    close(file);
}

static ys_code remove_earlier(const char *path, ys_error *error) {
  static const char *const ours[] = {
      "runs.csv",   "traces.csv",     "settings.csv",
      "checks.csv", "segments.csv",   "training.csv",
      "epochs.csv", "checkpoint.bin", "meta.json"};
  int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0)
    return ys_fail(error, YS_IO, "%s: cannot open: %s", path, strerror(errno));
  ys_code code = YS_OK;
  for (size_t i = 0; !code && i < sizeof ours / sizeof *ours; i++)
    if (unlinkat(folder, ours[i], 0) != 0 && errno != ENOENT)
      code = ys_fail(error, YS_IO, "%s/%s: cannot remove: %s", path, ours[i],
                     strerror(errno));
  if (!code)
    remove_labels(folder);
  close(folder);
  return code;
}

static ys_code take(const char *path, bool force, ys_error *error) {
  struct stat status;
  if (stat(path, &status) != 0)
    return make(path, error);
  if (!S_ISDIR(status.st_mode))
    return ys_fail(error, YS_IO, "%s: exists and is not a directory", path);
  if (!force && !is_empty(path))
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: exists and is not empty; choose another directory or "
                   "give --force to replace the run in it",
                   path);
  if (access(path, W_OK | X_OK) != 0)
    return ys_fail(error, YS_IO, "%s: cannot write: %s", path, strerror(errno));
  return remove_earlier(path, error);
}

/* The first of results/0001, ... that mkdir can still make. */
static ys_code take_numbered(rundir *dir, ys_error *error) {
  ys_code code = rundir_subdirectory("results", error);
  for (int number = 1; !code && number < 10000; number++) {
    if (asprintf(&dir->path, "results/%04d", number) < 0) {
      dir->path = NULL;
      return ys_fail_memory(error, "a file name");
    }
    if (mkdir(dir->path, 0777) == 0)
      return YS_OK;
    if (errno != EEXIST)
      code = make(dir->path, error);
    rundir_free(dir);
  }
  return code ? code
              : ys_fail(error, YS_IO,
                        "results: every number up to 9999 is "
                        "taken; give -o DIR");
}

ys_code rundir_make(rundir *dir, const char *path, bool force,
                    ys_error *error) {
  *dir = (rundir){0};
  if (!path)
    return take_numbered(dir, error);
  ys_code code = take(path, force, error);
  if (code)
    return code;
  *dir = (rundir){.path = strdup(path)};
  return dir->path ? YS_OK : ys_fail_memory(error, "a file name");
}

ys_code rundir_open(rundir *dir, const char *path, ys_error *error) {
  ys_code code = rundir_subdirectory(path, error);
  if (code)
    return code;
  *dir = (rundir){.path = strdup(path)};
  return dir->path ? YS_OK : ys_fail_memory(error, "a file name");
}

ys_code rundir_lock(rundir *dir, ys_error *error) {
  int folder = open(dir->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0 && flock(folder, LOCK_EX | LOCK_NB) != 0 &&
      errno == EWOULDBLOCK) {
    close(folder);
    return ys_fail(error, YS_BAD_INPUT, "%s: another command is writing to it",
                   dir->path);
  }
  dir->locked = folder >= 0;
  dir->lock = folder;
  return YS_OK;
}

void rundir_free(rundir *dir) {
  if (dir->locked)
    close(dir->lock);
  dir->locked = false;
  free(dir->path);
  dir->path = NULL;
}
