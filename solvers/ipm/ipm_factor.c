/* The interior point's Newton system: every row's block is factorised, and what
 * it adds to the K x K matrix sum_i B_i is collected by groups of row blocks.
 *
 * B_i = sum_k e_k c_k c_k^T + pivot (1_j - 1_m) (1_j - 1_m)^T - V X V^T with
 * c_k = 1_k - theta_k 1_j - (1 - theta_k) 1_m, theta_k = share + tilt q_k, and
 * V = sum_k e_k c_k (1, q_k), sums over the classes but the pivots. */
#include "problems/vector/simd.h"
#include "solvers/ipm/ipm_tile.h"

#include <math.h>

/* What a group collects: e on the diagonal; the pivots' rows of `matrix` (entry
 * (m, k) stands for (k, m), too, in either triangle); and vectors whose outer
 * products are to be subtracted, class by class, two lanes a tile. */
typedef struct parts {
  ys_lanes *diagonal, *vectors;
  double *matrix;
} parts;

/* Subtract lane l of to_j and to_m from the pivots' rows. */
YS_INLINE void add_pivot_rows(const ys_ipm_tile *r, size_t n,
                              const ys_lanes *restrict to_j,
                              const ys_lanes *restrict to_m, double *matrix) {
  for (size_t l = 0; l < YS_LANES; l++) {
    double *restrict row_j = matrix + r->j[l] * n;
    for (size_t k = 0; k < n; k++)
      row_j[k] -= to_j[k][l];
    double *restrict row_m = matrix + r->m[l] * n;
    for (size_t k = 0; k < n; k++)
      row_m[k] -= to_m[k][l];
  }
}

/* The factor of X = L L^T, with 0 for an X of 0. */
typedef struct root {
  ys_lanes l11, l21, l22;
} root;

YS_INLINE root root_of(const ys_ipm_tile *r) {
  root x = {{0}, {0}, {0}};
  for (size_t l = 0; l < YS_LANES; l++) {
    double det = r->x11[l] * r->x22[l] - r->x12[l] * r->x12[l];
    if (!(r->x11[l] > 0))
      continue;
    x.l11[l] = sqrt(r->x11[l]);
    x.l21[l] = r->x12[l] / x.l11[l];
    x.l22[l] = det > 0 ? sqrt(det) / x.l11[l] : 0;
  }
  return x;
}

/* Entries of the pivots: among themselves, and in the two vectors. */
typedef struct pivots {
  ys_lanes jj, jm, mm, j1, j2, m1, m2;
} pivots;

YS_INLINE pivots pivots_of(const ys_ipm_tile *r, const root *x) {
  ys_lanes keep = 1 - r->share;
  ys_lanes j0 = r->share * r->e0 + r->tilt * r->e1;
  ys_lanes j1 = r->share * r->e1 + r->tilt * r->e2;
  ys_lanes m0 = r->e0 - j0, m1 = r->e1 - j1;
  return (pivots){.jj = r->share * j0 + r->tilt * j1 + r->pivot,
                  .jm = keep * j0 - r->tilt * j1 - r->pivot,
                  .mm = keep * m0 - r->tilt * m1 + r->pivot,
                  .j1 = -(x->l11 * j0 + x->l21 * j1),
                  .j2 = -x->l22 * j1,
                  .m1 = -(x->l11 * m0 + x->l21 * m1),
                  .m2 = -x->l22 * m1};
}

/* The pivots' entries, the vectors `apart` lanes from class to class. */
YS_INLINE void add_pivots(const view *v, const ys_ipm_tile *r, const pivots *at,
                          size_t n, ys_lanes *vectors, size_t apart,
                          double *matrix) {
  for (size_t l = 0; l < YS_LANES; l++) {
    size_t m = class_of(v, r->m[l], l), j = class_of(v, r->j[l], l);
    ys_lanes *at_j = vectors + r->j[l] * apart;
    ys_lanes *at_m = vectors + r->m[l] * apart;
    matrix[j * n + j] += at->jj[l];
    matrix[m * n + j] += at->jm[l];
    matrix[m * n + m] += at->mm[l];
    at_j[0][l] = at->j1[l];
    at_j[1][l] = at->j2[l];
    at_m[0][l] = at->m1[l];
    at_m[1][l] = at->m2[l];
  }
}

/* Add a tile; its vectors go to place `slot`. */
YS_INLINE void add_tile(const view *v, const ys_ipm_tile *r,
                        const ys_lanes *restrict e, ys_lanes *restrict to_j,
                        ys_lanes *restrict to_m, const parts *to, size_t slot) {
  const ys_lanes *restrict a = v->a;
  ys_lanes *restrict diagonal = to->diagonal;
  ys_lanes *restrict vectors = to->vectors + 2 * slot;
  root x = root_of(r);
  for (size_t k = 0; k < v->n; k++) {
    ys_lanes eq = e[k] * (a[k] - r->am);
    diagonal[k] += e[k];
    to_j[k] = r->share * e[k] + r->tilt * eq;
    to_m[k] = e[k] - to_j[k];
    vectors[k * 2 * YS_IPM_CHUNK] = x.l11 * e[k] + x.l21 * eq;
    vectors[k * 2 * YS_IPM_CHUNK + 1] = x.l22 * eq;
  }
  add_pivot_rows(r, v->n, to_j, to_m, to->matrix);
  pivots at = pivots_of(r, &x);
  add_pivots(v, r, &at, v->n, vectors, 2 * YS_IPM_CHUNK, to->matrix);
}

