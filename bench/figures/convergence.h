/* Shared by convergence*.c alone: one convergence figure, the gap against time
 * or iterations on one y-step. */
#ifndef CONVERGENCE_H
#define CONVERGENCE_H

#include "bench/analysis/curve.h"
#include "bench/figures/plot.h"

typedef struct convergence {
  const plot_request *request;
  const run_group *group;
  curve_axis axis;
  curve *curves;  /* one a solver of the group, also what is not drawn */
  plot_key *keys; /* one a curve that is drawn */
  size_t drawn;   /* how many those are */
  size_t least_runs, most_runs;        /* repeats of a solver */
  double x_low, x_high, y_low, y_high; /* of the axes */
} convergence;

/* "solver time (s)" or "iterations". */
const char *convergence_x_name(const convergence *figure);

/* Whether there is a solver with repeats. */
bool convergence_has_bands(const convergence *figure);

/* How many repeats: "3", or "1 to 3". */
void convergence_runs_text(const convergence *figure, char *text, size_t room);

/* STEM.dat: for each curve that is drawn a block of its points, then for each a
 * block with the outline of its band, if there is a solver with repeats. */
void convergence_write_data(FILE *out, const void *figure);

/* The assignments that scripts/assets/convergence.gp wants. */
void convergence_write_settings(FILE *out, const void *figure, bool latex);

/* STEM.txt. */
void convergence_write_caption(FILE *out, const void *figure);

#endif
