/* Tables of measurements, a row a kernel and a column a K. */
#ifndef PIVOT_H
#define PIVOT_H

#include "bench/kernels/kernel_table.h"

/* For every size and number of threads that was measured: times in triads,
 * nanoseconds, rates against DGEMM, speed-ups; each where there are any. */
void pivot_tables(FILE *out, const measurements *all);

#endif
