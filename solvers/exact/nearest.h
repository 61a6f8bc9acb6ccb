/* Of each class the rows that it is nearest to, whatever its multiplier: where
 * rows are few a class, and where a class would be left out, they are added to
 * the candidates. */
#ifndef YS_EXACT_NEAREST_H
#define YS_EXACT_NEAREST_H

#include "solvers/exact/candidates.h"

typedef struct ys_nearest {
  size_t most;   /* rows a class */
  double *lack;  /* threads x K x most, rising: what the class's line, without
                    nu_k, is below the highest */
  uint32_t *row; /* likewise */
} ys_nearest;

void ys_nearest_init(ys_nearest *near, ys_memory *memory, size_t classes,
                     size_t most, int threads);

/* Find them among all rows of the batch, as they were looked at nu. */
void ys_nearest_find(ys_nearest *near, const ys_work *work, const ys_look *look,
                     const double *nu);

#endif
