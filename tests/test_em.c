/* The paper's EM: its M step against root finding and minimisation done
 * otherwise, monotone descent, fixed points, what it serves. */
#include "../solvers/solver.h"
#include "fixture.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_roots.h>

/* ------------------------------------------------------------- driving ---- */

typedef struct em_run {
  const ys_solver *em;
  ys_options options;
  void *work;
} em_run;

static em_run start(const fixture *f, double *y) {
  em_run run = {.em = ys_solver_find("em", 2)};
  ck_assert_ptr_nonnull(run.em);
  ck_assert_int_eq(
      ys_options_parse("em", run.em->options, NULL, &run.options, NULL), YS_OK);
  ck_assert_int_eq(
      run.em->init(&run.work, &f->objective, &run.options, y, NULL), YS_OK);
  return run;
}

static void step(em_run *run, double *y) {
  ck_assert_int_eq(run->em->step(run->work, y, NULL), YS_STEP_ON);
}

static void finish(em_run *run) {
  run->em->free(run->work);
  ys_options_free(&run->options);
}

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
    expected_counts(&f->objective, before, i, a);
    if (f->objective.loss == YS_COLLISION)
      collision_minimiser(sigma, a, n, expected);
    else
      for (size_t k = 0; k < n; k++)
        total += expected[k] = sigma[k] + a[k];
    for (size_t k = 0; k < n; k++) {
      double exact = (double)(total > 0 ? expected[k] / total : expected[k]);
      double found = after[i * n + k];
      /* what is left of a row beside a large entry is known to rounding */
      double room = fmin(tolerance * exact + 2e-16, 1e-3 * exact + 1e-280);
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

/* ------------------------------------------------------------ whole runs ----
 */

START_TEST(every_step_descends) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const int pair = (_i ? YS_REVERSE : YS_COLLISION) * YS_FAIRNESSES;
  for (int kind = 0; kind < ROW_KINDS; kind++)
    for (int power = -10; power <= 6; power += 2) {
      fixture f;
      setup(&f, random_batch(rng, (row_kind)kind, 15, 4), pair, pow(10, power),
            NULL);
      double *y = random_labels(rng, FLAT, 15, 4);
      double last = ys_objective_value(&f.objective, y, &f.scratch);
      em_run run = start(&f, y);
      for (int sweep = 0; sweep < 200; sweep++) {
        step(&run, y);
        ys_verdict verdict = ys_judge(&f.objective, y, NULL, &f.scratch);
        ck_assert_msg(verdict.objective <=
                          last + 1e-14 * (1 + f.objective.lambda),
                      "kind %d, lambda 1e%d, sweep %d: %.17g after %.17g", kind,
                      power, sweep, verdict.objective, last);
        ck_assert_double_le(verdict.row_sum_error, 1e-14);
        ck_assert_double_ge(verdict.least_entry, 0);
        last = verdict.objective;
      }
      finish(&run);
      free(y);
      teardown(&f);
    }
  gsl_rng_free(rng);
}
END_TEST

