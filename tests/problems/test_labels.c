/* problems/labels.c: labels dense and sparse, one made of the other; and the
 * judge, which finds the same bits in either. */
#include "problems/labels.h"

#include "problems/certificate.h"
#include "problems/formats/labels_file.h"
#include "problems/formats/npy.h"
#include "problems/problem.h"
#include "tests/support/dense.h"
#include "tests/support/fixture.h"
#include "tests/support/tempfile.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static ys_error error;

/* Rows of every kind that a solver may come to: uniform, of all classes; of
 * some, of two, of one. */
static void fill_row(gsl_rng *rng, double *row, size_t n, bool full) {
  const size_t held[] = {0, n, 1 + gsl_rng_uniform_int(rng, n), 2, 1, 1};
  const size_t count = held[gsl_rng_uniform_int(rng, full ? 2 : COUNT(held))];
  double sum = 0;
  for (size_t k = 0; k < n; k++)
    row[k] = count ? 0 : 1 / (double)n;
  if (!count)
    return;
  for (size_t c = 0; c < count; c++)
    row[count == n ? c : gsl_rng_uniform_int(rng, n)] =
        gsl_rng_uniform_pos(rng);
  for (size_t k = 0; k < n; k++)
    sum += row[k];
  for (size_t k = 0; k < n; k++)
    row[k] /= sum;
}

/* Sparse labels of the array, whose uniform rows have no entries. */
static ys_labels sparse_of(const double *y, size_t rows, size_t n) {
  const ys_labels dense = ys_labels_view(y, rows, n);
  ys_labels sparse;
  size_t entries = 0;
  ck_assert_int_eq(ys_labels_to_sparse(&dense, &sparse, &error), YS_OK);
  for (size_t i = 0; i < rows; i++) {
    const size_t begin = sparse.begin[i], end = sparse.begin[i + 1];
    bool uniform = true;
    for (size_t k = 0; k < n; k++)
      uniform = uniform && y[i * n + k] == 1 / (double)n;
    sparse.begin[i] = entries;
    for (size_t e = begin; !uniform && e < end; e++) {
      sparse.held[entries] = sparse.held[e];
      sparse.weight[entries++] = sparse.weight[e];
    }
  }
  sparse.begin[rows] = entries;
  return sparse;
}

static double *random_rows(gsl_rng *rng, size_t rows, size_t n, bool full) {
  double *y = malloc(rows * n * sizeof *y);
  ck_assert_ptr_nonnull(y);
  for (size_t i = 0; i < rows; i++)
    fill_row(rng, y + i * n, n, full);
  return y;
}

START_TEST(new_sparse_labels_are_uniform) {
  ys_labels labels, dense;
  double room[3];
  ck_assert_int_eq(ys_labels_make_sparse(&labels, 4, 3, &error), YS_OK);
  ck_assert_ptr_null(labels.dense);
  ck_assert_ptr_null(labels.held);
  ck_assert_uint_eq(ys_labels_entries(&labels), 0);
  for (size_t i = 0; i < 4; i++)
    for (size_t k = 0; k < 3; k++)
      ck_assert(ys_labels_row(&labels, i, room)[k] == 1.0 / 3);
  ck_assert_int_eq(ys_labels_to_dense(&labels, &dense, &error), YS_OK);
  for (size_t e = 0; e < 12; e++)
    ck_assert(dense.dense[e] == 1.0 / 3);
  ys_labels_free(&dense);
  ys_labels_free(&labels);
  ck_assert_ptr_null(labels.begin);
}
END_TEST

START_TEST(conversions_lose_nothing) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (size_t n = 2; n < 300; n += n / 2) {
    const size_t rows = 1 + gsl_rng_uniform_int(rng, 40);
    double *y = random_rows(rng, rows, n, false),
           *room = malloc(n * sizeof *room);
    ys_labels sparse = sparse_of(y, rows, n), dense, copy;
    ck_assert_int_eq(ys_labels_to_dense(&sparse, &dense, &error), YS_OK);
    ck_assert_mem_eq(dense.dense, y, rows * n * sizeof *y);
    ck_assert_int_eq(ys_labels_copy(&sparse, &copy, &error), YS_OK);
    ck_assert_uint_eq(ys_labels_entries(&copy), ys_labels_entries(&sparse));
    for (size_t i = 0; i < rows; i++) {
      ck_assert_mem_eq(ys_labels_row(&copy, i, room), y + i * n, n * sizeof *y);
      ck_assert_ptr_eq(ys_labels_row(&dense, i, NULL), dense.dense + i * n);
      for (size_t e = copy.begin[i] + 1; e < copy.begin[i + 1]; e++)
        ck_assert_uint_lt(copy.held[e - 1], copy.held[e]);
    }
    ys_labels_free(&copy);
    ys_labels_free(&dense);
    ys_labels_free(&sparse);
    free(room);
    free(y);
  }
  gsl_rng_free(rng);
}
END_TEST

