/* Reading y into the interior point's tiles, and writing it out. */
#include "ipm.h"

#include <math.h>
#include <string.h>

/* Where sigma is 0 shannon fixes y at 0; any very low slope will do. */
static double slope_of(const ys_ipm_state *p, double sigma) {
  if (p->objective->loss != YS_SHANNON)
    return sigma;
  return sigma > 0 ? log(sigma) : -1e100;
}

/* Row i into its lane: slopes; t to match y; and y, moved a tenth of the way to
 * the middle of the classes that are open to it. Returns the row's gap at y, t
 * and nu (not for reverse). */
static double read_row(ys_ipm_state *p, const double *y, size_t i) {
  const double *sigma = p->objective->batch->sigma + i * p->n;
  const size_t at = i / YS_LANES * p->n, l = i % YS_LANES;
  const bool may_close = p->objective->loss == YS_SHANNON;
  double open = 0, x = 0, top = -INFINITY, along = 0;
  for (size_t k = 0; k < p->n; k++) {
    p->a[at + k][l] = slope_of(p, sigma[k]);
    open += may_close && sigma[k] == 0 ? 0 : 1;
    x += sigma[k] * y[k];
  }
  double t = p->curved ? 1 / x : p->weighted ? 0 : 1;
  for (size_t k = 0; k < p->n; k++) {
    bool closed = may_close && sigma[k] == 0;
    double line = t * p->a[at + k][l] + p->nu[k];
    top = fmax(top, line);
    along += closed ? 0 : y[k] * line;
    p->y[at + k][l] = closed ? 0 : 0.9 * y[k] + 0.1 / open;
  }
  p->tile[i / YS_LANES].t[l] = t;
  p->tile[i / YS_LANES].mu[l] = top + 1;
  return top - along;
}

/* An empty lane has no y, and nothing that is not a number. */
static void empty_row(ys_ipm_state *p, size_t i) {
  p->tile[i / YS_LANES].t[i % YS_LANES] = 1;
  p->tile[i / YS_LANES].mu[i % YS_LANES] = 1;
}

static void set_slacks(ys_ipm_state *p) {
  for (size_t tile = 0; tile < p->tiles; tile++)
    for (size_t k = 0; k < p->n; k++) {
      size_t at = tile * p->n + k;
      p->s[at] = p->tile[tile].mu - p->tile[tile].t * p->a[at] - p->nu[k];
    }
}

/* nu to match y; where a column of y is next to nothing, less than that. */
static void set_multipliers(ys_ipm_state *p, const double *y) {
  const size_t rows = p->objective->batch->rows, n = p->n;
  const double *u = p->objective->prior;
  memset(p->z, 0, n * sizeof *p->z);
  for (size_t i = 0; i < rows; i++)
    for (size_t k = 0; k < n; k++)
      p->z[k] += y[i * n + k];
  for (size_t k = 0; k < n; k++)
    p->z[k] = fmax(p->z[k] / (double)rows, 1e-3 * u[k]);
  ys_objective_multipliers(p->objective, p->z, p->hint);
  p->level = p->objective->lambda;
  if (p->objective->fairness == YS_WEAK)
    p->level = -p->level;
  for (size_t k = 0; k < n; k++)
    p->nu[k] = p->hint[k] - p->level;
}

void ys_ipm_read(ys_ipm_state *p, const double *y) {
  const size_t rows = p->objective->batch->rows;
  ys_sum gap = {0, 0};
  set_multipliers(p, y);
  for (size_t i = 0; i < rows; i++)
    ys_sum_add(&gap, read_row(p, y + i * p->n, i));
  for (size_t i = rows; i < p->tiles * YS_LANES; i++)
    empty_row(p, i);
  set_slacks(p);
  p->gap = p->weighted ? INFINITY : ys_sum_value(&gap) / (double)rows;
}

void ys_ipm_write(const ys_ipm_state *p, size_t tile, double *y) {
  const size_t rows = p->objective->batch->rows, n = p->n;
  const ys_lanes *from = p->y + tile * n;
  for (size_t l = 0; l < YS_LANES && tile * YS_LANES + l < rows; l++)
    for (size_t k = 0; k < n; k++)
      y[(tile * YS_LANES + l) * n + k] = from[k][l];
}
