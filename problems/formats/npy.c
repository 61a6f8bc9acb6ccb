#include "problems/formats/npy.h"

#include "problems/formats/input.h"
#include "problems/options.h"
#include "problems/vector/array.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "npy.c copies little-endian numbers and needs a little-endian machine"
#endif

/* -------------------------------------------------------- the header ---- */

/* The header of a NumPy .npy file: a Python dict literal such as
 *
 *   {'descr': '<f8', 'fortran_order': False, 'shape': (5, 3), }
 *
 * Format: numpy.lib.format, https://numpy.org/doc/stable/reference/generated/
 * numpy.lib.format.html */

typedef struct npy_header {
  char descr[16]; /* the type of an element, "<f8" or another */
  bool fortran_order;
  size_t dims;
  size_t shape[2]; /* of the first two dimensions; 1 where there is none */
} npy_header;

typedef struct cursor {
  const char *path, *begin, *at, *end;
} cursor;

static ys_code expected(const cursor *c, const char *what, ys_error *error) {
  return ys_fail(error, YS_BAD_INPUT,
                 "%s: bad .npy header: expected %s at byte %zu of its text",
                 c->path, what, (size_t)(c->at - c->begin));
}

static void skip_blanks(cursor *c) {
  while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\n'))
    c->at++;
}

/* Step over `byte`, if it comes next. */
static bool take(cursor *c, char byte) {
  skip_blanks(c);
  if (c->at == c->end || *c->at != byte)
    return false;
  c->at++;
  return true;
}

static bool take_word(cursor *c, const char *word) {
  size_t length = strlen(word);
  skip_blanks(c);
  if ((size_t)(c->end - c->at) < length || memcmp(c->at, word, length) != 0)
    return false;
  c->at += length;
  return true;
}

/* A quoted string of printable characters that fits in `size` bytes. Neither
 * keys nor types ever need an escape, so a backslash is refused. */
static bool take_string(cursor *c, char *string, size_t size) {
  skip_blanks(c);
  char quote = take(c, '\'') ? '\'' : '"';
  if (quote == '"' && !take(c, '"'))
    return false;
  for (size_t i = 0; i < size && c->at < c->end; i++, c->at++) {
    if (*c->at == quote) {
      string[i] = '\0';
      c->at++;
      return true;
    }
    if (!isprint((unsigned char)*c->at) || *c->at == '\\')
      return false;
    string[i] = *c->at;
  }
  return false;
}

/* A whole number >= 0. */
static bool take_count(cursor *c, size_t *count) {
  skip_blanks(c);
  const char *first = c->at;
  *count = 0;
  for (; c->at < c->end && isdigit((unsigned char)*c->at); c->at++) {
    size_t digit = (size_t)(*c->at - '0');
    if (*count > (SIZE_MAX - digit) / 10)
      return false;
    *count = *count * 10 + digit;
  }
  return c->at > first;
}

/* A tuple of counts: "()", "(5,)", "(5, 3)", "(5, 3,)"; "(5)" is no tuple. */
static ys_code read_shape(cursor *c, npy_header *header, ys_error *error) {
  bool comma = true;
  if (!take(c, '('))
    return expected(c, "'(' of the shape", error);
  for (header->dims = 0; !take(c, ')'); header->dims++) {
    size_t count;
    if (!comma)
      return expected(c, "',' or ')' of the shape", error);
    if (!take_count(c, &count))
      return expected(c, "a length that fits a size_t", error);
    if (header->dims < 2)
      header->shape[header->dims] = count;
    comma = take(c, ',');
  }
  if (header->dims == 1 && !comma)
    return expected(c, "a shape that is a tuple", error);
  return YS_OK;
}

static ys_code read_descr(cursor *c, npy_header *header, ys_error *error) {
  return take_string(c, header->descr, sizeof header->descr)
             ? YS_OK
             : expected(c, "a simple type such as '<f8'", error);
}

static ys_code read_order(cursor *c, npy_header *header, ys_error *error) {
  header->fortran_order = take_word(c, "True");
  return header->fortran_order || take_word(c, "False")
             ? YS_OK
             : expected(c, "True or False", error);
}

static const struct {
  const char *key;
  ys_code (*read)(cursor *c, npy_header *header, ys_error *error);
} keys[] = {{"descr", read_descr},
            {"fortran_order", read_order},
            {"shape", read_shape}};
