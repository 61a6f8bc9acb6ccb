#include "problems/formats/labels_file.h"

#include "problems/formats/npy.h"
#include "problems/formats/npz.h"
#include "problems/formats/table.h"
#include "problems/vector/array.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *ys_labels_ending(const ys_labels *labels) {
  return labels->dense ? "npy" : "npz";
}

/* ------------------------------------------------------ dense files ---- */

/* Takes rows as they come, in double. */
typedef ys_code rows_taker(void *context, const double *rows, size_t count,
                           ys_error *error);

/* Sparse rows some at a time: a dense copy of all could be larger than sigma.
 */
static ys_code give_rows(const ys_labels *labels, rows_taker *take,
                         void *context, ys_error *error) {
  enum { BYTES = 1 << 18 };
  const size_t n = labels->classes, rows = labels->rows;
  const size_t some = BYTES / sizeof(double) / n, most = some ? some : 1;
  if (labels->dense)
    return take(context, labels->dense, rows, error);
  double *room = ys_array(most, n * sizeof *room);
  ys_code code = room ? YS_OK : ys_fail_memory(error, "rows of labels");
  for (size_t i = 0; !code && i < rows; i += most) {
    const size_t count = rows - i < most ? rows - i : most;
    for (size_t j = 0; j < count; j++)
      ys_labels_row(labels, i + j, room + j * n);
    code = take(context, room, count, error);
  }
  free(room);
  return code;
}

static ys_code append(void *writer, const double *rows, size_t count,
                      ys_error *error) {
  return ys_npy_append(writer, rows, count, error);
}

/* ---------------------------------------------------- by other ranks ---- */

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

/* A rank's rows, behind those before it. */
typedef struct patch {
  const char *place;
  int file;
  off_t at;
  size_t row; /* bytes */
} patch;

static ys_code fail_place(const char *place, ys_error *error) {
  return ys_fail(error, YS_IO, "%s: cannot write: %s", place, strerror(errno));
}

static ys_code write_at(void *context, const double *rows, size_t count,
                        ys_error *error) {
  patch *p = context;
  const char *bytes = (const char *)rows;
  for (size_t left = count * p->row; left;) {
    const ssize_t written = pwrite(p->file, bytes, left, p->at);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return fail_place(p->place, error);
    bytes += written;
    left -= (size_t)written;
    p->at += written;
  }
  return YS_OK;
}

static ys_code write_rows(const char *place, const ys_labels *labels,
                          size_t first, ys_error *error) {
  const size_t row = labels->classes * sizeof(double);
  patch p = {place, open(place, O_WRONLY | O_NOFOLLOW | O_CLOEXEC),
             (off_t)(YS_NPY_HEADER + first * row), row};
  if (p.file < 0)
    return fail_place(place, error);
  ys_code code = give_rows(labels, write_at, &p, error);
  if (!code && fsync(p.file) != 0 && errno != EINVAL && errno != ENOSYS)
    code = fail_place(place, error);
  close(p.file);
  return code;
}

/* The first rank begins the file, and all know where. */
static ys_code begin_together(ys_output *output, const ys_labels *labels,
                              const ys_share *share, ys_npy_writer *writer,
                              char place[PLACE], ys_error *error) {
  ys_code code = YS_OK;
  if (share->ranks->rank == 0) {
    code = find_place(output, place, error);
    if (!code)
      code = ys_npy_begin(output, sizeof(double), share->whole.rows,
                          labels->classes, writer, error);
    if (!code && fflush(writer->output.file) != 0)
      code = fail_place(place, error);
  }
  code = ys_ranks_agree(share->ranks, code, error);
  ys_ranks_spread(share->ranks, place, PLACE);
  return code;
}

static ys_code write_together(ys_output *output, const ys_labels *labels,
                              const ys_share *share, ys_error *error) {
  const ys_ranks *ranks = share->ranks;
  char place[PLACE] = "";
  ys_npy_writer writer = {.output = {.folder = -1}};
  ys_code code = begin_together(output, labels, share, &writer, place, error);
  if (!code)
    code = ranks->rank == 0
               ? give_rows(labels, append, &writer, error)
               : write_rows(place, labels, ys_share_first_row(share), error);
  code = ys_ranks_agree(ranks, code, error);
  if (!code && ranks->rank == 0)
    code = ys_npy_finish(&writer, error);
  else
    ys_npy_abandon(&writer);
  return ys_ranks_agree(ranks, code, error);
}

/* ---------------------------------------------------------- writing ---- */

ys_code ys_labels_write_dense_to(ys_output *output, const ys_labels *labels,
                                 const ys_share *share, ys_error *error) {
  ys_npy_writer writer;
  if (share && share->ranks)
    return write_together(output, labels, share, error);
  ys_code code = ys_npy_begin(output, sizeof(double), labels->rows,
                              labels->classes, &writer, error);
  if (code)
    return code;
  code = give_rows(labels, append, &writer, error);
  if (!code)
    return ys_npy_finish(&writer, error);
  ys_npy_abandon(&writer);
  return code;
}

ys_code ys_labels_write_sparse_to(ys_output *output, const ys_labels *labels,
                                  const ys_share *share, ys_error *error) {
  ys_labels sparse;
  if (!labels->dense)
    return ys_npz_write(output, labels, share, error);
  ys_code code = ys_labels_to_sparse(labels, &sparse, error);
  code = ys_ranks_agree(share ? share->ranks : NULL, code, error);
  if (!code)
    code = ys_npz_write(output, &sparse, share, error);
  else
    ys_output_abandon(output);
  ys_labels_free(&sparse);
  return code;
}

ys_code ys_labels_write_to(ys_output *output, const ys_labels *labels,
                           const ys_share *share, ys_error *error) {
  return labels->dense ? ys_labels_write_dense_to(output, labels, share, error)
                       : ys_npz_write(output, labels, share, error);
}

ys_code ys_labels_write(const char *path, const ys_labels *labels,
                        ys_error *error) {
  ys_output output;
  ys_code code = ys_output_create(&output, path, error);
  return code ? code : ys_labels_write_to(&output, labels, NULL, error);
}

ys_code ys_labels_read(const char *path, ys_labels *labels, ys_error *error) {
  ys_matrix matrix;
  if (ys_npz_is_name(path))
    return ys_npz_read(path, NULL, labels, error);
  ys_code code = ys_matrix_read(path, &matrix, error);
  if (!code)
    *labels = (ys_labels){
        .rows = matrix.rows, .classes = matrix.cols, .dense = matrix.data};
  return code;
}
