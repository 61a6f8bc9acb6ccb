#include "problems/vector/array.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#include <unistd.h>
#endif

size_t ys_times(size_t a, size_t b) {
  return b && a > SIZE_MAX / b ? SIZE_MAX : a * b;
}

size_t ys_plus(size_t a, size_t b) {
  return a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

#ifdef MADV_HUGEPAGE
/* From the first page on to the last one, so that what lies side by side is
 * one piece to the system. */
void ys_wish_large_pages(void *memory, size_t bytes) {
  const size_t large = 1 << 20, page = (size_t)sysconf(_SC_PAGESIZE);
  const size_t before = (uintptr_t)memory % page;
  if (memory && bytes >= large)
    madvise((char *)memory - before, before + bytes, MADV_HUGEPAGE);
}
#else
void ys_wish_large_pages(void *memory, size_t bytes) {
  (void)memory;
  (void)bytes;
}
#endif

void *ys_array(size_t count, size_t size) {
  const size_t bytes = ys_times(count, size);
  void *array = malloc(bytes);
  ys_wish_large_pages(array, bytes);
  return array;
}

ys_code ys_grow(void *array, size_t used, size_t *room, size_t size,
                const char *what, ys_error *error) {
  enum { FIRST = 64 };
  if (used < *room)
    return YS_OK;
  size_t wanted = *room ? ys_times(2, *room) : FIRST;
  void *larger;
  memcpy(&larger, array, sizeof larger);
  larger = realloc(larger, ys_times(wanted, size));
  if (!larger)
    return ys_fail_memory(error, what);
  memcpy(array, &larger, sizeof larger);
  *room = wanted;
  return YS_OK;
}
