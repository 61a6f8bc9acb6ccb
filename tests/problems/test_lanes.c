/* The kernels that take rows side by side, against plain loops over one row in
 * double precision: at every K of the kernel benchmark and every remainder by
 * the vector's length, from 1 row to 33. */
#include "problems/certificate.h"
#include "solvers/solver.h"
#include "tests/support/dense.h"
#include "tests/support/fixture.h"

/* ------------------------------------------------------- plain kernels ---- */

static double plain_dot(const double *a, const double *b, size_t n) {
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    sum += a[k] * b[k];
  return sum;
}

static void plain_multipliers(const ys_objective *f, const double *y,
                              double *nu) {
  const size_t n = f->batch->classes, rows = f->batch->rows;
  for (size_t k = 0; k < n; k++) {
    double sum = 0;
    for (size_t i = 0; i < rows; i++)
      sum += y[i * n + k];
    nu[k] = f->lambda * f->prior[k] / (sum / (double)rows);
  }
}

static double plain_value(const ys_objective *f, const double *y) {
  const size_t n = f->batch->classes, rows = f->batch->rows;
  double loss = 0, fairness = 0, nu[1000];
  plain_multipliers(f, y, nu);
  for (size_t i = 0; i < rows; i++)
    loss -= log(plain_dot(f->batch->sigma + i * n, y + i * n, n));
  for (size_t k = 0; k < n; k++)
    fairness += f->prior[k] * log(nu[k] / f->lambda);
  return loss / (double)rows + f->lambda * fairness;
}

static void plain_gradient(const ys_objective *f, const double *y, size_t i,
                           const double *nu, double *gradient) {
  const size_t n = f->batch->classes;
  const double *sigma = f->batch->sigma + i * n;
  double x = plain_dot(sigma, y + i * n, n);
  for (size_t k = 0; k < n; k++)
    gradient[k] = -(sigma[k] / x + nu[k]);
}

/* One M step by bisection in ln z, with the names of em_rows.c. */
static void plain_em(const double *sigma, const double *nu, double *y,
                     size_t n) {
  double b = 1, top = 0, low = -40, high;
  for (size_t k = 0; k < n; k++) {
    y[k] *= nu[k];
    b += y[k];
    top = fmax(top, sigma[k]);
  }
  high = log(b);
  for (int step = 0; step < 200; step++) {
    double z = exp((low + high) / 2), sum = 0;
    for (size_t k = 0; k < n; k++)
      sum += y[k] * top / (sigma[k] * z + b * (top - sigma[k]));
    *(sum > 1 ? &low : &high) = (low + high) / 2;
  }
  for (size_t k = 0; k < n; k++)
    y[k] *= top / (sigma[k] * exp(high) + b * (top - sigma[k]));
}

static int descending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? 1 : x > y ? -1 : 0;
}

static void plain_projection(double *v, size_t n) {
  double sorted[1000], sum = 0, tau = 0;
  memcpy(sorted, v, n * sizeof *v);
  qsort(sorted, n, sizeof *sorted, descending);
  for (size_t k = 0; k < n; k++) {
    sum += sorted[k];
    if (sorted[k] > (sum - 1) / (double)(k + 1))
      tau = (sum - 1) / (double)(k + 1);
  }
  for (size_t k = 0; k < n; k++)
    v[k] = fmax(v[k] - tau, 0);
}

static void plain_entropic(double *y, const double *gradient, double eta,
                           size_t n) {
  double sum = 0, least = INFINITY;
  for (size_t k = 0; k < n; k++)
    least = fmin(least, gradient[k]);
  for (size_t k = 0; k < n; k++)
    sum += y[k] *= exp(-eta * (gradient[k] - least));
  for (size_t k = 0; k < n; k++)
    y[k] /= sum;
}

/* phi_i(nu): 1 + ln t - max_k (t sigma_k + nu_k) at the t where the slope of
 * the highest line passes 1 / t, by bisection in ln t. */
static double plain_dual(const double *sigma, const double *nu, size_t n) {
  double low = -1, high = 30, best = -INFINITY;
  for (int step = 0; step < 100; step++) {
    double s = (low + high) / 2, top = -INFINITY, slope = 0;
    for (size_t k = 0; k < n; k++)
      if (exp(s) * sigma[k] + nu[k] > top) {
        top = exp(s) * sigma[k] + nu[k];
        slope = sigma[k];
      }
    best = fmax(best, 1 + s - top);
    *(exp(s) * slope < 1 ? &low : &high) = s;
  }
  return best;
}

