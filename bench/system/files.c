#include "bench/system/files.h"

#include "problems/vector/array.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_same(const struct stat *a, const struct stat *b) {
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

bool files_write(int file, const void *bytes, size_t count) {
  for (const char *next = bytes; count > 0;) {
    ssize_t wrote = write(file, next, count);
    if (wrote < 0 && errno != EINTR)
      return false;
    next += wrote > 0 ? wrote : 0;
    count -= wrote > 0 ? (size_t)wrote : 0;
  }
  return true;
}

bool files_same(const char *a, const char *b) {
  struct stat x, y;
  return stat(a, &x) == 0 && stat(b, &y) == 0 && is_same(&x, &y);
}

/* The directory that holds `path`; false if its name is too long for one. */
static bool put_folder(const char *path, char folder[PATH_MAX]) {
  const char *slash = strrchr(path, '/');
  size_t length = !slash || slash == path ? 1 : (size_t)(slash - path);
  if (length >= PATH_MAX)
    return false;
  memcpy(folder, slash ? path : ".", length);
  folder[length] = '\0';
  return true;
}

bool files_same_output(const char *a, const char *b) {
  char x[PATH_MAX], y[PATH_MAX];
  return files_same(a, b) ||
         (put_folder(a, x) && put_folder(b, y) && files_same(x, y) &&
          strcmp(basename(a), basename(b)) == 0);
}

/* ----------------------------------------------------------- inputs ------ */

ys_code files_add(file_list *list, const char *path, ys_error *error) {
  ys_code code = ys_grow(&list->path, list->count, &list->room,
                         sizeof *list->path, "file names", error);
  if (code)
    return code;
  list->path[list->count] = strdup(path);
  if (!list->path[list->count])
    return ys_fail_memory(error, "a file name");
  list->count++;
  return YS_OK;
}

void files_free(file_list *list) {
  for (size_t i = 0; i < list->count; i++)
    free(list->path[i]);
  free(list->path);
  *list = (file_list){0};
}

const char *files_find(const file_list *list, const char *path) {
  for (size_t i = 0; i < list->count; i++)
    if (files_same(list->path[i], path))
      return list->path[i];
  return NULL;
}

ys_code files_check_apart(const file_list *inputs, const char *path,
                          ys_error *error) {
  char folder[PATH_MAX];
  const char *found = files_find(inputs, path);
  if (!found && put_folder(path, folder))
    found = files_find(inputs, folder);
  return found ? ys_fail(error, YS_BAD_INPUT,
                         "%s: is read from %s, and not replaced, with --force "
                         "neither: choose another output",
                         path, found)
               : YS_OK;
}

/* ------------------------------------------------------- directories ----- */

ys_code files_make_directory(const char *path, bool *made, ys_error *error) {
  *made = mkdir(path, 0777) == 0;
  return *made || errno == EEXIST
             ? YS_OK
             : ys_fail(error, YS_IO, "%s: cannot make the directory: %s", path,
                       strerror(errno));
}

static bool is_directory(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

ys_code files_make_parents(const char *path, ys_error *error) {
  char *part = strdup(path);
  if (!part)
    return ys_fail_memory(error, "a file name");
  bool made;
  ys_code code = YS_OK;
  char *slash = part + strspn(part, "/");
  while (!code && (slash = strchr(slash, '/')) && slash[strspn(slash, "/")]) {
    *slash = '\0';
    if (!is_directory(part))
      code = files_make_directory(part, &made, error);
    *slash++ = '/';
  }
  free(part);
  return code;
}

/* ----------------------------------------------------------- outputs ----- */

/* The standard stream that goes to that file; -1 if none does. */
static int find_stream(const struct stat *status) {
  struct stat stream;
  for (int file = STDOUT_FILENO; file <= STDERR_FILENO; file++)
    if (fstat(file, &stream) == 0 && is_same(&stream, status))
      return file;
  return -1;
}

static ys_code open_straight(ys_output *output, const char *path, int stream,
                             ys_error *error) {
  fflush(stdout); /* what has been printed comes before */
  int file = stream < 0
                 ? open(path, O_WRONLY | O_CREAT | O_NOCTTY | O_CLOEXEC, 0666)
                 : fcntl(stream, F_DUPFD_CLOEXEC, 3);
  *output = (ys_output){.path = strdup(path), .folder = -1};
  if (file >= 0)
    output->file = fdopen(file, "wb");
  if (output->path && output->file)
    return YS_OK;
  ys_code code = output->path ? ys_fail(error, YS_IO, "%s: cannot write: %s",
                                        path, strerror(errno))
                              : ys_fail_memory(error, "a file name");
  if (file >= 0 && !output->file)
    close(file);
  ys_output_abandon(output);
  return code;
}

/* A file that is there, by a link or by its name. */
static ys_code open_again(ys_output *output, const char *path, bool force,
                          ys_error *error) {
  if (!force)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: exists; give --force to replace it", path);
  char *real = realpath(path, NULL);
  if (!real)
    return ys_fail(error, YS_IO, "%s: cannot write: %s", path, strerror(errno));
  ys_code code = ys_output_create(output, real, error);
  free(real);
  return code;
}

/* A file that is not there, in a directory that need not be there either. */
static ys_code open_new(ys_output *output, const char *path, ys_error *error) {
  ys_code code = files_make_parents(path, error);
  return code ? code : ys_output_create(output, path, error);
}

ys_code files_open_output(ys_output *output, const char *path, bool force,
                          ys_error *error) {
  struct stat status, link;
  *output = (ys_output){.folder = -1};
  if (!path)
    return open_straight(output, "standard output", STDOUT_FILENO, error);
  if (stat(path, &status) != 0) {
    bool is_link = lstat(path, &link) == 0; /* to what is not there yet */
    return is_link ? open_straight(output, path, -1, error)
                   : open_new(output, path, error);
  }
  int stream = find_stream(&status);
  if (stream >= 0)
    return open_straight(output, path, stream, error);
  if (S_ISREG(status.st_mode))
    return open_again(output, path, force, error);
  return S_ISDIR(status.st_mode) ? ys_output_create(output, path, error)
                                 : open_straight(output, path, -1, error);
}
