#include "problems/formats/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *name_in(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

/* Give up, for the reason in errno. */
static ys_code fail(ys_output *output, ys_error *error) {
  ys_code code = ys_fail(error, YS_IO, "%s: cannot write: %s", output->path,
                         strerror(errno));
  ys_output_abandon(output);
  return code;
}

/* The name of the directory that holds `path`, to be freed. */
static char *folder_of(const char *path) {
  const char *name = name_in(path);
  return name == path ? strdup(".") : strndup(path, (size_t)(name - path));
}

/* What has the temporary name is not this writer's to remove. */
static void forget_temporary(ys_output *output) {
  free(output->temporary);
  output->temporary = NULL;
}

/* A new file in place of whatever has the temporary name. */
static FILE *make_new(const ys_output *output) {
  struct stat earlier;
  bool is_there = fstatat(output->folder, name_in(output->path), &earlier,
                          AT_SYMLINK_NOFOLLOW) == 0;
  if (is_there && S_ISDIR(earlier.st_mode)) {
    errno = EISDIR;
    return NULL;
  }
  unlinkat(output->folder, output->temporary, 0);
  int file = openat(output->folder, output->temporary,
                    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (file < 0)
    return NULL;
  if (is_there && S_ISREG(earlier.st_mode))
    fchmod(file, earlier.st_mode & 0777);
  FILE *opened = fdopen(file, "wb");
  if (!opened) {
    close(file);
    unlinkat(output->folder, output->temporary, 0);
  }
  return opened;
}

ys_code ys_output_create(ys_output *output, const char *path, ys_error *error) {
  char *folder = folder_of(path);
  *output = (ys_output){.path = strdup(path), .folder = -1};
  if (asprintf(&output->temporary, "%s.tmp", name_in(path)) < 0)
    output->temporary = NULL;
  if (!folder || !output->path || !output->temporary) {
    free(folder);
    ys_output_abandon(output);
    return ys_fail_memory(error, "a file name");
  }
  output->folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  free(folder);
  if (output->folder >= 0)
    output->file = make_new(output);
  if (output->file)
    return YS_OK;
  forget_temporary(output);
  return fail(output, error);
}

/* Another writer of the same file has removed this one's, and made its own. */
static bool is_replaced(const ys_output *output) {
  struct stat open_one, named;
  if (fstat(fileno(output->file), &open_one) != 0 ||
      fstatat(output->folder, output->temporary, &named, AT_SYMLINK_NOFOLLOW) !=
          0)
    return true;
  return open_one.st_dev != named.st_dev || open_one.st_ino != named.st_ino;
}

/* Some file systems, and all that is no file, cannot be flushed to a disk. */
static bool flush(const ys_output *output) {
  if (fflush(output->file) != 0)
    return false;
  if (ferror(output->file)) {
    errno = EIO; /* the reason was known when it failed */
    return false;
  }
  return !output->temporary || fsync(fileno(output->file)) == 0 ||
         errno == EINVAL || errno == ENOSYS;
}

ys_code ys_output_finish(ys_output *output, ys_error *error) {
  if (!flush(output))
    return fail(output, error);
  if (output->temporary && is_replaced(output)) {
    forget_temporary(output);
    errno = EBUSY;
    return fail(output, error);
  }
  FILE *file = output->file;
  output->file = NULL;
  if (fclose(file) != 0 ||
      (output->temporary &&
       renameat(output->folder, output->temporary, output->folder,
                name_in(output->path)) != 0))
    return fail(output, error);
  forget_temporary(output);
  ys_output_abandon(output);
  return YS_OK;
}

void ys_output_abandon(ys_output *output) {
  if (output->file)
    fclose(output->file);
  if (output->temporary && output->folder >= 0)
    unlinkat(output->folder, output->temporary, 0);
  if (output->path && output->folder >= 0)
    close(output->folder);
  free(output->temporary);
  free(output->path);
  *output = (ys_output){.folder = -1};
}
