#include "problems/blocks.h"

#include <math.h>

ys_blocks ys_blocks_make(size_t rows, size_t classes) {
  const size_t elements_a_block = 4096;
  size_t least = elements_a_block / (classes ? classes : 1);
  size_t even = (rows + YS_MAX_BLOCKS - 1) / YS_MAX_BLOCKS;
  size_t some = even > least ? even : least;
  size_t tiles = (some + YS_TILE_ROWS - 1) / YS_TILE_ROWS;
  size_t size = (tiles ? tiles : 1) * YS_TILE_ROWS;
  size_t count = (rows + size - 1) / size;
  return (ys_blocks){rows, size, count ? count : 1};
}

size_t ys_block_begin(const ys_blocks *blocks, size_t block) {
  return block * blocks->size;
}

size_t ys_block_end(const ys_blocks *blocks, size_t block) {
  size_t end = (block + 1) * blocks->size;
  return end < blocks->rows ? end : blocks->rows;
}

int ys_block_threads(const ys_blocks *blocks, int threads) {
  if (threads < 1)
    return 1;
  return (size_t)threads < blocks->count ? threads : (int)blocks->count;
}

void ys_sum_add(ys_sum *sum, double term) {
  double total = sum->total + term;
  if (fabs(sum->total) >= fabs(term))
    sum->carry += (sum->total - total) + term;
  else
    sum->carry += (term - total) + sum->total;
  sum->total = total;
}

double ys_sum_value(const ys_sum *sum) {
  /* An infinite total has a carry that is not a number. */
  return isfinite(sum->total) ? sum->total + sum->carry : sum->total;
}
