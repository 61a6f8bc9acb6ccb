/* What the exact solver has found, as labels, dense or sparse. */
#include "solvers/exact/exact_state.h"

#include <string.h>

static size_t positive(const ys_candidates *c, size_t j) {
  size_t count = 0;
  for (size_t e = c->begin[j]; e < c->begin[j + 1]; e++)
    count += c->y[e] > 0;
  return count;
}

static size_t count_entries(const ys_candidates *c, size_t first, size_t end) {
  size_t count = end - first;
  for (size_t j = ys_candidates_from(c, first); j < c->rows && c->row[j] < end;
       j++)
    count += positive(c, j) - 1;
  return count;
}

YS_INLINE void put(ys_labels *y, size_t i, uint32_t class, double weight,
                   size_t at) {
  if (y->dense)
    y->dense[i * y->classes + class] = weight;
  else {
    y->held[at] = class;
    y->weight[at] = weight;
  }
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
    for (size_t e = c->begin[j]; e < c->begin[j + 1]; e++)
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
    first[block + 1] =
        count_entries(&w->candidates, ys_block_begin(blocks, block),
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

/* How many of n numbers are above 0. */
YS_HOT static size_t count_above(const double *row, size_t n) {
  size_t count = 0;
  for (size_t k = 0; k < n; k++)
    count += row[k] > 0;
  return count;
}

YS_INLINE bool any_above(const double *lanes) {
  int any = 0;
  for (size_t l = 0; l < YS_LANES; l++)
    any |= lanes[l] > 0;
  return any;
}

/* A row's entries above 0 among classes [first, end), from `at` on; returns
 * where they end. */
YS_INLINE size_t gather(const double *row, size_t first, size_t end, size_t i,
                        size_t at, ys_labels *y) {
  for (size_t k = first; k < end; k++)
    if (row[k] > 0)
      put(y, i, (uint32_t)k, row[k], at++);
  return at;
}

YS_HOT static void gather_rows(const double *from, size_t first, size_t end,
                               size_t at, ys_labels *y) {
  const size_t n = y->classes;
  for (size_t i = first; i < end; i++) {
    const double *row = from + i * n;
    y->begin[i] = at;
    size_t k = 0;
    for (; k + YS_LANES <= n; k += YS_LANES)
      if (any_above(row + k))
        at = gather(row, k, k + YS_LANES, i, at, y);
    at = gather(row, k, n, i, at, y);
  }
}

ys_code ys_exact_write_sparse(ys_exact *w, const double *from, ys_labels *y,
                              ys_error *error) {
  const ys_blocks *blocks = &w->work.scratch.blocks;
  const size_t n = y->classes;
  size_t first[YS_MAX_BLOCKS + 1] = {0};
#pragma omp parallel for schedule(static) num_threads(ys_work_threads(&w->work))
  for (size_t block = 0; block < blocks->count; block++) {
    const size_t begin = ys_block_begin(blocks, block);
    first[block + 1] = count_above(from + begin * n,
                                   (ys_block_end(blocks, block) - begin) * n);
  }
  for (size_t block = 0; block < blocks->count; block++)
    first[block + 1] += first[block];
  const ys_code code = ys_labels_reserve(y, first[blocks->count], error);
  if (code)
    return code;
#pragma omp parallel for schedule(static) num_threads(ys_work_threads(&w->work))
  for (size_t block = 0; block < blocks->count; block++)
    gather_rows(from, ys_block_begin(blocks, block),
                ys_block_end(blocks, block), first[block], y);
  y->begin[y->rows] = first[blocks->count];
  return YS_OK;
}
