/* Going through a block's rows in tiles. Private to the collision_*.c. */
#ifndef YS_COLLISION_WALK_H
#define YS_COLLISION_WALK_H

#include "problems/vector/tiles.h"

/* Rows of so many classes are read as they lie where sums along them are all
 * that is wanted: turning those costs less than turning the rows. */
enum { LONG_ROW = 32 };

/* A block's rows [begin, end), and room for a tile of them. y may be NULL. */
typedef struct walk {
  ys_tile_source sigma;
  const double *y;
  double *x; /* M */
  size_t n, begin, end;
  ys_lanes *room_sigma, *room_y;
  ys_next next; /* behind the tiles at hand */
} walk;

YS_INLINE walk walk_of(const ys_objective *objective, const double *y,
                       const ys_scratch *scratch, size_t block) {
  const size_t n = objective->batch->classes;
  return (walk){.sigma = ys_tile_source_of(objective, scratch),
                .y = y,
                .x = scratch->x,
                .n = n,
                .begin = ys_block_begin(&scratch->blocks, block),
                .end = ys_block_end(&scratch->blocks, block),
                .room_sigma = ys_room(scratch, n, 0),
                .room_y = ys_room(scratch, n, 1)};
}

/* Read tiles of sigma and y from row i on. */
YS_INLINE void read_rows(walk *w, size_t i, size_t groups, size_t count) {
  w->next =
      ys_read_rows(&w->sigma, w->y, i, groups, count, w->room_sigma, w->room_y);
}

/* Those of sigma alone. */
YS_INLINE void read_sigma(walk *w, size_t i, size_t groups, size_t count) {
  for (size_t g = 0; g < groups; g++)
    ys_read_sigma(&w->sigma, i + g * YS_LANES, count, groups,
                  w->room_sigma + g);
  w->next.sigma = ys_sigma_ahead(&w->sigma, i + groups * YS_LANES);
}

#endif
