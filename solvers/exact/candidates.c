#include "solvers/exact/candidates.h"

#include "problems/vector/array.h"
#include "solvers/exact/crossing.h"

#include <math.h>
#include <string.h>

void ys_candidates_init(ys_candidates *c, ys_memory *memory, size_t rows,
                        size_t entries, size_t classes) {
  const char *what = "the rows in doubt";
  c->room = entries;
  c->row = ys_take(memory, rows, sizeof *c->row, what);
  c->begin = ys_take(memory, rows + 1, sizeof *c->begin, what);
  c->answer = ys_take(memory, rows, sizeof *c->answer, what);
  c->held = ys_take(memory, entries, sizeof *c->held, what);
  c->sigma = ys_take_numbers(memory, entries, what);
  c->y = ys_take_numbers(memory, entries, what);
  c->count = ys_take_numbers(memory, classes, what);
  c->partials = ys_take_numbers(memory, ys_times(YS_MAX_BLOCKS, classes), what);
}

/* --------------------------------------------------------------- choice ----
 */

/* The first wish for row i or a later one. */
static size_t wish_of(const ys_candidates *c, size_t i) {
  size_t low = 0, high = c->wishes;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (c->wanted[middle] >> 32 < i)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Blocks of a sample's tiles where a row takes next to no time. */
static ys_blocks blocks_of(ys_look_sample sample) {
  return ys_blocks_make(ys_look_tiles(sample), YS_LANES);
}

/* Rows in doubt of the block's tiles, in their order, from the place of its
 * first on, and the count of the others. Returns how many. */
static size_t choose_block(ys_candidates *c, ys_look_sample sample,
                           const ys_look *look, double width, size_t first,
                           size_t end, double *count) {
  size_t wish = wish_of(c, ys_look_row(sample, first));
  size_t to = first * YS_LANES;
  for (size_t tile = first; tile < end; tile++) {
    const size_t row = ys_look_row(sample, tile);
    for (size_t l = 0; l < YS_LANES && row + l < sample.rows; l++) {
      const size_t at = tile * YS_LANES + l;
      while (wish < c->wishes && c->wanted[wish] >> 32 < row + l)
        wish++;
      const bool is_wanted =
          wish < c->wishes && c->wanted[wish] >> 32 == row + l;
      if (is_wanted || (double)look->slack[at] < width) {
        c->answer[to].low = look->vertex[at];
        c->answer[to].high = look->next[at];
        c->row[to++] = row + l;
      } else
        count[look->vertex[at]]++;
    }
  }
  return to - first * YS_LANES;
}

/* Rows of a sample. */
static size_t count_rows(ys_look_sample sample) {
  const size_t tiles = ys_look_tiles(sample);
  const size_t left = sample.rows - ys_look_row(sample, tiles - 1);
  return (tiles - 1) * YS_LANES + (left < YS_LANES ? left : YS_LANES);
}

/* Blocks have left their answers, and rows if there are `rows`, each from the
 * place of its first tile on, so many: bring them together. */
static void close_up(ys_candidates *c, const ys_blocks *blocks,
                     const size_t *found, bool rows) {
  c->rows = 0;
  for (size_t block = 0; block < blocks->count; block++) {
    const size_t from = ys_block_begin(blocks, block) * YS_LANES;
    memmove(c->answer + c->rows, c->answer + from,
            found[block] * sizeof *c->answer);
    if (rows)
      memmove(c->row + c->rows, c->row + from, found[block] * sizeof *c->row);
    c->rows += found[block];
  }
}

/* Rows in doubt, in the order of the sample, and the count of the others. */
static void choose_rows(ys_candidates *c, const ys_work *work,
                        ys_look_sample sample, const ys_look *look,
                        double width) {
  const ys_blocks blocks = blocks_of(sample);
  const size_t n = work->classes;
  size_t found[YS_MAX_BLOCKS];
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_block_threads(&blocks, work->objective->threads))
  for (size_t block = 0; block < blocks.count; block++) {
    double *count = c->partials + block * n;
    memset(count, 0, n * sizeof *count);
    found[block] =
        choose_block(c, sample, look, width, ys_block_begin(&blocks, block),
                     ys_block_end(&blocks, block), count);
  }
  c->all = count_rows(sample);
  close_up(c, &blocks, found, true);
  memset(c->count, 0, n * sizeof *c->count);
  ys_candidates_add(c, &blocks, n, c->count);
}

