#include "bench/ranks/world.h"

#ifdef YS_HAVE_MPI

#include "bench/system/clock_and_signals.h"
#include "mpi/carrier.h"

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A process has one world, as MPI has. */
static ys_carrier world;

static bool is_interrupted(void) {
  return interrupt_signal() != 0;
}

ys_code world_join(const char *program, const ys_ranks **ranks,
                   ys_error *error) {
  int count, level;
  *ranks = NULL;
  if (world_announced() == 1 && !getenv("PMIX_RANK"))
    return YS_OK;
  if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level) != MPI_SUCCESS)
    return ys_fail(error, YS_IO, "MPI does not begin");
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  MPI_Comm_size(MPI_COMM_WORLD, &count);
  if (count == 1)
    return world_announced() == 1
               ? YS_OK
               : ys_fail(error, YS_UNSUPPORTED,
                         "started as one of %zu processes by another MPI than "
                         "it was built with",
                         world_announced());
  *ranks = &world.ranks;
  return ys_carrier_open(&world, MPI_COMM_WORLD, program, INFINITY,
                         is_interrupted, error);
}

/* Those that are left are waiting, or wait to be killed; the first has written
 * what there is to be written. */
static void end_all(int status) {
  fflush(NULL);
  if (world.ranks.rank == 0)
    MPI_Abort(MPI_COMM_WORLD, status ? status : 1);
  _exit(status ? status : 1);
}

/* Whether the others leave, too: they do soon, unless something went wrong here
 * that they have not heard of. */
static bool all_leave(void) {
  const double soon = 10, since = clock_seconds();
  MPI_Request request;
  int done = 0;
  if (MPI_Ibarrier(MPI_COMM_WORLD, &request) != MPI_SUCCESS)
    return false;
  while (!done && clock_seconds() - since < soon) {
    if (MPI_Test(&request, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS)
      return false;
    sched_yield();
  }
  return done;
}

void world_leave(int status) {
  int begun;
  MPI_Initialized(&begun);
  if (!begun)
    return;
  if (*world.loss)
    end_all(status);
  if (status && !all_leave())
    MPI_Abort(MPI_COMM_WORLD, status);
  ys_carrier_close(&world);
  MPI_Finalize();
}

size_t world_hosts(void) {
  return world.meeting ? ys_carrier_hosts(&world) : 1;
}

void world_sent(size_t *bytes, size_t *messages) {
  *bytes = world.bytes;
  *messages = world.messages;
}

#endif
