/* Fixed row blocks. Every loop over rows that adds something up runs over these
 * blocks, keeps one partial sum a block, and combines the partial sums in a
 * fixed order: that of the blocks, or a tree over them
 * (problems/objective/tree.h). The blocks depend on the shape of the batch
 * alone, so a result has the same bits whatever the number of threads. */
#ifndef YS_BLOCKS_H
#define YS_BLOCKS_H

#include <stddef.h>

#pragma GCC visibility push(default)

typedef struct ys_blocks {
  size_t rows;  /* rows in all */
  size_t size;  /* rows a block; the last block may be shorter */
  size_t count; /* number of blocks, 1 to YS_MAX_BLOCKS */
} ys_blocks;

enum {
  YS_MAX_BLOCKS = 128,
  YS_TILE_ROWS = 4, /* neighbours that kernels take side by side */
};

/* Blocks for a rows x classes batch: at least about 4096 elements each, so that
 * a small batch is not torn into more pieces than starting a thread is worth;
 * whole tiles, but for the last one. No rows make one empty block. */
ys_blocks ys_blocks_make(size_t rows, size_t classes);

/* First row of a block, which is below blocks->count, and one past its last. */
size_t ys_block_begin(const ys_blocks *blocks, size_t block);
size_t ys_block_end(const ys_blocks *blocks, size_t block);

/* How many threads are worth starting: `threads`, but no more than blocks, and
 * one at least. */
int ys_block_threads(const ys_blocks *blocks, int threads);

/* A compensated sum (Neumaier 1974) for totals over many rows; zeroed: 0. */
typedef struct ys_sum {
  double total, carry;
} ys_sum;

void ys_sum_add(ys_sum *sum, double term);
double ys_sum_value(const ys_sum *sum); /* infinite or NaN if a plain sum is */

#pragma GCC visibility pop

#endif
