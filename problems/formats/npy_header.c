#include "problems/formats/npy_header.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

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

enum { DESCR = 1, FORTRAN_ORDER = 2, SHAPE = 4, ALL = 7 };

static int key_bit(const char *key) {
  if (strcmp(key, "descr") == 0)
    return DESCR;
  if (strcmp(key, "fortran_order") == 0)
    return FORTRAN_ORDER;
  return strcmp(key, "shape") == 0 ? SHAPE : 0;
}

static ys_code read_value(cursor *c, int key, ys_npy_header *header,
                          ys_error *error) {
  if (key == SHAPE)
    return read_shape(c, header, error);
  if (key == DESCR) {
    if (take_string(c, header->descr, sizeof header->descr))
      return YS_OK;
    return expected(c, "a simple type such as '<f8'", error);
  }
  header->fortran_order = take_word(c, "True");
  if (header->fortran_order || take_word(c, "False"))
    return YS_OK;
  return expected(c, "True or False", error);
}

/* One "key: value", noted in `seen`. */
static ys_code read_pair(cursor *c, int *seen, ys_npy_header *header,
                         ys_error *error) {
  char key[16];
  skip_blanks(c);
  cursor start = *c;
  int bit = take_string(c, key, sizeof key) ? key_bit(key) : 0;
  if (!bit || (*seen & bit))
    return expected(&start, "one each of 'descr', 'fortran_order', 'shape'",
                    error);
  if (!take(c, ':'))
    return expected(c, "':'", error);
  *seen |= bit;
  return read_value(c, bit, header, error);
}

ys_code ys_npy_header_parse(const char *path, const char *text, size_t length,
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
  if (seen != ALL)
    return expected(&c, "all of 'descr', 'fortran_order', 'shape'", error);
  skip_blanks(&c);
  return c.at == c.end ? YS_OK : expected(&c, "only blanks", error);
}
