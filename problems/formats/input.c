#include "problems/formats/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Close it and fail; errno stays as it is. */
static ys_code give_up(int opened, const char *path, const char *what,
                       int reason, ys_error *error) {
  ys_code code = ys_fail(error, YS_IO, "%s: %s%s", path, what,
                         *what == 'c' ? strerror(reason) : "");
  if (opened >= 0)
    close(opened);
  errno = reason;
  return code;
}

ys_code ys_input_open(const char *path, FILE **file, ys_error *error) {
  struct stat status;
  /* Opening a pipe that nobody writes to waits, but for O_NONBLOCK, which means
   * nothing to a regular file. */
  int opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  *file = NULL;
  if (opened < 0 || fstat(opened, &status) != 0)
    return give_up(opened, path, "cannot open: ", errno, error);
  if (S_ISDIR(status.st_mode))
    return give_up(opened, path, "cannot open: ", EISDIR, error);
  if (!S_ISREG(status.st_mode))
    return give_up(opened, path, "not a regular file", EINVAL, error);
  *file = fdopen(opened, "rb");
  return *file ? YS_OK : give_up(opened, path, "cannot open: ", errno, error);
}

bool ys_input_is_file(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

bool ys_input_is_directory(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static ys_code read_all(FILE *file, const char *path, size_t most,
                        const char *what, char **bytes, size_t *size,
                        ys_error *error) {
  struct stat status;
  if (fstat(fileno(file), &status) != 0)
    return ys_fail(error, YS_IO, "%s: cannot read: %s", path, strerror(errno));
  if ((size_t)status.st_size > most)
    return ys_fail(error, YS_BAD_INPUT, "%s: %lld bytes: expected at most %zu",
                   path, (long long)status.st_size, most);
  *bytes = malloc((size_t)status.st_size + 1);
  if (!*bytes)
    return ys_fail_memory(error, what);
  *size = fread(*bytes, 1, (size_t)status.st_size, file);
  return ferror(file) ? ys_fail(error, YS_IO, "%s: cannot read: %s", path,
                                strerror(errno))
                      : YS_OK;
}

ys_code ys_input_read(const char *path, size_t most, const char *what,
                      char **bytes, size_t *size, ys_error *error) {
  FILE *file;
  *bytes = NULL;
  *size = 0;
  ys_code code = ys_input_open(path, &file, error);
  if (code)
    return code;
  code = read_all(file, path, most, what, bytes, size, error);
  fclose(file);
  errno = 0; /* there is a file */
  if (code) {
    free(*bytes);
    *bytes = NULL;
  }
  return code;
}
