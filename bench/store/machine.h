/* Whether seconds may be compared: two directories' runs on one machine. */
#ifndef MACHINE_H
#define MACHINE_H

#include "bench/store/provenance.h"

/* YS_OK if all runs of both were done on one machine, by its name, processor
 * and number of processors in meta.json (a merged directory names several; a
 * name that an older directory does not hold is not asked for). Otherwise says
 * why not. `name_a` and `name_b` go into the message. */
ys_code machine_check_same(const char *name_a, const provenance *a,
                           const char *name_b, const provenance *b,
                           ys_error *error);

#endif
