/* libystep solves: the same bits as the program's, whatever the arrays look
 * like, from any start, to an end that others may want, several at a time. */
#include "problems/formats/npy.h"
#include "problems/formats/npz.h"
#include "tests/support/handles.h"

#include <pthread.h>

/* ------------------------------------------------------- the same bits ---- */

/* Dense and sparse labels of a file that the program has solved. */
static void assert_solves_as_program(const char *path, const char *options,
                                     ystep_handle *handle) {
  ys_npy npy, solved;
  ys_labels sparse;
  ystep_sparse found;
  ck_assert_int_eq(ystep("solve %s -o y.npy --force %s", path, options), 0);
  ck_assert_int_eq(ystep("solve %s -o y.npz --force %s", path, options), 0);
  ck_assert_int_eq(ys_npy_open(path, &npy, NULL), YS_OK);
  ck_assert_int_eq(ys_npy_open("y.npy", &solved, NULL), YS_OK);
  ck_assert_int_eq(ys_npz_read("y.npz", NULL, &sparse, NULL), YS_OK);
  const ystep_array sigma = {npy.data,
                             npy.type == YS_NPY_F4 ? YSTEP_FLOAT : YSTEP_DOUBLE,
                             npy.rows, npy.cols, 0};
  double *y = malloc(npy.rows * npy.cols * sizeof *y);
  const ystep_array labels = doubles(y, npy.rows, npy.cols);
  ck_assert_ptr_nonnull(y);
  succeeds(handle, ys_solve(handle, &sigma, &labels));
  ck_assert_int_eq(memcmp(y, solved.data, npy.rows * npy.cols * sizeof *y), 0);
  succeeds(handle, ys_solve_sparse(handle, &sigma, &found));
  const size_t entries = sparse.begin[npy.rows];
  ck_assert_int_eq(
      memcmp(found.begin, sparse.begin, (npy.rows + 1) * sizeof *sparse.begin),
      0);
  ck_assert_int_eq(
      memcmp(found.held, sparse.held, entries * sizeof *sparse.held), 0);
  assert_same(found.weight, sparse.weight, entries);
  free(y);
  ys_labels_free(&sparse);
  ys_npy_close(&npy);
  ys_npy_close(&solved);
}

START_TEST(solves_to_the_bits_of_the_program) {
  char recorded[512];
  ystep_handle *handle = opened(10);
  snprintf(recorded, sizeof recorded, "%s/bench/data/cifar10_lenet5_3000.npy",
           getenv("YSTEP_SOURCE"));
  assert_solves_as_program(recorded, "--lambda 10", handle);
  ck_assert_int_eq(ystep("gen -p dirichlet:M=256,K=10 -o small.npy"), 0);
  assert_solves_as_program("small.npy", "--lambda 10", handle);
  succeeds(handle, ys_set_text(handle, "solver", "em:accel=squarem"));
  succeeds(handle, ys_set(handle, "tolerance", 1e-4));
  assert_solves_as_program(
      "small.npy", "--lambda 10 -s em:accel=squarem --tol 1e-4", handle);
  succeeds(handle, ys_set_text(handle, "solver", "exact"));
  succeeds(handle, ys_set_text(handle, "loss", "reverse"));
  succeeds(handle, ys_set_text(handle, "fairness", "weak"));
  assert_solves_as_program(
      "small.npy", "--lambda 10 --loss reverse --fairness weak --tol 1e-4",
      handle);
  ys_close(handle);
}
END_TEST

/* Large enough to stay where it is, and float32 that is copied. */
START_TEST(float32_is_as_its_doubles) {
  enum { MANY = 1 << 20, FEW = 8 };
  const size_t count = (size_t)MANY * FEW;
  double *sigma = make_batch(MANY, FEW), *y = malloc(count * sizeof *y),
         *z = malloc(count * sizeof *z);
  float *single = malloc(count * sizeof *single);
  ck_assert(y && z && single);
  for (size_t i = 0; i < count; i++)
    sigma[i] = (double)(single[i] = (float)sigma[i]);
  ystep_handle *handle = opened(1);
  for (size_t rows = MANY; rows >= MANY / 64; rows /= 64) {
    const ystep_array a = doubles(sigma, rows, FEW),
                      b = {single, YSTEP_FLOAT, rows, FEW, 0},
                      to_y = doubles(y, rows, FEW),
                      to_z = doubles(z, rows, FEW);
    succeeds(handle, ys_solve(handle, &a, &to_y));
    succeeds(handle, ys_solve(handle, &b, &to_z));
    assert_same(y, z, rows * FEW);
    ck_assert(ys_get(handle, "renormalised_rows") > 0);
  }
  ys_close(handle);
  free(sigma);
  free(single);
  free(y);
  free(z);
}
END_TEST

