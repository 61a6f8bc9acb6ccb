#include "solvers/em/accelerate.h"

#include "problems/objective/evaluation.h"
#include "problems/objective/tree.h"
#include "problems/vector/array.h"
#include "solvers/common/softmax.h"

#include <float.h>
#include <lapacke.h>
#include <string.h>

/* ------------------------------------------------- what both do alike ---- */

/* EM's own floor, 1e-290, must not lift an entry, which extrapolation would
 * take for growth. */
static const double LEAST = -660;

YS_HOT static void log_block(const double *restrict y, double *restrict out,
                             size_t count) {
#pragma omp simd
  for (size_t i = 0; i < count; i++)
    out[i] = ys_logarithm(y[i]);
}

/* out = ln y; -infinity at 0. */
static void take_logs(const ys_work *w, const double *y, double *out) {
#pragma omp parallel for schedule(static) num_threads(ys_work_threads(w))
  for (size_t block = 0; block < w->scratch.blocks.count; block++) {
    size_t begin = ys_work_begin(w, block);
    log_block(y + begin, out + begin, ys_work_end(w, block) - begin);
  }
}

static double value_at(const ys_acceleration *a, const double *y) {
  return ys_objective_value(a->work->objective, y, &a->work->scratch);
}

/* Whether y is the first iterate, whose F is then evaluated. */
static bool prime(ys_acceleration *a, const double *y) {
  const bool first = !a->primed;
  if (first)
    a->value = value_at(a, y);
  a->primed = true;
  return first;
}

/* Whether F has not risen at an extrapolation y, but by what rounding can do:
 * it is taken then. */
static bool accept(ys_acceleration *a, const double *y) {
  const double value = value_at(a, y);
  if (!(value <= a->value + 4 * DBL_EPSILON * (1 + fabs(a->value))))
    return false;
  a->value = value;
  return true;
}

/* ------------------------------------------------------------ SQUAREM ---- */

enum { FIRST, BEND }; /* places in a block's totals */

void ys_squarem_init(ys_squarem *squarem, ys_work *work) {
  const char *what = "SQUAREM's differences";
  *squarem = (ys_squarem){.at = {.work = work}};
  squarem->log = ys_take_numbers(&work->memory, work->entries, what);
  squarem->first = ys_take_numbers(&work->memory, work->entries, what);
  squarem->bend = ys_take_numbers(&work->memory, work->entries, what);
}

/* first holds ln y1 and becomes r; bend holds ln y2 and becomes v; start holds
 * ln y and becomes ln y2. A class without mass, whose logarithms are -infinity,
 * stays without. |r|^2 and |v|^2 go into totals. */
YS_HOT static void subtract(const double *restrict y, double *restrict start,
                            double *restrict first, double *restrict bend,
                            size_t count, double *totals) {
  double r2 = 0, v2 = 0;
#pragma omp simd reduction(+ : r2, v2)
  for (size_t i = 0; i < count; i++) {
    double r = first[i] - start[i], v = bend[i] - first[i] - r;
    r = y[i] > 0 ? r : 0;
    v = y[i] > 0 ? v : 0;
    start[i] = bend[i];
    first[i] = r;
    bend[i] = v;
    r2 += y[i] * r * r;
    v2 += y[i] * v * v;
  }
  totals[FIRST] = r2;
  totals[BEND] = v2;
}

/* s = |r| / |v|, at least 1 and finite when squared. */
static double step_length(ys_squarem *q, const double *y) {
  const double longest = 1e8;
  ys_work *w = q->at.work;
#pragma omp parallel for schedule(static) num_threads(ys_work_threads(w))
  for (size_t block = 0; block < w->scratch.blocks.count; block++) {
    size_t begin = ys_work_begin(w, block);
    subtract(y + begin, q->log + begin, q->first + begin, q->bend + begin,
             ys_work_end(w, block) - begin,
             w->scratch.totals + block * YS_TOTALS);
  }
  ys_scratch_sum(&w->scratch, FIRST, 2);
  double length = sqrt(w->scratch.over_all[FIRST] / w->scratch.over_all[BEND]);
  return length > 1 ? fmin(length, longest) : 1;
}

