/* The rows of a proximal iteration in tiles: private to proximal.c and the
 * geometries. A gradient is never stored: it is computed from sigma, x = sigma
 * . y and the multipliers nu wherever a tile needs it. */
#ifndef YS_PROXIMAL_TILE_H
#define YS_PROXIMAL_TILE_H

#include "problems/objective/collision_tile.h"
#include "problems/objective/evaluation.h"
#include "problems/vector/tiles.h"
#include "solvers/proximal/proximal.h"

#include <math.h>

/* `groups` tiles of `count` rows and n classes side by side: column k of tile g
 * is at k * groups + g. `live` where a lane stands for a row. */
typedef struct ys_proximal_tile {
  size_t n, groups, count;
  ys_mask live;
  ys_lanes *sigma, *from, *gradient, *y;
  ys_next next;
  ys_ahead next_last; /* of what this iteration keeps, behind the tiles */
} ys_proximal_tile;

/* What stays the same from tile to tile of a block: where they come from, and
 * room for them. */
typedef struct ys_proximal_rows {
  const ys_proximal *p;
  const double *from;
  double *y;
  ys_tile_source source;
  ys_proximal_tile room;
} ys_proximal_rows;

/* The first proposal of a plain iteration finds `from` in y and keeps it. */
YS_INLINE ys_proximal_rows ys_proximal_rows_of(const ys_proximal *p,
                                               double *y) {
  const size_t n = p->objective->batch->classes;
  return (ys_proximal_rows){.p = p,
                            .from = p->fresh ? y : p->from,
                            .y = y,
                            .source =
                                ys_tile_source_of(p->objective, &p->scratch),
                            .room = {.n = n,
                                     .sigma = ys_room(&p->scratch, n, 0),
                                     .from = ys_room(&p->scratch, n, 1),
                                     .gradient = ys_room(&p->scratch, n, 2),
                                     .y = ys_room(&p->scratch, n, 3)}};
}

/* M dF/dy of the tiles' rows at y, as ys_objective_gradient has it, but no
 * steeper than the geometry can follow and within 2e100 of 0: shannon's is
 * infinite where sigma is 0, and infinity times a zero change would not be a
 * number. nu is within 1e100; `x` has sigma . y of each of the rows from i on.
 */
YS_INLINE void ys_gradient_tiles(const ys_proximal *p,
                                 const ys_proximal_tile *t, const ys_lanes *y,
                                 const double *x, size_t i,
                                 const double *restrict nu) {
  const ys_loss loss = p->objective->loss;
  const ys_lanes most = ys_all(p->steepest);
  ys_lanes slope[YS_GROUPS];
  for (size_t g = 0; g < t->groups; g++)
    slope[g] =
        ys_smaller(1 / ys_read_numbers(x, i + g * YS_LANES, t->count), most);
  for (size_t k = 0; k < t->n; k++)
    for (size_t g = 0; g < t->groups; g++) {
      const size_t at = k * t->groups + g;
      const ys_lanes sigma = t->sigma[at];
      ys_lanes fall;
      ys_fetch_next(&t->next, at);
      ys_fetch(&t->next_last, at);
      if (loss == YS_COLLISION)
        fall = slope[g] * sigma;
      else if (loss == YS_SHANNON)
        fall = ys_larger(ys_lanes_logarithm(sigma), -most);
      else
        fall = ys_smaller(ys_only(sigma > 0, sigma / y[at]), most);
      t->gradient[at] = -(fall + nu[k]);
    }
}

/* Sums over a block's rows: <gradient, y - from>, |y - from|^2 and, for
 * collision, what F needs. */
typedef struct ys_proximal_sums {
  ys_lanes linear, square;
  ys_lane_logs logs;
  ys_tile_columns columns;
} ys_proximal_sums;

YS_INLINE ys_proximal_sums ys_proximal_sums_begin(const ys_proximal *p,
                                                  size_t block) {
  const size_t n = p->objective->batch->classes;
  return (ys_proximal_sums){.logs = ys_lane_logs_begin(),
                            .columns =
                                ys_tile_columns_begin(&p->scratch, n, block)};
}

