/* The certificate of a whole batch: weak duality everywhere, gaps that are true
 * bounds and close to them, feasibility. */
#include "problems/certificate.h"
#include "tests/support/dense.h"
#include "tests/support/fixture.h"

#include <float.h>

/* ----------------------------------------------------- weak duality ---- */

START_TEST(no_bound_is_above_any_value) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int round = 0; round < 1500; round++) {
    fixture f;
    random_case(&f, rng, _i, (row_kind)(round % ROW_KINDS));
    double nu[MOST_CLASSES], least = INFINITY, most = -INFINITY;
    for (int point = 0; point < 6; point++) {
      double *y = case_labels(&f, rng, (row_kind)(point % ROW_KINDS));
      ys_verdict verdict = judge_dense(&f.objective, y, NULL, &f.scratch);
      double value = ys_objective_value(&f.objective, y, &f.scratch);
      if (isfinite(value)) {
        assert_close(verdict.objective / (1 + f.objective.lambda),
                     value / (1 + f.objective.lambda), 1e-14);
        memcpy(nu, f.scratch.nu, f.batch.classes * sizeof *nu);
        most = fmax(most, ys_lower_bound(&f.objective, nu, &f.scratch));
      }
      least = fmin(least, verdict.objective);
      most = fmax(most, verdict.lower_bound);
      random_multipliers(rng, f.objective.fairness == YS_STRONG, nu,
                         f.batch.classes);
      most = fmax(most, ys_lower_bound(&f.objective, nu, &f.scratch));
      free(y);
    }
    ck_assert(most < INFINITY);
    ck_assert_msg(most <= least, "round %d: bound %.17g, value %.17g", round,
                  most, least);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(lower_bound_is_the_dual_function) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int round = 0; round < 300; round++) {
    fixture f;
    random_case(&f, rng, _i, (row_kind)(round % ROW_KINDS));
    double nu[MOST_CLASSES];
    random_multipliers(rng, f.objective.fairness == YS_STRONG, nu,
                       f.batch.classes);
    if (f.objective.lambda == 0)
      memset(nu, 0, sizeof nu);
    double bound = ys_lower_bound(&f.objective, nu, &f.scratch);
    double dual = (double)reference_dual(&f.objective, nu);
    double rounding = 1e-14 * (1 + 20 * f.objective.lambda + fabs(dual) +
                               largest(nu, f.batch.classes));
    ck_assert_msg(bound >= dual - 2 * rounding && bound <= dual + rounding,
                  "round %d: %.17g, not %.17g", round, bound, dual);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

/* However wild the multipliers: never a bound of plus infinity, never NaN. */
START_TEST(wild_multipliers_give_a_bound_or_none) {
  const double wild[] = {1,        0,   -1,       5e-324,    DBL_MIN, DBL_MAX,
                         -DBL_MAX, NAN, INFINITY, -INFINITY, 1e-300,  1e300};
  const double lambdas[] = {0, 5e-324, 1e-300, 1, 1e300};
  enum { COUNT = sizeof wild / sizeof *wild };
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int pair = 0; pair < PAIRS; pair++)
    for (size_t l = 0; l < 5; l++) {
      fixture f;
      setup(&f, random_batch(rng, ZEROS, 3, 2), pair, lambdas[l], NULL);
      double *y = case_labels(&f, rng, FLAT);
      double value = judge_dense(&f.objective, y, NULL, &f.scratch).objective;
      for (size_t a = 0; a < COUNT; a++)
        for (size_t b = 0; b < COUNT; b++) {
          double nu[] = {wild[a], wild[b]};
          double bound = ys_lower_bound(&f.objective, nu, &f.scratch);
          ck_assert_msg(bound <= value, "pair %d, lambda %g, nu %g %g: %g > %g",
                        pair, lambdas[l], nu[0], nu[1], bound, value);
          if (!isfinite(nu[0]) || !isfinite(nu[1]))
            ck_assert_double_eq(bound, -INFINITY);
          ys_verdict verdict = judge_dense(&f.objective, y, nu, &f.scratch);
          ck_assert_double_le(verdict.lower_bound, value);
          ck_assert_double_ge(verdict.gap, 0);
        }
      free(y);
      teardown(&f);
    }
  gsl_rng_free(rng);
}
END_TEST

