#include "solvers/exact/few_system.h"

#include "problems/vector/array.h"
#include "problems/vector/simd.h"

#include <cblas.h>
#include <float.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

enum { MOST_TRIES = 6 };

/* ----------------------------------------------- a row's block, by classes
 * ---- */

/* B_i of one row in numbers, as ipm_factor.c has it for four: over the classes
 * held, e_k c_k c_k^T + pivot (1_j - 1_m) (1_j - 1_m)^T - V X V^T. */
typedef struct block {
  size_t count, m, j;     /* classes held; places of the pivots */
  const unsigned *class;  /* of each place */
  double *e, *to_j;       /* diagonal; what of it goes to j, the rest to m */
  double *first, *second; /* V times a root of X */
  double jj, jm, mm;
} block;

/* The numbers of lane l of a tile. */
static bool read_block(const ys_ipm_state *p, size_t tile, size_t l, block *b,
                       unsigned *class) {
  const ys_ipm_tile *r = p->tile + tile;
  const size_t at = p->part->begin[tile];
  const size_t i = tile * YS_LANES + l;
  if (!r->live[l])
    return false;
  b->count = p->part->held[i];
  b->m = r->m[l];
  b->j = r->j[l];
  b->class = class;
  const double share = r->share[l], tilt = r->tilt[l], keep = 1 - share;
  const double x11 = r->x11[l], x12 = r->x12[l], x22 = r->x22[l];
  double l11 = 0, l21 = 0, l22 = 0;
  if (x11 > 0) {
    const double det = x11 * x22 - x12 * x12;
    l11 = sqrt(x11);
    l21 = x12 / l11;
    l22 = det > 0 ? sqrt(det) / l11 : 0;
  }
  for (size_t k = 0; k < b->count; k++) {
    const double e = p->y[at + k][l] * p->is[at + k][l];
    const double q = p->a[at + k][l] - r->am[l];
    class[k] = p->part->classes[at + k].of[l];
    b->e[k] = e;
    b->to_j[k] = (share + tilt * q) * e;
    b->first[k] = l11 * e + l21 * e * q;
    b->second[k] = l22 * e * q;
  }
  const double e0 = r->e0[l], e1 = r->e1[l], e2 = r->e2[l];
  const double j0 = share * e0 + tilt * e1, j1 = share * e1 + tilt * e2;
  const double m0 = e0 - j0, m1 = e1 - j1;
  b->jj = share * j0 + tilt * j1 + r->pivot[l];
  b->jm = keep * j0 - tilt * j1 - r->pivot[l];
  b->mm = keep * m0 - tilt * m1 + r->pivot[l];
  b->first[b->j] = -(l11 * j0 + l21 * j1);
  b->second[b->j] = -l22 * j1;
  b->first[b->m] = -(l11 * m0 + l21 * m1);
  b->second[b->m] = -l22 * m1;
  return true;
}

static inline double *entry(double *matrix, size_t n, size_t k, size_t l) {
  return matrix + (k < l ? k * n + l : l * n + k);
}

/* What is not a product of the vectors. */
static void add_lines(const block *b, size_t n, double *matrix) {
  const size_t j = b->class[b->j], m = b->class[b->m];
  for (size_t a = 0; a < b->count; a++) {
    const size_t k = b->class[a];
    if (a == b->j || a == b->m || !(b->e[a] > 0))
      continue;
    matrix[k * n + k] += b->e[a];
    *entry(matrix, n, j, k) -= b->to_j[a];
    *entry(matrix, n, m, k) -= b->e[a] - b->to_j[a];
  }
  matrix[j * n + j] += b->jj;
  *entry(matrix, n, m, j) += b->jm;
  matrix[m * n + m] += b->mm;
}

/* Whether lists are so long that products of whole vectors are less work. */
static bool lists_are_long(const ys_ipm_state *p) {
  double pairs = 0;
  for (size_t i = 0; i < p->rows; i++)
    pairs += (double)p->part->held[i] * p->part->held[i];
  const double n = (double)p->n;
  return pairs > (double)p->rows * n * (8 + 0.25 * n);
}

/* The live rows' blocks, one after the other, and what of them is no product
 * of vectors. Returns how many entries they have. */
