/* Which rows and classes the interior point on active sets works on. */
#include "problems/objective/evaluation.h"
#include "problems/vector/tiles.h"
#include "solvers/ipm/ipm_active.h"

#include <math.h>
#include <string.h>

/* -------------------------------------------------------------- gains ---- */

/* A row's gains c_k = t sigma_k + nu_k (shannon: ln sigma_k + nu_k). */
typedef struct row_gains {
  const double *sigma, *nu;
  double t;
  bool linear; /* shannon */
} row_gains;

static inline double gain(const row_gains *g, size_t k) {
  return (g->linear ? log(g->sigma[k]) : g->t * g->sigma[k]) + g->nu[k];
}

/* The gain of the class of a one-hot row, without the others. */
static double vertex_gain(const ys_ipm_active *w, size_t i) {
  const size_t k = w->vertex[i];
  const double x = ys_batch_entry(w->work->objective->batch, i, k), t = 1 / x;
  return (w->work->objective->loss == YS_SHANNON ? log(x) : t * x) + w->nu[k];
}

/* At t = 1 / x. `room` (K) may be needed for sigma. */
static row_gains gains_of(const ys_ipm_active *w, const double *y, size_t i,
                          double *room) {
  const ys_batch *batch = w->work->objective->batch;
  const size_t n = batch->classes;
  row_gains g = {ys_batch_rows(batch, i, 1, room), w->nu, 1,
                 w->work->objective->loss == YS_SHANNON};
  double x = 0;
  if (w->vertex[i] < n)
    x = g.sigma[w->vertex[i]];
  else
    for (size_t k = 0; k < n; k++)
      x += g.sigma[k] * y[i * n + k];
  g.t = 1 / x;
  return g;
}

/* ------------------------------------------------------------ pricing ---- */

/* Best gain max_k c_k and margin of row i (docs/method.md, section 3, "Active
 * sets"); returns what the best exceeds the gains of the
 * classes that it holds by. */
static double price_row(ys_ipm_active *w, const double *y, size_t i,
                        double *room) {
  const size_t n = w->work->classes;
  const row_gains g = gains_of(w, y, i, room);
  double best = -INFINITY, next = -INFINITY, held = -INFINITY;
  for (size_t k = 0; k < n; k++) {
    double c = gain(&g, k);
    next = fmax(next, fmin(best, c));
    best = fmax(best, c);
    if (w->vertex[i] == n && y[i * n + k] > 0)
      held = fmax(held, c);
  }
  if (w->vertex[i] < n)
    held = gain(&g, w->vertex[i]);
  w->best[i] = best;
  w->margin[i] = best - next;
  return best - held;
}

double ys_ipm_price(ys_ipm_active *w, const double *y) {
  ys_scratch *scratch = &w->work->scratch;
  const ys_blocks *blocks = &scratch->blocks;
#pragma omp parallel for schedule(static) num_threads(ys_work_threads(w->work))
  for (size_t block = 0; block < blocks->count; block++) {
    double *lacking = scratch->totals + block * YS_TOTALS + YS_GAP;
    double *room = ys_row_room(scratch, w->work->classes);
    *lacking = 0;
    for (size_t i = ys_block_begin(blocks, block);
         i < ys_block_end(blocks, block); i++)
      *lacking += price_row(w, y, i, room);
  }
  ys_scratch_sum(scratch, YS_GAP, 1);
  return ys_scratch_mean(scratch, YS_GAP);
}

/* ------------------------------------------------------------- choice ---- */

/* A margin below which about `wanted` rows lie, to a quarter of a power of two.
 */
static double margin_of(const double *margin, size_t rows, size_t wanted) {
  enum { LOWEST = -60, BINS = 4 * 80 };
  size_t count[BINS] = {0}, sum = 0, bin;
  for (size_t i = 0; i < rows; i++) {
    double at = margin[i] > 0 ? 4 * (log2(margin[i]) - LOWEST) : 0;
    count[(size_t)fmin(fmax(at, 0), BINS - 1)]++;
  }
  for (bin = 0; bin < BINS - 1 && sum + count[bin] <= wanted; bin++)
    sum += count[bin];
  return exp2(LOWEST + (double)bin / 4);
}

