/* The paper's EM in a file of its own, by the public headers alone:
 * docs/method.md, section 3; what solvers/em does with vectors and threads,
 * plainly, a row at a time. Its iterates are those of `-s em`.
 *
 *   cc -shared -fPIC -O3 em.c -o em.so $(pkg-config --cflags ystep)
 *   ystep run -p dirichlet:M=300,K=5 -s ./em.so em -o out */
#include <math.h>
#include <stdlib.h>
#include <ystep/solvers/solver.h>

typedef struct em {
  const ys_objective *objective;
  ys_scratch scratch; /* for the column means of y and their multipliers */
  double *row;        /* K: one row of sigma */
} em;

static ys_code em_supports(const ys_objective *objective,
                           const ys_options *options, ys_error *why) {
  (void)options;
  if (objective->loss == YS_COLLISION && objective->fairness == YS_STRONG &&
      objective->lambda > 0)
    return YS_OK;
  return ys_fail(why, YS_UNSUPPORTED,
                 "em.so serves collision, strong fairness, lambda > 0");
}

static void em_free(void *work) {
  em *w = work;
  if (!w)
    return;
  ys_scratch_free(&w->scratch);
  free(w->row);
  free(w);
}

static ys_code em_init(void **work, const ys_objective *objective,
                       const ys_options *options, ys_labels *y,
                       ys_error *error) {
  em *w = calloc(1, sizeof *w);
  (void)options;
  *work = NULL;
  if (!w)
    return ys_fail_memory(error, "em");
  w->objective = objective;
  w->row = calloc(y->classes, sizeof *w->row);
  ys_code code = w->row ? ys_scratch_init(&w->scratch, objective, error)
                        : ys_fail_memory(error, "em's row");
  if (code)
    em_free(w);
  else
    *work = w;
  return code;
}

/* What the M step knows of a row of a_k = nu_k y_k. */
typedef struct em_row {
  size_t n;
  const double *a, *sigma;
  double top;   /* the largest sigma_k with a_k > 0 */
  double least; /* an a_k that attains it */
  double b;     /* 1 + sum_k a_k */
} em_row;

/* y_k over a_k at z. Where a_k = 0, sigma_k has no say. */
static double inverse(const em_row *r, size_t k, double z) {
  return r->top / (r->sigma[k] * z + r->b * (r->top - r->sigma[k]));
}

/* z such that sum_k y_k = 1, by Newton's method on 1 / sum, which is concave in
 * z: from the left, where Jensen's inequality puts the start, it climbs. */
static double find_root(const em_row *r, double mean) {
  enum { MOST_STEPS = 100 };
  double z = r->b * (1 - 1e-12) - r->top * ((r->b - 1) / mean);
  z = fmax(z, r->least);
  for (int step = 0; step < MOST_STEPS; step++) {
    double sum = 0, fall = 0;
    for (size_t k = 0; k < r->n; k++)
      if (r->a[k] > 0) {
        const double part = r->a[k] * inverse(r, k, z);
        sum += part;
        fall += part * (r->sigma[k] * z / r->top * inverse(r, k, z));
      }
    const double share = sum * (sum - 1) / fall;
    z = fmax(z + z * share, r->least);
    if (fabs(share) < 1e-8 || fabs(sum - 1) <= 1e-14)
      break;
  }
  return z;
}

/* One row: E step and M step. What is positive stays so: it may have to grow.
 */
static void update_row(double *y, const double *sigma, const double *nu,
                       size_t n) {
  em_row r = {.n = n, .a = y, .sigma = sigma, .b = 1};
  double mean = 0, sum = 0;
  for (size_t k = 0; k < n; k++) {
    if (!(y[k] > 0))
      continue;
    y[k] = fmax(nu[k] * y[k], 1e-290);
    r.b += y[k];
    mean += y[k] * sigma[k];
    if (sigma[k] > r.top) {
      r.top = sigma[k];
      r.least = y[k];
    }
  }
  const double z = find_root(&r, mean);
  for (size_t k = 0; k < n; k++)
    if (y[k] > 0)
      sum += y[k] *= inverse(&r, k, z);
  for (size_t k = 0; k < n; k++)
    y[k] /= sum;
}

static ys_step em_step(void *work, ys_labels *y, ys_error *error) {
  em *w = work;
  const size_t n = y->classes;
  const double *nu = w->scratch.nu;
  (void)error;
  ys_column_means(w->objective, y->dense, &w->scratch);
  ys_objective_multipliers(w->objective, w->scratch.ybar, w->scratch.nu);
  for (size_t i = 0; i < y->rows; i++)
    update_row(y->dense + i * n,
               ys_batch_rows(w->objective->batch, i, 1, w->row), nu, n);
  return YS_STEP_ON;
}

static bool em_descends(const ys_options *options) {
  (void)options;
  return true;
}

static const ys_option no_options[] = {{.name = NULL}};

static const ys_solver ys_em = {
    .name = "em",
    .summary = "the paper's expectation-maximisation, plainly",
    .options = no_options,
    .by_rows = true,
    .supports = em_supports,
    .init = em_init,
    .step = em_step,
    .descends = em_descends,
    .free = em_free,
};

YS_PLUGIN(ys_em)
