/* Files that a run takes beside its batches. */
#ifndef INPUTS_H
#define INPUTS_H

#include "bench/system/files.h"
#include "solvers/solver.h"

/* Add to the list the files and directories that a problem, the data of a
 * training or a start point is read from. */
ys_code inputs_add_problem(file_list *list, const char *spec, ys_error *error);
ys_code inputs_add_data(file_list *list, const char *spec, ys_error *error);
ys_code inputs_add_start(file_list *list, const char *start, ys_error *error);

/* Read a prior of `classes` numbers from a .npy vector or a one-row CSV file.
 * *prior is to be freed; NULL on failure. What the numbers must be,
 * ys_objective_init checks. */
ys_code inputs_read_prior(const char *path, size_t classes, double **prior,
                          ys_error *error);

/* A start point as a user writes it, WHERE[:mix=EPS]. */
typedef struct start_choice {
  char *where; /* uniform, sigma, random or the path of a file; owned */
  bool is_file;
  double mix; /* in [0, 1] */
} start_choice;

/* On failure nothing is left to free. */
ys_code inputs_read_start(const char *start, start_choice *choice,
                          ys_error *error);
void inputs_free_start(start_choice *choice);

/* Fill y (M x K) with the start point that `start` names: uniform, sigma,
 * random (from the seed), or the path of a .npy or CSV file of y's shape, whose
 * rows must be on the simplex to 1e-4 and are divided by their sums. With
 * mix=EPS it is (1 - EPS) times that point plus EPS times the uniform one: no
 * entry is zero then, which multiplicative methods (em, md) ask for
 * (docs/method.md, "Warm starts"). */
ys_code inputs_start(const char *start, unsigned long seed,
                     const ys_objective *objective, double *y, ys_error *error);

#endif
