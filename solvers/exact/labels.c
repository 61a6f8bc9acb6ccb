/* What the exact solver has found, as labels, dense or sparse. */
#include "solvers/exact/exact_state.h"

#include <string.h>

/* How many classes candidate j holds. */
static size_t held_by(const ys_exact *w, size_t j) {
  const ys_candidates *c = &w->candidates;
  const double share = c->answer[j].share;
  size_t count = 0;
  if (!w->listed)
    return share > 0 && share < 1 ? 2 : 1;
  for (size_t e = c->begin[j]; e < c->begin[j + 1]; e++)
    count += c->y[e] > 0;
  return count;
}

static size_t count_entries(const ys_exact *w, size_t first, size_t end) {
  const ys_candidates *c = &w->candidates;
  size_t count = end - first;
  for (size_t j = ys_candidates_from(c, first); j < c->rows && c->row[j] < end;
       j++)
    count += held_by(w, j) - 1;
  return count;
}

static void put(ys_labels *y, size_t i, uint32_t class, double weight,
                size_t at) {
  if (y->dense)
    y->dense[i * y->classes + class] = weight;
  else {
    y->held[at] = class;
    y->weight[at] = weight;
  }
}

/* An answer's classes, rising. Returns where the next row's begin. */
static size_t put_answer(ys_labels *y, size_t i, const ys_answer *a,
                         size_t at) {
  const bool rises = a->low < a->high;
  const uint32_t class[2] = {rises ? a->low : a->high,
                             rises ? a->high : a->low};
  const double weight[2] = {rises ? 1 - a->share : a->share,
                            rises ? a->share : 1 - a->share};
  for (size_t k = 0; k < 2; k++)
    if (weight[k] > 0)
      put(y, i, class[k], weight[k], at++);
  return at;
}

/* Rows [first, end), whose entries begin at `at`. */
static void write_rows(const ys_exact *w, size_t first, size_t end, size_t at,
                       ys_labels *y) {
  const ys_candidates *c = &w->candidates;
  const size_t n = w->work.classes;
  size_t j = ys_candidates_from(c, first);
  if (y->dense)
    memset(y->dense + first * n, 0, (end - first) * n * sizeof *y->dense);
  for (size_t i = first; i < end; i++) {
    if (!y->dense)
      y->begin[i] = at;
    if (j == c->rows || c->row[j] != i) {
      put(y, i, w->look.vertex[i], 1, at++);
      continue;
    }
    if (!w->listed)
      at = put_answer(y, i, &c->answer[j], at);
    for (size_t e = c->begin[j]; w->listed && e < c->begin[j + 1]; e++)
      if (c->y[e] > 0)
        put(y, i, c->held[e], c->y[e], at++);
    j++;
  }
}

void ys_exact_write(ys_exact *w, ys_labels *y) {
  const ys_blocks *blocks = &w->work.scratch.blocks;
  size_t first[YS_MAX_BLOCKS + 1] = {0};
#pragma omp parallel for schedule(static) num_threads(ys_work_threads(&w->work))
  for (size_t block = 0; block < blocks->count; block++)
    first[block + 1] = count_entries(w, ys_block_begin(blocks, block),
                                     ys_block_end(blocks, block));
  for (size_t block = 0; block < blocks->count; block++)
    first[block + 1] += first[block];
#pragma omp parallel for schedule(static) num_threads(ys_work_threads(&w->work))
  for (size_t block = 0; block < blocks->count; block++)
    write_rows(w, ys_block_begin(blocks, block), ys_block_end(blocks, block),
               first[block], y);
  if (!y->dense)
    y->begin[w->work.rows] = first[blocks->count];
}
