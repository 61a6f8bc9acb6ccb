/* Proximal gradient iterations over the rows of y, shared by pgd (Euclidean)
 * and md (entropic). One iteration minimises, over the simplex, the model
 *
 *   F(from) + (1/M) <G, y - from> + (1/(eta M)) sum_i D(y_i, from_i),
 *
 * G = M dF/dy at `from` and D the geometry's distance, with eta fixed or
 * adapted, with or without momentum. */
#ifndef YS_PROXIMAL_H
#define YS_PROXIMAL_H

#include "problems/vector/simd.h"
#include "solvers/solver.h"

/* What a proposal y does to the model. */
typedef struct ys_move {
  double linear;   /* (1/M) <G, y - from> */
  double distance; /* (1/M) sum_i D(y_i, from_i); with momentum in a geometry
                      that has a centre z of its own, theta^2 D(z+, z) */
} ys_move;

typedef struct ys_proximal ys_proximal;

typedef struct ys_geometry {
  /* The least mass that a row may come to hold of a class. Where F is so steep
   * that it would bend within less, it is taken for as steep as it is at that
   * mass: no step could gain a half of what the slope promises. */
  double least;
  const char *limit; /* what may keep y from the optimum if it has zeros */
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
  bool primed;      /* value (without momentum, x and nu too) is that of y */
  bool fresh;       /* `from` is still in y: the next proposal moves it */
  bool widen;       /* eta was accepted at once: next try a longer one */
  bool momentum;    /* go on from the last two iterates, not from y alone */
  double steepest;  /* gradient that the geometry can follow */
  double eta;       /* the last accepted, or the fixed one */
  double theta;     /* weight of the centre; 1 without momentum */
  double value;     /* F at y */
  double *last;     /* M x K: y before this iteration */
  double *from;     /* M x K: where the gradient is taken; is `last` if not
                       accelerated */
  double *x;        /* M: sigma_i . from_i (collision) */
  double *nu;     /* K: the multipliers at `from`; with x, the gradient there */
  double *totals; /* partial sums, YS_TOTALS for each block */
};

/* Read the options `step=` (a number, or a word for steps that are adapted) and
 * `accel=`; allocate. On failure nothing is left allocated. */
ys_code ys_proximal_init(ys_proximal *p, const ys_geometry *geometry,
                         const ys_objective *objective,
                         const ys_options *options, const double *y,
                         ys_error *error);
void ys_proximal_free(ys_proximal *p);

/* One iteration, as ys_solver's step; and the multipliers that it saw, of use
 * under weak fairness, whose own are infinite where a class has no mass. */
ys_step ys_proximal_step(ys_proximal *p, double *y, ys_error *error);
const double *ys_proximal_multipliers(const ys_proximal *p);

/* --------------------------------- parts of an iteration, for the methods ----
 */

/* Begin a plain iteration: F and the gradient at y, if they are not known yet.
 * The first proposal moves y into p->last. */
void ys_proximal_start(ys_proximal *p, const double *y);

/* Write into y the minimiser of the model for this eta. */
ys_move ys_proximal_propose(ys_proximal *p, double eta, double *y);

/* F at the proposal y. Collision's proposals are added up as they are made. */
double ys_proximal_value(ys_proximal *p, const double *y);

/* Whether a plain proposal y lowers F enough below `bound`: by a fraction, 1/2
 * at most, of -move.linear (1/2: on a quadratic, no longer than to its
 * minimum). Where that is less than rounding shows, the slope at y decides
 * (Hager and Zhang's approximate Wolfe condition, SIAM J. Optim. 16, 2005);
 * with 1/2 it must not be uphill, and F, being convex, has not risen. */
bool ys_proximal_descends(ys_proximal *p, double fraction, ys_move move,
                          double value, double bound, const double *y);

/* Take the proposal, whose F was the last evaluated: note its value, and its x
 * and nu. */
void ys_proximal_accept(ys_proximal *p, double value);

/* Give up: put back the y from before this iteration, and say why. */
ys_step ys_proximal_stall(const ys_proximal *p, double *y, ys_error *error);

/* (1/M) <G, y - from> with the gradient at y, whose F was the last evaluated.
 */
double ys_proximal_slope(ys_proximal *p, const double *y);

void ys_proximal_copy(const ys_proximal *p, const double *from, double *to);

/* The elements of one row block, [begin, end), and the threads to use. */
size_t ys_proximal_begin(const ys_proximal *p, size_t block);
size_t ys_proximal_end(const ys_proximal *p, size_t block);
int ys_proximal_threads(const ys_proximal *p);

/* Sum of one of the blocks' totals, over M. */
double ys_proximal_mean(const ys_proximal *p, size_t which);

#endif
