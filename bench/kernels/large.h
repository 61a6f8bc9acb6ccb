/* exact on large batches: its time in reads of sigma, what threads are worth to
 * it, and how much of it is serial. */
#ifndef LARGE_H
#define LARGE_H

#include "bench/kernels/regions.h"
#include "problems/error.h"

#include <stdbool.h>
#include <stdio.h>

/* Solve the batches of 100000 rows and more of bench/sweeps/regimes.yaml, or a
 * small one if `quick`, and print a row of each. Where another compiler's
 * OpenMP lets nobody see its regions the last columns are empty. */
ys_code large_measure(bool quick, FILE *out, ys_error *error);

#endif
