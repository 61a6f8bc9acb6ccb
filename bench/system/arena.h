/* Memory that is freed all at once: for a structure whose parts share parts. */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>

typedef struct arena {
  struct arena_block *blocks;
} arena;

/* `bytes` of zeroed memory; NULL if there is none left. */
void *arena_take(arena *from, size_t bytes);

/* A formatted text; NULL if there is no memory left. */
char *arena_text(arena *from, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void arena_free(arena *from); /* accepts a zeroed one */

#endif
