/* Scores of a clustering against labels that training never saw. */
#ifndef YS_SCORES_H
#define YS_SCORES_H

#include "problems/error.h"

#include <stddef.h>

typedef struct ys_scores {
  double accuracy; /* share of rows in agreement under the best one-to-one
                      matching of clusters to classes (Hungarian method) */
  double plain;    /* the same without matching: cluster k is class k */
  double nmi;      /* mutual information over the mean of the two entropies; 1
                      if both are 0 */
  double ari;      /* Hubert and Arabie's adjusted Rand index (J. Classification
                      2, 1985); 1 if both partitions are the same trivial one */
} ys_scores;

/* Compare `cluster` with `label`, both of `rows` >= 1 entries below `classes`.
 */
ys_code ys_scores_find(const size_t *cluster, const size_t *label, size_t rows,
                       size_t classes, ys_scores *scores, ys_error *error);

/* The assignment of n rows to n columns of least total cost (n x n, row by
 * row): column[i] is that of row i. The Hungarian method with potentials in
 * O(n^3) (Kuhn 1955; Jonker and Volgenant, Computing 38, 1987). */
ys_code ys_assign(const double *cost, size_t n, size_t *column,
                  ys_error *error);

/* The column of the largest entry in each row, the first of equals. */
void ys_largest_columns(const double *matrix, size_t rows, size_t cols,
                        size_t *column);

#endif
