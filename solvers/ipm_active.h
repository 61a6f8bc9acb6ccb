/* The interior point on active sets (ipm:active=1): what its rounds
 * (ipm_active.c) and the choice of rows and classes (ipm_choose.c) share.
 * Private to the two. docs/method.md, "Active sets". */
#ifndef YS_IPM_ACTIVE_H
#define YS_IPM_ACTIVE_H

#include "ipm.h"
#include "solver.h"

typedef struct ys_ipm_active {
  const ys_objective *objective;
  ys_blocks blocks;         /* of the batch's rows */
  const ys_solver *sweeper; /* fw, which makes the start point */
  void *sweeps;
  int sweeps_left;
  ys_ipm_state *inner; /* works on the part */
  ys_ipm_part part;
  size_t room;   /* slots that the part may have */
  size_t wanted; /* rows that a choice is to take in */
  double gap;    /* of y and nu when they were last priced */
  double slight; /* shares of a class up to this are no reason to hold it */
  bool chosen;   /* the part lacks next to nothing */
  bool moving;   /* the interior point can go on */
  bool done;
  double *nu;              /* K: multipliers that rows are priced at */
  double *rest;            /* K: the part's */
  double *mass;            /* K: column sums of y */
  double *margin;          /* M: best gain minus the second best */
  double *best;            /* M: best gain */
  double *totals;          /* blocks */
  unsigned *vertex;        /* M: the class of a row left out; K: not left out */
  unsigned *count;         /* M: classes that a choice gives a row, or 0 */
  size_t *keeper;          /* K: the row that has most of a class */
  size_t *start;           /* K + 1: room */
  size_t *row, *begin;     /* M; tiles + 1: the part's */
  unsigned *held;          /* M: the part's */
  ys_ipm_classes *classes; /* room: the part's */
} ys_ipm_active;

/* Price every class of every row at nu: best and margin. Returns the mean over
 * the rows of what the best gain exceeds that of the classes that the row
 * holds by: what the part's optimum may lack. */
double ys_ipm_price(ys_ipm_active *w, const double *y);

/* Choose rows and classes anew: those that hold several classes, and those
 * whose margins are the least, about `wanted` rows in all. Rows left out are
 * put on their best class. False if there is nothing to work on, or too much.
 */
bool ys_ipm_choose(ys_ipm_active *w, double *y);

/* The solver's interface. */
ys_code ys_ipm_active_open(ys_ipm_active **opened,
                           const ys_objective *objective, int correctors,
                           double *y, ys_error *error);
ys_step ys_ipm_active_step(ys_ipm_active *w, double *y, ys_error *error);
void ys_ipm_active_close(ys_ipm_active *w); /* accepts NULL */

#endif
