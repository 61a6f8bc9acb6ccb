#include "problems/objective/collision.h"

#include "problems/objective/collision_tile.h"
#include "problems/objective/collision_walk.h"
#include "problems/vector/simd.h"

typedef struct measured {
  ys_lane_logs logs;
  ys_lanes row_sum_error, least, least_x;
} measured;

/* A tile's sums along its rows: sum_k y_k, sum_k p_k and sum_k sigma_k p_k with
 * p_k = max(y_k, 0), and min_k y_k. The judge's row is p / sum_k p_k, so that
 * x = sum_k sigma_k p_k / sum_k p_k. */
typedef struct row_sums {
  ys_lanes with_sign, positive, x, least;
} row_sums;

/* Returns y, or 0 where it is below. */
YS_INLINE ys_lanes add_to_sums(ys_lanes sigma, ys_lanes y, row_sums *s) {
  const ys_lanes p = ys_larger(y, ys_all(0));
  s->with_sign += y;
  s->positive += p;
  s->x += sigma * p;
  s->least = ys_smaller(y, s->least);
  return p;
}

YS_INLINE void fold(row_sums *run, row_sums *sums) {
  sums->with_sign += run->with_sign;
  sums->positive += run->positive;
  sums->x += run->x;
  sums->least = ys_smaller(run->least, sums->least);
  *run = (row_sums){.least = ys_all(INFINITY)};
}

/* A plain sum of many terms drifts, so a row is added up in runs of about the
 * square root of its length, and the runs then: docs/method.md, "Rounding". */
YS_INLINE void sum_rows(const walk *w, size_t groups, row_sums *sums) {
  const size_t n = w->n, half = n < 16 ? n : (n + 1) / 2;
  row_sums run[YS_GROUPS];
  for (size_t g = 0; g < groups; g++)
    sums[g] = run[g] = (row_sums){.least = ys_all(INFINITY)};
  for (size_t k = 0, end = half; k < n; end = n) {
    for (; k < end; k++)
      for (size_t g = 0; g < groups; g++) {
        const size_t at = k * groups + g;
        ys_fetch_next(&w->next, at);
        w->room_y[at] = add_to_sums(w->room_sigma[at], w->room_y[at], run + g);
      }
    for (size_t g = 0; g < groups; g++)
      fold(run + g, sums + g);
  }
}

YS_INLINE void take_measures(measured *m, const row_sums *sums, ys_mask live,
                             ys_lanes x) {
  ys_lanes error = ys_absolute(sums->with_sign - 1);
  const ys_lanes at = ys_pick(live, x, ys_all(1));
  ys_lane_logs_add(&m->logs, at);
  m->least_x = ys_smaller(at, m->least_x);
  m->row_sum_error = ys_larger(error, m->row_sum_error);
  m->least = ys_smaller(sums->least, m->least);
  /* No number counts as the worst. */
  m->least = ys_pick(error < INFINITY, m->least, ys_all(-INFINITY));
}

YS_INLINE void measure_tiles(size_t i, size_t groups, size_t count, walk *w,
                             measured *m, ys_tile_columns *columns) {
  const ys_mask live = ys_live(count);
  row_sums sums[YS_GROUPS];
  ys_lanes scale[YS_GROUPS];
  read_rows(w, i, groups, count);
  sum_rows(w, groups, sums);
  for (size_t g = 0; g < groups; g++) {
    ys_lanes x = sums[g].x / sums[g].positive;
    scale[g] = ys_only(live, 1 / sums[g].positive);
    ys_write_numbers(w->x, i + g * YS_LANES, count, x);
    take_measures(m, sums + g, live, x);
  }
  for (size_t k = 0; k < w->n; k++)
    for (size_t g = 0; g < groups; g++)
      columns->chunk[k] += w->room_y[k * groups + g] * scale[g];
  ys_tile_columns_next(columns, groups);
}

YS_INLINE measured measured_begin(void) {
  return (measured){
      ys_lane_logs_begin(), {0}, ys_all(INFINITY), ys_all(INFINITY)};
}

YS_INLINE void measured_end(measured *m, const walk *w, double *totals) {
  totals[YS_LOSS] = ys_collision_loss(&m->logs, w->x, w->begin, w->end);
  totals[YS_ROW_SUM_ERROR] = -ys_least(-m->row_sum_error);
  totals[YS_LEAST_ENTRY] = ys_least(m->least);
  totals[YS_LEAST_X] = ys_least(m->least_x);
}

