/* Shared by scaling*.c alone: time to a gap against K or M on a family of
 * problems that differ in nothing else. */
#ifndef SCALING_H
#define SCALING_H

#include "bench/analysis/gapmatrix.h"

typedef enum scaling_size { SCALING_K, SCALING_M } scaling_size;

/* A solver's line. */
typedef struct scaling_line {
  size_t solver;
  size_t points;              /* sizes at which it came within the gap */
  double level, slope, error; /* log10 y = level + slope log10 x, and the
                                 standard error of slope; NaN below three
                                 points */
} scaling_line;

typedef struct scaling {
  const plot_request *request;
  scaling_size size;
  plot_axis axis;
  group_set family;    /* its groups by ascending size; nothing else is owned */
  gap_matrix of;       /* the family */
  scaling_line *lines; /* of the solvers that are drawn */
  plot_key *keys;
  size_t line_count;
  double x_low, x_high, y_low, y_high;
} scaling;

/* K or M of a y-step. */
double scaling_size_of(const scaling *figure, const result_row *row);
const char *scaling_size_name(const scaling *figure); /* "K" or "M" */

/* The cost of a solver on a member; infinite if it did not solve it. */
double scaling_cost(const scaling *figure, size_t member, size_t solver);
const result_row *scaling_member(const scaling *figure, size_t member);

/* The family in words: "dirichlet:M=5000, lambda 1". */
void scaling_family(const scaling *figure, char *text, size_t room);

/* STEM.dat: for each line a block of its points, then for each a block with its
 * fit. */
void scaling_write_data(FILE *out, const void *figure);

/* The assignments that scripts/assets/scaling.gp wants. */
void scaling_write_settings(FILE *out, const void *figure, bool latex);

/* STEM.txt. */
void scaling_write_caption(FILE *out, const void *figure);

#endif
