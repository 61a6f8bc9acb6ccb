/* How far the interior point goes along a direction: the gap that a step of
 * some length would lead to, and lengths to try; and to go there. A row that
 * cannot go as far as asked goes as far as it can, and is then centred: some
 * Newton steps of its own at the new nu. */
#include "problems/objective/rowbound.h"
#include "problems/vector/simd.h"
#include "solvers/ipm/ipm_tile.h"

#include <float.h>
#include <math.h>

/* ------------------------------------------------------ moving a tile ---- */

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

/* A bound on r - 1 - ln r. */
YS_INLINE ys_lanes excess(ys_lanes r) {
  return (r - 1) * (r - 1) / r;
}

/* ----------------------------------------------------- all rows alike ---- */

ys_ipm_length ys_ipm_common_length(const ys_ipm_state *p) {
  const double keep = 0.9;
  ys_ipm_length by = {1, 1, 1, 0};
  ys_lanes y = ys_all(1), s = y;
  for (size_t tile = 0; tile < p->tiles; tile++) {
    y = ys_smaller(p->now.move[tile].reach_y, y);
    s = ys_smaller(p->now.move[tile].reach_s, s);
  }
  by.y = ys_least(y);
  by.s = ys_least(s);
  for (size_t k = 0; k < p->n && p->objective->fairness == YS_STRONG; k++)
    if (-p->now.nu[k] * by.nu > keep * (p->level + p->nu[k]))
      by.nu = -keep * (p->level + p->nu[k]) / p->now.nu[k];
  return by;
}

/* (s + by_s ds) . (y + by_y dy). */
YS_INLINE ys_lanes products(const ys_ipm_move *m, ys_ipm_length by) {
  return m->ss + by.y * m->sd + by.s * m->ds + by.y * by.s * m->dd;
}

double ys_ipm_remainder(const ys_ipm_state *p, ys_ipm_length length) {
  ys_lanes before = {0}, after = {0};
  for (size_t tile = 0; tile < p->tiles; tile++) {
    before += p->now.move[tile].ss;
    after += products(p->now.move + tile, length);
  }
  return ys_total(after) / ys_total(before);
}

/* --------------------------------------------------------- gaps of rows ----
 */

/* The rows' gaps at the view's y and multipliers t and nu, for the best mu:
 *
 *   sum_k y_k (max_j (t a_j + nu_j) - t a_k - nu_k)  +  t x - 1 - ln(t x),
 *
 * the last for collision (docs/method.md, section 2), from above. */
YS_INLINE ys_lanes gaps_at(const view *v, const ys_ipm_tile *r, bool curved,
                           const double *restrict nu) {
  ys_lanes top = ys_all(-INFINITY), gap = {0}, x = {0};
  for (size_t k = 0; k < v->n; k++)
    top = ys_larger(r->t * v->a[k] + of_class(v, nu, k), top);
  for (size_t k = 0; k < v->n; k++) {
    gap += v->y[k] * (top - r->t * v->a[k] - of_class(v, nu, k));
    x += v->a[k] * v->y[k];
  }
  return curved ? gap + excess(r->t * x) : gap;
}

/* The same for reverse, and the given mu: sum_k w_k e(y_k (mu - nu_k) / w_k),
 * e(r) = r - 1 - ln r. Beside a product that is too many
 * times a subnormal w for a double, w ln(product / w) is nothing. */
YS_INLINE ys_lanes weighted_gaps_at(const view *v, const ys_ipm_tile *r,
                                    const double *nu) {
  ys_lanes gap = {0};
  for (size_t k = 0; k < v->n; k++)
    for (size_t l = 0; l < YS_LANES; l++) {
      double product = v->y[k][l] * (r->mu[l] - nu[k]), w = v->w[k][l];
      gap[l] += !(product > 0)           ? INFINITY
                : product / w <= DBL_MAX ? w * ys_log_excess(product / w)
                                         : product;
    }
  return gap;
}

/* Gaps after a step of rows that go all the way: s . y, and t x's part. */
YS_INLINE ys_lanes free_gaps(const ys_ipm_tile *r, const ys_ipm_move *move,
                             ys_ipm_length by, bool curved) {
  ys_lanes gap = products(move, by);
  if (curved)
    gap += excess((r->t + by.s * move->dt) * (r->x + by.y * move->dx));
  return gap;
}

/* A copy of a tile's arrays. */
YS_INLINE view copy_of(const view *v, const room *at) {
  memcpy(at->y, v->y, v->n * sizeof *v->y);
  memcpy(at->s, v->s, v->n * sizeof *v->s);
  memcpy(at->is, v->is, v->n * sizeof *v->is);
  view copy = *v;
  copy.y = at->y;
  copy.s = at->s;
  copy.is = at->is;
  copy.c = at->c;
  return copy;
}

/* The rows' gaps after a step, which is taken on a copy; and what they stop
 * short of y + dy, added to `lost`. */
