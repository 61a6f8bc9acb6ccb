#include "bench/system/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct arena_block {
  struct arena_block *next;
  max_align_t memory[];
} arena_block;

void *arena_take(arena *from, size_t bytes) {
  arena_block *block = calloc(1, sizeof *block + bytes);
  if (!block)
    return NULL;
  block->next = from->blocks;
  from->blocks = block;
  return block->memory;
}

char *arena_text(arena *from, const char *format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, arguments);
  char *text = length < 0 ? NULL : arena_take(from, (size_t)length + 1);
  if (text)
    vsnprintf(text, (size_t)length + 1, format, again);
  va_end(again);
  va_end(arguments);
  return text;
}

void arena_free(arena *from) {
  while (from->blocks) {
    arena_block *next = from->blocks->next;
    free(from->blocks);
    from->blocks = next;
  }
}
