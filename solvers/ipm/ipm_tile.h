/* Private to the interior point's passes: the algebra of a tile of rows.
 *
 * A row's block A = diag(s / y) + g a a^T acts on dy with 1 . dy = 0; B is its
 * inverse there. Two pivot classes, m and j, those of largest y / s, are
 * eliminated first: dy_m is minus the sum of the others, and the diagonal entry
 * of j is then s_m / y_m + s_j / y_j + g qj^2 with q_k = a_k - a_m, a sum of
 * positive numbers. What remains is diag(s / y) plus rank two, inverted by
 * Woodbury's formula with a 2 x 2 matrix X whose diagonal and determinant, too,
 * are ratios of sums of positive numbers. So nothing large is ever subtracted
 * from something equally large, though y / s of an active class grows without
 * bound. */
#ifndef YS_IPM_TILE_H
#define YS_IPM_TILE_H

#include "solvers/ipm/ipm_state.h"

#include <omp.h>
#include <string.h>

/* One tile of every array. */
typedef struct view {
  size_t n;                  /* slots */
  const ys_ipm_classes *cls; /* NULL: slot k is class k */
  const ys_lanes *a, *w;
  ys_lanes *y, *s, *is, *c;
} view;

YS_INLINE view view_of(const ys_ipm_state *p, size_t tile) {
  const size_t at = ys_ipm_first_slot(p, tile);
  return (view){.n = ys_ipm_first_slot(p, tile + 1) - at,
                .cls = p->part ? p->part->classes + at : NULL,
                .a = p->a + at,
                .w = p->weighted ? p->a + at : p->none,
                .y = p->y + at,
                .s = p->s + at,
                .is = p->is + at,
                .c = p->c + at};
}

/* A zero for every class. */
YS_INLINE const double *zeros_of(const ys_ipm_state *p) {
  return (const double *)p->none;
}

/* dy of a tile. */
YS_INLINE ys_lanes *step_of(const ys_ipm_state *p, size_t tile) {
  return p->now.y + ys_ipm_first_slot(p, tile);
}

/* The class of slot k in lane l. */
YS_INLINE size_t class_of(const view *v, size_t k, size_t l) {
  return v->cls ? v->cls[k].of[l] : k;
}

/* What a vector over the classes has for slot k. */
YS_INLINE ys_lanes of_class(const view *v, const double *restrict vector,
                            size_t k) {
  if (!v->cls)
    return ys_all(vector[k]);
  ys_lanes found = {0}; /* GCC at -O2 would not see it filled */
  for (size_t l = 0; l < YS_LANES; l++)
    found[l] = vector[v->cls[k].of[l]];
  return found;
}

/* Add slot k of a tile to a column of the classes. */
YS_INLINE void add_class(const view *v, ys_lanes *restrict column, size_t k,
                         ys_lanes value) {
  if (!v->cls)
    column[k] += value;
  else
    for (size_t l = 0; l < YS_LANES; l++)
      column[v->cls[k].of[l]][l] += value[l];
}

/* Add the pivots' slots, one a lane. */
YS_INLINE void add_pivot_class(const view *v, ys_lanes *column,
                               const unsigned *pivot, ys_lanes value) {
  for (size_t l = 0; l < YS_LANES; l++)
    column[class_of(v, pivot[l], l)][l] += value[l];
}

/* Column `which` of this thread's room. */
YS_INLINE ys_lanes *scratch_of(const ys_ipm_state *p, size_t which) {
  size_t thread = (size_t)omp_get_thread_num();
  return p->scratch + (thread * YS_IPM_SCRATCH + which) * p->n;
}

YS_INLINE ys_lanes *empty_scratch_of(const ys_ipm_state *p, size_t which) {
  ys_lanes *column = scratch_of(p, which);
  memset(column, 0, p->n * sizeof *column);
  return column;
}