START_TEST(gaps_between_rows_change_nothing) {
  enum { WIDE = K + 3 };
  double *sigma = make_batch(M, K), y[M * K], apart[M * WIDE], z[M * WIDE];
  float single[M * K];
  ystep_handle *handle = opened(3);
  for (size_t i = 0; i < M * WIDE; i++)
    apart[i] = z[i] = NAN;
  for (size_t i = 0; i < M; i++)
    memcpy(apart + i * WIDE, sigma + i * K, K * sizeof *sigma);
  const ystep_array given = doubles(sigma, M, K), to_y = doubles(y, M, K),
                    wide = {apart, YSTEP_DOUBLE, M, K, WIDE},
                    to_z = {z, YSTEP_DOUBLE, M, K, WIDE},
                    to_single = {single, YSTEP_FLOAT, M, K, 0};
  succeeds(handle, ys_solve(handle, &given, &to_y));
  succeeds(handle, ys_solve(handle, &wide, &to_z));
  succeeds(handle, ys_solve(handle, &wide, &to_single));
  for (size_t i = 0; i < M; i++) {
    assert_same(y + i * K, z + i * WIDE, K);
    for (size_t k = 0; k < K; k++)
      ck_assert(single[i * K + k] == (float)y[i * K + k]);
    for (size_t k = K; k < WIDE; k++)
      ck_assert(isnan(z[i * WIDE + k]));
  }
  succeeds(handle, ys_judge(handle, &given, &to_y));
  const double gap = ys_get(handle, "gap");
  succeeds(handle, ys_evaluate(handle, &given, &to_y, NULL, NULL));
  const double value = ys_get(handle, "objective");
  /* Other labels where the handle keeps them. */
  succeeds(handle, ys_set(handle, "lambda", 0));
  succeeds(handle, ys_solve(handle, &given, &to_single));
  succeeds(handle, ys_set(handle, "lambda", 3));
  succeeds(handle, ys_judge(handle, &wide, &to_z));
  ck_assert(ys_get(handle, "gap") == gap);
  succeeds(handle, ys_evaluate(handle, &given, &to_z, NULL, NULL));
  ck_assert(ys_get(handle, "objective") == value);
  ys_close(handle);
  free(sigma);
}
END_TEST

START_TEST(logits_are_put_through_softmax) {
  double *sigma = make_batch(M, K), logits[M * K], y[M * K], z[M * K];
  ystep_handle *handle = opened(3);
  for (size_t i = 0; i < M * K; i++)
    logits[i] = log(sigma[i]) + 700;
  const ystep_array a = doubles(sigma, M, K), b = doubles(logits, M, K),
                    to_y = doubles(y, M, K), to_z = doubles(z, M, K);
  succeeds(handle, ys_solve(handle, &a, &to_y));
  const double objective = ys_get(handle, "objective");
  succeeds(handle, ys_set(handle, "logits", 1));
  succeeds(handle, ys_solve(handle, &b, &to_z));
  assert_close(ys_get(handle, "objective"), objective, 1e-6);
  succeeds(handle, ys_judge(handle, &b, &to_y));
  ck_assert(ys_get(handle, "gap") <= 2e-6);
  ys_close(handle);
  free(sigma);
}
END_TEST