YS_HOT static void measure_rows(walk *w, ys_tile_columns *columns,
                                double *totals) {
  measured m = measured_begin();
  YS_BY_TILES(2, w->n, w->begin, w->end, measure_tiles, w, &m, columns);
  ys_tile_columns_end(columns);
  measured_end(&m, w, totals);
}

/* Four long rows as they lie; the last of them again where there are fewer. */
typedef struct four_rows {
  const double *sigma[YS_LANES], *y[YS_LANES];
  ys_next next; /* some way behind them */
} four_rows;

YS_INLINE four_rows four_rows_of(walk *w, size_t i, size_t count) {
  enum { AHEAD = 256 };
  const double *sigma = ys_batch_rows(w->sigma.batch, i, count, w->sigma.room);
  const double *y = ys_label_rows_at(&w->y, i, count);
  const size_t behind = i + YS_LANES + AHEAD / w->n;
  four_rows rows = {.next = {ys_sigma_ahead(w->sigma.batch, behind),
                             ys_label_rows_ahead(&w->y, behind)}};
  for (size_t l = 0; l < YS_LANES; l++) {
    const size_t row = l < count ? l : count - 1;
    rows.sigma[l] = sigma + row * w->n;
    rows.y[l] = y + row * w->n;
  }
  return rows;
}

/* From sums in the lanes of each row, the sums of each row in its lane. */
YS_INLINE row_sums turn_sums(const row_sums *of) {
  ys_lanes turned[4][YS_LANES];
  row_sums sums = {.least = ys_all(INFINITY)};
  for (size_t l = 0; l < YS_LANES; l++) {
    turned[0][l] = of[l].with_sign;
    turned[1][l] = of[l].positive;
    turned[2][l] = of[l].x;
    turned[3][l] = of[l].least;
  }
  for (size_t what = 0; what < 4; what++)
    ys_transpose(turned[what]);
  for (size_t l = 0; l < YS_LANES; l++) {
    sums.with_sign += turned[0][l];
    sums.positive += turned[1][l];
    sums.x += turned[2][l];
    sums.least = ys_smaller(turned[3][l], sums.least);
  }
  return sums;
}

YS_INLINE row_sums sum_four_rows(const four_rows *rows, size_t n,
                                 size_t length) {
  const size_t whole = n - n % YS_LANES;
  row_sums along[YS_LANES], run[YS_LANES], sums;
  size_t k = 0;
  for (size_t l = 0; l < YS_LANES; l++)
    along[l] = run[l] = (row_sums){.least = ys_all(INFINITY)};
  while (k < whole) {
    const size_t end = whole - k > length ? k + length : whole;
    for (; k < end; k += YS_LANES)
      for (size_t l = 0; l < YS_LANES; l++) {
        ys_fetch_next(&rows->next, k + l);
        add_to_sums(ys_load(rows->sigma[l] + k), ys_load(rows->y[l] + k),
                    run + l);
      }
    for (size_t l = 0; l < YS_LANES; l++)
      fold(run + l, along + l);
  }
  sums = turn_sums(along);
  for (; k < n; k++)
    add_to_sums(
        (ys_lanes){rows->sigma[0][k], rows->sigma[1][k], rows->sigma[2][k],
                   rows->sigma[3][k]},
        (ys_lanes){rows->y[0][k], rows->y[1][k], rows->y[2][k], rows->y[3][k]},
        &sums);
  return sums;
}

/* y times the rows' scales, added to the chunk. */
YS_INLINE void add_four_rows(const four_rows *rows, size_t n, ys_lanes scale,
                             double *restrict chunk) {
  size_t k = 0;
  for (; k + YS_LANES <= n; k += YS_LANES) {
    ys_lanes column = ys_load(chunk + k);
    for (size_t l = 0; l < YS_LANES; l++)
      column += ys_larger(ys_load(rows->y[l] + k), ys_all(0)) * scale[l];
    ys_store(chunk + k, column);
  }
  for (; k < n; k++)
    for (size_t l = 0; l < YS_LANES; l++)
      chunk[k] += (rows->y[l][k] > 0 ? rows->y[l][k] : 0) * scale[l];
}

/* ---- rows of few entries: the same sums, without the zeros in them ---- */

