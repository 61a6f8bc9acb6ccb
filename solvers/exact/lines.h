/* A row's lines t sigma_k + nu_k over many classes, the classes side by side in
 * vectors. To be inlined into kernels (YS_HOT). */
#ifndef YS_EXACT_LINES_H
#define YS_EXACT_LINES_H

#include "problems/vector/tiles.h"

#include <math.h>

/* max over first <= k < end of t sigma_k + nu_k; -infinity of none. */
YS_INLINE double ys_lines_top(const double *restrict sigma,
                              const double *restrict nu, double t, size_t first,
                              size_t end) {
  enum { WIDE = 4 };
  ys_lanes most[WIDE];
  size_t k = first;
  for (size_t i = 0; i < WIDE; i++)
    most[i] = ys_all(-INFINITY);
  for (; k + WIDE * YS_LANES <= end; k += WIDE * YS_LANES)
    for (size_t i = 0; i < WIDE; i++) {
      const size_t at = k + i * YS_LANES;
      most[i] = ys_larger(t * ys_load(sigma + at) + ys_load(nu + at), most[i]);
    }
  for (; k + YS_LANES <= end; k += YS_LANES)
    most[0] = ys_larger(t * ys_load(sigma + k) + ys_load(nu + k), most[0]);
  for (size_t i = 1; i < WIDE; i++)
    most[0] = ys_larger(most[i], most[0]);
  double top = -INFINITY;
  for (size_t l = 0; l < YS_LANES; l++)
    top = most[0][l] > top ? most[0][l] : top;
  for (; k < end; k++) {
    const double line = t * sigma[k] + nu[k];
    top = line > top ? line : top;
  }
  return top;
}

/* The first class whose line is `top`, by ys_lines_top. */
YS_INLINE size_t ys_lines_find(const double *restrict sigma,
                               const double *restrict nu, double t, double top,
                               size_t n) {
  size_t k = 0;
  for (; k + YS_LANES <= n; k += YS_LANES)
    if (ys_any(t * ys_load(sigma + k) + ys_load(nu + k) >= top))
      break;
  while (k + 1 < n && !(t * sigma[k] + nu[k] >= top))
    k++;
  return k;
}

/* ------------------------------------------------------- the best two ----
 *
 * The largest product a_k b_k of a row and the second largest, in one pass; or
 * so of lines t a_k + b_k.
 * Classes are in cells of YS_CELL, YS_LANES apart, so that a cell's largest is
 * a lane of a few vectors. Of those the two largest are kept, with the number
 * of their cell in their last bits in place of their own; what is in the best
 * cell is then looked at one by one. All are >= 0. */

enum { YS_CELL = 8, YS_CHUNK = YS_CELL * YS_LANES };

typedef struct ys_best {
  ys_lanes most, second;
} ys_best;

/* The bits that numbers of cells need, of n classes. */
YS_INLINE ys_mask ys_cell_bits(size_t n) {
  const size_t cells = (n + YS_CHUNK - 1) / YS_CHUNK * YS_LANES;
  long long bits = 1;
  while ((size_t)bits + 1 < cells)
    bits = 2 * bits + 1;
  return bits - (ys_mask){0};
}

YS_INLINE size_t ys_cell_of(ys_lanes value, ys_mask bits, size_t l) {
  return (size_t)((ys_mask)value & bits)[l];
}

/* The first class of a cell; the others follow YS_LANES apart. */
YS_INLINE size_t ys_cell_first(size_t cell) {
  return cell / YS_LANES * YS_CHUNK + cell % YS_LANES;
}

YS_INLINE void ys_best_add(ys_best *best, ys_lanes value, ys_mask cell,
                           ys_mask bits) {
  value = (ys_lanes)(((ys_mask)value & ~bits) | cell);
  const ys_mask more = value > best->most;
  best->second = ys_larger(ys_pick(more, best->most, value), best->second);
  best->most = ys_pick(more, value, best->most);
}

YS_INLINE ys_best ys_best_of(ys_best a, ys_best b) {
  const ys_mask more = a.most > b.most;
  return (ys_best){
      ys_pick(more, a.most, b.most),
      ys_larger(ys_pick(more, b.most, a.most), ys_larger(a.second, b.second))};
}

/* Four of the products or, if t is not 0, of the lines. */
YS_INLINE ys_lanes ys_values(ys_lanes a, ys_lanes b, double t) {
  return t > 0 ? t * a + b : a * b;
}

/* As ys_larger, in the form that becomes one instruction where nobody asks for
 * a single lane. */
YS_INLINE ys_lanes ys_larger_of(ys_lanes a, ys_lanes b) {
  return (ys_lanes){a[0] > b[0] ? a[0] : b[0], a[1] > b[1] ? a[1] : b[1],
                    a[2] > b[2] ? a[2] : b[2], a[3] > b[3] ? a[3] : b[3]};
}

