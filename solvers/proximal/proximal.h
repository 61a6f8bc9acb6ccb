/* Proximal gradient iterations over the rows of y, shared by pgd (Euclidean)
 * and md (entropic). One iteration minimises, over the simplex, the model
 *
 *   F(from) + (1/M) <G, y - from> + (1/(eta M)) sum_i D(y_i, from_i),
 *
 * G = M dF/dy at `from` and D the geometry's distance, with eta fixed or
 * adapted, with or without momentum. docs/method.md, section 3, "Projected
 * gradient (`pgd`) and mirror descent (`md`)". */
#ifndef YS_PROXIMAL_H
#define YS_PROXIMAL_H

#include "problems/objective/collision_tile.h"
#include "problems/objective/evaluation.h"
#include "problems/vector/tiles.h"
#include "solvers/common/work.h"

#include <math.h>

/* What a proposal y does to the model. */
typedef struct ys_move {
  double linear;   /* (1/M) <G, y - from> */
  double distance; /* (1/M) sum_i D(y_i, from_i), of a search that `measures`;
                      with momentum in a geometry
                      that has a centre z of its own, theta^2 D(z+, z) */
} ys_move;

typedef struct ys_proximal ys_proximal;
typedef struct ys_proximal_sums ys_proximal_sums;

typedef struct ys_geometry {
  /* The least mass that a row may come to hold of a class. Where F is so steep
   * that it would bend within less, it is taken for as steep as it is at that
   * mass: no step could gain a half of what the slope promises. */
  double least;
  const char *limit; /* what may keep y from the optimum if it has zeros */
  /* Write into rows [begin, end) of y the minimiser of the model for this eta,
   * and add to `sums` (ys_take_tiles). Returns the sum of the distances. */
  double (*propose)(const ys_proximal *p, double eta, double *y, size_t begin,
                    size_t end, ys_proximal_sums *sums);
  /* NULL-able, of a geometry with a centre: the proposal was taken; drop the
   * momentum, go on from p->last. */
  void (*accept)(ys_proximal *p);
  void (*restart)(ys_proximal *p);
} ys_geometry;

struct ys_proximal {
  ys_work work;
  const ys_geometry *geometry;
  bool fixed;       /* eta never changes */
  bool accelerated; /* momentum and restarts */
  bool measures;    /* its search asks for the distance of a proposal */
  bool primed;      /* value (without momentum, x and nu too) is that of y */
  bool fresh;       /* `from` is still in y: the next proposal moves it */
  bool widen;       /* eta was accepted at once: next try a longer one */
  bool momentum;    /* go on from the last two iterates, not from y alone */
  double steepest;  /* gradient that the geometry can follow */
  double eta;       /* the last accepted, or the fixed one */
  double theta;     /* weight of the centre; 1 without momentum */
  double value;     /* F at y */
  double *last;     /* M x K: y before this iteration */
  double *from;     /* M x K: where the gradient is taken; is `last` if not
                       accelerated */
  double *x;        /* M: sigma_i . from_i (collision) */
  double *nu; /* K: the multipliers at `from`; with x, the gradient there */
};

/* A state of `size` bytes that begins with a ys_proximal, for the options
 * `step=` (a number, or a word for steps that are adapted) and `accel=`. NULL
 * if there is no memory for it; its arrays may be lacking all the same. */
void *ys_proximal_open(size_t size, const char *name,
                       const ys_geometry *geometry,
                       const ys_objective *objective, const ys_options *options,
                       const double *y, ys_error *error);

/* Solvers' `descends`; `step`, one iteration; and the multipliers that
 * it saw, of use under weak fairness, whose own are infinite where a class has
 * no mass. */
bool ys_proximal_is_monotone(const ys_options *options);
ys_step ys_proximal_step(void *proximal, ys_labels *y, ys_error *error);
const double *ys_proximal_multipliers(const void *proximal);

/* ------------------------ parts of an iteration, for other searches ---- */

/* Begin a plain iteration: F and the gradient at y, if they are not known yet.
 * The first proposal moves y into p->last. */
void ys_proximal_start(ys_proximal *p, const double *y);

/* Write into y the minimiser of the model for this eta. */
ys_move ys_proximal_propose(ys_proximal *p, double eta, double *y);

