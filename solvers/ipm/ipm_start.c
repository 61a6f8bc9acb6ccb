/* The interior point's memory; reading y into its tiles, and writing it out. */
#include "solvers/ipm/ipm_state.h"

#include "problems/vector/array.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* ------------------------------------------------------------- memory ---- */

static void *take(ys_memory *memory, size_t count, size_t size) {
  return ys_take(memory, count, size, "the interior point");
}

static void take_tiles(ys_ipm_state *p, ys_memory *memory, size_t tiles,
                       size_t slots) {
  ys_lanes **const by_slot[] = {&p->a, &p->y,     &p->s,      &p->is,
                                &p->c, &p->now.y, &p->spare.y};
  for (size_t i = 0; i < sizeof by_slot / sizeof *by_slot; i++)
    *by_slot[i] = take(memory, slots, sizeof(ys_lanes));
  p->tile = take(memory, tiles, sizeof *p->tile);
  p->cx = take(memory, tiles, sizeof *p->cx);
  p->now.move = take(memory, tiles, sizeof *p->now.move);
  p->spare.move = take(memory, tiles, sizeof *p->spare.move);
}

static void take_classes(ys_ipm_state *p, ys_memory *memory) {
  const size_t n = p->n, column = ys_times(n, sizeof(ys_lanes));
  const size_t trials = ys_times(YS_MAX_BLOCKS, YS_IPM_TRIALS);
  double **const by_class[] = {
      &p->nu,     &p->hint,   &p->z,      &p->ih,    &p->ahead,    &p->base,
      &p->centre, &p->second, &p->now.nu, &p->now.z, &p->spare.nu, &p->spare.z};
  for (size_t i = 0; i < sizeof by_class / sizeof *by_class; i++)
    *by_class[i] = take(memory, n, sizeof(double));
  p->none = take(memory, column, 1);
  p->scratch =
      take(memory, ys_times((size_t)p->threads, YS_IPM_SCRATCH), column);
  p->vectors =
      take(memory, ys_times(ys_times(p->groups, 2), YS_IPM_CHUNK), column);
  p->trial = take(memory, ys_times(YS_IPM_TRIALS + 1, n), sizeof(double));
  p->group = take(memory, ys_times(ys_times(p->groups, n), n), sizeof(double));
  p->schur = take(memory, ys_times(n, n), sizeof(double));
  p->partials = take(memory, ys_times(trials, n), sizeof(double));
  p->totals = take(memory, trials, sizeof(double));
}

/* K x K matrices: no more of them than the slots' memory holds. */
static size_t most_groups(size_t slots, size_t n) {
  const size_t most = ys_times(slots, YS_LANES) / ys_times(n, n);
  return most < 1 ? 1 : ys_ipm_least(most, YS_IPM_GROUPS);
}

ys_ipm_state *ys_ipm_open(ys_memory *memory, const ys_objective *objective,
                          size_t tiles, size_t slots, int correctors) {
  ys_ipm_state *p = take(memory, 1, sizeof *p);
  if (!p)
    return NULL;
  p->objective = objective;
  p->n = objective->batch->classes;
  p->groups = most_groups(slots, p->n);
  p->threads = objective->threads;
  p->level =
      objective->fairness == YS_WEAK ? -objective->lambda : objective->lambda;
  p->curved = objective->loss == YS_COLLISION;
  p->weighted = objective->loss == YS_REVERSE;
  p->correctors = correctors;
  take_tiles(p, memory, tiles, slots);
  take_classes(p, memory);
  return p;
}

/* -------------------------------------------------------------- shape ---- */

static void set_part(ys_ipm_state *p, const ys_ipm_part *part) {
  const size_t rows = p->objective->batch->rows;
  double products = 0;
  p->part = part;
  p->rows = part ? part->rows : rows;
  p->tiles = part ? part->tiles : ys_ipm_tiles(rows);
  p->slots = ys_ipm_first_slot(p, p->tiles);
  for (size_t i = 0; part && i < part->rows; i++)
    products += part->held[i];
  p->products = part ? products / (double)rows : (double)p->n;
}

