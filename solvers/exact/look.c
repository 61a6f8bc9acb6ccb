#include "solvers/exact/look.h"

#include "problems/vector/array.h"
#include "solvers/exact/lines.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* ------------------------------------------------------------- sample ---- */

static size_t tiles_in(size_t rows) {
  return (rows + YS_LANES - 1) / YS_LANES;
}

/* Where a tile of the sample is among all. Weyl's sequence: its bits are spread
 * evenly, and follow no order that rows may lie in. */
static size_t pick(ys_look_sample sample, size_t tile) {
  const uint64_t golden = 0x9e3779b97f4a7c15;
  const size_t first = tile * sample.stride;
  if (sample.stride == 1)
    return first;
  const size_t left = tiles_in(sample.whole) - first;
  const size_t among = sample.stride < left ? sample.stride : left;
  const uint64_t chance = ((uint64_t)tile * golden) >> 32;
  return first + (size_t)(chance * among >> 32);
}

/* How many of its tiles come before one of all. */
static size_t count_before(ys_look_sample sample, size_t tile) {
  const size_t last = tile / sample.stride;
  return last * sample.stride < tile && pick(sample, last) < tile ? last + 1
                                                                  : last;
}

ys_look_sample ys_look_every(const ys_batch *batch, size_t stride) {
  const ys_share share = ys_batch_share(batch);
  ys_look_sample sample = {
      .rows = batch->rows,
      .stride = stride,
      .whole = ys_batch_whole_rows(batch),
      .before = ys_share_first_row(&share) / YS_LANES,
  };
  sample.first = count_before(sample, sample.before);
  return sample;
}

size_t ys_look_tiles(ys_look_sample sample) {
  const size_t end = sample.before + tiles_in(sample.rows);
  return count_before(sample, end) - sample.first;
}

size_t ys_look_row(ys_look_sample sample, size_t tile) {
  return (pick(sample, sample.first + tile) - sample.before) * YS_LANES;
}

size_t ys_look_rows(ys_look_sample sample) {
  const size_t last = (tiles_in(sample.whole) - 1) / sample.stride;
  const size_t left = sample.whole - pick(sample, last) * YS_LANES;
  return last * YS_LANES + (left < YS_LANES ? left : YS_LANES);
}

/* ------------------------------------------------------- what to look at ----
 */

/* Rows, multipliers, and what goes with them. */
typedef struct view {
  const ys_work *work;
  ys_look_sample sample;
  const double *nu, *tilt;
  double exact;
  double most, least, least_tilt; /* of nu, and exp(least - most) */
  const double *fall; /* K: by how much nu may have lowered the slack of a row
                         at each vertex since it was looked at; NULL: it was not
                         looked at */
} view;

/* ------------------------------------------------- many classes: rows ---- */

/* Where every product is too small for a double: by logarithms. */
static size_t vertex_by_logs(const double *sigma, const double *nu, size_t n) {
  size_t vertex = 0;
  double most = -INFINITY;
  for (size_t k = 0; k < n; k++) {
    const double value = sigma[k] > 0 ? log(sigma[k]) + nu[k] : -INFINITY;
    if (value > most) {
      most = value;
      vertex = k;
    }
  }
  return vertex;
}

/* The slack and the next class of a row at its vertex; the row that is next
 * comes meanwhile. */
YS_INLINE void look_below(const double *restrict sigma, const view *v,
                          ys_ahead next_row, size_t at, ys_look *look) {
  const size_t a = look->vertex[at];
  double top;
  const size_t next = ys_line_next(sigma, v->nu, 1 / sigma[a], v->work->classes,
                                   a, next_row, &top);
  look->next[at] = (uint32_t)next;
  look->slack[at] = (float)(1 + v->nu[a] - top);
}

/* Rows that wait to be looked at side by side; those behind the first four come
 * from memory meanwhile. */
typedef struct queue {
  size_t row[4 * YS_LANES];
  size_t at[4 * YS_LANES]; /* their places in the look */
  size_t count;
} queue;

YS_INLINE void add_row(queue *q, size_t row, size_t at) {
  q->row[q->count] = row;
  q->at[q->count++] = at;
}

YS_INLINE size_t first_of(const queue *q) {
  return q->count < YS_LANES ? q->count : YS_LANES;
}