/* A block's partial sum `which`, of a column in lanes. */
YS_INLINE void keep_partial(const ys_ipm_state *p, size_t block, size_t which,
                            const ys_lanes *column) {
  double *part = p->partials + (block * YS_IPM_TRIALS + which) * p->n;
  for (size_t k = 0; k < p->n; k++)
    part[k] = ys_total(column[k]);
}

/* to += sum over the blocks of partial sum `which`. */
YS_INLINE void add_partials(const ys_ipm_state *p, size_t which, double *to) {
  for (size_t block = 0; block < p->blocks.count; block++) {
    const double *part = p->partials + (block * YS_IPM_TRIALS + which) * p->n;
    for (size_t k = 0; k < p->n; k++)
      to[k] += part[k];
  }
}

YS_INLINE void sum_partials(const ys_ipm_state *p, size_t which, double *to) {
  memset(to, 0, p->n * sizeof *to);
  add_partials(p, which, to);
}

/* The same as a mean over all rows of the batch. */
YS_INLINE void mean_partials(const ys_ipm_state *p, size_t which, double *to) {
  sum_partials(p, which, to);
  for (size_t k = 0; k < p->n; k++)
    to[k] /= (double)p->objective->batch->rows;
}

/* ----------------------------------------------------------- factorise ---- */

/* is and e = y / s; x; and the pivots. */
YS_INLINE void pick_pivots(const view *v, ys_ipm_tile *r, bool curved,
                           ys_lanes *restrict e) {
  const ys_lanes *restrict y = v->y, *restrict s = v->s, *restrict a = v->a;
  ys_lanes *restrict is = v->is;
  ys_lanes x = {0}, largest = ys_all(-1), next = largest;
  ys_lanes m = {0}, j = {0}, here = {0};
  for (size_t k = 0; k < v->n; k++) {
    ys_lanes inverse = ys_only(y[k] > 0, 1 / s[k]), ratio = y[k] * inverse;
    ys_mask first = ratio > largest, second = ratio > next;
    is[k] = inverse;
    e[k] = ratio;
    next = ys_pick(first, largest, ys_pick(second, ratio, next));
    j = ys_pick(first, m, ys_pick(second, here, j));
    largest = ys_pick(first, ratio, largest);
    m = ys_pick(first, here, m);
    here += 1;
    x += a[k] * y[k];
  }
  r->live = next > 0;
  r->x = curved ? ys_pick(r->live, x, ys_all(1)) : ys_all(1);
  for (size_t l = 0; l < YS_LANES; l++) {
    r->m[l] = (unsigned)m[l];
    r->j[l] = (unsigned)j[l];
  }
}

/* X = (C + E)^-1, E of e0, e1, e2, C = diag(1 / dm, 1 / g) + (1, qj) (1, qj)^T
 * / dj, with s / y of the pivots. */
YS_INLINE void woodbury(ys_ipm_tile *r, ys_lanes dm, ys_lanes dj) {
  ys_lanes g = r->g, qj = r->qj, p = r->pivot, none = {0};
  ys_lanes e0 = r->e0, e1 = r->e1, e2 = r->e2;
  ys_lanes det = dm * dj * g * p; /* of C^-1 */
  ys_lanes about_j = ys_larger(e2 - 2 * qj * e1 + qj * qj * e0, none);
  ys_lanes area = ys_larger(e0 * e2 - e1 * e1, none);
  ys_lanes sum = dm * dj * e0 + g * dm * about_j + g * dj * e2;
  ys_lanes scale = ys_only(r->live, 1 / (1 + p * sum + det * area));
  r->x11 = ys_only(r->live, scale * (p * dm * (dj + g * qj * qj) + det * e2));
  r->x12 = ys_only(r->live, -scale * (p * dm * g * qj + det * e1));
  r->x22 = ys_only(r->live, scale * (p * g * (dj + dm) + det * e0));
}