/* Rows of many lengths, of which some thousands, or one, are written at a time.
 */
START_TEST(sparse_labels_are_written_as_dense_ones) {
  static const size_t shapes[][2] = {
      {1, 2}, {20000, 2}, {1000, 131}, {3, 40000}};
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  char *path = temp_file(".npy");
  for (size_t s = 0; s < COUNT(shapes); s++) {
    const size_t rows = shapes[s][0], n = shapes[s][1];
    double *y = random_rows(rng, rows, n, false);
    ys_labels sparse = sparse_of(y, rows, n), read;
    ys_output output;
    ck_assert_int_eq(ys_output_create(&output, path, &error), YS_OK);
    ck_assert_int_eq(ys_labels_write_dense_to(&output, &sparse, NULL, &error),
                     YS_OK);
    ck_assert_int_eq(ys_labels_read(path, &read, &error), YS_OK);
    ck_assert(read.rows == rows && read.classes == n && read.dense);
    ck_assert_int_eq(memcmp(read.dense, y, rows * n * sizeof *y), 0);
    ys_labels_free(&read);
    ys_labels_free(&sparse);
    free(y);
  }
  drop_file(path);
  gsl_rng_free(rng);
}
END_TEST

/* From any labels to any others, of either kind, with more entries or fewer. */
START_TEST(labels_are_overwritten) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  ys_labels kept, whole;
  double room[5];
  ck_assert_int_eq(ys_labels_make_sparse(&kept, 9, 5, &error), YS_OK);
  ck_assert_int_eq(ys_labels_make_dense(&whole, 9, 5, &error), YS_OK);
  for (int turn = 0; turn < 50; turn++) {
    double *y = random_rows(rng, 9, 5, turn % 3 == 0);
    ys_labels sparse = sparse_of(y, 9, 5);
    const ys_labels dense = ys_labels_view(y, 9, 5);
    for (int kind = 0; kind < 2; kind++) {
      const ys_labels *from = kind ? &dense : &sparse;
      ck_assert_int_eq(ys_labels_assign(&kept, from, &error), YS_OK);
      for (size_t i = 0; i < 9; i++)
        ck_assert_mem_eq(ys_labels_row(&kept, i, room), y + i * 5, sizeof room);
      for (size_t e = 0; e < ys_labels_entries(&kept); e++)
        ck_assert(kept.weight[e] > 0);
      ck_assert_int_eq(ys_labels_assign(&whole, from, &error), YS_OK);
      ck_assert_mem_eq(whole.dense, y, 9 * 5 * sizeof *y);
    }
    ys_labels_free(&sparse);
    free(y);
  }
  ys_labels_free(&kept);
  ys_labels_free(&whole);
  gsl_rng_free(rng);
}
END_TEST

START_TEST(sizes_cannot_wrap) {
  ys_labels labels = {0};
  const size_t half = SIZE_MAX / 2 + 1;
  ck_assert_int_eq(ys_labels_make_dense(&labels, half, 2, &error),
                   YS_NO_MEMORY);
  ck_assert_int_eq(ys_labels_make_dense(&labels, SIZE_MAX / 8 + 1, 1, &error),
                   YS_NO_MEMORY);
  ck_assert_int_eq(ys_labels_make_sparse(&labels, SIZE_MAX, 2, &error),
                   YS_NO_MEMORY);
  ck_assert_int_eq(ys_labels_make_sparse(&labels, 3, 2, &error), YS_OK);
  ck_assert_int_eq(ys_labels_reserve(&labels, 4, &error), YS_OK);
  labels.held[3] = 1;
  ck_assert_int_eq(ys_labels_reserve(&labels, half, &error), YS_NO_MEMORY);
  ck_assert_int_eq(ys_labels_reserve(&labels, SIZE_MAX, &error), YS_NO_MEMORY);
  ck_assert_uint_eq(labels.room, 4);
  ck_assert_uint_eq(labels.held[3], 1);
  ys_labels_free(&labels);
}
END_TEST

/* ---------------------------------------------------------- the judge ---- */

/* Pairs of loss and fairness by how often F was finite. */
static size_t finite_ones[PAIRS];

