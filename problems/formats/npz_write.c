#include "problems/formats/npz.h"

#include "problems/formats/label_arrays.h"
#include "problems/formats/npy_header.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <zip.h>

/* An array of the archive: its header, and elements that lie in memory or come
 * from labels, read once from the beginning to the end. */
typedef struct member {
  const char *name;
  char header[YS_NPY_HEADER];
  const void *data; /* NULL: those of the labels' array */
  ys_label_arrays *arrays;
  ys_label_array of;
  size_t item, count; /* bytes of an element; elements */
  size_t taken;       /* elements that have been read into the piece */
  const unsigned char *piece;
  size_t left; /* bytes of the piece that are yet to be read */
  zip_error_t error;
} member;

enum { MEMBERS = 5 };

typedef struct contents {
  const char *path;
  int64_t shape[2];
  member members[MEMBERS];
} contents;

/* ------------------------------------------------------- the contents ---- */

static void set_header(member *m, const char *descr, size_t length) {
  char shape[32] = "()";
  if (length)
    snprintf(shape, sizeof shape, "(%zu,)", length);
  ys_npy_header_make(descr, shape, m->header);
}

static void set_array(member *m, const char *name, ys_label_arrays *arrays,
                      ys_label_array of) {
  *m = (member){.name = name,
                .arrays = arrays,
                .of = of,
                .item = ys_label_arrays_item(arrays, of),
                .count = ys_label_arrays_count(arrays, of)};
  set_header(m, of == YS_DATA ? "<f8" : arrays->wide ? "<i8" : "<i4", m->count);
}

/* `length`: of a vector; 0: a single element. */
static void set_data(member *m, const char *name, const char *descr,
                     size_t length, const void *data, size_t item) {
  *m = (member){
      .name = name, .data = data, .item = item, .count = length ? length : 1};
  set_header(m, descr, length);
}

static void set_members(contents *c, ys_label_arrays *arrays) {
  c->shape[0] = (int64_t)arrays->rows;
  c->shape[1] = (int64_t)arrays->classes;
  set_array(&c->members[0], "indices.npy", arrays, YS_INDICES);
  set_array(&c->members[1], "indptr.npy", arrays, YS_INDPTR);
  set_data(&c->members[2], "format.npy", "|S3", 0, "csr", 3);
  set_data(&c->members[3], "shape.npy", "<i8", 2, c->shape, sizeof *c->shape);
  set_array(&c->members[4], "data.npy", arrays, YS_DATA);
}

/* ------------------------------------------------ what libzip reads ---- */

/* The header, then the elements; whether there are bytes to be read. */
static bool refill(member *m) {
  size_t count = m->count - m->taken;
  if (m->left || count == 0)
    return m->left != 0;
  m->piece = m->data;
  if (!m->data)
    count = ys_label_arrays_take(m->arrays, m->of, m->taken, count, &m->piece);
  if (count == 0) /* a rank is lost */
    zip_error_set(&m->error, ZIP_ER_READ, 0);
  m->taken += count;
  m->left = count * m->item;
  return m->left != 0;
}

static zip_int64_t read_member(member *m, char *bytes, size_t most) {
  size_t got = 0;
  while (got < most && refill(m)) {
    const size_t some = m->left < most - got ? m->left : most - got;
    memcpy(bytes + got, m->piece, some);
    m->piece += some;
    m->left -= some;
    got += some;
  }
  return zip_error_code_zip(&m->error) ? -1 : (zip_int64_t)got;
}

static zip_int64_t from_member(void *context, void *data, zip_uint64_t size,
                               zip_source_cmd_t command) {
  member *m = context;
  zip_stat_t *status = data;
  switch (command) {
  case ZIP_SOURCE_SUPPORTS:
    return ZIP_SOURCE_SUPPORTS_READABLE;
  case ZIP_SOURCE_STAT:
    zip_stat_init(status);
    status->valid = ZIP_STAT_SIZE;
    status->size = sizeof m->header + m->item * m->count;
    return sizeof *status;
  case ZIP_SOURCE_OPEN:
    m->piece = (const unsigned char *)m->header;
    m->left = sizeof m->header;
    m->taken = 0;
    return 0;
  case ZIP_SOURCE_READ:
    return read_member(m, data, (size_t)size);
  case ZIP_SOURCE_ERROR:
    return zip_error_to_data(&m->error, data, size);
  default: /* it is closed, or freed */
    return 0;
  }
}

/* ----------------------------------------------- what libzip writes to ---- */

/* A file that can be written anywhere. */
typedef struct target {
  FILE *file;
  zip_error_t error;
} target;

static zip_int64_t fail_target(target *t, int why) {
  zip_error_set(&t->error, why, errno);
  return -1;
}

static zip_int64_t seek(target *t, void *data, zip_uint64_t size) {
  const zip_source_args_seek_t *to =
      ZIP_SOURCE_GET_ARGS(zip_source_args_seek_t, data, size, &t->error);
  if (!to)
    return -1;
  return fseeko(t->file, (off_t)to->offset, to->whence) == 0
             ? 0
             : fail_target(t, ZIP_ER_SEEK);
}

