/* Answers: of one row, and of candidates with what Newton's method is to know
 * of them. */
#include "problems/vector/array.h"
#include "solvers/exact/crossing.h"
#include "solvers/exact/tiled.h"

#include <math.h>
#include <string.h>

YS_HOT static ys_crossing answer_of(const ys_lines *l, size_t a, size_t b) {
  return ys_answer_from(l, a, b);
}

ys_answer ys_candidates_answer(const double *sigma, const double *nu, size_t n,
                               size_t a, size_t b) {
  const ys_lines l = {sigma, nu, NULL, n};
  const ys_crossing at = answer_of(&l, a, b);
  return ys_answer_at(&l, &at);
}

/* ----------------------------------------------------------- candidates ----
 */

/* Where a class is in a list, or the end of it. */
static size_t place_of(const ys_lines *l, uint32_t class) {
  size_t k = 0;
  while (k < l->n && l->held[k] != class)
    k++;
  return k;
}

/* From the last answer: what was below a vertex need not be in the list. */
static ys_crossing answer_again(const ys_lines *l, const ys_answer *last) {
  const size_t low = place_of(l, last->low), high = place_of(l, last->high);
  const size_t a = low < l->n ? low : 0;
  return ys_answer_from(l, a, high < l->n ? high : a);
}

/* Of the lines that are in neither hand, the highest that is in the window of
 * the one whose place it would take; how many there are, if none. */
static size_t line_below(const ys_lines *l, const ys_crossing *at,
                         const ys_window *window) {
  double next = at->top - window->widest;
  size_t below = l->n;
  for (size_t k = 0; k < l->n; k++) {
    const double line = at->t * l->sigma[k] + ys_line_nu(l, k);
    if (!(line > next) || k == at->low || k == at->high)
      continue;
    const size_t given = at->t * l->sigma[k] > 1 ? at->high : at->low;
    if (line > at->top - ys_window_of(window, l->held[given], l->held[k])) {
      next = line;
      below = k;
    }
  }
  return below;
}

static ys_answer ask_row(const ys_lines *l, const ys_answer *last,
                         const ys_window *window, ys_border *border) {
  const ys_crossing at = answer_again(l, last);
  const size_t below = line_below(l, &at, window);
  ys_answer a = {.low = l->held[at.low], .high = l->held[at.high]};
  *border = (ys_border){0};
  if (at.low != at.high) {
    const double low = l->sigma[at.low], high = l->sigma[at.high];
    a.share = (1 / at.t - low) / (high - low);
  } else if (below < l->n)
    a.high = l->held[below];
  if (a.low != a.high)
    border->weight = ys_weight_of(ys_line_nu(l, at.low) - l->nu[a.high],
                                  ys_window_of(window, a.low, a.high));
  if (at.low != at.high && below < l->n) {
    const bool steep = at.t * l->sigma[below] > 1;
    border->third = l->held[below];
    border->given = steep ? a.high : a.low;
    border->flip =
        (float)((steep ? a.share : 1 - a.share) /
                (2 * ys_window_of(window, border->given, border->third)));
  }
  return a;
}

/* Returns the largest weight. */
static double ask_block(ys_candidates *c, const double *nu,
                        const ys_window *window, const ys_blocks *blocks,
                        size_t block, ys_unit unit, int64_t *sum) {
  const int64_t one = ys_units(unit, 1);
  float largest = 0;
  for (size_t j = ys_block_begin(blocks, block);
       j < ys_block_end(blocks, block); j++) {
    const size_t at = c->begin[j];
    const ys_lines l = {c->sigma + at, nu, c->held + at, c->begin[j + 1] - at};
    ys_border *border = &c->border[j];
    const ys_answer a = ask_row(&l, &c->answer[j], window, border);
    const int64_t share = ys_units(unit, a.share);
    c->answer[j] = a;
    sum[a.low] += one - share;
    sum[a.high] += share;
    largest = border->weight > largest ? border->weight : largest;
    largest = border->flip > largest ? border->flip : largest;
  }
  return (double)largest;
}

static void ask_lists(ys_candidates *c, const ys_work *work, const double *nu,
                      const ys_window *window, double *ybar) {
  enum { ENTRIES_A_ROW = 8 };
  const size_t n = work->classes;
  const ys_blocks blocks = ys_blocks_make(c->rows, ENTRIES_A_ROW);
  const int threads = ys_block_threads(&blocks, work->objective->threads);
  const ys_unit unit = ys_unit_of(c->all, 1);
  double largest = 0;
  ys_tally_begin(&c->tally, n, threads);
#pragma omp parallel for schedule(static) num_threads(threads)                 \
    reduction(ys_most                                                          \
              : largest)
  for (size_t block = 0; block < blocks.count; block++)
    largest = fmax(largest, ask_block(c, nu, window, &blocks, block, unit,
                                      ys_tally_own(&c->tally)));
  c->largest = largest;
  const int64_t *sum = ys_tally_total(&c->tally);
  for (size_t k = 0; k < n; k++)
    ybar[k] = (c->count[k] + ys_from_units(unit, sum[k])) / (double)c->all;
}

void ys_candidates_init_answers(ys_candidates *c, ys_memory *memory,
                                const ys_objective *objective) {
  const char *what = "answers of the rows in doubt";
  const size_t rows = objective->batch->rows, n = objective->batch->classes;
  if (n >= YS_SIDE_BY_SIDE)
    return;
  const size_t tiles = (rows + YS_LANES - 1) / YS_LANES;
  c->tile = ys_take(memory, ys_times(tiles, n), sizeof *c->tile, what);
  ys_tally_init(&c->sums, memory, objective, ys_tiled_sums(n));
  c->sums.sparse = true; /* a pair's are in one order of two, if anywhere */
  c->pairs = ys_take_numbers(memory, n * n, what);
}

bool ys_candidates_take(ys_candidates *c, const ys_work *work,
                        ys_look_sample sample, const ys_look *look,
                        const double *nu, double width) {
  ys_candidates_choose_rows(c, work, sample, look, width);
  if (!c->tile)
    return ys_candidates_list(c, work, nu, width);
  ys_tiled_read(c, work);
  return true;
}

void ys_candidates_ask(ys_candidates *c, const ys_work *work, const double *nu,
                       const ys_window *window, double *ybar) {
  (c->tile ? ys_tiled_ask : ask_lists)(c, work, nu, window, ybar);
}
