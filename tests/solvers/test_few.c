/* Few rows a class, called as the exact solver calls it: the optimum of any
 * shape, weight and prior; the Newton system by rows and by classes; the same
 * bits at every number of threads and from either storage. */
#include "problems/certificate.h"
#include "problems/formats/npy.h"
#include "problems/problem.h"
#include "solvers/exact/few.h"
#include "solvers/exact/few_dual.h"
#include "solvers/exact/few_lists.h"
#include "solvers/exact/few_system.h"
#include "tests/support/fixture.h"
#include "tests/support/tempfile.h"

#include <string.h>

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

static ys_error error;

/* A work and labels for an objective. */
typedef struct solve_at {
  ys_objective objective;
  ys_work *work;
  ys_few *few;
  double *y;
  ys_verdict last;
  int steps;
} solve_at;

static void set_up(solve_at *s, const ys_batch *batch, double lambda,
                   const double *prior, int threads) {
  ck_assert_int_eq(ys_objective_init(&s->objective, batch, YS_COLLISION,
                                     YS_STRONG, lambda, prior, threads, &error),
                   YS_OK);
  s->work = ys_work_open(sizeof *s->work, "few", &s->objective, &error);
  ck_assert_ptr_nonnull(s->work);
  s->y = malloc(batch->rows * batch->classes * sizeof *s->y);
  ys_start_uniform(&s->objective, s->y);
  ys_labels labels = ys_labels_view(s->y, batch->rows, batch->classes);
  s->few = ys_few_open(s->work, &labels, &error);
  ck_assert_ptr_nonnull(s->few);
}

static void tear_down(solve_at *s) {
  ys_few_close(s->few);
  ys_work_free(s->work);
  ys_objective_free(&s->objective);
  free(s->y);
}

/* From where y is to a gap of `tolerance`, or to the floor of rounding; rows
 * stay on the simplex. */
static void solve_to(solve_at *s, double tolerance) {
  enum { MOST_STEPS = 100 };
  const ys_labels labels =
      ys_labels_view(s->y, s->work->rows, s->work->classes);
  double bound = -INFINITY, gap = INFINITY;
  ys_step step = YS_STEP_ON;
  ys_few_begin(s->few, s->y);
  for (s->steps = 0; step == YS_STEP_ON && !(gap <= tolerance); s->steps++) {
    ck_assert_int_lt(s->steps, MOST_STEPS);
    step = ys_few_step(s->few, s->y, &error);
    s->last = ys_certify(&s->objective, &labels, ys_few_multipliers(s->few),
                         &s->work->scratch);
    ck_assert_double_le(s->last.row_sum_error, 1e-12);
    ck_assert_double_ge(s->last.least_entry, 0);
    bound = fmax(bound, s->last.lower_bound);
    gap = fmin(s->last.gap, s->last.objective - bound);
  }
  ck_assert_double_le(gap, fmax(tolerance, 16 * s->last.floor));
}

/* ----------------------------------------------------------- optimum ---- */

static const char *const batches[] = {
    "gaussian:M=40,K=2,scale=3,skew=3",
    "gaussian:M=60,K=10,scale=3,skew=3",
    "gaussian:M=400,K=10,scale=3,skew=3", /* few classes */
    "gaussian:M=500,K=100,scale=4,skew=1",
    "gaussian:M=100,K=60,scale=4,skew=1",
    "gaussian:M=30,K=120,scale=4,skew=1", /* the system by rows */
    "gaussian:M=9,K=50,scale=10,skew=8",
    "dirichlet:M=80,K=40",
    "dirichlet:M=1,K=2",
    "dirichlet:M=1,K=9",
    "dirichlet:M=2,K=100",
    "planted:M=50,K=10",
};

static const double lambdas[] = {1e-6, 0.01, 1, 10, 1000};

START_TEST(comes_to_the_optimum) {
  ys_batch batch;
  ck_assert_int_eq(ys_problem_make(batches[_i], 1, &batch, &error), YS_OK);
  for (int l = 0; l < COUNT(lambdas); l++) {
    solve_at s;
    set_up(&s, &batch, lambdas[l], NULL, 1);
    solve_to(&s, 1e-9);
    tear_down(&s);
  }
  ys_batch_free(&batch);
}
END_TEST

/* Mini-batches take some two steps each: the first is twice as far where
 * Newton's method has left much. */