/* Any order of shapes, kinds and errors leaves nothing behind. */
START_TEST(a_handle_begins_anew_with_every_call) {
  static const size_t shapes[][2] = {{30, 4}, {30, 4}, {2500, 3}, {7, 9},
                                     {30, 4}, {1, 2},  {2500, 3}};
  ystep_handle *again = opened(5);
  for (size_t c = 0; c < sizeof shapes / sizeof *shapes; c++) {
    const size_t rows = shapes[c][0], n = shapes[c][1];
    double *sigma = make_batch(rows, n), *y = malloc(rows * n * sizeof *y),
           *z = malloc(rows * n * sizeof *z);
    const ystep_array given = doubles(sigma, rows, n),
                      to_y = doubles(y, rows, n), to_z = doubles(z, rows, n);
    ystep_handle *fresh = opened(5);
    ystep_sparse sparse;
    for (size_t i = 0; i < rows; i++) { /* other numbers of the same shape */
      const double kept = sigma[i * n];
      sigma[i * n] = sigma[i * n + c % n];
      sigma[i * n + c % n] = kept;
    }
    succeeds(fresh, ys_solve(fresh, &given, &to_y));
    succeeds(again, ys_solve(again, &given, &to_z));
    assert_same(y, z, rows * n);
    ck_assert(ys_get(again, "gap") == ys_get(fresh, "gap"));
    assert_same(ys_get_multipliers(again), ys_get_multipliers(fresh), n);
    succeeds(again, ys_solve_sparse(again, &given, &sparse));
    sigma[0] = -1;
    ck_assert_int_eq(ys_solve(again, &given, &to_z), YSTEP_BAD_INPUT);
    ys_close(fresh);
    free(sigma);
    free(y);
    free(z);
  }
  ys_close(again);
}
END_TEST

/* What is set before some of the batches that follow; each is solved twice, the
 * second time by the work that the first has left. */
static int change(ystep_handle *handle, size_t step) {
  static const double prior[] = {0.1, 0.2, 0.3, 0.25, 0.15};
  switch (step) {
  case 0:
    return ys_set(handle, "threads", 1);
  case 1:
    return ys_set(handle, "lambda", 0.5);
  case 2:
    return ys_set_text(handle, "solver", "fw");
  case 3:
    return ys_set_prior(handle, prior, K);
  case 4:
    return ys_set_text(handle, "solver", "fw:corrective=none");
  case 5:
    return ys_set_text(handle, "loss", "shannon");
  case 6:
    return ys_set_text(handle, "solver", "exact");
  case 7:
    return ys_set_text(handle, "fairness", "weak");
  case 8:
    return ys_set_text(handle, "loss", "collision");
  case 9:
    return ys_set(handle, "threads", 2);
  case 10:
    return ys_set_text(handle, "fairness", "strong");
  case 11:
    return ys_set_prior(handle, NULL, 0);
  default:
    return YSTEP_OK;
  }
}

START_TEST(the_work_that_is_kept_shows_in_no_bit) {
  enum { STEPS = 12, TIMES = 4 };
  const size_t rows = _i ? 3000 : M;
  double *sigma = make_batch(rows * TIMES, K), *y = make_batch(rows, K),
         *z = make_batch(rows, K);
  const ystep_array to_y = doubles(y, rows, K), to_z = doubles(z, rows, K);
  ystep_handle *again = opened(5);
  for (size_t step = 0; step < STEPS; step++) {
    succeeds(again, change(again, step));
    const bool is_fw = step >= 2 && step < 6; /* takes long on many rows */
    for (size_t c = 0; c < TIMES && !(is_fw && _i); c++) {
      const ystep_array given = doubles(sigma + c * rows * K, rows, K);
      ystep_handle *fresh = opened(5);
      for (size_t s = 0; s <= step; s++)
        succeeds(fresh, change(fresh, s));
      succeeds(fresh, ys_solve(fresh, &given, &to_y));
      succeeds(again, ys_solve(again, &given, &to_z));
      assert_same(y, z, rows * K);
      ck_assert(ys_get(again, "gap") == ys_get(fresh, "gap"));
      ck_assert(ys_get(again, "iterations") == ys_get(fresh, "iterations"));
      assert_same(ys_get_multipliers(again), ys_get_multipliers(fresh), K);
      ys_close(fresh);
      if (c == 1) { /* a call that ends before its time leaves no trace */
        succeeds(again, ys_set(again, "max_iterations", 1));
        succeeds(again, ys_solve(again, &given, &to_z));
        succeeds(again, ys_set(again, "max_iterations", 1e15));
      } else if (c == 2) {
        ys_interrupt(again);
        succeeds(again, ys_solve(again, &given, &to_z));
        ck_assert_str_eq(ys_get_text(again, "status"), "stopped");
      }
    }
  }
  ys_close(again);
  free(sigma);
  free(y);
  free(z);
}
END_TEST

