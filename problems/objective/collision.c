#include "problems/objective/collision.h"

#include "problems/objective/collision_tile.h"
#include "problems/objective/collision_walk.h"
#include "problems/vector/simd.h"

/* -------------------------------------------------------------- value ---- */

/* x_i = sigma_i . y_i, ln x_i added to `logs`, y_ik to the columns. */
YS_INLINE void value_of_tiles(size_t i, size_t groups, size_t count, walk *w,
                              ys_lane_logs *logs, ys_tile_columns *columns) {
  const ys_mask live = ys_live(count);
  ys_lanes x[YS_GROUPS];
  read_rows(w, i, groups, count);
  for (size_t g = 0; g < groups; g++)
    x[g] = (ys_lanes){0};
  for (size_t k = 0; k < w->n; k++) {
    ys_lanes column = columns->chunk[k];
    for (size_t g = 0; g < groups; g++) {
      const ys_lanes y = w->room_y[k * groups + g];
      ys_fetch_next(&w->next, k * groups + g);
      x[g] += w->room_sigma[k * groups + g] * y;
      column += ys_only(live, y);
    }
    columns->chunk[k] = column;
  }
  ys_tile_columns_next(columns, groups);
  for (size_t g = 0; g < groups; g++) {
    ys_write_numbers(w->x, i + g * YS_LANES, count, x[g]);
    ys_lane_logs_add(logs, ys_pick(live, x[g], ys_all(1)));
  }
}

YS_HOT static double value_of_rows(walk *w, ys_tile_columns *columns) {
  ys_lane_logs logs = ys_lane_logs_begin();
  YS_BY_TILES(2, w->n, w->begin, w->end, value_of_tiles, w, &logs, columns);
  ys_tile_columns_end(columns);
  return ys_collision_loss(&logs, w->x, w->begin, w->end);
}

/* sigma . y, and y added to the chunk. */
YS_INLINE double value_of_row(const double *restrict sigma,
                              const double *restrict y, size_t n,
                              double *restrict chunk) {
  double x = 0;
#pragma omp simd reduction(+ : x)
  for (size_t k = 0; k < n; k++) {
    x += sigma[k] * y[k];
    chunk[k] += y[k];
  }
  return x;
}

/* Long rows are read once, and the sum across a vector at their ends costs
 * less than turning them into tiles. */
YS_HOT static double value_of_long_rows(walk *w, ys_columns *columns) {
  ys_lane_logs logs = ys_lane_logs_begin();
  for (size_t i = w->begin; i < w->end; i += YS_LANES) {
    ys_lanes x = ys_all(1);
    for (size_t l = 0; l < YS_LANES && i + l < w->end; l++) {
      w->x[i + l] = x[l] =
          value_of_row(ys_batch_rows(w->sigma.batch, i + l, 1, w->sigma.room),
                       ys_label_rows_at(&w->y, i + l, 1), w->n, columns->chunk);
      ys_columns_next(columns);
    }
    ys_lane_logs_add(&logs, x);
  }
  ys_columns_end(columns);
  return ys_collision_loss(&logs, w->x, w->begin, w->end);
}

void ys_collision_value(const ys_objective *objective, const ys_labels *y,
                        ys_scratch *scratch, size_t block) {
  walk w = walk_of(objective, y, scratch, block);
  double *loss = scratch->totals + block * YS_TOTALS + YS_LOSS;
  if (w.n < LONG_ROW) {
    ys_tile_columns columns = ys_tile_columns_begin(scratch, w.n, block);
    *loss = value_of_rows(&w, &columns);
  } else {
    ys_columns columns = ys_columns_begin(scratch, w.n, block);
    *loss = value_of_long_rows(&w, &columns);
  }
}

/* ----------------------------------------------------------- gradient ---- */

/* G_ik = -(t_i sigma_ik + nu_k), t_i = 1 / x_i (method.md, 1). */

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

YS_INLINE void gradient_of_tiles(size_t i, size_t groups, size_t count, walk *w,
                                 const double *restrict nu,
                                 double *restrict gradient) {
  read_sigma(w, i, groups, count);
  for (size_t g = 0; g < groups; g++) {
    const size_t row = i + g * YS_LANES;
    ys_lanes t = inverse(ys_read_numbers(w->x, row, count));
    for (size_t k = 0; k < w->n; k++) {
      ys_fetch(&w->next.sigma, k * groups + g);
      w->room_y[k] = -(t * w->room_sigma[k * groups + g] + nu[k]);
    }
    ys_write_tile(w->room_y, 1, w->n, count, gradient + row * w->n);
  }
}

YS_HOT static void gradient_of_rows(walk *w, const double *restrict nu,
                                    double *restrict gradient) {
  YS_BY_TILES(1, w->n, w->begin, w->end, gradient_of_tiles, w, nu, gradient);
}

