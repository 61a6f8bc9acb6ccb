/* What labels look like: how many classes share a row, how sure a row is, and
 * how evenly classes are used. What to expect: docs/method.md, "What the
 * optimum looks like". */
#ifndef LABELSHAPE_H
#define LABELSHAPE_H

#include "problems/labels.h"

enum { LABEL_QUANTILES = 4 };
extern const double label_quantiles[LABEL_QUANTILES]; /* 0, 0.01, 0.1, 0.5 */

typedef struct label_shape {
  size_t rows, classes;
  size_t one, two, more; /* rows by how many entries are above the threshold */
  size_t most;           /* the largest such number */
  double mean_largest;   /* mean over rows of the largest entry */
  double largest[LABEL_QUANTILES];   /* quantiles of the same */
  double least_share, largest_share; /* of ybar_k / u_k over the classes */
} label_shape;

/* Of labels y, M x K, rows on the simplex, for a prior of K positive numbers
 * (NULL: uniform), whose sum is divided out. 0 <= threshold < 1 / K, so that
 * every row has a class above it. */
ys_code label_shape_of(const ys_labels *y, const double *prior,
                       double threshold, label_shape *shape, ys_error *error);

#endif
