/* Where few rows a class begin: labels that hold few classes a row, from a
 * smoothed problem, and sweeps of pairwise Frank-Wolfe over them.
 * docs/method.md, "Few rows a class". */
#ifndef YS_FEW_START_H
#define YS_FEW_START_H

#include "solvers/common/work.h"
#include "solvers/fw/running_means.h"

typedef struct ys_few_start {
  const ys_work *work;
  ys_running_means means;       /* nu: the multipliers */
  double *t;                    /* M */
  double *pace;                 /* M: how far ln t may go at once */
  float *tilt, *sigma, *weight; /* K: nu / eps; room for a row */
  double *most;                 /* K: largest entry of a class */
  unsigned *keeper;             /* K: its row */
  double *room;                 /* K */
} ys_few_start;

void ys_few_start_init(ys_few_start *s, ys_memory *memory, const ys_work *work);

/* Labels near the optimum of the smoothed problem, cut to the entries that are
 * worth it; each class stays with a row. */
void ys_few_smooth(ys_few_start *s, double *y);

/* Each row on its class of largest sigma, and half a row on classes that are
 * no row's. */
void ys_few_vertices(ys_few_start *s, double *y);

/* Sweeps over all rows of y. Leaves multipliers of y's column means in
 * means.nu. */
void ys_few_sweep(ys_few_start *s, double *y, int sweeps);

#endif
