/* One row's part of the certificate, against brute force in long double. */
#include "problems/objective/collision_tile.h"
#include "problems/objective/rowbound.h"
#include "tests/support/reference.h"

/* ------------------------------- collision's rows, as one lane of a tile ----
 *
 * The other lanes hold the row with its classes turned round, another problem
 * as far as the kernel is concerned; any lane must give the row's number. */

enum { MOST_LANES = 400 };

static void fill_lanes(const double *row, size_t n, size_t lane,
                       ys_lanes *columns) {
  for (size_t k = 0; k < n; k++)
    for (size_t l = 0; l < YS_LANES; l++)
      columns[k][l] = row[l == lane ? k : n - 1 - k];
}

static ys_lines lines_of(const ys_lanes *columns, const double *nu, size_t n,
                         uint32_t *top) {
  for (size_t l = 0; l < YS_LANES; l++) {
    top[l] = 0;
    for (size_t k = 1; k < n; k++)
      if (columns[k][l] > columns[top[l]][l])
        top[l] = (uint32_t)k;
  }
  return (ys_lines){columns, 1, YS_LANES, n, nu, ys_left_class(nu, n), top};
}

static double row_dual(ys_loss loss, const double *sigma, const double *nu,
                       size_t n) {
  static ys_lanes s[MOST_LANES];
  if (loss != YS_COLLISION)
    return ys_row_dual(loss, sigma, nu, n);
  const size_t lane = n % YS_LANES;
  fill_lanes(sigma, n, lane, s);
  ys_cuts cuts[YS_GROUPS] = {{.t = {0}}};
  uint32_t top[YS_LANES];
  const ys_lines lines = lines_of(s, nu, n, top);
  ys_outer_lines(&lines, cuts);
  ys_best_scalars(&lines, NULL, cuts);
  return 1 + log(cuts->t[lane]) - cuts->highest[lane];
}

static ys_row_gap row_gap(ys_loss loss, const double *sigma, const double *y,
                          const double *nu, size_t n) {
  static ys_lanes s[MOST_LANES], p[MOST_LANES];
  if (loss != YS_COLLISION)
    return ys_row_gap_at(loss, sigma, y, nu, n);
  const size_t lane = n % YS_LANES;
  ys_lanes sum = {0}, x = {0};
  fill_lanes(sigma, n, lane, s);
  fill_lanes(y, n, lane, p);
  for (size_t k = 0; k < n; k++) {
    sum += p[k];
    x += s[k] * p[k];
  }
  ys_tile_gap g;
  x /= sum;
  uint32_t top[YS_LANES];
  const ys_lines lines = lines_of(s, nu, n, top);
  ys_collision_gaps(&lines, p, &sum, &x, &g);
  return (ys_row_gap){g.gap[lane], g.frank_wolfe[lane], g.level[lane]};
}

/* In lanes as by itself. */
static double log_excess(double r) {
  double found = ys_log_excess(r);
  double lane = ys_lanes_log_excess((ys_lanes){1, r, 2, 3})[1];
  ck_assert_double_le(fabs(lane - found), 2e-16 * (fabs(r - 1) + fabs(log(r))));
  return lane;
}

START_TEST(logarithm_is_the_librarys) {
  for (int e = -1074; e < 1024; e++)
    for (double m = 1; m < 2; m += 0.0037) {
      double x = ldexp(m, e), exact = (double)logl((real)x);
      double found = ys_lanes_logarithm((ys_lanes){x, 1, x, 2})[2];
      ck_assert_msg(fabs(found - exact) <= 1.2e-16 * 2 * fabs(exact),
                    "ln %.17g: %.17g, not %.17g", x, found, exact);
    }
  ys_lanes odd = ys_lanes_logarithm((ys_lanes){0, -1, INFINITY, NAN});
  ck_assert_double_eq(odd[0], -INFINITY);
  ck_assert_double_nan(odd[1]);
  ck_assert_double_eq(odd[2], INFINITY);
  ck_assert_double_nan(odd[3]);
  ck_assert_double_eq(ys_lanes_logarithm(ys_all(1))[0], 0);
}
END_TEST

/* Many logarithms by way of a product, against long double; each lane has
 * numbers of its own size. */
