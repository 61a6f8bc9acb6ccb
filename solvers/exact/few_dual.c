#include "solvers/exact/few_dual.h"

#include "problems/objective/fairness.h"
#include "problems/vector/array.h"

#include <float.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

/* Rows within it of the border between two answers stand for a density of such
 * rows; it narrows as the steps do. */
static const double WIDEST = 0.3, NARROWEST = 1e-9;

bool ys_few_dual_serves(const ys_work *work) {
  enum { FEW_CLASSES = 256, ROWS_A_CLASS = 4 };
  return work->classes <= FEW_CLASSES &&
         work->rows / ROWS_A_CLASS >= work->classes;
}

void ys_few_dual_init(ys_few_dual *d, ys_memory *memory, const ys_work *work) {
  static const char what[] = "the multipliers of few rows";
  const size_t n = work->classes;
  double **const vectors[] = {&d->nu,   &d->tilt,     &d->ybar,
                              &d->best, &d->gradient, &d->step};
  d->work = work;
  ys_look_init(&d->look, memory, work->rows, n);
  for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
    *vectors[i] = ys_take_numbers(memory, n, what);
  d->room = ys_take_numbers(memory, n, what);
  d->matrix = ys_take_numbers(memory, ys_times(n, n), what);
}

/* ------------------------------------------------------------ a point ----
 */

/* A row's answer from what a look says: its vertex, or on the lines of that and
 * the class that is next, unless another is higher where they cross. */
static ys_answer answer_of(const ys_few_dual *d, size_t i) {
  const size_t n = d->work->classes;
  const uint32_t a = d->look.vertex[i], b = d->look.next[i];
  if (d->look.slack[i] >= 0)
    return (ys_answer){.low = a, .high = b};
  const double *sigma = ys_batch_rows(d->work->objective->batch, i, 1, d->room);
  return ys_candidates_answer(sigma, d->nu, n, a, b);
}

/* Column sums, and the rows' part of the matrix. False if a row's numbers are
 * beyond doubles. */
static bool add_rows(ys_few_dual *d) {
  const size_t n = d->work->classes;
  const double window = d->window;
  bool whole = true;
  memset(d->ybar, 0, n * sizeof *d->ybar);
  memset(d->matrix, 0, n * n * sizeof *d->matrix);
  for (size_t i = 0; i < d->work->rows; i++) {
    if (!((double)d->look.slack[i] < window)) {
      d->ybar[d->look.vertex[i]]++;
      continue;
    }
    const ys_answer a = answer_of(d, i);
    const double apart = d->nu[a.low] - d->nu[a.high];
    d->ybar[a.low] += 1 - a.share;
    d->ybar[a.high] += a.share;
    if (a.low > a.high)
      d->matrix[a.low * n + a.high] -= 1 / (apart * apart + 2 * window);
    else if (a.low < a.high)
      d->matrix[a.high * n + a.low] -= 1 / (apart * apart + 2 * window);
    whole = whole && d->look.slack[i] > -INFINITY;
  }
  return whole;
}

/* The matrix, a Laplacian of the classes and a diagonal lambda u / nu^2; the
 * gradient; and the gap, which is the fairness term's. */
static double measure(ys_few_dual *d) {
  const ys_objective *o = d->work->objective;
  const size_t n = d->work->classes;
  const double rows = (double)d->work->rows;
  double gap = 0;
  for (size_t k = 0; k < n; k++) {
    const double u = o->prior[k], nu = d->nu[k];
    d->ybar[k] /= rows;
    d->gradient[k] = ys_strong_multiplier(o->lambda, u, nu) - d->ybar[k];
    gap += ys_excess(u, nu * d->ybar[k] / o->lambda);
    d->matrix[k * n + k] +=
        rows * ys_fairness_stiffness(YS_STRONG, o->lambda, u, nu);
    for (size_t l = 0; l < k; l++) {
      d->matrix[k * n + k] -= d->matrix[k * n + l];
      d->matrix[l * n + l] -= d->matrix[k * n + l];
    }
  }
  return o->lambda * gap;
}

static void keep_best(ys_few_dual *d, double gap) {
  d->gap = gap;
  memcpy(d->best, d->nu, d->work->classes * sizeof *d->nu);
}

/* A look at nu. */
static void look(ys_few_dual *d) {
  const ys_look_sample all = ys_look_every(d->work->objective->batch, 1);
  double most = 0;
  for (size_t k = 0; k < d->work->classes; k++)
    most = fmax(most, d->nu[k]);
  for (size_t k = 0; k < d->work->classes; k++)
    d->tilt[k] = exp(d->nu[k] - most);
  ys_look_at(d->work, all, d->nu, d->tilt, d->window, &d->look);
  const bool whole = add_rows(d);
  const double gap = measure(d);
  if (whole && gap < d->gap)
    keep_best(d, gap);
}

/* ----------------------------------------------------------- the step ----
 */

/* False if the matrix has no factor in numbers. */
static bool find_step(ys_few_dual *d) {
  const lapack_int n = (lapack_int)d->work->classes;
  for (lapack_int k = 0; k < n; k++)
    d->step[k] = (double)d->work->rows * d->gradient[k];
  return LAPACKE_dposv_work(LAPACK_COL_MAJOR, 'U', n, 1, d->matrix, n, d->step,
                            n) == 0;
}

static double slope_of(const ys_few_dual *d) {
  double slope = 0;
  for (size_t k = 0; k < d->work->classes; k++)
    slope += d->gradient[k] * d->step[k];
  return slope;
}

