/* bench/run/starts.c: start points by their names and from files, the share of
 * the uniform point mixed into them, and what that is for. */
#include "bench/run/starts.h"
#include "problems/formats/labels_file.h"
#include "problems/formats/npy.h"
#include "problems/problem.h"
#include "tests/support/solver_run.h"
#include "tests/support/tempfile.h"
#include "tests/support/testing.h"

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

static fixture at;
static double *y;
static char *npy, *csv;
static ys_error error;

static void open_batch(const char *spec) {
  ys_batch batch;
  ck_assert_int_eq(ys_problem_make(spec, 1, &batch, &error), YS_OK);
  setup(&at, batch, YS_COLLISION * YS_FAIRNESSES + YS_STRONG, 1, NULL);
  y = calloc(batch.rows * batch.classes, sizeof *y);
  ck_assert_ptr_nonnull(y);
}

static void before(void) {
  npy = temp_file(".npy");
  csv = temp_file(".csv");
  y = NULL;
}

static void after(void) {
  drop_file(npy);
  drop_file(csv);
  if (y)
    teardown(&at);
  free(y);
}

/* The start point of `path` followed by `ending`. */
static ys_code start_from(const char *path, const char *ending) {
  char text[512];
  snprintf(text, sizeof text, "%s%s", path, ending);
  ys_labels labels;
  ys_code code =
      start_make(text, 1, &at.objective, START_DENSE, &labels, &error);
  if (code)
    return code;
  memcpy(y, labels.dense, labels.rows * labels.classes * sizeof *y);
  ys_labels_free(&labels);
  return YS_OK;
}

/* Every start as sparse labels, and labels from a .npz, as dense ones have
 * them.
 */
START_TEST(starts_are_the_same_dense_and_sparse) {
  static const char *const endings[] = {"", ":mix=0.25"};
  char *npz = temp_file(".npz");
  const char *const names[] = {"uniform", "sigma", "random", csv, npz};
  const size_t entries[] = {0, 12, 12, 6, 6};
  double room[3];
  open_batch("dirichlet:M=4,K=3");
  put_text(csv, "1,0,0\n0,0.25,0.75\n0,0,1\n0.5,0,0.50002\n");
  for (int s = 0; s < COUNT(names); s++)
    for (int e = 0; e < COUNT(endings); e++) {
      char text[512];
      ys_labels labels;
      snprintf(text, sizeof text, "%s%s", names[s], endings[e]);
      ck_assert_int_eq(
          start_make(text, 1, &at.objective, START_SPARSE, &labels, &error),
          YS_OK);
      ck_assert_ptr_null(labels.dense);
      ck_assert_uint_eq(ys_labels_entries(&labels), e && s ? 12 : entries[s]);
      ck_assert_int_eq(start_from(names[s], endings[e]), YS_OK);
      for (size_t i = 0; i < 4; i++) {
        const double *row = ys_labels_row(&labels, i, room);
        for (size_t k = 0; k < 3; k++)
          assert_close(row[k], y[3 * i + k], s ? 0 : 1e-15);
      }
      if (s == 3 && e == 0)
        ck_assert_int_eq(ys_labels_write(npz, &labels, &error), YS_OK);
      ys_labels_free(&labels);
    }
  drop_file(npz);
}
END_TEST

START_TEST(a_sparse_start_must_have_the_shape) {
  char *npz = temp_file(".npz");
  ys_labels labels;
  open_batch("dirichlet:M=4,K=3");
  ck_assert_int_eq(ys_labels_make_sparse(&labels, 3, 4, &error), YS_OK);
  ck_assert_int_eq(ys_labels_write(npz, &labels, &error), YS_OK);
  ck_assert_int_eq(start_from(npz, ""), YS_BAD_INPUT);
  assert_says(error.text, ".npz|labels of 3 x 4|expected the batch's 4 rows");
  ys_labels_free(&labels);
  drop_file(npz);
}
END_TEST

