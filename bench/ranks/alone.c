#include "bench/ranks/world.h"

#include <stdlib.h>

size_t world_announced(void) {
  static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE",
                                      "MPI_LOCALNRANKS"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *text = getenv(names[i]);
    if (text && atoi(text) > 1)
      return (size_t)atoi(text);
  }
  return 1;
}

#ifndef YS_HAVE_MPI

ys_code world_join(const char *program, const ys_ranks **ranks,
                   ys_error *error) {
  (void)program;
  *ranks = NULL;
  return world_announced() == 1
             ? YS_OK
             : ys_fail(error, YS_UNSUPPORTED,
                       "started as one of %zu processes, and built without "
                       "MPI: install libopenmpi-dev and build again",
                       world_announced());
}

void world_leave(int status) {
  (void)status;
}

size_t world_hosts(void) {
  return 1;
}

void world_sent(size_t *bytes, size_t *messages) {
  *bytes = *messages = 0;
}

#endif