/* Where a row's entries go: as many as there is room for. */
typedef struct list {
  uint32_t *held;
  double *sigma;
  size_t count, room;
} list;

YS_INLINE void add(list *to, const ys_lines *l, size_t k) {
  if (to->count < to->room) {
    to->held[to->count] = (uint32_t)k;
    to->sigma[to->count] = l->sigma[k];
  }
  to->count++;
}

/* Classes less than `width` below the top, and those that are wished for. */
YS_INLINE void list_row(const ys_candidates *c, size_t i, const ys_lines *l,
                        ys_crossing at, double width, list *to) {
  const double rounding = 1e-14 * (1 + fabs(at.top));
  const double least = at.top - fmax(width, rounding);
  size_t wish = wish_of(c, i);
  for (size_t k = 0; k < l->n; k++) {
    const bool is_wanted =
        wish < c->wishes && c->wanted[wish] == ((uint64_t)i << 32 | k);
    wish += is_wanted;
    if (is_wanted || at.t * l->sigma[k] + l->nu[k] > least)
      add(to, l, k);
  }
}

/* The same where nothing is wished for: most classes are far below, and passed
 * over four at a time. */
YS_INLINE void list_near(const ys_lines *l, ys_crossing at, double width,
                         list *to) {
  const double rounding = 1e-14 * (1 + fabs(at.top));
  const double least = at.top - fmax(width, rounding);
  size_t k = 0;
  while (k < l->n) {
    const size_t end = k + YS_LANES < l->n ? k + YS_LANES : l->n;
    if (end == k + YS_LANES &&
        !ys_any(at.t * ys_load(l->sigma + k) + ys_load(l->nu + k) > least))
      k = end;
    for (; k < end; k++)
      if (at.t * l->sigma[k] + l->nu[k] > least)
        add(to, l, k);
  }
}

/* Short rows far apart come one by one from memory, unless they are asked for
 * in time. */
YS_INLINE void fetch_ahead(const ys_candidates *c, const ys_batch *batch,
                           size_t j, size_t end) {
  enum { AHEAD = 16, CACHE_LINE = 64, LONG = 8 * CACHE_LINE };
  const size_t bytes =
      batch->classes * (batch->sigma ? sizeof(double) : sizeof(float));
  if (j + AHEAD >= end || bytes > LONG)
    return;
  const size_t from = c->row[j + AHEAD] * bytes;
  const char *base =
      batch->sigma ? (const char *)batch->sigma : (const char *)batch->recorded;
  for (size_t at = 0; at < bytes + CACHE_LINE; at += CACHE_LINE)
    __builtin_prefetch(base + from + at);
}

/* List the block's rows from entry `first` on, and count them, also where
 * there is no more room. */
YS_HOT static size_t list_block(ys_candidates *c, const ys_work *work,
                                const double *nu, double width, size_t block,
                                size_t first, size_t room) {
  const size_t n = work->classes;
  const ys_batch *batch = work->objective->batch;
  const size_t end = ys_block_end(&c->blocks, block);
  double *row = ys_row_room(&work->scratch, n);
  list to = {c->held + first, c->sigma + first, 0, room};
  for (size_t j = ys_block_begin(&c->blocks, block); j < end; j++) {
    fetch_ahead(c, batch, j, end);
    const ys_lines l = {ys_batch_rows(batch, c->row[j], 1, row), nu, NULL, n};
    const size_t before = to.count;
    ys_answer *a = &c->answer[j];
    const ys_crossing at = ys_answer_from(&l, a->low, a->high);
    if (c->wishes)
      list_row(c, c->row[j], &l, at, width, &to);
    else
      list_near(&l, at, width, &to);
    c->begin[j + 1] = to.count - before;
    a->low = (uint32_t)at.low;
    a->high = (uint32_t)at.high;
  }
  return to.count;
}

/* Blocks have left their entries in shares of the room: bring them together. */
static void close_up_entries(ys_candidates *c, const size_t *found,
                             size_t share) {
  size_t to = 0;
  for (size_t block = 0; block < c->blocks.count; block++) {
    const size_t from = block * share;
    memmove(c->held + to, c->held + from, found[block] * sizeof *c->held);
    memmove(c->sigma + to, c->sigma + from, found[block] * sizeof *c->sigma);
    to += found[block];
  }
}

