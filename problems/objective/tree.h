/* Numbers of every row block, combined over the blocks of all ranks in a fixed
 * binary tree: its nodes halve the blocks (ys_tree_middle) and depend on the
 * shape of the whole batch alone, so that the bits are the same at any number
 * of threads and ranks. A rank works out the nodes within its share. Where the
 * ranks are a power of two each has a subtree, and they climb by exchanging
 * nodes with the sibling's rank, log2(ranks) times a node each way; else each
 * sends the nodes that others go on with, and the first rank's result goes to
 * all. */
#ifndef YS_TREE_H
#define YS_TREE_H

#include "problems/ranks.h"

/* Of a plain sum's terms of one sign no more is lost than half a unit in the
 * last place a level of the tree, and half as much travels. */
typedef enum ys_meeting {
  YS_SUM, /* compensated: total and what rounding leaves, both of which travel
           */
  YS_PLAIN_SUM,
  YS_LARGEST,
  YS_LEAST, /* no NaN, unless there is nothing else */
} ys_meeting;

/* Some numbers of each of the caller's blocks: `count` from of[block * stride]
 * on, blocks from 0, which become as many in `to`, the same on all ranks; NaN
 * there once a rank is lost. */
typedef struct ys_tree_part {
  ys_meeting how;
  const double *of;
  size_t stride, count;
  double *to;
} ys_tree_part;

/* How many numbers of room combining takes whose parts have `sums` sums and
 * `others` other numbers, or fewer. */
size_t ys_tree_room(const ys_share *share, size_t sums, size_t others);

void ys_tree_combine(const ys_share *share, const ys_tree_part *parts,
                     size_t count, double *room);

#endif
