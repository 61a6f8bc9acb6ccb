#include "mpi/carrier.h"

#include "library/clock.h"
#include "problems/vector/array.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Who a rank is, where, and what program. Numbers of processes are those of a
 * namespace. */
typedef struct ys_member {
  char host[MPI_MAX_PROCESSOR_NAME];
  unsigned long namespace;
  long process;
  char program[128];
} ys_member;

/* What MPI writes to while ranks meet. One that nobody comes to is left to it.
 */
typedef struct ys_meeting {
  MPI_Comm comm;
  ys_member own, members[];
} ys_meeting;

/* ------------------------------------------------------------- losses ---- */

static const char *loss(void *context) {
  const ys_carrier *c = context;
  return *c->loss ? c->loss : NULL;
}

static bool is_told_to_end(const ys_carrier *c) {
  return c->must_end && c->must_end();
}

/* A rank of this machine whose process is no more; or the number of ranks. */
static size_t find_dead(const ys_carrier *c) {
  for (size_t r = 0; c->meeting && r < c->ranks.count; r++) {
    const ys_member *other = c->meeting->members + r, *own = &c->meeting->own;
    if (other->namespace == own->namespace &&
        strcmp(other->host, own->host) == 0 &&
        kill((pid_t)other->process, 0) != 0 && errno == ESRCH)
      return r;
  }
  return c->ranks.count;
}

static bool lose(ys_carrier *c, size_t other) {
  const size_t dead = find_dead(c);
  if (*c->loss)
    return false;
  if (dead < c->ranks.count)
    snprintf(c->loss, sizeof c->loss,
             "rank %zu is lost: its process, %ld on %.64s, has ended", dead,
             c->meeting->members[dead].process, c->meeting->members[dead].host);
  else
    snprintf(c->loss, sizeof c->loss, "rank %zu is lost: no answer%s", other,
             is_told_to_end(c) ? " to a rank that is to end" : "");
  return false;
}

/* ------------------------------------------------------------ waiting ---- */

/* How long a wait goes on: since when there has been a reason to give up. */
typedef struct patience {
  double looked, told; /* 0: not yet */
} patience;

/* Where a rank has died mpirun tells the others to end, and kills them a second
 * later; what is on its way from the living, or was from the dead, takes less.
 */
static bool is_over(const ys_carrier *c, patience *p) {
  const double grace = 0.2, often = 0.05, now = ys_clock_seconds();
  if (p->looked <= 0)
    p->looked = now;
  if (p->told <= 0 && now - p->looked > often) {
    p->looked = now;
    if (is_told_to_end(c) || find_dead(c) < c->ranks.count)
      p->told = now;
  }
  return now > c->until || (p->told > 0 && now - p->told > grace);
}

/* False, and the request is no more, if there is nothing to wait for. */
static bool wait_for(const ys_carrier *c, MPI_Request *request) {
  patience p = {0, 0};
  int done = 0;
  while (MPI_Test(request, &done, MPI_STATUS_IGNORE) == MPI_SUCCESS) {
    if (done)
      return true;
    if (is_over(c, &p))
      break;
    sched_yield();
  }
  return false;
}

/* What is under way of a message that is not waited for. */
static void drop(MPI_Request *request, bool is_received) {
  if (*request == MPI_REQUEST_NULL)
    return;
  if (is_received)
    MPI_Cancel(request);
  MPI_Request_free(request);
}

/* ------------------------------------------------------------ carrying ---- */

enum { TAG = 17 };

/* `out` to the other and `in` from it, NULL: nothing that way; at most INT_MAX
 * bytes. */
static bool carry_some(ys_carrier *c, size_t other, const unsigned char *out,
                       unsigned char *in, size_t size) {
  MPI_Request going = MPI_REQUEST_NULL, coming = MPI_REQUEST_NULL;
  const int to = (int)other, count = (int)size;
  const bool done = (!in || MPI_Irecv(in, count, MPI_BYTE, to, TAG, c->comm,
                                      &coming) == MPI_SUCCESS) &&
                    (!out || MPI_Isend(out, count, MPI_BYTE, to, TAG, c->comm,
                                       &going) == MPI_SUCCESS) &&
                    wait_for(c, &coming) && wait_for(c, &going);
  if (done)
    return true;
  drop(&coming, true);
  drop(&going, false);
  return lose(c, other);
}

static bool carry(ys_carrier *c, size_t other, const unsigned char *out,
                  unsigned char *in, size_t size) {
  c->bytes += out ? size : 0;
  c->messages += out != NULL;
  for (size_t at = 0; at < size && !*c->loss; at += INT_MAX)
    carry_some(c, other, out ? out + at : NULL, in ? in + at : NULL,
               size - at < INT_MAX ? size - at : INT_MAX);
  return !*c->loss;
}

static bool send_to(void *context, size_t to, const void *bytes, size_t size) {
  return carry(context, to, bytes, NULL, size);
}

static bool receive_from(void *context, size_t from, void *bytes, size_t size) {
  return carry(context, from, NULL, bytes, size);
}

static bool exchange_with(void *context, size_t other, const void *out,
                          void *in, size_t size) {
  return carry(context, other, out, in, size);
}

