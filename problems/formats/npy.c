#include "problems/formats/npy.h"

#include "problems/formats/input.h"
#include "problems/formats/npy_header.h"
#include "problems/vector/array.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "npy.c copies little-endian numbers and needs a little-endian machine"
#endif

/* Six bytes of magic, two of version. */
enum { MAGIC = 6, LEAD = 8 };
static const char magic[] = "\x93NUMPY";

static ys_code map_open_file(const char *path, int file, ys_npy *npy,
                             ys_error *error) {
  struct stat status;
  if (fstat(file, &status))
    return ys_fail(error, YS_IO, "%s: cannot read: %s", path, strerror(errno));
  if (status.st_size == 0)
    return ys_fail(error, YS_BAD_INPUT, "%s: empty: expected a .npy file",
                   path);
  npy->map_size = (size_t)status.st_size;
  npy->map = mmap(NULL, npy->map_size, PROT_READ, MAP_PRIVATE, file, 0);
  if (npy->map == MAP_FAILED)
    return ys_fail(error, YS_IO, "%s: cannot map: %s", path, strerror(errno));
  return YS_OK;
}

static ys_code map_file(const char *path, ys_npy *npy, ys_error *error) {
  FILE *file;
  ys_code code = ys_input_open(path, &file, error);
  if (code)
    return code;
  code = map_open_file(path, fileno(file), npy, error);
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
static ys_code check_header(const char *path, const ys_npy_header *header,
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
  ys_npy_header header;
  size_t begin = 0, length = 0;
  ys_code code = find_header(path, npy, &begin, &length, error);
  if (!code)
    code = ys_npy_header_parse(path, (const char *)bytes + begin, length,
                               &header, error);
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

/* One number as a double. */
static double number_at(const unsigned char *bytes, ys_npy_type type) {
  float single;
  double whole;
  int64_t integer;
  switch (type) {
  case YS_NPY_F4:
    memcpy(&single, bytes, sizeof single);
    return single;
  case YS_NPY_I8:
    memcpy(&integer, bytes, sizeof integer);
    return (double)integer;
  case YS_NPY_U1:
    return *bytes;
  default:
    memcpy(&whole, bytes, sizeof whole);
    return whole;
  }
}

void ys_npy_row(const ys_npy *npy, size_t row, double *out) {
  const unsigned char *bytes = npy->data + row * npy->cols * npy->item;
  for (size_t k = 0; k < npy->cols; k++)
    out[k] = number_at(bytes + k * npy->item, npy->type);
}
