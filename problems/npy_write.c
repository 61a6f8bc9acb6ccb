#include "npy.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The lead of ten bytes and the header fill a multiple of 64. Two counts of at
 * most twenty digits each always fit in 128. */
enum { LEAD = 10, HEADER = 128 - LEAD };

static bool write_all(FILE *file, const double *data, size_t rows,
                      size_t cols) {
  static const char lead[LEAD] = {'\x93', 'N', 'U', 'M',    'P',
                                  'Y',    1,   0,   HEADER, 0};
  char header[HEADER + 1], dict[HEADER];
  snprintf(dict, sizeof dict,
           "{'descr': '<f8', 'fortran_order': False, 'shape': (%zu, %zu), }",
           rows, cols);
  snprintf(header, sizeof header, "%-*s\n", HEADER - 1, dict);
  return fwrite(lead, 1, LEAD, file) == LEAD &&
         fwrite(header, 1, HEADER, file) == HEADER &&
         fwrite(data, sizeof *data * cols, rows, file) == rows;
}

/* Write under the temporary name, then rename. */
static bool write_and_rename(const char *temporary, const char *path,
                             const double *data, size_t rows, size_t cols) {
  FILE *file = fopen(temporary, "wbe");
  if (!file)
    return false;
  bool written = write_all(file, data, rows, cols);
  int reason = errno;
  if (fclose(file) && written) {
    written = false;
    reason = errno;
  }
  if (written && rename(temporary, path) == 0)
    return true;
  if (written)
    reason = errno;
  unlink(temporary);
  errno = reason;
  return false;
}

ys_code ys_npy_write(const char *path, const double *data, size_t rows,
                     size_t cols, ys_error *error) {
  char *temporary;
  if (asprintf(&temporary, "%s.%ld.tmp", path, (long)getpid()) < 0)
    return ys_fail_memory(error, "a file name");
  bool written = write_and_rename(temporary, path, data, rows, cols);
  if (!written)
    ys_fail(error, YS_IO, "%s: cannot write: %s", path, strerror(errno));
  free(temporary);
  return written ? YS_OK : YS_IO;
}
