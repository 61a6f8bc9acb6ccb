/* One .npy of labels that ranks write together, each its rows. */
#include "problems/formats/labels_file.h"
#include "problems/formats/npy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PLACE = 4096 };

/* Where the first rank has begun the file, for the others: the folder that it
 * has open may have been reached by a link. */
static ys_code find_place(const ys_output *output, char place[PLACE],
                          ys_error *error) {
  char folder[64];
  snprintf(folder, sizeof folder, "/proc/self/fd/%d", output->folder);
  const ssize_t length = readlink(folder, place, PLACE - 1);
  if (!output->temporary || length < 0 ||
      (size_t)length + strlen(output->temporary) + 2 > PLACE)
    return ys_fail(
        error, YS_UNSUPPORTED,
        "%s: ranks write their labels into a file: expected its name",
        output->path);
  snprintf(place + length, PLACE - (size_t)length, "/%s", output->temporary);
  return YS_OK;
}

static bool write_at(int file, const char *bytes, size_t count, off_t at) {
  while (count) {
    const ssize_t written = pwrite(file, bytes, count, at);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    bytes += written;
    count -= (size_t)written;
    at += written;
  }
  return true;
}

/* A rank's rows, behind those before it. */
static ys_code write_rows(const char *place, const ys_labels *labels,
                          size_t first, ys_error *error) {
  const size_t row = labels->classes * sizeof *labels->dense;
  const int file = open(place, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
  bool done = file >= 0 &&
              write_at(file, (const char *)labels->dense, labels->rows * row,
                       (off_t)(YS_NPY_HEADER + first * row)) &&
              (fsync(file) == 0 || errno == EINVAL || errno == ENOSYS);
  ys_code code = done ? YS_OK
                      : ys_fail(error, YS_IO, "%s: cannot write: %s", place,
                                strerror(errno));
  if (file >= 0)
    close(file);
  return code;
}

ys_code ys_labels_write_share(ys_output *output, const ys_labels *labels,
                              const ys_share *share, ys_error *error) {
  const ys_ranks *ranks = share->ranks;
  const bool is_first = !ranks || ranks->rank == 0;
  ys_npy_writer writer = {.output = {.folder = -1}};
  char place[PLACE] = "";
  ys_code code = labels->dense ? YS_OK
                               : ys_fail(error, YS_UNSUPPORTED,
                                         "ranks write dense labels alone");
  if (!code && is_first)
    code = find_place(output, place, error);
  if (!code && is_first)
    code = ys_npy_begin(output, sizeof *labels->dense, share->whole.rows,
                        labels->classes, &writer, error);
  if (!code && is_first && fflush(writer.output.file) != 0)
    code =
        ys_fail(error, YS_IO, "%s: cannot write: %s", place, strerror(errno));
  code = ys_ranks_agree(ranks, code, error);
  ys_ranks_spread(ranks, place, sizeof place);
  if (!code)
    code = is_first
               ? ys_npy_append(&writer, labels->dense, labels->rows, error)
               : write_rows(place, labels, ys_share_first_row(share), error);
  code = ys_ranks_agree(ranks, code, error);
  if (!code && is_first)
    code = ys_npy_finish(&writer, error);
  else
    ys_npy_abandon(&writer);
  return ys_ranks_agree(ranks, code, error);
}