/* All that is asked of labels, at one number of threads. */
static void compare(const ys_objective *f, const double *y,
                    const ys_labels *sparse, const double *hint) {
  const ys_labels dense = labels_of(f, y);
  const double *const hints[] = {NULL, hint};
  ys_scratch scratch;
  ys_error of_dense = {YS_OK, ""}, of_sparse = {YS_OK, ""};
  ck_assert_int_eq(ys_scratch_init(&scratch, f, &error), YS_OK);
  for (size_t h = 0; h < COUNT(hints); h++) {
    ys_verdict a = ys_certify(f, &dense, hints[h], &scratch);
    ys_verdict b = ys_certify(f, sparse, hints[h], &scratch);
    ck_assert_mem_eq(&a, &b, sizeof a);
    finite_ones[f->loss * YS_FAIRNESSES + f->fairness] +=
        isfinite(a.objective) ? 1 : 0;
  }
  const double gap = ys_frank_wolfe_gap(f, &dense, &scratch);
  const double same = ys_frank_wolfe_gap(f, sparse, &scratch);
  ck_assert_mem_eq(&gap, &same, sizeof gap);
  ck_assert_int_eq(ys_objective_check_finite(f, &dense, &scratch, &of_dense),
                   ys_objective_check_finite(f, sparse, &scratch, &of_sparse));
  ck_assert_str_eq(of_dense.text, of_sparse.text);
  ys_scratch_free(&scratch);
}

static void compare_pairs(gsl_rng *rng, const ys_batch *batch,
                          const double *y) {
  static const double lambdas[] = {0, 1e-3, 1, 30};
  const size_t n = batch->classes;
  ys_labels sparse = sparse_of(y, batch->rows, n);
  double *hint = malloc(n * sizeof *hint);
  for (size_t k = 0; k < n; k++)
    hint[k] = 0.5 + gsl_rng_uniform(rng);
  for (int pair = 0; pair < PAIRS; pair++)
    for (int threads = 1; threads < 4; threads += 2) {
      ys_objective f;
      ck_assert_int_eq(
          ys_objective_init(&f, batch, (ys_loss)(pair / YS_FAIRNESSES),
                            (ys_fairness)(pair % YS_FAIRNESSES),
                            lambdas[gsl_rng_uniform_int(rng, COUNT(lambdas))],
                            NULL, threads, &error),
          YS_OK);
      compare(&f, y, &sparse, hint);
      ys_objective_free(&f);
    }
  free(hint);
  ys_labels_free(&sparse);
}

static void write_floats(const char *path, const double *rows, size_t count,
                         size_t classes) {
  ys_npy_writer writer;
  ys_output output;
  ck_assert_int_eq(ys_output_create(&output, path, &error), YS_OK);
  ck_assert_int_eq(
      ys_npy_begin(&output, sizeof(float), count, classes, &writer, &error),
      YS_OK);
  ck_assert_int_eq(ys_npy_append(&writer, rows, count, &error), YS_OK);
  ck_assert_int_eq(ys_npy_finish(&writer, &error), YS_OK);
}

/* On a batch in either storage. */
static void compare_shape(gsl_rng *rng, const char *npy, size_t rows, size_t n,
                          bool full) {
  double *sigma = random_labels(rng, rows % 3 ? FLAT : MIXED, rows, n);
  double *y = random_rows(rng, rows, n, full);
  write_floats(npy, sigma, rows, n);
  for (int storage = 0; storage < 2; storage++) {
    char spec[512];
    ys_batch batch;
    snprintf(spec, sizeof spec, "file:path=%s,storage=float%d", npy,
             storage ? 32 : 64);
    ck_assert_int_eq(ys_problem_make(spec, 1, &batch, &error), YS_OK);
    compare_pairs(rng, &batch, y);
    ys_batch_free(&batch);
  }
  free(y);
  free(sigma);
}

START_TEST(the_judge_finds_the_same_bits) {
  static const size_t classes[] = {2,  3,  5,   10,  15,  16,  31,
                                   32, 33, 100, 223, 224, 225, 1000};
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  char *npy = temp_file(".npy");
  for (size_t c = 0; c < COUNT(classes); c++) {
    for (size_t rows = 1; rows < 24; rows += 1 + rows / 2)
      for (int full = 0; full < 2; full++)
        compare_shape(rng, npy, rows, classes[c], full);
    for (int full = 0; full < 2; full++)
      compare_shape(rng, npy, 25000 / classes[c] + 7, classes[c], full);
  }
  for (int pair = 0; pair < PAIRS; pair++)
    ck_assert_uint_gt(finite_ones[pair], 200);
  drop_file(npy);
  gsl_rng_free(rng);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("labels");
  TCase *tc = tcase_create("labels");
  tcase_set_timeout(tc, 120);
  tcase_add_test(tc, new_sparse_labels_are_uniform);
  tcase_add_test(tc, conversions_lose_nothing);
  tcase_add_test(tc, sparse_labels_are_written_as_dense_ones);
  tcase_add_test(tc, labels_are_overwritten);
  tcase_add_test(tc, sizes_cannot_wrap);
  tcase_add_test(tc, the_judge_finds_the_same_bits);
  suite_add_tcase(suite, tc);
  return run_suite(suite);
}
