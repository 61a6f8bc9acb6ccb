/* The edge of the objective's domain: zeros and infinities, where an infinite
 * objective is located, and the settings that are refused. */
#include "tests/support/dense.h"
#include "tests/support/fixture.h"

#define assert_says(text, part)                                                \
  ck_assert_msg(strstr(text, part), "'%s' lacks '%s'", text, part)

/* --------------------------------------------- zeros and infinities ---- */

/* A 2 x 2 case, written out: sigma and y row by row. */
static double small_value(int loss, int fairness, double lambda,
                          const double *sigma, const double *y) {
  ys_batch batch = {.rows = 2, .classes = 2, .sigma = (double *)sigma};
  ys_objective objective;
  ys_scratch scratch;
  ys_objective_init(&objective, &batch, (ys_loss)loss, (ys_fairness)fairness,
                    lambda, NULL, 1, NULL);
  ys_scratch_init(&scratch, &objective, NULL);
  double gradient[4], value = ys_objective_value(&objective, y, &scratch);
  ck_assert(!isnan(value));
  ys_objective_gradient(&objective, y, gradient, &scratch);
  if (isfinite(value))
    for (int e = 0; e < 4; e++)
      ck_assert_msg(!isnan(gradient[e]), "entry %d of the gradient", e);
  ys_scratch_free(&scratch);
  ys_objective_free(&objective);
  return value;
}

START_TEST(zero_times_logarithm_is_zero) {
  const double one_hot[] = {1, 0, 0, 1}, left[] = {1, 0, 1, 0};
  const double half[] = {0.5, 0.5, 0.5, 0.5};
  for (int fairness = 0; fairness < YS_FAIRNESSES; fairness++)
    for (int loss = 0; loss < YS_LOSSES; loss++)
      ck_assert_double_eq(small_value(loss, fairness, 1, one_hot, one_hot), 0);
  assert_close(small_value(YS_COLLISION, YS_WEAK, 1, half, left), 2 * log(2),
               1e-15);
  assert_close(small_value(YS_SHANNON, YS_WEAK, 1, left, left), log(2), 1e-15);
  assert_close(small_value(YS_REVERSE, YS_WEAK, 3, left, left), 3 * log(2),
               1e-15);
}
END_TEST

START_TEST(outside_the_domain_is_infinite) {
  const double one_hot[] = {1, 0, 0, 1}, swapped[] = {0, 1, 1, 0};
  const double half[] = {0.5, 0.5, 0.5, 0.5}, left[] = {1, 0, 1, 0};
  for (int fairness = 0; fairness < YS_FAIRNESSES; fairness++) {
    for (int loss = 0; loss < YS_LOSSES; loss++)
      ck_assert_double_eq(small_value(loss, fairness, 1, one_hot, swapped),
                          INFINITY);
    ck_assert_double_eq(small_value(YS_SHANNON, fairness, 0, one_hot, half),
                        INFINITY);
    ck_assert_double_eq(small_value(YS_REVERSE, fairness, 0, half, one_hot),
                        INFINITY);
  }
  ck_assert_double_eq(small_value(YS_COLLISION, YS_STRONG, 1, half, left),
                      INFINITY);
  assert_close(small_value(YS_COLLISION, YS_STRONG, 0, half, left), log(2),
               1e-15);
}
END_TEST

/* No entry of y, however wrong, turns the value into NaN or minus infinity. */
START_TEST(nonsense_is_infinite_or_a_number) {
  const double bad[] = {NAN, INFINITY, -INFINITY, -1, -1e-3, 0, 1e300, 5e-324};
  const double sigmas[][4] = {{0.5, 0.5, 0.5, 0.5},
                              {1, 0, 0, 1},
                              {0, 1, 0, 1},
                              {1 - 1e-16, 1e-320, 0.3, 0.7}};
  for (int pair = 0; pair < PAIRS; pair++)
    for (size_t s = 0; s < 4; s++)
      for (size_t b = 0; b < 8; b++)
        for (size_t e = 0; e < 4; e++)
          for (int all = 0; all < 2; all++) {
            double y[] = {0.5, 0.5, 0.25, 0.75};
            for (size_t j = 0; j < 4; j++)
              y[j] = all || j == e ? bad[b] : y[j];
            double value = small_value(pair / 2, pair % 2, 1, sigmas[s], y);
            ck_assert_msg(value > -INFINITY, "pair %d, sigma %zu, y[%zu] = %g",
                          pair, s, e, bad[b]);
          }
}
END_TEST

START_TEST(gradient_is_a_number_wherever_the_value_is) {
  const double tiny[] = {1e-320, 1, 0, 1}, left[] = {1, 0, 1, 0};
  const double mixed[] = {1, 0, 0.5, 0.5}, dead[] = {1, 0, 1, 0};
  ck_assert_double_gt(small_value(YS_COLLISION, YS_WEAK, 1, tiny, mixed), 300);
  ck_assert_double_lt(small_value(YS_SHANNON, YS_WEAK, 1, dead, left), 1);
  ck_assert_double_lt(small_value(YS_SHANNON, YS_STRONG, 0, dead, left), 1);
  ck_assert_double_lt(small_value(YS_REVERSE, YS_WEAK, 1, dead, left), 1);
}
END_TEST

