/* The y-step as a sparse nonlinear program for a general solver. Column sums z
 * become variables of their own, and for collision with many classes so do the
 * products x_i = sigma_i . y_i:
 *
 *   minimise   M F = sum_i loss_i  +  lambda M fairness(z / M)
 *   over       v = (y, x, z):  y M x K row by row,  x M,  z K,  all >= 0
 *   such that  sum_k y_ik = 1                   for each row i,
 *              x_i - sum_k sigma_ik y_ik = 0    for each row i, if x is there,
 *              z_k - sum_i y_ik = 0             for each class k
 *
 * (in this order; with lambda = 0 there is no z). Written in y alone the
 * fairness term couples all rows of a column, K M^2 second derivatives; here
 * the Hessian is diagonal but for collision without x, whose blocks are
 * sigma_i sigma_i^T / x_i^2, and the Jacobian is constant. M F rather than F,
 * so that derivatives do not shrink with the batch; the multipliers of the last
 * equations are then the dual's nu_k.
 *
 * Measured with Ipopt and MUMPS: the dense blocks, which make fewer and larger
 * fronts, take half the time of x at K = 10; at K = 50 they are even; at K =
 * 100 x takes two thirds of the blocks' time, and far less memory. */
#ifndef YS_LIFTED_H
#define YS_LIFTED_H

#include "problems/objective.h"

enum { YS_MOST_DENSE_CLASSES = 32 }; /* beyond it, collision has x */

typedef struct ys_lifted {
  const ys_objective *objective;
  size_t labels;      /* M K: v begins with y */
  size_t products;    /* x_i: M of them behind y, or 0 */
  size_t sums;        /* z_k: K of them behind x, or 0 */
  size_t blocks;      /* entries of the Hessian for y: lower triangles a row
                         (collision without x), its diagonal (reverse), or 0 */
  size_t variables;   /* length of v */
  size_t constraints; /* number of equations */
  size_t jacobian;    /* structural entries of the constraints' Jacobian */
  size_t hessian;     /* of the lower triangle of the Hessian */
} ys_lifted;

/* The program of an objective, which must outlive it. */
ys_lifted ys_lifted_make(const ys_objective *objective);

/* The bounds of v. upper is +infinity but for the y_ik that an infinite loss
 * (shannon with sigma_ik = 0) fixes at 0. */
void ys_lifted_bounds(const ys_lifted *p, double *lower, double *upper);

/* The right hand sides of the equations. */
void ys_lifted_targets(const ys_lifted *p, double *targets);

/* v that has the given y, and x and z to match. */
void ys_lifted_start(const ys_lifted *p, const double *y, double *v);

/* y on the simplex, from any v: negative entries count as 0 and rows are
 * divided by their sums. A row without a positive entry leaves y's row as it
 * is. */
void ys_lifted_labels(const ys_lifted *p, const double *v, double *y);

/* M F at v; +infinity outside the domain. */
double ys_lifted_value(const ys_lifted *p, const double *v);
void ys_lifted_gradient(const ys_lifted *p, const double *v, double *gradient);

/* The left hand sides at v. */
void ys_lifted_constraints(const ys_lifted *p, const double *v, double *g);

/* Where to write entries of a sparse matrix: if `values` is NULL, at which rows
 * and columns they are (0-based), and else what they are. */
typedef struct ys_entries {
  int *rows, *columns;
  double *values;
} ys_entries;

/* The entries of the Jacobian, p->jacobian of them. */
void ys_lifted_jacobian(const ys_lifted *p, ys_entries to);

/* The entries of the Hessian's lower triangle: where, and `factor` times what.
 */
void ys_lifted_hessian_pattern(const ys_lifted *p, int *rows, int *columns);
void ys_lifted_hessian(const ys_lifted *p, const double *v, double factor,
                       double *values);

#endif
