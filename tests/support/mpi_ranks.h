/* Ranks that are processes of the program, started by mpirun. */
#ifndef MPI_RANKS_H
#define MPI_RANKS_H

#include "tests/support/program.h"

#include <ctype.h>
#include <dirent.h>

static inline bool has_mpi(void) {
#ifdef YS_HAVE_MPI
  return system("command -v mpirun >/dev/null 2>&1") == 0;
#else
  return false;
#endif
}

/* The process of a rank, of those that write to this folder; 0: none. Of any
 * rank: -1. */
static inline pid_t find_rank(int rank) {
  char name[64], bytes[8192], place[64];
  struct dirent *entry;
  pid_t found = 0;
  DIR *all = opendir("/proc");
  snprintf(name, sizeof name, "OMPI_COMM_WORLD_RANK=%d", rank);
  while (!found && (entry = readdir(all))) {
    if (!isdigit((unsigned char)*entry->d_name))
      continue;
    snprintf(place, sizeof place, "/proc/%.20s/cwd", entry->d_name);
    ssize_t length = readlink(place, bytes, sizeof bytes - 1);
    if (length < 0 || (bytes[length] = '\0', strcmp(bytes, folder) != 0))
      continue;
    snprintf(place, sizeof place, "/proc/%.20s/environ", entry->d_name);
    FILE *file = fopen(place, "r");
    size_t got = file ? fread(bytes, 1, sizeof bytes - 1, file) : 0;
    if (file)
      fclose(file);
    bytes[got] = '\0';
    for (size_t i = 0; i < got && !found; i += strlen(bytes + i) + 1)
      if (rank < 0 ? strncmp(bytes + i, "OMPI_COMM_WORLD_RANK=", 21) == 0
                   : strcmp(bytes + i, name) == 0)
        found = (pid_t)atoi(entry->d_name);
  }
  closedir(all);
  return found;
}

static inline void nap(double seconds) {
  const struct timespec wait = {(time_t)seconds,
                                (long)(1e9 * (seconds - floor(seconds)))};
  nanosleep(&wait, NULL);
}

#endif
