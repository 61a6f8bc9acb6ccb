/* Shared by profile*.c alone: one profile. */
#ifndef PROFILE_H
#define PROFILE_H

#include "bench/analysis/gapmatrix.h"

typedef struct profile {
  const plot_request *request;
  bool is_data;
  plot_axis axis;
  gap_matrix of;
  double *units;  /* of time, a y-step */
  double *costs;  /* drawn x y-steps, ascending; infinite where not solved */
  plot_key *keys; /* of the drawn solvers */
  size_t drawn;
  double low, high; /* of the axis */
} profile;

/* How many y-steps there are, and how many of them nobody solved. */
size_t profile_steps(const profile *p);
size_t profile_unsolved(const profile *p);

/* STEM.dat: for each solver a block with a point wherever its curve rises. */
void profile_write_data(FILE *out, const void *profile);

/* The assignments that scripts/assets/profile.gp wants. */
void profile_write_settings(FILE *out, const void *profile, bool latex);

/* STEM.txt. */
void profile_write_caption(FILE *out, const void *profile);

#endif