/* ---------------------------------------------------------- the gap ---- */

START_TEST(gap_is_value_minus_dual) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  int compared = 0;
  for (int round = 0; round < 1200; round++) {
    fixture f;
    random_case(&f, rng, _i, (row_kind)(round % ROW_KINDS));
    double *y = case_labels(&f, rng, MIXED);
    ys_verdict verdict = judge_dense(&f.objective, y, NULL, &f.scratch);
    if (isfinite(verdict.objective) && f.scratch.nu[0] < 1e200) {
      real value = reference_value(&f.objective, y);
      real gap = value - reference_dual(&f.objective, f.scratch.nu);
      double level = 1 + f.objective.lambda + fabs((double)value) +
                     largest(f.scratch.nu, f.batch.classes) +
                     (double)fabsl(gap);
      if (isfinite(gap)) {
        /* a true bound, at most some rounding above the exact one */
        ck_assert_msg(verdict.gap >= gap - 1e-18 * level &&
                          verdict.gap <= gap + 2e-14 * level,
                      "round %d: %.17g, not %.17Lg", round, verdict.gap, gap);
        compared++;
      }
      double frank_wolfe = frank_wolfe_dense(&f.objective, y, &f.scratch);
      ck_assert(!isnan(frank_wolfe));
      ck_assert_double_le(verdict.gap, frank_wolfe + 2e-14 * level);
      ck_assert_double_eq(verdict.lower_bound, verdict.objective - verdict.gap);
    }
    free(y);
    teardown(&f);
  }
  ck_assert_int_gt(compared, 200);
  gsl_rng_free(rng);
}
END_TEST

/* A scratch keeps things between calls; they must not show. */
START_TEST(used_scratch_gives_the_same_bits) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int round = 0; round < 200; round++) {
    fixture f;
    ys_scratch fresh;
    random_case(&f, rng, _i, (row_kind)(round % ROW_KINDS));
    for (int use = 0; use < 3; use++) {
      double *y = case_labels(&f, rng, MIXED);
      ck_assert_int_eq(ys_scratch_init(&fresh, &f.objective, NULL), YS_OK);
      ys_verdict used = judge_dense(&f.objective, y, NULL, &f.scratch);
      ys_verdict first = judge_dense(&f.objective, y, NULL, &fresh);
      ck_assert(used.objective == first.objective);
      ck_assert(used.gap == first.gap);
      ck_assert(ys_lower_bound(&f.objective, fresh.nu, &f.scratch) ==
                ys_lower_bound(&f.objective, fresh.nu, &fresh));
      ys_scratch_free(&fresh);
      free(y);
    }
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

/* sum_i sum_k y_ik (G_ik - min_j G_ij) / M, straight from the gradient. */
START_TEST(frank_wolfe_gap_is_that_of_the_gradient) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int round = 0; round < 300; round++) {
    fixture f;
    random_case(&f, rng, _i, (row_kind)(round % ROW_KINDS));
    const size_t n = f.batch.classes, entries = f.batch.rows * n;
    double *y = case_labels(&f, rng, FLAT), *g = malloc(entries * sizeof *g);
    double expected = 0, scale = 1;
    double value = ys_objective_gradient(&f.objective, y, g, &f.scratch);
    for (size_t i = 0; i < f.batch.rows; i++) {
      double least = INFINITY;
      for (size_t k = 0; k < n; k++) {
        least = fmin(least, g[i * n + k]);
        if (y[i * n + k] > 0)
          scale = fmax(scale, fabs(g[i * n + k]));
      }
      for (size_t k = 0; k < n; k++)
        if (y[i * n + k] > 0)
          expected += y[i * n + k] * (g[i * n + k] - least);
    }
    if (isfinite(value))
      ck_assert_double_le(fabs(frank_wolfe_dense(&f.objective, y, &f.scratch) -
                               expected / (double)f.batch.rows),
                          1e-14 * scale);
    free(y);
    free(g);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

/* With lambda = 0 the optimum is in closed form, and the gap is exactly the
 * distance to it. */
START_TEST(without_fairness_the_gap_is_the_distance) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int round = 0; round < 200; round++)
    for (int loss = 0; loss < YS_LOSSES; loss++) {
      fixture f;
      const size_t n = 4;
      setup(&f, random_batch(rng, FLAT, 3, n), loss * YS_FAIRNESSES, 0, NULL);
      double *y = case_labels(&f, rng, FLAT);
      real optimum = 0;
      for (size_t i = 0; i < 3; i++) {
        const double *sigma = f.batch.sigma + i * n;
        real entropy = reference_loss(YS_REVERSE, sigma, sigma, n), top = 0;
        for (size_t k = 0; k < n; k++)
          top = fmaxl(top, sigma[k]);
        optimum += (loss == YS_REVERSE ? entropy : -logl(top)) / 3;
      }
      ys_verdict verdict = judge_dense(&f.objective, y, NULL, &f.scratch);
      assert_close(verdict.gap, verdict.objective - (double)optimum, 3e-14);
      teardown(&f);
      free(y);
    }
  gsl_rng_free(rng);
}
END_TEST