enum { ALL_KEYS = (1 << sizeof keys / sizeof *keys) - 1 };

/* One "key: value", noted in `seen`, a bit a key. */
static ys_code read_pair(cursor *c, int *seen, npy_header *header,
                         ys_error *error) {
  char key[16];
  size_t i;
  skip_blanks(c);
  cursor start = *c;
  if (!take_string(c, key, sizeof key) ||
      !ys_names_find(YS_NAMES(keys), key, strlen(key), &i) || *seen & 1 << i)
    return expected(&start, "one each of 'descr', 'fortran_order', 'shape'",
                    error);
  if (!take(c, ':'))
    return expected(c, "':'", error);
  *seen |= 1 << i;
  return keys[i].read(c, header, error);
}

/* Parse the dict literal in `text` (not NUL-terminated) and the blanks behind
 * it. Keys may come in any order; each of the three must be there once, and no
 * other. Only names the file `path` in messages. */
static ys_code parse_header(const char *path, const char *text, size_t length,
                            npy_header *header, ys_error *error) {
  cursor c = {path, text, text, text + length};
  bool comma = true;
  int seen = 0;
  *header = (npy_header){.shape = {1, 1}};
  if (!take(&c, '{'))
    return expected(&c, "'{'", error);
  while (!take(&c, '}')) {
    if (!comma)
      return expected(&c, "',' or '}'", error);
    ys_code code = read_pair(&c, &seen, header, error);
    if (code)
      return code;
    comma = take(&c, ',');
  }
  if (seen != ALL_KEYS)
    return expected(&c, "all of 'descr', 'fortran_order', 'shape'", error);
  skip_blanks(&c);
  return c.at == c.end ? YS_OK : expected(&c, "only blanks", error);
}

/* ---------------------------------------------------------- the file ---- */

/* Six bytes of magic, two of version. */
enum { MAGIC = 6, LEAD = 8 };
static const char magic[] = "\x93NUMPY";

static ys_code map_file(const char *path, ys_npy *npy, ys_error *error) {
  FILE *file;
  struct stat status;
  ys_code code = ys_input_open(path, &file, error);
  if (code)
    return code;
  if (fstat(fileno(file), &status))
    code = ys_fail(error, YS_IO, "%s: cannot read: %s", path, strerror(errno));
  else if (status.st_size == 0)
    code =
        ys_fail(error, YS_BAD_INPUT, "%s: empty: expected a .npy file", path);
  else {
    npy->map_size = (size_t)status.st_size;
    npy->map =
        mmap(NULL, npy->map_size, PROT_READ, MAP_PRIVATE, fileno(file), 0);
    if (npy->map == MAP_FAILED)
      code = ys_fail(error, YS_IO, "%s: cannot map: %s", path, strerror(errno));
  }
  fclose(file);
  return code;
}

/* Where the text of the header begins, and its length. */
static ys_code find_header(const char *path, const ys_npy *npy, size_t *begin,
                           size_t *length, ys_error *error) {
  const unsigned char *bytes = npy->map;
  if (npy->map_size < LEAD + 4 || memcmp(bytes, magic, MAGIC) != 0)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: not a .npy file: expected it to begin with "
                   "\\x93NUMPY and a header",
                   path);
  if ((bytes[6] != 1 && bytes[6] != 2) || bytes[7] != 0)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: .npy format version %d.%d: expected 1.0 or 2.0", path,
                   bytes[6], bytes[7]);
  *length = (size_t)bytes[8] | (size_t)bytes[9] << 8;
  *begin = LEAD + 2;
  if (bytes[6] == 2) {
    *length |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
    *begin = LEAD + 4;
  }
  if (*length > npy->map_size - *begin)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: truncated: its header should be %zu bytes long", path,
                   *length);
  return YS_OK;
}

/* The types this reader reads, and the bytes of a number. */
static const struct {
  const char *descr;
  ys_npy_type type;
  size_t item;
} types[] = {{"<f8", YS_NPY_F8, 8},
             {"<f4", YS_NPY_F4, 4},
             {"<i8", YS_NPY_I8, 8},
             {"|u1", YS_NPY_U1, 1}};

