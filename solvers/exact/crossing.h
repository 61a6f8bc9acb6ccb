/* A row's answer to multipliers nu: where max_k (t sigma_k + nu_k) - ln t is
 * least, a vertex or two lines that cross (candidates.h). To be inlined into
 * kernels (YS_HOT). */
#ifndef YS_EXACT_CROSSING_H
#define YS_EXACT_CROSSING_H

#include "solvers/exact/lines.h"

#include <stdbool.h>
#include <stdint.h>

/* Lines t sigma_k + nu_k: of all classes, or of those held (not NULL). */
typedef struct ys_lines {
  const double *sigma, *nu;
  const uint32_t *held;
  size_t n;
} ys_lines;

YS_INLINE double ys_line_nu(const ys_lines *l, size_t k) {
  return l->nu[l->held ? l->held[k] : k];
}

/* The highest line at t, of equals the first. */
YS_INLINE size_t ys_line_highest(const ys_lines *l, double t, double *top) {
  size_t best = 0;
  if (!l->held) {
    *top = ys_lines_top(l->sigma, l->nu, t, 0, l->n);
    return ys_lines_find(l->sigma, l->nu, t, *top, l->n);
  }
  *top = -INFINITY;
  for (size_t k = 0; k < l->n; k++) {
    const double line = t * l->sigma[k] + ys_line_nu(l, k);
    if (line > *top) {
      *top = line;
      best = k;
    }
  }
  return best;
}

/* The lines that are highest at the optimal t, one or two. */
typedef struct ys_crossing {
  size_t low, high;
  double t, top; /* their height */
} ys_crossing;

/* To the minimum of max(low, high) - ln t. */
YS_INLINE void ys_cross(const ys_lines *l, ys_crossing *at) {
  const double low = l->sigma[at->low], high = l->sigma[at->high];
  at->t = (ys_line_nu(l, at->low) - ys_line_nu(l, at->high)) / (high - low);
  if (!(at->t * high > 1)) {
    at->t = 1 / high;
    at->low = at->high;
  } else if (!(at->t * low < 1)) {
    at->t = 1 / low;
    at->high = at->low;
  }
}

/* The optimum of two lines; of two alike the first. */
YS_INLINE ys_crossing ys_crossing_of(const ys_lines *l, size_t a, size_t b) {
  const bool falls = l->sigma[b] < l->sigma[a];
  ys_crossing at = {falls ? b : a, falls ? a : b, 0, 0};
  if (l->sigma[at.high] > l->sigma[at.low])
    ys_cross(l, &at);
  else
    at = (ys_crossing){a, a, 1 / l->sigma[a], 0};
  return at;
}

/* Cutting planes (Kelley 1960) in one dimension, from the optimum of two lines:
 * the line that is highest at the last optimum joins the two that it lay
 * between. */
YS_INLINE ys_crossing ys_answer_from(const ys_lines *l, size_t a, size_t b) {
  enum { MOST = 64 };
  const double rounding = 4e-16;
  if (!(l->sigma[a] > 0 || l->sigma[b] > 0))
    for (size_t k = a = b = 0; k < l->n; k++)
      a = b = l->sigma[k] > l->sigma[a] ? k : a;
  ys_crossing at = ys_crossing_of(l, a, b);
  for (int i = 0; i < MOST; i++) {
    const size_t best = ys_line_highest(l, at.t, &at.top);
    const double own = at.t * l->sigma[at.low] + ys_line_nu(l, at.low);
    if (best == at.low || best == at.high ||
        !(at.top - own > rounding * (1 + fabs(at.top))))
      break;
    if (at.t * l->sigma[best] > 1)
      at.high = best;
    else
      at.low = best;
    ys_cross(l, &at);
  }
  return at;
}

/* A row's answer. */
typedef struct ys_answer {
  uint32_t low, high; /* classes; at a vertex `low` */
  double share;       /* of `high` */
} ys_answer;

/* As an answer, of all classes. */
YS_INLINE ys_answer ys_answer_at(const ys_lines *l, const ys_crossing *at) {
  ys_answer a = {.low = (uint32_t)at->low, .high = (uint32_t)at->high};
  const double low = l->sigma[at->low], high = l->sigma[at->high];
  if (at->low != at->high)
    a.share = (1 / at->t - low) / (high - low);
  return a;
}

/* What a row's answer changes by when a difference d of two multipliers does: 1
 * / d^2 between the borders of its window; and it goes all the way from one to
 * the other, or by chance, within 2 w. */
YS_INLINE float ys_weight_of(double d, double window) {
  return (float)(1 / (d * d + 2 * window));
}

#endif