START_TEST(threads_change_no_bit) {
  enum { MANY = 20000 };
  double *sigma = make_batch(MANY, K), *y = malloc(sizeof(double[MANY][K])),
         *z = malloc(sizeof(double[MANY][K]));
  const ystep_array given = doubles(sigma, MANY, K), to_y = doubles(y, MANY, K),
                    to_z = doubles(z, MANY, K);
  ystep_handle *handle = opened(5);
  succeeds(handle, ys_set(handle, "threads", 1));
  succeeds(handle, ys_solve(handle, &given, &to_y));
  succeeds(handle, ys_set(handle, "threads", 3));
  succeeds(handle, ys_solve(handle, &given, &to_z));
  assert_same(y, z, (size_t)MANY * K);
  ys_close(handle);
  free(sigma);
  free(y);
  free(z);
}
END_TEST

/* ---------------------------------------------------------------- start ----
 */

START_TEST(a_given_start_is_where_it_begins) {
  double *sigma = make_batch(M, K), y[M * K], z[M * K];
  ystep_handle *handle = opened(3);
  ystep_sparse sparse, from;
  const ystep_array given = doubles(sigma, M, K), to_y = doubles(y, M, K),
                    to_z = doubles(z, M, K);
  succeeds(handle, ys_set(handle, "tolerance", 1e-7));
  succeeds(handle, ys_solve(handle, &given, &to_y));
  memcpy(z, y, sizeof y);
  succeeds(handle, ys_set(handle, "tolerance", 1e-6));
  succeeds(handle, ys_set_text(handle, "start", "given"));
  succeeds(handle, ys_solve(handle, &given, &to_z));
  ck_assert(ys_get(handle, "iterations") == 0);
  for (size_t i = 0; i < M * K; i++)
    ck_assert(fabs(y[i] - z[i]) < 1e-15);

  /* The handle's own sparse labels, and a copy of them elsewhere. */
  succeeds(handle, ys_set_text(handle, "start", "uniform"));
  succeeds(handle, ys_set(handle, "tolerance", 1e-7));
  succeeds(handle, ys_solve_sparse(handle, &given, &sparse));
  succeeds(handle, ys_set(handle, "tolerance", 1e-6));
  succeeds(handle, ys_set_text(handle, "start", "given"));
  from = sparse;
  succeeds(handle, ys_solve_sparse(handle, &given, &sparse));
  ck_assert(ys_get(handle, "iterations") == 0);
  ck_assert(from.begin == sparse.begin);
  ystep_handle *other = opened(3);
  succeeds(other, ys_set_text(other, "start", "given"));
  succeeds(other, ys_solve_sparse(other, &given, &from));
  ck_assert(ys_get(other, "iterations") == 0);
  succeeds(other, ys_judge_sparse(other, &given, &sparse));
  ck_assert(ys_get(other, "gap") <= 1e-6);

  /* A share of 1/K is no optimum. */
  succeeds(other, ys_set(other, "mix", 0.5));
  succeeds(other, ys_solve_sparse(other, &given, &from));
  ck_assert(ys_get(other, "iterations") > 0);
  ys_close(handle);
  ys_close(other);
  free(sigma);
}
END_TEST

START_TEST(sparse_labels_of_a_dense_solver) {
  double *sigma = make_batch(M, K), y[M * K];
  const ystep_array given = doubles(sigma, M, K), to_y = doubles(y, M, K);
  ystep_sparse sparse;
  static const char *const starts[] = {"uniform", "sigma"};
  ystep_handle *handle = opened(3);
  succeeds(handle, ys_set_text(handle, "solver", "em:accel=squarem"));
  for (size_t s = 0; s < 2; s++) {
    succeeds(handle, ys_set_text(handle, "start", starts[s]));
    succeeds(handle, ys_solve(handle, &given, &to_y));
    succeeds(handle, ys_solve_sparse(handle, &given, &sparse));
    for (size_t i = 0, e = 0; i < M; i++)
      for (size_t k = 0; k < K; k++)
        if (y[i * K + k] != 0) {
          ck_assert_uint_eq(sparse.held[e], k);
          ck_assert(sparse.weight[e++] == y[i * K + k]);
        }
  }
  ys_close(handle);
  free(sigma);
}
END_TEST