START_TEST(sums_of_logarithms_match_long_double) {
  enum { ADDED = 1500 };
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
  for (int scale = 1; scale <= 700; scale *= 3) {
    ys_lane_logs logs = ys_lane_logs_begin();
    real expected = 0, level = 0;
    double found;
    for (int i = 0; i < ADDED; i++) {
      ys_lanes x;
      for (size_t l = 0; l < YS_LANES; l++) {
        x[l] = exp(scale * (gsl_rng_uniform(rng) - 1 + 0.1 * (double)l));
        expected += logl((real)x[l]);
        level += fabsl(logl((real)x[l]));
      }
      ys_lane_logs_add(&logs, x);
    }
    ck_assert(ys_lane_logs_value(&logs, &found));
    ck_assert_double_le(fabs((double)(found - expected)),
                        2e-16 * (double)(level + YS_LANES * ADDED));
  }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(sums_of_logarithms_notice_other_numbers) {
  const double odd[] = {0, -0.0, -1, 0x1p-1030, -INFINITY, INFINITY, NAN};
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
    for (size_t l = 0; l < YS_LANES; l++) {
      ys_lane_logs logs = ys_lane_logs_begin();
      ys_lanes x = ys_all(0.5);
      double unused, x_block[] = {odd[i], 0.5};
      x[l] = odd[i];
      ys_lane_logs_add(&logs, x);
      ys_lane_logs_add(&logs, ys_all(0.5));
      ck_assert(!ys_lane_logs_value(&logs, &unused));
      double loss = ys_collision_loss(&logs, x_block, 0, 2);
      ck_assert_double_eq(loss, odd[i] == 0x1p-1030 ? 1030 * M_LN2 + M_LN2
                                                    : INFINITY);
    }
}
END_TEST

START_TEST(log_excess_matches_long_double) {
  for (int e = -300; e <= 300; e++)
    for (double m = 1; m < 10; m += 0.37) {
      double r = m * pow(10, e);
      real expected = (real)r - 1 - logl((real)r);
      ck_assert_double_le(fabs((double)(log_excess(r) - expected)),
                          2e-16 * (fabs(r - 1) + fabs(log(r))));
    }
  for (int e = 1; e < 52; e++)
    for (int sign = -1; sign <= 1; sign += 2) {
      double r = 1 + sign * ldexp(1.3, -e);
      real d = (real)r - 1, expected = 0;
      for (int power = 2000; power >= 2; power--) /* sum of (-d)^p / p */
        expected += powl(-d, power) / power;
      if (e == 1)
        expected = d - log1pl(d);
      ck_assert_double_le(fabs((double)(log_excess(r) - expected)),
                          2e-13 * (double)expected);
    }
  ck_assert_double_eq(ys_log_excess(1), 0);
  ck_assert_double_eq(ys_log_excess(0), INFINITY);
}
END_TEST

/* -phi of collision over the segment from vertex a to vertex b. */
static real segment_value(real w, const void *context) {
  const row_problem *row = context;
  real x = w * row->sigma[row->b] + (1 - w) * row->sigma[row->a];
  return logl(x) + w * row->nu[row->b] + (1 - w) * row->nu[row->a];
}

/* The value of reverse's minimiser y_k = sigma_k / (mu - nu_k); what is left of
 * the row goes to a class of largest nu. */
static real direct_reverse(const double *sigma, const double *nu, size_t n) {
  real top, d = reverse_distance(sigma, nu, n, &top), value = 0, left = 1;
  for (size_t k = 0; k < n; k++)
    if (sigma[k] > 0) {
      real y = sigma[k] / (d + (top - nu[k]));
      value -= sigma[k] * logl(y) + nu[k] * y;
      left -= y;
    }
  return value - left * top;
}

/* phi by minimising over y itself: collision's minimiser has two classes at
 * most, reverse's is sigma_k / (mu - nu_k). */
static real direct_row_dual(ys_loss loss, const double *sigma, const double *nu,
                            size_t n) {
  real best = INFINITY;
  row_problem row = {sigma, nu, n, 0, 0};
  if (loss == YS_REVERSE)
    return direct_reverse(sigma, nu, n);
  for (row.a = 0; row.a < n; row.a++)
    for (row.b = 0; row.b < n; row.b++)
      best = fminl(best, loss == YS_COLLISION
                             ? -greatest(segment_value, &row, 0, 1)
                             : -logl(sigma[row.a]) - nu[row.a]);
  return best;
}

START_TEST(row_dual_is_the_minimum_over_the_simplex) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const ys_loss loss = (ys_loss)_i;
  for (int round = 0; round < 3000; round++) {
    double sigma[MOST_CLASSES], nu[MOST_CLASSES];
    size_t n = 2 + gsl_rng_uniform_int(rng, 5);
    random_row(rng, (row_kind)(round % ROW_KINDS), sigma, n);
    random_multipliers(rng, round % 2, nu, n);
    double found = row_dual(loss, sigma, nu, n);
    double dual = (double)reference_row_dual(loss, sigma, nu, n);
    double primal = (double)direct_row_dual(loss, sigma, nu, n);
    double rounding = 1e-15 * (4 + largest(nu, n) + fabs(dual));
    ck_assert_double_le(fabs(dual - primal), rounding);
    ck_assert_msg(fabs(found - dual) <= rounding,
                  "round %d: found %.17g, dual %.17g", round, found, dual);
  }
  gsl_rng_free(rng);
}
END_TEST