START_TEST(every_start_mixes_with_the_uniform_point) {
  static const char *const names[] = {"uniform", "sigma", "random", NULL};
  double plain[12];
  open_batch("dirichlet:M=4,K=3");
  put_text(csv, "1,0,0\n0,1,0\n0,0,1\n0.5,0,0.5\n");
  for (int s = 0; s < COUNT(names); s++) {
    const char *name = names[s] ? names[s] : csv;
    ck_assert_int_eq(start_from(name, ""), YS_OK);
    memcpy(plain, y, sizeof plain);
    ck_assert_int_eq(start_from(name, ":mix=0"), YS_OK);
    ck_assert(memcmp(plain, y, sizeof plain) == 0);
    ck_assert_int_eq(start_from(name, ":mix=0.3"), YS_OK);
    for (int i = 0; i < 12; i++)
      assert_close(y[i], 0.7 * plain[i] + 0.1, 1e-15);
    ck_assert_int_eq(start_from(name, ":mix=1"), YS_OK);
    for (int i = 0; i < 12; i++)
      assert_close(y[i], 1.0 / 3, 1e-15);
  }
}
END_TEST

START_TEST(a_share_that_is_none_is_refused) {
  static const char *const bad[] = {
      ":mix=-0.1", ":mix=1.1", ":mix=nan",
      ":mix=",     ":mix=x",   ":mix=0.1,mix=0.2"};
  open_batch("dirichlet:M=4,K=3");
  put_text(csv, "1,0,0\n0,1,0\n0,0,1\n0.5,0,0.5\n");
  for (int i = 0; i < COUNT(bad); i++) {
    ck_assert_int_eq(start_from("sigma", bad[i]), YS_BAD_INPUT);
    assert_says(error.text, "start|mix");
    ck_assert_int_eq(start_from(csv, bad[i]), YS_BAD_INPUT);
    assert_says(error.text, "start|mix");
  }
  ck_assert_int_eq(start_from("sigma", ":mux=0.1"), YS_BAD_INPUT);
  assert_says(error.text, "start has no option 'mux'|'mix'");
}
END_TEST

START_TEST(a_path_may_hold_a_colon) {
  char *odd = temp_file(":of=x.csv");
  open_batch("dirichlet:M=1,K=2");
  put_text(odd, "0.25,0.75\n");
  ck_assert_int_eq(start_from(odd, ""), YS_OK);
  ck_assert(y[0] == 0.25 && y[1] == 0.75);
  ck_assert_int_eq(start_from(odd, ":mix=0.5"), YS_OK);
  ck_assert(y[0] == 0.375 && y[1] == 0.625);
  drop_file(odd);
}
END_TEST

/* A vector is one row. */
START_TEST(one_row_starts_from_a_vector) {
  open_batch("dirichlet:M=1,K=3");
  const double row[] = {0.5, 0.25, 0.25};
  ck_assert_int_eq(ys_npy_write(npy, row, 1, 3, &error), YS_OK);
  ck_assert_int_eq(start_from(npy, ""), YS_OK);
  ck_assert(memcmp(y, row, sizeof row) == 0);
}
END_TEST

/* Shares of float32 sum to 1 to 1e-7 alone, and are divided by their sums. */
START_TEST(float32_rows_are_divided_by_their_sums) {
  char bytes[128];
  const float shares[] = {0.1F, 0.2F, 0.7F, 0.3F, 0.3F, 0.4F};
  memset(bytes, ' ', sizeof bytes);
  memcpy(bytes, "\x93NUMPY\x01\x00\x76\x00", 10);
  memcpy(bytes + 10,
         "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}", 57);
  bytes[127] = '\n';
  char file[128 + sizeof shares];
  memcpy(file, bytes, 128);
  memcpy(file + 128, shares, sizeof shares);
  put_bytes(npy, file, sizeof file);
  open_batch("dirichlet:M=2,K=3");
  ck_assert_int_eq(start_from(npy, ""), YS_OK);
  for (int i = 0; i < 2; i++) {
    double sum = (double)shares[3 * i] + (double)shares[3 * i + 1] +
                 (double)shares[3 * i + 2];
    assert_close(y[3 * i] + y[3 * i + 1] + y[3 * i + 2], 1, 1e-15);
    for (int k = 0; k < 3; k++)
      assert_close(y[3 * i + k], (double)shares[3 * i + k] / sum, 1e-15);
  }
}
END_TEST