/* Uniform rows of sparse labels have no entries inside, and K of them outside.
 */
START_TEST(uniform_rows_are_spelled_out) {
  double *sigma = make_batch(M, K);
  const ystep_array given = doubles(sigma, M, K);
  ystep_sparse y;
  ystep_handle *handle = opened(3);
  succeeds(handle, ys_set(handle, "max_iterations", 0));
  succeeds(handle, ys_solve_sparse(handle, &given, &y));
  ck_assert_str_eq(ys_get_text(handle, "status"), "max_iter");
  for (size_t i = 0; i < M; i++)
    for (size_t k = 0; k < K; k++) {
      ck_assert_uint_eq(y.begin[i], i * K);
      ck_assert_uint_eq(y.held[i * K + k], k);
      ck_assert(y.weight[i * K + k] == 1.0 / K);
    }
  ck_assert_uint_eq(y.begin[M], M * K);
  ys_close(handle);
  free(sigma);
}
END_TEST

START_TEST(a_prior_moves_the_means) {
  static const double prior[K] = {0.6, 0.1, 0.1, 0.1, 0.1};
  double *sigma = make_batch(M, K), y[M * K], mean = 0;
  const ystep_array given = doubles(sigma, M, K), to_y = doubles(y, M, K);
  ystep_handle *handle = opened(1000);
  succeeds(handle, ys_set_prior(handle, prior, K));
  succeeds(handle, ys_solve(handle, &given, &to_y));
  for (size_t i = 0; i < M; i++)
    mean += y[i * K] / M;
  assert_close(mean, 0.6, 1e-2);
  fails(handle,
        ys_set_prior(handle, prior, K - 1) || ys_solve(handle, &given, &to_y),
        YSTEP_BAD_INPUT, "prior: 4 entries; expected sigma's 5 classes");
  succeeds(handle, ys_set_prior(handle, NULL, 0));
  succeeds(handle, ys_solve(handle, &given, &to_y));
  ys_close(handle);
  free(sigma);
}
END_TEST

/* --------------------------------------------------------------- ends ---- */

static double slow_sigma[3000 * 30];
static const size_t slow_rows = 3000, slow_classes = 30;

/* Hours of it. */
static ystep_handle *opened_slow(void) {
  for (size_t i = 0; i < slow_rows; i++)
    put_row(i, slow_classes, slow_sigma + i * slow_classes);
  ystep_handle *handle = opened(100);
  succeeds(handle, ys_set_text(handle, "solver", "em"));
  succeeds(handle, ys_set(handle, "tolerance", 0));
  return handle;
}

static void *interrupt_soon(void *handle) {
  const struct timespec nap = {0, 50000000};
  nanosleep(&nap, NULL);
  ys_interrupt(handle);
  return NULL;
}

START_TEST(a_solve_can_be_ended) {
  static double y[3000 * 30];
  const ystep_array given = doubles(slow_sigma, slow_rows, slow_classes),
                    labels = doubles(y, slow_rows, slow_classes);
  ystep_handle *handle = opened_slow();
  pthread_t other;
  ck_assert_int_eq(pthread_create(&other, NULL, interrupt_soon, handle), 0);
  succeeds(handle, ys_solve(handle, &given, &labels));
  ck_assert_str_eq(ys_get_text(handle, "status"), "stopped");
  const double objective = ys_get(handle, "objective");
  pthread_join(other, NULL);
  succeeds(handle, ys_judge(handle, &given, &labels));
  ck_assert(ys_get(handle, "objective") == objective);

  /* The next one is not, but by its limit of time. */
  succeeds(handle, ys_set(handle, "time_limit", 0.05));
  succeeds(handle, ys_solve(handle, &given, &labels));
  ck_assert_str_eq(ys_get_text(handle, "status"), "time_limit");
  ck_assert(ys_get(handle, "seconds") >= 0.05);
  ys_close(handle);
}
END_TEST

