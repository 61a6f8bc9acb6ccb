/* Column means of many like rows do not drift: sums are flushed every few rows,
 * by every way that an evaluation has of adding columns up. */
#include "problems/certificate.h"
#include "tests/support/dense.h"
#include "tests/support/fixture.h"

/* Blocks of 8192 rows and more: a plain sum of one number as often as that is
 * off by 1e-13 and more for some of these. */
enum { ROWS = 1 << 20 };
static const double parts[] = {0.1, 0.3, 0.7, 0.0123, 1 / 3.};
enum { PARTS = sizeof parts / sizeof *parts };

typedef enum way { MEANS, VALUE, JUDGE, WAYS } way;

static void evaluate(fixture *f, const double *y, way by) {
  if (by == MEANS)
    ys_column_means(&f->objective, y, &f->scratch);
  else if (by == VALUE)
    ys_objective_value(&f->objective, y, &f->scratch);
  else
    judge_dense(&f->objective, y, NULL, &f->scratch);
}

/* Every row the same: `part` and the rest, for each class its share of it. */
static void fill(double *rows, size_t count, size_t n, double part) {
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < n; k++)
      rows[i * n + k] =
          k % 2 ? (1 - part) / (double)(n / 2) : part / (double)(n / 2);
}

/* Two classes go by tiles, 32 by long rows. */
static double drift(ys_loss loss, size_t rows, size_t n, way by) {
  ys_batch batch;
  fixture f;
  double worst = 0, *y = malloc(rows * n * sizeof *y);
  ck_assert_int_eq(ys_batch_alloc(&batch, "test", rows, n, NULL), YS_OK);
  fill(batch.sigma, rows, n, 0.5);
  setup(&f, batch, (int)loss * YS_FAIRNESSES, 1, NULL);
  for (size_t p = 0; p < PARTS; p++) {
    fill(y, rows, n, parts[p]);
    evaluate(&f, y, by);
    for (size_t k = 0; k < n; k++)
      worst = fmax(worst, fabs(f.scratch.ybar[k] / y[k] - 1));
  }
  free(y);
  teardown(&f);
  return worst;
}

START_TEST(columns_do_not_drift) {
  const way by = (way)_i;
  ck_assert_double_le(drift(YS_COLLISION, ROWS, 2, by), 1e-14);
  ck_assert_double_le(drift(YS_COLLISION, ROWS / 4, 32, by), 1e-14);
  ck_assert_double_le(drift(YS_SHANNON, ROWS, 2, by), 1e-14);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("sums");
  TCase *tests = tcase_create("columns");
  tcase_add_loop_test(tests, columns_do_not_drift, 0, WAYS);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
