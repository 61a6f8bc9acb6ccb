/* The state of `fw`, and its rows: what each holds, where its scores are, and
 * the column means of all. Private to solvers/fw/. */
#ifndef YS_FW_ROWS_H
#define YS_FW_ROWS_H

#include "solvers/common/work.h"
#include "solvers/fw/held.h"
#include "solvers/fw/pairs.h"
#include "solvers/fw/pairwise.h"

/* Where a correction moves mass in a row: places among the entries held, the
 * row's place, what score . y rises by for a unit, and what that is. */
typedef struct ys_fw_move {
  size_t to, from, row;
  double apart, level;
} ys_fw_move;

typedef struct ys_fw_state {
  ys_work work;
  ys_running_means means;
  const double *score; /* M x K: sigma, or its logarithm; NULL: sigma is kept as
                          float32 */
  double *logs;        /* M x K: of shannon, room for those */
  double *room;        /* K: for a row of it, where there are no threads */
  size_t stride;       /* rows are visited in steps of it: prime to M */
  bool corrective;
  bool corrects_first;  /* ys_fw_correct_first() */
  bool stepped;         /* since it began */
  double gap;           /* ys_fw_gap(); where corrections come first */
  uint32_t *vertex;     /* M: the class of a one-hot row; K for another row */
  unsigned char *visit; /* M: whether this sweep visits the row */
  ys_pairs pairs;
  ys_fw_held held;  /* by rows of several classes, while they are corrected */
  ys_fw_move *move; /* M: of each pair */
} ys_fw_state;

/* Scores of row i: where they are, or in `room`. */
static inline const double *ys_fw_scores(const ys_fw_state *w, size_t i,
                                         double *room) {
  return w->score ? w->score + i * w->work.classes
                  : ys_batch_rows(w->work.objective->batch, i, 1, room);
}

/* Row i of y, its scores in `room` (K) if they are nowhere. */
static inline ys_pairwise_row ys_fw_row(const ys_fw_state *w, double *y,
                                        size_t i, double *room) {
  const size_t n = w->work.classes;
  return (ys_pairwise_row){ys_fw_scores(w, i, room), y + i * n, n,
                           w->work.objective->loss == YS_SHANNON};
}

/* Whether the row holds several classes. */
static inline bool ys_fw_is_mixed(const ys_fw_state *w, size_t i) {
  return w->vertex[i] == w->work.classes;
}

/* The one class that has something of a row of n, or n. */
size_t ys_fw_only_class(const double *y, size_t n);

/* Note whether row i, `y`, is one-hot, and at which class. */
void ys_fw_classify(ys_fw_state *w, const double *y, size_t i);

/* Column means and multipliers anew. */
void ys_fw_refresh(ys_fw_state *w, const double *y);

#endif
