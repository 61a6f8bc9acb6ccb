/* What run and sweep print on standard output: a line a run. */
#ifndef PRINTOUT_H
#define PRINTOUT_H

#include "bench/run/run.h"

void printout_header(void);
void printout_row(const run_spec *run, const run_result *result);

#endif
