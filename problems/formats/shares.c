/* A share of a batch out of one .npy file or of several, without the rest. */
#include "problems/formats/input.h"
#include "problems/formats/table.h"
#include "problems/memory.h"
#include "problems/vector/array.h"

#include <glob.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The files, of whose rows those of part p begin at first[p] of the whole. */
typedef struct parts {
  glob_t names;
  size_t count;
  ys_npy *npy;
  size_t *first; /* count + 1 */
  size_t begin;  /* the whole's row that the share begins with */
  ys_memory memory;
} parts;

/* ------------------------------------------------------------- files ---- */

static bool is_pattern(const char *path) {
  const char *slash = strrchr(path, '/');
  return !ys_input_is_file(path) && strpbrk(slash ? slash + 1 : path, "*?");
}

/* By name: all ranks must do the same, whatever they find. */
static bool is_npy_name(const char *path) {
  const size_t length = strlen(path);
  return length > 4 && strcmp(path + length - 4, ".npy") == 0;
}

static int by_bytes(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static ys_code find_names(const char *path, parts *p, ys_error *error) {
  const int flags = is_pattern(path)
                        ? GLOB_NOSORT
                        : GLOB_NOSORT | GLOB_NOMAGIC | GLOB_NOESCAPE;
  const int found = glob(path, flags, NULL, &p->names);
  if (found == GLOB_NOMATCH)
    return ys_fail(error, YS_BAD_INPUT, "%s: no file matches", path);
  if (found)
    return found == GLOB_NOSPACE
               ? ys_fail_memory(error, "names of files")
               : ys_fail(error, YS_IO, "%s: cannot list the folder", path);
  p->count = p->names.gl_pathc;
  qsort(p->names.gl_pathv, p->count, sizeof *p->names.gl_pathv, by_bytes);
  return YS_OK;
}

/* A part is like the first one. */
static ys_code check_part(const parts *p, size_t i, ys_error *error) {
  const ys_npy *npy = &p->npy[i], *like = p->npy;
  const char *path = p->names.gl_pathv[i];
  if (npy->is_vector)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: has 1 dimension: expected 2, points x classes", path);
  if (npy->cols != like->cols)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: has %zu columns: expected %zu as in %s", path,
                   npy->cols, like->cols, p->names.gl_pathv[0]);
  if (npy->type != like->type)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: holds numbers of another type than %s: expected one "
                   "type in all files",
                   path, p->names.gl_pathv[0]);
  return YS_OK;
}

static ys_code open_parts(const char *path, parts *p, ys_error *error) {
  ys_code code = find_names(path, p, error);
  if (code)
    return code;
  p->npy = ys_take(&p->memory, p->count, sizeof *p->npy, "files of a batch");
  p->first =
      ys_take(&p->memory, p->count + 1, sizeof *p->first, "files of a batch");
  code = ys_memory_check(&p->memory, error);
  for (size_t i = 0; !code && i < p->count; i++)
    p->npy[i].map = MAP_FAILED;
  for (size_t i = 0; !code && i < p->count; i++) {
    code = ys_npy_open(p->names.gl_pathv[i], &p->npy[i], error);
    if (!code)
      code = check_part(p, i, error);
    if (!code)
      p->first[i + 1] = p->first[i] + p->npy[i].rows;
  }
  return code;
}

static void close_parts(parts *p) {
  for (size_t i = 0; p->npy && p->first && i < p->count; i++)
    ys_npy_close(&p->npy[i]);
  globfree(&p->names);
  ys_give_back(&p->memory);
}

/* The part that holds a row of the whole. */
static size_t part_of(const parts *p, size_t row) {
  size_t low = 0, high = p->count;
  while (high - low > 1) {
    const size_t middle = low + (high - low) / 2;
    if (p->first[middle] <= row)
      low = middle;
    else
      high = middle;
  }
  return low;
}

/* ----------------------------------------------------------- reading ---- */

static void read_rows(const void *context, size_t first, size_t count,
                      double *rows) {
  const parts *p = context;
  size_t row = p->begin + first;
  for (size_t i = part_of(p, row); count; i++) {
    const size_t left = p->first[i + 1] - row;
    const size_t some = left < count ? left : count;
    ys_npy_rows(&p->npy[i], row - p->first[i], some, rows);
    rows += some * p->npy[i].cols;
    row += some;
    count -= some;
  }
}

