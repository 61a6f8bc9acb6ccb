/* What ranks have between them, on each of them: a whole batch, for solvers
 * that work on all rows, and the rows in doubt, for the interior point.
 * Everybody then goes on alike. */
#ifndef YS_EXACT_GATHERED_H
#define YS_EXACT_GATHERED_H

#include "solvers/exact/candidates.h"

/* All ranks' rows; all zeros: nothing yet. */
typedef struct ys_gathered {
  ys_batch batch;
  ys_objective objective; /* over that; its prior is another's */
  ys_labels y;            /* of either kind */
} ys_gathered;

/* All rows of an objective's batch and of labels on every rank; again, if it
 * has been before. `sparse`: sparse labels stay so; else they are dense there.
 * YS_UNSUPPORTED: there are more than 2^27 numbers of each; YS_NO_MEMORY; YS_IO
 * once a rank is lost: the same on all ranks. */
ys_code ys_gather_whole(ys_gathered *g, const ys_objective *objective,
                        const ys_labels *y, bool sparse, ys_error *error);
void ys_gathered_free(ys_gathered *g);

/* This rank's rows of its labels, into y of either kind. YS_NO_MEMORY, the same
 * on all ranks: y is as it was on some. */
ys_code ys_gathered_write(const ys_gathered *g, const ys_objective *objective,
                          ys_labels *y, ys_error *error);

/* Room for all ranks' candidates; memory may be lacking then. */
void ys_all_candidates_init(ys_candidates *all, ys_memory *memory, size_t rows,
                            const ys_candidates *own);

/* All ranks' candidates with their y, but for the places of their rows in the
 * batch: in a process alone the caller's own, and else `all`. First entry of
 * the caller's own: *first. NULL once a rank is lost. */
const ys_candidates *ys_gather_candidates(const ys_ranks *ranks,
                                          const ys_candidates *own,
                                          ys_candidates *all, size_t *first);

#endif