/* One lane of a tile whose rows hold few classes, each pair of them at once. */
YS_INLINE void add_pairs(const view *v, const ys_ipm_tile *r, size_t l,
                         const ys_lanes *e, const ys_lanes *vectors, size_t n,
                         double *matrix) {
  const size_t j = class_of(v, r->j[l], l), m = class_of(v, r->m[l], l);
  for (size_t a = 0; a < v->n; a++) {
    const size_t k = class_of(v, a, l);
    const double first = vectors[2 * a][l], second = vectors[2 * a + 1][l];
    const double q = v->a[a][l] - r->am[l];
    const double to_j = (r->share[l] + r->tilt[l] * q) * e[a][l];
    if (!(v->y[a][l] > 0))
      continue;
    matrix[k * n + k] += e[a][l] - first * first - second * second;
    matrix[j * n + k] -= to_j;
    matrix[m * n + k] -= e[a][l] - to_j;
    for (size_t b = 0; b < a; b++)
      matrix[k * n + class_of(v, b, l)] -=
          first * vectors[2 * b][l] + second * vectors[2 * b + 1][l];
  }
}

/* Add a tile whose rows hold few classes. `vectors` is room for two columns. */
YS_INLINE void add_short_tile(const view *v, const ys_ipm_tile *r, size_t n,
                              const ys_lanes *restrict e,
                              ys_lanes *restrict vectors, double *matrix) {
  root x = root_of(r);
  pivots at = pivots_of(r, &x);
  for (size_t k = 0; k < v->n; k++) {
    ys_lanes eq = e[k] * (v->a[k] - r->am);
    vectors[2 * k] = x.l11 * e[k] + x.l21 * eq;
    vectors[2 * k + 1] = x.l22 * eq;
  }
  add_pivots(v, r, &at, n, vectors, 2, matrix);
  for (size_t l = 0; l < YS_LANES; l++)
    if (r->live[l])
      add_pairs(v, r, l, e, vectors, n, matrix);
}

YS_HOT static void factor_tiles(ys_ipm_state *p, size_t first, size_t end,
                                const parts *to, ys_lanes *columns,
                                ys_lanes *base) {
  ys_lanes *e = scratch_of(p, 3), *f = scratch_of(p, 4), *g = scratch_of(p, 5);
  ys_lanes *vectors = scratch_of(p, 6); /* and 7 */
  for (size_t tile = first; tile < end; tile++) {
    ys_ipm_tile *r = p->tile + tile;
    view v = view_of(p, tile);
    ys_lanes f0, f1, rx = {0};
    memset(v.c, 0, v.n * sizeof *v.c);
    p->cx[tile] = rx;
    factor_tile(&v, r, p->curved, e);
    if (p->system)
      ; /* it takes what it needs from the tiles */
    else if (v.cls)
      add_short_tile(&v, r, p->n, e, vectors, to->matrix);
    else
      add_tile(&v, r, e, f, g, to, tile - first);
    aim to_line = aim_at(p->nu, zeros_of(p), r);
    right_side(&v, r, &to_line, 0, f, &f0, &f1);
    if (p->curved)
      rx = 1 - r->t * r->x;
    line l = solve_line(r, f, rx / r->x, f0, f1);
    add_line(&v, r, &l, f, base);
    for (size_t k = 0; k < v.n; k++)
      add_class(&v, columns, k, v.y[k]);
  }
}

/* --------------------------------------------------------------- pass ---- */

static void factor_group(ys_ipm_state *p, size_t group) {
  const size_t n = p->n;
  size_t begin = group * p->blocks.count / p->groups;
  size_t end = (group + 1) * p->blocks.count / p->groups;
  parts to = {empty_scratch_of(p, 2), p->vectors + group * n * 2 * YS_IPM_CHUNK,
              p->group + group * n * n};
  if (!p->system)
    memset(to.matrix, 0, n * n * sizeof *to.matrix);
  for (size_t block = begin; block < end; block++) {
    ys_lanes *columns = empty_scratch_of(p, 0), *base = empty_scratch_of(p, 1);
    size_t last = ys_block_end(&p->blocks, block), next;
    for (size_t t = ys_block_begin(&p->blocks, block); t < last; t = next) {
      next = ys_ipm_least(t + YS_IPM_CHUNK, last);
      factor_tiles(p, t, next, &to, columns, base);
      if (!p->part && !p->system)
        ys_ipm_subtract(to.vectors, 2 * (next - t), n, to.matrix);
    }
    keep_partial(p, block, 0, columns);
    keep_partial(p, block, 1, base);
  }
  for (size_t k = 0; !p->system && k < n; k++)
    to.matrix[k * n + k] += ys_total(to.diagonal[k]);
}

void ys_ipm_factor(ys_ipm_state *p) {
  int threads = (size_t)p->threads < p->groups ? p->threads : (int)p->groups;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
  for (size_t group = 0; group < p->groups; group++)
    factor_group(p, group);
  mean_partials(p, 0, p->z);
  for (size_t k = 0; p->part && k < p->n; k++)
    p->z[k] += p->part->rest[k];
  sum_partials(p, 1, p->base);
}
