/* The exact solver's state, and what its files do for each other. docs/
 * method.md, "The exact solver". Private to solvers/exact/. */
#ifndef YS_EXACT_STATE_H
#define YS_EXACT_STATE_H

#include "solvers/exact/few.h"
#include "solvers/exact/gathered.h"
#include "solvers/exact/nearest.h"
#include "solvers/exact/newton.h"
#include "solvers/exact/part.h"

/* A width below which rows and classes are chosen by rounding. */
#define YS_EXACT_NARROWEST 1e-15

typedef enum ys_exact_phase {
  YS_EXACT_SAMPLES, /* nu from samples of growing size */
  YS_EXACT_NEWTON,  /* nu on all rows */
  YS_EXACT_ROUNDS,  /* the interior point on rows in doubt */
  YS_EXACT_FEW,     /* few rows a class: the interior point on short lists */
  YS_EXACT_SWEEPS,  /* `fw` on all rows and classes */
  YS_EXACT_ALL,     /* the interior point on all rows and classes */
} ys_exact_phase;

typedef struct ys_exact {
  ys_work work;
  ys_exact_phase phase;
  double *nu; /* K: multipliers that go with the labels */
  ys_look look;
  ys_newton newton;
  ys_candidates candidates,
      before;   /* before: of the last round, with their y */
  double width; /* of the last choice */
  double left;  /* of it, for nu to move by */
  bool refined; /* its lists, where nu has come to */
  bool listed;  /* labels are the candidates' y; or their answers */

  /* rounds */
  ys_nearest nearest;
  uint64_t *wanted; /* wishes for rows of classes that nobody would hold */
  double *seen;     /* K: room */
  ys_look fresh;    /* a look at the new nu */
  ys_candidates everybody;    /* candidates of all ranks */
  const ys_candidates *whose; /* those that are solved: of all ranks */
  size_t own; /* the first of their entries that is this rank's */
  ys_exact_part part;
  ys_ipm_state *inner;    /* works on the part */
  ys_batch sampled;       /* the batch, with as many rows as a sample has */
  ys_objective objective; /* over that */
  double reach;           /* the widest that a round may choose by */
  size_t budget;          /* entries of a round */
  double gap, least;      /* of the last round; the least so far */
  int idle;               /* rounds since that was */
  bool chosen;            /* the part lacks next to nothing */
  bool moving;            /* the interior point can go on */

  /* few rows a class, and all rows and classes */
  ys_labels dense;      /* their labels, where the caller's are sparse */
  ys_gathered gathered; /* what they work on, where ranks have it */
  ys_few *few;
  const ys_solver *last;
  void *last_work;
} ys_exact;

/* ------------------------------------------------ samples (samples.c) ---- */

/* From nu = lambda on: nu, and candidates with their answers. False if it was
 * left to the interior point before it came to all rows, or there were too many
 * in doubt: nu is as good as a sample's then. */
bool ys_exact_solve_samples(ys_exact *w);

/* Go on by Newton's method on all rows, a step. False if it comes no nearer. */
bool ys_exact_refine(ys_exact *w);

/* M K, of all ranks. */
static inline size_t ys_exact_entries(const ys_exact *w) {
  return ys_batch_whole_rows(w->work.objective->batch) * w->work.classes;
}

/* Whether the batch is so small that the interior point on all rows is no worse
 * than ways round it. */
static inline bool ys_exact_is_small(const ys_exact *w) {
  enum { SMALL = 1 << 21 };
  return ys_exact_entries(w) <= SMALL;
}

/* Whether lists of classes are so long that `fw` leads farther where samples
 * lead nowhere, and y is no larger than a gibibyte. */
static inline bool ys_exact_has_long_rows(const ys_exact *w) {
  enum { MANY_CLASSES = 128, LARGE = 1 << 27 };
  return w->work.classes > MANY_CLASSES && ys_exact_entries(w) <= LARGE;
}

/* ---------------------------------------------------- rounds (rounds.c) ----
 */

/* max (a - b) - min (a - b), of K entries. */
double ys_exact_distance(const double *a, const double *b, size_t n);

/* After samples have been solved, or to solve what they have left. */
void ys_exact_begin_rounds(ys_exact *w, bool solved);

/* On a sample: choose rows, and solve them. nu moves. */
void ys_exact_round_on(ys_exact *w, ys_look_sample sample);

/* On all rows: the same, or go on with those that were chosen. Returns whether
 * another round makes sense. */
bool ys_exact_round(ys_exact *w);

/* ---------------------------------------------------- labels (labels.c) ----
 */

/* Labels: candidates by their answers, or y; other rows at their vertices. */
void ys_exact_write(ys_exact *w, ys_labels *y);

#endif
