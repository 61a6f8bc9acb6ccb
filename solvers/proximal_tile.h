/* The rows of a proximal iteration in tiles: private to proximal.c and the
 * geometries. A gradient is never stored: it is computed from sigma, x = sigma
 * . y and the multipliers nu wherever a tile needs it. */
#ifndef YS_PROXIMAL_TILE_H
#define YS_PROXIMAL_TILE_H

#include "../problems/collision_tile.h"
#include "../problems/evaluation.h"
#include "../problems/tiles.h"
#include "proximal.h"

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

/* M dF/dy of the tile's rows at y, as ys_objective_gradient has it, within
 * 2e100 of 0: shannon's is infinite where sigma is 0, and infinity times a zero
 * change would not be a number. nu is within 1e100. */
YS_INLINE void ys_gradient_tile(ys_loss loss, const ys_lanes *restrict sigma,
                                const ys_lanes *restrict y, ys_lanes x,
                                const double *restrict nu, size_t n,
                                ys_lanes *restrict gradient) {
  const ys_lanes most = ys_all(1e100), t = ys_smaller(1 / x, most);
  for (size_t k = 0; k < n; k++) {
    ys_lanes fall;
    if (loss == YS_COLLISION)
      fall = t * sigma[k];
    else if (loss == YS_SHANNON)
      fall = ys_larger(ys_logarithm(sigma[k]), -most);
    else
      fall = ys_smaller(ys_only(sigma[k] > 0, sigma[k] / y[k]), most);
    gradient[k] = -(fall + nu[k]);
  }
}

/* Sums over a block's rows: <gradient, y - from>, |y - from|^2 and, for
 * collision, what F needs. */
typedef struct ys_proximal_sums {
  ys_lanes linear, square;
  ys_lane_sum loss;
  ys_tile_columns columns;
} ys_proximal_sums;

YS_INLINE ys_proximal_sums ys_proximal_sums_begin(const ys_proximal *p,
                                                  size_t block) {
  const size_t n = p->objective->batch->classes;
  return (ys_proximal_sums){.columns =
                                ys_tile_columns_begin(&p->scratch, n, block)};
}

/* <gradient, y - from>, |y - from|^2 and x = sigma . y for y times a scale,
 * which it becomes. Changes within the simplex sum to 0; what rounding leaves
 * of their sum is projected out, or it would drown the last descents. */
YS_INLINE ys_lanes ys_add_tile(const ys_proximal_tile *t, ys_lanes scale,
                               ys_proximal_sums *sums) {
  ys_lanes slope = {0}, level = {0}, stray = {0}, square = {0}, x = {0};
  for (size_t k = 0; k < t->n; k++) {
    ys_lanes y = t->y[k] * scale, change = y - t->from[k];
    t->y[k] = y;
    slope += t->gradient[k] * change;
    level += t->gradient[k] * t->from[k];
    stray += change;
    square += change * change;
    x += t->sigma[k] * y;
    sums->columns.chunk[k] += ys_only(t->live, y);
  }
  ys_tile_columns_next(&sums->columns, 1);
  sums->linear += ys_only(t->live, slope - level * stray);
  sums->square += ys_only(t->live, square);
  return x;
}

/* Write a tile's proposal, y times a scale, and add it up. */
YS_INLINE void ys_take_tile(const ys_proximal *p, const ys_proximal_tile *t,
                            ys_lanes scale, size_t i, double *y,
                            ys_proximal_sums *sums) {
  ys_lanes x = ys_add_tile(t, scale, sums);
  ys_write_tile(t->y, 1, t->n, t->count, y + i * t->n);
  if (p->objective->loss != YS_COLLISION)
    return;
  for (size_t l = 0; l < t->count; l++)
    p->scratch.x[i + l] = x[l];
  ys_lane_sum_add(&sums->loss, ys_only(t->live, ys_collision_loss(x)));
}

/* The block's loss and column sums into the scratch, as ys_objective_value has
 * them. */
YS_INLINE void ys_proximal_sums_end(const ys_proximal *p, size_t block,
                                    ys_proximal_sums *sums) {
  ys_tile_columns_end(&sums->columns);
  p->scratch.totals[block * YS_TOTALS + YS_LOSS] =
      ys_lane_sum_value(&sums->loss);
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
    if (p->fresh)
      ys_fetch(p->last + at + YS_LANES * n, k);
  }
  ys_gradient_tile(p->objective->loss, t->sigma, t->from,
                   ys_tile_numbers(p->x, i, t->count), p->nu, n, t->gradient);
}

#endif
