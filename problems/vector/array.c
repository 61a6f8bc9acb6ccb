#include "problems/vector/array.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t ys_times(size_t a, size_t b) {
  return b && a > SIZE_MAX / b ? SIZE_MAX : a * b;
}

size_t ys_plus(size_t a, size_t b) {
  return a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

void *ys_array(size_t count, size_t size) {
  return malloc(ys_times(count, size));
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