YS_INLINE void drop_first(queue *q) {
  const size_t count = first_of(q);
  q->count -= count;
  for (size_t l = 0; l < q->count; l++) {
    q->row[l] = q->row[l + count];
    q->at[l] = q->at[l + count];
  }
}

YS_INLINE const double *read_row(const view *v, const queue *q, size_t l) {
  const size_t n = v->work->classes;
  return ys_batch_rows(v->work->objective->batch, q->row[l], 1,
                       ys_row_room(&v->work->scratch, n) + l * n);
}

/* What comes in the place of one of the first. */
YS_INLINE ys_ahead row_behind(const view *v, const queue *q, size_t l) {
  return l + YS_LANES < q->count
             ? ys_sigma_ahead(v->work->objective->batch, q->row[l + YS_LANES])
             : ys_nothing_ahead(v->nu);
}

/* Of rows whose slack is `exact` or more a bound will do: classes but for a
 * have products of the second best at most, so that their lines are
 *
 *   sigma_k / sigma_a + nu_k <= second exp(max nu - nu_k) / sigma_a + nu_k,
 *
 * which is convex in nu_k, and highest where nu_k is the largest or the least.
 */
YS_INLINE void look_at_rows(const view *v, queue *q, ys_look *look) {
  const double rounding = 1 + 0x1p-20, least_product = 1e-280;
  const size_t n = v->work->classes, count = first_of(q);
  const ys_mask bits = ys_cell_bits(n);
  const double *row[YS_LANES];
  ys_best all[YS_LANES] = {0};
  ys_lanes t = {0}, own = {0};
  for (size_t l = 0; l < count; l++) {
    row[l] = read_row(v, q, l);
    all[l] = ys_best_in_lanes(row[l], v->tilt, 0, n, bits, row_behind(v, q, l));
  }
  for (size_t l = count; l < YS_LANES; l++)
    row[l] = row[0];
  ys_best best = ys_best_of_rows(all);
  const ys_mask class = ys_best_in_cells(
      row, v->tilt, n, (ys_mask)best.most & bits, &best.second);
  for (size_t l = 0; l < count; l++) {
    const bool is_seen = best.most[l] > least_product;
    const size_t a =
        is_seen ? (size_t) class[l] : vertex_by_logs(row[l], v->nu, n);
    look->vertex[q->at[l]] = (uint32_t)a;
    t[l] = is_seen ? rounding / row[l][a] : INFINITY;
    own[l] = 1 + v->nu[a];
  }
  const ys_lanes slope = t * best.second;
  const ys_lanes bound =
      ys_smaller(own - v->most - slope, own - v->least - slope / v->least_tilt);
  for (size_t l = 0; l < count; l++) {
    look->slack[q->at[l]] = (float)bound[l];
    if (!(bound[l] >= v->exact))
      look_below(row[l], v, ys_nothing_ahead(v->nu), q->at[l], look);
  }
  drop_first(q);
}

/* Rows that were at a vertex: one pass tells whether they still are, and the
 * slack exactly. Others are `lost`. */
YS_INLINE void look_again(const view *v, queue *q, queue *lost, ys_look *look) {
  const size_t count = first_of(q);
  for (size_t l = 0; l < count; l++) {
    const size_t at = q->at[l];
    look_below(read_row(v, q, l), v, row_behind(v, q, l), at, look);
    if (!(look->slack[at] >= 0 && look->slack[at] < INFINITY))
      add_row(lost, q->row[l], at);
  }
  drop_first(q);
}

/* --------------------------------------- few classes: rows side by side ----
 */