void ys_collision_gradient(const ys_objective *objective, double *gradient,
                           const ys_scratch *scratch, size_t block) {
  walk w = walk_of(objective, NULL, scratch, block);
  if (w.n < 2 * YS_LANES)
    gradient_of_rows(&w, scratch->nu, gradient);
  else
    gradient_of_long_rows(&w, scratch->nu, gradient);
}

/* ------------------------------------------------------- the top class ---- */

YS_INLINE void tops_of_tiles(size_t i, size_t groups, size_t count, walk *w,
                             uint32_t *top) {
  ys_peak peaks[YS_GROUPS] = {{{0}, {0}}};
  read_sigma(w, i, groups, count);
  for (size_t g = 0; g < groups; g++)
    peaks[g].value = ys_all(-INFINITY);
  for (size_t k = 0; k < w->n; k++)
    for (size_t g = 0; g < groups; g++) {
      ys_fetch(&w->next.sigma, k * groups + g);
      ys_meet(peaks + g, w->room_sigma[k * groups + g], ys_all((double)k));
    }
  for (size_t g = 0; g < groups; g++)
    for (size_t l = 0; l < count; l++)
      top[i + g * YS_LANES + l] = (uint32_t)peaks[g].label[l];
}

YS_HOT static void tops_of_rows(walk *w, uint32_t *top) {
  YS_BY_TILES(1, w->n, w->begin, w->end, tops_of_tiles, w, top);
}

/* The first class of a long row's largest number, run by run: the first run
 * that holds it is searched. Rows kept as float32 are read as they were
 * recorded: no division by a sum changes their order. */
#define FIND_TOP(type, row, n, top)                                            \
  do {                                                                         \
    enum { RUN_ = 64 };                                                        \
    type most_ = -1;                                                           \
    size_t first_ = 0, k_ = 0;                                                 \
    for (size_t begin_ = 0; begin_ < (n); begin_ += RUN_) {                    \
      const size_t end_ = (n)-begin_ > RUN_ ? begin_ + RUN_ : (n);             \
      type highest_ = -1;                                                      \
      _Pragma("omp simd reduction(max : highest_)") for (k_ = begin_;          \
                                                         k_ < end_; k_++)      \
          highest_ = (row)[k_] > highest_ ? (row)[k_] : highest_;              \
      first_ = highest_ > most_ ? begin_ : first_;                             \
      most_ = highest_ > most_ ? highest_ : most_;                             \
    }                                                                          \
    for (k_ = first_; (row)[k_] < most_; k_++)                                 \
      ;                                                                        \
    (top) = (uint32_t)k_;                                                      \
  } while (0)

YS_HOT static void tops_of_long_rows(const ys_batch *batch, size_t begin,
                                     size_t end, uint32_t *top) {
  const size_t n = batch->classes;
  for (size_t i = begin; batch->sigma && i < end; i++)
    FIND_TOP(double, batch->sigma + i * n, n, top[i]);
  for (size_t i = begin; !batch->sigma && i < end; i++)
    FIND_TOP(float, batch->recorded + i * n, n, top[i]);
}

void ys_collision_tops(const ys_objective *objective, ys_scratch *scratch,
                       size_t block) {
  walk w = walk_of(objective, NULL, scratch, block);
  if (w.n < LONG_ROW)
    tops_of_rows(&w, scratch->top);
  else
    tops_of_long_rows(objective->batch, w.begin, w.end, scratch->top);
}

/* The lines of the walk's tiles from row i on. */
YS_INLINE ys_lines lines_of(const walk *w, const ys_lines *block, size_t i,
                            size_t groups, size_t count) {
  ys_lines lines = *block;
  lines.sigma = w->room_sigma;
  lines.groups = groups;
  lines.count = count;
  lines.top += i;
  return lines;
}

static ys_lines lines_of_block(const walk *w, const double *nu,
                               const uint32_t *top) {
  return (ys_lines){
      .n = w->n, .nu = nu, .left = ys_left_class(nu, w->n), .top = top};
}

/* ------------------------------------------------------------ certify ---- */

typedef struct certified {
  ys_lane_sum gap, frank_wolfe, level;
} certified;

/* Sums of gap_i (method.md, 2, "The gap"), of the same at t_i = 1 / x_i (that
 * is Frank-Wolfe's where nu is y's own), and of |h_i|. */
YS_INLINE void certify_tiles(size_t i, size_t groups, size_t count, walk *w,
                             const ys_lines *block, certified *c) {
  const ys_mask live = ys_live(count);
  ys_lanes sum[YS_GROUPS], x[YS_GROUPS];
  ys_tile_gap found[YS_GROUPS], all = {.gap = {0}};
  read_rows(w, i, groups, count);
  for (size_t g = 0; g < groups; g++) {
    sum[g] = (ys_lanes){0};
    x[g] = ys_read_numbers(w->x, i + g * YS_LANES, count);
    for (size_t k = 0; k < w->n; k++) {
      ys_lanes *y = w->room_y + k * groups + g;
      ys_fetch_next(&w->next, k * groups + g);
      *y = ys_larger(*y, ys_all(0));
      sum[g] += *y;
    }
  }
  const ys_lines lines = lines_of(w, block, i, groups, count);
  ys_collision_gaps(&lines, w->room_y, sum, x, found);
  for (size_t g = 0; g < groups; g++) {
    all.gap += ys_only(live, found[g].gap);
    all.frank_wolfe += ys_only(live, found[g].frank_wolfe);
    all.level += ys_only(live, found[g].level);
  }
  ys_lane_sum_add(&c->gap, all.gap);
  ys_lane_sum_add(&c->frank_wolfe, all.frank_wolfe);
  ys_lane_sum_add(&c->level, all.level);
}

