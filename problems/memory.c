#include "problems/memory.h"

#include "problems/vector/array.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(begin, size) ((void)(begin), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(begin, size) ((void)(begin), (void)(size))
#endif

typedef struct ys_piece {
  struct ys_piece *next;
  size_t mapped; /* bytes, if it is the system's; 0: malloc's */
} ys_piece;

/* Zeros. Large pieces are the system's own: what of them is not touched costs
 * nothing then, also where malloc would have given memory that was used before,
 * which has to be cleared all over. */
static ys_piece *take_piece(size_t bytes) {
  const size_t large = 1 << 20;
  if (bytes < large)
    return calloc(1, bytes);
  ys_piece *piece = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (piece == MAP_FAILED)
    return NULL;
  ys_wish_large_pages(piece, bytes);
  piece->mapped = bytes;
  return piece;
}

/* The address sanitizer would take what was poisoned in a piece for poisoned in
 * whatever comes to lie there. */
static void give_piece_back(ys_piece *piece) {
  if (piece->mapped) {
    const size_t bytes = piece->mapped;
    ASAN_UNPOISON_MEMORY_REGION(piece, bytes);
    munmap(piece, bytes);
  } else
    free(piece);
}

/* Large arrays begin at the start of a page: those that are walked through
 * together would share few lines of the cache, so they are staggered. */
void *ys_take(ys_memory *memory, size_t count, size_t size, const char *what) {
  enum { LINE = 64, STAGGER = 5 * LINE, PLACES = 12 };
  const size_t before = sizeof(ys_piece) + memory->count % PLACES * STAGGER;
  const size_t bytes = ys_plus(ys_times(count, size), before + LINE);
  ys_piece *piece = take_piece(bytes);
  if (!piece) {
    memory->lacking = memory->lacking ? memory->lacking : what;
    return NULL;
  }
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
    give_piece_back(piece);
  }
  *memory = (ys_memory){0};
}