START_TEST(shannon_gradient_is_infinite_at_a_zero_of_sigma) {
  ys_batch batch;
  labelled f;
  ys_batch_alloc(&batch, "test", 1, 2, NULL);
  double *y = malloc(2 * sizeof *y);
  batch.sigma[0] = y[0] = 1;
  batch.sigma[1] = y[1] = 0;
  setup(&f.at, batch, YS_SHANNON * YS_FAIRNESSES + YS_WEAK, 1, NULL);
  add_labels(&f, y);
  ys_objective_gradient(&f.at.objective, y, f.gradient, &f.at.scratch);
  assert_close(f.gradient[0], log(2) + 1, 1e-15);
  ck_assert_double_eq(f.gradient[1], INFINITY);
  drop_labelled(&f);
}
END_TEST

START_TEST(without_lambda_there_is_no_fairness) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int loss = 0; loss < YS_LOSSES; loss++) {
    labelled strong, weak;
    double *y = random_labels(rng, FLAT, 5, 3);
    double *copy = malloc(15 * sizeof *copy);
    memcpy(copy, y, 15 * sizeof *y);
    ys_batch batch = random_batch(rng, FLAT, 5, 3);
    ys_batch again;
    ys_batch_alloc(&again, "test", 5, 3, NULL);
    memcpy(again.sigma, batch.sigma, 15 * sizeof(double));
    setup(&strong.at, batch, loss * 2, 0, NULL);
    add_labels(&strong, y);
    setup(&weak.at, again, loss * 2 + 1, 0, NULL);
    add_labels(&weak, copy);
    double a = ys_objective_gradient(&strong.at.objective, y, strong.gradient,
                                     &strong.at.scratch);
    double b = ys_objective_gradient(&weak.at.objective, copy, weak.gradient,
                                     &weak.at.scratch);
    ck_assert_double_eq(a, b);
    for (size_t k = 0; k < 3; k++)
      ck_assert_double_eq(strong.at.scratch.nu[k], 0);
    ck_assert_mem_eq(strong.gradient, weak.gradient, 15 * sizeof(double));
    drop_labelled(&strong);
    drop_labelled(&weak);
  }
  gsl_rng_free(rng);
}
END_TEST

/* -------------------------------------------------- where it breaks ---- */

static ys_code finite_at(ys_loss loss, ys_fairness fairness,
                         const double *sigma, const double *y,
                         ys_error *error) {
  ys_batch batch = {.rows = 3, .classes = 2, .sigma = (double *)sigma};
  ys_objective objective;
  ys_scratch scratch;
  ys_objective_init(&objective, &batch, loss, fairness, 1, NULL, 1, NULL);
  ys_scratch_init(&scratch, &objective, NULL);
  ys_code code = check_dense(&objective, y, &scratch, error);
  ys_scratch_free(&scratch);
  ys_objective_free(&objective);
  return code;
}

START_TEST(an_infinite_objective_is_located) {
  const double half[] = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
  const double left[] = {1, 0, 1, 0, 1, 0}, right[] = {0, 1, 0, 1, 0, 1};
  const double last[] = {0.5, 0.5, 0.5, 0.5, 1, 0};
  const double wrong[] = {0.5, 0.5, 0.5, 0.5, 0, 1};
  ys_error error;
  for (int pair = 0; pair < PAIRS; pair++)
    ck_assert_int_eq(finite_at((ys_loss)(pair / 2), (ys_fairness)(pair % 2),
                               half, half, &error),
                     YS_OK);
  ck_assert_int_eq(finite_at(YS_COLLISION, YS_STRONG, half, left, &error),
                   YS_BAD_NUMERICS);
  assert_says(error.text, "column 1");
  ck_assert_int_eq(finite_at(YS_SHANNON, YS_STRONG, half, right, &error),
                   YS_BAD_NUMERICS);
  assert_says(error.text, "column 0");
  ck_assert_int_eq(finite_at(YS_COLLISION, YS_WEAK, half, left, &error), YS_OK);
  ck_assert_int_eq(finite_at(YS_COLLISION, YS_STRONG, last, wrong, &error),
                   YS_BAD_NUMERICS);
  assert_says(error.text, "collision loss of row 2");
  ck_assert_int_eq(finite_at(YS_SHANNON, YS_WEAK, last, half, &error),
                   YS_BAD_NUMERICS);
  assert_says(error.text, "shannon loss of row 2");
  ck_assert_int_eq(finite_at(YS_REVERSE, YS_WEAK, half, last, &error),
                   YS_BAD_NUMERICS);
  assert_says(error.text, "reverse loss of row 2");
}
END_TEST