/* ---------------------------------------------- rounding's allowance ---- */

/* With sigma and u uniform the optimum is known, for every loss: ln K. Plain
 * sums over so many classes drift by more than the allowance. */
START_TEST(with_many_classes_no_bound_is_above_the_optimum) {
  const size_t classes[] = {2000, 8106, 30001, 99737};
  const double lambdas[] = {1, 100, 1e4, 1e6};
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (size_t c = 0; c < 4; c++)
    for (size_t l = 0; l < 4; l++) {
      const size_t n = classes[c], rows = 1 + l % 2;
      fixture f;
      ys_batch batch = {.rows = rows,
                        .classes = n,
                        .sigma = calloc(rows * n, sizeof(double))};
      double *y = calloc(rows * n, sizeof *y),
             *prior = calloc(n, sizeof *prior);
      for (size_t i = 0; i < rows * n; i++)
        y[i] = batch.sigma[i] = prior[i % n] = 1 / (double)n;
      const real optimum = -logl(batch.sigma[0]);
      setup(&f, batch, _i, lambdas[l], prior);
      for (int point = 0; point < 2; point++) {
        ys_verdict verdict = judge_dense(&f.objective, y, NULL, &f.scratch);
        ck_assert_double_le(verdict.row_sum_error, 1e-13);
        ck_assert_msg(verdict.lower_bound <= optimum &&
                          verdict.objective + verdict.floor >= optimum,
                      "K %zu, lambda %g: %.17g, %.17g, optimum %.17Lg", n,
                      lambdas[l], verdict.lower_bound, verdict.objective,
                      optimum);
        for (size_t k = 0; k < n; k++)
          prior[k] = f.scratch.nu[k];
        double bound = ys_lower_bound(&f.objective, prior, &f.scratch);
        ck_assert_msg(bound <= optimum, "K %zu, lambda %g, point %d: %.17g", n,
                      lambdas[l], point, bound);
        for (size_t i = 0; i < rows; i++)
          flat_row(rng, y + i * n, n);
      }
      free(y);
      free(prior);
      teardown(&f);
    }
  gsl_rng_free(rng);
}
END_TEST

/* The judge's F of many classes, against long double: rows divided by their
 * sums. */
