/* Proximal gradient iterations over the rows of y, shared by pgd (Euclidean)
 * and md (entropic). One iteration minimises, over the simplex, the model
 *
 *   F(from) + (1/M) <G, y - from> + (1/(eta M)) sum_i D(y_i, from_i),
 *
 * G = M dF/dy at `from` and D the geometry's distance, with eta fixed or
 * adapted, with or without momentum. */
#ifndef YS_PROXIMAL_H
#define YS_PROXIMAL_H

#include "../problems/inline.h"
#include "solver.h"

/* What a proposal y does to the model. */
typedef struct ys_move {
  double linear;   /* (1/M) <G, y - from> */
  double distance; /* (1/M) sum_i D(y_i, from_i); with momentum in a geometry
                      that has a centre z of its own, theta^2 D(z+, z) */
} ys_move;

typedef struct ys_proximal ys_proximal;

typedef struct ys_geometry {
  /* Write into y the minimiser of the model for this eta. */
  ys_move (*propose)(ys_proximal *p, double eta, double *y);
  void (*accept)(ys_proximal *p);  /* NULL-able: the proposal was taken */
  void (*restart)(ys_proximal *p); /* NULL-able: drop the momentum, go on from
                                      p->last */
} ys_geometry;

struct ys_proximal {
  const ys_objective *objective;
  const ys_geometry *geometry;
  ys_scratch scratch;
  bool fixed;       /* eta never changes */
  bool accelerated; /* momentum and restarts */
  bool primed;      /* value (without momentum, gradient too) is that of y */
  bool widen;       /* eta was accepted at once: next try a longer one */
  bool momentum;    /* go on from the last two iterates, not from y alone */
  double eta;       /* the last accepted, or the fixed one */
  double theta;     /* weight of the centre; 1 without momentum */
  double value;     /* F at y */
  double *last;     /* M x K: y before this iteration */
  double *from;     /* M x K: where the gradient is taken; is `last` if not
                       accelerated */
  double *gradient; /* M x K: per row, at `from` */
  double *next;     /* M x K: the gradient at y; NULL if accelerated */
  double *totals;   /* partial sums, YS_TOTALS for each block */
};

/* Read the options `step=` (a number, or a word for steps that are adapted) and
 * `accel=`; allocate. On failure nothing is left allocated. */
ys_code ys_proximal_init(ys_proximal *p, const ys_geometry *geometry,
                         const ys_objective *objective,
                         const ys_options *options, const double *y,
                         ys_error *error);
void ys_proximal_free(ys_proximal *p);

/* One iteration, as ys_solver's step. */
ys_step ys_proximal_step(ys_proximal *p, double *y, ys_error *error);

/* --------------------------------- parts of an iteration, for the methods ----
 */

/* Begin a plain iteration: F and the gradient at y, if they are not known yet,
 * and y into p->last. */
void ys_proximal_start(ys_proximal *p, const double *y);

/* Whether a plain proposal y lowers F enough below `bound`: by a fraction, 1/2
 * at most, of -move.linear (1/2: on a quadratic, no longer than to its
 * minimum). Where that is less than rounding shows, the slope at y, <p->next, y
 * - from>, decides (Hager and Zhang's approximate Wolfe condition, SIAM J.
 * Optim. 16, 2005); with 1/2 it must not be uphill, and F, being convex, has
 * not risen. */
bool ys_proximal_descends(const ys_proximal *p, double fraction, ys_move move,
                          double value, double bound, const double *y);

/* Take the proposal: note its value and swap in its gradient. */
void ys_proximal_accept(ys_proximal *p, double value);

/* Give up: put back the y from before this iteration. */
ys_step ys_proximal_stall(const ys_proximal *p, double *y);

/* (1/M) <gradient, y - from> */
double ys_proximal_slope(const ys_proximal *p, const double *gradient,
                         const double *y);

void ys_proximal_copy(const ys_proximal *p, const double *from, double *to);

/* The elements of one row block, [begin, end), and the threads to use. */
size_t ys_proximal_begin(const ys_proximal *p, size_t block);
size_t ys_proximal_end(const ys_proximal *p, size_t block);
int ys_proximal_threads(const ys_proximal *p);

/* Sum of one of the blocks' totals, over M. */
double ys_proximal_mean(const ys_proximal *p, size_t which);

/* A gradient entry as arithmetic can use it: shannon's is infinite where sigma
 * is 0, and infinity times a zero change would not be a number. */
YS_INLINE double ys_bounded(double g) {
  const double most = 1e100;
  g = g < most ? g : most;
  return g > -most ? g : -most;
}

/* <g, y - from> for one row. Changes within the simplex sum to 0; what rounding
 * leaves of their sum is projected out, or it would drown the last descents. */
YS_INLINE double ys_row_slope(const double *restrict gradient,
                              const double *restrict from,
                              const double *restrict y, size_t n) {
  double slope = 0, level = 0, stray = 0;
#pragma omp simd reduction(+ : slope, level, stray)
  for (size_t k = 0; k < n; k++) {
    double g = ys_bounded(gradient[k]), change = y[k] - from[k];
    slope += g * change;
    level += g * from[k];
    stray += change;
  }
  return slope - level * stray;
}

#endif
