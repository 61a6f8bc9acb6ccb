/* EM's M step against minimisation and root finding done otherwise, on every
 * kind of row. */
#include "tests/support/em_run.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_roots.h>

/* --------------------------------------------------------- one M step ----
 *
 * For a row, a_k = lambda u_k y_k / ybar_k, A = sum_k a_k; the M step minimises
 * loss(sigma, y) - sum_k a_k ln y_k over the simplex. */

static void expected_counts(const ys_objective *f, const double *y, size_t i,
                            real *a) {
  const size_t n = f->batch->classes;
  real mean[MOST_CLASSES];
  reference_means(f, y, mean);
  for (size_t k = 0; k < n; k++)
    a[k] = mean[k] > 0 ? f->lambda * (real)f->prior[k] * y[i * n + k] / mean[k]
                       : 0;
}

/* The minimiser for collision: y_k = a_k / (B - sigma_k / x), B = 1 + A. With p
 * the class of largest sigma and a_p > 0, and z = B - sigma_p / x, this is
 * a_k sigma_p / (sigma_k z + B (sigma_p - sigma_k)): bisection on ln z. */
static void collision_minimiser(const double *sigma, const real *a, size_t n,
                                real *y) {
  real b = 1, low = -1000, high, sum;
  size_t p = n;
  for (size_t k = 0; k < n; k++) {
    b += a[k];
    if (a[k] > 0 && (p == n || sigma[k] > sigma[p]))
      p = k;
  }
  high = logl(b);
  for (int i = 0; i < 130; i++) {
    real z = expl((low + high) / 2);
    sum = 0;
    for (size_t k = 0; k < n; k++)
      if (a[k] > 0)
        sum +=
            a[k] * sigma[p] / (sigma[k] * z + b * ((real)sigma[p] - sigma[k]));
    *(sum > 1 ? &low : &high) = (low + high) / 2;
  }
  sum = 0;
  for (size_t k = 0; k < n; k++) {
    y[k] = a[k] > 0
               ? a[k] * sigma[p] /
                     (sigma[k] * expl(high) + b * ((real)sigma[p] - sigma[k]))
               : 0;
    sum += y[k];
  }
  for (size_t k = 0; k < n; k++)
    y[k] /= sum;
}

static real m_step_value(const double *sigma, const real *a, const real *y,
                         size_t n) {
  real x = 0, value = 0;
  for (size_t k = 0; k < n; k++) {
    x += sigma[k] * y[k];
    value -= a[k] > 0 ? a[k] * logl(y[k]) : 0;
  }
  return value - logl(x);
}

/* The reference itself: no move of mass between two classes lowers the value.
 */
START_TEST(reference_minimiser_is_a_minimiser) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int round = 0; round < 300; round++) {
    double sigma[MOST_CLASSES];
    real a[MOST_CLASSES], y[MOST_CLASSES];
    size_t n = 2 + gsl_rng_uniform_int(rng, 4);
    random_row(rng, (row_kind)(round % ROW_KINDS), sigma, n);
    for (size_t k = 0; k < n; k++)
      a[k] = expl(12 * gsl_rng_uniform(rng) - 8);
    collision_minimiser(sigma, a, n, y);
    real value = m_step_value(sigma, a, y, n);
    for (size_t j = 0; j < n; j++)
      for (size_t k = 0; k < n; k++)
        for (real share = 1e-4L; share < 1; share *= 3) {
          real moved = share * y[j];
          y[j] -= moved;
          y[k] += moved;
          ck_assert_double_ge((double)(m_step_value(sigma, a, y, n) - value),
                              -1e-15);
          y[k] -= moved;
          y[j] += moved;
        }
  }
  gsl_rng_free(rng);
}
END_TEST

/* y after one step against the minimiser, row by row. */
static void assert_m_step(const fixture *f, const double *before,
                          const double *after, double tolerance) {
  const size_t n = f->batch.classes;
  for (size_t i = 0; i < f->batch.rows; i++) {
    real a[MOST_CLASSES], expected[MOST_CLASSES], total = 0;
    const double *sigma = f->batch.sigma + i * n;
    double top = largest(sigma, n);
    expected_counts(&f->objective, before, i, a);
    if (f->objective.loss == YS_COLLISION)
      collision_minimiser(sigma, a, n, expected);
    else
      for (size_t k = 0; k < n; k++)
        total += expected[k] = sigma[k] + a[k];
    for (size_t k = 0; k < n; k++) {
      double exact = (double)(total > 0 ? expected[k] / total : expected[k]);
      double found = after[i * n + k];
      /* The class of largest sigma may be what is left of a row beside its
       * other entries: known to rounding of 1. */
      double room = sigma[k] > top / 2 ? 1e-15 : fmin(1e-15, 1e-6 * exact);
      room += tolerance * exact + 1e-289; /* EM keeps entries above 1e-290 */
      ck_assert_msg(fabs(found - exact) <= room,
                    "row %zu, class %zu: %.17g, not %.17g (sigma %g, a %Lg)", i,
                    k, found, exact, sigma[k], a[k]);
    }
  }
}

