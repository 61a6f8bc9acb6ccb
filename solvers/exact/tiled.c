#include "solvers/exact/tiled.h"

#include <math.h>

/* -------------------------------------------------------------- reading ----
 */

static ys_blocks blocks_of(const ys_candidates *c, const ys_work *work) {
  const size_t tiles = (c->rows + YS_LANES - 1) / YS_LANES;
  return ys_blocks_make(tiles, work->classes * YS_LANES);
}

/* How many rows a tile has, whose first is candidate j. */
YS_INLINE size_t rows_of(const ys_candidates *c, size_t j) {
  return c->rows - j < YS_LANES ? c->rows - j : YS_LANES;
}

YS_HOT static void read_tiles(ys_candidates *c, const ys_work *work,
                              size_t first, size_t end) {
  enum { TILES_AHEAD = 4, LINES = 8 };
  const size_t n = work->classes;
  const ys_tile_source source =
      ys_tile_source_of(work->objective, &work->scratch);
  for (size_t tile = first; tile < end; tile++) {
    const size_t j = tile * YS_LANES, count = rows_of(c, j);
    size_t row[YS_LANES];
    for (size_t l = 0; l < YS_LANES; l++)
      row[l] = c->row[j + (l < count ? l : count - 1)];
    for (size_t l = 0; tile + TILES_AHEAD < end && l < YS_LANES; l++)
      ys_fetch_row(source.batch, c->row[j + TILES_AHEAD * YS_LANES + l], LINES);
    ys_read_sigma_rows(&source, row, 1, c->tile + tile * n);
  }
}

void ys_tiled_read(ys_candidates *c, const ys_work *work) {
  const ys_blocks blocks = blocks_of(c, work);
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_block_threads(&blocks, ys_work_threads(work)))
  for (size_t block = 0; block < blocks.count; block++)
    read_tiles(c, work, ys_block_begin(&blocks, block),
               ys_block_end(&blocks, block));
}

/* --------------------------------------------------------------- a tile ----
 *
 * The steps are those of ys_answer_from, of all rows of a tile together: one
 * that has come to its end stays there. */

typedef struct lines {
  const ys_lanes *sigma; /* n */
  const double *nu;      /* n */
  size_t n;
} lines;

/* A line of each row. */
typedef struct line {
  ys_mask class;
  ys_lanes sigma, nu;
} line;

/* The two that cross, or at a vertex twice the same. */
typedef struct crossing {
  line low, high;
  ys_lanes t, top; /* their height */
  ys_mask mixed;   /* they are two */
} crossing;

YS_INLINE ys_lanes numbers_at(const double *of, ys_mask class) {
  return (ys_lanes){of[class[0]], of[class[1]], of[class[2]], of[class[3]]};
}

YS_INLINE line line_of(const lines *l, ys_mask class) {
  const ys_lanes sigma = {l->sigma[class[0]][0], l->sigma[class[1]][1],
                          l->sigma[class[2]][2], l->sigma[class[3]][3]};
  return (line){class, sigma, numbers_at(l->nu, class)};
}

YS_INLINE ys_mask pick_class(ys_mask where, ys_mask yes, ys_mask no) {
  return (where & yes) | (~where & no);
}

YS_INLINE line pick_line(ys_mask where, line yes, line no) {
  return (line){pick_class(where, yes.class, no.class),
                ys_pick(where, yes.sigma, no.sigma),
                ys_pick(where, yes.nu, no.nu)};
}

/* To the minimum of max(low, high) - ln t, where low's sigma is no more than
 * high's. */
YS_INLINE void cross(crossing *at) {
  const ys_lanes d = at->low.nu - at->high.nu;
  const ys_lanes gap = at->high.sigma - at->low.sigma;
  const ys_mask high = ~(d * at->high.sigma > gap); /* the vertex */
  const ys_mask low = ~high & ~(d * at->low.sigma < gap);
  at->mixed = ~(high | low);
  at->low = pick_line(high, at->high, at->low);
  at->high = pick_line(low, at->low, at->high);
  at->t =
      ys_pick(at->mixed, d, ys_all(1)) / ys_pick(at->mixed, gap, at->low.sigma);
  at->top = at->t * at->low.sigma + at->low.nu;
}

/* Where neither class of an answer is seen, the brightest. */
YS_INLINE void find_bright(const lines *l, line *a, line *b) {
  const ys_mask dark = (a->sigma <= 0) & (b->sigma <= 0);
  ys_lanes most = {0};
  ys_mask best = {0}, now = {0};
  if (!ys_any(dark))
    return;
  for (size_t k = 0; k < l->n; k++, now += 1) {
    const ys_mask more = l->sigma[k] > most;
    best = pick_class(more, now, best);
    most = ys_pick(more, l->sigma[k], most);
  }
  const line bright = line_of(l, best);
  *a = pick_line(dark, bright, *a);
  *b = pick_line(dark, bright, *b);
}