static size_t read_blocks(const ys_ipm_state *p, ys_few_system *s) {
  const size_t n = p->n;
  size_t at = 0;
  block b = {.e = s->room, .to_j = s->room + n};
  for (size_t i = 0; i < p->rows; i++) {
    b.first = s->e + at;
    b.second = s->q + at;
    if (!read_block(p, i / YS_LANES, i % YS_LANES, &b, s->held + at))
      continue;
    add_lines(&b, n, s->matrix);
    for (size_t k = 0; k < b.count; k++)
      s->end[at + k] = (unsigned)(at + b.count);
    at += b.count;
  }
  return at;
}

/* Entries in the order of their classes: their places, in s->place. */
static void sort_places(ys_few_system *s, size_t n, size_t entries) {
  memset(s->begin, 0, (n + 2) * sizeof *s->begin);
  for (size_t at = 0; at < entries; at++)
    s->begin[s->held[at] + 2]++;
  for (size_t k = 2; k <= n; k++)
    s->begin[k] += s->begin[k - 1];
  for (size_t at = 0; at < entries; at++)
    s->place[s->begin[s->held[at] + 1]++] = (unsigned)at;
}

/* row -= first * firsts + second * seconds, at the classes. */
static void subtract_pairs_of(double *restrict row, double first, double second,
                              const double *restrict firsts,
                              const double *restrict seconds,
                              const unsigned *restrict class, size_t count) {
  for (size_t c = 0; c < count; c++)
    row[class[c]] -= first * firsts[c] + second * seconds[c];
}

/* The vectors' products class by class, each row of the matrix while it is in
 * the cache. Classes rise within a row: all is in the upper triangle. */
static void subtract_lists(ys_few_system *s, size_t n, size_t entries) {
  sort_places(s, n, entries);
  for (size_t k = 0; k < n; k++)
    for (size_t c = s->begin[k]; c < s->begin[k + 1]; c++) {
      const size_t at = s->place[c];
      subtract_pairs_of(s->matrix + k * n, s->e[at], s->q[at], s->e + at,
                        s->q + at, s->held + at, s->end[at] - at);
    }
}

static void subtract_whole(ys_few_system *s, size_t n, size_t entries) {
  size_t vectors = 0, next = 0;
  for (size_t at = 0; at < entries; at++) {
    if (at == next) { /* a row begins */
      next = s->end[at];
      memset(s->vectors + vectors * n, 0, 2 * n * sizeof *s->vectors);
      vectors += 2;
    }
    s->vectors[(vectors - 2) * n + s->held[at]] = s->e[at];
    s->vectors[(vectors - 1) * n + s->held[at]] = s->q[at];
  }
  if (vectors > 0)
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, (int)n, (int)vectors, -1,
                s->vectors, (int)n, 1, s->matrix, (int)n);
}

static void collect_by_classes(ys_ipm_state *p, ys_few_system *s) {
  const size_t n = p->n;
  memset(s->matrix, 0, n * n * sizeof *s->matrix);
  const size_t entries = read_blocks(p, s);
  if (lists_are_long(p))
    subtract_whole(s, n, entries);
  else
    subtract_lists(s, n, entries);
  for (size_t k = 0; k < n; k++)
    s->matrix[k * n + k] += p->ih[k];
}

static bool factorise(ys_few_system *s) {
  const lapack_int n = (lapack_int)s->order;
  return LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'L', n, s->matrix, n) == 0;
}

static bool assemble_by_classes(ys_ipm_state *p, ys_few_system *s) {
  double lift = 0;
  s->order = p->n;
  for (int attempt = 0; attempt < MOST_TRIES; attempt++) {
    collect_by_classes(p, s);
    for (size_t k = 0; k < p->n; k++)
      s->matrix[k * p->n + k] *= 1 + lift;
    if (factorise(s))
      return true;
    lift = lift > 0 ? 100 * lift : 16 * DBL_EPSILON;
  }
  return false;
}

/* ------------------------------------------------------------- by rows ---- */

/* e_ik of one row's place, the pivots' included; q to match. */
static double e_at(const ys_ipm_state *p, size_t tile, size_t l, size_t k) {
  const size_t at = p->part->begin[tile] + k;
  return p->tile[tile].live[l] ? p->y[at][l] / p->s[at][l] : 0;
}

static double q_at(const ys_ipm_state *p, size_t tile, size_t l, size_t k) {
  return p->a[p->part->begin[tile] + k][l] - p->tile[tile].am[l];
}

