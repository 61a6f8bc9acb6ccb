/* Files that a run takes beside its batches. */
#ifndef INPUTS_H
#define INPUTS_H

#include "../solvers/solver.h"

/* Read a prior of `classes` numbers from a .npy vector or a one-row CSV file.
 * *prior is to be freed; NULL on failure. What the numbers must be,
 * ys_objective_init checks. */
ys_code inputs_read_prior(const char *path, size_t classes, double **prior,
                          ys_error *error);

/* Fill y (M x K) with the start point that `start` names: uniform, sigma,
 * random (from the seed), or the path of a .npy or CSV file of y's shape, whose
 * rows must be on the simplex to 1e-4 and are divided by their sums. */
ys_code inputs_start(const char *start, unsigned long seed,
                     const ys_objective *objective, double *y, ys_error *error);

#endif
