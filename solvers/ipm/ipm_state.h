/* Private to the interior-point solver (ipm*.c): its state and the parts it is
 * made of. The mathematics, with the names used here: docs/method.md, "The
 * interior point".
 *
 * For every row i and class k, with slopes a and the row's multipliers t_i and
 * mu_i,
 *
 *   s_ik = mu_i - t_i a_ik - nu_k > 0,  s_ik y_ik -> w_ik,
 *
 *   collision:  a = sigma,     t_i x_i = 1 with x_i = a_i . y_i,  w = 0
 *   shannon:    a = ln sigma,  t_i = 1,                           w = 0
 *   reverse:                   t_i = 0,                           w = sigma
 *
 * and nu_k is minus the fairness gradient at z_k = ybar_k. */
#ifndef YS_IPM_STATE_H
#define YS_IPM_STATE_H

#include "problems/vector/lanes.h"
#include "solvers/common/work.h"

/* The classes of a slot, a row each, where rows do not hold every class. */
typedef struct ys_ipm_classes {
  unsigned of[YS_LANES];
} ys_ipm_classes;

/* Which rows and classes the solver works on, where that is not all of them:
 * the other rows of y stand still, and other classes have y = 0. Borrowed. A
 * tile's rows have as many slots as the longest of them; empty ones have class
 * 0 and slope YS_IPM_CLOSED. */
typedef struct ys_ipm_part {
  size_t rows, tiles;
  size_t *row;             /* rows: their place in the batch */
  unsigned *held;          /* rows: how many classes, at least 2 */
  size_t *begin;           /* tiles + 1: first slot of a tile */
  ys_ipm_classes *classes; /* begin[tiles] */
  ys_lanes *sigma;         /* begin[tiles]; or NULL: it is the batch's */
  double *rest;            /* K: share of the other rows in ybar */
  ys_lanes *y; /* begin[tiles]: the rows' y is read from here and written to;
                  or NULL: it is in an M x K array */
} ys_ipm_part;

/* A slope so low that its class gets nothing. */
#define YS_IPM_CLOSED (-1e100)

/* A tile's numbers of a row each. The row's block of the Newton system is
 * reduced by two pivot classes m and j, those of largest y / s. Lanes behind
 * the last row are empty: y = 0 and not live. */
typedef struct ys_ipm_tile {
  ys_lanes t, mu, x;
  ys_lanes
      off; /* 1: slacks are out of line with nu, s != mu - t a - nu; or 0 */
  ys_mask live; /* two classes or more have y > 0 */
  unsigned m[YS_LANES], j[YS_LANES];
  ys_lanes ym, yj, sm, sj; /* y and s of the pivots */
  ys_lanes am, qj, g;      /* a of m; a of j minus that; t / x or 0 */
  ys_lanes pivot;          /* 1 / (sm / ym + sj / yj + g qj^2) */
  ys_lanes share, tilt;    /* dy of k takes share + tilt q_k of itself from j */
  ys_lanes e0, e1, e2;     /* sums of e, e q, e q^2; e = y / s, q = a - am */
  ys_lanes i0, i1;         /* sums of 1 / s, q / s */
  ys_lanes x11, x12, x22;
} ys_ipm_tile;

/* A tile's part of a direction, beside dy. */
typedef struct ys_ipm_move {
  ys_lanes dt, dx, dsm, dsj; /* dsm, dsj: ds of the pivots */
  ys_lanes level; /* ds_k = level - dt q_k - (nu + dnu + s + t a - mu)_k */
  ys_lanes reach_y, reach_s; /* steps that stay inside, at most 1 */
  ys_lanes ss, sd, ds, dd;   /* s.y, s.dy, ds.y, ds.dy */
} ys_ipm_move;

/* A direction: dnu and dz (K), dy (slots), and the tiles' parts.
 */
typedef struct ys_ipm_direction {
  double *nu, *z;
  ys_lanes *y;
  ys_ipm_move *move;
} ys_ipm_direction;

/* How far along a direction to go: y, (s, t, mu) and nu. Rows that cannot go
 * that far go as far as they can, and are then centred at `target` if that is
 * positive. */
typedef struct ys_ipm_length {
  double y, s, nu;
  double target;
} ys_ipm_length;