START_TEST(exact_can_be_ended_inside_a_step) {
  enum { ROWS = 3000, CLASSES = 2000 };
  double *sigma = make_batch(ROWS, CLASSES),
         *y = malloc(sizeof(double[ROWS][CLASSES]));
  const ystep_array given = doubles(sigma, ROWS, CLASSES),
                    labels = doubles(y, ROWS, CLASSES);
  ystep_handle *handle = opened(10);
  succeeds(handle, ys_set(handle, "tolerance", 1e-9));
  succeeds(handle, ys_set(handle, "time_limit", 0.01));
  succeeds(handle, ys_solve(handle, &given, &labels));
  ck_assert_str_eq(ys_get_text(handle, "status"), "time_limit");
  succeeds(handle, ys_judge(handle, &given, &labels));
  ck_assert(isfinite(ys_get(handle, "gap")));
  ys_close(handle);
  free(sigma);
  free(y);
}
END_TEST

/* -------------------------------------------------------- two at a time ----
 */

typedef struct job {
  double *sigma, *y;
  size_t rows;
  double lambda;
} job;

static void *solve_job(void *context) {
  job *j = context;
  const ystep_array given = doubles(j->sigma, j->rows, K),
                    labels = doubles(j->y, j->rows, K);
  ystep_handle *handle = opened(j->lambda);
  for (int i = 0; i < 20; i++)
    succeeds(handle, ys_solve(handle, &given, &labels));
  ys_close(handle);
  return NULL;
}

START_TEST(two_threads_at_a_time_change_no_bit) {
  job jobs[4];
  double *alone[4];
  pthread_t threads[4];
  for (size_t j = 0; j < 4; j++) {
    const size_t rows = 200 + 4000 * (j % 2);
    jobs[j] = (job){make_batch(rows, K), malloc(sizeof(double[K]) * rows), rows,
                    0.1 + (double)j};
    alone[j] = malloc(sizeof(double[K]) * rows);
    solve_job(&jobs[j]);
    memcpy(alone[j], jobs[j].y, sizeof(double[K]) * rows);
    memset(jobs[j].y, 0, sizeof(double[K]) * rows);
  }
  for (size_t j = 0; j < 4; j++)
    ck_assert_int_eq(pthread_create(&threads[j], NULL, solve_job, &jobs[j]), 0);
  for (size_t j = 0; j < 4; j++) {
    pthread_join(threads[j], NULL);
    assert_same(jobs[j].y, alone[j], jobs[j].rows * K);
    free(jobs[j].sigma);
    free(jobs[j].y);
    free(alone[j]);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("library");
  TCase *bits = tcase_create("the same bits");
  tcase_add_checked_fixture(bits, enter_folder, leave_folder);
  tcase_add_test(bits, solves_to_the_bits_of_the_program);
  tcase_add_test(bits, float32_is_as_its_doubles);
  tcase_add_test(bits, gaps_between_rows_change_nothing);
  tcase_add_test(bits, logits_are_put_through_softmax);
  tcase_add_test(bits, a_handle_begins_anew_with_every_call);
  tcase_add_loop_test(bits, the_work_that_is_kept_shows_in_no_bit, 0, 2);
  tcase_add_test(bits, threads_change_no_bit);
  tcase_add_test(bits, two_threads_at_a_time_change_no_bit);
  suite_add_tcase(suite, bits);
  TCase *start = tcase_create("start");
  tcase_add_test(start, a_given_start_is_where_it_begins);
  tcase_add_test(start, sparse_labels_of_a_dense_solver);
  tcase_add_test(start, uniform_rows_are_spelled_out);
  tcase_add_test(start, a_prior_moves_the_means);
  suite_add_tcase(suite, start);
  TCase *ends = tcase_create("ends");
  tcase_add_test(ends, a_solve_can_be_ended);
  tcase_add_test(ends, exact_can_be_ended_inside_a_step);
  suite_add_tcase(suite, ends);
  return run_suite(suite);
}
