/* The ranks that mpirun or srun has started this program as, by MPI where it
 * was built with it. */
#ifndef RANKS_H
#define RANKS_H

#include "problems/ranks.h"

/* The others of this process, which outlive every use; *ranks is NULL if it is
 * alone. All must be the same `program`, "0.1.0 (commit)". From now on the
 * first alone speaks, and says what is wrong for all. YS_UNSUPPORTED: there are
 * others, and the program was built without MPI. */
ys_code ranks_begin(const char *program, const ys_ranks **ranks,
                    ys_error *error);

/* Of the whole program, behind its last word: leave the others, or, where one
 * is lost, end those that are left. Without ranks_begin it does nothing. */
void ranks_end(int status);

/* Whether this process speaks and writes: of ranks the first. */
bool ranks_speaks(const ys_ranks *ranks);

/* "AMD EPYC", "AMD EPYC; 4 ranks on 2 hosts": the machine, given the processor.
 */
void ranks_describe(const ys_ranks *ranks, char *cpu, size_t room);

/* What this rank has sent so far; and what was sent since by the one that has
 * sent most, which all ask at once. NaN for a process alone. */
typedef struct ranks_traffic {
  double bytes, messages;
} ranks_traffic;
ranks_traffic ranks_sent(const ys_ranks *ranks);
ranks_traffic ranks_most_sent(const ys_ranks *ranks, ranks_traffic since);

#endif