/* Tiles, `groups` side by side, `step` = groups apart from class to class. */
YS_INLINE void look_at_tiles(const ys_lanes *restrict sigma, size_t groups,
                             size_t n, const double *restrict nu,
                             const double *restrict tilt, size_t at,
                             ys_look *look) {
  ys_lanes most[YS_GROUPS], best[YS_GROUPS], t[YS_GROUPS], top[YS_GROUPS];
  ys_lanes next[YS_GROUPS];
  uint32_t *vertex = look->vertex + at;
  float *slack = look->slack + at;
  for (size_t g = 0; g < groups; g++) {
    most[g] = best[g] = next[g] = (ys_lanes){0};
    top[g] = ys_all(-INFINITY);
  }
  for (size_t k = 0; k < n; k++)
    for (size_t g = 0; g < groups; g++) {
      const ys_lanes value = sigma[k * groups + g] * tilt[k];
      best[g] = ys_pick(value > most[g], ys_all((double)k), best[g]);
      most[g] = ys_larger(value, most[g]);
    }
  for (size_t g = 0; g < groups; g++)
    for (size_t l = 0; l < YS_LANES; l++) {
      vertex[g * YS_LANES + l] = (uint32_t)best[g][l];
      t[g][l] = 1 / sigma[vertex[g * YS_LANES + l] * groups + g][l];
    }
  for (size_t k = 0; k < n; k++)
    for (size_t g = 0; g < groups; g++) {
      const ys_lanes line = t[g] * sigma[k * groups + g] + nu[k];
      const ys_mask higher = (line > top[g]) & (best[g] != (double)k);
      next[g] = ys_pick(higher, ys_all((double)k), next[g]);
      top[g] = ys_pick(higher, line, top[g]);
    }
  for (size_t g = 0; g < groups; g++)
    for (size_t l = 0; l < YS_LANES; l++) {
      look->next[at + g * YS_LANES + l] = (uint32_t)next[g][l];
      slack[g * YS_LANES + l] =
          most[g][l] > 0 ? (float)(1 + nu[vertex[g * YS_LANES + l]] - top[g][l])
                         : -INFINITY;
    }
}

/* --------------------------------------------------------------- pass ---- */

/* Rows of a tile: those beyond the last one are as good as decided. */
YS_INLINE size_t rows_of(ys_look_sample sample, size_t row) {
  const size_t left = sample.rows - row;
  return left < YS_LANES ? left : YS_LANES;
}

/* Whether what the row was is still enough. */
YS_INLINE bool is_known(const view *v, size_t at, ys_look *look) {
  const double rounding = 1 - 0x1p-20;
  if (!v->fall)
    return false;
  const double slack =
      rounding * (double)look->slack[at] - v->fall[look->vertex[at]];
  if (slack >= v->exact)
    look->slack[at] = (float)slack;
  return slack >= v->exact;
}

/* Queues have less than two times four rows where a tile comes, which adds four
 * to them, and four of the one may be lost to the other. A row that is in
 * doubt, or not known at all, has a slack below 0. */
YS_HOT static void look_by_rows(const view *v, size_t first, size_t end,
                                ys_look *look) {
  queue fresh = {.count = 0}, again = {.count = 0};
  for (size_t tile = first; tile < end; tile++) {
    const size_t row = ys_look_row(v->sample, tile);
    for (size_t l = 0; l < rows_of(v->sample, row); l++) {
      const size_t at = tile * YS_LANES + l;
      if (!is_known(v, at, look))
        add_row(v->fall && look->slack[at] >= 0 ? &again : &fresh, row + l, at);
    }
    if (again.count >= 2 * YS_LANES)
      look_again(v, &again, &fresh, look);
    while (fresh.count >= 2 * YS_LANES)
      look_at_rows(v, &fresh, look);
  }
  while (again.count > 0)
    look_again(v, &again, &fresh, look);
  while (fresh.count > 0)
    look_at_rows(v, &fresh, look);
}

YS_INLINE void look_at_some(const view *v, const ys_tile_source *source,
                            size_t groups, size_t tile, ys_look *look) {
  const size_t n = v->work->classes;
  ys_lanes *sigma = ys_room(&v->work->scratch, n, 0);
  for (size_t g = 0; g < groups; g++) {
    const size_t row = ys_look_row(v->sample, tile + g);
    ys_read_sigma(source, row, rows_of(v->sample, row), groups, sigma + g);
  }
  look_at_tiles(sigma, groups, n, v->nu, v->tilt, tile * YS_LANES, look);
}

YS_HOT static void look_by_tiles(const view *v, size_t first, size_t end,
                                 ys_look *look) {
  const ys_tile_source source =
      ys_tile_source_of(v->work->objective, &v->work->scratch);
  size_t tile = first;
  for (; tile + YS_GROUPS <= end; tile += YS_GROUPS)
    look_at_some(v, &source, YS_GROUPS, tile, look);
  for (; tile < end; tile++)
    look_at_some(v, &source, 1, tile, look);
}

/* By how much nu has lowered slacks since the look before this one. */
static void find_fall(const ys_look *look, const double *nu, size_t n) {
  double most = -INFINITY;
  for (size_t k = 0; k < n; k++)
    most = fmax(most, nu[k] - look->nu[k]);
  for (size_t k = 0; k < n; k++)
    look->fall[k] = most - (nu[k] - look->nu[k]);
}

