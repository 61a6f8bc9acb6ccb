#include "solvers/exact/look.h"

#include "solvers/exact/lines.h"

#include <float.h>
#include <math.h>

/* ------------------------------------------------------------- sample ---- */

static size_t tiles_of(ys_look_sample sample) {
  return (sample.rows + YS_LANES - 1) / YS_LANES;
}

size_t ys_look_tiles(ys_look_sample sample) {
  return (tiles_of(sample) + sample.stride - 1) / sample.stride;
}

/* Weyl's sequence: its bits are spread evenly, and follow no order that rows
 * may lie in. */
size_t ys_look_row(ys_look_sample sample, size_t tile) {
  const uint64_t golden = 0x9e3779b97f4a7c15;
  const size_t first = tile * sample.stride, left = tiles_of(sample) - first;
  const size_t among = sample.stride < left ? sample.stride : left;
  const uint64_t chance = ((uint64_t)tile * golden) >> 32;
  return (first + (size_t)(chance * among >> 32)) * YS_LANES;
}

/* ------------------------------------------------- many classes: rows ---- */

/* Where every product is too small for a double: by logarithms. */
static size_t vertex_by_logs(const double *sigma, const double *nu, size_t n) {
  size_t vertex = 0;
  double most = -INFINITY;
  for (size_t k = 0; k < n; k++) {
    const double value = sigma[k] > 0 ? log(sigma[k]) + nu[k] : -INFINITY;
    if (value > most) {
      most = value;
      vertex = k;
    }
  }
  return vertex;
}

YS_INLINE void look_at_row(const double *restrict sigma, size_t n,
                           const double *restrict nu,
                           const double *restrict tilt, size_t at,
                           ys_look *look) {
  const double most = ys_most_product(sigma, tilt, n);
  const size_t a = most > 0 ? ys_product_find(sigma, tilt, most, n)
                            : vertex_by_logs(sigma, nu, n);
  const double t = 1 / sigma[a];
  const double before = ys_lines_top(sigma, nu, t, 0, a);
  const double after = ys_lines_top(sigma, nu, t, a + 1, n);
  const double top = before > after ? before : after;
  const size_t first = before < top ? a + 1 : 0;
  look->vertex[at] = (uint32_t)a;
  look->slack[at] = (float)(1 + nu[a] - top);
  look->next[at] = (uint32_t)(first + ys_lines_find(sigma + first, nu + first,
                                                    t, top, n - first));
}

/* --------------------------------------- few classes: rows side by side ----
 */

enum { FEW = 32 };

/* Tiles, `groups` side by side, `step` = groups apart from class to class. */
YS_INLINE void look_at_tiles(const ys_lanes *restrict sigma, size_t groups,
                             size_t n, const double *restrict nu,
                             const double *restrict tilt, size_t at,
                             ys_look *look) {
  ys_lanes most[YS_GROUPS], best[YS_GROUPS], t[YS_GROUPS], top[YS_GROUPS];
  ys_lanes next[YS_GROUPS];
  uint32_t *vertex = look->vertex + at;
  float *slack = look->slack + at;
  for (size_t g = 0; g < groups; g++) {
    most[g] = best[g] = next[g] = (ys_lanes){0};
    top[g] = ys_all(-INFINITY);
  }
  for (size_t k = 0; k < n; k++)
    for (size_t g = 0; g < groups; g++) {
      const ys_lanes value = sigma[k * groups + g] * tilt[k];
      best[g] = ys_pick(value > most[g], ys_all((double)k), best[g]);
      most[g] = ys_larger(value, most[g]);
    }
  for (size_t g = 0; g < groups; g++)
    for (size_t l = 0; l < YS_LANES; l++) {
      vertex[g * YS_LANES + l] = (uint32_t)best[g][l];
      t[g][l] = 1 / sigma[vertex[g * YS_LANES + l] * groups + g][l];
    }
  for (size_t k = 0; k < n; k++)
    for (size_t g = 0; g < groups; g++) {
      const ys_lanes line = t[g] * sigma[k * groups + g] + nu[k];
      const ys_mask higher = (line > top[g]) & (best[g] != (double)k);
      next[g] = ys_pick(higher, ys_all((double)k), next[g]);
      top[g] = ys_pick(higher, line, top[g]);
    }
  for (size_t g = 0; g < groups; g++)
    for (size_t l = 0; l < YS_LANES; l++) {
      look->next[at + g * YS_LANES + l] = (uint32_t)next[g][l];
      slack[g * YS_LANES + l] =
          most[g][l] > 0 ? (float)(1 + nu[vertex[g * YS_LANES + l]] - top[g][l])
                         : -INFINITY;
    }
}

