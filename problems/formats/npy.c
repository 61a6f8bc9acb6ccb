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
  ys_code code = ys_npy_header_read(path, bytes, npy->map_size, &header, error);
  if (!code)
    code = check_header(path, &header, npy, error);
  if (code)
    return code;
  npy->data = bytes + header.size;
  return check_size(path, npy, npy->map_size - header.size, error);
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
  char bytes[YS_NPY_MAGIC];
  FILE *file;
  if (ys_input_open(path, &file, NULL))
    return false;
  bool has = fread(bytes, 1, YS_NPY_MAGIC, file) == YS_NPY_MAGIC &&
             ys_npy_is_magic(bytes);
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