/* Every kind of row of sigma and of y, lambda from 1e-30 to 1e12. */
START_TEST(m_step_minimises_each_row) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const int pair = (_i ? YS_REVERSE : YS_COLLISION) * YS_FAIRNESSES;
  for (int round = 0; round < 4000; round++) {
    fixture f;
    size_t rows = 1 + gsl_rng_uniform_int(rng, 5);
    size_t classes = 2 + gsl_rng_uniform_int(rng, 5);
    double prior[MOST_CLASSES],
        lambda = pow(10, 42 * gsl_rng_uniform(rng) - 30);
    flat_row(rng, prior, classes);
    setup(&f, random_batch(rng, (row_kind)(round % ROW_KINDS), rows, classes),
          pair, round % 3 ? pow(lambda, 0.1) : lambda, prior);
    double *y = random_labels(rng, (row_kind)(round / ROW_KINDS % ROW_KINDS),
                              rows, classes);
    double *before = malloc(rows * classes * sizeof *before);
    memcpy(before, y, rows * classes * sizeof *y);
    if (isfinite(ys_objective_value(&f.objective, y, &f.scratch))) {
      em_run run = start(&f, y);
      step(&run, y);
      finish(&run);
      assert_m_step(&f, before, y, 1e-11);
    }
    free(before);
    free(y);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

/* Later sweeps start Newton from the last root: no less exact. */
START_TEST(later_m_steps_are_as_exact) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int kind = 0; kind < ROW_KINDS; kind++)
    for (int round = 0; round < 10; round++) {
      fixture f;
      double before[60];
      setup(&f, random_batch(rng, (row_kind)kind, 12, 5), 0,
            pow(10, round % 5 - 2), NULL);
      double *y = random_labels(rng, FLAT, 12, 5);
      em_run run = start(&f, y);
      for (int sweep = 0; sweep < 300; sweep++) {
        memcpy(before, y, sizeof before);
        step(&run, y);
        if (sweep < 20 || sweep % 20 == 0)
          assert_m_step(&f, before, y, 1e-11);
      }
      finish(&run);
      free(y);
      teardown(&f);
    }
  gsl_rng_free(rng);
}
END_TEST

typedef struct root_problem {
  const double *sigma;
  const real *a;
  size_t n;
} root_problem;

/* sum_k a_k / (1 + A - sigma_k / x) - 1, as the paper writes it. */
static double paper_root(double x, void *context) {
  const root_problem *row = context;
  double b = 1, sum = -1;
  for (size_t k = 0; k < row->n; k++)
    b += (double)row->a[k];
  for (size_t k = 0; k < row->n; k++)
    sum += (double)row->a[k] / (b - row->sigma[k] / x);
  return sum;
}

START_TEST(m_step_solves_the_papers_equation) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  gsl_root_fsolver *brent = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
  gsl_set_error_handler_off();
  for (int round = 0; round < 200; round++) {
    fixture f;
    const size_t n = 4;
    setup(&f, random_batch(rng, FLAT, 3, n), 0, pow(10, round % 4 - 2), NULL);
    double *y = random_labels(rng, FLAT, 3, n), before[12];
    memcpy(before, y, sizeof before);
    em_run run = start(&f, y);
    step(&run, y);
    finish(&run);
    for (size_t i = 0; i < 3; i++) {
      real a[MOST_CLASSES], b = 1;
      const double *sigma = f.batch.sigma + i * n;
      double top = 0, x = 0;
      expected_counts(&f.objective, before, i, a);
      for (size_t k = 0; k < n; k++) {
        b += a[k];
        x += sigma[k] * y[i * n + k];
        top = fmax(top, sigma[k]);
      }
      root_problem row = {sigma, a, n};
      gsl_function function = {paper_root, &row};
      double pole = top / (double)b;
      ck_assert_int_eq(
          gsl_root_fsolver_set(brent, &function, pole * (1 + 1e-9), top),
          GSL_SUCCESS);
      for (int iteration = 0; iteration < 200; iteration++)
        gsl_root_fsolver_iterate(brent);
      double root = gsl_root_fsolver_root(brent);
      assert_close(x, root, 1e-11);
      for (size_t k = 0; k < n; k++)
        assert_close(y[i * n + k], (double)a[k] / ((double)b - sigma[k] / root),
                     1e-8);
    }
    free(y);
    teardown(&f);
  }
  gsl_root_fsolver_free(brent);
  gsl_rng_free(rng);
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("em step");
  TCase *steps = tcase_create("steps");
  tcase_add_test(steps, reference_minimiser_is_a_minimiser);
  tcase_add_loop_test(steps, m_step_minimises_each_row, 0, 2);
  tcase_add_test(steps, later_m_steps_are_as_exact);
  tcase_add_test(steps, m_step_solves_the_papers_equation);
  suite_add_tcase(s, steps);
  return s;
}

int main(void) {
  return run_suite(suite());
}
