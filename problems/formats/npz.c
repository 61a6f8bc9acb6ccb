#include "problems/formats/npz.h"

#include "problems/batch.h"
#include "problems/formats/archive.h"
#include "problems/vector/array.h"

#include <math.h>
#include <string.h>

bool ys_npz_is_name(const char *path) {
  const size_t length = strlen(path);
  return length > 4 && strcmp(path + length - 4, ".npz") == 0;
}

/* ------------------------------------------------------------ a member ---- */

/* An array that is being read. */
typedef struct member {
  ys_member in;
  size_t item, count; /* bytes of a number; numbers */
} member;

/* Types that members have, and the bytes of an element. */
static const struct {
  const char *descr;
  size_t item;
} types[] = {{"<i4", 4}, {"<i8", 8}, {"<f4", 4},
             {"<f8", 8}, {"|S3", 3}, {"<U3", 12}};

/* One of the types in the list of `allowed`, "<i4 <i8"; as many elements as the
 * member has bytes for; `dims` dimensions. */
static ys_code check_array(member *m, size_t dims, const char *allowed,
                           ys_error *error) {
  const ys_npy_header *h = &m->in.header;
  const char *where = m->in.where;
  for (size_t t = 0; t < sizeof types / sizeof *types; t++)
    if (strcmp(h->descr, types[t].descr) == 0 && strstr(allowed, h->descr))
      m->item = types[t].item;
  if (!m->item)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: holds elements of type '%s': expected %s", where,
                   h->descr, allowed);
  if (h->dims != dims)
    return ys_fail(error, YS_BAD_INPUT, "%s: has %zu dimensions: expected %zu",
                   where, h->dims, dims);
  m->count = dims ? h->shape[0] : 1;
  const size_t expected = ys_plus(ys_times(m->count, m->item), h->size);
  if (m->in.bytes != expected)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: %zu bytes: expected %zu for a header and %zu elements",
                   where, m->in.bytes, expected, m->count);
  return YS_OK;
}

/* On failure nothing is left open. */
static ys_code open_member(const ys_archive *from, const char *name,
                           size_t dims, const char *allowed, member *m,
                           ys_error *error) {
  *m = (member){.item = 0};
  if (!ys_archive_has(from, name))
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: no %s in it: expected a sparse matrix as "
                   "scipy.sparse.save_npz writes it",
                   from->path, name);
  ys_code code = ys_member_open(from, name, &m->in, error);
  if (code)
    return code;
  code = check_array(m, dims, allowed, error);
  return code ? ys_member_close(&m->in, code, error) : YS_OK;
}

static ys_code take(member *m, void *element, ys_error *error) {
  return ys_member_take(&m->in, element, m->item, error);
}

static ys_code take_integer(member *m, int64_t *number, ys_error *error) {
  int32_t narrow;
  ys_code code = take(m, m->item == 4 ? (void *)&narrow : number, error);
  if (!code && m->item == 4)
    *number = narrow;
  return code;
}

static ys_code take_weight(member *m, double *weight, ys_error *error) {
  float narrow;
  ys_code code = take(m, m->item == 4 ? (void *)&narrow : weight, error);
  if (!code && m->item == 4)
    *weight = (double)narrow;
  return code;
}

/* Pass over some elements, which the checksum is of, too. */
static ys_code skip(member *m, size_t count, ys_error *error) {
  char some[YS_MEMBER_PIECE];
  ys_code code = YS_OK;
  for (size_t left = count * m->item; !code && left;) {
    const size_t part = left < sizeof some ? left : sizeof some;
    code = ys_member_take(&m->in, some, part, error);
    left -= part;
  }
  return code;
}

/* -------------------------------------------------------- the matrix ---- */

/* The matrix that a file holds, and which of its rows are wanted. */
typedef struct extent {
  size_t rows, classes, entries;
  size_t first, count; /* rows that are wanted */
  size_t before;       /* entries before those */
} extent;

/* b'csr', or, as SciPy before 1.0 had it, 'csr'. */
static ys_code read_format(const ys_archive *from, ys_error *error) {
  member m;
  unsigned char text[12] = {0};
  char format[4] = {0};
  ys_code code = open_member(from, "format.npy", 0, "|S3 <U3", &m, error);
  if (code)
    return code;
  code = take(&m, text, error);
  for (size_t i = 0; i < 3; i++)
    format[i] = (char)text[m.item == 3 ? i : 4 * i];
  code = ys_member_close(&m.in, code, error);
  if (code || strcmp(format, "csr") == 0)
    return code;
  return ys_fail(error, YS_BAD_INPUT,
                 "%s: a sparse matrix of format '%s': expected 'csr', rows",
                 from->path, format);
}