/* y = softmax(ln y2 + 2 (s - 1) r + (s^2 - 1) v), rows of n from `begin` on. */
YS_HOT static void extrapolate_rows(const ys_squarem *q, double s, double *y,
                                    size_t begin, size_t end, size_t n) {
  const double *restrict from = q->log + begin;
  const double *restrict first = q->first + begin;
  const double *restrict bend = q->bend + begin;
  double *restrict to = y + begin;
  const double a = 2 * (s - 1), b = s * s - 1;
#pragma omp simd
  for (size_t i = 0; i < end - begin; i++)
    to[i] = from[i] + a * first[i] + b * bend[i];
  for (size_t i = 0; i < end - begin; i += n)
    ys_softmax_row(to + i, to + i, n, LEAST);
}

static void extrapolate(const ys_squarem *q, double length, double *y) {
  const ys_work *w = q->at.work;
#pragma omp parallel for schedule(static) num_threads(ys_work_threads(w))
  for (size_t block = 0; block < w->scratch.blocks.count; block++)
    extrapolate_rows(q, length, y, ys_work_begin(w, block),
                     ys_work_end(w, block), w->classes);
}

void ys_squarem_step(ys_squarem *q, ys_map *map, void *context, double *y) {
  enum { MOST_TRIALS = 8 };
  prime(&q->at, y);
  take_logs(q->at.work, y, q->log);
  map(context, y);
  take_logs(q->at.work, y, q->first);
  map(context, y);
  take_logs(q->at.work, y, q->bend);
  double length = step_length(q, y);
  for (int trial = 1; length > 1; trial++) {
    extrapolate(q, length, y);
    if (accept(&q->at, y))
      return;
    length = trial < MOST_TRIALS ? (length + 1) / 2 : 1;
  }
  extrapolate(q, 1, y);
  q->at.value = value_at(&q->at, y);
}

/* ----------------------------------------------------------- Anderson ---- */

enum { SIDE = YS_ANDERSON_MOST + 1, PRODUCTS = SIDE * SIDE };

void ys_anderson_init(ys_anderson *anderson, ys_work *work, size_t memory) {
  const char *what = "the memory of Anderson acceleration";
  ys_memory *from = &work->memory;
  *anderson = (ys_anderson){.at = {.work = work}, .memory = memory};
  anderson->last = ys_take_numbers(from, work->entries, what);
  anderson->residual = ys_take_numbers(from, work->entries, what);
  anderson->mapped = ys_take_numbers(from, work->entries, what);
  anderson->sums = ys_take_numbers(
      from, ys_times(work->scratch.blocks.count, PRODUCTS), what);
  anderson->tree = ys_take_numbers(
      from, ys_tree_room(&work->scratch.share, PRODUCTS, 0), what);
  for (size_t j = 0; j < memory; j++) {
    anderson->change[j] = ys_take_numbers(from, work->entries, what);
    anderson->step[j] = ys_take_numbers(from, work->entries, what);
  }
}

static size_t kept(const ys_anderson *a) {
  return a->count < a->memory ? a->count : a->memory;
}

/* mapped holds w and becomes w + r, r = ln(map y) - w, y being map y already;
 * last and residual become w and r; their differences go into step (dw + dr)
 * and change (dr). */
YS_HOT static void record(const double *restrict y, double *restrict mapped,
                          double *restrict last, double *restrict residual,
                          double *restrict change, double *restrict step,
                          size_t count) {
#pragma omp simd
  for (size_t i = 0; i < count; i++) {
    double w = mapped[i], r = y[i] > 0 ? ys_logarithm(y[i]) - w : 0;
    double turn = r - residual[i];
    change[i] = turn;
    step[i] = y[i] > 0 ? w - last[i] + turn : 0;
    mapped[i] = w + r;
    last[i] = w;
    residual[i] = r;
  }
}

/* Take in y, which has been mapped. The first iterate has no differences: what
 * is written for them is overwritten by the next one's. */
static void record_all(ys_anderson *a, const double *y, bool first) {
  const ys_work *w = a->at.work;
  const size_t place = a->count % a->memory;
#pragma omp parallel for schedule(static) num_threads(ys_work_threads(w))
  for (size_t block = 0; block < w->scratch.blocks.count; block++) {
    size_t begin = ys_work_begin(w, block);
    record(y + begin, a->mapped + begin, a->last + begin, a->residual + begin,
           a->change[place] + begin, a->step[place] + begin,
           ys_work_end(w, block) - begin);
  }
  a->count += !first;
}

/* sum_i y_i a_i b_i */
YS_INLINE double product(const double *restrict y, const double *restrict a,
                         const double *restrict b, size_t count) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (size_t i = 0; i < count; i++)
    sum += y[i] * a[i] * b[i];
  return sum;
}

