/* What pairwise Frank-Wolfe's sweeps (fw.c) and its corrections (fw_correct.c)
 * share. Private to the two. */
#ifndef YS_FW_H
#define YS_FW_H

#include "solvers/fw/pairs.h"
#include "solvers/fw/pairwise.h"
#include "solvers/fw/running_means.h"
#include "solvers/solver.h"

#include <stdint.h>

typedef struct ys_fw_state {
  const ys_objective *objective;
  const ys_stop *stop; /* whom to ask inside a step; NULL for nobody */
  ys_scratch scratch;
  ys_running_means means;
  double *log_sigma;   /* M x K, shannon alone */
  const double *score; /* M x K: sigma, or its logarithm */
  size_t stride;       /* rows are visited in steps of it: prime to M */
  bool corrective;
  uint32_t *vertex;     /* M: the class of a one-hot row; K for another row */
  unsigned char *visit; /* M: whether this sweep visits the row */
  ys_pairs pairs;
  size_t *row;   /* M: the row of each pair */
  double *level; /* M: its score . y */
} ys_fw_state;

/* Row i of y. */
static inline ys_pairwise_row ys_fw_row(const ys_fw_state *w, double *y,
                                        size_t i) {
  const size_t n = w->objective->batch->classes;
  return (ys_pairwise_row){w->score + i * n, y + i * n, n,
                           w->objective->loss == YS_SHANNON};
}

/* Whether the row holds several classes. */
static inline bool ys_fw_is_mixed(const ys_fw_state *w, size_t i) {
  return w->vertex[i] == w->objective->batch->classes;
}

/* Note whether the row is one-hot, and at which class. */
void ys_fw_classify(ys_fw_state *w, ys_pairwise_row row, size_t i);

/* Column means and multipliers anew. */
void ys_fw_refresh(ys_fw_state *w, const double *y);

/* Correct the rows that hold several classes together, in steps while they pay.
 * F never rises. Returns whether y has changed. */
bool ys_fw_correct(ys_fw_state *w, double *y);

#endif