YS_INLINE crossing begin_at(const lines *l, const ys_answer *last) {
  const ys_mask low = {last[0].low, last[1].low, last[2].low, last[3].low};
  const ys_mask high = {last[0].high, last[1].high, last[2].high, last[3].high};
  line a = line_of(l, low), b = line_of(l, high);
  find_bright(l, &a, &b);
  const ys_mask falls = b.sigma < a.sigma;
  crossing at = {.low = pick_line(falls, b, a), .high = pick_line(falls, a, b)};
  cross(&at);
  return at;
}

/* The height of the highest line, and how many are above `least`, times -1. */
YS_INLINE ys_lanes highest_line(const lines *l, ys_lanes t, ys_lanes least,
                                ys_mask *above) {
  ys_lanes top = ys_all(-INFINITY);
  *above = (ys_mask){0};
  for (size_t k = 0; k < l->n; k++) {
    const ys_lanes height = t * l->sigma[k] + l->nu[k];
    *above += height > least;
    top = ys_larger_of(height, top);
  }
  return top;
}

/* The last line of that height. */
YS_INLINE line line_at(const lines *l, ys_lanes t, ys_lanes top) {
  ys_mask class = {0}, now = {0};
  for (size_t k = 0; k < l->n; k++, now += 1)
    class = pick_class(t * l->sigma[k] + l->nu[k] == top, now, class);
  return line_of(l, class);
}

/* Returns where a third line is less than `widest` below the two that cross. */
YS_INLINE ys_mask find_crossing(const lines *l, double widest, crossing *at) {
  enum { MOST = 64 };
  const double rounding = 4e-16;
  for (int i = 0;; i++) {
    ys_mask near;
    const ys_lanes top = highest_line(l, at->t, at->top - widest, &near);
    ys_mask above = top - at->top > rounding * (1 + ys_absolute(top));
    if (!ys_any(above) || i == MOST)
      return near < at->mixed - 1; /* more than those that cross */
    const line best = line_at(l, at->t, top);
    above &= (best.class != at->low.class) & (best.class != at->high.class);
    const ys_mask steep = at->t * best.sigma > 1;
    at->high = pick_line(above & steep, best, at->high);
    at->low = pick_line(above & ~steep, best, at->low);
    cross(at);
  }
}

/* -------------------------------------------------------- what it weighs ----
 */

/* Halves of what multipliers have moved by, or 0. */
typedef struct windows {
  double half[YS_SIDE_BY_SIDE];
  double least, widest;
} windows;

static windows windows_of(const ys_window *window, size_t n) {
  windows w = {.least = ys_window_least(window), .widest = window->widest};
  for (size_t k = 0; k < n; k++)
    w.half[k] = window->moved ? window->moved[k] / 2 : 0;
  return w;
}

/* A third line that is in the window of the one whose place it would take. */
typedef struct third_line {
  ys_mask class, given;
  ys_mask is_there, steep; /* steep: given is the high one */
} third_line;

YS_INLINE third_line find_third(const lines *l, const crossing *at,
                                const windows *w) {
  const ys_lanes low = numbers_at(w->half, at->low.class);
  const ys_lanes high = numbers_at(w->half, at->high.class);
  const ys_lanes widest = at->top - w->widest, least = at->top - w->least;
  const ys_lanes none = ys_all(-INFINITY);
  ys_lanes top = none, steepest = {0};
  ys_mask now = {0};
  third_line found = {.class = at->low.class};
  for (size_t k = 0; k < l->n; k++, now += 1) {
    const ys_lanes rise = at->t * l->sigma[k], height = rise + l->nu[k];
    const ys_lanes moved =
        ys_absolute(ys_pick(rise > 1, high, low) - w->half[k]);
    const ys_lanes within =
        ys_larger(ys_smaller(at->top - moved, least), widest);
    const ys_mask counts =
        (height > within) & (at->low.class != now) & (at->high.class != now);
    const ys_lanes counted = ys_pick(counts, height, none);
    const ys_mask higher = counted > top;
    found.class = pick_class(higher, now, found.class);
    steepest = ys_pick(higher, rise, steepest);
    top = ys_pick(higher, counted, top);
  }
  found.is_there = top > none;
  found.steep = steepest > 1;
  found.given = pick_class(found.steep, at->high.class, at->low.class);
  return found;
}

/* Of a thread, in whole numbers: shares in units. */
typedef struct sums {
  ys_unit unit;
  size_t n;
  int64_t *share; /* n: of each class */
  int64_t *rows;  /* n x n: between two, or next to them */
  int64_t *flips; /* likewise: shares that would go from one to the other */
} sums;

YS_INLINE ys_mask units_of(ys_unit unit, ys_lanes share) {
  return __builtin_convertvector(
      ys_smaller(share * unit.scale, ys_all(unit.most)), ys_mask);
}