YS_HOT static void certify_rows(walk *w, const ys_lines *block,
                                double *totals) {
  certified c = {{{0}, {0}}, {{0}, {0}}, {{0}, {0}}};
  YS_BY_TILES(2, w->n, w->begin, w->end, certify_tiles, w, block, &c);
  totals[YS_GAP] = ys_lane_sum_value(&c.gap);
  totals[YS_FRANK_WOLFE] = ys_lane_sum_value(&c.frank_wolfe);
  totals[YS_LEVEL] = ys_lane_sum_value(&c.level);
}

void ys_collision_certify(const ys_objective *objective, const ys_labels *y,
                          const double *nu, ys_scratch *scratch, size_t block) {
  walk w = walk_of(objective, y, scratch, block);
  const ys_lines lines = lines_of_block(&w, nu, scratch->top);
  certify_rows(&w, &lines, scratch->totals + block * YS_TOTALS);
}

/* ---------------------------------------------------------- the bound ---- */

/* sum_i phi_i(nu) = sum_i (1 + ln t_i - max_k (t_i sigma_ik + nu_k))
 * (method.md, 2): ln t_i goes into `logs`, the others into `rest`. */
YS_INLINE void dual_of_tiles(size_t i, size_t groups, size_t count, walk *w,
                             const ys_lines *block, ys_lane_logs *logs,
                             ys_lane_sum *rest) {
  read_sigma(w, i, groups, count);
  const ys_lines lines = lines_of(w, block, i, groups, count);
  ys_lane_sum_add(rest, ys_collision_duals(&lines, &w->next.sigma, logs));
}

/* Where some ln t is no number, there is no bound. */
YS_HOT static double dual_of_rows(walk *w, const ys_lines *block) {
  ys_lane_logs logs = ys_lane_logs_begin();
  ys_lane_sum rest = {{0}, {0}};
  double value;
  YS_BY_TILES(1, w->n, w->begin, w->end, dual_of_tiles, w, block, &logs, &rest);
  return ys_lane_logs_value(&logs, &value) ? value + ys_lane_sum_value(&rest)
                                           : -INFINITY;
}

/* Where all nu are equal the line of the largest sigma is the highest at any t:
 * t = 1 / sigma, and the numbers are those of the search. */
YS_INLINE void even_dual_of_tiles(size_t i, size_t groups, size_t count,
                                  const walk *w, const ys_lines *block,
                                  ys_lane_logs *logs, ys_lane_sum *rest) {
  const ys_mask live = ys_live(count);
  ys_lanes sum = {0};
  for (size_t g = 0; g < groups; g++) {
    ys_lanes sigma;
    for (size_t l = 0; l < YS_LANES; l++) {
      const size_t row = i + g * YS_LANES + (l < count ? l : count - 1);
      sigma[l] = sigma_at(w->sigma.batch, row, block->top[row]);
    }
    const ys_lanes t = 1 / sigma;
    sum += ys_only(live, 1 - (t * sigma + block->nu[0]));
    ys_lane_logs_add(logs, ys_pick(live, t, ys_all(1)));
  }
  ys_lane_sum_add(rest, sum);
}

YS_HOT static double even_dual_of_rows(const walk *w, const ys_lines *block) {
  ys_lane_logs logs = ys_lane_logs_begin();
  ys_lane_sum rest = {{0}, {0}};
  double value;
  YS_BY_TILES(1, w->n, w->begin, w->end, even_dual_of_tiles, w, block, &logs,
              &rest);
  return ys_lane_logs_value(&logs, &value) ? value + ys_lane_sum_value(&rest)
                                           : -INFINITY;
}

static bool is_even(const double *nu, size_t n) {
  for (size_t k = 1; k < n; k++)
    if (nu[k] != nu[0])
      return false;
  return true;
}

void ys_collision_dual_sum(const ys_objective *objective, const double *nu,
                           ys_scratch *scratch, size_t block) {
  walk w = walk_of(objective, NULL, scratch, block);
  const ys_lines lines = lines_of_block(&w, nu, scratch->top);
  scratch->totals[block * YS_TOTALS + YS_LOSS] =
      is_even(nu, w.n) ? even_dual_of_rows(&w, &lines)
                       : dual_of_rows(&w, &lines);
}
