/* The interior point on active sets (ipm:active=1): what its rounds
 * (ipm_active.c) and the choice of rows and classes (ipm_choose.c) share.
 * Private to the two. docs/method.md, "Active sets". */
#ifndef YS_IPM_ACTIVE_H
#define YS_IPM_ACTIVE_H

#include "solvers/ipm/ipm_state.h"

typedef struct ys_ipm_active {
  ys_work *work;
  const ys_solver *sweeper; /* fw, which makes the start point */
  void *sweeps;
  int sweeps_left;
  ys_ipm_state *inner; /* works on the part */
  ys_ipm_part part;    /* with room for every row and for `room` slots */
  size_t room;         /* slots that a choice fills with margin */
  size_t capacity;     /* slots that there are: all, if the batch is small */
  size_t wanted;       /* rows that a choice is to take in */
  double gap;          /* of y and nu when they were last priced */
  double slight; /* shares of a class up to this are no reason to hold it */
  double least;  /* the least such gap so far */
  int idle;      /* rounds since then */
  int tries;     /* fresh starts of a part, after rounds that went nowhere */
  bool chosen;   /* the part lacks next to nothing */
  bool moving;   /* the interior point can go on */
  bool whole;    /* it works on every row and class */
  bool done;
  double *kept;  /* capacity: y at the round's start, where the part holds it */
  double value;  /* F of `saved` */
  double *saved; /* M x K: the best y of those that were saved */
  double *nu;    /* K: multipliers that rows are priced at */
  double *mass;  /* K: column sums of y */
  double *row;   /* K: for a row of sigma, where there are no threads */
  double *margin;   /* M: best gain minus the second best */
  double *best;     /* M: best gain */
  unsigned *vertex; /* M: the class of a row left out; K: not left out */
  unsigned *count;  /* M: classes that a choice gives a row, or 0 */
  size_t *keeper;   /* K: the row that has most of a class */
  size_t *start;    /* K + 1: room */
} ys_ipm_active;

/* Price every class of every row at nu: best and margin. Returns the mean over
 * the rows of what the best gain exceeds that of the classes that the row
 * holds by: what the part's optimum may lack. */
double ys_ipm_price(ys_ipm_active *w, const double *y);

/* Whether there are slots for every row and class: then nothing that y holds
 * need ever be dropped, and the interior point can work on the whole. */
bool ys_ipm_fits_whole(const ys_ipm_active *w);

/* Choose rows and classes anew: those that hold several classes, and those
 * whose margins are the least, about `wanted` rows in all. Rows left out are
 * put on their best class. False if there is nothing to work on, or too much.
 */
bool ys_ipm_choose(ys_ipm_active *w, double *y);

/* Save y, which is about to change beyond recall, if it is the best so far. */
void ys_ipm_save(ys_ipm_active *w, const double *y);

/* Set up from y, which may change; a part of a solver's work, whose memory and
 * scratch it uses and which closes it, whatever came of it. */
ys_code ys_ipm_active_open(ys_ipm_active *w, ys_work *work, int correctors,
                           double *y, ys_error *error);
void ys_ipm_active_close(ys_ipm_active *w);
ys_step ys_ipm_active_step(ys_ipm_active *w, double *y, ys_error *error);

#endif