/* loss - nu . y >= phi for any y, and the row's gap is the difference. */
START_TEST(row_gap_is_the_distance_to_the_dual) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const ys_loss loss = (ys_loss)_i;
  for (int round = 0; round < 6000; round++) {
    double sigma[MOST_CLASSES], nu[MOST_CLASSES], y[MOST_CLASSES];
    size_t n = 2 + gsl_rng_uniform_int(rng, 5);
    random_row(rng, (row_kind)(round % ROW_KINDS), sigma, n);
    random_row(rng, (row_kind)(round / ROW_KINDS % ROW_KINDS), y, n);
    random_multipliers(rng, round % 2, nu, n);
    real value = reference_loss(loss, sigma, y, n);
    if (!isfinite(value))
      continue;
    for (size_t k = 0; k < n; k++)
      value -= (real)nu[k] * y[k];
    ys_row_gap row = row_gap(loss, sigma, y, nu, n);
    real expected = value - reference_row_dual(loss, sigma, nu, n);
    double rounding =
        2e-15 * (4 + largest(nu, n) + fabs((double)expected) + row.level);
    ck_assert_double_ge(row.gap, -rounding);
    ck_assert_msg(fabsl(row.gap - expected) <= rounding,
                  "round %d: gap %.17g, not %.17Lg", round, row.gap, expected);
    ck_assert_double_ge(row.frank_wolfe, row.gap - rounding);
  }
  gsl_rng_free(rng);
}
END_TEST

/* Rows with one dominant class, where the root of reverse's dual problem is
 * closer to a pole than the spacing of doubles. */
START_TEST(reverse_dual_of_peaked_rows_is_exact) {
  const double tiny[] = {1e-10, 1e-17, 1e-25, 1e-100, 1e-300};
  const double rises[] = {0.01, 0.5, 0.9999999, 1, 1.0000001, 2, 1e5};
  for (size_t t = 0; t < 5; t++)
    for (size_t r = 0; r < 7; r++) {
      double sigma[] = {1 - tiny[t], tiny[t]}, nu[] = {3, 3 + rises[r]};
      double dual = (double)reference_row_dual(YS_REVERSE, sigma, nu, 2);
      assert_close(row_dual(YS_REVERSE, sigma, nu, 2), dual, 2e-15);
      double y[] = {0.5, 0.5};
      double gap = log(2) - (nu[0] + nu[1]) / 2 - dual;
      assert_close(row_gap(YS_REVERSE, sigma, y, nu, 2).gap, gap, 1e-14);
    }
}
END_TEST

/* Hulls with a hundred corners: more than the cutting planes may need. */
START_TEST(row_dual_of_many_classes_is_the_best_bound) {
  enum { CLASSES = 400 };
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  static double sigma[CLASSES], nu[CLASSES], concave[CLASSES];
  for (int round = 0; round < 40; round++) {
    double sum = 0, curve = pow(10, gsl_rng_uniform(rng) * 8 - 4);
    for (size_t k = 0; k < CLASSES; k++)
      sum += sigma[k] = pow((double)(k + 1), 1 + round % 5);
    for (size_t k = 0; k < CLASSES; k++) {
      sigma[k] /= sum;
      concave[k] = sqrt(1 - pow(sigma[k] / sigma[CLASSES - 1], 2));
      nu[k] = curve * concave[k];
    }
    row_problem row = {sigma, nu, CLASSES, 0, 0};
    double dual = (double)greatest(collision_bound, &row, -1, 60);
    ck_assert_double_le(fabs(row_dual(YS_COLLISION, sigma, nu, CLASSES) - dual),
                        1e-14 * (1 + curve + fabs(dual)));
  }
  gsl_rng_free(rng);
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("rowbound");
  TCase *rows = tcase_create("rows");
  tcase_add_test(rows, logarithm_is_the_librarys);
  tcase_add_test(rows, log_excess_matches_long_double);
  tcase_add_test(rows, sums_of_logarithms_match_long_double);
  tcase_add_test(rows, sums_of_logarithms_notice_other_numbers);
  tcase_add_loop_test(rows, row_dual_is_the_minimum_over_the_simplex, 0,
                      YS_LOSSES);
  tcase_add_loop_test(rows, row_gap_is_the_distance_to_the_dual, 0, YS_LOSSES);
  tcase_add_test(rows, reverse_dual_of_peaked_rows_is_exact);
  tcase_add_test(rows, row_dual_of_many_classes_is_the_best_bound);
  suite_add_tcase(s, rows);
  return s;
}

int main(void) {
  return run_suite(suite());
}
