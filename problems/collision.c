#include "collision.h"

#include "collision_tile.h"
#include "simd.h"
#include "tiles.h"

/* A block's rows [begin, end), and room for a tile of them. y may be NULL. */
typedef struct walk {
  ys_tile_source sigma;
  const double *y;
  double *x; /* M */
  size_t n, begin, end;
  ys_lanes *room_sigma, *room_y;
} walk;

static walk walk_of(const ys_objective *objective, const double *y,
                    const ys_scratch *scratch, size_t block) {
  const size_t n = objective->batch->classes;
  return (walk){ys_tile_source_of(objective, scratch),
                y,
                scratch->x,
                n,
                ys_block_begin(&scratch->blocks, block),
                ys_block_end(&scratch->blocks, block),
                ys_room(scratch, n, 0),
                ys_room(scratch, n, 1)};
}

/* Read the tile that begins with row i; how many rows it has. */
YS_INLINE size_t read_rows(const walk *w, size_t i) {
  size_t left = w->end - i, count = left < YS_LANES ? left : YS_LANES;
  ys_read_sigma(&w->sigma, i, count, 1, w->room_sigma);
  if (w->y)
    ys_read_tile(w->y + i * w->n, w->n, count, 1, w->room_y);
  return count;
}

YS_INLINE void fetch_next(const walk *w, size_t i, size_t k) {
  ys_fetch_sigma(&w->sigma, i + YS_LANES, k);
  if (w->y)
    ys_fetch(w->y + (i + YS_LANES) * w->n, k);
}

YS_INLINE void keep_x(const walk *w, size_t i, size_t count, ys_lanes x) {
  for (size_t l = 0; l < count; l++)
    w->x[i + l] = x[l];
}

YS_INLINE ys_lanes kept_x(const walk *w, size_t i, size_t count) {
  ys_lanes x;
  for (size_t l = 0; l < YS_LANES; l++)
    x[l] = w->x[i + (l < count ? l : count - 1)];
  return x;
}

/* -------------------------------------------------------------- value ---- */

YS_INLINE ys_lanes value_of_tile(const walk *w, size_t i, size_t count,
                                 ys_tile_columns *columns) {
  const ys_mask live = ys_live(count);
  ys_lanes x = {0};
  for (size_t k = 0; k < w->n; k++) {
    fetch_next(w, i, k);
    x += w->room_sigma[k] * w->room_y[k];
    columns->chunk[k] += ys_only(live, w->room_y[k]);
  }
  ys_tile_columns_next(columns, 1);
  return x;
}

YS_HOT static double value_of_rows(const walk *w, ys_tile_columns *columns) {
  ys_lane_sum loss = {{0}, {0}};
  for (size_t i = w->begin; i < w->end; i += YS_LANES) {
    size_t count = read_rows(w, i);
    ys_lanes x = value_of_tile(w, i, count, columns);
    keep_x(w, i, count, x);
    ys_lane_sum_add(&loss, ys_only(ys_live(count), ys_collision_loss(x)));
  }
  ys_tile_columns_end(columns);
  return ys_lane_sum_value(&loss);
}

void ys_collision_value(const ys_objective *objective, const double *y,
                        ys_scratch *scratch, size_t block) {
  walk w = walk_of(objective, y, scratch, block);
  ys_tile_columns columns = ys_tile_columns_begin(scratch, w.n, block);
  scratch->totals[block * YS_TOTALS + YS_LOSS] = value_of_rows(&w, &columns);
}

/* ----------------------------------------------------------- gradient ---- */

YS_INLINE ys_lanes inverse(ys_lanes x) {
  return ys_smaller(1 / x, ys_all(DBL_MAX)); /* 0 times it stays 0 */
}

YS_INLINE void gradient_of_row(const double *restrict sigma, double x,
                               const double *restrict nu, size_t n,
                               double *restrict gradient) {
  const double t = fmin(1 / x, DBL_MAX);
#pragma omp simd
  for (size_t k = 0; k < n; k++)
    gradient[k] = -(t * sigma[k] + nu[k]);
}

/* Nothing is added up along a row here, so a row of some length needs no tile.
 */
YS_HOT static void gradient_of_long_rows(const walk *w,
                                         const double *restrict nu,
                                         double *restrict gradient) {
  for (size_t i = w->begin; i < w->end; i++)
    gradient_of_row(ys_batch_rows(w->sigma.batch, i, 1, w->sigma.room), w->x[i],
                    nu, w->n, gradient + i * w->n);
}

YS_HOT static void gradient_of_rows(const walk *w, const double *restrict nu,
                                    double *restrict gradient) {
  for (size_t i = w->begin; i < w->end; i += YS_LANES) {
    size_t count = read_rows(w, i);
    ys_lanes t = inverse(kept_x(w, i, count));
    for (size_t k = 0; k < w->n; k++) {
      fetch_next(w, i, k);
      w->room_y[k] = -(t * w->room_sigma[k] + nu[k]);
    }
    ys_write_tile(w->room_y, 1, w->n, count, gradient + i * w->n);
  }
}