/* Where the neighbours begin that a tile of the sample stands for; of the first
 * one those, too, that a tile of the rank before does. */
static size_t group_begin(ys_look_sample from, size_t tile) {
  return tile ? (from.first + tile) * from.stride - from.before : 0;
}

/* Rows of tiles [first, end) are in doubt. */
static void doubt(ys_look *look, size_t first, size_t end) {
  for (size_t i = first * YS_LANES; i < end * YS_LANES; i++) {
    look->vertex[i] = look->next[i] = 0;
    look->slack[i] = -1;
  }
}

/* What was found of a sample's tile, of `count`, to where it is among all; the
 * others that it stands for are in doubt. The first tile may be among them. */
static void spread_tile(ys_look_sample from, size_t tile, size_t count,
                        ys_look *look) {
  const size_t at = tile * YS_LANES, to = ys_look_row(from, tile);
  uint32_t vertex[YS_LANES], next[YS_LANES];
  float slack[YS_LANES];
  memcpy(vertex, look->vertex + at, sizeof vertex);
  memcpy(next, look->next + at, sizeof next);
  memcpy(slack, look->slack + at, sizeof slack);
  doubt(look, group_begin(from, tile),
        tile + 1 < count ? group_begin(from, tile + 1) : tiles_in(from.rows));
  memcpy(look->vertex + to, vertex, sizeof vertex);
  memcpy(look->next + to, next, sizeof next);
  memcpy(look->slack + to, slack, sizeof slack);
}

/* The first of the tiles before `end` whose place is beyond them all, or the
 * last: its place is beyond the others. */
static size_t first_beyond(ys_look_sample from, size_t end) {
  const size_t tile = (from.before + end + from.stride - 1) / from.stride;
  return tile - from.first < end ? tile - from.first : end - 1;
}

/* All of a sample's tiles. A tile's rows go to stride times as far on: where
 * that is beyond all that is left to be moved, tiles wait for no other, and
 * memory that nobody has touched yet is touched by blocks. */
static void spread(const ys_work *work, ys_look *look, ys_look_sample from) {
  const size_t count = ys_look_tiles(from);
  if (count == 0)
    doubt(look, 0, tiles_in(from.rows));
  for (size_t end = count, first; end > 0; end = first) {
    first = end > 1 ? first_beyond(from, end) : 0;
    const ys_blocks blocks =
        ys_blocks_make(end - first, from.stride * YS_LANES);
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_block_threads(&blocks, work->objective->threads))
    for (size_t block = 0; block < blocks.count; block++)
      for (size_t tile = ys_block_begin(&blocks, block);
           tile < ys_block_end(&blocks, block); tile++)
        spread_tile(from, first + tile, count, look);
  }
  look->stride = 1;
}

static view open_view(const ys_work *work, ys_look_sample sample,
                      const double *nu, const double *tilt, double exact,
                      const ys_look *look) {
  view v = {work, sample, nu, tilt, exact, -INFINITY, INFINITY, INFINITY, NULL};
  for (size_t k = 0; k < work->classes; k++) {
    v.most = fmax(v.most, nu[k]);
    v.least = fmin(v.least, nu[k]);
    v.least_tilt = fmin(v.least_tilt, tilt[k]);
  }
  if (look->stride == sample.stride) {
    find_fall(look, nu, work->classes);
    v.fall = look->fall;
  }
  return v;
}

void ys_look_init(ys_look *look, ys_memory *memory, size_t rows,
                  size_t classes) {
  const size_t places = ys_times(tiles_in(rows), YS_LANES);
  const char *what = "a look at rows";
  look->vertex = ys_take(memory, places, sizeof *look->vertex, what);
  look->next = ys_take(memory, places, sizeof *look->next, what);
  look->slack = ys_take(memory, places, sizeof *look->slack, what);
  look->nu = ys_take_numbers(memory, classes, what);
  look->fall = ys_take_numbers(memory, classes, what);
}