/* Blocks, and groups of them, which the shape alone decides. */
static void set_blocks(ys_ipm_state *p) {
  const size_t tiles = p->tiles ? p->tiles : 1;
  size_t entries = p->slots / tiles * YS_LANES;
  if (p->system) /* sums over K classes are to be less work than the blocks */
    entries = 4096 * entries / (16 * p->n + 4096);
  p->blocks = ys_blocks_make(tiles, entries);
  p->threads = ys_block_threads(&p->blocks, p->objective->threads);
  p->groups = ys_ipm_least(most_groups(p->slots, p->n), p->blocks.count);
}

/* --------------------------------------------------------------- rows ---- */

/* Where row i of the tiles stands in the batch. */
static size_t place_of(const ys_ipm_state *p, size_t i) {
  return p->part ? p->part->row[i] : i;
}

static size_t held_by(const ys_ipm_state *p, size_t i) {
  return p->part ? p->part->held[i] : p->n;
}

static size_t class_at(const ys_ipm_state *p, size_t slot, size_t k, size_t l) {
  return p->part ? p->part->classes[slot + k].of[l] : k;
}

/* Where sigma is 0 shannon fixes y at 0. */
static double slope_of(const ys_ipm_state *p, double sigma) {
  if (p->objective->loss != YS_SHANNON)
    return sigma;
  return sigma > 0 ? log(sigma) : YS_IPM_CLOSED;
}

/* Slopes of row i into its lane. */
static void read_slopes(ys_ipm_state *p, size_t i) {
  const size_t slot = ys_ipm_first_slot(p, i / YS_LANES), l = i % YS_LANES;
  const ys_batch *batch = p->objective->batch;
  for (size_t k = 0; p->part && p->part->sigma && k < held_by(p, i); k++)
    p->a[slot + k][l] = slope_of(p, p->part->sigma[slot + k][l]);
  if (p->part && p->part->sigma)
    return;
  const size_t place = place_of(p, i);
  const double *row = batch->sigma ? batch->sigma + place * p->n : NULL;
  for (size_t k = 0; k < held_by(p, i); k++) {
    const size_t class = class_at(p, slot, k, l);
    p->a[slot + k][l] =
        slope_of(p, row ? row[class] : ys_batch_entry(batch, place, class));
  }
}

static bool is_closed(ys_lanes slope, size_t l) {
  return !(slope[l] > YS_IPM_CLOSED);
}

/* What row i of y has in the classes that it holds, or if `even` the middle of
 * them, into its lane, divided by its sum, and t to match. Returns the row's
 * gap at y, t and nu. */
static double read_entries(ys_ipm_state *p, const double *y, size_t i,
                           bool even) {
  const size_t tile = i / YS_LANES, l = i % YS_LANES;
  const size_t slot = ys_ipm_first_slot(p, tile), held = held_by(p, i);
  double x = 0, mass = 0, top = -INFINITY, along = 0;
  const ys_lanes *own = p->part && p->part->y ? p->part->y + slot : NULL;
  y = even || own ? NULL : y + place_of(p, i) * p->n;
  for (size_t k = 0; k < held; k++)
    if (!is_closed(p->a[slot + k], l)) {
      p->y[slot + k][l] = even  ? 1
                          : own ? own[k][l]
                                : y[class_at(p, slot, k, l)];
      x += p->a[slot + k][l] * p->y[slot + k][l];
      mass += p->y[slot + k][l];
    }
  double t = p->curved ? mass / x : p->weighted ? 0 : 1;
  for (size_t k = 0; k < held; k++) {
    double line = t * p->a[slot + k][l] + p->nu[class_at(p, slot, k, l)];
    p->y[slot + k][l] /= mass;
    top = fmax(top, line);
    along += p->y[slot + k][l] > 0 ? p->y[slot + k][l] * line : 0;
  }
  p->tile[tile].t[l] = t;
  p->tile[tile].mu[l] = top;
  p->tile[tile].x[l] = along;
  return top - along;
}

/* Row i of y, or the middle of its classes where that is a better start: a row
 * on classes of next to no sigma has a t, and so slacks, out of all proportion.
 */