/* A row's sums as one lane of row_sums. */
typedef struct entry_sums {
  double with_sign, positive, x, least;
} entry_sums;

YS_INLINE void add_entry(double sigma, double y, entry_sums *s) {
  const double p = y > 0 ? y : 0;
  s->with_sign += y;
  s->positive += p;
  s->x += sigma * p;
  s->least = y < s->least ? y : s->least;
}

YS_INLINE void fold_entries(entry_sums *run, entry_sums *sums) {
  sums->with_sign += run->with_sign;
  sums->positive += run->positive;
  sums->x += run->x;
  sums->least = run->least < sums->least ? run->least : sums->least;
  *run = (entry_sums){.least = INFINITY};
}

/* As sum_four_rows adds row i up: in lanes by class, in runs of `length`
 * classes; the lanes one after the other; then the classes that four does not
 * divide. A zero among them changes no sum. */
YS_INLINE entry_sums sum_entries(const walk *w, size_t i, size_t length) {
  const ys_labels *y = w->y.labels;
  const size_t n = w->n, whole = n - n % YS_LANES;
  const size_t end = y->begin[i + 1];
  entry_sums along[YS_LANES], run[YS_LANES];
  size_t e = y->begin[i], last = 0;
  for (size_t l = 0; l < YS_LANES; l++)
    along[l] = run[l] = (entry_sums){.least = INFINITY};
  entry_sums sums = {.least = end - e < n ? 0 : INFINITY};
  for (; e < end && y->held[e] < whole; e++) {
    const size_t k = y->held[e];
    if (k / length != last)
      for (size_t l = 0; l < YS_LANES; l++)
        fold_entries(run + l, along + l);
    last = k / length;
    add_entry(sigma_at(w->sigma.batch, i, k), y->weight[e], run + k % YS_LANES);
  }
  for (size_t l = 0; l < YS_LANES; l++) {
    fold_entries(run + l, along + l);
    fold_entries(along + l, &sums);
  }
  for (; e < end; e++)
    add_entry(sigma_at(w->sigma.batch, i, y->held[e]), y->weight[e], &sums);
  return sums;
}

/* Entries of sigma that will be asked for. */
YS_INLINE void fetch_entries(const walk *w, size_t i) {
  const ys_labels *y = w->y.labels;
  const ys_batch *batch = w->sigma.batch;
  for (size_t e = y->begin[i]; e < y->begin[i + 1] && e < y->begin[i] + 4;
       e++) {
    const size_t at = i * w->n + y->held[e];
    if (batch->sigma)
      __builtin_prefetch(batch->sigma + at);
    else
      __builtin_prefetch(batch->recorded + at);
  }
}

/* Whether each of the rows has entries, and few: it is not uniform, and going
 * through them costs less than through the row. */
YS_INLINE bool has_few_entries(const walk *w, size_t i, size_t count) {
  const ys_labels *y = w->y.labels;
  if (y->dense)
    return false;
  for (size_t l = i; l < i + count; l++) {
    const size_t held = y->begin[l + 1] - y->begin[l];
    if (held == 0 || held > w->n / 8)
      return false;
  }
  return true;
}

YS_INLINE row_sums sum_few_entries(const walk *w, size_t i, size_t count,
                                   size_t length) {
  enum { AHEAD = 12 };
  row_sums sums = {.least = {0}}; /* GCC at -O2 would not see it filled */
  for (size_t l = 0; l < YS_LANES; l++) {
    const size_t row = i + (l < count ? l : count - 1);
    if (row + AHEAD < w->end)
      fetch_entries(w, row + AHEAD);
    const entry_sums of = sum_entries(w, row, length);
    sums.with_sign[l] = of.with_sign;
    sums.positive[l] = of.positive;
    sums.x[l] = of.x;
    sums.least[l] = of.least;
  }
  return sums;
}

YS_INLINE void add_few_entries(const walk *w, size_t i, size_t count,
                               ys_lanes scale, double *chunk) {
  const ys_labels *y = w->y.labels;
  for (size_t l = 0; l < count; l++)
    for (size_t e = y->begin[i + l]; e < y->begin[i + l + 1]; e++)
      chunk[y->held[e]] += (y->weight[e] > 0 ? y->weight[e] : 0) * scale[l];
}

/* ---- rows without entries, 1/K throughout: the same sums, but for x once ----
 */