static ys_code read_shape(const ys_archive *from, extent *x, ys_error *error) {
  member m;
  int64_t of[2] = {0, 0};
  ys_code code = open_member(from, "shape.npy", 1, "<i4 <i8", &m, error);
  if (code)
    return code;
  if (m.count != 2)
    code = ys_fail(error, YS_BAD_INPUT, "%s: %zu lengths: expected 2",
                   m.in.where, m.count);
  for (size_t i = 0; !code && i < 2; i++)
    code = take_integer(&m, &of[i], error);
  code = ys_member_close(&m.in, code, error);
  if (code)
    return code;
  if (of[0] < 1 || of[1] < 1 || of[1] > UINT32_MAX)
    return ys_fail(error, YS_BAD_INPUT, "%s: its shape is %lld x %lld",
                   from->path, (long long)of[0], (long long)of[1]);
  *x = (extent){.rows = (size_t)of[0], .classes = (size_t)of[1]};
  return YS_OK;
}

/* All rows, or a share of as many. */
static ys_code choose_rows(const ys_archive *from, const ys_share *share,
                           extent *x, ys_error *error) {
  x->count = x->rows;
  if (!share)
    return YS_OK;
  if (share->whole.rows != x->rows)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: holds labels of %zu x %zu: expected the batch's %zu "
                   "rows",
                   from->path, x->rows, x->classes, share->whole.rows);
  x->first = ys_share_first_row(share);
  x->count = ys_share_blocks(share).rows;
  return YS_OK;
}

/* Where row i of the file begins, as the wanted rows' labels have it. */
static void set_begin(extent *x, size_t i, size_t begin, ys_labels *labels) {
  x->entries = begin; /* so far */
  if (i == x->first)
    x->before = begin;
  if (i >= x->first && i <= x->first + x->count)
    labels->begin[i - x->first] = begin - x->before;
}

/* Where the rows begin, into labels that are made for those wanted. */
static ys_code read_begin(const ys_archive *from, extent *x, ys_labels *labels,
                          ys_error *error) {
  member m;
  ys_code code = open_member(from, "indptr.npy", 1, "<i4 <i8", &m, error);
  if (code)
    return code;
  if (m.count - 1 != x->rows)
    code = ys_fail(error, YS_BAD_INPUT, "%s: %zu numbers: expected %zu, M + 1",
                   m.in.where, m.count, x->rows + 1);
  if (!code)
    code = ys_labels_make_sparse(labels, x->count, x->classes, error);
  for (size_t i = 0; !code && i <= x->rows; i++) {
    const int64_t least = (int64_t)x->entries;
    int64_t begin = 0;
    code = take_integer(&m, &begin, error);
    if (!code && (i == 0 ? begin != 0 : begin < least))
      code = ys_fail(error, YS_BAD_INPUT,
                     "%s: row %zu (from 0) begins at %lld: expected %s%lld",
                     m.in.where, i, (long long)begin, i ? "no less than " : "",
                     (long long)least);
    if (!code)
      set_begin(x, i, (size_t)begin, labels);
  }
  return ys_member_close(&m.in, code, error);
}

static ys_code check_count(const member *m, const extent *x, ys_error *error) {
  return m->count == x->entries
             ? YS_OK
             : ys_fail(
                   error, YS_BAD_INPUT,
                   "%s: %zu elements: expected %zu, where the last row ends",
                   m->in.where, m->count, x->entries);
}

/* The classes of the i-th row wanted: in range, and each higher than the one
 * before. */
static ys_code read_classes(member *m, const extent *x, size_t i,
                            ys_labels *labels, ys_error *error) {
  int64_t before = -1;
  for (size_t e = labels->begin[i]; e < labels->begin[i + 1]; e++) {
    int64_t held = 0;
    ys_code code = take_integer(m, &held, error);
    if (code)
      return code;
    if (held < 0 || (size_t)held >= labels->classes)
      return ys_fail(error, YS_BAD_INPUT,
                     "%s: row %zu (from 0) holds class %lld: expected 0 to %zu",
                     m->in.where, x->first + i, (long long)held,
                     labels->classes - 1);
    if (held <= before)
      return ys_fail(error, YS_BAD_INPUT,
                     "%s: row %zu (from 0) holds class %lld behind class %lld: "
                     "expected them to rise (SciPy: sum_duplicates())",
                     m->in.where, x->first + i, (long long)held,
                     (long long)before);
    labels->held[e] = (uint32_t)held;
    before = held;
  }
  return YS_OK;
}

