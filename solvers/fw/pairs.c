#include "solvers/fw/pairs.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

void ys_pairs_init(ys_pairs *pairs, ys_memory *memory, size_t room,
                   size_t classes) {
  const char *what = "the pairs of classes";
  double **const vectors[] = {
      &pairs->stiffness, &pairs->force,     &pairs->trial,
      &pairs->gradient,  &pairs->direction, &pairs->diagonal,
      &pairs->residual,  &pairs->image,     &pairs->scaled};
  *pairs = (ys_pairs){.classes = classes};
  pairs->pair = ys_take(memory, room, sizeof *pairs->pair, what);
  for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
    *vectors[i] = ys_take_numbers(memory, classes, what);
}

static double dot(const double *a, const double *b, size_t n) {
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    sum += a[k] * b[k];
  return sum;
}

static bool is_free(const ys_pair *p) {
  return p->mass > p->low && p->mass < p->high;
}

/* Each pair's best mass for the forces v: m_j = (r_j - v_to + v_from) / d_j,
 * clipped. */
static void choose_masses(ys_pairs *pairs, const double *v) {
  for (size_t j = 0; j < pairs->count; j++) {
    ys_pair *p = &pairs->pair[j];
    double pull = p->gain - v[p->to] + v[p->from];
    p->mass = fmin(fmax(pull / p->curvature, p->low), p->high);
  }
}

/* The gradient of q at `force`, dq/dv_k = v_k / h_k - w_k, and the diagonal of
 * its second derivative, 1 / h_k + the sum of 1 / d_j over the free pairs that
 * move class k. Returns the gradient's squared length, scaled by that. */
static double differentiate(ys_pairs *pairs) {
  for (size_t k = 0; k < pairs->classes; k++) {
    pairs->gradient[k] = pairs->force[k] / pairs->stiffness[k];
    pairs->diagonal[k] = 1 / pairs->stiffness[k];
  }
  for (size_t j = 0; j < pairs->count; j++) {
    const ys_pair *p = &pairs->pair[j];
    pairs->gradient[p->to] -= p->mass;
    pairs->gradient[p->from] += p->mass;
    if (is_free(p)) {
      pairs->diagonal[p->to] += 1 / p->curvature;
      pairs->diagonal[p->from] += 1 / p->curvature;
    }
  }
  double size = 0;
  for (size_t k = 0; k < pairs->classes; k++)
    size += pairs->gradient[k] * pairs->gradient[k] / pairs->diagonal[k];
  return size;
}

/* image = `vector` times the second derivative of q,
 *
 *   diag(1 / h) + sum over free j of (1_to - 1_from) (1_to - 1_from)^T / d_j.
 */
static void apply(ys_pairs *pairs, const double *vector) {
  double *image = pairs->image;
  for (size_t k = 0; k < pairs->classes; k++)
    image[k] = vector[k] / pairs->stiffness[k];
  for (size_t j = 0; j < pairs->count; j++) {
    const ys_pair *p = &pairs->pair[j];
    if (is_free(p)) {
      double pull = (vector[p->to] - vector[p->from]) / p->curvature;
      image[p->to] += pull;
      image[p->from] -= pull;
    }
  }
}

/* direction = -(second derivative)^-1 gradient, nearly, by conjugate gradients
 * with the diagonal as preconditioner. `trial` holds the search direction. */
static void newton_direction(ys_pairs *pairs) {
  const double accuracy = 1e-4;
  const size_t n = pairs->classes;
  double *r = pairs->residual, *z = pairs->scaled, *s = pairs->trial;
  for (size_t k = 0; k < n; k++) {
    pairs->direction[k] = 0;
    r[k] = -pairs->gradient[k];
    s[k] = z[k] = r[k] / pairs->diagonal[k];
  }
  double size = dot(r, z, n), enough = accuracy * accuracy * size;
  for (size_t step = 0; step < 2 * n + 20 && size > enough; step++) {
    apply(pairs, s);
    double length = size / dot(s, pairs->image, n), before = size;
    for (size_t k = 0; k < n; k++) {
      pairs->direction[k] += length * s[k];
      r[k] -= length * pairs->image[k];
      z[k] = r[k] / pairs->diagonal[k];
    }
    size = dot(r, z, n);
    for (size_t k = 0; k < n; k++)
      s[k] = z[k] + size / before * s[k];
  }
}

/* The derivative of q along `direction` e, `step` away from `force`,
 *
 *   sum_k e_k v_k / h_k - sum_j m_j (e_to - e_from).
 *
 * Sets `trial` and every pair's mass to what they are there. */
static double slope_at(ys_pairs *pairs, double step) {
  const size_t n = pairs->classes;
  double slope = 0;
  for (size_t k = 0; k < n; k++) {
    pairs->trial[k] = pairs->force[k] + step * pairs->direction[k];
    slope += pairs->trial[k] / pairs->stiffness[k] * pairs->direction[k];
  }
  choose_masses(pairs, pairs->trial);
  for (size_t j = 0; j < pairs->count; j++) {
    const ys_pair *p = &pairs->pair[j];
    slope -= p->mass * (pairs->direction[p->to] - pairs->direction[p->from]);
  }
  return slope;
}

/* Move `force` along `direction` to where q's derivative, which rises, is
 * small: the whole step, or else bisection and secants (regula falsi,
 * Illinois). Returns whether it has moved. */
static bool descend(ys_pairs *pairs) {
  enum { MOST_TRIALS = 30 };
  const double small = 0.1;
  double first = dot(pairs->gradient, pairs->direction, pairs->classes);
  double low = 0, at_low = first, high = 1, at_high = slope_at(pairs, 1);
  if (!(first < 0))
    return false;
  double slope = at_high;
  for (int trial = 0; trial < MOST_TRIALS && slope > small * -first; trial++) {
    double step = low + (high - low) * at_low / (at_low - at_high);
    slope = slope_at(pairs, step);
    if (slope > 0) {
      high = step;
      at_high = slope;
      at_low /= 2;
    } else {
      low = step;
      at_low = slope;
      at_high /= 2;
      slope = fabs(slope);
    }
  }
  memcpy(pairs->force, pairs->trial, pairs->classes * sizeof *pairs->force);
  return true;
}

void ys_pairs_solve(ys_pairs *pairs) {
  enum { MOST_STEPS = 40 };
  const double accuracy = 1e-12;
  double first = 0;
  memset(pairs->force, 0, pairs->classes * sizeof *pairs->force);
  choose_masses(pairs, pairs->force);
  for (int step = 0; step < MOST_STEPS; step++) {
    double size = differentiate(pairs);
    first = step == 0 ? size : first;
    if (!(size > accuracy * first))
      break;
    newton_direction(pairs);
    if (!descend(pairs))
      break;
  }
}
