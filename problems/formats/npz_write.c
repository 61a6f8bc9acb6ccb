#include "problems/formats/npz.h"

#include "problems/formats/npy_header.h"
#include "problems/vector/array.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

/* An array of the archive. */
typedef struct member {
  const char *name, *descr;
  const void *data;
  size_t size; /* of the data, bytes */
  char shape[32], header[YS_NPY_HEADER];
} member;

enum { MEMBERS = 5 };

/* What the members are made of: labels whose rows all have entries, and
 * integers of the width that SciPy would take. */
typedef struct contents {
  const char *path;
  const ys_labels *labels;
  ys_labels spelled; /* owned: the labels, if some rows have no entries */
  void *indptr;      /* owned */
  int64_t
      *indices; /* owned; NULL: they are of 32 bits, where labels hold them */
  int64_t shape[2];
  member members[MEMBERS];
} contents;

/* ------------------------------------------------------- the contents ---- */

static size_t count_empty(const ys_labels *labels) {
  size_t empty = 0;
  for (size_t i = 0; i < labels->rows; i++)
    empty += labels->begin[i] == labels->begin[i + 1];
  return empty;
}

/* The same labels, with K entries of 1/K in place of none. */
static ys_code spell_out(const ys_labels *labels, size_t empty, ys_labels *out,
                         ys_error *error) {
  const size_t n = labels->classes;
  ys_code code = ys_labels_make_sparse(out, labels->rows, n, error);
  if (!code)
    code = ys_labels_reserve(
        out, ys_plus(ys_labels_entries(labels), ys_times(empty, n)), error);
  size_t at = 0;
  for (size_t i = 0; !code && i < labels->rows; i++) {
    const size_t begin = labels->begin[i];
    const size_t count = labels->begin[i + 1] - begin;
    for (size_t e = 0; e < (count ? count : n); e++, at++) {
      out->held[at] = count ? labels->held[begin + e] : (uint32_t)e;
      out->weight[at] = count ? labels->weight[begin + e] : 1 / (double)n;
    }
    out->begin[i + 1] = at;
  }
  return code;
}

/* The row starts, and, if they are not as the labels hold them, the classes. */
static ys_code make_integers(contents *c, bool wide, ys_error *error) {
  const ys_labels *labels = c->labels;
  const size_t entries = ys_labels_entries(labels);
  c->indptr = ys_array(ys_plus(labels->rows, 1), wide ? 8 : 4);
  if (wide)
    c->indices = ys_array(entries, sizeof *c->indices);
  if (!c->indptr || (wide && !c->indices))
    return ys_fail_memory(error, "a file's labels");
  for (size_t i = 0; i <= labels->rows; i++)
    if (wide)
      ((int64_t *)c->indptr)[i] = (int64_t)labels->begin[i];
    else
      ((int32_t *)c->indptr)[i] = (int32_t)labels->begin[i];
  for (size_t e = 0; wide && e < entries; e++)
    c->indices[e] = labels->held[e];
  return YS_OK;
}

static void set_member(member *m, const char *name, const char *descr,
                       size_t length, const void *data, size_t size) {
  *m = (member){.name = name, .descr = descr, .data = data, .size = size};
  if (length)
    snprintf(m->shape, sizeof m->shape, "(%zu,)", length);
  else
    snprintf(m->shape, sizeof m->shape, "()");
  ys_npy_header_make(descr, m->shape, m->header);
}

static void set_members(contents *c, bool wide) {
  const ys_labels *labels = c->labels;
  const size_t rows = labels->rows, entries = ys_labels_entries(labels);
  const size_t width = wide ? 8 : 4;
  const char *integer = wide ? "<i8" : "<i4";
  const void *held = c->indices ? (void *)c->indices : (void *)labels->held;
  c->shape[0] = (int64_t)rows;
  c->shape[1] = (int64_t)labels->classes;
  set_member(&c->members[0], "indices.npy", integer, entries, held,
             entries * width);
  set_member(&c->members[1], "indptr.npy", integer, rows + 1, c->indptr,
             (rows + 1) * width);
  set_member(&c->members[2], "format.npy", "|S3", 0, "csr", 3);
  set_member(&c->members[3], "shape.npy", "<i8", 2, c->shape, sizeof c->shape);
  set_member(&c->members[4], "data.npy", "<f8", entries, labels->weight,
             entries * sizeof *labels->weight);
}

