/* Going through a block's rows in tiles. Private to the collision_*.c. */
#ifndef YS_COLLISION_WALK_H
#define YS_COLLISION_WALK_H

#include "problems/objective/labelrows.h"
#include "problems/vector/tiles.h"

/* Rows of so many classes are read as they lie where sums along them are all
 * that is wanted: turning those costs less than turning the rows. */
enum { LONG_ROW = 32 };

/* A block's rows [begin, end), and room for a tile of them. y may be NULL. */
typedef struct walk {
  ys_tile_source sigma;
  ys_label_rows y;
  double *x; /* M */
  size_t n, begin, end;
  ys_lanes *room_sigma, *room_y;
  ys_next next; /* behind the tiles at hand */
} walk;

YS_INLINE walk walk_of(const ys_objective *objective, const ys_labels *y,
                       const ys_scratch *scratch, size_t block) {
  const size_t n = objective->batch->classes;
  return (walk){.sigma = ys_tile_source_of(objective, scratch),
                .y = y ? ys_label_rows_of(y, scratch)
                       : (ys_label_rows){.labels = NULL},
                .x = scratch->x,
                .n = n,
                .begin = ys_block_begin(&scratch->blocks, block),
                .end = ys_block_end(&scratch->blocks, block),
                .room_sigma = ys_room(scratch, n, 0),
                .room_y = ys_room(scratch, n, 1)};
}

/* One entry of sigma, as the tiles have it. */
YS_INLINE double sigma_at(const ys_batch *batch, size_t i, size_t k) {
  const size_t at = i * batch->classes + k;
  return batch->sigma ? batch->sigma[at]
                      : (double)batch->recorded[at] / batch->sum[i] + 0.0;
}

/* Read tiles of sigma and y from row i on. */
YS_INLINE void read_rows(walk *w, size_t i, size_t groups, size_t count) {
  const size_t next = i + groups * YS_LANES;
  for (size_t g = 0; g < groups; g++) {
    const size_t row = i + g * YS_LANES;
    ys_read_sigma(&w->sigma, row, count, groups, w->room_sigma + g);
    ys_read_tile(ys_label_rows_at(&w->y, row, count), w->n, count, groups,
                 w->room_y + g);
  }
  w->next = (ys_next){ys_sigma_ahead(w->sigma.batch, next),
                      ys_label_rows_ahead(&w->y, next)};
}

/* Those of sigma alone. */
YS_INLINE void read_sigma(walk *w, size_t i, size_t groups, size_t count) {
  for (size_t g = 0; g < groups; g++)
    ys_read_sigma(&w->sigma, i + g * YS_LANES, count, groups,
                  w->room_sigma + g);
  w->next.sigma = ys_sigma_ahead(w->sigma.batch, i + groups * YS_LANES);
}

#endif