/* --------------------------------------------------------------- pass ---- */

/* Rows of a tile: those beyond the last one are as good as decided. */
YS_INLINE size_t rows_of(ys_look_sample sample, size_t row) {
  const size_t left = sample.rows - row;
  return left < YS_LANES ? left : YS_LANES;
}

YS_HOT static void look_by_rows(const ys_work *work, ys_look_sample sample,
                                const double *nu, const double *tilt,
                                size_t first, size_t end, ys_look *look) {
  const size_t n = work->classes;
  double *room = ys_row_room(&work->scratch, n);
  for (size_t tile = first; tile < end; tile++) {
    const size_t row = ys_look_row(sample, tile), count = rows_of(sample, row);
    for (size_t l = 0; l < count; l++)
      look_at_row(ys_batch_rows(work->objective->batch, row + l, 1, room), n,
                  nu, tilt, tile * YS_LANES + l, look);
  }
}

YS_INLINE void look_at_some(const ys_work *work, ys_look_sample sample,
                            const ys_tile_source *source, size_t groups,
                            const double *nu, const double *tilt, size_t tile,
                            ys_look *look) {
  const size_t n = work->classes;
  ys_lanes *sigma = ys_room(&work->scratch, n, 0);
  for (size_t g = 0; g < groups; g++) {
    const size_t row = ys_look_row(sample, tile + g);
    ys_read_sigma(source, row, rows_of(sample, row), groups, sigma + g);
  }
  look_at_tiles(sigma, groups, n, nu, tilt, tile * YS_LANES, look);
}

YS_HOT static void look_by_tiles(const ys_work *work, ys_look_sample sample,
                                 const double *nu, const double *tilt,
                                 size_t first, size_t end, ys_look *look) {
  const ys_tile_source source =
      ys_tile_source_of(work->objective, &work->scratch);
  size_t tile = first;
  for (; tile + YS_GROUPS <= end; tile += YS_GROUPS)
    look_at_some(work, sample, &source, YS_GROUPS, nu, tilt, tile, look);
  for (; tile < end; tile++)
    look_at_some(work, sample, &source, 1, nu, tilt, tile, look);
}

void ys_look_at(const ys_work *work, ys_look_sample sample, const double *nu,
                const double *tilt, ys_look *look) {
  const size_t tiles = ys_look_tiles(sample);
  const ys_blocks blocks = ys_blocks_make(tiles, work->classes * YS_LANES);
#pragma omp parallel for schedule(static)                                      \
    num_threads(ys_block_threads(&blocks, ys_work_threads(work)))
  for (size_t block = 0; block < blocks.count; block++)
    (work->classes < FEW ? look_by_tiles : look_by_rows)(
        work, sample, nu, tilt, ys_block_begin(&blocks, block),
        ys_block_end(&blocks, block), look);
  for (size_t at = tiles * YS_LANES; at-- > 0;) {
    const size_t l = at % YS_LANES;
    if (ys_look_row(sample, at / YS_LANES) + l < sample.rows)
      break;
    look->slack[at] = INFINITY;
  }
}

/* Positive floats' bits are in the order of the numbers: eight bins an octave.
 */
double ys_look_width(const ys_look *look, ys_look_sample sample,
                     size_t wanted) {
  enum { SHIFT = 20, BINS = 1 << 11 };
  size_t bins[BINS] = {0}, sum = 0, bin;
  for (size_t i = 0; i < ys_look_tiles(sample) * YS_LANES; i++) {
    uint32_t bits;
    memcpy(&bits, &look->slack[i], sizeof bits);
    bins[look->slack[i] > 0 ? bits >> SHIFT : 0]++;
  }
  for (bin = 0; bin < BINS - 1 && sum + bins[bin] <= wanted; bin++)
    sum += bins[bin];
  const uint32_t bits = (uint32_t)bin << SHIFT;
  float width;
  memcpy(&width, &bits, sizeof width);
  return width < INFINITY ? (double)width : DBL_MAX;
}