/* A new archive is never read. */
static zip_int64_t to_target(void *context, void *data, zip_uint64_t size,
                             zip_source_cmd_t command) {
  target *t = context;
  switch (command) {
  case ZIP_SOURCE_SUPPORTS:
    return ZIP_SOURCE_SUPPORTS_WRITABLE;
  case ZIP_SOURCE_STAT:
    zip_stat_init(data);
    return sizeof(zip_stat_t);
  case ZIP_SOURCE_WRITE:
    return fwrite(data, 1, (size_t)size, t->file) == size
               ? (zip_int64_t)size
               : fail_target(t, ZIP_ER_WRITE);
  case ZIP_SOURCE_SEEK_WRITE:
    return seek(t, data, size);
  case ZIP_SOURCE_TELL_WRITE:
    return (zip_int64_t)ftello(t->file);
  case ZIP_SOURCE_ERROR:
    return zip_error_to_data(&t->error, data, size);
  case ZIP_SOURCE_READ:
    return fail_target(t, ZIP_ER_OPNOTSUPP);
  default: /* begun, committed or taken back: its output is */
    return 0;
  }
}

/* -------------------------------------------------------- the archive ---- */

/* As numpy.savez does, on the first day that a zip archive knows. */
static bool add_member(zip_t *zip, member *m) {
  enum { FIRST_OF_1980 = 1 << 5 | 1 };
  zip_source_t *source =
      zip_source_function_create(from_member, m, zip_get_error(zip));
  zip_int64_t at = source ? zip_file_add(zip, m->name, source, 0) : -1;
  if (source && at < 0)
    zip_source_free(source);
  return at >= 0 &&
         zip_set_file_compression(zip, (zip_uint64_t)at, ZIP_CM_STORE, 0) ==
             0 &&
         zip_file_set_dostime(zip, (zip_uint64_t)at, 0, FIRST_OF_1980, 0) == 0;
}

/* Whether the archive is in the target; else why not. */
static bool make_archive(contents *c, target *t, zip_error_t *why) {
  zip_source_t *to = zip_source_function_create(to_target, t, why);
  zip_t *zip =
      to ? zip_open_from_source(to, ZIP_CREATE | ZIP_TRUNCATE, why) : NULL;
  bool done = zip != NULL;
  if (!zip) {
    zip_source_free(to);
    return false;
  }
  for (size_t m = 0; done && m < MEMBERS; m++)
    done = add_member(zip, &c->members[m]);
  if (done && zip_close(zip) == 0)
    return true;
  zip_error_set(why, zip_error_code_zip(zip_get_error(zip)),
                zip_error_code_system(zip_get_error(zip)));
  zip_discard(zip);
  return false;
}

static ys_code write_to(FILE *file, contents *c, ys_error *error) {
  target t = {.file = file};
  zip_error_t why;
  ys_code code = YS_OK;
  zip_error_init(&t.error);
  zip_error_init(&why);
  if (!make_archive(c, &t, &why))
    code = zip_error_code_zip(&why) == ZIP_ER_MEMORY
               ? ys_fail_memory(error, "a zip archive")
               : ys_fail(error, YS_IO, "%s: cannot write: %s", c->path,
                         zip_error_strerror(&why));
  zip_error_fini(&why);
  zip_error_fini(&t.error);
  return code;
}

/* By a file that is nowhere, for libzip goes back in what it writes. What fails
 * to be written here finishing the output reports. */
static ys_code write_through(ys_output *output, contents *c, ys_error *error) {
  char some[1 << 14];
  FILE *spool = tmpfile();
  if (!spool)
    return ys_fail(error, YS_IO, "%s: cannot make a temporary file: %s",
                   c->path, strerror(errno));
  ys_code code = write_to(spool, c, error);
  rewind(spool);
  for (size_t got; !code && (got = fread(some, 1, sizeof some, spool)) > 0;)
    fwrite(some, 1, got, output->file);
  if (!code && ferror(spool))
    code = ys_fail(error, YS_IO, "%s: cannot read a temporary file: %s",
                   c->path, strerror(errno));
  fclose(spool);
  return code;
}

/* On the first rank. */
static ys_code write_archive(ys_output *output, ys_label_arrays *arrays,
                             ys_error *error) {
  contents c = {.path = output->path};
  set_members(&c, arrays);
  const ys_code code = output->temporary ? write_to(output->file, &c, error)
                                         : write_through(output, &c, error);
  ys_label_arrays_dismiss(arrays);
  return ys_ranks_loss(arrays->ranks)
             ? ys_fail(error, YS_IO, "%s", ys_ranks_loss(arrays->ranks))
             : code;
}

ys_code ys_npz_write(ys_output *output, const ys_labels *labels,
                     const ys_share *share, ys_error *error) {
  const ys_ranks *ranks = share ? share->ranks : NULL;
  const bool is_first = !ranks || ranks->rank == 0;
  ys_label_arrays arrays;
  ys_code code = ys_label_arrays_open(&arrays, labels, share, error);
  if (!code)
    code = is_first ? write_archive(output, &arrays, error)
                    : ys_label_arrays_answer(&arrays, error);
  code = ys_ranks_agree(ranks, code, error);
  ys_label_arrays_close(&arrays);
  if (!code && is_first)
    code = ys_output_finish(output, error);
  else
    ys_output_abandon(output);
  return ys_ranks_agree(ranks, code, error);
}