START_TEST(with_many_classes_the_objective_is_right_to_its_allowance) {
  const size_t classes[] = {31, 33, 257, 8106, 99737};
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (size_t c = 0; c < 5; c++) {
    const size_t n = classes[c];
    fixture f;
    setup(&f, random_batch(rng, FLAT, 2, n), _i, 10, NULL);
    double *y = random_labels(rng, FLAT, 2, n);
    real loss = 0, fairness = 0, sum[2] = {0, 0};
    for (size_t i = 0; i < 2; i++) {
      for (size_t k = 0; k < n; k++)
        sum[i] += y[i * n + k];
      const double *sigma = f.batch.sigma + i * n;
      const real scaled = f.objective.loss == YS_COLLISION ? logl(sum[i]) : 0;
      loss += reference_loss(f.objective.loss, sigma, y + i * n, n) + scaled;
    }
    for (size_t k = 0; k < n; k++) {
      const real u = f.objective.prior[k];
      const real mean = (y[k] / sum[0] + y[n + k] / sum[1]) / 2;
      fairness += f.objective.fairness == YS_STRONG ? u * logl(u / mean)
                                                    : mean * logl(mean / u);
    }
    const real value = loss / 2 + 10 * fairness;
    ys_verdict verdict = judge_dense(&f.objective, y, NULL, &f.scratch);
    ck_assert_msg(fabsl(verdict.objective - value) <= verdict.floor,
                  "K %zu: %.17g, not %.17Lg, allowance %g", n,
                  verdict.objective, value, verdict.floor);
    free(y);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

/* Where ybar is u, lambda times the fairness term is nothing, however large
 * lambda: rows are one row, turned round. */
START_TEST(a_large_lambda_does_not_lower_the_objective) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int round = 0; round < 200; round++) {
    const size_t n = 2 + (size_t)round % 6;
    fixture f;
    double row[MOST_CLASSES];
    setup(&f, random_batch(rng, FLAT, n, n), _i, 1e8, NULL);
    double *y = malloc(n * n * sizeof *y);
    real loss = 0;
    flat_row(rng, row, n);
    for (size_t i = 0; i < n; i++)
      for (size_t k = 0; k < n; k++)
        y[i * n + k] = row[(i + k) % n];
    for (size_t i = 0; i < n; i++)
      loss += reference_loss(f.objective.loss, f.batch.sigma + i * n, y + i * n,
                             n) /
              (real)n;
    assert_close(judge_dense(&f.objective, y, NULL, &f.scratch).objective,
                 (double)loss, 1e-14);
    assert_close(ys_objective_value(&f.objective, y, &f.scratch), (double)loss,
                 1e-14);
    free(y);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

/* What is rounded by as much as itself, in y as the judge reads it and in the
 * sums that it makes of it: products sigma_ik y_ik, and column means. */
static void tiny_labels(gsl_rng *rng, bool products, double *sigma, double *y) {
  const double share = products ? pow(10, -14 - 9.5 * gsl_rng_uniform(rng))
                                : pow(10, -310 - 13.2 * gsl_rng_uniform(rng));
  const double tiny = products ? 1e-300 : 0.25, rest = products ? 0 : share;
  const double sigmas[] = {
      tiny, products ? 1 : 0.5, products ? 0 : 0.25, 0.25, 0.5, 0.25};
  const double ys[] = {share, 0, 1 - share, rest, 0.75 - rest, 0.25};
  const double means[] = {share, 0.5, 0.5 - share, rest, 0.75 - rest, 0.25};
  memcpy(sigma, sigmas, sizeof sigmas);
  memcpy(y, products ? ys : means, sizeof ys);
}

static bool assert_tiny_is_allowed_for(fixture *f, const double *y) {
  const real value = reference_value(&f->objective, y);
  const ys_verdict verdict = judge_dense(&f->objective, y, NULL, &f->scratch);
  const double error = (double)fabsl(verdict.objective - value);
  const real gap = value - reference_dual(&f->objective, f->scratch.nu);
  if (isfinite(verdict.gap)) /* infinite where y's own multipliers are */
    ck_assert_msg(verdict.gap >= gap && verdict.lower_bound <= value - gap,
                  "%g: off by %g, gap %.17g, not %.17Lg", y[0], error,
                  verdict.gap, gap);
  ck_assert_msg(error <= verdict.floor, "%g: off by %g, allowance %g", y[0],
                error, verdict.floor);
  return error > 1e-6;
}

START_TEST(numbers_of_subnormal_size_are_allowed_for) {
  const double prior[] = {0.35, 0.6, 0.05};
  const bool products = _i >= PAIRS;
  const int pair = _i % PAIRS;
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  int rough = 0;
  for (int round = 0; round < 300; round++) {
    fixture f;
    double y[6];
    ys_batch batch = {
        .rows = 2, .classes = 3, .sigma = calloc(6, sizeof(double))};
    tiny_labels(rng, products, batch.sigma, y);
    setup(&f, batch, pair, 1, prior);
    rough += assert_tiny_is_allowed_for(&f, y);
    teardown(&f);
  }
  if (products || pair % YS_FAIRNESSES == YS_STRONG)
    ck_assert_int_gt(rough, 0);
  gsl_rng_free(rng);
}
END_TEST

/* nu_k ybar_k / lambda, too: y is the optimum but for a class of next to no
 * prior, and so are the multipliers that the solver offers. */
START_TEST(a_subnormal_mean_at_a_hint_is_allowed_for) {
  const double prior[] = {1.5e-13, 0.5, 0.5}, tiny = 60 * DBL_TRUE_MIN;
  const double y[] = {tiny, 1, 0, tiny, 0, 1}, sigma[] = {0, 1, 0, 0, 0, 1};
  for (int i = 51; i < 100; i++) {
    fixture f;
    const double hint[] = {i / 6000., 1, 1};
    ys_batch batch = {
        .rows = 2, .classes = 3, .sigma = calloc(6, sizeof(double))};
    memcpy(batch.sigma, sigma, sizeof sigma);
    setup(&f, batch, YS_STRONG, 1, prior);
    real gap =
        reference_value(&f.objective, y) - reference_dual(&f.objective, hint);
    ys_verdict verdict = judge_dense(&f.objective, y, hint, &f.scratch);
    ck_assert_msg(verdict.gap >= gap && verdict.gap < 2e-10,
                  "%g: gap %.17g, not %.17Lg", hint[0], verdict.gap, gap);
    teardown(&f);
  }
}
END_TEST

/* A class that is nearly empty has a huge multiplier, and rounding then may do
 * much; but that is the point's fault, not the problem's. */
START_TEST(the_floor_is_that_of_an_optimum) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  fixture f;
  setup(&f, random_batch(rng, FLAT, 8, 3), _i, 1, NULL);
  double *y = case_labels(&f, rng, FLAT);
  for (size_t i = 0; i < 8; i++) {
    y[3 * i] = 1e-15;
    y[3 * i + 1] = 0.5;
    y[3 * i + 2] = 0.5;
  }
  ys_verdict verdict = judge_dense(&f.objective, y, NULL, &f.scratch);
  ck_assert_double_lt(verdict.floor, 1e-12);
  ck_assert_double_gt(verdict.gap, 1e-3);
  free(y);
  teardown(&f);
  gsl_rng_free(rng);
}
END_TEST

/* ------------------------------------------------------ feasibility ---- */

START_TEST(the_judge_measures_feasibility) {
  double sigma[] = {0.5, 0.5, 0.25, 0.75};
  double y[] = {0.5, 0.5 + 1e-9, -1e-13, 1}, off[] = {0.5, 0.5, -1e-6, 1};
  ys_batch batch = {.rows = 2, .classes = 2, .sigma = sigma};
  fixture f = {.batch = batch};
  ys_objective_init(&f.objective, &batch, YS_COLLISION, YS_STRONG, 1, NULL, 1,
                    NULL);
  ys_scratch_init(&f.scratch, &f.objective, NULL);
  ys_verdict verdict = judge_dense(&f.objective, y, NULL, &f.scratch);
  assert_close(verdict.row_sum_error, 1e-9, 1e-15);
  ck_assert_double_eq(verdict.least_entry, -1e-13);
  ck_assert(isfinite(verdict.objective) && isfinite(verdict.gap));
  verdict = judge_dense(&f.objective, off, NULL, &f.scratch);
  ck_assert_double_eq(verdict.objective, INFINITY);
  ck_assert_double_eq(verdict.gap, INFINITY);
  ck_assert_double_eq(verdict.lower_bound, -INFINITY);
  ck_assert_double_eq(verdict.least_entry, -1e-6);
  ys_scratch_free(&f.scratch);
  ys_objective_free(&f.objective);
}
END_TEST

/* Scaling a row of y does not help: it is judged after dividing by its sum. */
START_TEST(the_judge_divides_rows_by_their_sums) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  fixture f;
  setup(&f, random_batch(rng, FLAT, 4, 3), _i, 1, NULL);
  double *y = case_labels(&f, rng, FLAT);
  ys_verdict before = judge_dense(&f.objective, y, NULL, &f.scratch);
  for (size_t k = 0; k < 3; k++)
    y[k] *= 4;
  ys_verdict after = judge_dense(&f.objective, y, NULL, &f.scratch);
  assert_close(after.objective, before.objective, 1e-15);
  assert_close(after.gap, before.gap, 1e-14);
  assert_close(after.row_sum_error, 3, 1e-15);
  free(y);
  teardown(&f);
  gsl_rng_free(rng);
}
END_TEST