YS_INLINE void add_tile(const crossing *at, const third_line *third,
                        ys_lanes share, size_t count, ys_answer *answer,
                        const sums *to) {
  const int64_t one = ys_units(to->unit, 1);
  const ys_mask high = pick_class(at->mixed, at->high.class, third->class);
  const ys_mask units = units_of(to->unit, share);
  for (size_t l = 0; l < count; l++) {
    const size_t a = (size_t)at->low.class[l], b = (size_t)high[l];
    answer[l] = (ys_answer){(uint32_t)a, (uint32_t)b, share[l]};
    to->share[a] += one - units[l];
    to->share[b] += units[l];
    to->rows[a * to->n + b]++;
  }
}

YS_INLINE void add_flips(const third_line *third, ys_mask flip, ys_lanes share,
                         size_t count, const sums *to) {
  const ys_mask units = units_of(
      to->unit, ys_only(flip, ys_pick(third->steep, share, 1 - share)));
  for (size_t l = 0; l < count; l++)
    to->flips[(size_t)third->given[l] * to->n + (size_t)third->class[l]] +=
        units[l];
}

YS_INLINE void ask_tile(const lines *l, const windows *w, size_t count,
                        ys_answer *answer, const sums *to) {
  crossing at = begin_at(l, answer);
  const ys_mask near = find_crossing(l, w->widest, &at);
  third_line third = {.class = at.low.class};
  ys_lanes share = {0};
  if (ys_any(at.mixed))
    share = ys_only(at.mixed,
                    (1 / at.t - at.low.sigma) / (at.high.sigma - at.low.sigma));
  if (ys_any(near)) {
    third = find_third(l, &at, w);
    const ys_mask flip = third.is_there & at.mixed;
    if (ys_any(flip))
      add_flips(&third, flip, share, count, to);
  }
  add_tile(&at, &third, share, count, answer, to);
}

YS_HOT static void ask_tiles(ys_candidates *c, size_t n, const double *nu,
                             const windows *w, size_t first, size_t end,
                             const sums *to) {
  for (size_t tile = first; tile < end; tile++) {
    const lines l = {c->tile + tile * n, nu, n};
    const size_t j = tile * YS_LANES, count = rows_of(c, j);
    if (count == YS_LANES)
      ask_tile(&l, w, YS_LANES, &c->answer[j], to);
    else
      ask_tile(&l, w, count, &c->answer[j], to);
  }
}

/* A table's pairs, in either order of the two: n (n - 1) / 2 of them, which may
 * be where the table begins, or before. Returns where they end. */
static int64_t *fold(int64_t *table, size_t n, int64_t *pairs) {
  for (size_t a = 0; a < n; a++)
    for (size_t b = 0; b < a; b++)
      table[a * n + b] += table[b * n + a];
  for (size_t a = 0; a < n; a++)
    for (size_t b = 0; b < a; b++)
      *pairs++ = table[a * n + b];
  return pairs;
}

/* Weights of pairs from how many rows there are, and what shares would flip. A
 * window is 5e-11 at least. */
static void weigh(ys_candidates *c, size_t n, const double *nu,
                  const ys_window *window, ys_unit unit, const int64_t *rows) {
  const int64_t *flips = rows + n * (n - 1) / 2;
  for (size_t a = 0; a < n; a++) {
    c->pairs[a * n + a] = 0;
    for (size_t b = 0; b < a; b++) {
      const double w = ys_window_of(window, a, b), d = nu[a] - nu[b];
      c->pairs[a * n + b] = c->pairs[b * n + a] =
          (double)*rows++ / (d * d + 2 * w) +
          ys_from_units(unit, *flips++) / (2 * w);
    }
  }
}

void ys_tiled_ask(ys_candidates *c, const ys_work *work, const double *nu,
                  const ys_window *window, double *ybar) {
  const size_t n = work->classes;
  const ys_blocks blocks = blocks_of(c, work);
  const int threads = ys_block_threads(&blocks, work->objective->threads);
  const ys_unit unit = ys_unit_of(c->all, 1);
  const windows w = windows_of(window, n);
  ys_tally_begin(&c->sums, ys_tiled_sums(n), threads);
#pragma omp parallel for schedule(static) num_threads(threads)
  for (size_t block = 0; block < blocks.count; block++) {
    int64_t *sum = ys_tally_own(&c->sums);
    const sums own = {unit, n, sum, sum + n, sum + n + n * n};
    ask_tiles(c, n, nu, &w, ys_block_begin(&blocks, block),
              ys_block_end(&blocks, block), &own);
  }
  int64_t *own = ys_tally_of_threads(&c->sums);
  const int64_t *end = fold(own + n + n * n, n, fold(own + n, n, own + n));
  const int64_t *sum = ys_tally_of_ranks(&c->sums, (size_t)(end - own));
  weigh(c, n, nu, window, unit, sum + n);
  for (size_t k = 0; k < n; k++)
    ybar[k] = (c->count[k] + ys_from_units(unit, sum[k])) / (double)c->all;
}