typedef struct even_rows {
  bool known;
  row_sums sums; /* without x */
  ys_lanes scale;
} even_rows;

YS_INLINE bool is_even(const walk *w, size_t i, size_t count) {
  const ys_labels *y = w->y.labels;
  return !y->dense && count == YS_LANES && y->begin[i] == y->begin[i + count];
}

/* x of four rows, as sum_four_rows adds it up. */
YS_INLINE ys_lanes sum_even_rows(const walk *w, size_t i, size_t length) {
  const size_t n = w->n, whole = n - n % YS_LANES;
  const ys_lanes y = ys_all(1 / (double)n);
  const double *sigma =
      ys_batch_rows(w->sigma.batch, i, YS_LANES, w->sigma.room);
  ys_lanes along[YS_LANES] = {{0}}, run[YS_LANES] = {{0}}, x = {0};
  size_t k = 0;
  while (k < whole) {
    const size_t end = whole - k > length ? k + length : whole;
    for (; k < end; k += YS_LANES)
      for (size_t l = 0; l < YS_LANES; l++)
        run[l] += ys_load(sigma + l * n + k) * y;
    for (size_t l = 0; l < YS_LANES; l++) {
      along[l] += run[l];
      run[l] = (ys_lanes){0};
    }
  }
  ys_transpose(along);
  for (size_t l = 0; l < YS_LANES; l++)
    x += along[l];
  for (; k < n; k++)
    x +=
        (ys_lanes){sigma[k], sigma[n + k], sigma[2 * n + k], sigma[3 * n + k]} *
        y;
  return x;
}

YS_INLINE void add_even_rows(size_t n, ys_lanes scale, double *restrict chunk) {
  const double y = 1 / (double)n;
  for (size_t k = 0; k < n; k++)
    for (size_t l = 0; l < YS_LANES; l++)
      chunk[k] += y * scale[l];
}

/* An infinite scale makes no numbers of zeros. */
YS_INLINE bool is_finite(ys_lanes a) {
  return !ys_any(~(ys_absolute(a) < INFINITY));
}

YS_HOT static void measure_long_rows(walk *w, ys_columns *columns,
                                     double *totals) {
  const size_t length = YS_LANES * (size_t)ceil(sqrt((double)w->n) / 2);
  measured m = measured_begin();
  even_rows even = {.known = false};
  for (size_t i = w->begin; i < w->end; i += YS_LANES) {
    const size_t left = w->end - i, count = left < YS_LANES ? left : YS_LANES;
    const ys_mask live = ys_live(count);
    bool few = has_few_entries(w, i, count);
    const bool all_even = is_even(w, i, count), known = all_even && even.known;
    four_rows rows;
    row_sums sums = even.sums;
    ys_lanes scale = even.scale;
    if (few) {
      sums = sum_few_entries(w, i, count, length);
      few = is_finite(scale = ys_only(live, 1 / sums.positive));
    }
    if (known)
      sums.x = sum_even_rows(w, i, length);
    else if (!few) {
      rows = four_rows_of(w, i, count);
      sums = sum_four_rows(&rows, w->n, length);
      scale = ys_only(live, 1 / sums.positive);
    }
    if (all_even)
      even = (even_rows){true, sums, scale};
    const ys_lanes x = sums.x / sums.positive;
    ys_write_numbers(w->x, i, count, x);
    take_measures(&m, &sums, live, x);
    if (few)
      add_few_entries(w, i, count, scale, columns->chunk);
    else if (known)
      add_even_rows(w->n, scale, columns->chunk);
    else
      add_four_rows(&rows, w->n, scale, columns->chunk);
    for (size_t l = 0; l < count; l++)
      ys_columns_next(columns);
  }
  ys_columns_end(columns);
  measured_end(&m, w, totals);
}

void ys_collision_measure(const ys_objective *objective, const ys_labels *y,
                          ys_scratch *scratch, size_t block) {
  walk w = walk_of(objective, y, scratch, block);
  double *totals = scratch->totals + block * YS_TOTALS;
  if (w.n < LONG_ROW) {
    ys_tile_columns columns = ys_tile_columns_begin(scratch, w.n, block);
    measure_rows(&w, &columns, totals);
  } else {
    ys_columns columns = ys_columns_begin(scratch, w.n, block);
    measure_long_rows(&w, &columns, totals);
  }
}
