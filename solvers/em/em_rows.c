/* docs/method.md, section 3, "EM".
 *
 * E step: S_ik = y_ik / sum_j y_jk. M step, a row at a time, with a_k = lambda
 * M u_k S_ik = nu_k y_ik: minimise loss(sigma_i, y) - sum_k a_k ln y_k. For
 * reverse, y_k is proportional to sigma_k + a_k. For collision, with A = sum_k
 * a_k and B = 1 + A, the stationary point is
 *
 *   y_k = a_k / (B - sigma_k / x),      x = sigma . y right of every pole.
 *
 * The root x may lie closer to the largest pole than doubles are spaced, so the
 * unknown here is z = B - top / x, top the largest sigma_k with a_k > 0:
 *
 *   y_k = a_k top / (sigma_k z + B (top - sigma_k)),
 *
 * where nothing cancels, and z in (0, A] solves S(z) = sum_k y_k = 1. 1 / S is
 * a harmonic mean of functions linear in z, so it is concave, and Newton's
 * method on 1 / S = 1 climbs to the root from the left without a line search;
 * from the right it jumps to the left in one step. Halley's, near the root,
 * needs a pass less for a few more products and no more divisions, and the last
 * step is so small that it is taken by Taylor's series, without a division.
 *
 * Rows lie side by side in the lanes of a vector (problems/vector/lanes.h). */
#include "solvers/em/em_rows.h"

#include "problems/vector/simd.h"
#include "problems/vector/tiles.h"

#include <string.h>

/* One over this times an a_k is a double still. */
#define SMALL_SIGMA 1e-200

/* What the M step knows of a tile's rows. */
typedef struct em_rows {
  ys_lanes sum;    /* A = sum_k a_k */
  ys_lanes mean;   /* sum_k a_k sigma_k */
  ys_lanes top;    /* the largest sigma_k with a_k > 0 */
  ys_lanes at_top; /* a_k of a class that attains it */
  ys_lanes over;   /* 1 / top */
  ys_lanes z;      /* the root, or a guess of it */
  ys_lanes share;  /* of z, a last small step not yet taken */
  /* At z: S, and its derivatives in ln z of first and second order, each over
   * its factorial and its sign. */
  ys_lanes s, t, u;
} em_rows;

/* `groups` tiles stand side by side: column k of tile g is at k * groups + g.
 * inverse: r_k, one over the distance from the pole at z. S adds up p_k = a_k
 * r_k, whose derivative is -dp_k / d(ln z) = p_k w_k, w_k = sigma_k z r_k / top
 * <= 1.
 */
typedef struct em_tile {
  size_t n, groups;
  ys_mask live;
  ys_lanes *restrict sigma, *restrict y, *restrict inverse;
  ys_lanes *restrict columns; /* what y is added to, n */
  ys_next next;
} em_tile;

/* a_k = nu_k y_k = lambda M u_k S_ik into y. An entry that was positive stays
 * so: it may have to grow again. Where it is 0 there is no pole: sigma is
 * cleared. */
YS_INLINE void expect(em_tile t, const double *restrict nu, em_rows *rows) {
  const ys_lanes least = ys_all(YS_EM_LEAST);
  for (size_t g = 0; g < t.groups; g++)
    rows[g] = (em_rows){.sum = {0}};
  for (size_t k = 0; k < t.n; k++)
    for (size_t g = 0; g < t.groups; g++) {
      em_rows *r = rows + g;
      ys_fetch_next(&t.next, k * t.groups + g);
      ys_lanes a = nu[k] * t.y[k * t.groups + g];
      ys_lanes sigma = ys_only(a > 0, t.sigma[k * t.groups + g]);
      a = ys_only(a > 0, ys_larger(a, least));
      ys_mask higher = sigma > r->top;
      r->at_top = ys_pick(higher, a, r->at_top);
      r->top = ys_pick(higher, sigma, r->top);
      r->sum += a;
      r->mean += a * sigma;
      t.y[k * t.groups + g] = a;
      t.sigma[k * t.groups + g] = sigma;
    }
}