/* F at the proposal y. Collision's proposals are added up as they are made. */
double ys_proximal_value(ys_proximal *p, const double *y);

/* Whether a plain proposal y lowers F enough below `bound`: by a fraction, 1/2
 * at most, of -move.linear (1/2: on a quadratic, no longer than to its
 * minimum). Where that is less than rounding shows, the slope at y decides
 * (Hager and Zhang's approximate Wolfe condition, SIAM J. Optim. 16, 2005);
 * with 1/2 it must not be uphill, and F, being convex, has not risen. */
bool ys_proximal_descends(ys_proximal *p, double fraction, ys_move move,
                          double value, double bound, const double *y);

/* Take the proposal, whose F was the last evaluated: note its value, and its x
 * and nu. */
void ys_proximal_accept(ys_proximal *p, double value);

/* Give up: put back the y from before this iteration, and say why. */
ys_step ys_proximal_stall(const ys_proximal *p, double *y, ys_error *error);

/* (1/M) <G, y - from> with the gradient at y, whose F was the last evaluated.
 */
double ys_proximal_slope(ys_proximal *p, const double *y);

void ys_proximal_copy(const ys_proximal *p, const double *from, double *to);

/* ------------------------------------- tiles of rows, for geometries ----
 *
 * A gradient is never stored: it is computed from sigma, x = sigma . y and the
 * multipliers nu wherever a tile needs it. */

/* `groups` tiles of `count` rows and n classes side by side: column k of tile g
 * is at k * groups + g. `live` where a lane stands for a row. */
typedef struct ys_proximal_tile {
  size_t n, groups, count;
  ys_mask live;
  ys_lanes *sigma, *from, *gradient, *y;
  ys_next next;
  ys_ahead next_last; /* of what this iteration keeps, behind the tiles */
} ys_proximal_tile;

/* What stays the same from tile to tile of a block: where they come from, and
 * room for them. */
typedef struct ys_proximal_rows {
  const ys_proximal *p;
  const double *from;
  double *y;
  ys_tile_source source;
  ys_proximal_tile room;
} ys_proximal_rows;

/* The first proposal of a plain iteration finds `from` in y and keeps it. */
YS_INLINE ys_proximal_rows ys_proximal_rows_of(const ys_proximal *p,
                                               double *y) {
  const size_t n = p->work.classes;
  return (ys_proximal_rows){
      .p = p,
      .from = p->fresh ? y : p->from,
      .y = y,
      .source = ys_tile_source_of(p->work.objective, &p->work.scratch),
      .room = {.n = n,
               .sigma = ys_room(&p->work.scratch, n, 0),
               .from = ys_room(&p->work.scratch, n, 1),
               .gradient = ys_room(&p->work.scratch, n, 2),
               .y = ys_room(&p->work.scratch, n, 3)}};
}

/* M dF/dy of the tiles' rows at y, as ys_objective_gradient has it,
 *
 *   G_k = -(fall_k + nu_k),   fall_k = sigma_k / x, ln sigma_k, sigma_k / y_k
 *
 * for collision, shannon, reverse, but no steeper than the geometry can
 * follow and within 2e100 of 0: shannon's is infinite where sigma is 0, and
 * infinity times a zero change would not be a number. nu is within 1e100; `x`
 * has sigma . y of each of the rows from i on.
 */
YS_INLINE void ys_gradient_tiles(const ys_proximal *p,
                                 const ys_proximal_tile *t, const ys_lanes *y,
                                 const double *x, size_t i,
                                 const double *restrict nu) {
  const ys_loss loss = p->work.objective->loss;
  const ys_lanes most = ys_all(p->steepest);
  ys_lanes slope[YS_GROUPS];
  for (size_t g = 0; g < t->groups; g++)
    slope[g] =
        ys_smaller(1 / ys_read_numbers(x, i + g * YS_LANES, t->count), most);
  for (size_t k = 0; k < t->n; k++)
    for (size_t g = 0; g < t->groups; g++) {
      const size_t at = k * t->groups + g;
      const ys_lanes sigma = t->sigma[at];
      ys_lanes fall;
      ys_fetch_next(&t->next, at);
      ys_fetch(&t->next_last, at);
      if (loss == YS_COLLISION)
        fall = slope[g] * sigma;
      else if (loss == YS_SHANNON)
        fall = ys_larger(ys_lanes_logarithm(sigma), -most);
      else
        fall = ys_smaller(ys_only(sigma > 0, sigma / y[at]), most);
      t->gradient[at] = -(fall + nu[k]);
    }
}