/* <gradient, y - from>, |y - from|^2 and x = sigma . y for y times a scale,
 * which it becomes, but no less than `least` where `from` is not 0. Changes
 * within the simplex sum to 0; what rounding leaves of their sum is projected
 * out, or it would drown the last descents. */
YS_INLINE void ys_add_tiles(const ys_proximal_tile *t, const ys_lanes *scale,
                            double least, ys_proximal_sums *sums, ys_lanes *x) {
  ys_lanes slope[YS_GROUPS], level[YS_GROUPS], stray[YS_GROUPS], square = {0};
  for (size_t g = 0; g < t->groups; g++)
    slope[g] = level[g] = stray[g] = x[g] = (ys_lanes){0};
  for (size_t k = 0; k < t->n; k++) {
    ys_lanes column = sums->columns.chunk[k];
    for (size_t g = 0; g < t->groups; g++) {
      const size_t at = k * t->groups + g;
      ys_lanes y = t->y[at] * scale[g];
      if (least > 0)
        y = ys_larger(y, ys_only(t->from[at] > 0, ys_all(least)));
      ys_lanes change = y - t->from[at];
      t->y[at] = y;
      slope[g] += t->gradient[at] * change;
      level[g] += t->gradient[at] * t->from[at];
      stray[g] += change;
      square += change * change;
      x[g] += t->sigma[at] * y;
      column += ys_only(t->live, y);
    }
    sums->columns.chunk[k] = column;
  }
  ys_tile_columns_next(&sums->columns, t->groups);
  for (size_t g = 0; g < t->groups; g++)
    sums->linear += ys_only(t->live, slope[g] - level[g] * stray[g]);
  sums->square += ys_only(t->live, square);
}

/* Write the proposals of rows from i on, and add them up as ys_add_tiles does.
 */
YS_INLINE void ys_take_tiles(const ys_proximal_rows *r,
                             const ys_proximal_tile *t, const ys_lanes *scale,
                             double least, size_t i, ys_proximal_sums *sums) {
  ys_lanes x[YS_GROUPS];
  ys_add_tiles(t, scale, least, sums, x);
  for (size_t g = 0; g < t->groups; g++) {
    const size_t row = i + g * YS_LANES;
    ys_write_tile(t->y + g, t->groups, t->n, t->count, r->y + row * t->n);
    if (r->p->objective->loss != YS_COLLISION)
      continue;
    ys_write_numbers(r->p->scratch.x, row, t->count, x[g]);
    ys_lane_logs_add(&sums->logs, ys_pick(t->live, x[g], ys_all(1)));
  }
}

/* The block's loss and column sums into the scratch, as ys_objective_value has
 * them. */
YS_INLINE void ys_proximal_sums_end(const ys_proximal *p, size_t block,
                                    ys_proximal_sums *sums) {
  const ys_blocks *blocks = &p->scratch.blocks;
  ys_tile_columns_end(&sums->columns);
  if (p->objective->loss == YS_COLLISION)
    p->scratch.totals[block * YS_TOTALS + YS_LOSS] = ys_collision_loss(
        &sums->logs, p->scratch.x, ys_block_begin(blocks, block),
        ys_block_end(blocks, block));
}

/* Read tiles from row i on: sigma, `from` and the gradient there. */
YS_INLINE ys_proximal_tile ys_read_proximal(const ys_proximal_rows *r, size_t i,
                                            size_t groups, size_t count) {
  const ys_proximal *p = r->p;
  const size_t n = r->room.n, step = groups * YS_LANES;
  ys_proximal_tile t = r->room;
  t.groups = groups;
  t.count = count;
  t.live = ys_live(count);
  t.next = ys_read_rows(&r->source, r->from, i, groups, count, t.sigma, t.from);
  t.next_last = ys_rows_ahead(p->last + (i + step) * n);
  if (p->fresh)
    memcpy(p->last + i * n, r->y + i * n,
           ((groups - 1) * YS_LANES + count) * n * sizeof *p->last);
  ys_gradient_tiles(p, &t, t.from, p->x, i, p->nu);
  return t;
}

#endif