YS_INLINE void sum_moments(const view *v, ys_ipm_tile *r,
                           const ys_lanes *restrict e) {
  const ys_lanes *restrict a = v->a, *restrict is = v->is;
  ys_lanes e0 = {0}, e1 = {0}, e2 = {0}, i0 = {0}, i1 = {0};
  for (size_t k = 0; k < v->n; k++) {
    ys_lanes q = a[k] - r->am, eq = e[k] * q;
    e0 += e[k];
    e1 += eq;
    e2 += eq * q;
    i0 += is[k];
    i1 += is[k] * q;
  }
  r->e0 = e0;
  r->e1 = e1;
  r->e2 = e2;
  r->i0 = i0;
  r->i1 = i1;
}

/* Factorise the rows' blocks; e is left 0 at the pivots. With d = s / y there,
 *
 *   g = t / x,   pivot = 1 / (d_m + d_j + g qj^2),
 *   share = d_m pivot,   tilt = g qj pivot. */
YS_INLINE void factor_tile(const view *v, ys_ipm_tile *r, bool curved,
                           ys_lanes *restrict e) {
  const ys_lanes none = {0};
  pick_pivots(v, r, curved, e);
  ys_lanes dm = 1 / ys_gather(e, r->m), dj = 1 / ys_gather(e, r->j);
  ys_scatter(e, r->m, none);
  ys_scatter(e, r->j, none);
  ys_scatter(v->is, r->m, none);
  ys_scatter(v->is, r->j, none);
  r->ym = ys_gather(v->y, r->m);
  r->yj = ys_gather(v->y, r->j);
  r->sm = ys_gather(v->s, r->m);
  r->sj = ys_gather(v->s, r->j);
  r->am = ys_gather(v->a, r->m);
  r->qj = ys_gather(v->a, r->j) - r->am;
  r->g = curved ? r->t / r->x : none;
  r->pivot = ys_only(r->live, 1 / (dm + dj + r->g * r->qj * r->qj));
  r->share = ys_only(r->live, dm * r->pivot);
  r->tilt = r->g * r->qj * r->pivot;
  sum_moments(v, r, e);
  woodbury(r, dm, dj);
}

/* ------------------------------------------------------- apply B ---- */

/* dy = B b with b = f / y + a fx / x: dy_k = (f_k + y_k (level + slope q_k)) /
 * s_k but for the pivots. */
typedef struct line {
  ys_lanes level, slope, dyj, dym;
  ys_lanes tilted; /* sum of q dy but for the pivots */
} line;

/* From f and from bx = fx / x; f0 and f1 are the sums of f / s and q f / s but
 * for the pivots. With d = b_j + qj bx - b_m, b = f / y, what elimination of
 * the pivots leaves is level = -b_m - share d, slope = bx - tilt d, less X (h0,
 * h1), the moments (sum dy, sum q dy) that these two would give (Woodbury);
 * then dy_j = pivot d - sum_k theta_k dy_k and dy_m = -(the sum of all others).
 */
YS_INLINE line solve_line(const ys_ipm_tile *r, const ys_lanes *f, ys_lanes bx,
                          ys_lanes f0, ys_lanes f1) {
  line l;
  ys_lanes bm = ys_gather(f, r->m) / r->ym, bj = ys_gather(f, r->j) / r->yj;
  ys_lanes d = ys_only(r->live, bj + r->qj * bx - bm);
  l.level = ys_only(r->live, -bm) - r->share * d;
  l.slope = bx - r->tilt * d;
  ys_lanes h0 = f0 + l.level * r->e0 + l.slope * r->e1;
  ys_lanes h1 = f1 + l.level * r->e1 + l.slope * r->e2;
  l.level -= r->x11 * h0 + r->x12 * h1;
  l.slope -= r->x12 * h0 + r->x22 * h1;
  ys_lanes sum = f0 + l.level * r->e0 + l.slope * r->e1;
  l.tilted = f1 + l.level * r->e1 + l.slope * r->e2;
  l.dyj = d * r->pivot - r->share * sum - r->tilt * l.tilted;
  l.dym = -(sum + l.dyj);
  return l;
}