/* The guess is the last sweep's root, or else a lower bound: by Jensen x >=
 * sum_k a_k sigma_k / A, less an allowance for rounding. */
YS_INLINE void guess_roots(em_tile t, em_rows *rows) {
  for (size_t g = 0; g < t.groups; g++) {
    em_rows *r = rows + g;
    r->over = 1 / r->top;
    if (ys_any(r->z <= 0)) {
      ys_lanes jensen =
          (1 + r->sum) * (1 - 1e-12) - r->top * (r->sum / r->mean);
      r->z = ys_pick(r->z > 0, r->z, jensen);
    }
    r->z = ys_larger(r->z, r->at_top);
  }
}

/* S and its derivatives at z, r_k one over the distance from the pole:
 *
 *   1 / r_k = (sigma_k z + B (top - sigma_k)) / top,
 *   p_k = a_k r_k,   w_k = sigma_k z r_k / top,
 *   s = sum_k p_k,   t = sum_k p_k w_k,   u = sum_k p_k w_k^2. */
YS_INLINE void evaluate(em_tile t, em_rows *rows) {
  ys_lanes slope[YS_GROUPS], steep[YS_GROUPS];
  for (size_t g = 0; g < t.groups; g++) {
    em_rows *r = rows + g;
    slope[g] = r->z * r->over;
    steep[g] = (1 + r->sum) * r->over;
    r->s = r->t = r->u = (ys_lanes){0};
  }
  for (size_t k = 0; k < t.n; k++)
    for (size_t g = 0; g < t.groups; g++) {
      const size_t at = k * t.groups + g;
      em_rows *r = rows + g;
      ys_lanes rise = t.sigma[at] * slope[g];
      ys_lanes inverse = 1 / (rise + (r->top - t.sigma[at]) * steep[g]);
      ys_lanes p = t.y[at] * inverse, w = rise * inverse, pw = p * w;
      t.inverse[at] = inverse;
      r->s += p;
      r->t += pw;
      r->u += pw * w;
    }
}

/* The step to the root, as a share of z: by Newton's method on 1 / S, s (s - 1)
 * / t; or Halley's, which divides that by 1 + (s - 1) (1 - u s / t^2), if it
 * does not come from far on the right. It stays right of at_top, since the
 * classes at the top alone have S >= at_top / z. (at_top may be so small that
 * the share rounds to -1: what keeps z positive is find_roots.) */
YS_INLINE void choose_step(em_rows *r, bool newton) {
  ys_lanes inverse = 1 / r->t, excess = r->s - 1;
  ys_lanes step = r->s * inverse * excess;
  ys_lanes bend = excess - step * (r->u * inverse);
  bend = newton ? ys_all(0) : ys_only(step > -0.25, bend);
  r->share = step / ys_larger(1 + bend, ys_all(0.5));
  if (ys_any(r->share < -0.5))
    r->share = ys_larger(r->share, r->at_top / r->z - 1);
}

/* The roots z of S = 1, from guesses, up to a step by a small share. A step by
 * a share d of z leaves an error of d^2 by Newton's method and d^3 by Halley's,
 * times 2 at most: every part of S is one over a sum of z and something
 * positive. Where S hardly depends on z, rounding hides such steps: S = 1 twice
 * will do. */
YS_INLINE void find_roots(em_tile t, em_rows *rows) {
  enum { HALLEY_STEPS = 20, MOST_STEPS = 100 };
  ys_mask open[YS_GROUPS], level[YS_GROUPS];
  for (size_t g = 0; g < t.groups; g++) {
    open[g] = ~(ys_mask){0};
    level[g] = (ys_mask){0};
  }
  for (int step = 0; step < MOST_STEPS; step++) {
    const double near = step < HALLEY_STEPS ? 4e-6 : 1e-8;
    ys_mask any = {0};
    evaluate(t, rows);
    for (size_t g = 0; g < t.groups; g++) {
      em_rows *r = rows + g;
      choose_step(r, step >= HALLEY_STEPS);
      ys_mask far = ys_absolute(r->share) > near;
      ys_mask one = ys_absolute(r->s - 1) <= 1e-14;
      open[g] &= far & ~(one & level[g]);
      level[g] = one;
      any |= open[g];
      r->share = ys_only(open[g] | ~far, r->share);
    }
    if (!ys_any(any))
      break;
    for (size_t g = 0; g < t.groups; g++) {
      em_rows *r = rows + g;
      r->z = ys_larger(r->z + r->z * r->share, 0.5 * r->at_top);
    }
  }
}