/* ------------------------------------------------------------- compare ---- */

static const size_t classes[] = {2,  3,  4,  5,  6,  7,  8,   9,   10,  11,  13,
                                 20, 50, 54, 55, 56, 57, 100, 103, 200, 1000};

enum { SHAPES = sizeof classes / sizeof *classes };

static void assert_near(double found, double expected, const char *what,
                        size_t n, size_t rows) {
  ck_assert_msg(fabs(found - expected) <= 1e-12 * fabs(expected),
                "%s, K = %zu, %zu rows: %.17g, not %.17g", what, n, rows, found,
                expected);
}

static void make_case(fixture *f, gsl_rng *rng, size_t rows, size_t n,
                      double **y) {
  double *prior = malloc(n * sizeof *prior);
  flat_row(rng, prior, n);
  setup(f, random_batch(rng, FLAT, rows, n), 0, 0.5 + gsl_rng_uniform(rng),
        prior);
  *y = random_labels(rng, FLAT, rows, n);
  free(prior);
}

static void check_objective(const fixture *f, const double *y,
                            ys_scratch *scratch) {
  const size_t n = f->batch.classes, rows = f->batch.rows;
  const ys_objective *o = &f->objective;
  double *gradient = malloc(rows * n * sizeof *gradient);
  double nu[1000], row[1000], dual = 0, fairness = o->lambda;
  plain_multipliers(o, y, nu);
  assert_near(ys_objective_gradient(o, y, gradient, scratch), plain_value(o, y),
              "F", n, rows);
  for (size_t i = 0; i < rows; i++) {
    plain_gradient(o, y, i, nu, row);
    for (size_t k = 0; k < n; k++)
      assert_near(gradient[i * n + k], row[k], "gradient", n, rows);
    dual += plain_dual(o->batch->sigma + i * n, nu, n);
  }
  for (size_t k = 0; k < n; k++)
    fairness += o->lambda * o->prior[k] * log(nu[k] / o->lambda);
  ys_verdict verdict = judge_dense(o, y, NULL, scratch);
  double expected = plain_value(o, y) - dual / (double)rows - fairness;
  double size = 1 + fabs(verdict.objective) + frank_wolfe_dense(o, y, scratch);
  assert_near(verdict.objective, plain_value(o, y), "judged F", n, rows);
  ck_assert_double_le(fabs(verdict.gap - expected), 1e-12 * size);
  ck_assert_double_le(
      fabs(ys_lower_bound(o, nu, scratch) - dual / (double)rows - fairness),
      1e-12 * size);
  free(gradient);
}

/* One step of a solver against `expected`, which has the y before it. */
/* After `steps` of a solver. */
static void check_steps(const fixture *f, const char *spec, int steps,
                        const double *y, const double *expected) {
  const size_t n = f->batch.classes, rows = f->batch.rows;
  const ys_solver *solver;
  ys_options options;
  ys_error error;
  void *work;
  double *found = malloc(rows * n * sizeof *found);
  memcpy(found, y, rows * n * sizeof *found);
  ck_assert_int_eq(ys_solver_parse(spec, &solver, &options, &error), YS_OK);
  ck_assert_int_eq(
      init_dense(solver, &work, &f->objective, &options, found, &error), YS_OK);
  ys_step step = YS_STEP_ON;
  for (int i = 0; i < steps && step == YS_STEP_ON; i++)
    step = step_dense(solver, work, &f->objective, found, &error);
  if (step == YS_STEP_FAILED) /* a class was emptied */
    ck_assert(!isfinite(plain_value(&f->objective, expected)));
  else
    ck_assert_int_eq(step, YS_STEP_ON);
  /* What a threshold leaves is absolute. */
  for (size_t e = 0; step == YS_STEP_ON && e < rows * n; e++)
    ck_assert_msg(fabs(found[e] - expected[e]) <=
                      1e-12 * expected[e] + (spec[0] == 'p' ? 1e-15 : 0),
                  "%s, K = %zu, %zu rows, entry %zu: %.17g, not %.17g", spec, n,
                  rows, e, found[e], expected[e]);
  solver->free(work);
  ys_options_free(&options);
  free(found);
}