/* Behind the rows wanted: the rest, then the member's end. */
static ys_code close_entries(member *m, const extent *x,
                             const ys_labels *labels, ys_code code,
                             ys_error *error) {
  if (!code)
    code = skip(m, x->entries - x->before - ys_labels_entries(labels), error);
  return ys_member_close(&m->in, code, error);
}

static ys_code read_held(const ys_archive *from, const extent *x,
                         ys_labels *labels, ys_error *error) {
  member m;
  ys_code code = open_member(from, "indices.npy", 1, "<i4 <i8", &m, error);
  if (code)
    return code;
  code = check_count(&m, x, error);
  if (!code)
    code = ys_labels_reserve(labels, ys_labels_entries(labels), error);
  if (!code)
    code = skip(&m, x->before, error);
  for (size_t i = 0; !code && i < labels->rows; i++)
    code = read_classes(&m, x, i, labels, error);
  return close_entries(&m, x, labels, code, error);
}

static ys_code read_weight(const ys_archive *from, const extent *x,
                           ys_labels *labels, ys_error *error) {
  member m;
  ys_code code = open_member(from, "data.npy", 1, "<f4 <f8", &m, error);
  if (code)
    return code;
  code = check_count(&m, x, error);
  if (!code)
    code = skip(&m, x->before, error);
  for (size_t e = 0; !code && e < ys_labels_entries(labels); e++)
    code = take_weight(&m, &labels->weight[e], error);
  return close_entries(&m, x, labels, code, error);
}

/* ---------------------------------------------------------- the rows ---- */

/* As ys_batch_accept_row, of the entries [begin, end). */
static ys_code check_row(const char *path, const ys_labels *labels, size_t row,
                         size_t begin, size_t end, ys_error *error) {
  double sum = 0;
  for (size_t e = begin; e < end; e++) {
    const double weight = labels->weight[e];
    if (!(weight >= 0 && isfinite(weight)))
      return ys_fail(error, YS_BAD_INPUT,
                     "%s: row %zu, class %u (from 0): %g is not a probability: "
                     "expected a finite number >= 0",
                     path, row, labels->held[e], weight);
    sum += weight;
  }
  return fabs(sum - 1) <= YS_SUM_TOLERANCE
             ? YS_OK
             : ys_fail(
                   error, YS_BAD_INPUT,
                   "%s: row %zu (from 0) sums to %.9g: expected 1 to within "
                   "%g",
                   path, row, sum, YS_SUM_TOLERANCE);
}

/* Leave out zeros. */
static ys_code accept_rows(const char *path, const extent *x, ys_labels *labels,
                           ys_error *error) {
  size_t begin = 0, to = 0;
  for (size_t i = 0; i < labels->rows; i++) {
    const size_t end = labels->begin[i + 1];
    ys_code code = check_row(path, labels, x->first + i, begin, end, error);
    if (code)
      return code;
    for (size_t e = begin; e < end; e++)
      if (labels->weight[e] > 0) {
        labels->held[to] = labels->held[e];
        labels->weight[to++] = labels->weight[e];
      }
    labels->begin[i + 1] = to;
    begin = end;
  }
  return YS_OK;
}

static ys_code read_labels(const ys_archive *from, const ys_share *share,
                           ys_labels *labels, ys_error *error) {
  extent x;
  ys_code code = read_format(from, error);
  if (!code)
    code = read_shape(from, &x, error);
  if (!code)
    code = choose_rows(from, share, &x, error);
  if (!code)
    code = read_begin(from, &x, labels, error);
  if (!code)
    code = read_held(from, &x, labels, error);
  if (!code)
    code = read_weight(from, &x, labels, error);
  return code ? code : accept_rows(from->path, &x, labels, error);
}

ys_code ys_npz_read(const char *path, const ys_share *share, ys_labels *labels,
                    ys_error *error) {
  ys_archive from;
  *labels = (ys_labels){0};
  ys_code code = ys_archive_open(path, &from, error);
  if (code)
    return code;
  code = read_labels(&from, share, labels, error);
  ys_archive_close(&from);
  if (code)
    ys_labels_free(labels);
  return code;
}
