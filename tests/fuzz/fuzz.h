/* What the fuzzers share: their input as files in memory. Each program is a
 * function that libFuzzer calls with bytes of its own making; the readers it
 * calls must return, with or without an error. */
#ifndef FUZZ_H
#define FUZZ_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void fuzz_fill(int file, const void *data, size_t size) {
  if (ftruncate(file, 0) || pwrite(file, data, size, 0) != (ssize_t)size)
    abort();
}

/* The path of a file in memory with this content, until the next call. */
static inline const char *fuzz_file(const void *data, size_t size) {
  static char path[32];
  static int file = -1;
  if (file < 0) {
    file = memfd_create("fuzz", MFD_CLOEXEC);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  }
  fuzz_fill(file, data, size);
  return path;
}

/* A directory in memory, for the whole of the program; what an atexit left
 * behind goes with the machine. */
static inline const char *fuzz_dir(void) {
  static char path[32];
  if (!*path) {
    strcpy(path, "/dev/shm/ystep-fuzz-XXXXXX");
    if (!mkdtemp(path))
      abort();
  }
  return path;
}

/* A file of that directory; removed if data is NULL. */
static inline void fuzz_file_in_dir(const char *name, const void *data,
                                    size_t size) {
  char path[128];
  snprintf(path, sizeof path, "%s/%s", fuzz_dir(), name);
  if (!data) {
    unlink(path);
    return;
  }
  int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    abort();
  fuzz_fill(file, data, size);
  close(file);
}

/* The input as text, to be freed. */
static inline char *fuzz_text(const uint8_t *data, size_t size) {
  char *text = malloc(size + 1);
  if (!text)
    abort();
  memcpy(text, data, size);
  text[size] = '\0';
  return text;
}

#endif
