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

/* What it holds comes behind it or, where that is in pages of its own, is
 * elsewhere: the first page is touched by whoever is first to use it, then. */
typedef struct ys_piece {
  struct ys_piece *next;
  char *pages; /* or NULL */
  size_t bytes;
} ys_piece;

/* Room for `bytes`, in a piece of its own or, where they are large, in one that
 * has room for more: what follows lies side by side there, so that few pages
 * are touched that are not used. NULL if there is none. */
static char *add_piece(ys_memory *memory, size_t bytes) {
  const size_t room = 1 << 25;
  const bool is_large = ys_pages_are_large(bytes);
  const size_t whole = is_large && bytes < room ? room : bytes;
  ys_piece *piece = calloc(1, ys_plus(sizeof(ys_piece), is_large ? 0 : bytes));
  char *pages = piece && is_large ? ys_pages(whole) : NULL;
  if (!piece || (is_large && !pages)) {
    free(piece);
    return NULL;
  }
  *piece = (ys_piece){memory->pieces, pages, whole};
  memory->pieces = piece;
  if (whole > bytes) {
    memory->free = pages + bytes;
    memory->left = whole - bytes;
  }
  return pages ? pages : (char *)(piece + 1);
}

/* Small arrays stay out of large pages: to clear one for a few numbers would
 * take longer than all that is done with them. */
static char *find_room(ys_memory *memory, size_t bytes) {
  const size_t small = 1 << 17;
  if (bytes > memory->left || bytes < small)
    return add_piece(memory, bytes);
  memory->free += bytes;
  memory->left -= bytes;
  return memory->free - bytes;
}

/* Large arrays that are walked through together would share few lines of the
 * cache if all began where a page does: they are staggered. */
void *ys_take(ys_memory *memory, size_t count, size_t size, const char *what) {
  enum { LINE = 64, STAGGER = 5 * LINE, PLACES = 12 };
  const size_t before = memory->count % PLACES * STAGGER;
  const size_t bytes = ys_times(count, size);
  char *begin = find_room(memory, ys_plus(bytes, before + LINE));
  if (!begin) {
    memory->lacking = memory->lacking ? memory->lacking : what;
    return NULL;
  }
  memory->count++;
  const size_t over = ((uintptr_t)begin + before) % LINE;
  const size_t shift = over ? LINE - over : 0;
  char *array = begin + before + shift;
  /* What aligning leaves behind the array is nobody's to read or write. */
  ASAN_POISON_MEMORY_REGION(array + bytes, LINE - shift);
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
    if (piece->pages)
      ys_pages_free(piece->pages, piece->bytes);
    free(piece);
  }
  *memory = (ys_memory){0};
}