START_TEST(not_a_number_is_located_in_its_row) {
  const double half[] = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
  const double y[] = {0.5, 0.5, NAN, 0.5, 0.5, 0.5};
  ys_error error;
  for (int pair = 0; pair < PAIRS; pair++) {
    ck_assert_int_eq(finite_at((ys_loss)(pair / 2), (ys_fairness)(pair % 2),
                               half, y, &error),
                     YS_BAD_NUMERICS);
    assert_says(error.text, "row 1");
  }
}
END_TEST

/* ----------------------------------------------------------- set-up ---- */

static ys_code init(double lambda, const double *prior, ys_objective *objective,
                    ys_error *error) {
  static double sigma[] = {0.2, 0.3, 0.5};
  static const ys_batch batch = {.rows = 1, .classes = 3, .sigma = sigma};
  return ys_objective_init(objective, &batch, YS_COLLISION, YS_STRONG, lambda,
                           prior, 1, error);
}

START_TEST(priors_are_normalised) {
  ys_objective objective;
  const double off[] = {0.2, 0.3, 0.50005};
  ck_assert_int_eq(init(1, NULL, &objective, NULL), YS_OK);
  for (int k = 0; k < 3; k++)
    ck_assert_double_eq(objective.prior[k], 1 / 3.0);
  ys_objective_free(&objective);
  ck_assert_int_eq(init(1, off, &objective, NULL), YS_OK);
  for (int k = 0; k < 3; k++)
    assert_close(objective.prior[k], off[k] / 1.00005, 1e-15);
  ys_objective_free(&objective);
  ck_assert_ptr_null(objective.prior);
}
END_TEST

START_TEST(bad_priors_are_refused) {
  const struct {
    double prior[3];
    const char *says;
  } cases[] = {
      {{0.5, 0, 0.5}, "entry 1 is 0"},
      {{0.5, 0.7, -0.2}, "entry 2 is -0.2"},
      {{NAN, 0.5, 0.5}, "entry 0"},
      {{0.5, 0.5, INFINITY}, "entry 2 is inf"},
      {{0.5, 0.5, 0.5}, "sum to 1.5"},
      {{0.3, 0.3, 0.3}, "sum to 0.9"},
      {{0.3, 0.3, 0.4002}, "sum to 1.0002"},
  };
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    ys_objective objective;
    ys_error error;
    ck_assert_int_eq(init(1, cases[c].prior, &objective, &error), YS_BAD_INPUT);
    assert_says(error.text, cases[c].says);
    assert_says(error.text, "prior");
    ck_assert_ptr_null(objective.prior);
  }
}
END_TEST

START_TEST(bad_lambdas_are_refused) {
  const double bad[] = {-1, -1e-300, NAN, INFINITY, -INFINITY};
  for (size_t c = 0; c < sizeof bad / sizeof *bad; c++) {
    ys_objective objective;
    ys_error error;
    ck_assert_int_eq(init(bad[c], NULL, &objective, &error), YS_BAD_INPUT);
    assert_says(error.text, "lambda");
    ck_assert_ptr_null(objective.prior);
  }
}
END_TEST

START_TEST(names_are_those_of_the_command_line) {
  ck_assert_str_eq(ys_loss_name(YS_COLLISION), "collision");
  ck_assert_str_eq(ys_loss_name(YS_SHANNON), "shannon");
  ck_assert_str_eq(ys_loss_name(YS_REVERSE), "reverse");
  ck_assert_str_eq(ys_fairness_name(YS_STRONG), "strong");
  ck_assert_str_eq(ys_fairness_name(YS_WEAK), "weak");
  assert_says(ys_loss_formula(YS_COLLISION), "-ln(sigma . y)");
  assert_says(ys_loss_formula(YS_SHANNON), "y_k ln sigma_k");
  assert_says(ys_loss_formula(YS_REVERSE), "sigma_k ln y_k");
  assert_says(ys_fairness_formula(YS_STRONG), "u_k ln(u_k / ybar_k)");
  assert_says(ys_fairness_formula(YS_WEAK), "ybar_k ln(ybar_k / u_k)");
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("domain");
  TCase *edges = tcase_create("edges");
  tcase_add_test(edges, zero_times_logarithm_is_zero);
  tcase_add_test(edges, outside_the_domain_is_infinite);
  tcase_add_test(edges, nonsense_is_infinite_or_a_number);
  tcase_add_test(edges, gradient_is_a_number_wherever_the_value_is);
  tcase_add_test(edges, shannon_gradient_is_infinite_at_a_zero_of_sigma);
  tcase_add_test(edges, without_lambda_there_is_no_fairness);
  tcase_add_test(edges, an_infinite_objective_is_located);
  tcase_add_test(edges, not_a_number_is_located_in_its_row);
  suite_add_tcase(s, edges);
  TCase *settings = tcase_create("settings");
  tcase_add_test(settings, priors_are_normalised);
  tcase_add_test(settings, bad_priors_are_refused);
  tcase_add_test(settings, bad_lambdas_are_refused);
  tcase_add_test(settings, names_are_those_of_the_command_line);
  suite_add_tcase(s, settings);
  return s;
}

int main(void) {
  return run_suite(suite());
}
