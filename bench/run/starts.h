/* What a y-step is given beside its batch: a start point, a class prior. */
#ifndef STARTS_H
#define STARTS_H

#include "solvers/solver.h"

/* Read a prior of `classes` numbers from a .npy vector or a one-row CSV file.
 * *prior is to be freed; NULL on failure. What the numbers must be,
 * ys_objective_init checks. */
ys_code prior_read(const char *path, size_t classes, double **prior,
                   ys_error *error);

/* A start point as a user writes it, WHERE[:mix=EPS]. */
typedef struct start_choice {
  char *where; /* uniform, sigma, random or the path of a file; owned */
  bool is_file;
  double mix; /* in [0, 1] */
} start_choice;

/* On failure nothing is left to free. */
ys_code start_read(const char *start, start_choice *choice, ys_error *error);
void start_free(start_choice *choice);

/* The labels that are wanted: START_EITHER, as they come, which of the uniform
 * point and of a .npz file is sparse. */
typedef enum start_kind { START_DENSE, START_SPARSE, START_EITHER } start_kind;

/* The start point that `start` names, as labels: uniform, sigma, random (from
 * the seed), or the path of a .npy, .npz or CSV file of the batch's shape,
 * whose rows must be on the simplex to 1e-4 and are divided by their sums. With
 * mix=EPS it is (1 - EPS) times that point plus EPS times the uniform one: no
 * entry is zero then, which multiplicative methods (em, md) ask for
 * (docs/method.md, "Warm starts"). Sparse, the uniform point takes no memory of
 * M x K. On failure there is nothing to free. */
ys_code start_make(const char *start, unsigned long seed,
                   const ys_objective *objective, start_kind kind, ys_labels *y,
                   ys_error *error);

/* Warm starts: a y-step that begins with the labels of the one before it, as in
 * training. Written `warm[:mix=EPS]`. */

/* Whether `start` is a warm one; *mix, 1e-3 by default (sparse labels: 0), is
 * then the share of the uniform labels in it. */
ys_code warm_read(const char *start, bool *warm, double *mix, ys_error *error);

/* y = (1 - mix) y + mix / K, rows x classes. Multiplicative methods (em, md)
 * cannot raise an entry that is exactly 0, and under the reverse loss it costs
 * an infinite loss. */
void start_mix(double mix, size_t rows, size_t classes, double *y);

/* The same of labels, which stay of their kind: sparse ones then have all
 * entries, but those without any, which are the uniform point. */
ys_code start_mix_labels(double mix, ys_labels *y, ys_error *error);

#endif
