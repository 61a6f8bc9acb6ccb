/* Which classes each row holds where rows are few a class, with the interior
 * point's y and s of them. docs/method.md, "Few rows a class". */
#ifndef YS_FEW_LISTS_H
#define YS_FEW_LISTS_H

#include "solvers/ipm/ipm_state.h"

/* Rows of the batch, one after the other; classes rise within a row. */
typedef struct ys_few_rows {
  size_t *from;    /* M + 1: first entry of each */
  unsigned *class; /* of each entry */
  double *y, *s;   /* likewise */
} ys_few_rows;

typedef struct ys_few_lists {
  const ys_work *work;
  size_t entries, slots; /* room */
  ys_few_rows now, next;
  double *t, *mu, *off;             /* M: of the interior point's rows */
  double *best;                     /* M: max_k t sigma_k + nu_k */
  double *near, *second;            /* K: least slacks of a class in any row, */
  unsigned *nearest, *next_nearest; /* and these rows */
  unsigned *count, *left; /* K: rows that hold a class; that leave it */
  double *mass;           /* K: column sums */
  size_t *start;          /* K + 2: room for sorting */
  double *room;           /* K */
  ys_ipm_part part;       /* the lists as the interior point has them */
} ys_few_lists;

/* Room for so many slots; memory may be lacking then. */
void ys_few_lists_init(ys_few_lists *lists, ys_memory *memory,
                       const ys_work *work, size_t slots);

/* Lists anew from y: of each row the classes with y > `slight`, those of a
 * slack up to `width` at nu and t = 1 / x, and two at least; and of each class
 * two rows at least. One-hot rows that would hold no other stand still. What
 * else y has is dropped. False if there is no room, and y is as it was. */
bool ys_few_lists_choose(ys_few_lists *lists, double *y, const double *nu,
                         double width, double slight);

/* What the rows lack at nu, which `inner` has come to: the mean of what their
 * best gains exceed those of classes that they hold by. */
double ys_few_lists_price(ys_few_lists *lists, const ys_ipm_state *inner);

/* After that: take in classes of a slack up to `width`, at products `target`;
 * and drop those whose y is less than `share` of the average of its row, and of
 * its class, if that leaves lists shorter by much. `inner` goes on with the
 * rest, and y follows. Returns whether anything has changed. */
bool ys_few_lists_change(ys_few_lists *lists, ys_ipm_state *inner, double *y,
                         double width, double share, double target);

#endif