static const struct {
  const char *file, *words;
} bad_files[] = {
    {"0.5,0.5\n", "start is 1 x 2|expected 2 x 3"},
    {"0.5,0.5,0\n0.5,0.5,0\n1,0,0\n", "start is 3 x 3|expected 2 x 3"},
    {"0.5,0.5,0\n0.5,0.5,0.1\n", "row 1|sums to 1.1"},
    {"0.5,0.5,0\n0.5,0.7,-0.2\n", "row 1, class 2|-0.2"},
    {"0.5,nan,0\n0.5,0.5,0\n", "row 0, class 1|nan"},
    {"0.5,inf,0\n0.5,0.5,0\n", "row 0, class 1|inf"},
};

START_TEST(bad_file_is_named_with_its_row) {
  open_batch("dirichlet:M=2,K=3");
  put_text(csv, bad_files[_i].file);
  ck_assert_int_eq(start_from(csv, ":mix=0.1"), YS_BAD_INPUT);
  assert_says(error.text, csv);
  assert_says(error.text, bad_files[_i].words);
}
END_TEST

/* Em and md multiply: a zero of the start stays, and the optimum of another
 * batch is out of reach; a share of the uniform point opens the way to it. */
START_TEST(multiplicative_methods_need_the_share) {
  static const char *const specs[] = {"em:accel=squarem", "md"};
  double gap[2];
  open_batch("dirichlet:M=40,K=4");
  double *labels = calloc(160, sizeof *labels);
  ck_assert_ptr_nonnull(labels);
  for (size_t i = 0; i < 40; i++)
    labels[4 * i + i % 4] = 1;
  ck_assert_int_eq(ys_npy_write(npy, labels, 40, 4, &error), YS_OK);
  for (int mixed = 0; mixed < 2; mixed++) {
    solver_run run;
    ck_assert_int_eq(start_from(npy, mixed ? ":mix=0.1" : ""), YS_OK);
    ck_assert(begin_run(&run, specs[_i], &at.objective, y));
    for (int step = 0; step < 200; step++)
      if (next_step(&run, y) != YS_STEP_ON)
        break;
    gap[mixed] = judge_run(&run, &at, y).gap;
    for (int i = 0; !mixed && i < 160; i++)
      ck_assert(labels[i] > 0 || y[i] == 0);
    end_run(&run);
  }
  free(labels);
  ck_assert_msg(gap[0] > 0.1, "gap %g", gap[0]);
  ck_assert_msg(gap[1] < 1e-6, "gap %g", gap[1]);
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("inputs");
  TCase *tc = tcase_create("inputs");
  tcase_add_checked_fixture(tc, before, after);
  tcase_add_test(tc, starts_are_the_same_dense_and_sparse);
  tcase_add_test(tc, a_sparse_start_must_have_the_shape);
  tcase_add_test(tc, every_start_mixes_with_the_uniform_point);
  tcase_add_test(tc, a_share_that_is_none_is_refused);
  tcase_add_test(tc, a_path_may_hold_a_colon);
  tcase_add_test(tc, one_row_starts_from_a_vector);
  tcase_add_test(tc, float32_rows_are_divided_by_their_sums);
  tcase_add_loop_test(tc, bad_file_is_named_with_its_row, 0, COUNT(bad_files));
  tcase_add_loop_test(tc, multiplicative_methods_need_the_share, 0, 2);
  suite_add_tcase(s, tc);
  return s;
}

int main(void) {
  return run_suite(suite());
}
