#include "bench/kernels/cache.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* One of the files that describe a cache; false if it is not there. */
static bool read_word(int index, const char *name, char *word, size_t room) {
  char path[96];
  snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/%s",
           index, name);
  FILE *file = fopen(path, "re");
  bool found = file && fgets(word, (int)room, file);
  if (file)
    fclose(file);
  return found;
}

size_t cache_bytes(int level) {
  char word[32];
  int at, last = 0;
  size_t found = 0, kib;
  for (int i = 0; read_word(i, "type", word, sizeof word); i++) {
    if (strncmp(word, "Instruction", 11) == 0 ||
        !read_word(i, "level", word, sizeof word) ||
        sscanf(word, "%d", &at) != 1 ||
        !read_word(i, "size", word, sizeof word) ||
        sscanf(word, "%zuK", &kib) != 1)
      continue;
    if (level == CACHE_LAST ? at > last : at == level)
      found = 1024 * kib;
    last = at > last ? at : last;
  }
  return found;
}