void ys_collision_gradient(const ys_objective *objective, double *gradient,
                           const ys_scratch *scratch, size_t block) {
  walk w = walk_of(objective, NULL, scratch, block);
  if (w.n < 2 * YS_LANES)
    gradient_of_rows(&w, scratch->nu, gradient);
  else
    gradient_of_long_rows(&w, scratch->nu, gradient);
}

/* ------------------------------------------------------------ measure ---- */

typedef struct measured {
  ys_lane_sum loss;
  ys_lanes row_sum_error, least;
} measured;

YS_INLINE void measure_tile(const walk *w, size_t i, size_t count, measured *m,
                            ys_tile_columns *columns) {
  const ys_mask live = ys_live(count);
  ys_lanes signed_sum = {0}, sum = {0}, x = {0}, least = m->least;
  for (size_t k = 0; k < w->n; k++) {
    const ys_lanes y = w->room_y[k];
    ys_lanes p = ys_larger(y, ys_all(0));
    fetch_next(w, i, k);
    signed_sum += y;
    sum += p;
    x += w->room_sigma[k] * p;
    least = ys_smaller(y, least);
    w->room_y[k] = p;
  }
  ys_lanes scale = ys_only(live, 1 / sum);
  for (size_t k = 0; k < w->n; k++)
    columns->chunk[k] += w->room_y[k] * scale;
  ys_tile_columns_next(columns, 1);
  x /= sum;
  keep_x(w, i, count, x);
  ys_lane_sum_add(&m->loss, ys_only(live, ys_collision_loss(x)));
  ys_lanes error = ys_absolute(signed_sum - 1);
  m->row_sum_error = ys_larger(error, m->row_sum_error);
  /* No number counts as the worst. */
  m->least = ys_pick(error < INFINITY, least, ys_all(-INFINITY));
}

YS_HOT static void measure_rows(const walk *w, ys_tile_columns *columns,
                                double *totals) {
  measured m = {{{0}, {0}}, {0}, ys_all(INFINITY)};
  for (size_t i = w->begin; i < w->end; i += YS_LANES)
    measure_tile(w, i, read_rows(w, i), &m, columns);
  ys_tile_columns_end(columns);
  totals[YS_LOSS] = ys_lane_sum_value(&m.loss);
  totals[YS_ROW_SUM_ERROR] = -ys_least(-m.row_sum_error);
  totals[YS_LEAST_ENTRY] = ys_least(m.least);
}

void ys_collision_measure(const ys_objective *objective, const double *y,
                          ys_scratch *scratch, size_t block) {
  walk w = walk_of(objective, y, scratch, block);
  ys_tile_columns columns = ys_tile_columns_begin(scratch, w.n, block);
  measure_rows(&w, &columns, scratch->totals + block * YS_TOTALS);
}

/* ------------------------------------------------------------ certify ---- */

YS_HOT static void certify_rows(const walk *w, const double *nu,
                                double *totals) {
  const size_t left = ys_left_class(nu, w->n);
  ys_lane_sum gap = {{0}, {0}}, frank_wolfe = gap, level = gap;
  for (size_t i = w->begin; i < w->end; i += YS_LANES) {
    size_t count = read_rows(w, i);
    const ys_mask live = ys_live(count);
    ys_lanes sum = {0};
    for (size_t k = 0; k < w->n; k++) {
      fetch_next(w, i, k);
      w->room_y[k] = ys_larger(w->room_y[k], ys_all(0));
      sum += w->room_y[k];
    }
    ys_tile_gap found = ys_collision_gap(w->room_sigma, w->room_y, 1, sum,
                                         kept_x(w, i, count), nu, left, w->n);
    ys_lane_sum_add(&gap, ys_only(live, found.gap));
    ys_lane_sum_add(&frank_wolfe, ys_only(live, found.frank_wolfe));
    ys_lane_sum_add(&level, ys_only(live, found.level));
  }
  totals[YS_GAP] = ys_lane_sum_value(&gap);
  totals[YS_FRANK_WOLFE] = ys_lane_sum_value(&frank_wolfe);
  totals[YS_LEVEL] = ys_lane_sum_value(&level);
}

void ys_collision_certify(const ys_objective *objective, const double *y,
                          const double *nu, ys_scratch *scratch, size_t block) {
  walk w = walk_of(objective, y, scratch, block);
  certify_rows(&w, nu, scratch->totals + block * YS_TOTALS);
}

/* ---------------------------------------------------------- the bound ---- */

YS_HOT static double dual_of_rows(const walk *w, const double *nu) {
  const size_t left = ys_left_class(nu, w->n);
  ys_lane_sum sum = {{0}, {0}};
  for (size_t i = w->begin; i < w->end; i += YS_LANES) {
    size_t count = read_rows(w, i);
    for (size_t k = 0; k < w->n; k++)
      fetch_next(w, i, k);
    ys_lanes dual = ys_collision_dual(w->room_sigma, 1, nu, left, w->n);
    ys_lane_sum_add(&sum, ys_only(ys_live(count), dual));
  }
  return ys_lane_sum_value(&sum);
}

void ys_collision_dual_sum(const ys_objective *objective, const double *nu,
                           ys_scratch *scratch, size_t block) {
  walk w = walk_of(objective, NULL, scratch, block);
  scratch->totals[block * YS_TOTALS + YS_LOSS] = dual_of_rows(&w, nu);
}