static void check_solvers(const fixture *f, const double *y) {
  const size_t n = f->batch.classes, rows = f->batch.rows;
  const size_t bytes = rows * n * sizeof *y;
  double *em = malloc(bytes), *md = malloc(bytes), nu[1000], gradient[1000];
  double *pgd = malloc(bytes), *shorter = malloc(bytes);
  plain_multipliers(&f->objective, y, nu);
  memcpy(em, y, bytes);
  memcpy(md, y, bytes);
  for (size_t i = 0; i < rows; i++) {
    plain_gradient(&f->objective, y, i, nu, gradient);
    plain_em(f->batch.sigma + i * n, nu, em + i * n, n);
    plain_entropic(md + i * n, gradient, 0.1, n);
    for (size_t k = 0; k < n; k++) {
      pgd[i * n + k] = y[i * n + k] - 1e-3 * gradient[k];
      shorter[i * n + k] = y[i * n + k] - 1e-7 * gradient[k];
    }
    plain_projection(pgd + i * n, n);
    plain_projection(shorter + i * n, n);
  }
  check_steps(f, "em", 1, y, em);
  check_steps(f, "md:step=0.1", 1, y, md);
  check_steps(f, "pgd:step=0.001", 1, y, pgd);
  check_steps(f, "pgd:step=1e-7", 1, y, shorter);
  /* The second step's multipliers are from the first one's column sums. */
  plain_multipliers(&f->objective, em, nu);
  for (size_t i = 0; i < rows; i++)
    plain_em(f->batch.sigma + i * n, nu, em + i * n, n);
  check_steps(f, "em", 2, y, em);
  free(em);
  free(md);
  free(pgd);
  free(shorter);
}

START_TEST(kernels_agree_with_plain_loops) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const size_t n = classes[_i];
  for (size_t rows = 1; rows <= 33; rows += n < 200 ? 1 : 4) {
    fixture f;
    double *y;
    make_case(&f, rng, rows, n, &y);
    check_objective(&f, y, &f.scratch);
    check_solvers(&f, y);
    free(y);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

/* The judge at y with entry `at` changed. */
static ys_verdict judge_with(fixture *f, double *y, size_t at, double entry) {
  const double kept = y[at];
  y[at] = entry;
  ys_verdict verdict = judge_dense(&f->objective, y, NULL, &f->scratch);
  y[at] = kept;
  return verdict;
}

/* One entry off the simplex is found wherever it is; slightly below 0 it counts
 * as 0, and its row is divided by its sum. */
static void check_entry(fixture *f, double *y, size_t at) {
  const double below = -9e-13;
  const size_t n = f->batch.classes;
  double *row = y + at / n * n, sum = 0;
  for (size_t k = 0; k < n; k++)
    sum += row + k == y + at ? below : row[k];
  ys_verdict slight = judge_with(f, y, at, below);
  ck_assert_double_eq(slight.least_entry, below);
  ck_assert_double_le(fabs(slight.row_sum_error - fabs(sum - 1)), 1e-14);
  ck_assert_double_eq(judge_with(f, y, at, -0.5).least_entry, -0.5);
  ck_assert_double_eq(judge_with(f, y, at, -0.5).objective, INFINITY);
  ck_assert_double_eq(judge_with(f, y, at, NAN).least_entry, -INFINITY);
  ck_assert_double_eq(judge_with(f, y, at, NAN).objective, INFINITY);
  y[at] = 0;
  for (size_t k = 0; k < n; k++)
    row[k] /= sum - below;
  assert_close(slight.objective, plain_value(&f->objective, y), 1e-13);
}

START_TEST(entries_off_the_simplex_are_found) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const size_t n = classes[_i];
  for (size_t round = 0; round < 60; round++) {
    fixture f;
    double *y;
    const size_t rows = 2 + round % 3;
    make_case(&f, rng, rows, n, &y);
    check_entry(&f, y, gsl_rng_uniform_int(rng, rows * n));
    free(y);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("lanes");
  TCase *tests = tcase_create("kernels");
  tcase_add_loop_test(tests, kernels_agree_with_plain_loops, 0, SHAPES);
  tcase_add_loop_test(tests, entries_off_the_simplex_are_found, 0, SHAPES);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
