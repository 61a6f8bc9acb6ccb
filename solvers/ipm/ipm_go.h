/* Private to ipm_trial.c: moving a tile of rows along a
 * direction. A row that cannot go as far as asked goes as far as it can, and is
 * then centred: some Newton steps of its own at the new nu. */
#ifndef YS_IPM_GO_H
#define YS_IPM_GO_H

#include "solvers/ipm/ipm_tile.h"

/* Room for columns of a tile: a copy of its arrays, and more. */
typedef struct room {
  ys_lanes *y, *s, *is, *c;
  ys_lanes *e, *f, *dy, *ds, *sum;
} room;

YS_INLINE room room_of(const ys_ipm_state *p) {
  const size_t n = p->n;
  ys_lanes *at = scratch_of(p, 0);
  return (room){at,         at + n,     at + 2 * n, at + 3 * n, at + 4 * n,
                at + 5 * n, at + 6 * n, at + 7 * n, at + 8 * n};
}

/* Go by_y and by_s along a direction that was found for an aim, nu `by_nu` of
 * the way. */
YS_INLINE void move_tile(const view *v, ys_ipm_tile *r, const ys_ipm_move *move,
                         const ys_lanes *restrict dy, const aim *to,
                         ys_lanes by_y, ys_lanes by_s, ys_lanes by_nu) {
  const ys_lanes *restrict a = v->a, *restrict is = v->is;
  ys_lanes *restrict y = v->y, *restrict s = v->s, sum = {0};
  for (size_t k = 0; k < v->n; k++) {
    ys_lanes ds = move->level - move->dt * (a[k] - r->am);
    ds -= shift_of(v, r, to, k);
    y[k] += by_y * dy[k];
    s[k] += ys_only(is[k] > 0, by_s * ds);
    sum += y[k];
  }
  /* the largest entry takes up what rounding leaves */
  ys_lanes ym = ys_gather(y, r->m);
  ys_scatter(y, r->m, ys_pick(r->live, 1 - (sum - ym), ym));
  ys_scatter(s, r->m, r->sm + by_s * move->dsm);
  ys_scatter(s, r->j, r->sj + by_s * move->dsj);
  r->mu += by_s * (move->level + move->dt * r->am);
  r->t += by_s * move->dt;
  ys_mask off = ((r->off > 0) & (by_s < 1)) | (by_s < by_nu) | (by_s > by_nu);
  r->off = ys_only(off, ys_all(1));
}

/* How far rows are off centre, and out of line with nu. */
YS_INLINE ys_lanes off_centre(const view *v, const ys_ipm_tile *r, bool curved,
                              const aim *at, double target) {
  ys_lanes off = {0}, x = {0};
  for (size_t k = 0; k < v->n; k++) {
    ys_lanes ratio = v->s[k] * v->y[k] / (v->w[k] + target);
    ys_lanes far = ys_larger(ratio, 1 / ratio) - 1;
    ys_lanes shift = ys_absolute(shift_of(v, r, at, k)) / v->s[k];
    far = ys_larger(5 * shift, far);
    off = ys_larger(ys_only(v->y[k] > 0, far), off);
    x += v->a[k] * v->y[k];
  }
  ys_lanes amiss = ys_only(x > 0, ys_absolute(r->t * x - 1));
  return curved ? ys_larger(amiss, off) : off;
}

/* At most `most` Newton steps, at fixed nu, of those rows of `which` that are
 * far from their centre. */
YS_INLINE void centre_tile(const ys_ipm_state *p, const view *v, ys_ipm_tile *r,
                           const double *restrict nu, double target,
                           ys_mask which, int most, const room *at) {
  for (int step = 0; step < most; step++) {
    ys_ipm_move move;
    const aim to = aim_at(nu, zeros_of(p), r);
    ys_mask go =
        which & (off_centre(v, r, p->curved, &to, target) > ys_all(0.5));
    if (!ys_any(go))
      return;
    factor_tile(v, r, p->curved, at->e);
    memset(v->c, 0, v->n * sizeof *v->c);
    direct_tile(v, r, p->curved, &to, target, (ys_lanes){0}, 0.9, at->f, at->dy,
                at->ds, at->sum, &move);
    ys_lanes by_s = ys_only(go, move.reach_s);
    move_tile(v, r, &move, at->dy, &to, ys_only(go, move.reach_y), by_s, by_s);
  }
}

/* Rows that stop short of a length. */
YS_INLINE ys_mask stops_short(const ys_ipm_tile *r, const ys_ipm_move *move,
                              ys_ipm_length length) {
  return r->live & ((move->reach_y < length.y) | (move->reach_s < length.s));
}

/* Move a tile, or a copy of it, along the direction to multipliers `nu`. */
YS_INLINE void go(const ys_ipm_state *p, const view *v, ys_ipm_tile *r,
                  size_t tile, ys_ipm_length length, const double *nu,
                  const room *at) {
  enum { MOST_STEPS = 3 };
  const ys_ipm_move *move = p->now.move + tile;
  ys_mask short_of = stops_short(r, move, length);
  const aim to = aim_at(p->nu, p->now.nu, r);
  move_tile(v, r, move, step_of(p, tile), &to,
            ys_smaller(move->reach_y, ys_all(length.y)),
            ys_smaller(move->reach_s, ys_all(length.s)), ys_all(length.nu));
  if (length.target > 0 && ys_any(short_of))
    centre_tile(p, v, r, nu, length.target, short_of, MOST_STEPS, at);
}

#endif
