#include "problems/formats/npy.h"

#include "problems/formats/foreign.h"
#include "problems/formats/input.h"
#include "problems/vector/array.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "npy.c copies little-endian numbers and needs a little-endian machine"
#endif

/* ---------------------------------------------------------- the file ---- */

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

/* The types this reader reads, behind the order of their bytes, and the bytes
 * of a number. */
static const struct {
  const char *descr;
  ys_npy_type type;
  size_t item;
} types[] = {{"f8", YS_NPY_F8, 8},
             {"f4", YS_NPY_F4, 4},
             {"f2", YS_NPY_F2, 2},
             {"i8", YS_NPY_I8, 8},
             {"u1", YS_NPY_U1, 1}};

/* Of a byte there is no order ('|'); big-endian is '>'. */
static bool find_type(const char *descr, ys_npy *npy) {
  if (strcmp(descr, "<V2") == 0 || strcmp(descr, "bfloat16") == 0) {
    npy->type = YS_NPY_BF16;
    npy->item = 2;
    return true;
  }
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (*descr && strcmp(descr + 1, types[i].descr) == 0 &&
        strchr(types[i].item == 1 ? "|<>" : "<>", *descr)) {
      npy->type = types[i].type;
      npy->item = types[i].item;
      npy->is_swapped = *descr == '>' && npy->item > 1;
      return true;
    }
  return false;
}

/* Where an array is: a file, or a member of an archive (NULL: none). */
typedef struct place {
  const char *path, *member;
  char text[512];
} place;

static place place_of(const char *path, const char *member) {
  place at = {path, member, ""};
  snprintf(at.text, sizeof at.text, "%s%s%s", path, member ? ": " : "",
           member ? member : "");
  return at;
}

/* The line of Python that loads the array and saves what `made` makes of it. */
static void conversion(const place *at, const char *how, const char *made,
                       char line[YS_FOREIGN_LINE]) {
  char whole[YS_FOREIGN_LINE], name[64] = "";
  if (at->member) {
    const size_t length = strcspn(at->member, "'\\@%");
    const bool plain = !at->member[length] && length < sizeof name - 6;
    snprintf(name, sizeof name, "['%s']", plain ? at->member : "NAME");
    char *tail = strstr(name, ".npy']");
    if (tail)
      strcpy(tail, "']");
  }
  snprintf(whole, sizeof whole,
           "import numpy; a = numpy.load('@'%s)%s; numpy.save('@.npy', %s)",
           how, name, made);
  ys_foreign_line(whole, at->path, line);
}

static ys_code refuse_type(const place *at, const char *descr,
                           ys_error *error) {
  char line[YS_FOREIGN_LINE];
  const bool objects = strchr(descr, 'O') != NULL;
  conversion(at, objects ? ", allow_pickle=True" : "",
             objects ? "numpy.array(a.tolist(), 'float32')"
             : strcmp(descr, "|V2") == 0
                 ? "a.view(__import__('ml_dtypes').bfloat16).astype('float32')"
                 : "a.astype('float32')",
             line);
  return ys_fail(error, YS_BAD_INPUT,
                 "%s: holds %s of type '%s': expected '<f4', '<f8', '<f2', "
                 "'|u1' or '<i8'; convert it: %s",
                 at->text, objects ? "Python objects (a pickle)" : "numbers",
                 descr, line);
}

static ys_code refuse_dims(const place *at, size_t dims, ys_error *error) {
  char line[YS_FOREIGN_LINE];
  conversion(at, "", "a.reshape(-1, a.shape[-1])", line);
  return ys_fail(error, YS_BAD_INPUT,
                 "%s: has %zu dimensions: expected 2 (or 1 for a vector)%s%s",
                 at->text, dims, dims ? "; convert it: " : "",
                 dims ? line : "");
}

ys_code ys_npy_set_up(const char *path, const char *member,
                      const ys_npy_header *header, ys_npy *npy, size_t *bytes,
                      ys_error *error) {
  const place at = place_of(path, member);
  if (!find_type(header->descr, npy))
    return refuse_type(&at, header->descr, error);
  if (header->dims != 1 && header->dims != 2)
    return refuse_dims(&at, header->dims, error);
  npy->is_vector = header->dims == 1;
  npy->rows = npy->is_vector ? 1 : header->shape[0];
  npy->cols = header->shape[npy->is_vector ? 0 : 1];
  npy->by_columns = header->fortran_order && npy->rows > 1 && npy->cols > 1;
  if (npy->rows == 0 || npy->cols == 0)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: its shape, %zu x %zu, holds no numbers", at.text,
                   npy->rows, npy->cols);
  *bytes = ys_times(ys_times(npy->rows, npy->cols), npy->item);
  if (*bytes > PTRDIFF_MAX)
    return ys_fail(error, YS_BAD_INPUT,
                   "%s: its shape, %zu x %zu, is larger than memory can "
                   "address",
                   at.text, npy->rows, npy->cols);
  return YS_OK;
}