START_TEST(mini_batches_take_few_steps) {
  enum { BATCHES = 32, STEPS = 76 };
  int steps = 0;
  for (int seed = 1; seed <= BATCHES; seed++) {
    char spec[64];
    ys_batch batch;
    solve_at s;
    snprintf(spec, sizeof spec, "gaussian:M=256,K=10,scale=4,skew=1,seed=%d",
             seed);
    ck_assert_int_eq(ys_problem_make(spec, 1, &batch, &error), YS_OK);
    set_up(&s, &batch, 10, NULL, 1);
    solve_to(&s, 1e-6);
    steps += s.steps;
    tear_down(&s);
    ys_batch_free(&batch);
  }
  ck_assert_int_le(steps, STEPS);
}
END_TEST

/* Where many classes come into rows' lists at once they take little of the
 * rows' mass: at what the target says they send the gap, 0.009 after the
 * sweeps, to 0.2. */
START_TEST(classes_come_in_without_harm) {
  enum { SWEEPS = 3 };
  ys_batch batch;
  solve_at s;
  ck_assert_int_eq(ys_problem_make("gaussian:M=512,K=400,scale=10,skew=1", 1,
                                   &batch, &error),
                   YS_OK);
  set_up(&s, &batch, 1, NULL, 1);
  ys_few_begin(s.few, s.y);
  for (int step = 0; step <= SWEEPS; step++)
    ck_assert_int_eq(ys_few_step(s.few, s.y, &error), YS_STEP_ON);
  const ys_labels labels = ys_labels_view(s.y, batch.rows, batch.classes);
  const ys_verdict now = ys_certify(
      &s.objective, &labels, ys_few_multipliers(s.few), &s.work->scratch);
  ck_assert_double_le(now.gap, 0.05);
  tear_down(&s);
  ys_batch_free(&batch);
}
END_TEST

/* Priors from 1 to 1e-6, rows that are one-hot, and sigma with zeros. */
START_TEST(takes_odd_priors_and_zeros) {
  enum { ROWS = 40, CLASSES = 12 };
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  double prior[CLASSES], sum = 0;
  for (size_t k = 0; k < CLASSES; k++)
    sum += prior[k] = pow(10, -6.0 * (double)k / (CLASSES - 1));
  for (size_t k = 0; k < CLASSES; k++)
    prior[k] /= sum;
  for (int l = 0; l < COUNT(lambdas); l++) {
    ys_batch batch = random_batch(rng, (row_kind)_i, ROWS, CLASSES);
    solve_at s;
    set_up(&s, &batch, lambdas[l], l % 2 ? prior : NULL, 1);
    solve_to(&s, 1e-9);
    tear_down(&s);
    ys_batch_free(&batch);
  }
  gsl_rng_free(rng);
}
END_TEST

/* Labels that are given are gone on from: from the optimum, where lists have to
 * be found as from anywhere, it takes about as many steps as from uniform
 * labels, and comes back to it. */
START_TEST(goes_on_from_labels) {
  ys_batch batch;
  solve_at s;
  ck_assert_int_eq(ys_problem_make(batches[4], 1, &batch, &error), YS_OK);
  set_up(&s, &batch, 10, NULL, 1);
  solve_to(&s, 1e-9);
  const int from_uniform = s.steps;
  const double best = s.last.objective;
  solve_to(&s, 1e-9);
  ck_assert_int_le(s.steps, from_uniform + 3);
  ck_assert_double_eq_tol(s.last.objective, best, 2e-9);
  tear_down(&s);
  ys_batch_free(&batch);
}
END_TEST

/* -------------------------------------------------- few classes: nu ---- */

/* Newton's method in nu: labels on the simplex that hold every class, and with
 * nu as good as it says, to the rounding of a look's slacks, though the judge
 * knows neither. */
START_TEST(nu_and_labels_go_together) {
  static const char *const specs[] = {
      "gaussian:M=256,K=10,scale=4,skew=1",
      "gaussian:M=700,K=10,scale=3,skew=3", "gaussian:M=401,K=100,scale=1",
      "dirichlet:M=90,K=20", "gaussian:M=900,K=2,scale=10,skew=8"};
  for (int b = 0; b < COUNT(specs); b++)
    for (int l = 1; l < COUNT(lambdas); l++) {
      ys_batch batch;
      ys_memory memory = {0};
      ys_few_dual dual = {0};
      solve_at s;
      ck_assert_int_eq(ys_problem_make(specs[b], 1, &batch, &error), YS_OK);
      set_up(&s, &batch, lambdas[l], NULL, 1);
      ck_assert(ys_few_dual_serves(s.work));
      ys_few_dual_init(&dual, &memory, s.work);
      ys_few_dual_begin(&dual);
      ys_few_dual_improve(&dual, 1e-9);
      if (dual.gap < INFINITY) {
        const ys_labels y = ys_labels_view(s.y, batch.rows, batch.classes);
        ys_few_dual_write(&dual, s.y);
        s.last = ys_certify(&s.objective, &y, dual.best, &s.work->scratch);
        ck_assert_double_le(s.last.row_sum_error, 1e-12);
        ck_assert_double_ge(s.last.least_entry, 0);
        ck_assert_double_le(s.last.objective - s.last.lower_bound,
                            1.001 * dual.gap + 4 * s.last.floor + 1e-12);
      }
      ck_assert(dual.gap < INFINITY || lambdas[l] < 1);
      ys_give_back(&memory);
      tear_down(&s);
      ys_batch_free(&batch);
    }
}
END_TEST

