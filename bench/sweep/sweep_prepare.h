/* What must be known of the runs of a sweep before the first of them starts. */
#ifndef SWEEP_PREPARE_H
#define SWEEP_PREPARE_H

#include "bench/sweep/sweep_plan.h"

/* Read or make every batch, one at a time, and fill in for each run its shape,
 * digest and hash and whether its solver serves it. Refuses, with the place in
 * the file of the sweep, what cannot be run: a batch that cannot be read, a
 * prior or start that does not fit, a start whose objective is infinite, and a
 * run that is planned twice. Texts come from `memory`. */
ys_code sweep_prepare(sweep_plan *plan, ys_memory *memory, ys_error *error);

#endif