YS_INLINE ys_lanes try_tile(const ys_ipm_state *p, size_t tile,
                            ys_ipm_length length, const double *nu,
                            const room *at, ys_lanes *restrict lost) {
  const ys_ipm_tile *r = p->tile + tile;
  const ys_ipm_move *move = p->now.move + tile;
  const ys_lanes *dy = step_of(p, tile);
  ys_mask short_of = stops_short(r, move, length);
  ys_lanes gap = free_gaps(r, move, length, p->curved);
  if (!p->weighted && !ys_any(short_of))
    return ys_only(r->live, gap);
  view v = view_of(p, tile), copy = copy_of(&v, at);
  ys_ipm_tile own = *r;
  go(p, &copy, &own, tile, length, nu, at);
  for (size_t k = 0; k < v.n; k++)
    add_class(&v, lost, k,
              ys_only(short_of, v.y[k] + length.y * dy[k] - copy.y[k]));
  if (p->weighted)
    gap = weighted_gaps_at(&copy, &own, nu);
  else
    gap = ys_pick(short_of, gaps_at(&copy, &own, p->curved, nu), gap);
  return ys_only(r->live, gap);
}

/* --------------------------------------------------------------- trials ----
 */

YS_HOT static void trial_block(ys_ipm_state *p, const ys_ipm_length *length,
                               size_t q, size_t block) {
  room at = room_of(p);
  ys_lanes *lost = empty_scratch_of(p, YS_IPM_SCRATCH - 1), gap = {0};
  for (size_t tile = ys_block_begin(&p->blocks, block);
       tile < ys_block_end(&p->blocks, block); tile++)
    gap += try_tile(p, tile, length[q], p->trial + q * p->n, &at, lost);
  keep_partial(p, block, q, lost);
  p->totals[block * YS_IPM_TRIALS + q] = ys_total(gap);
}

/* The rows' gaps and that of the fairness term. */
static double add_gaps(const ys_ipm_state *p, ys_ipm_length length, size_t q) {
  double *z = p->trial + YS_IPM_TRIALS * p->n;
  ys_sum gap = {0, 0};
  mean_partials(p, q, z);
  for (size_t k = 0; k < p->n; k++)
    z[k] = p->z[k] + length.y * p->now.z[k] - z[k];
  for (size_t block = 0; block < p->blocks.count; block++)
    ys_sum_add(&gap, p->totals[block * YS_IPM_TRIALS + q]);
  return ys_sum_value(&gap) / (double)p->objective->batch->rows +
         ys_ipm_fairness_gap(p, z, p->trial + q * p->n);
}

void ys_ipm_trial(ys_ipm_state *p, const ys_ipm_length *length, size_t count,
                  double *gap) {
  for (size_t q = 0; q < count; q++)
    for (size_t k = 0; k < p->n; k++)
      p->trial[q * p->n + k] = p->nu[k] + length[q].nu * p->now.nu[k];
#pragma omp parallel for schedule(static) num_threads(p->threads)
  for (size_t block = 0; block < p->blocks.count; block++)
    for (size_t q = 0; q < count; q++)
      trial_block(p, length, q, block);
  for (size_t q = 0; q < count; q++)
    gap[q] = add_gaps(p, length[q], q);
}

/* ---------------------------------------------------------------- moves ----
 */

YS_HOT static void advance_block(ys_ipm_state *p, ys_ipm_length length,
                                 double *y, size_t block) {
  room at = room_of(p);
  for (size_t tile = ys_block_begin(&p->blocks, block);
       tile < ys_block_end(&p->blocks, block); tile++) {
    view v = view_of(p, tile);
    go(p, &v, p->tile + tile, tile, length, p->trial, &at);
    ys_ipm_write(p, tile, y);
  }
}

static void shift_multipliers(ys_ipm_state *p, double shift) {
  for (size_t tile = 0; tile < p->tiles; tile++)
    p->tile[tile].mu += shift;
  for (size_t k = 0; k < p->n; k++)
    p->nu[k] += shift;
}

void ys_ipm_advance(ys_ipm_state *p, ys_ipm_length length, double *y) {
  for (size_t k = 0; k < p->n; k++)
    p->trial[k] = p->nu[k] + length.nu * p->now.nu[k];
#pragma omp parallel for schedule(static) num_threads(p->threads)
  for (size_t block = 0; block < p->blocks.count; block++)
    advance_block(p, length, y, block);
  memcpy(p->nu, p->trial, p->n * sizeof *p->nu);
  shift_multipliers(p, ys_ipm_common_shift(p));
  for (size_t k = 0; k < p->n; k++)
    p->hint[k] = p->level + p->nu[k];
}

YS_HOT static void centre_block(ys_ipm_state *p, double target, size_t block) {
  enum { MOST_STEPS = 15 };
  room at = room_of(p);
  for (size_t tile = ys_block_begin(&p->blocks, block);
       tile < ys_block_end(&p->blocks, block); tile++) {
    view v = view_of(p, tile);
    centre_tile(p, &v, p->tile + tile, p->nu, target, v.s[0] > 0, MOST_STEPS,
                &at);
  }
}

void ys_ipm_centre(ys_ipm_state *p, double target) {
#pragma omp parallel for schedule(static) num_threads(p->threads)
  for (size_t block = 0; block < p->blocks.count; block++)
    centre_block(p, target, block);
}
