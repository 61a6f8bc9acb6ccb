/* K-means: the baseline on the same inputs, and a start for training. */
#ifndef YS_KMEANS_H
#define YS_KMEANS_H

#include "training/dataset.h"

#include <stdint.h>

/* Lloyd's iterations from k-means++ starts (Arthur and Vassilvitskii, SODA
 * 2007), the best of `restarts` by the sum of squared distances, which goes to
 * *inertia. `cluster` has a number below dataset->classes for each row. A
 * cluster that empties is put on the row that is farthest from its centre. The
 * same bits from the same seed at every number of threads. */
ys_code ys_kmeans(const ys_dataset *dataset, size_t restarts, uint64_t seed,
                  int threads, size_t *cluster, double *inertia,
                  ys_error *error);

#endif
