/* Of each class the rows that it is nearest to, whatever its multiplier: where
 * rows are few a class, and where a class would be left out, they are added to
 * the candidates. */
#ifndef YS_EXACT_NEAREST_H
#define YS_EXACT_NEAREST_H

#include "solvers/exact/candidates.h"

enum { YS_NEAREST = 4 }; /* rows a class */

/* A row, of all ranks', and what the class's line, without nu_k, is below the
 * highest there; +infinity: none. */
typedef struct ys_near {
  double lack;
  uint64_t row;
} ys_near;

typedef struct ys_nearest {
  ys_near *list; /* (threads + 1) x K x YS_NEAREST, by lack, then by row */
} ys_nearest;

/* Memory may be lacking then. */
void ys_nearest_init(ys_nearest *near, ys_memory *memory,
                     const ys_objective *objective);

/* Find them among all rows of the batch, of all ranks, as they were looked at
 * nu. */
void ys_nearest_find(ys_nearest *near, const ys_work *work, const ys_look *look,
                     const double *nu);

#endif
