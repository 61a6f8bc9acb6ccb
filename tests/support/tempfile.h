/* Small files of a test's own, in TMPDIR. */
#ifndef TEMPFILE_H
#define TEMPFILE_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The name of a new empty file that ends in `ending` (".npy"); to be given to
 * drop_file. */
static inline char *temp_file(const char *ending) {
  const char *folder = getenv("TMPDIR");
  size_t size = strlen(folder ? folder : "/tmp") + strlen(ending) + 32;
  char *path = malloc(size);
  ck_assert_ptr_nonnull(path);
  snprintf(path, size, "%s/ystep-test-XXXXXX%s", folder ? folder : "/tmp",
           ending);
  int file = mkstemps(path, (int)strlen(ending));
  ck_assert_int_ge(file, 0);
  close(file);
  return path;
}

static inline void put_bytes(const char *path, const void *bytes, size_t size) {
  FILE *file = fopen(path, "wb");
  ck_assert_ptr_nonnull(file);
  ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
  ck_assert_int_eq(fclose(file), 0);
}

static inline void put_text(const char *path, const char *text) {
  put_bytes(path, text, strlen(text));
}

static inline void drop_file(char *path) {
  unlink(path);
  free(path);
}

/* An error is one line that names everything in `words` ("a|b|c"). */
static inline void assert_says(const char *text, const char *words) {
  char all[256];
  ck_assert_uint_lt(strlen(words), sizeof all);
  strcpy(all, words);
  ck_assert_msg(!strchr(text, '\n'), "more than a line: %s", text);
  for (char *word = strtok(all, "|"); word; word = strtok(NULL, "|"))
    ck_assert_msg(strstr(text, word) != NULL, "'%s' does not say '%s'", text,
                  word);
}

#endif
