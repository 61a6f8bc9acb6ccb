/* The rows of a proximal iteration in tiles: private to proximal.c and the
 * geometries. A gradient is never stored: it is computed from sigma, x = sigma
 * . y and the multipliers nu wherever a tile needs it. */
#ifndef YS_PROXIMAL_TILE_H
#define YS_PROXIMAL_TILE_H

#include "../problems/logarithm.h"
#include "../problems/tiles.h"
#include "proximal.h"

#include <float.h>

/* A tile's columns, of n classes, and its number of rows; `live` where a lane
 * stands for one. */
typedef struct ys_proximal_tile {
  size_t n, count;
  ys_mask live;
  ys_lanes *sigma, *from, *gradient, *y;
} ys_proximal_tile;

YS_INLINE ys_proximal_tile ys_proximal_rooms(const ys_proximal *p) {
  const size_t n = p->objective->batch->classes;
  return (ys_proximal_tile){.n = n,
                            .sigma = ys_room(&p->scratch, n, 0),
                            .from = ys_room(&p->scratch, n, 1),
                            .gradient = ys_room(&p->scratch, n, 2),
                            .y = ys_room(&p->scratch, n, 3)};
}

/* An entry as arithmetic can use it: shannon's is infinite where sigma is 0,
 * and infinity times a zero change would not be a number. */
YS_INLINE ys_lanes ys_bounded(ys_lanes g) {
  return ys_larger(ys_smaller(g, ys_all(1e100)), ys_all(-1e100));
}

/* M dF/dy of the tile's rows at y, as ys_objective_gradient has it. */
YS_INLINE void ys_gradient_tile(ys_loss loss, const ys_lanes *restrict sigma,
                                const ys_lanes *restrict y, ys_lanes x,
                                const double *restrict nu, size_t n,
                                ys_lanes *restrict gradient) {
  const ys_lanes t = ys_smaller(1 / x, ys_all(DBL_MAX)); /* 0 t stays 0 */
  for (size_t k = 0; k < n; k++) {
    ys_lanes g;
    if (loss == YS_COLLISION)
      g = -(t * sigma[k] + nu[k]);
    else if (loss == YS_SHANNON)
      g = -ys_logarithm(sigma[k]) - nu[k];
    else
      g = -ys_only(sigma[k] > 0, sigma[k] / y[k]) - nu[k];
    gradient[k] = ys_bounded(g);
  }
}

/* <gradient, y - from>. Changes within the simplex sum to 0; what rounding
 * leaves of their sum is projected out, or it would drown the last descents. */
YS_INLINE ys_lanes ys_tile_slope(const ys_proximal_tile *t) {
  ys_lanes slope = {0}, level = {0}, stray = {0};
  for (size_t k = 0; k < t->n; k++) {
    ys_lanes change = t->y[k] - t->from[k];
    slope += t->gradient[k] * change;
    level += t->gradient[k] * t->from[k];
    stray += change;
  }
  return slope - level * stray;
}

/* Four numbers, one a row, of an array of M. */
YS_INLINE ys_lanes ys_tile_numbers(const double *of, size_t i, size_t count) {
  ys_lanes a;
  for (size_t l = 0; l < YS_LANES; l++)
    a[l] = of[i + (l < count ? l : count - 1)];
  return a;
}

/* Read the tile that begins with row i: sigma, `from` and the gradient there.
 * The first proposal of a plain iteration finds `from` in y and keeps it. */
YS_INLINE void ys_read_proximal(const ys_proximal *p, const double *y, size_t i,
                                size_t end, ys_proximal_tile *t) {
  const size_t n = t->n, at = i * n;
  const ys_tile_source source = ys_tile_source_of(p->objective, &p->scratch);
  const double *from = p->fresh ? y : p->from;
  t->count = end - i < YS_LANES ? end - i : YS_LANES;
  t->live = ys_live(t->count);
  ys_read_sigma(&source, i, t->count, 1, t->sigma);
  ys_read_tile(from + at, n, t->count, 1, t->from);
  if (p->fresh)
    memcpy(p->last + at, y + at, t->count * n * sizeof *y);
  for (size_t k = 0; k < n; k++) {
    ys_fetch_sigma(&source, i + YS_LANES, k);
    ys_fetch(from + at + YS_LANES * n, k);
  }
  ys_gradient_tile(p->objective->loss, t->sigma, t->from,
                   ys_tile_numbers(p->x, i, t->count), p->nu, n, t->gradient);
}

#endif