/* Where it is used it is worth it: on mini-batches it comes near at once. */
START_TEST(nu_comes_near) {
  const double within[] = {1e-4, 1e-2};
  for (int l = 0; l < 2; l++) {
    ys_batch batch;
    ys_memory memory = {0};
    ys_few_dual dual = {0};
    solve_at s;
    ck_assert_int_eq(ys_problem_make("gaussian:M=256,K=10,scale=4,skew=1", 1,
                                     &batch, &error),
                     YS_OK);
    set_up(&s, &batch, l ? 10 : 1, NULL, 1);
    ys_few_dual_init(&dual, &memory, s.work);
    ys_few_dual_begin(&dual);
    ys_few_dual_improve(&dual, 1e-9);
    ck_assert_double_le(dual.gap, within[l]);
    ys_give_back(&memory);
    tear_down(&s);
    ys_batch_free(&batch);
  }
}
END_TEST

/* ----------------------------------------------------------- system ---- */

/* nu's step of the first iteration on all classes, by a system or (NULL) by the
 * interior point's own. */
static double *first_step(const solve_at *s, ys_few_lists *lists,
                          const ys_ipm_system *system) {
  ys_memory memory = {0};
  const size_t n = s->work->classes, tiles = ys_ipm_tiles(s->work->rows);
  ys_ipm_state *p = ys_ipm_open(&memory, &s->objective, tiles, tiles * n, 0);
  double *step = malloc(n * sizeof *step);
  ck_assert_ptr_nonnull(p);
  p->system = system;
  ys_ipm_read(p, &lists->part, s->y, NULL);
  ys_ipm_factor(p);
  ys_ipm_fairness(p);
  ck_assert(ys_ipm_assemble(p));
  memset(p->second, 0, n * sizeof *p->second);
  ys_ipm_solve(p, 0, 0);
  memcpy(step, p->now.nu, n * sizeof *step);
  ys_give_back(&memory);
  return step;
}

/* Rows and classes on either side of where the system changes over, and lists
 * long and short. */
static const struct {
  const char *batch;
  double width;
} shapes[] = {{"gaussian:M=12,K=60,scale=3,skew=1", 10},
              {"gaussian:M=12,K=60,scale=3,skew=1", 0.1},
              {"gaussian:M=60,K=30,scale=3,skew=1", 10},
              {"gaussian:M=61,K=200,scale=3,skew=1", 0.1},
              {"gaussian:M=300,K=200,scale=3,skew=1", 0.02}};

START_TEST(systems_agree) {
  ys_batch batch;
  ys_memory memory = {0};
  ys_few_lists lists = {0};
  ys_few_system system = {0};
  solve_at s;
  ck_assert_int_eq(ys_problem_make(shapes[_i].batch, 1, &batch, &error), YS_OK);
  set_up(&s, &batch, 1, NULL, 1);
  const size_t n = batch.classes, slots = ys_ipm_tiles(batch.rows) * n;
  double *nu = malloc(n * sizeof *nu);
  for (size_t k = 0; k < n; k++)
    nu[k] = 1 + 0.3 * sin((double)k);
  ys_start_sigma(&s.objective, s.y);
  ys_few_lists_init(&lists, &memory, s.work, slots + n);
  ys_few_system_init(&system, &memory, batch.rows, n, YS_LANES * slots);
  ck_assert(ys_few_lists_choose(&lists, s.y, nu, shapes[_i].width, 2));
  double *own = first_step(&s, &lists, NULL);
  double *other = first_step(&s, &lists, &system.hook);
  double most = 0;
  for (size_t k = 0; k < n; k++)
    most = fmax(most, fabs(own[k]));
  for (size_t k = 0; k < n; k++)
    ck_assert_double_eq_tol(own[k], other[k], 1e-9 * most);
  free(own);
  free(other);
  free(nu);
  ys_give_back(&memory);
  tear_down(&s);
  ys_batch_free(&batch);
}
END_TEST