/* Add dy of a line to a column. */
YS_INLINE void add_line(const view *v, const ys_ipm_tile *r, const line *l,
                        const ys_lanes *restrict f, ys_lanes *restrict sum) {
  const ys_lanes *restrict a = v->a, *restrict y = v->y, *restrict is = v->is;
  for (size_t k = 0; k < v->n; k++)
    add_class(v, sum, k,
              is[k] * (f[k] + y[k] * (l->level + l->slope * (a[k] - r->am))));
  add_pivot_class(v, sum, r->m, l->dym);
  add_pivot_class(v, sum, r->j, l->dyj);
}

/* Multipliers, and by how much they are to change. */
typedef struct aim {
  const double *nu, *by;
  bool in_line; /* the tile's slacks are in line with nu */
} aim;

YS_INLINE aim aim_at(const double *nu, const double *by, const ys_ipm_tile *r) {
  return (aim){nu, by, !ys_any(r->off > 0)};
}

/* What s_k exceeds mu - t a_k - nu_k by after the change. Slacks that are in
 * line are so to rounding of nu only, which is large to a small slack, and a
 * step that took it for a residual would send y astray. */
YS_INLINE ys_lanes shift_of(const view *v, const ys_ipm_tile *r, const aim *to,
                            size_t k) {
  ys_lanes by = of_class(v, to->by, k);
  if (to->in_line)
    return by;
  return by +
         r->off * (of_class(v, to->nu, k) + v->s[k] + r->t * v->a[k] - r->mu);
}

/* f, f0 and f1 of the Newton step that brings s y to w + target - c, s into
 * line, and nu to its aim: s dy + y ds = w + target - c - s y with ds = dmu -
 * dt a - shift reads s dy = f - y (dmu - dt a),
 *
 *   f = w + target - c + y (shift - s). */
YS_INLINE void right_side(const view *v, const ys_ipm_tile *r, const aim *to,
                          double target, ys_lanes *restrict f, ys_lanes *f0,
                          ys_lanes *f1) {
  const ys_lanes *restrict a = v->a, *restrict y = v->y, *restrict s = v->s,
                           *restrict is = v->is, *restrict c = v->c,
                           *restrict w = v->w;
  ys_lanes sum = {0}, tilted = {0};
  for (size_t k = 0; k < v->n; k++) {
    f[k] = w[k] + target - c[k] + y[k] * (shift_of(v, r, to, k) - s[k]);
    ys_lanes part = f[k] * is[k];
    sum += part;
    tilted += part * (a[k] - r->am);
  }
  *f0 = sum;
  *f1 = tilted;
}

/* ----------------------------------------------------- a direction ---- */

/* ds of the pivots and the level of the others', dt and dx:
 *
 *   dx = sum_k a_k dy_k,   x dt = rx - t dx,   ds = (f - s dy) / y - shift. */
YS_INLINE void row_moves(const view *v, const ys_ipm_tile *r, bool curved,
                         const aim *to, const ys_lanes *f, ys_lanes rx,
                         const line *l, ys_ipm_move *move) {
  ys_lanes fm = ys_gather(f, r->m), fj = ys_gather(f, r->j), none = {0};
  ys_lanes shift_m, shift_j;
  for (size_t i = 0; i < YS_LANES; i++) {
    shift_m[i] = shift_of(v, r, to, r->m[i])[i];
    shift_j[i] = shift_of(v, r, to, r->j[i])[i];
  }
  move->dx = l->tilted + r->qj * l->dyj;
  move->dt = curved ? (rx - r->t * move->dx) / r->x : none;
  /* f holds y shift, too, which the products of the pivots do not want */
  move->dsm = ys_only(r->live, (fm - r->sm * l->dym) / r->ym - shift_m);
  move->dsj = ys_only(r->live, (fj - r->sj * l->dyj) / r->yj - shift_j);
  move->level = ys_only(r->live, move->dsm + shift_m);
}

/* What a loop over the classes but the pivots finds. */
typedef struct extent {
  ys_lanes fall_y, fall_s, ss, sd, ds, dd;
} extent;

