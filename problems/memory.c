#include "problems/memory.h"

#include "problems/vector/array.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(begin, size) ((void)(begin), (void)(size))
#endif

typedef struct ys_piece {
  struct ys_piece *next;
} ys_piece;

/* Large arrays begin at the start of a page: those that are walked through
 * together would share few lines of the cache, so they are staggered. */
void *ys_take(ys_memory *memory, size_t count, size_t size, const char *what) {
  enum { LINE = 64, STAGGER = 5 * LINE, PLACES = 12 };
  const size_t before = sizeof(ys_piece) + memory->count % PLACES * STAGGER;
  const size_t bytes = ys_plus(ys_times(count, size), before + LINE);
  ys_piece *piece = calloc(1, bytes);
  if (!piece) {
    memory->lacking = memory->lacking ? memory->lacking : what;
    return NULL;
  }
  ys_wish_large_pages(piece, bytes);
  piece->next = memory->pieces;
  memory->pieces = piece;
  memory->count++;
  const size_t over = ((uintptr_t)piece + before) % LINE;
  const size_t shift = over ? LINE - over : 0;
  char *array = (char *)piece + before + shift;
  /* What aligning leaves behind the array is nobody's to read or write. */
  ASAN_POISON_MEMORY_REGION(array + count * size, LINE - shift);
  return array;
}

double *ys_take_numbers(ys_memory *memory, size_t count, const char *what) {
  return ys_take(memory, count, sizeof(double), what);
}

char *ys_take_text(ys_memory *memory, const char *format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, arguments);
  char *text =
      ys_take(memory, length < 0 ? SIZE_MAX : (size_t)length + 1, 1, "a text");
  if (text)
    vsnprintf(text, (size_t)length + 1, format, again);
  va_end(again);
  va_end(arguments);
  return text;
}

ys_code ys_memory_check(const ys_memory *memory, ys_error *error) {
  return memory->lacking ? ys_fail_memory(error, memory->lacking) : YS_OK;
}

void ys_give_back(ys_memory *memory) {
  while (memory->pieces) {
    ys_piece *piece = memory->pieces;
    memory->pieces = piece->next;
    free(piece);
  }
  *memory = (ys_memory){0};
}