/* The part that holds all of the share as float32 can be read where it lies; or
 * NULL. */
static ys_npy *part_to_keep(const parts *p, size_t rows) {
  const size_t i = part_of(p, p->begin);
  return p->begin + rows <= p->first[i + 1] &&
                 ys_npy_is_plain(&p->npy[i], YS_NPY_F4)
             ? &p->npy[i]
             : NULL;
}

static ys_code keep(ys_npy *npy, const parts *p, const char *path,
                    const ys_row_rule *rule, size_t rows, int threads,
                    ys_batch *batch, ys_error *error) {
  const size_t before = p->begin - p->first[part_of(p, p->begin)];
  const float *numbers = (const float *)(const void *)npy->data;
  ys_code code =
      ys_batch_keep(batch, path, rule, numbers + before * npy->cols, rows,
                    npy->cols, npy->map, npy->map_size, threads, error);
  if (!code)
    npy->map = MAP_FAILED; /* it is the batch's */
  return code;
}

static ys_code fill(const parts *p, const char *path, const ys_row_rule *rule,
                    size_t rows, int threads, ys_batch *batch,
                    ys_error *error) {
  ys_code code = ys_batch_alloc(batch, path, rows, p->npy->cols, error);
  if (code)
    return code;
  code = ys_batch_fill(batch, path, rule, read_rows, p, threads, error);
  if (code)
    ys_batch_free(batch);
  return code;
}

/* As ys_batch_read decides for a whole batch. */
static ys_code read_own(parts *p, const ys_batch_file *file, size_t rows,
                        int threads, ys_batch *batch, ys_error *error) {
  const size_t many = (size_t)1 << 22, whole = p->first[p->count];
  const ys_row_rule rule = {
      .logits = file->source == YS_LOGITS,
      .rounding = file->renormalises ? INFINITY : ys_npy_rounding(p->npy),
      .advises = file->advises,
  };
  ys_npy *kept = part_to_keep(p, rows);
  if (file->source == YS_KEPT && !kept)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: storage=float32: expected float32, '<f4' in C order, "
                   "a rank's rows in one file",
                   file->path);
  const bool keeps =
      file->source == YS_KEPT || (file->source == YS_AS_STORED &&
                                  ys_times(whole, p->npy->cols) > many && kept);
  return keeps ? keep(kept, p, file->path, &rule, rows, threads, batch, error)
               : fill(p, file->path, &rule, rows, threads, batch, error);
}

static ys_code read_share(parts *p, const ys_batch_file *file,
                          const ys_ranks *ranks, int threads, ys_batch *batch,
                          ys_error *error) {
  const size_t whole = p->first[p->count];
  ys_code code =
      ys_ranks_agree_shape(ranks, file->path, whole, p->npy->cols, error);
  if (code)
    return code;
  const ys_share share = ys_share_make(ranks, whole, p->npy->cols);
  code = ys_share_check(&share, error);
  if (code)
    return code;
  p->begin = ys_share_first_row(&share);
  code = read_own(p, file, ys_share_blocks(&share).rows, threads, batch, error);
  if (code)
    return ys_share_explain(&share, code, error);
  batch->stays = file->source == YS_KEPT;
  batch->ranks = ranks;
  batch->whole_rows = whole;
  return YS_OK;
}

ys_code ys_batch_read_share(const ys_batch_file *file, const ys_ranks *ranks,
                            int threads, ys_batch *batch, ys_error *error) {
  parts p = {0};
  if (!is_pattern(file->path) && !(ranks && is_npy_name(file->path)))
    return ys_batch_read(file, ranks, threads, batch, error);
  ys_code code =
      file->array ? ys_fail(error, YS_BAD_INPUT,
                            "%s: a share of a batch is read from .npy files: "
                            "expected no array=%s",
                            file->path, file->array)
                  : open_parts(file->path, &p, error);
  code = ys_ranks_agree(ranks, code, error);
  if (!code)
    code = read_share(&p, file, ranks, threads, batch, error);
  close_parts(&p);
  return code;
}
