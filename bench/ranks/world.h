/* What carries the ranks' bytes: MPI, of which a process has one world. Private
 * to this room. */
#ifndef WORLD_H
#define WORLD_H

#include "problems/ranks.h"

/* As ranks_begin, but for who speaks: *ranks, if there are others, is there on
 * failure, too. */
ys_code world_join(const char *program, const ys_ranks **ranks,
                   ys_error *error);
void world_leave(int status);

size_t world_hosts(void); /* on how many machines the ranks are */
void world_sent(size_t *bytes, size_t *messages); /* by this rank */

/* How many processes the one that started this says there are: mpirun of Open
 * MPI, of MPICH and others by PMI; 1 if it says nothing. */
size_t world_announced(void);

#endif