/* Whether row i (gains g) is to hold class k. */
static bool is_held(const ys_ipm_active *w, const row_gains *g, const double *y,
                    size_t i, size_t k, double margin) {
  return y[i * w->work->classes + k] > w->slight * fmin(1, w->mass[k]) ||
         w->keeper[k] == i || gain(g, k) >= w->best[i] - margin;
}

/* What the classes have of y, and the row that has most of each, which it is
 * not to lose: it might be left empty. */
static void find_keepers(ys_ipm_active *w, const double *y) {
  const size_t n = w->work->classes;
  double *most = w->part.rest; /* free until rows are left out */
  for (size_t k = 0; k < n; k++)
    most[k] = -1, w->mass[k] = 0;
  for (size_t i = 0; i < w->work->rows; i++) {
    const bool one = w->vertex[i] < n;
    const size_t first = one ? w->vertex[i] : 0, end = one ? first + 1 : n;
    for (size_t k = first; k < end; k++) {
      w->mass[k] += y[i * n + k];
      if (y[i * n + k] > most[k]) {
        most[k] = y[i * n + k];
        w->keeper[k] = i;
      }
    }
  }
}

/* How many classes row i is to hold: 0 if its best will do. */
static unsigned count_classes(const ys_ipm_active *w, const double *y, size_t i,
                              double margin, double *room) {
  const size_t n = w->work->classes;
  unsigned count = 0;
  if (w->vertex[i] < n && w->margin[i] > margin &&
      vertex_gain(w, i) >= w->best[i])
    return 0;
  const row_gains g = gains_of(w, y, i, room);
  for (size_t k = 0; k < n; k++)
    count += is_held(w, &g, y, i, k, margin);
  return count > 1 ? count : 0;
}

/* How many slots the rows take, a bound. */
static size_t count_all(ys_ipm_active *w, const double *y, double margin) {
  const ys_blocks *blocks = &w->work->scratch.blocks;
  size_t slots = 0;
#pragma omp parallel for schedule(static) reduction(+ : slots)                 \
    num_threads(ys_work_threads(w->work))
  for (size_t block = 0; block < blocks->count; block++) {
    double *room = ys_row_room(&w->work->scratch, w->work->classes);
    for (size_t i = ys_block_begin(blocks, block);
         i < ys_block_end(blocks, block); i++) {
      w->count[i] = count_classes(w, y, i, margin, room);
      slots += w->count[i];
    }
  }
  return slots / YS_LANES + w->work->classes;
}

/* ---------------------------------------------------------------- lay ---- */

/* The part's rows, those of most classes first, so that a tile's are alike. */
static void lay_rows(ys_ipm_active *w) {
  const size_t n = w->work->classes;
  size_t at = 0;
  for (size_t k = 0; k <= n; k++)
    w->start[k] = 0;
  for (size_t i = 0; i < w->work->rows; i++)
    w->start[n - w->count[i]]++;
  for (size_t k = 0; k <= n; k++) {
    size_t rows = w->start[k];
    w->start[k] = at;
    at += rows;
  }
  w->part.rows = w->start[n]; /* those of none come last */
  for (size_t i = 0; i < w->work->rows; i++)
    if (w->count[i]) {
      size_t to = w->start[n - w->count[i]]++;
      w->part.row[to] = i;
      w->part.held[to] = w->count[i];
    }
}

/* What a row has in other classes goes to those that it holds: `held` of them,
 * in lane l. */
static void drop_others(const ys_ipm_active *w, double *row, size_t slot,
                        size_t l, size_t held) {
  const size_t n = w->work->classes;
  double kept = 0, all = 0;
  for (size_t k = 0; k < n; k++)
    all += row[k];
  for (size_t at = 0, k = 0; k < n; k++)
    if (at < held && w->part.classes[slot + at].of[l] == k) {
      kept += row[k];
      at++;
    } else
      row[k] = 0;
  for (size_t at = 0; at < held && kept < all; at++) {
    double *y = row + w->part.classes[slot + at].of[l];
    *y = kept > 0 ? *y / kept : 1 / (double)held;
  }
}