/* Fisher products of the differences with each other (lower triangle), and in
 * row `vectors` with the residual. */
YS_HOT static void multiply(const ys_anderson *a, const double *y, size_t begin,
                            size_t count, double *sums) {
  const size_t vectors = kept(a);
  for (size_t p = 0; p <= vectors; p++)
    for (size_t q = 0; q <= p && q < vectors; q++)
      sums[p * SIDE + q] =
          product(y + begin, (p < vectors ? a->change[p] : a->residual) + begin,
                  a->change[q] + begin, count);
}

/* The same over all blocks, into total. */
static void multiply_all(const ys_anderson *a, const double *y, double *total) {
  const ys_tree_part products = {YS_SUM, a->sums, PRODUCTS, PRODUCTS, total};
  const ys_work *w = a->at.work;
#pragma omp parallel for schedule(static) num_threads(ys_work_threads(w))
  for (size_t block = 0; block < w->scratch.blocks.count; block++) {
    size_t begin = ys_work_begin(w, block);
    multiply(a, y, begin, ys_work_end(w, block) - begin,
             a->sums + block * PRODUCTS);
  }
  ys_tree_combine(&w->scratch.share, &products, 1, a->tree);
}

/* The coefficients c: normal equations sum_j <dr_i, dr_j> c_j = <dr_i, r>, each
 * difference scaled to length 1 and with a ridge against parallel ones. Returns
 * whether there are any. */
static bool coefficients(const ys_anderson *a, const double *y, double *c) {
  const double ridge = 1e-10;
  const size_t m = kept(a);
  double total[PRODUCTS], matrix[YS_ANDERSON_MOST * YS_ANDERSON_MOST];
  double scale[YS_ANDERSON_MOST];
  multiply_all(a, y, total);
  for (size_t p = 0; p < m; p++) {
    scale[p] = 1 / sqrt(total[p * SIDE + p]);
    c[p] = total[m * SIDE + p] * scale[p];
    for (size_t q = 0; q <= p; q++)
      matrix[p * m + q] = total[p * SIDE + q] * scale[p] * scale[q];
    matrix[p * m + p] = 1 + ridge;
  }
  if (m == 0 || LAPACKE_dposv(LAPACK_ROW_MAJOR, 'L', (lapack_int)m, 1, matrix,
                              (lapack_int)m, c, 1))
    return false;
  bool finite = true;
  for (size_t p = 0; p < m; p++) {
    c[p] *= scale[p];
    finite = finite && isfinite(c[p]);
  }
  return finite;
}

/* y = softmax(w + r - sum_j c_j (dw_j + dr_j)), row by row. */
YS_HOT static void combine(const ys_anderson *a, const double *c, double *y,
                           size_t begin, size_t end, size_t n) {
  for (size_t i = begin; i < end; i += n) {
    double *row = y + i;
    memcpy(row, a->mapped + i, n * sizeof *row);
    for (size_t j = 0; j < kept(a); j++) {
      const double *step = a->step[j] + i;
#pragma omp simd
      for (size_t k = 0; k < n; k++)
        row[k] -= c[j] * step[k];
    }
    ys_softmax_row(row, row, n, LEAST);
  }
}

static void combine_all(const ys_anderson *a, const double *c, double *y) {
  const ys_work *w = a->at.work;
#pragma omp parallel for schedule(static) num_threads(ys_work_threads(w))
  for (size_t block = 0; block < w->scratch.blocks.count; block++)
    combine(a, c, y, ys_work_begin(w, block), ys_work_end(w, block),
            w->classes);
}

void ys_anderson_step(ys_anderson *a, ys_map *map, void *context, double *y) {
  enum { MOST_TRIALS = 4 };
  double c[YS_ANDERSON_MOST] = {0};
  const bool first = prime(&a->at, y);
  take_logs(a->at.work, y, a->mapped);
  map(context, y);
  record_all(a, y, first);
  const bool some = coefficients(a, y, c);
  for (int trial = 0; some && trial < MOST_TRIALS; trial++) {
    combine_all(a, c, y);
    if (accept(&a->at, y))
      return;
    for (size_t j = 0; j < kept(a); j++)
      c[j] /= 2;
  }
  a->count = 0; /* what was learnt is of no use here: start anew */
  combine_all(a, c, y);
  a->at.value = value_at(&a->at, y);
}
