/* Bytes between the processes of an MPI communicator, as ys_ranks asks for
 * them: the one place that calls MPI. */
#ifndef YS_CARRIER_H
#define YS_CARRIER_H

#include "problems/ranks.h"

#include <mpi.h>

typedef struct ys_carrier {
  ys_ranks ranks; /* its context is this: a carrier stays where it is */
  ys_rider rider;
  MPI_Comm comm;              /* its own */
  struct ys_meeting *meeting; /* who each is; NULL before that is known */
  bool (*must_end)(void);     /* NULL: never */
  double until;               /* by which they must have met, then infinite */
  size_t bytes, messages;     /* sent */
  char loss[256];             /* empty: nobody is lost */
} ys_carrier;

/* Meet: all processes of `comm`, which has no part in what follows but for a
 * duplicate, call it at once, bring the same `program`, a text for messages,
 * and wait for one another for so many seconds (INFINITY). `must_end` says
 * whether this process was told to end, as mpirun does where one has died:
 * nobody is waited for much longer then, nor where a process of this machine is
 * no more.
 *
 * YS_BAD_INPUT: no communicator, or MPI has not begun; YS_IO, YS_NO_MEMORY:
 * they have not met, and the others may be waiting; YS_UNSUPPORTED, on all:
 * programs differ. To be closed, on failure, too. */
ys_code ys_carrier_open(ys_carrier *carrier, MPI_Comm comm, const char *program,
                        double seconds, bool (*must_end)(void),
                        ys_error *error);

/* All at once, but for ranks that have lost one. */
void ys_carrier_close(ys_carrier *carrier);

/* YS_BAD_INPUT as above. */
ys_code ys_carrier_check(MPI_Comm comm, ys_error *error);

/* One that has not met: whoever uses its ranks fails for that reason. */
void ys_carrier_fail(ys_carrier *carrier, const ys_error *why);

/* On how many machines the ranks are that have met. */
size_t ys_carrier_hosts(const ys_carrier *carrier);

#endif