/* A fixed point has a small certificate, and the other way round. */
START_TEST(fixed_points_are_optima) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const int pair = (_i ? YS_REVERSE : YS_COLLISION) * YS_FAIRNESSES;
  for (int round = 0; round < 5; round++) {
    fixture f;
    double before[80], change = 0;
    setup(&f, random_batch(rng, FLAT, 20, 4), pair, 1, NULL);
    double *y = random_labels(rng, FLAT, 20, 4);
    em_run run = start(&f, y);
    for (int sweep = 0; sweep < 30000; sweep++)
      step(&run, y);
    memcpy(before, y, sizeof before);
    step(&run, y);
    for (size_t e = 0; e < 80; e++)
      change = fmax(change, fabs(y[e] - before[e]));
    ck_assert_double_le(change, 1e-11);
    ck_assert_double_le(ys_judge(&f.objective, y, NULL, &f.scratch).gap, 1e-9);
    finish(&run);
    free(y);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(without_fairness_one_step_is_exact) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const int pair = (_i ? YS_REVERSE : YS_COLLISION) * YS_FAIRNESSES;
  for (int kind = 0; kind < ROW_KINDS; kind++) {
    fixture f;
    setup(&f, random_batch(rng, (row_kind)kind, 9, 4), pair, 0, NULL);
    double *y = random_labels(rng, FLAT, 9, 4);
    em_run run = start(&f, y);
    step(&run, y);
    finish(&run);
    for (size_t i = 0; i < 9; i++) {
      double top = 0;
      const double *sigma = f.batch.sigma + 4 * i;
      for (size_t k = 0; k < 4; k++)
        top = fmax(top, sigma[k]);
      for (size_t k = 0; k < 4; k++)
        if (_i)
          ck_assert_double_eq(y[4 * i + k], sigma[k]);
        else
          ck_assert(y[4 * i + k] == 0 ||
                    (y[4 * i + k] == 1 && sigma[k] == top));
    }
    ck_assert_double_le(ys_judge(&f.objective, y, NULL, &f.scratch).gap, 3e-14);
    free(y);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(threads_do_not_change_a_bit) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const size_t rows = 2500, classes = 8,
               bytes = rows * classes * sizeof(double);
  const int pair = (_i ? YS_REVERSE : YS_COLLISION) * YS_FAIRNESSES;
  fixture f;
  setup(&f, random_batch(rng, FLAT, rows, classes), pair, 1, NULL);
  double *results[3];
  for (int t = 0; t < 3; t++) {
    f.objective.threads = t + 1;
    results[t] = malloc(bytes);
    ys_start_uniform(&f.objective, results[t]);
    em_run run = start(&f, results[t]);
    for (int sweep = 0; sweep < 10; sweep++)
      step(&run, results[t]);
    finish(&run);
    ck_assert_mem_eq(results[t], results[0], bytes);
  }
  for (int t = 0; t < 3; t++)
    free(results[t]);
  teardown(&f);
  gsl_rng_free(rng);
}
END_TEST

/* -------------------------------------------------------------- serving ----
 */

START_TEST(unserved_pairs_are_told_apart) {
  const ys_solver *em = ys_solver_find("em", 2);
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int pair = 0; pair < PAIRS; pair++) {
    fixture f;
    ys_options options;
    ys_error why = {0};
    setup(&f, random_batch(rng, FLAT, 3, 3), pair, 1, NULL);
    ys_options_parse("em", em->options, NULL, &options, NULL);
    bool serves =
        f.objective.fairness == YS_STRONG && f.objective.loss != YS_SHANNON;
    ck_assert_int_eq(em->supports(&f.objective, &options, &why),
                     serves ? YS_OK : YS_UNSUPPORTED);
    if (!serves) {
      ck_assert_ptr_nonnull(strstr(why.text, ys_loss_name(f.objective.loss)));
      ck_assert_ptr_nonnull(
          strstr(why.text, ys_fairness_name(f.objective.fairness)));
      ck_assert_int_eq(why.code, YS_UNSUPPORTED);
    }
    ys_options_free(&options);
    teardown(&f);
  }
  em->free(NULL);
  gsl_rng_free(rng);
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("em");
  TCase *steps = tcase_create("steps");
  tcase_add_test(steps, reference_minimiser_is_a_minimiser);
  tcase_add_loop_test(steps, m_step_minimises_each_row, 0, 2);
  tcase_add_test(steps, later_m_steps_are_as_exact);
  tcase_add_test(steps, m_step_solves_the_papers_equation);
  suite_add_tcase(s, steps);
  TCase *runs = tcase_create("runs");
  tcase_add_loop_test(runs, every_step_descends, 0, 2);
  tcase_add_loop_test(runs, fixed_points_are_optima, 0, 2);
  tcase_add_loop_test(runs, without_fairness_one_step_is_exact, 0, 2);
  tcase_add_loop_test(runs, threads_do_not_change_a_bit, 0, 2);
  tcase_add_test(runs, unserved_pairs_are_told_apart);
  suite_add_tcase(s, runs);
  return s;
}

int main(void) {
  return run_suite(suite());
}
