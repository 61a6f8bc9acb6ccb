/* The interior point's directions, row by row, for given dnu. */
#include "problems/vector/simd.h"
#include "solvers/ipm/ipm_tile.h"

/* How much of its second order terms to believe in: less where a row cannot
 * follow the direction that they come from. */
YS_INLINE ys_lanes trust_in(const ys_ipm_move *move) {
  return ys_smaller(2 * move->reach_y * move->reach_s, ys_all(1));
}

/* Second order terms dy ds into c and dx dt into cx, and what they change to
 * `second`; the change for a unit of target to `centre`. f holds minus the
 * terms, then. */
YS_INLINE void second_order(ys_ipm_state *p, const view *v, size_t tile,
                            const ys_lanes *restrict dy,
                            const ys_lanes *restrict ds, ys_lanes *restrict f,
                            const ys_lanes *restrict one,
                            ys_lanes *restrict centre,
                            ys_lanes *restrict second) {
  const ys_ipm_tile *r = p->tile + tile;
  const ys_ipm_move *move = p->now.move + tile;
  ys_lanes trust = trust_in(move), f0 = {0}, f1 = {0};
  for (size_t k = 0; k < v->n; k++) {
    v->c[k] = trust * dy[k] * ds[k];
    f[k] = -v->c[k];
    f0 += f[k] * v->is[k];
    f1 += f[k] * v->is[k] * (v->a[k] - r->am);
  }
  p->cx[tile] = ys_only(r->live, trust * move->dx * move->dt);
  line l = solve_line(r, one, (ys_lanes){0}, r->i0, r->i1);
  add_line(v, r, &l, one, centre);
  l = solve_line(r, f, -p->cx[tile] / r->x, f0, f1);
  add_line(v, r, &l, f, second);
}

/* What to add to a product that a step leads to `reached`: the way back into
 * [0.1, 10] times its target, down by no more than 10 times the target. */
YS_INLINE ys_lanes way_back(ys_lanes reached, ys_lanes target) {
  ys_lanes low = 0.1 * target, high = 10 * target;
  ys_lanes into = ys_larger(low, ys_smaller(high, reached));
  return ys_larger(into - reached, -high);
}

/* A little farther than a row could go. */
YS_INLINE ys_lanes farther(ys_lanes reach) {
  return ys_smaller(1.08 * reach + 0.08, ys_all(1));
}

/* A corrector's change of the targets into c and cx, and what it changes to
 * `change`. f is room for a column. */
YS_INLINE void correct_tile(ys_ipm_state *p, const view *v, size_t tile,
                            double target, const ys_lanes *restrict dy,
                            const ys_lanes *restrict ds, ys_lanes *restrict f,
                            ys_lanes *restrict change) {
  const ys_ipm_tile *r = p->tile + tile;
  const ys_ipm_move *move = p->now.move + tile;
  ys_lanes by_y = farther(move->reach_y), by_s = farther(move->reach_s);
  ys_lanes f0 = {0}, f1 = {0}, fx = {0};
  for (size_t k = 0; k < v->n; k++) {
    f[k] = way_back((v->y[k] + by_y * dy[k]) * (v->s[k] + by_s * ds[k]),
                    v->w[k] + target);
    v->c[k] -= f[k];
    f0 += f[k] * v->is[k];
    f1 += f[k] * v->is[k] * (v->a[k] - r->am);
  }
  if (p->curved)
    fx = way_back((r->x + by_y * move->dx) * (r->t + by_s * move->dt),
                  ys_all(1));
  fx = ys_only(r->live, fx);
  p->cx[tile] -= fx;
  line l = solve_line(r, f, fx / r->x, f0, f1);
  add_line(v, r, &l, f, change);
}

/* What a pass over the tiles is for, beside the direction. */
typedef enum purpose { DIRECT, PREDICT, CORRECT } purpose;

enum { STEP, CHANGE, CENTRE }; /* places of the blocks' partial sums */

YS_HOT static void direct_block(ys_ipm_state *p, double target, double keep,
                                purpose what, size_t block) {
  ys_lanes *sum = empty_scratch_of(p, 0), *change = empty_scratch_of(p, 1),
           *centre = empty_scratch_of(p, 2), *one = scratch_of(p, 3),
           *f = scratch_of(p, 4), *ds = scratch_of(p, 5);
  for (size_t k = 0; k < p->n && what == PREDICT; k++)
    one[k] = ys_all(1);
  for (size_t tile = ys_block_begin(&p->blocks, block);
       tile < ys_block_end(&p->blocks, block); tile++) {
    view v = view_of(p, tile);
    ys_lanes *dy = step_of(p, tile);
    aim to = aim_at(p->nu, p->now.nu, p->tile + tile);
    direct_tile(&v, p->tile + tile, p->curved, &to, target, p->cx[tile], keep,
                f, dy, ds, sum, p->now.move + tile);
    if (what == PREDICT)
      second_order(p, &v, tile, dy, ds, f, one, centre, change);
    else if (what == CORRECT)
      correct_tile(p, &v, tile, target, dy, ds, f, change);
  }
  keep_partial(p, block, STEP, sum);
  keep_partial(p, block, CHANGE, change);
  if (what == PREDICT)
    keep_partial(p, block, CENTRE, centre);
}

static void direct(ys_ipm_state *p, double target, double keep, purpose what) {
#pragma omp parallel for schedule(static) num_threads(p->threads)
  for (size_t block = 0; block < p->blocks.count; block++)
    direct_block(p, target, keep, what, block);
  mean_partials(p, STEP, p->now.z);
}

void ys_ipm_predict(ys_ipm_state *p) {
  direct(p, 0, 0.95, PREDICT);
  sum_partials(p, CENTRE, p->centre);
  sum_partials(p, CHANGE, p->second);
}

void ys_ipm_direct(ys_ipm_state *p, double target, double keep, bool correct) {
  direct(p, target, keep, correct ? CORRECT : DIRECT);
  if (correct)
    add_partials(p, CHANGE, p->second);
}