/* y_k in place of a_k, scaled to sum to 1: the parts of S after the last step
 * dz = share z, by their Taylor series, whose next term is below 1e-16,
 *
 *   y_k ~ p_k (1 - f_k + f_k^2),   f_k = sigma_k r_k dz / top. */
YS_INLINE void maximise(em_tile t, em_rows *rows) {
  ys_lanes scale[YS_GROUPS], shift[YS_GROUPS];
  for (size_t g = 0; g < t.groups; g++) {
    em_rows *r = rows + g;
    shift[g] = r->z * r->over * r->share;
    scale[g] = 1 / (r->s - r->share * (r->t - r->share * r->u));
    r->z += r->z * r->share;
  }
  for (size_t k = 0; k < t.n; k++) {
    ys_lanes column = t.columns[k];
    for (size_t g = 0; g < t.groups; g++) {
      const size_t at = k * t.groups + g;
      ys_lanes inverse = t.inverse[at];
      ys_lanes fall = t.sigma[at] * inverse * shift[g];
      ys_lanes p = t.y[at] * inverse * scale[g];
      t.y[at] = p - p * (fall - fall * fall);
      column += ys_only(t.live, t.y[at]);
    }
    t.columns[k] = column;
  }
}

/* From a_k in y: y and the roots. */
YS_INLINE void solve_rows(em_tile t, em_rows *rows, double *root, size_t i,
                          size_t count) {
  for (size_t g = 0; g < t.groups; g++)
    rows[g].z = ys_read_numbers(root, i + g * YS_LANES, count);
  guess_roots(t, rows);
  find_roots(t, rows);
  maximise(t, rows);
  for (size_t g = 0; g < t.groups; g++)
    ys_write_numbers(root, i + g * YS_LANES, count, rows[g].z);
}

/* Only ratios of sigma matter: where all that count are so small that one over
 * them, or their products with a, would leave the range of doubles, they are
 * multiplied by a power of two. */
YS_INLINE void magnify(em_tile t, em_rows *rows) {
  for (size_t g = 0; g < t.groups; g++) {
    em_rows *r = rows + g;
    const ys_lanes factor =
        ys_pick(r->top < SMALL_SIGMA, ys_all(0x1p900), ys_all(1));
    r->top *= factor;
    r->mean = (ys_lanes){0};
    for (size_t k = 0; k < t.n; k++) {
      const size_t at = k * t.groups + g;
      t.sigma[at] *= factor;
      r->mean += t.y[at] * t.sigma[at];
    }
  }
}

/* Out of line and hardly ever called: as a branch of what follows it would cost
 * that half of its speed. */
static __attribute__((noinline, cold)) void solve_small(const em_tile *t,
                                                        const em_rows *given,
                                                        double *root, size_t i,
                                                        size_t count) {
  em_rows rows[YS_GROUPS];
  memcpy(rows, given, t->groups * sizeof *rows);
  magnify(*t, rows);
  solve_rows(*t, rows, root, i, count);
}

YS_INLINE void collision(em_tile t, const double *nu, double *root, size_t i,
                         size_t count) {
  em_rows rows[YS_GROUPS];
  ys_mask small = {0};
  expect(t, nu, rows);
  for (size_t g = 0; g < t.groups; g++)
    small |= rows[g].top < SMALL_SIGMA;
  if (ys_any(small)) {
    const em_tile tile = t;
    em_rows given[YS_GROUPS];
    for (size_t g = 0; g < t.groups; g++)
      given[g] = rows[g];
    solve_small(&tile, given, root, i, count);
    return;
  }
  solve_rows(t, rows, root, i, count);
}

