/* Every solver on every y-step at one gap, and what each comes to over all of
 * them: how many it solves, and how long it takes. */
#ifndef PIVOT_H
#define PIVOT_H

#include "bench/analysis/timetogap.h"

/* What is added to seconds before their logarithms are averaged, and taken off
 * the mean again, so that a y-step of microseconds does not decide it. */
#define PIVOT_SHIFT 1e-3

/* A solver over all y-steps. It solves one if its median run gets to the gap;
 * one that it does not solve, serve or have a run on counts with the penalty.
 */
typedef struct pivot_row {
  size_t solver;  /* its number */
  size_t solved;  /* y-steps */
  double seconds; /* exp(mean of ln(t + shift)) - shift */
  double times;   /* that, divided by the least of any solver */
} pivot_row;

typedef struct pivot {
  solver_styles solvers;
  gap_matrix matrix;
  double penalty;  /* seconds */
  pivot_row *rows; /* who solves more first, then who is faster */
  size_t count;    /* of rows */
  ys_memory memory;
} pivot;

/* `set` is borrowed. On failure nothing is left to free. */
ys_code pivot_make(const group_set *set, double gap, pivot *made,
                   ys_error *error);
void pivot_free(pivot *made);

/* What a y-step that is not solved counts with: the longest time limit of a run
 * of the set, or where none is known the longest run. */
double pivot_penalty(const group_set *set);

/* The solver's runs on the y-step; NULL if there are none. */
const solver_runs *pivot_runs(const pivot *of, size_t group, size_t solver);

#endif
