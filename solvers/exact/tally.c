#include "solvers/exact/tally.h"

#include "problems/vector/array.h"

#include <math.h>

ys_unit ys_unit_of(size_t terms, double largest) {
  enum { BITS = 62 };
  const double sum = (double)terms * largest;
  int exponent;
  if (!(sum > 0 && isfinite(sum)))
    return (ys_unit){0, 0};
  frexp(sum, &exponent);
  const double scale = ldexp(1, BITS - exponent);
  return isfinite(scale) ? (ys_unit){scale, largest * scale} : (ys_unit){0, 0};
}

void ys_tally_init(ys_tally *t, ys_memory *memory,
                   const ys_objective *objective, size_t most) {
  enum { LINE = 8 }; /* numbers of a line of the cache */
  const size_t copies = (size_t)objective->threads + 1;
  t->ranks = objective->batch->ranks;
  t->sparse = false;
  t->stride = (most + LINE - 1) / LINE * LINE;
  t->sum = ys_take(memory, ys_times(copies, t->stride), sizeof *t->sum,
                   "sums over rows");
  t->idle = ys_take(memory, copies, sizeof *t->idle, "sums over rows");
}

void ys_tally_begin(ys_tally *t, size_t count, int threads) {
  t->count = count;
  t->threads = threads;
  memset(t->idle, true, (size_t)threads * sizeof *t->idle);
}

/* Sums [first, end) of all threads, to the first one's. */
static void add_up(const ys_tally *t, size_t first, size_t end) {
  if (t->idle[0])
    memset(t->sum + first, 0, (end - first) * sizeof *t->sum);
  for (int thread = 1; thread < t->threads; thread++) {
    const int64_t *others = t->sum + (size_t)thread * t->stride;
    for (size_t i = first; i < end && !t->idle[thread]; i++)
      t->sum[i] += others[i];
  }
}

int64_t *ys_tally_of_threads(ys_tally *t) {
  const ys_blocks blocks = ys_blocks_make(t->count, (size_t)t->threads);
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_block_threads(&blocks, t->threads))
  for (size_t block = 0; block < blocks.count; block++)
    add_up(t, ys_block_begin(&blocks, block), ys_block_end(&blocks, block));
  return t->sum;
}

const int64_t *ys_tally_of_ranks(ys_tally *t, size_t count) {
  int64_t *room = t->sum + (size_t)t->threads * t->stride;
  (t->sparse ? ys_ranks_sum_sparse : ys_ranks_sum)(t->ranks, t->sum, room,
                                                   count);
  return t->sum;
}

const int64_t *ys_tally_total(ys_tally *t) {
  ys_tally_of_threads(t);
  return ys_tally_of_ranks(t, t->count);
}