static void free_contents(contents *c) {
  ys_labels_free(&c->spelled);
  free(c->indptr);
  free(c->indices);
}

/* SciPy's integers have 64 bits where the shape or the entries ask for them. */
static ys_code make_contents(const char *path, const ys_labels *labels,
                             contents *c, ys_error *error) {
  const size_t empty = count_empty(labels);
  ys_code code = YS_OK;
  *c = (contents){.path = path, .labels = labels};
  if (empty) {
    code = spell_out(labels, empty, &c->spelled, error);
    c->labels = &c->spelled;
  }
  if (code)
    return code;
  const bool wide = ys_labels_entries(c->labels) > INT32_MAX ||
                    labels->classes > INT32_MAX || labels->rows > INT32_MAX;
  code = make_integers(c, wide, error);
  if (!code)
    set_members(c, wide);
  return code;
}

/* -------------------------------------------------------- the archive ---- */

static ys_code fail_zip(const contents *c, zip_error_t *why, ys_error *error) {
  ys_code code = zip_error_code_zip(why) == ZIP_ER_MEMORY
                     ? ys_fail_memory(error, "a zip archive")
                     : ys_fail(error, YS_IO, "%s: cannot write: %s", c->path,
                               zip_error_strerror(why));
  zip_error_fini(why);
  return code;
}

/* As numpy.savez does, on the first day that a zip archive knows. */
static bool add_member(zip_t *zip, const member *m) {
  enum { FIRST_OF_1980 = 1 << 5 | 1 };
  zip_buffer_fragment_t parts[] = {{(zip_uint8_t *)m->header, sizeof m->header},
                                   {(zip_uint8_t *)m->data, m->size}};
  zip_source_t *source =
      zip_source_buffer_fragment_create(parts, 2, 0, zip_get_error(zip));
  zip_int64_t at = source ? zip_file_add(zip, m->name, source, 0) : -1;
  if (source && at < 0)
    zip_source_free(source);
  return at >= 0 &&
         zip_set_file_compression(zip, (zip_uint64_t)at, ZIP_CM_STORE, 0) ==
             0 &&
         zip_file_set_dostime(zip, (zip_uint64_t)at, 0, FIRST_OF_1980, 0) == 0;
}

/* The archive's bytes, to be freed; NULL, and why. */
static zip_source_t *make_archive(const contents *c, zip_error_t *why) {
  zip_source_t *bytes = zip_source_buffer_create(NULL, 0, 0, why);
  zip_t *zip = bytes ? zip_open_from_source(bytes, ZIP_TRUNCATE, why) : NULL;
  bool done = zip != NULL;
  if (!zip) {
    zip_source_free(bytes);
    return NULL;
  }
  zip_source_keep(bytes);
  for (size_t m = 0; done && m < MEMBERS; m++)
    done = add_member(zip, &c->members[m]);
  if (done && zip_close(zip) == 0)
    return bytes;
  zip_error_set(why, zip_error_code_zip(zip_get_error(zip)),
                zip_error_code_system(zip_get_error(zip)));
  zip_discard(zip);
  zip_source_free(bytes);
  return NULL;
}

/* What fails here, finishing the output reports. */
static bool copy_bytes(zip_source_t *bytes, FILE *file) {
  char piece[1 << 14];
  zip_int64_t got = zip_source_open(bytes);
  if (got < 0)
    return false;
  while ((got = zip_source_read(bytes, piece, sizeof piece)) > 0)
    fwrite(piece, 1, (size_t)got, file);
  zip_source_close(bytes);
  return got == 0;
}

static ys_code write_archive(const contents *c, ys_output *output,
                             ys_error *error) {
  ys_code code = YS_OK;
  zip_error_t why;
  zip_error_init(&why);
  zip_source_t *bytes = make_archive(c, &why);
  if (!bytes)
    return fail_zip(c, &why, error);
  zip_error_fini(&why);
  if (!copy_bytes(bytes, output->file))
    code = ys_fail(error, YS_IO, "%s: cannot write: %s", c->path,
                   zip_error_strerror(zip_source_error(bytes)));
  zip_source_free(bytes);
  return code;
}

ys_code ys_npz_write(ys_output *output, const ys_labels *labels,
                     ys_error *error) {
  contents c;
  ys_code code = make_contents(output->path, labels, &c, error);
  if (!code)
    code = write_archive(&c, output, error);
  free_contents(&c);
  if (!code)
    return ys_output_finish(output, error);
  ys_output_abandon(output);
  return code;
}
