/* What run and sweep print on standard output: a line a run. */
#ifndef PRINTOUT_H
#define PRINTOUT_H

#include "bench/store/runlog.h"

void printout_header(void);
void printout_row(const run_row *row, const run_result *result);

#endif
