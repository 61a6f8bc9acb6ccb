#include "bench/ranks/world.h"

#ifdef YS_HAVE_MPI

#include "bench/system/clock_and_signals.h"
#include "problems/vector/array.h"

#include <errno.h>
#include <limits.h>
#include <mpi.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Who a rank is, and what program. */
typedef struct rank_identity {
  char host[MPI_MAX_PROCESSOR_NAME];
  long process;
  char program[128];
} rank_identity;

/* A process has one world, as MPI has. */
static struct {
  ys_ranks ranks;
  ys_rider rider;
  rank_identity *members; /* of each rank; NULL before it is known */
  size_t bytes, messages; /* sent */
  char loss[256];         /* empty: nobody is lost */
} world;

/* ------------------------------------------------------------- losses ---- */

static const char *loss(void *context) {
  (void)context;
  return *world.loss ? world.loss : NULL;
}

/* A rank of this machine whose process is no more; or the number of ranks. */
static size_t find_dead(void) {
  const rank_identity *own = world.members + world.ranks.rank;
  size_t rank = 0;
  while (rank < world.ranks.count &&
         (strcmp(world.members[rank].host, own->host) != 0 ||
          kill((pid_t)world.members[rank].process, 0) == 0 || errno != ESRCH))
    rank++;
  return rank;
}

static bool lose(size_t other) {
  const size_t dead = world.members ? find_dead() : world.ranks.count;
  if (*world.loss)
    return false;
  if (dead < world.ranks.count)
    snprintf(world.loss, sizeof world.loss,
             "rank %zu is lost: its process, %ld on %.64s, has ended", dead,
             world.members[dead].process, world.members[dead].host);
  else
    snprintf(world.loss, sizeof world.loss, "rank %zu is lost: no answer%s",
             other, interrupt_signal() ? " to a rank that is to end" : "");
  return false;
}

/* ------------------------------------------------------------ carrying ---- */

/* Where a rank has died mpirun tells the others to end, and kills them a second
 * later; what is on its way from the living takes less. */
static bool wait_for(MPI_Request *request, size_t other) {
  const double grace = 0.2;
  double told = 0;
  int done = 0;
  for (;;) {
    if (MPI_Test(request, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS)
      return lose(other);
    if (done)
      return true;
    sched_yield();
    if (!interrupt_signal())
      continue;
    const double now = clock_seconds();
    told = told > 0 ? told : now;
    if (now - told > grace)
      return lose(other);
  }
}

enum { TAG = 17 };

/* `out` to the other and `in` from it, NULL: nothing that way. MPI counts in
 * int. */
static bool carry(size_t other, const unsigned char *out, unsigned char *in,
                  size_t size) {
  world.bytes += out ? size : 0;
  world.messages += out != NULL;
  for (size_t at = 0; at < size && !*world.loss; at += INT_MAX) {
    const int some = size - at < INT_MAX ? (int)(size - at) : INT_MAX;
    MPI_Request going = MPI_REQUEST_NULL, coming = MPI_REQUEST_NULL;
    if (in && MPI_Irecv(in + at, some, MPI_BYTE, (int)other, TAG,
                        MPI_COMM_WORLD, &coming) != MPI_SUCCESS)
      return lose(other);
    if (out && MPI_Isend(out + at, some, MPI_BYTE, (int)other, TAG,
                         MPI_COMM_WORLD, &going) != MPI_SUCCESS)
      return lose(other);
    if (!wait_for(&coming, other) || !wait_for(&going, other))
      return false;
  }
  return !*world.loss;
}

static bool send_to(void *context, size_t to, const void *bytes, size_t size) {
  (void)context;
  return carry(to, bytes, NULL, size);
}

static bool receive_from(void *context, size_t from, void *bytes, size_t size) {
  (void)context;
  return carry(from, NULL, bytes, size);
}

static bool exchange_with(void *context, size_t other, const void *out,
                          void *in, size_t size) {
  (void)context;
  return carry(other, out, in, size);
}

/* ------------------------------------------------------ coming and going -- */

static ys_code compare_programs(ys_error *error) {
  const rank_identity *own = world.members + world.ranks.rank;
  if (strcmp(own->program, world.members->program) == 0)
    return YS_OK;
  return ys_fail(error, YS_UNSUPPORTED,
                 "is ystep %s on %.64s: expected %s as rank 0 is", own->program,
                 own->host, world.members->program);
}

/* What all of them are, from each. */
static ys_code meet(const char *program, ys_error *error) {
  rank_identity own;
  int length;
  rank_identity *members = ys_array(world.ranks.count, sizeof *members);
  if (!members)
    return ys_fail_memory(error, "the ranks");
  memset(&own, 0, sizeof own);
  MPI_Get_processor_name(own.host, &length);
  own.process = (long)getpid();
  snprintf(own.program, sizeof own.program, "%s", program);
  if (MPI_Allgather(&own, sizeof own, MPI_BYTE, members, sizeof own, MPI_BYTE,
                    MPI_COMM_WORLD) != MPI_SUCCESS) {
    free(members);
    return ys_fail(error, YS_IO, "the ranks do not reach one another");
  }
  world.members = members;
  return compare_programs(error);
}

ys_code world_join(const char *program, const ys_ranks **ranks,
                   ys_error *error) {
  int rank, count, level;
  *ranks = NULL;
  if (world_announced() == 1 && !getenv("PMIX_RANK"))
    return YS_OK;
  if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level) != MPI_SUCCESS)
    return ys_fail(error, YS_IO, "MPI does not begin");
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &count);
  if (count == 1)
    return world_announced() == 1
               ? YS_OK
               : ys_fail(error, YS_UNSUPPORTED,
                         "started as one of %zu processes by another MPI than "
                         "it was built with",
                         world_announced());
  world.ranks = (ys_ranks){.rank = (size_t)rank,
                           .count = (size_t)count,
                           .send = send_to,
                           .receive = receive_from,
                           .exchange = exchange_with,
                           .loss = loss,
                           .rider = &world.rider};
  *ranks = &world.ranks;
  return meet(program, error);
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
  free(world.members);
  world.members = NULL;
  MPI_Finalize();
}

size_t world_hosts(void) {
  size_t hosts = 0;
  for (size_t r = 0; world.members && r < world.ranks.count; r++) {
    size_t same = 0;
    while (strcmp(world.members[same].host, world.members[r].host) != 0)
      same++;
    hosts += same == r;
  }
  return hosts ? hosts : 1;
}

void world_sent(size_t *bytes, size_t *messages) {
  *bytes = world.bytes;
  *messages = world.messages;
}

#endif
