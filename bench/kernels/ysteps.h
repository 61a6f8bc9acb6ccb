/* The loop of a training script in C: a y-step on mini-batch after mini-batch,
 * through the solvers' contract, in memory that is taken once. */
#ifndef YSTEPS_H
#define YSTEPS_H

#include "problems/error.h"

#include <stddef.h>
#include <stdio.h>

/* Solve `batches` mini-batches of 256 x 10, `rounds` times each, by exact and
 * by fw, to a certified gap of 1e-6 on one thread, and print microseconds a
 * y-step (from labels and sigma that are in place to the certificate: restart,
 * steps and judging) and how they compare with fw's, batch by batch. */
ys_code ysteps_measure(size_t batches, size_t rounds, FILE *out,
                       ys_error *error);

#endif
