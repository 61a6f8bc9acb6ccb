/* Newton's method in the multipliers nu: the maximum of the dual function over
 * a sample's rows, those in doubt by their exact answers and the others where
 * they are. docs/method.md, "The exact solver".
 *
 * The dual function's gradient is lambda u / nu - ybar(nu). A row between two
 * classes has a second derivative, one at a vertex has none: but rows that are
 * near the border between two answers stand for a density of them, and are
 * counted within a window that narrows as the steps do. */
#ifndef YS_EXACT_NEWTON_H
#define YS_EXACT_NEWTON_H

#include "solvers/exact/candidates.h"

/* No window is wider. */
#define YS_NEWTON_WIDEST 0.1

typedef struct ys_edge {
  uint32_t low, high;
  double weight;
} ys_edge;

typedef struct ys_newton {
  const ys_work *work;
  ys_candidates *candidates;
  double *nu, *tilt, *ybar; /* K: at the point; tilt is exp(nu - max nu) */
  double *from;             /* K: nu that the candidates were chosen at */
  double *best;             /* K: nu of the least gap */
  double gap;               /* its gap, as far as the candidates tell */
  double first;             /* the gap that ys_newton_solve() began with */
  ys_window window;
  double *moved;   /* K: the last step, as it was taken, or what is expected */
  double *glanced; /* K: the last step of a glance, */
  bool telling;    /* and whether pairs' windows may follow from it */
  double length;   /* of the last step */
  bool limited;    /* the last step was cut by the width */
  double ahead;    /* what it left of the step */
  bool settled;    /* it ended where it was to */
  double *gradient, *step, *diagonal;         /* K */
  double *residual, *search, *image, *scaled; /* K: conjugate gradients */
  ys_edge *edge; /* pairs of classes and weights, where K is large */
  size_t edges;
  double heaviest; /* of all ranks' weights */
  double *pairs;  /* K x K: weights of pairs, unless K is large; the candidates'
                     where it is small */
  ys_tally tally; /* of pairs, or of classes */
} ys_newton;

void ys_newton_init(ys_newton *w, ys_memory *memory, const ys_work *work,
                    ys_candidates *candidates);

/* Before the first step: nu is likely to move by a share of what it has moved
 * by since `from` (K); or nothing is known (NULL). */
void ys_newton_expect(ys_newton *w, const double *from, double share);

/* Improve nu, no difference of two of which is to change by more than `width`,
 * until it does not move by more than `still`, the gap is no more than `enough`
 * or than a share of what it was, or it comes no nearer. Returns by how much a
 * difference has changed at most.
 */
double ys_newton_solve(ys_newton *w, double width, double still, double enough,
                       double share);

/* A step from what a look at a sample tells, as long as `width` allows: for a
 * start. If the step before, unless this is the first, led nowhere, a shorter
 * one in its place. Returns how long it is. */
double ys_newton_glance(ys_newton *w, ys_look_sample sample,
                        const ys_look *look, double width, bool first);

/* tilt to match nu. */
void ys_newton_tilt(ys_newton *w);

#endif
