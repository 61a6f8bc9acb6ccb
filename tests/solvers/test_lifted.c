/* The lifted form of the y-step: the same objective, derivatives and their
 * patterns against differences, the equations, and the way back to y. */
#include "tests/support/fixture.h"

#include "solvers/rivals/lifted.h"

enum { WIDE = YS_MOST_DENSE_CLASSES + 1, FORMS = 3 };

/* Few classes, more than there are dense blocks for, and no fairness. */
static void make_case(fixture *f, gsl_rng *rng, int pair, int form) {
  size_t rows = form == 1 ? 3 : 5, classes = form == 1 ? WIDE : 4;
  double prior[WIDE];
  flat_row(rng, prior, classes);
  setup(f, random_batch(rng, form == 2 ? ZEROS : FLAT, rows, classes), pair,
        form == 2 ? 0 : 1.7, prior);
}

/* Positive, but off the equations. */
static double *random_point(const ys_lifted *p, gsl_rng *rng) {
  double *v = malloc(p->variables * sizeof *v);
  for (size_t j = 0; j < p->variables; j++)
    v[j] = 0.2 + gsl_rng_uniform(rng);
  for (size_t j = 0; j < p->labels && p->objective->loss == YS_SHANNON; j++)
    if (p->objective->batch->sigma[j] == 0)
      v[j] = 0;
  return v;
}

static void each_case(void (*check)(const ys_lifted *, fixture *, gsl_rng *)) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int pair = 0; pair < PAIRS; pair++)
    for (int form = 0; form < FORMS; form++) {
      fixture f;
      make_case(&f, rng, pair, form);
      ys_lifted p = ys_lifted_make(&f.objective);
      check(&p, &f, rng);
      teardown(&f);
    }
  gsl_rng_free(rng);
}

static double *zeros(size_t count) {
  double *all = calloc(count, sizeof *all);
  ck_assert_ptr_nonnull(all);
  return all;
}

/* --------------------------------------------------------------- value ---- */

static void check_start(const ys_lifted *p, fixture *f, gsl_rng *rng) {
  const size_t m = f->batch.rows;
  double *y = case_labels(f, rng, FLAT), *back = zeros(p->labels);
  double *v = zeros(p->variables), *g = zeros(p->constraints);
  double *targets = zeros(p->constraints);
  ys_lifted_start(p, y, v);
  assert_close(ys_lifted_value(p, v),
               (double)m * ys_objective_value(&f->objective, y, &f->scratch),
               1e-13);
  ys_lifted_constraints(p, v, g);
  ys_lifted_targets(p, targets);
  for (size_t j = 0; j < p->constraints; j++) {
    assert_close(g[j], targets[j], 1e-14);
    ck_assert_double_eq(targets[j], j < m ? 1 : 0);
  }
  ys_lifted_labels(p, v, back);
  for (size_t j = 0; j < p->labels; j++)
    assert_close(back[j], y[j], 1e-15);
  free(y);
  free(back);
  free(v);
  free(g);
  free(targets);
}

START_TEST(it_is_the_same_objective) {
  each_case(check_start);
}
END_TEST

/* Change the sign of v[begin ... end). */
static void expect_infinite(const ys_lifted *p, double *v, size_t begin,
                            size_t end) {
  ck_assert(isfinite(ys_lifted_value(p, v)));
  for (size_t j = begin; j < end; j++)
    v[j] = -v[j];
  ck_assert_double_eq(ys_lifted_value(p, v), INFINITY);
  for (size_t j = begin; j < end; j++)
    v[j] = -v[j];
}

static void check_domain(const ys_lifted *p, fixture *f, gsl_rng *rng) {
  double *v = random_point(p, rng);
  if (p->sums)
    expect_infinite(p, v, p->variables - 1, p->variables);
  if (p->products)
    expect_infinite(p, v, p->labels, p->labels + 1);
  else if (f->objective.loss != YS_SHANNON)
    expect_infinite(p, v, 0, f->batch.classes);
  free(v);
}

START_TEST(outside_the_domain_it_is_infinite) {
  each_case(check_domain);
}
END_TEST

/* --------------------------------------------------------- derivatives ---- */

/* (f(v + h e_j) - f(v - h e_j)) / 2h of a vector function. */
typedef void vector_function(const ys_lifted *, const double *, double *);

static void difference(const ys_lifted *p, vector_function *f, double *v,
                       size_t j, size_t length, double *out) {
  const double h = 1e-5, at = v[j];
  double *low = zeros(length);
  v[j] = at - h;
  f(p, v, low);
  v[j] = at + h;
  f(p, v, out);
  v[j] = at;
  for (size_t i = 0; i < length; i++)
    out[i] = (out[i] - low[i]) / (2 * h);
  free(low);
}

static void value_of(const ys_lifted *p, const double *v, double *out) {
  *out = ys_lifted_value(p, v);
}

/* No difference at y_ik = 0, which shannon's bounds fix. */
static bool is_fixed(const ys_lifted *p, size_t j) {
  return p->objective->loss == YS_SHANNON && j < p->labels &&
         p->objective->batch->sigma[j] == 0;
}

static void check_gradient(const ys_lifted *p, fixture *f, gsl_rng *rng) {
  double *v = random_point(p, rng), *gradient = zeros(p->variables), slope;
  (void)f;
  ys_lifted_gradient(p, v, gradient);
  for (size_t j = 0; j < p->variables; j++) {
    if (is_fixed(p, j))
      continue;
    difference(p, value_of, v, j, 1, &slope);
    assert_close(gradient[j], slope, 1e-8);
  }
  free(v);
  free(gradient);
}

START_TEST(the_gradient_is_the_slope) {
  each_case(check_gradient);
}
END_TEST

