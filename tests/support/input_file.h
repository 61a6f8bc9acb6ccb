/* A file that a user may have, for the suites of what `file:path=` reads: its
 * bytes, .npy files and archives of them. */
#ifndef INPUT_FILE_H
#define INPUT_FILE_H

#include "problems/problem.h"
#include "tests/support/tempfile.h"
#include "tests/support/testing.h"

#include <stdint.h>
#include <zip.h>

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

static char *path;
static ys_error error;
static ys_batch batch;

static inline void set_up(void) {
  path = temp_file(".data");
  error = (ys_error){0};
}

static inline void tear_down(void) {
  drop_file(path);
}

/* Read the file with such options, ",logits=1". */
static inline ys_code read_file(const char *options) {
  char spec[600];
  snprintf(spec, sizeof spec, "file:path=%s%s", path, options);
  return ys_problem_make(spec, 1, &batch, &error);
}

static inline void assert_refused(const char *options, const char *says) {
  ck_assert_int_eq(read_file(options), YS_BAD_INPUT);
  assert_says(error.text, path);
  assert_says(error.text, says);
}

/* A .npy file in memory, to be freed. */
typedef struct array {
  unsigned char *bytes;
  size_t size;
} array;

static inline array make_array(const char *dict, const void *data,
                               size_t size) {
  const size_t length = strlen(dict);
  array made = {malloc(10 + length + size), 10 + length + size};
  const unsigned char lead[10] = {
      0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (unsigned char)length, 0};
  memcpy(made.bytes, lead, 10);
  memcpy(made.bytes + 10, dict, length);
  memcpy(made.bytes + 10 + length, data, size);
  return made;
}

/* Add a member to the archive, which takes the array over. */
static inline void add(const char *name, array made, bool deflated) {
  zip_t *zip = zip_open(path, ZIP_CREATE, NULL);
  ck_assert_ptr_nonnull(zip);
  zip_int64_t at =
      zip_file_add(zip, name, zip_source_buffer(zip, made.bytes, made.size, 1),
                   ZIP_FL_OVERWRITE);
  ck_assert_int_ge(at, 0);
  zip_set_file_compression(zip, (zip_uint64_t)at,
                           deflated ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0);
  ck_assert_int_eq(zip_close(zip), 0);
}

static inline void begin_archive(void) {
  unlink(path); /* libzip refuses an empty file */
}

#endif