/* Every block has a share of the room. Where that is too small for one, they
 * begin again, each where the one before it has come to. */
bool ys_candidates_list(ys_candidates *c, const ys_work *work, const double *nu,
                        double width) {
  c->blocks = ys_blocks_make(c->rows, work->classes);
  const size_t share = c->room / c->blocks.count;
  size_t found[YS_MAX_BLOCKS], first[YS_MAX_BLOCKS + 1] = {0}, most = 0;
  const int threads = ys_block_threads(&c->blocks, ys_work_threads(work));
#pragma omp parallel for schedule(static) num_threads(threads)
  for (size_t block = 0; block < c->blocks.count; block++)
    found[block] = list_block(c, work, nu, width, block, block * share, share);
  for (size_t block = 0; block < c->blocks.count; block++) {
    first[block + 1] = first[block] + found[block];
    most = found[block] > most ? found[block] : most;
  }
  c->begin[0] = 0;
  for (size_t j = 0; j < c->rows; j++)
    c->begin[j + 1] += c->begin[j];
  c->entries = c->begin[c->rows];
  if (c->entries > c->room)
    return false;
  if (most <= share)
    close_up_entries(c, found, share);
  else {
#pragma omp parallel for schedule(static) num_threads(threads)
    for (size_t block = 0; block < c->blocks.count; block++)
      list_block(c, work, nu, width, block, first[block], found[block]);
    for (size_t j = 0; j < c->rows; j++)
      c->begin[j + 1] += c->begin[j];
  }
  return true;
}

bool ys_candidates_choose(ys_candidates *c, const ys_work *work,
                          ys_look_sample sample, const ys_look *look,
                          const double *nu, double width) {
  choose_rows(c, work, sample, look, width);
  return ys_candidates_list(c, work, nu, width);
}

size_t ys_candidates_from(const ys_candidates *c, size_t i) {
  size_t low = 0, high = c->rows;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (c->row[middle] < i)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* -------------------------------------------------------------- glance ---- */

/* With r = sigma_b / sigma_a = 1 + d - slack and d = nu_a - nu_b, y_b = 1 / d -
 * 1 / (r - 1) where the slack is negative ((8) of docs/method.md). */
static ys_answer glance_at(uint32_t a, uint32_t b, double slack,
                           const double *nu, double window) {
  const double d = nu[a] - nu[b];
  ys_answer answer = {.low = a, .high = b, .weight = ys_weight_of(d, window)};
  if (slack < 0)
    answer.share = fmax(0, fmin(1, 1 / d - 1 / (d - slack)));
  return answer;
}

static size_t glance_block(ys_candidates *c, const ys_look *look,
                           const double *nu, double window, size_t first,
                           size_t end, double *sum) {
  size_t to = first;
  for (size_t at = first; at < end; at++) {
    const double slack = (double)look->slack[at];
    if (slack < window) {
      const ys_answer a =
          glance_at(look->vertex[at], look->next[at], slack, nu, window);
      sum[a.low] += 1 - a.share;
      sum[a.high] += a.share;
      c->answer[to++] = a;
    } else if (slack < INFINITY)
      sum[look->vertex[at]]++;
  }
  return to - first;
}

void ys_candidates_glance(ys_candidates *c, const ys_work *work,
                          ys_look_sample sample, const ys_look *look,
                          const double *nu, double window, double *ybar) {
  const ys_blocks blocks = blocks_of(sample);
  const size_t n = work->classes;
  size_t found[YS_MAX_BLOCKS];
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_block_threads(&blocks, work->objective->threads))
  for (size_t block = 0; block < blocks.count; block++) {
    double *sum = c->partials + block * n;
    memset(sum, 0, n * sizeof *sum);
    found[block] = glance_block(c, look, nu, window,
                                ys_block_begin(&blocks, block) * YS_LANES,
                                ys_block_end(&blocks, block) * YS_LANES, sum);
  }
  c->all = count_rows(sample);
  close_up(c, &blocks, found, false);
  memset(ybar, 0, n * sizeof *ybar);
  ys_candidates_add(c, &blocks, n, ybar);
  for (size_t k = 0; k < n; k++)
    ybar[k] /= (double)c->all;
}