/* The classes' entries side by side, by counting: row in `held`, its place's e
 * and q in s->e and s->q. */
static void sort_by_class(const ys_ipm_state *p, ys_few_system *s) {
  memset(s->begin, 0, (p->n + 2) * sizeof *s->begin);
  for (size_t i = 0; i < p->rows; i++)
    for (size_t k = 0; k < p->part->held[i]; k++)
      s->begin[p->part->classes[p->part->begin[i / YS_LANES] + k]
                   .of[i % YS_LANES] +
               2]++;
  for (size_t k = 2; k <= p->n + 1; k++)
    s->begin[k] += s->begin[k - 1];
  for (size_t i = 0; i < p->rows; i++) {
    const size_t tile = i / YS_LANES, l = i % YS_LANES;
    for (size_t k = 0; k < p->part->held[i]; k++) {
      size_t to =
          s->begin[p->part->classes[p->part->begin[tile] + k].of[l] + 1]++;
      s->held[to] = (unsigned)i;
      s->e[to] = e_at(p, tile, l, k);
      s->q[to] = q_at(p, tile, l, k);
    }
  }
}

/* Blocks of the diagonal: sum_k e_k (D_k - e_k) / D_k p p^T, where D_k - e_k is
 * the sum of the others: one's own share, taken off the sum if it is small. */
static double others(const ys_few_system *s, size_t k, size_t own, double ih) {
  if (s->e[own] < 0.5 * s->weight[k])
    return s->weight[k] - s->e[own];
  double sum = ih;
  for (size_t c = s->begin[k]; c < s->begin[k + 1]; c++)
    sum += c == own ? 0 : s->e[c];
  return sum;
}

static void add_diagonals(const ys_ipm_state *p, ys_few_system *s) {
  const size_t order = s->order;
  for (size_t k = 0; k < p->n; k++)
    for (size_t c = s->begin[k]; c < s->begin[k + 1]; c++) {
      const double w = s->e[c] * others(s, k, c, p->ih[k]) / s->weight[k],
                   q = s->q[c];
      double *at = s->matrix + 2 * s->held[c] * (order + 1);
      at[0] += w;
      at[1] += w * q;
      at[order + 1] += w * q * q;
    }
  for (size_t i = 0; i < p->rows; i++) {
    const ys_ipm_tile *r = p->tile + i / YS_LANES;
    const size_t l = i % YS_LANES;
    double *at = s->matrix + 2 * i * (order + 1);
    if (!r->live[l])
      at[0] = 1;
    at[order + 1] += r->live[l] ? 1 / r->g[l] : 1;
  }
}

static void subtract_pairs(const ys_ipm_state *p, ys_few_system *s) {
  const size_t order = s->order;
  for (size_t k = 0; k < p->n; k++)
    for (size_t c = s->begin[k]; c < s->begin[k + 1]; c++) {
      const double w = s->e[c] / s->weight[k], wq = w * s->q[c];
      double *restrict at = s->matrix + 2 * s->held[c] * order;
      for (size_t d = c + 1; d < s->begin[k + 1]; d++) {
        const double e = s->e[d], eq = e * s->q[d];
        double *restrict to = at + 2 * s->held[d];
        to[0] -= w * e;
        to[1] -= w * eq;
        to[order] -= wq * e;
        to[order + 1] -= wq * eq;
      }
    }
}

/* The same by one product, the diagonal's blocks then cleared. */
static void subtract_vectors(const ys_ipm_state *p, ys_few_system *s) {
  const size_t n = p->n, order = s->order;
  memset(s->vectors, 0, order * n * sizeof *s->vectors);
  for (size_t k = 0; k < n; k++) {
    const double scale = 1 / sqrt(s->weight[k]);
    for (size_t c = s->begin[k]; c < s->begin[k + 1]; c++) {
      double *at = s->vectors + 2 * s->held[c] * n + k;
      at[0] = s->e[c] * scale;
      at[n] = s->e[c] * scale * s->q[c];
    }
  }
  cblas_dsyrk(CblasRowMajor, CblasUpper, CblasNoTrans, (int)order, (int)n, -1,
              s->vectors, (int)n, 0, s->matrix, (int)order);
  for (size_t i = 0; i < p->rows; i++) {
    double *at = s->matrix + 2 * i * (order + 1);
    at[0] = at[1] = at[order + 1] = 0;
  }
}