static bool find_type(const char *descr, ys_npy *npy) {
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (strcmp(descr, types[i].descr) == 0) {
      npy->type = types[i].type;
      npy->item = types[i].item;
      return true;
    }
  return false;
}

/* Take over what the header says, if it is what this reader reads. */
static ys_code check_header(const char *path, const npy_header *header,
                            ys_npy *npy, ys_error *error) {
  if (!find_type(header->descr, npy))
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: holds numbers of type '%s': expected '<f4', '<f8', "
                   "'|u1' or '<i8'",
                   path, header->descr);
  if (header->dims != 1 && header->dims != 2)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: has %zu dimensions: expected 2 (or 1 for a vector)",
                   path, header->dims);
  if (header->fortran_order && header->dims == 2)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: in Fortran order: expected C order, row by row", path);
  npy->is_vector = header->dims == 1;
  npy->rows = npy->is_vector ? 1 : header->shape[0];
  npy->cols = header->shape[npy->is_vector ? 0 : 1];
  if (npy->rows == 0 || npy->cols == 0)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: its shape, %zu x %zu, holds no numbers", path,
                   npy->rows, npy->cols);
  return YS_OK;
}

/* The data must fill the rest of the file to the byte. */
static ys_code check_size(const char *path, const ys_npy *npy, size_t found,
                          ys_error *error) {
  size_t expected = ys_times(ys_times(npy->rows, npy->cols), npy->item);
  if (expected == SIZE_MAX)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: its shape, %zu x %zu, is larger than memory can "
                   "address",
                   path, npy->rows, npy->cols);
  if (found != expected)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: %s: holds %zu bytes of data: expected %zu for "
                   "%zu x %zu numbers of %zu bytes",
                   path, found < expected ? "truncated" : "trailing bytes",
                   found, expected, npy->rows, npy->cols, npy->item);
  return YS_OK;
}

static ys_code read_header(const char *path, ys_npy *npy, ys_error *error) {
  const unsigned char *bytes = npy->map;
  npy_header header;
  size_t begin = 0, length = 0;
  ys_code code = find_header(path, npy, &begin, &length, error);
  if (!code)
    code =
        parse_header(path, (const char *)bytes + begin, length, &header, error);
  if (!code)
    code = check_header(path, &header, npy, error);
  if (code)
    return code;
  npy->data = bytes + begin + length;
  return check_size(path, npy, npy->map_size - begin - length, error);
}

ys_code ys_npy_open(const char *path, ys_npy *npy, ys_error *error) {
  *npy = (ys_npy){.map = MAP_FAILED};
  ys_code code = map_file(path, npy, error);
  if (!code)
    code = read_header(path, npy, error);
  if (code)
    ys_npy_close(npy);
  return code;
}

void ys_npy_close(ys_npy *npy) {
  if (!npy)
    return;
  if (npy->map != MAP_FAILED)
    munmap(npy->map, npy->map_size);
  *npy = (ys_npy){.map = MAP_FAILED};
}

bool ys_npy_has_magic(const char *path) {
  char bytes[MAGIC];
  FILE *file;
  if (ys_input_open(path, &file, NULL))
    return false;
  bool has =
      fread(bytes, 1, MAGIC, file) == MAGIC && memcmp(bytes, magic, MAGIC) == 0;
  fclose(file);
  return has;
}

/* The next number of any type, as a double; they need not be aligned. */
#define WIDEN(type, count, bytes, out)                                         \
  for (size_t i_ = 0; i_ < (count); i_++) {                                    \
    type number_;                                                              \
    memcpy(&number_, (bytes) + i_ * sizeof number_, sizeof number_);           \
    (out)[i_] = (double)number_;                                               \
  }

void ys_npy_rows(const ys_npy *npy, size_t first, size_t count, double *out) {
  const unsigned char *bytes = npy->data + first * npy->cols * npy->item;
  const size_t numbers = count * npy->cols;
  switch (npy->type) {
  case YS_NPY_F4:
    WIDEN(float, numbers, bytes, out)
    break;
  case YS_NPY_I8:
    WIDEN(int64_t, numbers, bytes, out)
    break;
  case YS_NPY_U1:
    WIDEN(unsigned char, numbers, bytes, out)
    break;
  default:
    memcpy(out, bytes, numbers * sizeof *out);
  }
}