/* Sums over a block's rows: <gradient, y - from>, |y - from|^2 and, for
 * collision, what F needs. */
struct ys_proximal_sums {
  ys_lanes linear, square;
  ys_lane_logs logs;
  ys_tile_columns columns;
};

/* With d = y - from, for y times a scale, which it becomes, but no less than
 * `least` where `from` is not 0:
 *
 *   sum_k G_k d_k - (sum_k G_k from_k) (sum_k d_k),   |d|^2,   x = sigma . y.
 *
 * Changes within the simplex sum to 0; what rounding leaves of their sum is so
 * projected out, or it would drown the last descents. */
YS_INLINE void ys_add_tiles(const ys_proximal_tile *t, const ys_lanes *scale,
                            double least, ys_proximal_sums *sums, ys_lanes *x) {
  ys_lanes slope[YS_GROUPS], level[YS_GROUPS], stray[YS_GROUPS], square = {0};
  for (size_t g = 0; g < t->groups; g++)
    slope[g] = level[g] = stray[g] = x[g] = (ys_lanes){0};
  for (size_t k = 0; k < t->n; k++) {
    ys_lanes column = sums->columns.chunk[k];
    for (size_t g = 0; g < t->groups; g++) {
      const size_t at = k * t->groups + g;
      ys_lanes y = t->y[at] * scale[g];
      if (least > 0)
        y = ys_larger(y, ys_only(t->from[at] > 0, ys_all(least)));
      ys_lanes change = y - t->from[at];
      t->y[at] = y;
      slope[g] += t->gradient[at] * change;
      level[g] += t->gradient[at] * t->from[at];
      stray[g] += change;
      square += change * change;
      x[g] += t->sigma[at] * y;
      column += ys_only(t->live, y);
    }
    sums->columns.chunk[k] = column;
  }
  ys_tile_columns_next(&sums->columns, t->groups);
  for (size_t g = 0; g < t->groups; g++)
    sums->linear += ys_only(t->live, slope[g] - level[g] * stray[g]);
  sums->square += ys_only(t->live, square);
}

/* Write the proposals of rows from i on, and add them up as ys_add_tiles does.
 */
YS_INLINE void ys_take_tiles(const ys_proximal_rows *r,
                             const ys_proximal_tile *t, const ys_lanes *scale,
                             double least, size_t i, ys_proximal_sums *sums) {
  ys_lanes x[YS_GROUPS];
  ys_add_tiles(t, scale, least, sums, x);
  for (size_t g = 0; g < t->groups; g++) {
    const size_t row = i + g * YS_LANES;
    ys_write_tile(t->y + g, t->groups, t->n, t->count, r->y + row * t->n);
    if (r->p->work.objective->loss != YS_COLLISION)
      continue;
    ys_write_numbers(r->p->work.scratch.x, row, t->count, x[g]);
    ys_lane_logs_add(&sums->logs, ys_pick(t->live, x[g], ys_all(1)));
  }
}

/* Read tiles from row i on: sigma, `from` and the gradient there. */
YS_INLINE ys_proximal_tile ys_read_proximal(const ys_proximal_rows *r, size_t i,
                                            size_t groups, size_t count) {
  const ys_proximal *p = r->p;
  const size_t n = r->room.n, step = groups * YS_LANES;
  ys_proximal_tile t = r->room;
  t.groups = groups;
  t.count = count;
  t.live = ys_live(count);
  t.next = ys_read_rows(&r->source, r->from, i, groups, count, t.sigma, t.from);
  t.next_last = ys_rows_ahead(p->last + (i + step) * n);
  if (p->fresh)
    memcpy(p->last + i * n, r->y + i * n,
           ((groups - 1) * YS_LANES + count) * n * sizeof *p->last);
  ys_gradient_tiles(p, &t, t.from, p->x, i, p->nu);
  return t;
}

#endif