enum {
  YS_IPM_TRIALS = 3,   /* lengths tried at a time */
  YS_IPM_SCRATCH = 10, /* columns of room for a thread */
  YS_IPM_GROUPS = 16,
  YS_IPM_CHUNK = 32, /* tiles whose vectors are subtracted at a time */
};

/* Another way to the solution of the K x K system than Cholesky's on the matrix
 * that ys_ipm_factor collects, which is not collected then. */
typedef struct ys_ipm_state ys_ipm_state;
typedef struct ys_ipm_system {
  /* Factorise, once the rows' blocks are (ys_ipm_factor). False if the system
   * is not positive definite to working precision. */
  bool (*assemble)(ys_ipm_state *p, void *context);
  /* right (K) becomes the solution for it. */
  void (*solve)(const ys_ipm_state *p, void *context, double *right);
  void *context;
} ys_ipm_system;

struct ys_ipm_state {
  const ys_objective *objective;
  const ys_ipm_part *part; /* NULL: every row and class */
  size_t n;                /* K */
  size_t rows;             /* in the tiles */
  size_t tiles;            /* of YS_LANES rows */
  size_t slots;            /* of the tiles, all together */
  double products;         /* s y a row of the batch */
  ys_blocks blocks;        /* of tiles */
  size_t groups;           /* of blocks, each with a K x K matrix of its own */
  int threads;             /* no more than blocks */
  bool curved, weighted;   /* collision; reverse */
  int correctors;          /* most centrality correctors an iteration */

  ys_lanes *a, *y, *s; /* slots */
  ys_lanes *is;        /* slots: 1 / s, but 0 at the pivots and
                          where y is 0 */
  ys_lanes *c;         /* slots: lowers the targets of s y */
  ys_lanes *cx;        /* tiles: lowers those of t x */
  ys_lanes *none;      /* K zeros */
  ys_ipm_tile *tile;   /* tiles */
  ys_ipm_direction now, spare;
  ys_lanes *scratch; /* threads x SCRATCH x K */
  ys_lanes *vectors; /* groups x K x 2 CHUNK */
  double *group;     /* groups x K x K */
  double *schur;     /* K x K, lower triangle: Cholesky factor */
  double *partials;  /* blocks x TRIALS x K: sums over a block */
  double *totals;    /* blocks x TRIALS */

  double level;   /* near which nu ends for large lambda */
  double *nu;     /* K: less level */
  double *hint;   /* K: nu itself */
  double *z;      /* K */
  double *ih;     /* K: -M dz / dnu of the fairness term */
  double *ahead;  /* K: what dnu + (M / ih) dz has to be */
  double *base;   /* K: sum_i B_i b_i at target 0 */
  double *centre; /* K: its change for a unit of target */
  double *second; /* K: its change by c and cx */
  double *trial;  /* (TRIALS + 1) x K: nu of trials; room */

  double target;         /* to begin at */
  double gap;            /* F(y) minus a lower bound, up to rounding */
  double best;           /* its least value so far */
  int idle;              /* iterations since then */
  bool started, matched; /* nu was given with y */
  bool again;            /* rows were begun at their middle, the start point
                            having led nowhere */
  const char *why;       /* there is no better point */
  const ys_stop *stop;   /* whom to ask, or NULL */
  const ys_ipm_system *system; /* NULL: its own */
};

/* The first slot of a tile, or one past the last. */
static inline size_t ys_ipm_first_slot(const ys_ipm_state *p, size_t tile) {
  return p->part ? p->part->begin[tile] : tile * p->n;
}

static inline size_t ys_ipm_least(size_t a, size_t b) {
  return a < b ? a : b;
}

/* How many tiles so many rows fill. */
static inline size_t ys_ipm_tiles(size_t rows) {
  return (rows + YS_LANES - 1) / YS_LANES;
}

/* ------------------------------------------------ start (ipm_start.c) ---- */

/* A state with room for so many tiles and slots, of memory that may be lacking
 * then. */
ys_ipm_state *ys_ipm_open(ys_memory *memory, const ys_objective *objective,
                          size_t tiles, size_t slots, int correctors);

/* Take y over, or a part of it (NULL: all), moved off the boundary, with
 * multipliers nu (NULL: to match y), and a first target that suits them. What
 * the part's rows have in other classes goes to those that it holds. */
void ys_ipm_read(ys_ipm_state *p, const ys_ipm_part *part, const double *y,
                 const double *nu);