/* One-hot rows that nothing tempts stand still, their share in `rest`. */
START_TEST(plain_rows_stand_still) {
  ys_batch batch;
  ys_memory memory = {0};
  ys_few_lists lists = {0};
  solve_at s;
  ck_assert_int_eq(
      ys_problem_make("gaussian:M=80,K=5,scale=4", 1, &batch, &error), YS_OK);
  set_up(&s, &batch, 0.1, NULL, 1);
  const size_t n = batch.classes, rows = batch.rows;
  double *nu = calloc(n, sizeof *nu), sum = 0;
  memset(s.y, 0, rows * n * sizeof *s.y);
  for (size_t i = 0; i < rows; i++) {
    size_t top = 0;
    for (size_t k = 1; k < n; k++)
      top = batch.sigma[i * n + k] > batch.sigma[i * n + top] ? k : top;
    s.y[i * n + top] = 1;
  }
  ys_few_lists_init(&lists, &memory, s.work, ys_ipm_tiles(rows) * n + n);
  ck_assert(ys_few_lists_choose(&lists, s.y, nu, 0.3, 1e-6));
  ck_assert_uint_gt(lists.part.rows, 0);
  ck_assert_uint_lt(lists.part.rows, rows / 2);
  for (size_t k = 0; k < n; k++)
    sum += lists.part.rest[k];
  assert_close(sum, 1 - (double)lists.part.rows / (double)rows, 1e-12);
  free(nu);
  ys_give_back(&memory);
  tear_down(&s);
  ys_batch_free(&batch);
}
END_TEST

/* -------------------------------------------------------------- bits ---- */

static double *labels_of(const ys_batch *batch, double lambda, int threads) {
  solve_at s;
  set_up(&s, batch, lambda, NULL, threads);
  solve_to(&s, 1e-9);
  double *y = s.y;
  s.y = NULL;
  tear_down(&s);
  return y;
}

START_TEST(threads_change_no_bit) {
  ys_batch batch;
  ck_assert_int_eq(
      ys_problem_make("gaussian:M=300,K=60,scale=4,skew=1", 1, &batch, &error),
      YS_OK);
  const size_t size = batch.rows * batch.classes * sizeof(double);
  double *one = labels_of(&batch, 10, 1), *three = labels_of(&batch, 10, 3);
  ck_assert_mem_eq(one, three, size);
  free(one);
  free(three);
  ys_batch_free(&batch);
}
END_TEST

static void write_floats(const char *path, const ys_batch *batch) {
  ys_npy_writer writer;
  ys_output output;
  ck_assert_int_eq(ys_output_create(&output, path, &error), YS_OK);
  ck_assert_int_eq(ys_npy_begin(&output, sizeof(float), batch->rows,
                                batch->classes, &writer, &error),
                   YS_OK);
  ck_assert_int_eq(ys_npy_append(&writer, batch->sigma, batch->rows, &error),
                   YS_OK);
  ck_assert_int_eq(ys_npy_finish(&writer, &error), YS_OK);
}

static double *labels_of_file(const char *path, const char *options) {
  char spec[512];
  ys_batch batch;
  snprintf(spec, sizeof spec, "file:path=%s%s", path, options);
  ck_assert_int_eq(ys_problem_make(spec, 1, &batch, &error), YS_OK);
  double *y = labels_of(&batch, 10, 1);
  ys_batch_free(&batch);
  return y;
}

START_TEST(storage_changes_no_bit) {
  char *path = temp_file(".npy");
  ys_batch batch;
  ck_assert_int_eq(
      ys_problem_make("gaussian:M=50,K=40,scale=4,skew=1", 1, &batch, &error),
      YS_OK);
  write_floats(path, &batch);
  double *wide = labels_of_file(path, "");
  double *kept = labels_of_file(path, ",storage=float32");
  ck_assert_mem_eq(wide, kept, batch.rows * batch.classes * sizeof *wide);
  free(wide);
  free(kept);
  drop_file(path);
  ys_batch_free(&batch);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("few rows a class");
  TCase *tests = tcase_create("few");
  tcase_set_timeout(tests, 120);
  tcase_add_loop_test(tests, comes_to_the_optimum, 0, COUNT(batches));
  tcase_add_test(tests, mini_batches_take_few_steps);
  tcase_add_test(tests, classes_come_in_without_harm);
  tcase_add_loop_test(tests, takes_odd_priors_and_zeros, 0, ROW_KINDS);
  tcase_add_test(tests, goes_on_from_labels);
  tcase_add_test(tests, nu_and_labels_go_together);
  tcase_add_test(tests, nu_comes_near);
  tcase_add_loop_test(tests, systems_agree, 0, COUNT(shapes));
  tcase_add_test(tests, plain_rows_stand_still);
  tcase_add_test(tests, threads_change_no_bit);
  tcase_add_test(tests, storage_changes_no_bit);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