static double read_row(ys_ipm_state *p, const double *y, size_t i) {
  const double large = 1;
  read_slopes(p, i);
  double gap = read_entries(p, y, i, false);
  if (p->weighted || gap <= large)
    return gap;
  double middle = read_entries(p, y, i, true);
  /* the gap of a row whose x is near the least double is no number */
  return gap <= 2 * middle ? read_entries(p, y, i, false) : middle;
}

/* Row i off the boundary: mu so that products are near `target` on average, and
 * y no less than what makes them so, y_k >= (w_k + target) / s_k with
 *
 *   mu = max(y . b + held target, max_k b_k + target),   b_k = t a_k + nu_k,
 *
 * and 1 more for reverse. */
static void lift_row(ys_ipm_state *p, size_t i, double target) {
  const size_t tile = i / YS_LANES, l = i % YS_LANES, held = held_by(p, i);
  const size_t slot = ys_ipm_first_slot(p, tile);
  const double top = p->tile[tile].mu[l], along = p->tile[tile].x[l];
  const double t = p->tile[tile].t[l], bare = p->weighted ? 1 : 0;
  double mu = fmax(along + (double)held * target, top + target) + bare, sum = 0;
  for (size_t k = 0; k < held; k++) {
    const double a = p->a[slot + k][l], w = p->weighted ? a : 0;
    const double slack = mu - t * a - p->nu[class_at(p, slot, k, l)];
    if (!is_closed(p->a[slot + k], l))
      p->y[slot + k][l] = fmax(p->y[slot + k][l], (w + target) / slack);
    sum += p->y[slot + k][l];
  }
  for (size_t k = 0; k < held; k++)
    p->y[slot + k][l] /= sum;
  p->tile[tile].mu[l] = mu;
}

/* Slots behind the classes that a row holds, and lanes behind the last row,
 * have no y and nothing that is not a number. */
static void empty_slots(ys_ipm_state *p, size_t i) {
  const size_t tile = i / YS_LANES, l = i % YS_LANES;
  const size_t end = ys_ipm_first_slot(p, tile + 1);
  size_t slot = ys_ipm_first_slot(p, tile);
  if (i < p->rows)
    slot += held_by(p, i);
  else
    p->tile[tile].t[l] = p->tile[tile].mu[l] = 1;
  for (; slot < end; slot++)
    p->a[slot][l] = i < p->rows ? YS_IPM_CLOSED : 0;
}

/* s = mu - t a - nu, in line with nu. */
static void set_slacks(ys_ipm_state *p) {
  for (size_t tile = 0; tile < p->tiles; tile++) {
    p->tile[tile].off = (ys_lanes){0};
    const size_t first = ys_ipm_first_slot(p, tile);
    for (size_t slot = first; slot < ys_ipm_first_slot(p, tile + 1); slot++)
      for (size_t l = 0; l < YS_LANES; l++)
        p->s[slot][l] = p->tile[tile].mu[l] -
                        p->tile[tile].t[l] * p->a[slot][l] -
                        p->nu[class_at(p, first, slot - first, l)];
  }
}

/* -------------------------------------------------------- multipliers ---- */

static void set_multipliers(ys_ipm_state *p, const double *nu) {
  for (size_t k = 0; k < p->n; k++)
    p->nu[k] = nu[k] - p->level;
}

/* nu to match y; where a column of y is next to nothing, less. */
static void match_multipliers(ys_ipm_state *p, const double *y) {
  const size_t rows = p->objective->batch->rows, n = p->n;
  const double *u = p->objective->prior;
  memset(p->z, 0, n * sizeof *p->z);
  for (size_t i = 0; i < rows; i++)
    for (size_t k = 0; k < n; k++)
      p->z[k] += y[i * n + k];
  for (size_t k = 0; k < n; k++)
    p->z[k] = fmax(p->z[k] / (double)rows, 1e-3 * u[k]);
  ys_objective_multipliers(p->objective, p->z, p->hint);
  set_multipliers(p, p->hint);
}

/* ---------------------------------------------------- reading, writing ---- */

double ys_ipm_least_target(const ys_ipm_state *p) {
  double size = 0;
  for (size_t k = 0; k < p->n; k++)
    size += p->z[k] * fabs(p->nu[k]);
  return 2 * DBL_EPSILON * fmax(size, 1);
}