/* dy_k = (f_k + y_k (level + slope q_k)) / s_k and ds_k = level - dt q_k -
 * shift_k of a line; ds is 0 at the pivots. */
YS_INLINE extent lay_out(const view *v, const ys_ipm_tile *r, const aim *to,
                         const line *l, const ys_ipm_move *move,
                         const ys_lanes *restrict f, ys_lanes *restrict dy,
                         ys_lanes *restrict ds, ys_lanes *restrict sum) {
  const ys_lanes *restrict a = v->a, *restrict y = v->y, *restrict s = v->s,
                           *restrict is = v->is;
  extent found = {0};
  for (size_t k = 0; k < v->n; k++) {
    ys_lanes q = a[k] - r->am;
    ys_lanes along = is[k] * (f[k] + y[k] * (l->level + l->slope * q));
    ys_lanes slack = move->level - move->dt * q - shift_of(v, r, to, k);
    slack = ys_only(is[k] > 0, slack);
    dy[k] = along;
    ds[k] = slack;
    add_class(v, sum, k, along);
    found.fall_y = ys_larger(-along / y[k], found.fall_y);
    found.fall_s = ys_larger(-slack * is[k], found.fall_s);
    found.ss += s[k] * y[k];
    found.sd += s[k] * along;
    found.ds += slack * y[k];
    found.dd += slack * along;
  }
  return found;
}

/* The pivots' share, and how far the rows can go: as y + reach dy >= (1 - keep)
 * y, s and t likewise. */
YS_INLINE void measure(const ys_ipm_tile *r, bool curved, double keep,
                       const line *l, extent found, ys_ipm_move *move) {
  const ys_lanes one = ys_all(1);
  found.fall_y = ys_larger(-l->dym / r->ym, found.fall_y);
  found.fall_y = ys_larger(-l->dyj / r->yj, found.fall_y);
  found.fall_s = ys_larger(-move->dsm / r->sm, found.fall_s);
  found.fall_s = ys_larger(-move->dsj / r->sj, found.fall_s);
  if (curved)
    found.fall_s = ys_larger(-move->dt / r->t, found.fall_s);
  move->reach_y = ys_pick(found.fall_y > keep, keep / found.fall_y, one);
  move->reach_s = ys_pick(found.fall_s > keep, keep / found.fall_s, one);
  move->ss = ys_only(r->live, found.ss);
  move->sd = ys_only(r->live, found.sd + r->sm * l->dym + r->sj * l->dyj);
  move->ds = ys_only(r->live, found.ds + move->dsm * r->ym + move->dsj * r->yj);
  move->dd =
      ys_only(r->live, found.dd + move->dsm * l->dym + move->dsj * l->dyj);
}

/* The direction that goes with a change of multipliers: dy, ds, move; dy is
 * added to `sum`. f is room for a column. */
YS_INLINE void direct_tile(const view *v, const ys_ipm_tile *r, bool curved,
                           const aim *to, double target, ys_lanes cx,
                           double keep, ys_lanes *restrict f,
                           ys_lanes *restrict dy, ys_lanes *restrict ds,
                           ys_lanes *restrict sum, ys_ipm_move *move) {
  ys_lanes f0, f1, rx = {0};
  if (curved)
    rx = 1 - r->t * r->x - cx;
  right_side(v, r, to, target, f, &f0, &f1);
  line l = solve_line(r, f, rx / r->x, f0, f1);
  row_moves(v, r, curved, to, f, rx, &l, move);
  extent found = lay_out(v, r, to, &l, move, f, dy, ds, sum);
  ys_scatter(dy, r->m, l.dym);
  ys_scatter(dy, r->j, l.dyj);
  ys_scatter(ds, r->m, move->dsm);
  ys_scatter(ds, r->j, move->dsj);
  add_pivot_class(v, sum, r->m, l.dym);
  add_pivot_class(v, sum, r->j, l.dyj);
  measure(r, curved, keep, &l, found, move);
}

#endif