void ys_look_at(const ys_work *work, ys_look_sample sample, const double *nu,
                const double *tilt, double exact, ys_look *look) {
  const size_t tiles = ys_look_tiles(sample);
  const ys_blocks blocks = ys_blocks_make(tiles, work->classes * YS_LANES);
  if (work->classes >= YS_SIDE_BY_SIDE && look->stride > 1 &&
      sample.stride == 1)
    spread(work, look, ys_look_every(work->objective->batch, look->stride));
  const view v = open_view(work, sample, nu, tilt, exact, look);
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_block_threads(&blocks, ys_work_threads(work)))
  for (size_t block = 0; block < blocks.count; block++)
    (work->classes < YS_SIDE_BY_SIDE ? look_by_tiles : look_by_rows)(
        &v, ys_block_begin(&blocks, block), ys_block_end(&blocks, block), look);
  for (size_t at = tiles * YS_LANES; at-- > 0;) {
    const size_t l = at % YS_LANES;
    if (ys_look_row(sample, at / YS_LANES) + l < sample.rows)
      break;
    look->slack[at] = INFINITY;
  }
  look->stride = sample.stride;
  memcpy(look->nu, nu, work->classes * sizeof *nu);
}

/* Positive floats' bits are in the order of the numbers: eight bins an octave.
 */
enum { SHIFT = 20, BINS = 1 << 11 };

/* The least number of a bin. */
static double edge_of(size_t bin) {
  const uint32_t bits = (uint32_t)bin << SHIFT;
  float edge;
  memcpy(&edge, &bits, sizeof edge);
  return edge < INFINITY ? (double)edge : DBL_MAX;
}

static void count_slacks(const ys_work *work, const ys_look *look,
                         ys_look_sample sample, int64_t *bins) {
  const ys_blocks blocks = ys_blocks_make(ys_look_tiles(sample), YS_LANES);
#pragma omp parallel for schedule(static) reduction(+ : bins[ : BINS])         \
    num_threads(ys_block_threads(&blocks, work->objective->threads))
  for (size_t i = 0; i < blocks.rows * YS_LANES; i++) {
    uint32_t bits;
    memcpy(&bits, &look->slack[i], sizeof bits);
    bins[look->slack[i] > 0 ? bits >> SHIFT : 0]++;
  }
}

/* The first bin up to whose end there are more than `wanted` rows. Ranks send
 * it by digits, which is little: sums of so many ranges of bins, then of those
 * of the range that it is in. */
static size_t find_bin(const ys_ranks *ranks, const int64_t *bins,
                       size_t wanted) {
  enum { DIGITS = 8 };
  size_t first = 0, width = BINS;
  int64_t before = 0;
  while (width > 1) {
    int64_t sums[DIGITS] = {0}, room[DIGITS];
    const size_t step = (width + DIGITS - 1) / DIGITS;
    for (size_t bin = first; bin < first + width; bin++)
      sums[(bin - first) / step] += bins[bin];
    ys_ranks_sum(ranks, sums, room, DIGITS);
    size_t digit = 0;
    while (digit < width / step - 1 && before + sums[digit] <= (int64_t)wanted)
      before += sums[digit++];
    first += digit * step;
    width = step;
  }
  return first;
}

size_t ys_look_below(const ys_look *look, double width, size_t first,
                     size_t end) {
  size_t found = 0;
  for (size_t at = first; at < end; at++)
    found += (double)look->slack[at] < width;
  return found;
}

/* Of the whole sample, of all ranks. */
static size_t count_below(const ys_work *work, const ys_look *look,
                          ys_look_sample sample, double width) {
  const ys_blocks blocks = ys_blocks_make(ys_look_tiles(sample), YS_LANES);
  int64_t below = 0, room;
#pragma omp parallel for schedule(static) reduction(+ : below)                 \
    num_threads(ys_block_threads(&blocks, work->objective->threads))
  for (size_t block = 0; block < blocks.count; block++)
    below += (int64_t)ys_look_below(look, width,
                                    ys_block_begin(&blocks, block) * YS_LANES,
                                    ys_block_end(&blocks, block) * YS_LANES);
  ys_ranks_sum(work->objective->batch->ranks, &below, &room, 1);
  return (size_t)below;
}

/* As a rule no more need be known than that they are not too many. */
double ys_look_width(const ys_work *work, const ys_look *look,
                     ys_look_sample sample, double width, size_t wanted) {
  int64_t bins[BINS] = {0};
  if (count_below(work, look, sample, width) <= wanted)
    return width;
  count_slacks(work, look, sample, bins);
  return fmin(width,
              edge_of(find_bin(work->objective->batch->ranks, bins, wanted)));
}
