#include "problems/formats/npy_header.h"

#include "problems/options.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------ reading ---- */

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

/* A quoted string, which Python 2 may mark as u'...', of printable characters
 * that fits in `size` bytes. Neither keys nor types ever need an escape, so a
 * backslash is refused. */
static bool take_string(cursor *c, char *string, size_t size) {
  take(c, 'u');
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

/* A whole number >= 0, long as Python 2 marked it, 10L, or not. */
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
  if (c->at == first)
    return false;
  c->at += c->at < c->end && *c->at == 'L';
  return true;
}

/* A tuple of counts: "()", "(5,)", "(5, 3)", "(5, 3,)"; "(5)" is no tuple. */
static ys_code read_shape(cursor *c, ys_npy_header *header, ys_error *error) {
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

static ys_code read_descr(cursor *c, ys_npy_header *header, ys_error *error) {
  skip_blanks(c);
  const bool is_structure = c->at < c->end && *c->at == '[';
  return take_string(c, header->descr, sizeof header->descr)
             ? YS_OK
             : expected(c,
                        is_structure
                            ? "a simple type such as '<f8', not a structure "
                              "(convert it: numpy.lib.recfunctions."
                              "structured_to_unstructured)"
                            : "a simple type such as '<f8'",
                        error);
}

static ys_code read_order(cursor *c, ys_npy_header *header, ys_error *error) {
  header->fortran_order = take_word(c, "True");
  return header->fortran_order || take_word(c, "False")
             ? YS_OK
             : expected(c, "True or False", error);
}

static const struct {
  const char *key;
  ys_code (*read)(cursor *c, ys_npy_header *header, ys_error *error);
} keys[] = {{"descr", read_descr},
            {"fortran_order", read_order},
            {"shape", read_shape}};
enum { ALL_KEYS = (1 << sizeof keys / sizeof *keys) - 1 };

/* One "key: value", noted in `seen`, a bit a key. */
static ys_code read_pair(cursor *c, int *seen, ys_npy_header *header,
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
                            ys_npy_header *header, ys_error *error) {
  cursor c = {path, text, text, text + length};
  bool comma = true;
  int seen = 0;
  *header = (ys_npy_header){.shape = {1, 1}};
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

/* Six bytes of magic, two of version. */
enum { LEAD = YS_NPY_MAGIC + 2 };

bool ys_npy_is_magic(const void *bytes) {
  return memcmp(bytes, "\x93NUMPY", YS_NPY_MAGIC) == 0;
}

/* Where the text of the header begins, and its length. */
static ys_code find_header(const char *path, const unsigned char *bytes,
                           size_t size, size_t *begin, size_t *length,
                           ys_error *error) {
  if (size < LEAD + 4 || !ys_npy_is_magic(bytes))
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: not a .npy file: expected it to begin with "
                   "\\x93NUMPY and a header",
                   path);
  if (bytes[6] < 1 || bytes[6] > 3 || bytes[7] != 0)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: .npy format version %d.%d: expected 1.0, 2.0 or 3.0",
                   path, bytes[6], bytes[7]);
  *length = (size_t)bytes[8] | (size_t)bytes[9] << 8;
  *begin = LEAD + 2;
  if (bytes[6] > 1) {
    *length |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
    *begin = LEAD + 4;
  }
  if (*length > size - *begin)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: truncated: its header should be %zu bytes long", path,
                   *length);
  return YS_OK;
}

ys_code ys_npy_header_read(const char *path, const unsigned char *bytes,
                           size_t size, ys_npy_header *header,
                           ys_error *error) {
  size_t begin = 0, length = 0;
  ys_code code = find_header(path, bytes, size, &begin, &length, error);
  if (!code)
    code =
        parse_header(path, (const char *)bytes + begin, length, header, error);
  if (!code)
    header->size = begin + length;
  return code;
}

/* ------------------------------------------------------------ writing ---- */

void ys_npy_header_make(const char *descr, const char *shape,
                        char bytes[YS_NPY_HEADER]) {
  enum { TEXT = YS_NPY_HEADER - LEAD - 2 };
  const char lead[LEAD + 2] = {'\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0, TEXT, 0};
  char dict[TEXT], text[TEXT + 1];
  snprintf(dict, sizeof dict,
           "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", descr,
           shape);
  snprintf(text, sizeof text, "%-*s\n", TEXT - 1, dict);
  memcpy(bytes, lead, sizeof lead);
  memcpy(bytes + sizeof lead, text, TEXT);
}