/* The data must fill the rest of the file to the byte. */
static ys_code check_size(const char *path, const ys_npy *npy, size_t found,
                          size_t expected, ys_error *error) {
  return found == expected
             ? YS_OK
             : ys_fail(error, YS_BAD_INPUT,
                       "%s: %s: holds %zu bytes of data: expected %zu for "
                       "%zu x %zu numbers of %zu bytes",
                       path, found < expected ? "truncated" : "trailing bytes",
                       found, expected, npy->rows, npy->cols, npy->item);
}

static ys_code read_header(const char *path, ys_npy *npy, ys_error *error) {
  const unsigned char *bytes = npy->map;
  size_t expected;
  ys_npy_header header;
  ys_code code = ys_npy_header_read(path, bytes, npy->map_size, &header, error);
  if (!code)
    code = ys_npy_set_up(path, NULL, &header, npy, &expected, error);
  if (code)
    return code;
  npy->data = bytes + header.size;
  return check_size(path, npy, npy->map_size - header.size, expected, error);
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
  free(npy->owned);
  *npy = (ys_npy){.map = MAP_FAILED};
}

bool ys_npy_has_magic(const char *path) {
  char bytes[YS_NPY_MAGIC];
  FILE *file;
  if (ys_input_open(path, &file, NULL))
    return false;
  bool has = fread(bytes, 1, YS_NPY_MAGIC, file) == YS_NPY_MAGIC &&
             ys_npy_is_magic(bytes);
  fclose(file);
  return has;
}

/* ------------------------------------------------------- the numbers ---- */

double ys_npy_rounding(const ys_npy *npy) {
  /* 11 and 8 bits of significand; below 2^-14 float16 has a fixed point. */
  return npy->type == YS_NPY_F2     ? 0x1p-11 + 0x1p-25 * (double)npy->cols
         : npy->type == YS_NPY_BF16 ? 0x1p-8
                                    : 0;
}

bool ys_npy_is_plain(const ys_npy *npy, ys_npy_type type) {
  return npy->type == type && !npy->by_columns && !npy->is_swapped &&
         (uintptr_t)npy->data % npy->item == 0;
}

static double float_of(uint32_t bits) {
  float number;
  memcpy(&number, &bits, sizeof number);
  return (double)number;
}

/* The bits of a float16 exactly: a sign, five bits of exponent (biased by 15;
 * 0: subnormal, 31: infinity or NaN), ten of fraction. */
static double half_of(uint32_t bits) {
  const uint32_t sign = bits >> 15 << 31, exponent = bits >> 10 & 31;
  const uint32_t fraction = bits & 1023;
  if (exponent == 0)
    return (sign ? -1 : 1) * 0x1p-24 * fraction;
  return float_of(sign | (exponent == 31 ? 255 : exponent + 127 - 15) << 23 |
                  fraction << 13);
}

static double value_at(const ys_npy *npy, const unsigned char *at) {
  uint64_t bits = 0; /* the number's, in the order of this machine */
  double wide;
  for (size_t b = 0; b < npy->item; b++)
    bits |= (uint64_t)at[npy->is_swapped ? npy->item - 1 - b : b] << 8 * b;
  switch (npy->type) {
  case YS_NPY_F2:
    return half_of((uint32_t)bits);
  case YS_NPY_BF16:
    return float_of((uint32_t)bits << 16);
  case YS_NPY_F4:
    return float_of((uint32_t)bits);
  case YS_NPY_I8:
    return (double)(int64_t)bits;
  case YS_NPY_U1:
    return (double)bits;
  default:
    memcpy(&wide, &bits, sizeof wide);
    return wide;
  }
}

/* Numbers that lie in any other way, one by one; they need not be aligned. */
static void gather(const ys_npy *npy, size_t first, size_t count, double *out) {
  const size_t across = npy->by_columns ? npy->rows : 1;
  const size_t down = npy->by_columns ? 1 : npy->cols;
  for (size_t k = 0; k < npy->cols; k++)
    for (size_t i = 0; i < count; i++)
      out[i * npy->cols + k] = value_at(
          npy, npy->data + ((first + i) * down + k * across) * npy->item);
}

/* Numbers of a type that lie one behind the other. */
#define WIDEN(type, count, bytes, out)                                         \
  for (size_t i_ = 0; i_ < (count); i_++) {                                    \
    type number_;                                                              \
    memcpy(&number_, (bytes) + i_ * sizeof number_, sizeof number_);           \
    (out)[i_] = (double)number_;                                               \
  }

void ys_npy_rows(const ys_npy *npy, size_t first, size_t count, double *out) {
  const size_t numbers = count * npy->cols;
  const unsigned char *bytes = npy->data + first * npy->cols * npy->item;
  if (npy->by_columns || npy->is_swapped || npy->item == 2) {
    gather(npy, first, count, out);
    return;
  }
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