/* The whole matrix, so that no entry is missing from the pattern. */
static void check_hessian(const ys_lifted *p, fixture *f, gsl_rng *rng) {
  const size_t n = p->variables;
  const double factor = 0.3;
  int *rows = calloc(p->hessian + 1, sizeof *rows);
  int *columns = calloc(p->hessian + 1, sizeof *columns);
  double *v = random_point(p, rng), *values = zeros(p->hessian + 1);
  double *matrix = zeros(n * n), *column = zeros(n);
  (void)f;
  ys_lifted_hessian_pattern(p, rows, columns);
  ys_lifted_hessian(p, v, factor, values);
  for (size_t e = 0; e < p->hessian; e++) {
    ck_assert(0 <= columns[e] && columns[e] <= rows[e] && rows[e] < (int)n);
    matrix[(size_t)columns[e] * n + (size_t)rows[e]] += values[e];
  }
  for (size_t j = 0; j < n; j++) {
    difference(p, ys_lifted_gradient, v, j, n, column);
    for (size_t i = j; i < n; i++)
      assert_close(matrix[j * n + i], factor * column[i], 1e-7);
  }
  free(rows);
  free(columns);
  free(v);
  free(values);
  free(matrix);
  free(column);
}

START_TEST(the_hessian_is_the_gradients_slope) {
  each_case(check_hessian);
}
END_TEST

static void check_jacobian(const ys_lifted *p, fixture *f, gsl_rng *rng) {
  const size_t n = p->variables, m = p->constraints;
  int *rows = calloc(p->jacobian, sizeof *rows);
  int *columns = calloc(p->jacobian, sizeof *columns);
  double *v = random_point(p, rng), *values = zeros(p->jacobian);
  double *matrix = zeros(m * n), *column = zeros(m);
  (void)f;
  ys_lifted_jacobian(p, (ys_entries){rows, columns, NULL});
  ys_lifted_jacobian(p, (ys_entries){.values = values});
  for (size_t e = 0; e < p->jacobian; e++)
    matrix[(size_t)columns[e] * m + (size_t)rows[e]] += values[e];
  for (size_t j = 0; j < n; j++) {
    difference(p, ys_lifted_constraints, v, j, m, column);
    for (size_t i = 0; i < m; i++)
      assert_close(matrix[j * m + i], column[i], 1e-9);
  }
  free(rows);
  free(columns);
  free(v);
  free(values);
  free(matrix);
  free(column);
}

START_TEST(the_jacobian_is_the_equations_slope) {
  each_case(check_jacobian);
}
END_TEST

/* Ten times the classes cost ten times the entries, not a hundred: the dense
 * blocks are for few classes. */
START_TEST(many_classes_have_a_sparse_form) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  fixture f;
  make_case(&f, rng, 0, 1);
  ys_lifted p = ys_lifted_make(&f.objective);
  ck_assert_uint_eq(p.products, f.batch.rows);
  ck_assert_uint_eq(p.hessian, f.batch.rows + f.batch.classes);
  ck_assert_uint_le(p.jacobian, 3 * p.labels + p.products + p.sums);
  teardown(&f);
  gsl_rng_free(rng);
}
END_TEST

/* -------------------------------------------------- bounds, the way back ----
 */

START_TEST(infinite_losses_are_fixed_at_zero) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  size_t fixed = 0;
  for (int pair = 0; pair < PAIRS; pair++) {
    fixture f;
    setup(&f, random_batch(rng, ZEROS, 6, 4), pair, 1, NULL);
    ys_lifted p = ys_lifted_make(&f.objective);
    double *lower = zeros(2 * p.variables), *upper = lower + p.variables;
    ys_lifted_bounds(&p, lower, upper);
    for (size_t j = 0; j < p.variables; j++) {
      ck_assert_double_eq(lower[j], 0);
      ck_assert_double_eq(upper[j], is_fixed(&p, j) ? 0 : INFINITY);
      fixed += is_fixed(&p, j);
    }
    free(lower);
    teardown(&f);
  }
  ck_assert_uint_gt(fixed, 0);
  gsl_rng_free(rng);
}
END_TEST

START_TEST(any_point_gives_labels) {
  double sigma[9] = {0.2, 0.3, 0.5, 0.2, 0.3, 0.5, 0.2, 0.3, 0.5};
  double prior[3] = {0.2, 0.3, 0.5};
  const ys_batch batch = {.rows = 3, .classes = 3, .sigma = sigma};
  const ys_objective objective = {&batch, YS_SHANNON, YS_WEAK, 0, prior, 1};
  const ys_lifted p = ys_lifted_make(&objective);
  const double v[9] = {3, -1e-9, 1, -1, 0, -2, 1e-200, 1e-200, 2e-200};
  double y[9] = {9, 9, 9, 0.1, 0.2, 0.7, 9, 9, 9};
  const double expected[9] = {0.75, 0, 0.25, 0.1, 0.2, 0.7, 0.25, 0.25, 0.5};
  ys_lifted_labels(&p, v, y);
  for (size_t j = 0; j < 9; j++)
    assert_close(y[j], expected[j], 1e-15);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("lifted");
  TCase *tests = tcase_create("program");
  tcase_add_test(tests, it_is_the_same_objective);
  tcase_add_test(tests, outside_the_domain_it_is_infinite);
  tcase_add_test(tests, the_gradient_is_the_slope);
  tcase_add_test(tests, the_hessian_is_the_gradients_slope);
  tcase_add_test(tests, the_jacobian_is_the_equations_slope);
  tcase_add_test(tests, many_classes_have_a_sparse_form);
  tcase_add_test(tests, infinite_losses_are_fixed_at_zero);
  tcase_add_test(tests, any_point_gives_labels);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