/* ------------------------------------------------------ coming and going -- */

ys_code ys_carrier_check(MPI_Comm comm, ys_error *error) {
  int begun = 0, over = 0, has_sides = 0;
  MPI_Initialized(&begun);
  MPI_Finalized(&over);
  if (!begun || over)
    return ys_fail(error, YS_BAD_INPUT, "MPI %s: expected MPI_Init before, %s",
                   begun ? "has ended" : "has not begun",
                   "MPI_Finalize afterwards");
  if (comm == MPI_COMM_NULL)
    return ys_fail(error, YS_BAD_INPUT,
                   "MPI_COMM_NULL: expected a communicator");
  if (MPI_Comm_test_inter(comm, &has_sides) != MPI_SUCCESS || has_sides)
    return ys_fail(error, YS_BAD_INPUT,
                   "an intercommunicator: expected one of one group");
  return YS_OK;
}

static ys_member describe_self(const char *program) {
  ys_member own;
  struct stat status;
  int length;
  memset(&own, 0, sizeof own);
  MPI_Get_processor_name(own.host, &length);
  if (stat("/proc/self/ns/pid", &status) == 0)
    own.namespace = (unsigned long)status.st_ino;
  own.process = (long)getpid();
  snprintf(own.program, sizeof own.program, "%s", program);
  return own;
}

static bool duplicate(ys_carrier *c, MPI_Comm comm, ys_meeting *m) {
  MPI_Request request;
  if (MPI_Comm_idup(comm, &m->comm, &request) != MPI_SUCCESS ||
      !wait_for(c, &request))
    return false;
  c->comm = m->comm;
  return MPI_Comm_set_errhandler(c->comm, MPI_ERRORS_RETURN) == MPI_SUCCESS;
}

/* What all of them are, from each. */
static bool introduce(const ys_carrier *c, const char *program, ys_meeting *m) {
  MPI_Request request;
  m->own = describe_self(program);
  return MPI_Iallgather(&m->own, sizeof m->own, MPI_BYTE, m->members,
                        sizeof m->own, MPI_BYTE, c->comm,
                        &request) == MPI_SUCCESS &&
         wait_for(c, &request);
}

static ys_code compare_programs(const ys_carrier *c, ys_error *error) {
  const ys_member *own = &c->meeting->own, *first = c->meeting->members;
  if (strcmp(own->program, first->program) == 0)
    return YS_OK;
  return ys_fail(error, YS_UNSUPPORTED,
                 "is ystep %s on %.64s: expected %s as rank 0 is", own->program,
                 own->host, first->program);
}

static ys_code meet(ys_carrier *c, MPI_Comm comm, const char *program,
                    ys_error *error) {
  ys_meeting *m =
      malloc(ys_plus(sizeof *m, ys_times(c->ranks.count, sizeof *m->members)));
  if (!m)
    return ys_fail_memory(error, "the ranks");
  if (!duplicate(c, comm, m) || !introduce(c, program, m)) {
    snprintf(c->loss, sizeof c->loss, "the ranks do not reach one another%s",
             isfinite(c->until) ? " in time" : "");
    return ys_fail(error, YS_IO, "%s", c->loss);
  }
  c->meeting = m;
  return ys_ranks_agree(&c->ranks, compare_programs(c, error), error);
}

ys_code ys_carrier_open(ys_carrier *carrier, MPI_Comm comm, const char *program,
                        double seconds, bool (*must_end)(void),
                        ys_error *error) {
  int rank, count;
  *carrier = (ys_carrier){.comm = MPI_COMM_NULL, .must_end = must_end};
  carrier->ranks = (ys_ranks){.send = send_to,
                              .receive = receive_from,
                              .exchange = exchange_with,
                              .loss = loss,
                              .context = carrier,
                              .rider = &carrier->rider};
  ys_code code = ys_carrier_check(comm, error);
  if (code)
    return code;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &count);
  carrier->ranks.rank = (size_t)rank;
  carrier->ranks.count = (size_t)count;
  carrier->until = isfinite(seconds) ? ys_clock_seconds() + seconds : INFINITY;
  code = meet(carrier, comm, program, error);
  carrier->until = INFINITY;
  return code;
}

void ys_carrier_fail(ys_carrier *carrier, const ys_error *why) {
  snprintf(carrier->loss, sizeof carrier->loss, "%.255s", why->text);
  if (carrier->ranks.count < 2) /* nobody is lost to a process alone */
    carrier->ranks.count = 2;
}

void ys_carrier_close(ys_carrier *carrier) {
  if (carrier->meeting && !*carrier->loss)
    MPI_Comm_free(&carrier->comm);
  free(carrier->meeting);
  carrier->meeting = NULL;
}

size_t ys_carrier_hosts(const ys_carrier *carrier) {
  const ys_member *members = carrier->meeting->members;
  size_t hosts = 0;
  for (size_t r = 0; r < carrier->ranks.count; r++) {
    size_t same = 0;
    while (strcmp(members[same].host, members[r].host) != 0)
      same++;
    hosts += same == r;
  }
  return hosts;
}