YS_INLINE void add_columns(em_tile t) {
  for (size_t k = 0; k < t.n; k++)
    for (size_t g = 0; g < t.groups; g++)
      t.columns[k] += ys_only(t.live, t.y[k * t.groups + g]);
}

/* y_k = (sigma_k + a_k) / sum_j (sigma_j + a_j), a_k = nu_k y_k. */
YS_INLINE void reverse(em_tile t, const double *nu) {
  const ys_lanes least = ys_all(YS_EM_LEAST);
  ys_lanes sum[YS_GROUPS];
  for (size_t g = 0; g < t.groups; g++)
    sum[g] = (ys_lanes){0};
  for (size_t k = 0; k < t.n; k++)
    for (size_t g = 0; g < t.groups; g++) {
      ys_lanes *y = t.y + k * t.groups + g;
      const ys_lanes a = *y * nu[k] + t.sigma[k * t.groups + g];
      *y = ys_only(a > 0, ys_larger(a, least));
      sum[g] += *y;
    }
  for (size_t k = 0; k < t.n; k++)
    for (size_t g = 0; g < t.groups; g++)
      t.y[k * t.groups + g] /= sum[g];
  add_columns(t);
}

/* Without fairness the optimum is in closed form: the first of a row's largest
 * sigma (collision), or sigma itself (reverse). */
YS_INLINE void closed_form(em_tile t, ys_loss loss) {
  for (size_t g = 0; g < t.groups; g++) {
    ys_lanes top = ys_all(-1);
    ys_mask found = {0};
    for (size_t k = 0; k < t.n; k++)
      top = ys_larger(t.sigma[k * t.groups + g], top);
    for (size_t k = 0; k < t.n; k++) {
      const ys_lanes sigma = t.sigma[k * t.groups + g];
      ys_mask here = (sigma == top) & ~found;
      found |= here;
      t.y[k * t.groups + g] =
          loss == YS_REVERSE ? sigma : ys_only(here, ys_all(1));
    }
  }
  add_columns(t);
}

/* ------------------------------------------------------------- blocks ---- */

typedef struct em_block {
  const ys_objective *objective;
  const double *nu;
  double *root, *y;
  ys_tile_source source;
  em_tile room;
} em_block;

YS_INLINE void map_tiles(size_t i, size_t groups, size_t count,
                         const em_block *b, ys_tile_columns *columns) {
  const size_t n = columns->n;
  em_tile t = b->room;
  t.groups = groups;
  t.live = ys_live(count);
  t.columns = columns->chunk;
  t.next = ys_read_rows(&b->source, b->y, i, groups, count, t.sigma, t.y);
  if (b->objective->lambda == 0)
    closed_form(t, b->objective->loss);
  else if (b->objective->loss == YS_REVERSE)
    reverse(t, b->nu);
  else
    collision(t, b->nu, b->root, i, count);
  for (size_t g = 0; g < groups; g++)
    ys_write_tile(t.y + g, groups, n, count, b->y + (i + g * YS_LANES) * n);
  ys_tile_columns_next(columns, groups);
}

YS_HOT static void map_block(const em_block *b, size_t begin, size_t end,
                             ys_tile_columns *columns) {
  YS_BY_TILES(3, columns->n, begin, end, map_tiles, b, columns);
  ys_tile_columns_end(columns);
}

void ys_em_block(const ys_objective *objective, ys_scratch *scratch,
                 double *root, double *y, size_t block) {
  const size_t n = objective->batch->classes;
  em_block b = {.objective = objective,
                .nu = scratch->nu,
                .root = root,
                .y = y,
                .source = ys_tile_source_of(objective, scratch),
                .room = {.n = n,
                         .sigma = ys_room(scratch, n, 0),
                         .y = ys_room(scratch, n, 1),
                         .inverse = ys_room(scratch, n, 2)}};
  ys_tile_columns columns = ys_tile_columns_begin(scratch, n, block);
  map_block(&b, ys_block_begin(&scratch->blocks, block),
            ys_block_end(&scratch->blocks, block), &columns);
}