/* Another part, on which the caller goes on from where the last one was: he
 * fills y and s, positive, of the slots that rows hold, and t, mu and `off` of
 * the tiles' rows; nu stays. */
void ys_ipm_reshape(ys_ipm_state *p, const ys_ipm_part *part);

/* The least target that means anything: below it, slacks are rounding errors.
 */
double ys_ipm_least_target(const ys_ipm_state *p);

/* Start again from the middle of every row, with multipliers to match. Returns
 * a target at which that is near the centre. */
double ys_ipm_read_even(ys_ipm_state *p);

/* Write the rows of a tile to y. */
void ys_ipm_write(const ys_ipm_state *p, size_t tile, double *y);

/* ------------------------------------------ iteration (ipm_iterate.c) ---- */

/* One iteration, lambda > 0; y is written, unless a stop is wanted before there
 * is a step to take. False: no better point is found, and `why` says why. */
bool ys_ipm_iterate(ys_ipm_state *p, double *y);

/* ------------------------------------- Newton system (ipm_factor.c) ---- */

/* Factorise every row's block: its parts of sum_i B_i into the groups; means of
 * the columns of y into z; base. c and cx are cleared. */
void ys_ipm_factor(ys_ipm_state *p);

/* --------------------------------------- outer products (ipm_outer.c) ---- */

/* matrix[k][l] -= vectors[k] . vectors[l] for l <= k < n. A row of `vectors`
 * has room for 2 YS_IPM_CHUNK lanes, the first `count` of which are used. */
void ys_ipm_subtract(const ys_lanes *vectors, size_t count, size_t n,
                     double *matrix);

/* ---------------------------------------- directions (ipm_direct.c) ---- */

/* The rows' part of the direction for dnu with target 0 (and dz), and its
 * second order terms: into c and cx; centre and second. */
void ys_ipm_predict(ys_ipm_state *p);

/* The rows' part of the direction for dnu, and dz. The target of s y is w +
 * target - c. A step stays a fraction `keep` inside. If `correct`, prepare for
 * one more direction by Gondzio's corrector: lower c and cx so that products
 * that a longer step would leave far from their targets come nearer; B of that
 * change goes to second. */
void ys_ipm_direct(ys_ipm_state *p, double target, double keep, bool correct);

/* ---------------------------------------- step lengths (ipm_trial.c) ---- */

/* The longest steps that all rows can take together. */
ys_ipm_length ys_ipm_common_length(const ys_ipm_state *p);

/* Sum of s y after a step, over that before. */
double ys_ipm_remainder(const ys_ipm_state *p, ys_ipm_length length);

/* Gaps after steps of some lengths, one to YS_IPM_TRIALS of them. */
void ys_ipm_trial(ys_ipm_state *p, const ys_ipm_length *length, size_t count,
                  double *gap);

/* ---------------------------------------------- moving (ipm_trial.c) --- */

/* Go along the direction, and write y. */
void ys_ipm_advance(ys_ipm_state *p, ys_ipm_length length, double *y);

/* Bring every row to the centre for `target`, nu staying as it is. */
void ys_ipm_centre(ys_ipm_state *p, double target);

/* ---------------------------------------------- classes (ipm_system.c) ---- */

/* ih and ahead, the fairness term's part, at nu and z. */
void ys_ipm_fairness(ys_ipm_state *p);

/* Add the direction's second order terms to ahead. */
void ys_ipm_fairness_second(ys_ipm_state *p);

/* lambda fairness(z) + nu . z minus its least value over z, or a little more;
 * `nu` less level. */
double ys_ipm_fairness_gap(const ys_ipm_state *p, const double *z,
                           const double *nu);

/* What to add to every nu, and to the rows' mu: rows do not see it, and the
 * fairness term's gap is least with it. */
double ys_ipm_common_shift(const ys_ipm_state *p);

/* Add up and factorise the K x K system. False if it is not positive definite
 * to working precision. */
bool ys_ipm_assemble(ys_ipm_state *p);

/* dnu for sum_i B_i b_i = base + target * centre + extra * second.
 */
void ys_ipm_solve(ys_ipm_state *p, double target, double extra);

/* One step of iterative refinement of dnu, given the rows' dz for it. */
void ys_ipm_refine(ys_ipm_state *p);

#endif