START_TEST(the_judge_takes_nonsense) {
  const double bad[] = {NAN, INFINITY, -INFINITY, -1};
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int pair = 0; pair < PAIRS; pair++)
    for (size_t b = 0; b < 4; b++)
      for (int lambda = 0; lambda < 2; lambda++) {
        fixture f;
        setup(&f, random_batch(rng, FLAT, 4, 3), pair, lambda, NULL);
        double *y = case_labels(&f, rng, FLAT);
        y[4] = bad[b];
        ys_verdict verdict = judge_dense(&f.objective, y, NULL, &f.scratch);
        ck_assert_double_eq(verdict.objective, INFINITY);
        ck_assert_double_eq(verdict.gap, INFINITY);
        ck_assert_double_eq(verdict.lower_bound, -INFINITY);
        free(y);
        teardown(&f);
      }
  gsl_rng_free(rng);
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("certificate");
  TCase *bounds = tcase_create("bounds");
  tcase_add_loop_test(bounds, no_bound_is_above_any_value, 0, PAIRS);
  tcase_add_loop_test(bounds, lower_bound_is_the_dual_function, 0, PAIRS);
  tcase_add_test(bounds, wild_multipliers_give_a_bound_or_none);
  suite_add_tcase(s, bounds);
  TCase *gaps = tcase_create("gaps");
  tcase_add_loop_test(gaps, gap_is_value_minus_dual, 0, PAIRS);
  tcase_add_loop_test(gaps, used_scratch_gives_the_same_bits, 0, PAIRS);
  tcase_add_loop_test(gaps, frank_wolfe_gap_is_that_of_the_gradient, 0, PAIRS);
  tcase_add_test(gaps, without_fairness_the_gap_is_the_distance);
  suite_add_tcase(s, gaps);
  TCase *rounding = tcase_create("rounding");
  tcase_add_loop_test(rounding, with_many_classes_no_bound_is_above_the_optimum,
                      0, PAIRS);
  tcase_add_loop_test(rounding,
                      with_many_classes_the_objective_is_right_to_its_allowance,
                      0, PAIRS);
  tcase_add_loop_test(rounding, numbers_of_subnormal_size_are_allowed_for, 0,
                      PAIRS + YS_FAIRNESSES);
  tcase_add_test(rounding, a_subnormal_mean_at_a_hint_is_allowed_for);
  tcase_add_loop_test(rounding, the_floor_is_that_of_an_optimum, 0, PAIRS);
  tcase_add_loop_test(rounding, a_large_lambda_does_not_lower_the_objective, 0,
                      PAIRS);
  suite_add_tcase(s, rounding);
  TCase *judge = tcase_create("judge");
  tcase_add_test(judge, the_judge_measures_feasibility);
  tcase_add_loop_test(judge, the_judge_divides_rows_by_their_sums, 0, PAIRS);
  tcase_add_test(judge, the_judge_takes_nonsense);
  suite_add_tcase(s, judge);
  return s;
}

int main(void) {
  return run_suite(suite());
}
