#include "bench/system/assets.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The folder that holds the program, or "." if it cannot be told. */
static void program_folder(char *folder, size_t room) {
  ssize_t length = readlink("/proc/self/exe", folder, room - 1);
  folder[length < 0 ? 0 : length] = '\0';
  char *slash = strrchr(folder, '/');
  strcpy(slash ? slash : folder, slash ? "" : ".");
}

FILE *assets_open(const char *name) {
  static const char *const places[] = {"%s/../scripts/assets/%s",
                                       "%s/../../scripts/assets/%s",
                                       "%s/../share/ystep/scripts/%s"};
  char folder[PATH_MAX], path[2 * PATH_MAX];
  const char *variable = getenv("YSTEP_SCRIPTS");
  if (variable) {
    snprintf(path, sizeof path, "%s/%s", variable, name);
    return fopen(path, "r");
  }
  FILE *file = NULL;
  program_folder(folder, sizeof folder);
  for (size_t i = 0; !file && i < sizeof places / sizeof *places; i++) {
    snprintf(path, sizeof path, places[i], folder, name);
    file = fopen(path, "r");
  }
  return file;
}
