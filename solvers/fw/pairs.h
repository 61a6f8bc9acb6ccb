/* A quadratic program over moves of mass between pairs of classes: minimise
 *
 *   sum_j (d_j m_j^2 / 2 - r_j m_j) + (1/2) sum_k h_k w_k^2,
 *   w_k = sum of the m_j that go to class k, less those that come from it,
 *
 * subject to low_j <= m_j <= high_j. Many moves share few classes, so it is
 * solved in the classes: with forces v = h w on them each m_j is its own
 * clipped quotient, and v minimises a convex function with a piecewise constant
 * second derivative,
 *
 *   q(v) = sum_j max_m ((r_j - v_to + v_from) m - d_j m^2 / 2)
 *        + sum_k v_k^2 / (2 h_k),
 *
 * by a semismooth Newton method (Qi and Sun, Math. Programming 58, 1993; for
 * duals of this kind, Li, Sun and Toh, SIAM J. Optimization 28, 2018). Each
 * system is solved by conjugate gradients: its matrix, diagonal plus one
 * rank-one term for each move, is never formed. Lines are searched by the
 * derivative, since q bends at as many points as there are moves. */
#ifndef YS_PAIRS_H
#define YS_PAIRS_H

#include "problems/memory.h"

#include <stdint.h>

/* One move. low <= 0 <= high, curvature > 0. */
typedef struct ys_pair {
  uint32_t to, from; /* classes; different */
  double gain;       /* r */
  double curvature;  /* d */
  double low, high;
  double mass; /* m, which solving sets */
} ys_pair;

typedef struct ys_pairs {
  size_t classes;
  size_t count;      /* pairs in use */
  ys_pair *pair;     /* as many as there is room for */
  double *stiffness; /* K: h > 0 */
  double *force;     /* K: v, and room for solving below */
  double *trial, *gradient, *direction, *diagonal, *residual, *image, *scaled;
} ys_pairs;

/* Room for so many pairs, of memory that may be lacking then. */
void ys_pairs_init(ys_pairs *pairs, ys_memory *memory, size_t room,
                   size_t classes);

/* Set every pair's mass, to the optimum or, after a bounded number of
 * iterations, near it; the flatter the curvatures, the less near. Bounds hold
 * exactly. */
void ys_pairs_solve(ys_pairs *pairs);

#endif