static void lay_classes(ys_ipm_active *w, double *y, double margin) {
  const size_t n = w->work->classes;
  size_t slot = 0, tile = 0;
  for (; tile * YS_LANES < w->part.rows; tile++) {
    const unsigned longest = w->part.held[tile * YS_LANES];
    w->part.begin[tile] = slot;
    memset(w->part.classes + slot, 0, longest * sizeof *w->part.classes);
    for (size_t l = 0; l < YS_LANES && tile * YS_LANES + l < w->part.rows;
         l++) {
      const size_t i = w->part.row[tile * YS_LANES + l];
      const row_gains g = gains_of(w, y, i, w->row);
      size_t held = 0;
      for (size_t k = 0; k < n; k++)
        if (is_held(w, &g, y, i, k, margin))
          w->part.classes[slot + held++].of[l] = (unsigned)k;
      drop_others(w, y + i * n, slot, l, held);
    }
    slot += longest;
  }
  w->part.begin[tile] = slot;
  w->part.tiles = tile;
}

/* A row that holds one class goes there: of the part, as `lay_classes` would
 * have it, for it may be the keeper of that class. */
static void make_vertex(ys_ipm_active *w, double *y, size_t i, double margin) {
  const size_t n = w->work->classes;
  const row_gains g = gains_of(w, y, i, w->row);
  size_t k = 0;
  while (k + 1 < n && !is_held(w, &g, y, i, k, margin))
    k++;
  memset(y + i * n, 0, n * sizeof *y);
  y[i * n + k] = 1;
  w->vertex[i] = (unsigned)k;
}

/* Rows left out go to their class, and what they are of ybar. */
static void leave_out(ys_ipm_active *w, double *y, double margin) {
  const size_t n = w->work->classes, rows = w->work->rows;
  memset(w->part.rest, 0, n * sizeof *w->part.rest);
  for (size_t i = 0; i < rows; i++) {
    if (w->count[i]) {
      w->vertex[i] = (unsigned)n;
      continue;
    }
    if (w->vertex[i] == n)
      make_vertex(w, y, i, margin);
    w->part.rest[w->vertex[i]]++;
  }
  for (size_t k = 0; k < n; k++)
    w->part.rest[k] /= (double)rows;
}

bool ys_ipm_fits_whole(const ys_ipm_active *w) {
  const size_t tiles = ys_ipm_tiles(w->work->rows);
  return tiles * w->work->classes <= w->capacity;
}

/* Keep what is held, but for small entries if that would take half the room and
 * there is not room for all; and as much of the margin as there is room for. */
static bool make_fit(ys_ipm_active *w, const double *y, double *margin) {
  static const double slight[] = {0, 1e-8, 1e-6, 1e-4, 1e-2};
  const size_t levels =
      ys_ipm_fits_whole(w) ? 1 : sizeof slight / sizeof *slight;
  const double least = 1e-14;
  for (size_t level = 0; level < levels; level++) {
    w->slight = slight[level];
    if (count_all(w, y, 0) <= w->room / 2)
      break;
  }
  for (; *margin > least; *margin /= 2)
    if (count_all(w, y, *margin) <= w->room)
      return true;
  *margin = 0;
  return count_all(w, y, 0) <= w->capacity;
}

bool ys_ipm_choose(ys_ipm_active *w, double *y) {
  double margin = margin_of(w->margin, w->work->rows, w->wanted);
  find_keepers(w, y);
  if (!make_fit(w, y, &margin))
    return false;
  if (w->slight > 0)
    ys_ipm_save(w, y);
  lay_rows(w);
  lay_classes(w, y, margin);
  leave_out(w, y, margin);
  return w->part.rows > 0;
}