static void collect_by_rows(const ys_ipm_state *p, ys_few_system *s) {
  double pairs = 0;
  for (size_t k = 0; k < p->n; k++) {
    const double count = (double)(s->begin[k + 1] - s->begin[k]);
    pairs += count * count;
  }
  if (4 * pairs * 8 > (double)(s->order * s->order) * (double)p->n / 2)
    subtract_vectors(p, s);
  else {
    memset(s->matrix, 0, s->order * s->order * sizeof *s->matrix);
    subtract_pairs(p, s);
  }
  add_diagonals(p, s);
}

static bool assemble_by_rows(ys_ipm_state *p, ys_few_system *s) {
  double lift = 0;
  s->order = 2 * p->rows;
  sort_by_class(p, s);
  for (size_t k = 0; k < p->n; k++) {
    s->weight[k] = p->ih[k];
    for (size_t c = s->begin[k]; c < s->begin[k + 1]; c++)
      s->weight[k] += s->e[c];
  }
  for (int attempt = 0; attempt < MOST_TRIES; attempt++) {
    collect_by_rows(p, s);
    for (size_t k = 0; k < s->order; k++)
      s->matrix[k * s->order + k] *= 1 + lift;
    if (factorise(s))
      return true;
    lift = lift > 0 ? 100 * lift : 16 * DBL_EPSILON;
  }
  return false;
}

static void solve_factored(const ys_few_system *s, double *right) {
  const lapack_int n = (lapack_int)s->order;
  LAPACKE_dpotrs_work(LAPACK_COL_MAJOR, 'L', n, 1, s->matrix, n, right, n);
}

/* S w = P^T E D^-1 r,  dnu = D^-1 (r + E P w). */
static void solve_by_rows(const ys_ipm_state *p, const ys_few_system *s,
                          double *right) {
  memset(s->right, 0, s->order * sizeof *s->right);
  for (size_t k = 0; k < p->n; k++)
    for (size_t c = s->begin[k]; c < s->begin[k + 1]; c++) {
      const double part = s->e[c] / s->weight[k] * right[k];
      s->right[2 * s->held[c]] += part;
      s->right[2 * s->held[c] + 1] += part * s->q[c];
    }
  solve_factored(s, s->right);
  for (size_t k = 0; k < p->n; k++) {
    double sum = right[k];
    for (size_t c = s->begin[k]; c < s->begin[k + 1]; c++)
      sum += s->e[c] * (s->right[2 * s->held[c]] +
                        s->q[c] * s->right[2 * s->held[c] + 1]);
    right[k] = sum / s->weight[k];
  }
}

/* ---------------------------------------------------------------- hook ---- */

static bool assemble(ys_ipm_state *p, void *context) {
  ys_few_system *s = context;
  s->by_rows = 8 * p->rows < 3 * p->n;
  return s->by_rows ? assemble_by_rows(p, s) : assemble_by_classes(p, s);
}

static void solve(const ys_ipm_state *p, void *context, double *right) {
  const ys_few_system *s = context;
  if (s->by_rows)
    solve_by_rows(p, s, right);
  else
    solve_factored(s, right);
}

void ys_few_system_init(ys_few_system *s, ys_memory *memory, size_t rows,
                        size_t classes, size_t entries) {
  static const char what[] = "the system of few rows";
  const size_t twice = ys_times(2, rows), n = classes;
  s->matrix = ys_take_numbers(memory, ys_times(n, n), what);
  s->right = ys_take_numbers(memory, twice, what);
  s->weight = ys_take_numbers(memory, n, what);
  s->e = ys_take_numbers(memory, entries, what);
  s->q = ys_take_numbers(memory, entries, what);
  s->held = ys_take(memory, entries, sizeof *s->held, what);
  s->end = ys_take(memory, entries, sizeof *s->end, what);
  s->place = ys_take(memory, entries, sizeof *s->place, what);
  s->room = ys_take_numbers(memory, ys_times(2, n), what);
  s->begin = ys_take(memory, n + 2, sizeof *s->begin, what);
  /* last: large, and seldom touched */
  s->vectors = ys_take_numbers(memory, ys_times(twice, n), what);
  s->hook = (ys_ipm_system){assemble, solve, s};
}
