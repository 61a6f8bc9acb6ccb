#include "solvers/exact/candidates.h"

#include "problems/vector/array.h"
#include "solvers/exact/crossing.h"

#include <math.h>
#include <string.h>

void ys_candidates_init(ys_candidates *c, ys_memory *memory,
                        const ys_objective *objective, size_t entries) {
  const char *what = "the rows in doubt";
  const size_t rows = objective->batch->rows, n = objective->batch->classes;
  const size_t own = ys_times(rows, n);
  const size_t capacity = own < entries ? own : entries;
  c->room = entries;
  c->capacity = capacity;
  c->row = ys_take(memory, rows + YS_LANES, sizeof *c->row, what);
  c->begin = ys_take(memory, rows + 1, sizeof *c->begin, what);
  c->answer = ys_take(memory, rows + YS_LANES, sizeof *c->answer, what);
  if (n >= YS_SIDE_BY_SIDE)
    c->border = ys_take(memory, rows, sizeof *c->border, what);
  c->held = ys_take(memory, capacity, sizeof *c->held, what);
  c->listed = ys_take(memory, capacity, sizeof *c->listed, what);
  c->sigma = ys_take_numbers(memory, capacity, what);
  c->y = ys_take_numbers(memory, capacity, what);
  c->count = ys_take_numbers(memory, n, what);
  ys_tally_init(&c->tally, memory, objective, n);
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

/* Rows in doubt of the block's tiles, in their order, to places [to, last), and
 * the count of the others; or, without `count`, nothing but how many they are.
 * Which rows they are no branch can foretell: each is put where the next one
 * would be. */
static size_t choose_block(ys_candidates *c, ys_look_sample sample,
                           const ys_look *look, double width, size_t first,
                           size_t end, size_t to, size_t last, int64_t *count) {
  size_t wish = wish_of(c, ys_look_row(sample, first)), found = 0;
  for (size_t tile = first; tile < end; tile++) {
    const size_t row = ys_look_row(sample, tile);
    for (size_t l = 0; l < YS_LANES && row + l < sample.rows; l++) {
      const size_t at = tile * YS_LANES + l;
      while (wish < c->wishes && c->wanted[wish] >> 32 < row + l)
        wish++;
      const bool is_wanted =
          wish < c->wishes && c->wanted[wish] >> 32 == row + l;
      const bool is_chosen = is_wanted || (double)look->slack[at] < width;
      if (to + found < last) {
        c->answer[to + found].low = look->vertex[at];
        c->answer[to + found].high = look->next[at];
        c->row[to + found] = row + l;
      }
      if (count)
        count[look->vertex[at]] += !is_chosen;
      found += is_chosen;
    }
  }
  return found;
}

/* Where each block's share begins, in all `place[count]`, from how large they
 * are. */
static void lay_out(const size_t *found, size_t count, size_t *place) {
  place[0] = 0;
  for (size_t block = 0; block < count; block++)
    place[block + 1] = place[block] + found[block];
}

/* Rows in doubt, in the order of the sample, and the count of the others. They
 * are counted first, so that each block knows where its own are to be. */
void ys_candidates_choose_rows(ys_candidates *c, const ys_work *work,
                               ys_look_sample sample, const ys_look *look,
                               double width) {
  const ys_blocks blocks = blocks_of(sample);
  const size_t n = work->classes;
  const int threads = ys_block_threads(&blocks, work->objective->threads);
  size_t found[YS_MAX_BLOCKS], place[YS_MAX_BLOCKS + 1];
#pragma omp parallel for schedule(static) num_threads(threads)
  for (size_t block = 0; block < blocks.count; block++) {
    const size_t first = ys_block_begin(&blocks, block);
    const size_t end = ys_block_end(&blocks, block);
    found[block] =
        c->wishes
            ? choose_block(c, sample, look, width, first, end, 0, 0, NULL)
            : ys_look_below(look, width, first * YS_LANES, end * YS_LANES);
  }
  lay_out(found, blocks.count, place);
  ys_tally_begin(&c->tally, n, threads);
#pragma omp parallel for schedule(static) num_threads(threads)
  for (size_t block = 0; block < blocks.count; block++)
    choose_block(c, sample, look, width, ys_block_begin(&blocks, block),
                 ys_block_end(&blocks, block), place[block], place[block + 1],
                 ys_tally_own(&c->tally));
  c->all = ys_look_rows(sample);
  c->rows = place[blocks.count];
  const int64_t *count = ys_tally_total(&c->tally);
  for (size_t k = 0; k < n; k++)
    c->count[k] = (double)count[k];
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

/* List the block's rows, and count their entries, also where there is no more
 * room; `begin` has how many each row has. */
YS_HOT static size_t list_block(ys_candidates *c, const ys_work *work,
                                const double *nu, double width, size_t block,
                                list to) {
  enum { AHEAD = 16, LINES = 8 };
  const size_t n = work->classes;
  const ys_batch *batch = work->objective->batch;
  const size_t end = ys_block_end(&c->blocks, block);
  double *row = ys_row_room(&work->scratch, n);
  for (size_t j = ys_block_begin(&c->blocks, block); j < end; j++) {
    if (j + AHEAD < end)
      ys_fetch_row(batch, c->row[j + AHEAD], LINES);
    const ys_lines l = {ys_batch_rows(batch, c->row[j], 1, row), nu, NULL, n};
    const size_t before = to.count;
    ys_answer *a = &c->answer[j];
    const ys_crossing at = ys_answer_from(&l, a->low, a->high);
    if (c->wishes)
      list_row(c, c->row[j], &l, at, width, &to);
    else
      list_near(&l, at, width, &to);
    c->begin[j + 1] = to.count - before;
    *a = ys_answer_at(&l, &at);
  }
  return to.count;
}

/* From how many entries its rows have, where each ends. */
static void set_ends(ys_candidates *c, size_t block, size_t first) {
  for (size_t j = ys_block_begin(&c->blocks, block);
       j < ys_block_end(&c->blocks, block); j++)
    c->begin[j + 1] = first += c->begin[j + 1];
}

/* A block's share of the room: more than its rows are likely to need, and not
 * so much that much is touched of memory that is not used. */
static size_t share_of(const ys_candidates *c) {
  enum { LIKELY = 16, LEAST = 1024 };
  const size_t likely = LIKELY * c->blocks.size;
  const size_t share = likely > LEAST ? likely : LEAST;
  const size_t most = c->capacity / c->blocks.count;
  return share < most ? share : most;
}

static size_t sum_over_ranks(const ys_work *work, size_t count) {
  int64_t sum = (int64_t)count, room;
  ys_ranks_sum(work->objective->batch->ranks, &sum, &room, 1);
  return (size_t)sum;
}

/* Every block lists into a share of the room, with y, which is not there yet,
 * for sigma, and then goes to its place. Where that is too small for one, they
 * begin again, each where the one before it has come to. */
bool ys_candidates_list(ys_candidates *c, const ys_work *work, const double *nu,
                        double width) {
  c->blocks = ys_blocks_make(c->rows, work->classes);
  const size_t share = share_of(c);
  size_t found[YS_MAX_BLOCKS], first[YS_MAX_BLOCKS + 1], most = 0;
  const int threads = ys_block_threads(&c->blocks, ys_work_threads(work));
#pragma omp parallel for schedule(static) num_threads(threads)
  for (size_t block = 0; block < c->blocks.count; block++)
    found[block] = list_block(
        c, work, nu, width, block,
        (list){c->listed + block * share, c->y + block * share, 0, share});
  lay_out(found, c->blocks.count, first);
  for (size_t block = 0; block < c->blocks.count; block++)
    most = found[block] > most ? found[block] : most;
  c->begin[0] = 0;
  c->entries = first[c->blocks.count];
  c->total = sum_over_ranks(work, c->entries);
  if (c->total > c->room)
    return false;
#pragma omp parallel for schedule(static) num_threads(threads)
  for (size_t block = 0; block < c->blocks.count; block++) {
    const size_t from = block * share, to = first[block];
    if (most > share)
      list_block(c, work, nu, width, block,
                 (list){c->held + to, c->sigma + to, 0, found[block]});
    else {
      memcpy(c->held + to, c->listed + from, found[block] * sizeof *c->held);
      memcpy(c->sigma + to, c->y + from, found[block] * sizeof *c->sigma);
    }
    set_ends(c, block, to);
  }
  return true;
}

bool ys_candidates_choose(ys_candidates *c, const ys_work *work,
                          ys_look_sample sample, const ys_look *look,
                          const double *nu, double width) {
  ys_candidates_choose_rows(c, work, sample, look, width);
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
                           const double *nu) {
  const double d = nu[a] - nu[b];
  ys_answer answer = {.low = a, .high = b};
  if (slack < 0)
    answer.share = fmax(0, fmin(1, 1 / d - 1 / (d - slack)));
  return answer;
}

/* The block's places' answers from place `to` on, and their sums. Returns the
 * largest weight. */
static double glance_block(ys_candidates *c, const ys_look *look,
                           const double *nu, const ys_window *window,
                           size_t first, size_t end, size_t to, ys_unit unit,
                           int64_t *sum) {
  const int64_t one = ys_units(unit, 1);
  float largest = 0;
  for (size_t at = first; at < end; at++) {
    const double slack = (double)look->slack[at];
    if (slack < window->widest) {
      const ys_answer a =
          glance_at(look->vertex[at], look->next[at], slack, nu);
      const double within = ys_window_of(window, a.low, a.high);
      const float weight =
          slack < within ? ys_weight_of(nu[a.low] - nu[a.high], within) : 0;
      const int64_t share = ys_units(unit, a.share);
      sum[a.low] += one - share;
      sum[a.high] += share;
      largest = weight > largest ? weight : largest;
      c->border[to] = (ys_border){.weight = weight};
      c->answer[to++] = a;
    } else if (slack < INFINITY)
      sum[look->vertex[at]] += one;
  }
  return (double)largest;
}

void ys_candidates_glance(ys_candidates *c, const ys_work *work,
                          ys_look_sample sample, const ys_look *look,
                          const double *nu, const ys_window *window,
                          double *ybar) {
  const ys_blocks blocks = blocks_of(sample);
  const size_t n = work->classes;
  const int threads = ys_block_threads(&blocks, work->objective->threads);
  size_t found[YS_MAX_BLOCKS], place[YS_MAX_BLOCKS + 1];
#pragma omp parallel for schedule(static) num_threads(threads)
  for (size_t block = 0; block < blocks.count; block++)
    found[block] = ys_look_below(look, window->widest,
                                 ys_block_begin(&blocks, block) * YS_LANES,
                                 ys_block_end(&blocks, block) * YS_LANES);
  lay_out(found, blocks.count, place);
  c->all = ys_look_rows(sample);
  c->rows = place[blocks.count];
  const ys_unit unit = ys_unit_of(c->all, 1);
  double largest = 0;
  ys_tally_begin(&c->tally, n, threads);
#pragma omp parallel for schedule(static) num_threads(threads)                 \
    reduction(ys_most                                                          \
              : largest)
  for (size_t block = 0; block < blocks.count; block++)
    largest = fmax(largest,
                   glance_block(c, look, nu, window,
                                ys_block_begin(&blocks, block) * YS_LANES,
                                ys_block_end(&blocks, block) * YS_LANES,
                                place[block], unit, ys_tally_own(&c->tally)));
  c->largest = largest;
  const int64_t *sum = ys_tally_total(&c->tally);
  for (size_t k = 0; k < n; k++)
    ybar[k] = ys_from_units(unit, sum[k]) / (double)c->all;
}
