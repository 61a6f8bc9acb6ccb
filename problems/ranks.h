/* One y-step over many processes. Ranks hold whole row blocks of one batch
 * each, in order, and know of the others' rows what is combined in a fixed tree
 * over the blocks: column sums and a few numbers (problems/objective/tree.h).
 * What carries them is somebody else's: here are two functions of his. */
#ifndef YS_RANKS_H
#define YS_RANKS_H

#include "blocks.h"
#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(default)

/* A number of each rank's that rides on whatever the tree combines, so that it
 * costs no message of its own: the largest of what the ranks said when numbers
 * were combined last, the same on all. */
typedef struct ys_rider {
  double (*say)(void *context); /* NULL: 0 */
  void *context;
  double most;
} ys_rider;

/* Wherever a ys_ranks is asked for, NULL is a process alone. All ranks make the
 * same calls in the same order. Calls on one ys_ranks are made by one thread at
 * a time. */
typedef struct ys_ranks {
  size_t rank, count; /* this one, of so many */
  /* `size` bytes to another rank, and from it, in order. False once a rank is
   * lost: nothing is carried any more then, and nobody waits. */
  bool (*send)(void *context, size_t to, const void *bytes, size_t size);
  bool (*receive)(void *context, size_t from, void *bytes, size_t size);
  /* Both at once between two ranks that call it both, `size` bytes each way:
   * neither waits until the other has sent. */
  bool (*exchange)(void *context, size_t other, const void *out, void *in,
                   size_t size);
  /* Why nothing is carried any more; NULL: it is. */
  const char *(*loss)(void *context);
  void *context;
  ys_rider *rider; /* NULL: nothing rides */
} ys_ranks;

/* Its loss; NULL for a process alone. */
const char *ys_ranks_loss(const ys_ranks *ranks);

/* ----------------------------------------------------- what is whose ---- */

/* The blocks of a whole batch, and those [first, end) of them that are one
 * rank's. */
typedef struct ys_share {
  const ys_ranks *ranks;
  ys_blocks whole;
  size_t first, end;
} ys_share;

/* The caller's share of a rows x classes batch. The shares differ by a quarter
 * at most, and by a block: bounds of subtrees that are near are taken, so that
 * little is sent; two to the n ranks hold a subtree each. */
ys_share ys_share_make(const ys_ranks *ranks, size_t rows, size_t classes);

/* Where the share of a rank of so many begins, 0 to the number of blocks; of
 * rank `count`: where the last one ends. And whose a block is. */
size_t ys_share_begin(const ys_blocks *whole, size_t count, size_t rank);
size_t ys_share_owner(const ys_share *share, size_t block);

/* The tree: where the right one of a node's two halves begins, of blocks
 * [begin, end), two at least. */
size_t ys_tree_middle(size_t begin, size_t end);

/* Its rows: the first one's place in the batch, and the blocks that they are.
 */
size_t ys_share_first_row(const ys_share *share);
ys_blocks ys_share_blocks(const ys_share *share);

/* YS_UNSUPPORTED, the same on all ranks: there are more ranks than blocks. */
ys_code ys_share_check(const ys_share *share, ys_error *error);

/* Tell in a message about a row, which counts from the rank's first, where that
 * one is. Returns the code. */
ys_code ys_share_explain(const ys_share *share, ys_code code, ys_error *error);

/* ------------------------------------------------------- for decisions ---- */

/* Rank 0's bytes to all. False once a rank is lost; the bytes are what they
 * were then. */
bool ys_ranks_spread(const ys_ranks *ranks, void *bytes, size_t size);

/* Everybody's `size` bytes become what `meet` makes of them, in the order of
 * ranks, by turns: of what a rank has (`bytes`) and those behind it. `other` is
 * room for as many. False once a rank is lost: the bytes are anything. */
typedef void ys_rank_meeting(void *bytes, const void *other, size_t size);
bool ys_ranks_meet(const ys_ranks *ranks, void *bytes, void *other, size_t size,
                   ys_rank_meeting *meet);

/* The sums of `count` whole numbers, whose order is nobody's concern: none may
 * be beyond what 64 bits hold. `room`: for as many. Likewise. */
bool ys_ranks_sum(const ys_ranks *ranks, int64_t *numbers, int64_t *room,
                  size_t count);

/* The same, where most numbers are 0 on every rank: the others alone are
 * sent. */
bool ys_ranks_sum_sparse(const ys_ranks *ranks, int64_t *numbers, int64_t *room,
                         size_t count);

/* Every rank's bytes on all, rank r's from begin[r] to before begin[r + 1]
 * (count + 1), where its own are already. Likewise. */
bool ys_ranks_gather(const ys_ranks *ranks, void *bytes, const size_t *begin);

/* Whether it is so on any rank, and the least and the most of all, none of them
 * NaN: the caller's own once a rank is lost. */
bool ys_ranks_any(const ys_ranks *ranks, bool so);
size_t ys_ranks_least(const ys_ranks *ranks, size_t number);
double ys_ranks_most(const ys_ranks *ranks, double number);

/* The code of all: that of the first rank that has one, whose reason goes into
 * `error` (not NULL where there is a code) with its rank in front, unless all
 * say the same; or YS_OK. YS_IO once a rank is
 * lost. */
ys_code ys_ranks_agree(const ys_ranks *ranks, ys_code code, ys_error *error);

/* Whether all have found the same shape under a name: YS_BAD_INPUT if not. */
ys_code ys_ranks_agree_shape(const ys_ranks *ranks, const char *name,
                             size_t rows, size_t classes, ys_error *error);

#pragma GCC visibility pop

#endif