/* As low as the gap allows: y may be near the optimum. */
static double first_target(const ys_ipm_state *p, double gap) {
  const double highest = 0.03;
  return p->weighted
             ? highest
             : fmax(fmin(highest, gap / p->products), ys_ipm_least_target(p));
}

/* Rows at nu, less level; the mean of their gaps. */
static double read_rows(ys_ipm_state *p, const double *y) {
  ys_sum gap = {0, 0};
  memset(p->y, 0, p->slots * sizeof *p->y);
  for (size_t i = 0; i < p->rows; i++)
    ys_sum_add(&gap, read_row(p, y, i));
  return ys_sum_value(&gap) / (double)p->objective->batch->rows;
}

static double spread_of(const ys_ipm_state *p) {
  double low = p->nu[0], high = low;
  for (size_t k = 1; k < p->n; k++) {
    low = fmin(low, p->nu[k]);
    high = fmax(high, p->nu[k]);
  }
  return high - low;
}

/* Where y is far from the prior, the multipliers that match it can be far from
 * anything that rows can live with; equal ones are then a better start. */
static double read_at_best(ys_ipm_state *p, const double *y) {
  match_multipliers(p, y);
  double matched = read_rows(p, y);
  if (spread_of(p) <= 1)
    return matched;
  memset(p->nu, 0, p->n * sizeof *p->nu);
  double equal = read_rows(p, y);
  if (equal < matched)
    return equal;
  match_multipliers(p, y);
  return read_rows(p, y);
}

void ys_ipm_read(ys_ipm_state *p, const ys_ipm_part *part, const double *y,
                 const double *nu) {
  double gap;
  set_part(p, part);
  set_blocks(p);
  if (nu) {
    set_multipliers(p, nu);
    gap = read_rows(p, y);
  } else
    gap = read_at_best(p, y);
  for (size_t k = 0; k < p->n; k++)
    p->hint[k] = p->nu[k] + p->level;
  p->target = first_target(p, gap);
  for (size_t i = 0; i < p->rows; i++)
    lift_row(p, i, p->target);
  for (size_t i = 0; i < p->tiles * YS_LANES; i++)
    empty_slots(p, i);
  set_slacks(p);
  p->started = false;
  p->gap = INFINITY;
  p->matched = nu != NULL;
  p->again = false;
  p->idle = 0;
}

void ys_ipm_reshape(ys_ipm_state *p, const ys_ipm_part *part) {
  set_part(p, part);
  set_blocks(p);
  memset(p->y, 0, p->slots * sizeof *p->y);
  for (size_t slot = 0; slot < p->slots; slot++)
    p->s[slot] = ys_all(1);
  for (size_t tile = 0; tile < p->tiles; tile++)
    p->tile[tile].off = (ys_lanes){0};
  for (size_t i = 0; i < p->tiles * YS_LANES; i++) {
    if (i < p->rows)
      read_slopes(p, i);
    empty_slots(p, i);
  }
  p->started = false;
  p->gap = INFINITY;
  p->matched = true;
  p->again = false;
  p->idle = 0;
}

double ys_ipm_read_even(ys_ipm_state *p) {
  for (size_t k = 0; k < p->n; k++)
    p->z[k] = 1 / (double)p->n;
  ys_objective_multipliers(p->objective, p->z, p->hint);
  set_multipliers(p, p->hint);
  double target = fmax(1, spread_of(p) / (double)p->n);
  for (size_t i = 0; i < p->rows; i++) {
    read_entries(p, NULL, i, true);
    lift_row(p, i, target);
  }
  set_slacks(p);
  return target;
}

void ys_ipm_write(const ys_ipm_state *p, size_t tile, double *y) {
  const size_t slot = ys_ipm_first_slot(p, tile);
  if (p->part && p->part->y) {
    memcpy(p->part->y + slot, p->y + slot,
           (p->part->begin[tile + 1] - slot) * sizeof *p->y);
    return;
  }
  for (size_t l = 0; l < YS_LANES && tile * YS_LANES + l < p->rows; l++) {
    size_t i = tile * YS_LANES + l;
    double *row = y + place_of(p, i) * p->n;
    for (size_t k = 0; k < held_by(p, i); k++)
      row[class_at(p, slot, k, l)] = p->y[slot + k][l];
  }
}