/* Of the cells of each lane; the row that is next comes meanwhile. */
YS_INLINE ys_best ys_best_in_lanes(const double *restrict a,
                                   const double *restrict b, double t, size_t n,
                                   ys_mask bits, ys_ahead next) {
  ys_best best = {{0}, {0}};
  ys_mask cell = {0, 1, 2, 3};
  ys_lanes value[YS_CELL] = {{0}};
  size_t k = 0;
  for (; k + YS_CHUNK <= n; k += YS_CHUNK, cell += YS_LANES) {
    for (size_t i = 0; i < YS_CELL; i++) {
      ys_fetch(&next, k / YS_LANES + i);
      value[i] = ys_values(ys_load(a + k + i * YS_LANES),
                           ys_load(b + k + i * YS_LANES), t);
    }
    for (size_t half = YS_CELL / 2; half > 0; half /= 2)
      for (size_t i = 0; i < half; i++)
        value[i] = ys_larger_of(value[i], value[i + half]);
    ys_best_add(&best, value[0], cell, bits);
  }
  value[0] = (ys_lanes){0};
  for (; k + YS_LANES <= n; k += YS_LANES) {
    ys_fetch(&next, k / YS_LANES);
    value[0] =
        ys_larger(ys_values(ys_load(a + k), ys_load(b + k), t), value[0]);
  }
  if (k < n) {
    ys_lanes x = {0}, y = {0}; /* what is not there is 0 */
    for (size_t l = 0; k + l < n; l++) {
      x[l] = a[k + l];
      y[l] = b[k + l];
    }
    value[0] = ys_larger(ys_values(x, y, t), value[0]);
  }
  ys_best_add(&best, value[0], cell, bits);
  return best;
}

/* Of rows, lane by lane, to rows side by side. */
YS_INLINE ys_best ys_best_of_rows(const ys_best *row) {
  ys_lanes most[YS_LANES], second[YS_LANES];
  ys_best best[YS_LANES];
  for (size_t l = 0; l < YS_LANES; l++) {
    most[l] = row[l].most;
    second[l] = row[l].second;
  }
  ys_transpose(most);
  ys_transpose(second);
  for (size_t l = 0; l < YS_LANES; l++)
    best[l] = (ys_best){most[l], second[l]};
  return ys_best_of(ys_best_of(best[0], best[1]), ys_best_of(best[2], best[3]));
}

/* The classes of the largest products in a cell of each row, rows side by side;
 * *second is raised to the second largest in it. By lanes, for which of the
 * cell's classes it is no branch can foretell. */
YS_INLINE ys_mask ys_best_in_cells(const double *const *row,
                                   const double *restrict tilt, size_t n,
                                   ys_mask cell, ys_lanes *second) {
  ys_mask best = {0}, class;
  ys_lanes most = {0};
  for (size_t l = 0; l < YS_LANES; l++)
    class[l] = (long long)ys_cell_first((size_t)cell[l]);
  for (size_t i = 0; i < YS_CELL; i++, class += YS_LANES) {
    ys_lanes value = {0};
    for (size_t l = 0; l < YS_LANES; l++)
      if ((size_t) class[l] < n)
        value[l] = row[l][class[l]] * tilt[class[l]];
    const ys_mask more = value > most;
    *second = ys_larger(ys_pick(more, most, value), *second);
    best = (more & class) | (~more & best);
    most = ys_larger(value, most);
  }
  return best;
}

/* If a class of a cell, but for `but`, has a line above *top, *top and the
 * class; or else `best`. */
YS_INLINE size_t ys_line_in_cell(const double *restrict sigma,
                                 const double *restrict nu, double t, size_t n,
                                 size_t cell, size_t but, size_t best,
                                 double *top) {
  const size_t first = ys_cell_first(cell);
  const size_t end = first + YS_CHUNK < n ? first + YS_CHUNK : n;
  for (size_t k = first; k < end; k += YS_LANES) {
    const double line = k == but ? -INFINITY : t * sigma[k] + nu[k];
    best = line > *top ? k : best;
    *top = line > *top ? line : *top;
  }
  return best;
}

/* The class whose line is highest but for that of `but`, which is in one of the
 * best two cells; and its height. The row that is next comes meanwhile. */
YS_INLINE size_t ys_line_next(const double *restrict sigma,
                              const double *restrict nu, double t, size_t n,
                              size_t but, ys_ahead next_row, double *top) {
  const ys_mask bits = ys_cell_bits(n);
  const ys_best lanes = ys_best_in_lanes(sigma, nu, t, n, bits, next_row);
  const ys_best row[YS_LANES] = {lanes, lanes, lanes, lanes};
  const ys_best best = ys_best_of_rows(row);
  *top = -INFINITY;
  const size_t next = ys_line_in_cell(
      sigma, nu, t, n, ys_cell_of(best.most, bits, 0), but, but, top);
  return ys_line_in_cell(sigma, nu, t, n, ys_cell_of(best.second, bits, 0), but,
                         next, top);
}

#endif