/* By how much a difference of two nu changes at most along the step. */
static double reach_of(const ys_few_dual *d) {
  double low = INFINITY, high = -INFINITY;
  for (size_t k = 0; k < d->work->classes; k++) {
    low = fmin(low, d->step[k]);
    high = fmax(high, d->step[k]);
  }
  return high - low;
}

/* The longest step, 1 at most, that leaves nu positive and not far. */
static double longest_step(const ys_few_dual *d) {
  const double keep = 0.7, far = 2, reach = reach_of(d);
  double length = reach > far ? far / reach : 1;
  for (size_t k = 0; k < d->work->classes; k++)
    if (-d->step[k] * length > keep * d->nu[k])
      length = keep * d->nu[k] / -d->step[k];
  return length;
}

/* To `length` along the step from where nu is, `from` along. */
static void go(ys_few_dual *d, double from, double length) {
  for (size_t k = 0; k < d->work->classes; k++)
    d->nu[k] += (length - from) * d->step[k];
  d->window = fmax(NARROWEST, fmin(WIDEST, 0.5 * length * reach_of(d)));
  look(d);
}

/* Whether a look costs next to nothing beside a sweep of `fw`. */
static bool has_few_classes(const ys_few_dual *d) {
  enum { FEW_CLASSES = 32 };
  return d->work->classes < FEW_CLASSES;
}

/* Along the step to where the dual function's slope, which falls, is small, or
 * downhill a little: by secants; far from the optimum also from short of that,
 * by halves: where many rows are alike, as saturated ones are, the slope falls
 * as from a cliff, of which a secant knows nothing. */
static void search(ys_few_dual *d, bool far) {
  enum { MOST_TRIALS = 6 };
  const double small = 0.3, some = 0.5, first = slope_of(d);
  double low = 0, high = INFINITY, length = longest_step(d);
  go(d, 0, length);
  for (int trial = 0; trial < MOST_TRIALS; trial++) {
    const double slope = slope_of(d);
    const bool beyond = slope < -small * first;
    const bool shy = slope > some * first && high < INFINITY;
    if (!beyond && !(shy && far))
      break;
    *(beyond ? &high : &low) = length;
    const double share = low > 0 ? 0.5 : first / (first - slope);
    const double next = low + (high - low) * fmax(0.1, fmin(0.7, share));
    go(d, length, next);
    length = next;
  }
}

/* ------------------------------------------------------------------------- */

void ys_few_dual_begin(ys_few_dual *d) {
  ys_objective_multipliers(d->work->objective, d->work->objective->prior,
                           d->nu);
  d->window = WIDEST;
  d->gap = INFINITY;
  d->pays = true;
  d->look.stride = 0;
  look(d);
}

/* Far away steps may gain little each and still pay, as `fw` has much to do
 * there; but less where classes are many, whose looks cost more. Near is where
 * single rows tell. */
void ys_few_dual_improve(ys_few_dual *d, double enough) {
  enum { MOST_IDLE_FAR = 3, MOST_IDLE = 1 };
  const bool few = has_few_classes(d);
  const double near = (few ? 0.1 / (double)d->work->rows : 0.1) *
                      fmin(1, d->work->objective->lambda);
  const double pays_far = few ? 0.8 : 0.3, pays = 0.3;
  int idle = 0;
  while (d->pays && d->gap > enough) {
    const double before = d->gap;
    const bool far = before > near;
    if (ys_stop_is_wanted(d->work->stop))
      return;
    d->pays = find_step(d);
    if (!d->pays)
      return;
    search(d, far);
    idle = d->gap < (far ? pays_far : pays) * before ? 0 : idle + 1;
    d->pays = idle < (far ? MOST_IDLE_FAR : MOST_IDLE);
  }
}

/* ------------------------------------------------------------- labels ---- */

/* Half a row to a class that has none: of the row that sees most of it beside
 * its vertex. */
static void share_row(const ys_few_dual *d, size_t k, double *y) {
  const size_t n = d->work->classes;
  const ys_batch *batch = d->work->objective->batch;
  size_t keeper = 0;
  double most = -1;
  for (size_t i = 0; i < d->work->rows; i++) {
    const double top = ys_batch_entry(batch, i, d->look.vertex[i]);
    const double part = ys_batch_entry(batch, i, k) / fmax(top, DBL_MIN);
    if (part > most) {
      most = part;
      keeper = i;
    }
  }
  for (size_t l = 0; l < n; l++)
    y[keeper * n + l] *= 0.5;
  y[keeper * n + k] += 0.5;
}

void ys_few_dual_write(ys_few_dual *d, double *y) {
  const size_t n = d->work->classes, rows = d->work->rows;
  if (memcmp(d->nu, d->best, n * sizeof *d->nu) != 0) {
    memcpy(d->nu, d->best, n * sizeof *d->nu);
    look(d);
  }
  memset(y, 0, rows * n * sizeof *y);
  memset(d->ybar, 0, n * sizeof *d->ybar);
  for (size_t i = 0; i < rows; i++) {
    const ys_answer a = answer_of(d, i);
    y[i * n + a.low] = 1 - a.share;
    d->ybar[a.low] += 1 - a.share;
    if (a.share > 0) {
      y[i * n + a.high] = a.share;
      d->ybar[a.high] += a.share;
    }
  }
  for (size_t k = 0; k < n; k++)
    if (!(d->ybar[k] > 0))
      share_row(d, k, y);
}
