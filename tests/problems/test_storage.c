/* A batch kept as float32 in its file: the numbers and everything computed from
 * them have the bits of the same file read in double. And batches drawn in
 * parts. */
#include "problems/certificate.h"
#include "problems/formats/npy.h"
#include "problems/generators/rng.h"
#include "problems/memory.h"
#include "problems/objective/collision.h"
#include "problems/problem.h"
#include "problems/vector/array.h"
#include "solvers/solver.h"
#include "tests/support/dense.h"
#include "tests/support/fixture.h"
#include "tests/support/tempfile.h"

#include <inttypes.h>
#include <unistd.h>

static char *npy;
static ys_batch wide, kept;
static ys_error error;

static void make_files(void) {
  npy = temp_file(".npy");
}

static void drop_files(void) {
  drop_file(npy);
}

static ys_code read_file(const char *options, ys_batch *batch) {
  char spec[512];
  snprintf(spec, sizeof spec, "file:path=%s%s", npy, options);
  return ys_problem_make(spec, 1, batch, &error);
}

static void write_floats(const double *rows, size_t count, size_t classes) {
  ys_npy_writer writer;
  ys_output output;
  ck_assert_int_eq(ys_output_create(&output, npy, &error), YS_OK);
  ck_assert_int_eq(
      ys_npy_begin(&output, sizeof(float), count, classes, &writer, &error),
      YS_OK);
  ck_assert_int_eq(ys_npy_append(&writer, rows, count, &error), YS_OK);
  ck_assert_int_eq(ys_npy_finish(&writer, &error), YS_OK);
}

/* The same file read both ways. */
static void make_pair(gsl_rng *rng, size_t rows, size_t classes) {
  double *data = random_labels(rng, MIXED, rows, classes);
  data[0] = data[0] == 0 ? -0.0 : data[0];
  write_floats(data, rows, classes);
  free(data);
  ck_assert_int_eq(read_file("", &wide), YS_OK);
  ck_assert_int_eq(read_file(",storage=float32", &kept), YS_OK);
}

static void drop_pair(void) {
  ys_batch_free(&wide);
  ys_batch_free(&kept);
}

START_TEST(rows_have_the_same_bits) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  double room[3 * 300];
  for (size_t classes = 2; classes < 300; classes += classes / 3 + 1)
    for (size_t rows = 1; rows < 8; rows += 2) {
      make_pair(rng, rows, classes);
      ck_assert_ptr_null(kept.sigma);
      ck_assert_uint_eq(kept.renormalised_rows, wide.renormalised_rows);
      ck_assert_double_eq(kept.largest_deviation, wide.largest_deviation);
      for (size_t i = 0; i < rows; i++) {
        size_t count = rows - i < 3 ? rows - i : 3;
        ck_assert_mem_eq(ys_batch_rows(&kept, i, count, room),
                         wide.sigma + i * classes,
                         count * classes * sizeof *room);
        ck_assert_ptr_eq(ys_batch_rows(&wide, i, count, NULL),
                         wide.sigma + i * classes);
      }
      drop_pair();
    }
  gsl_rng_free(rng);
}
END_TEST

/* Every row of every shape is added up as a plain loop does it, whichever way
 * the file is read and by however many threads. */
START_TEST(sums_are_those_of_a_plain_loop) {
  static const size_t shapes[][2] = {{1, 2},   {7, 3},    {8, 4},   {9, 5},
                                     {61, 11}, {2100, 7}, {90, 301}};
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
    const size_t rows = shapes[s][0], n = shapes[s][1];
    double *data = malloc(rows * n * sizeof *data);
    for (size_t i = 0; i < rows; i++) { /* of sizes whose sums have an order */
      double sum = 0;
      for (size_t k = 0; k < n; k++)
        sum += data[i * n + k] = pow(gsl_rng_uniform_pos(rng), 30);
      for (size_t k = 0; k < n; k++)
        data[i * n + k] /= sum;
    }
    write_floats(data, rows, n);
    for (int threads = 1; threads <= 3; threads++) {
      char spec[512];
      snprintf(spec, sizeof spec, "file:path=%s,storage=float64", npy);
      ck_assert_int_eq(ys_problem_make(spec, threads, &wide, &error), YS_OK);
      snprintf(spec, sizeof spec, "file:path=%s,storage=float32", npy);
      ck_assert_int_eq(ys_problem_make(spec, threads, &kept, &error), YS_OK);
      size_t off = 0;
      double most = 0;
      for (size_t i = 0; i < rows; i++) {
        double sum = 0;
        for (size_t k = 0; k < n; k++)
          sum += (double)(float)data[i * n + k];
        ck_assert(sum == kept.sum[i]);
        for (size_t k = 0; k < n; k++) {
          const double entry = (double)(float)data[i * n + k] / sum;
          ck_assert(entry == wide.sigma[i * n + k]);
          ck_assert(entry == ys_batch_entry(&kept, i, k));
          ck_assert(entry == ys_batch_entry(&wide, i, k));
        }
        off += fabs(sum - 1) > 1e-12;
        most = fmax(most, fabs(sum - 1));
      }
      ck_assert_uint_eq(wide.renormalised_rows, off);
      ck_assert_uint_eq(kept.renormalised_rows, off);
      ck_assert(wide.largest_deviation == most);
      ck_assert(kept.largest_deviation == most);
      drop_pair();
    }
    free(data);
  }
  gsl_rng_free(rng);
}
END_TEST

static void assert_tops(const ys_batch *batch, const double *data) {
  const size_t n = batch->classes;
  ys_objective objective;
  ys_scratch scratch;
  ck_assert_int_eq(ys_objective_init(&objective, batch, YS_COLLISION, YS_STRONG,
                                     1, NULL, 1, &error),
                   YS_OK);
  ck_assert_int_eq(ys_scratch_init(&scratch, &objective, &error), YS_OK);
  for (size_t block = 0; block < scratch.blocks.count; block++)
    ys_collision_tops(&objective, &scratch, block);
  for (size_t i = 0; i < batch->rows; i++) {
    size_t top = 0;
    for (size_t k = 1; k < n; k++)
      if ((float)data[i * n + k] > (float)data[i * n + top])
        top = k;
    ck_assert_uint_eq(scratch.top[i], top);
  }
  ys_scratch_free(&scratch);
  ys_objective_free(&objective);
}

/* The first class of a row's largest number, ties and rows of one class
 * included, short and long. */
START_TEST(tops_are_the_first_of_the_largest) {
  static const size_t classes[] = {2, 5, 31, 32, 63, 64, 65, 300};
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (size_t c = 0; c < sizeof classes / sizeof *classes; c++) {
    const size_t rows = 3 * classes[c] + 50, n = classes[c];
    double *data = random_labels(rng, FLAT, rows, n);
    for (size_t i = 0; i < 2 * n; i++) { /* one class, two alike */
      memset(data + i * n, 0, n * sizeof *data);
      data[i * n + i / 2] += 0.5;
      data[i * n + (i % 2 ? i / 2 : (i * 7 + 1) % n)] += 0.5;
    }
    for (size_t k = 0; k < n; k++) /* all alike */
      data[2 * n * n + k] = 1 / (double)n;
    write_floats(data, rows, n);
    ck_assert_int_eq(read_file(",storage=float64", &wide), YS_OK);
    ck_assert_int_eq(read_file(",storage=float32", &kept), YS_OK);
    assert_tops(&wide, data);
    assert_tops(&kept, data);
    drop_pair();
    free(data);
  }
  gsl_rng_free(rng);
}
END_TEST

/* Of many rows that are refused the first is named, with the same words, as
 * float32 and in double, by any number of threads. */
START_TEST(the_first_bad_row_is_named) {
  enum { ROWS = 5000, CLASSES = 9 };
  static const struct {
    float bad;
    const char *says;
  } cases[] = {{-0.25f, "class 3 (from 0): -0.25 is not a probability"},
               {NAN, "class 3 (from 0): nan is not a probability"},
               {INFINITY, "class 3 (from 0): inf is not a probability"},
               {0.5f, "sums to 1.38"}};
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  double *data = random_labels(rng, FLAT, ROWS, CLASSES);
  for (size_t i = 0; i < ROWS; i++)
    for (size_t k = 0; k < CLASSES; k++)
      data[i * CLASSES + k] = 1 / (double)CLASSES;
  data[4000 * CLASSES + 3] = -1;
  data[4999 * CLASSES + 3] = NAN;
  for (size_t first = 3999; first > 0; first = first / 3 - first / 40)
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
      char row[32];
      data[first * CLASSES + 3] = cases[c].bad;
      write_floats(data, ROWS, CLASSES);
      snprintf(row, sizeof row, "row %zu", first);
      for (int threads = 1; threads <= 3; threads++)
        for (int stays = 0; stays < 2; stays++) {
          char spec[512];
          snprintf(spec, sizeof spec, "file:path=%s,storage=%s", npy,
                   stays ? "float32" : "float64");
          ck_assert_int_eq(ys_problem_make(spec, threads, &kept, &error),
                           YS_BAD_INPUT);
          assert_says(error.text, row);
          assert_says(error.text, cases[c].says);
        }
    }
  free(data);
  gsl_rng_free(rng);
}
END_TEST

/* Logits have the same bits and the same first bad row by any number of
 * threads. */
START_TEST(logits_are_read_by_any_number_of_threads) {
  enum { ROWS = 5000, CLASSES = 9 };
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  double *data = random_labels(rng, FLAT, ROWS, CLASSES);
  for (int bad = 0; bad < 2; bad++) {
    char spec[512];
    snprintf(spec, sizeof spec, "file:path=%s,logits=1", npy);
    ck_assert_int_eq(ys_npy_write(npy, data, ROWS, CLASSES, &error), YS_OK);
    for (int threads = 1; threads <= 3; threads++)
      if (bad) {
        ck_assert_int_eq(ys_problem_make(spec, threads, &kept, &error),
                         YS_BAD_INPUT);
        assert_says(error.text, "row 2999|class 1 (from 0)|nan is not a logit");
      } else {
        ck_assert_int_eq(ys_problem_make(spec, 1, &wide, &error), YS_OK);
        ck_assert_int_eq(ys_problem_make(spec, threads, &kept, &error), YS_OK);
        ck_assert_mem_eq(kept.sigma, wide.sigma, ROWS * CLASSES * sizeof *data);
        drop_pair();
      }
    data[2999 * CLASSES + 1] = NAN;
    data[4999 * CLASSES + 1] = INFINITY;
  }
  free(data);
  gsl_rng_free(rng);
}
END_TEST

/* Left to choose, a large file of float32 stays where it is until somebody
 * wants doubles; a small one does not, nor one of doubles. */
START_TEST(a_large_file_stays_until_doubles_are_wanted) {
  enum { ROWS = 4200, CLASSES = 1000, SOME = 40 };
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  double *data = random_labels(rng, FLAT, ROWS, CLASSES);
  write_floats(data, ROWS, CLASSES);
  ck_assert_int_eq(read_file("", &kept), YS_OK);
  ck_assert_ptr_null(kept.sigma);
  ck_assert_int_eq(read_file(",storage=float64", &wide), YS_OK);
  ck_assert_ptr_nonnull(wide.sigma);
  const size_t renormalised = kept.renormalised_rows;
  ck_assert_int_eq(ys_batch_widen(&kept, "test", 2, &error), YS_OK);
  ck_assert_ptr_null(kept.recorded);
  ck_assert_ptr_null(kept.map);
  ck_assert_mem_eq(kept.sigma, wide.sigma, ROWS * CLASSES * sizeof *data);
  ck_assert_uint_eq(kept.renormalised_rows, renormalised);
  ck_assert_int_eq(ys_batch_widen(&kept, "test", 2, &error), YS_OK);
  drop_pair();
  ck_assert_int_eq(read_file(",storage=float32", &kept), YS_OK);
  ck_assert_int_eq(ys_batch_widen(&kept, "whoever", 2, &error), YS_UNSUPPORTED);
  assert_says(error.text, "whoever reads sigma in double");
  ck_assert_ptr_null(kept.sigma);
  ys_batch_free(&kept);
  write_floats(data, SOME, CLASSES);
  ck_assert_int_eq(read_file("", &wide), YS_OK);
  ck_assert_ptr_nonnull(wide.sigma);
  ys_batch_free(&wide);
  ck_assert_int_eq(ys_npy_write(npy, data, ROWS, CLASSES, &error), YS_OK);
  ck_assert_int_eq(read_file("", &wide), YS_OK);
  ck_assert_ptr_nonnull(wide.sigma);
  ys_batch_free(&wide);
  free(data);
  gsl_rng_free(rng);
}
END_TEST

/* Sparse rows of as many entries as the judge goes through one by one, and some
 * that no solver would leave: entries below 0, rows that add up to 0, or to
 * next to nothing. */
static void make_few(gsl_rng *rng, bool odd_ones, ys_labels *few) {
  const size_t n = few->classes, most = n / 8;
  size_t entries = 0;
  ck_assert_int_eq(ys_labels_reserve(few, few->rows * most, &error), YS_OK);
  for (size_t i = 0; i < few->rows; i++) {
    const size_t wanted = 1 + gsl_rng_uniform_int(rng, most);
    const bool odd = odd_ones && gsl_rng_uniform_int(rng, 50) == 0;
    const size_t first = entries;
    double sum = 0;
    for (size_t k = 0; k < n && entries < first + wanted; k++)
      if (gsl_rng_uniform(rng) * (double)(n - k) <
          (double)(first + wanted - entries)) {
        few->held[entries] = (uint32_t)k;
        few->weight[entries] = gsl_rng_uniform_pos(rng);
        sum += few->weight[entries++];
      }
    for (size_t e = first; e < entries; e++)
      few->weight[e] /= sum;
    if (odd)
      few->weight[first] *= gsl_rng_uniform_int(rng, 2) ? -1e-14 : 1e-310;
    few->begin[i + 1] = entries;
  }
}

START_TEST(few_entries_are_judged_as_whole_rows_are) {
  static const size_t classes[] = {32, 33, 47, 64, 99, 130, 225, 1000};
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (size_t c = 0; c < sizeof classes / sizeof *classes; c++)
    for (size_t rows = 1; rows < 500; rows = 3 * rows + 2) {
      const size_t n = classes[c];
      double *data = random_labels(rng, FLAT, rows, n);
      ys_labels few, dense;
      ck_assert_int_eq(ys_labels_make_sparse(&few, rows, n, &error), YS_OK);
      make_few(rng, c % 2 == 0, &few);
      ck_assert_int_eq(ys_labels_to_dense(&few, &dense, &error), YS_OK);
      write_floats(data, rows, n);
      ck_assert_int_eq(read_file(",storage=float64", &wide), YS_OK);
      ck_assert_int_eq(read_file(",storage=float32", &kept), YS_OK);
      const ys_batch *const batches[] = {&wide, &kept};
      ys_verdict first = {0};
      double *x = malloc(rows * sizeof *x), ybar[1000];
      for (size_t b = 0; b < 2; b++)
        for (int sparse = 0; sparse < 2; sparse++) {
          ys_objective objective;
          ys_scratch scratch;
          ck_assert_int_eq(ys_objective_init(&objective, batches[b],
                                             YS_COLLISION, YS_WEAK, 2, NULL, 2,
                                             &error),
                           YS_OK);
          ck_assert_int_eq(ys_scratch_init(&scratch, &objective, &error),
                           YS_OK);
          const ys_verdict found =
              ys_certify(&objective, sparse ? &few : &dense, NULL, &scratch);
          if (b == 0 && !sparse) {
            first = found;
            memcpy(x, scratch.x, rows * sizeof *x);
            memcpy(ybar, scratch.ybar, n * sizeof *ybar);
          }
          ck_assert_mem_eq(&found, &first, sizeof found);
          ck_assert_mem_eq(scratch.x, x, rows * sizeof *x);
          ck_assert_mem_eq(scratch.ybar, ybar, n * sizeof *ybar);
          ys_scratch_free(&scratch);
          ys_objective_free(&objective);
        }
      ck_assert(c % 2 == 0 || isfinite(first.gap));
      free(x);
      ys_labels_free(&few);
      ys_labels_free(&dense);
      drop_pair();
      free(data);
    }
  gsl_rng_free(rng);
}
END_TEST

/* What one batch gives, `steps` iterations from y = sigma on. */
typedef struct outcome {
  double value, bound, *y, *gradient;
  ys_verdict verdict;
} outcome;

static outcome run(const ys_batch *batch, const char *spec, double lambda,
                   int pair, int steps) {
  const size_t bytes = batch->rows * batch->classes * sizeof(double);
  outcome o = {.y = malloc(bytes), .gradient = malloc(bytes)};
  const ys_solver *solver;
  ys_options options;
  ys_objective objective;
  ys_scratch scratch;
  void *work;
  ck_assert_int_eq(ys_objective_init(&objective, batch,
                                     (ys_loss)(pair / YS_FAIRNESSES),
                                     (ys_fairness)(pair % YS_FAIRNESSES),
                                     lambda, NULL, 2, &error),
                   YS_OK);
  ck_assert_int_eq(ys_scratch_init(&scratch, &objective, &error), YS_OK);
  ck_assert_int_eq(ys_solver_parse(spec, &solver, &options, &error), YS_OK);
  ck_assert(solver->by_rows);
  ys_start_sigma(&objective, o.y);
  if (!solver->supports ||
      solver->supports(&objective, &options, &error) == YS_OK) {
    ck_assert_int_eq(
        init_dense(solver, &work, &objective, &options, o.y, &error), YS_OK);
    for (int step = 0; step < steps; step++)
      ck_assert_int_ne(step_dense(solver, work, &objective, o.y, &error),
                       YS_STEP_FAILED);
    solver->free(work);
  }
  o.value = ys_objective_gradient(&objective, o.y, o.gradient, &scratch);
  o.verdict = judge_dense(&objective, o.y, NULL, &scratch);
  o.bound = ys_lower_bound(&objective, objective.prior, &scratch);
  ys_options_free(&options);
  ys_scratch_free(&scratch);
  ys_objective_free(&objective);
  return o;
}

static void free_outcome(outcome *o) {
  free(o->y);
  free(o->gradient);
}

START_TEST(solvers_and_judge_see_the_same_bits) {
  static const struct {
    const char *spec;
    double lambda;
    int steps;
  } runs[] = {{"em", 1, 5},
              {"em:accel=squarem", 1, 5},
              {"em:accel=anderson", 1, 5},
              {"pgd", 1, 5},
              {"pgd:step=bb", 1, 5},
              {"pgd:accel=1", 1, 5},
              {"md", 1, 5},
              {"md:accel=1", 1, 5},
              {"fw", 1, 5},
              {"fw", 10, 5},
              {"fw:corrective=none", 1, 5},
              {"fw", 0, 2},
              {"exact", 1, 3},
              {"exact", 10, 5},
              {"ipm", 1, 9},
              {"ipm", 10, 9},
              {"ipm:active=0", 1, 5},
              {"ipm", 0, 1}};
  static const size_t shapes[][2] = {
      {5, 2}, {37, 3}, {130, 11}, {9, 130}, {2500, 7}};
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (size_t shape = 0; shape < 5; shape++) {
    size_t rows = shapes[shape][0], classes = shapes[shape][1];
    double *data = random_labels(rng, FLAT, rows, classes);
    write_floats(data, rows, classes);
    free(data);
    ck_assert_int_eq(read_file("", &wide), YS_OK);
    ck_assert_int_eq(read_file(",storage=float32", &kept), YS_OK);
    for (size_t s = 0; s < sizeof runs / sizeof *runs; s++) {
      const char *spec = runs[s].spec;
      outcome a = run(&wide, spec, runs[s].lambda, _i, runs[s].steps);
      outcome b = run(&kept, spec, runs[s].lambda, _i, runs[s].steps);
      size_t bytes = rows * classes * sizeof(double);
      ck_assert_mem_eq(a.y, b.y, bytes);
      ck_assert_mem_eq(a.gradient, b.gradient, bytes);
      ck_assert_mem_eq(&a.verdict, &b.verdict, sizeof a.verdict);
      ck_assert(memcmp(&a.value, &b.value, sizeof a.value) == 0);
      ck_assert(memcmp(&a.bound, &b.bound, sizeof a.bound) == 0);
      free_outcome(&a);
      free_outcome(&b);
    }
    drop_pair();
  }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(what_cannot_stay_is_refused) {
  const double good[] = {0.5, 0.5, 0.25, 0.75};
  const double bad[] = {0.5, 0.5, 0.25, 0.25}, negative[] = {0.5, 0.5, 2, -1};
  ck_assert_int_eq(ys_npy_write(npy, good, 2, 2, &error), YS_OK);
  ck_assert_int_eq(read_file(",storage=float32", &kept), YS_BAD_INPUT);
  assert_says(error.text, "storage=float32|expected a .npy file of float32");
  put_text(npy, "0.5,0.5\n");
  ck_assert_int_eq(read_file(",storage=float32", &kept), YS_BAD_INPUT);
  write_floats(good, 2, 2);
  ck_assert_int_eq(read_file(",storage=float32,logits=1", &kept), YS_BAD_INPUT);
  assert_says(error.text, "logits");
  ck_assert_int_eq(read_file(",storage=float32,noise=1", &kept), YS_BAD_INPUT);
  assert_says(error.text, "noise");
  write_floats(bad, 2, 2);
  ck_assert_int_eq(read_file(",storage=float32", &kept), YS_BAD_INPUT);
  assert_says(error.text, "row 1|sums to 0.5|expected 1");
  write_floats(negative, 2, 2);
  ck_assert_int_eq(read_file(",storage=float32", &kept), YS_BAD_INPUT);
  assert_says(error.text, "row 1|class 1|-1 is not a probability");
  write_floats(good, 4, 1);
  ck_assert_int_eq(read_file(",storage=float32", &kept), YS_BAD_INPUT);
  assert_says(error.text, "K = 1");
}
END_TEST

/* Whether the system was asked for large pages where `array` is (Linux; flag
 * hg). */
static bool has_large_pages(const void *array) {
  FILE *maps = fopen("/proc/self/smaps", "r");
  char line[512];
  bool here = false, large = false;
  while (maps && fgets(line, sizeof line, maps)) {
    uintptr_t begin, end;
    if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " ", &begin, &end) == 2)
      here = (uintptr_t)array >= begin && (uintptr_t)array < end;
    else if (here && strncmp(line, "VmFlags:", 8) == 0)
      large = strstr(line, " hg") != NULL;
  }
  if (maps)
    fclose(maps);
  return large;
}

/* The sanitizers have pages of their own. */
START_TEST(large_arrays_ask_for_large_pages) {
  enum { LARGE = 8 << 20 };
#ifdef YS_SANITIZE
  return;
#endif
  if (access("/sys/kernel/mm/transparent_hugepage/enabled", R_OK) != 0)
    return;
  ys_memory memory = {0};
  ys_labels labels;
  char *array = ys_array(LARGE, 1);
  double *taken = ys_take_numbers(&memory, LARGE / sizeof *taken, "numbers");
  ck_assert_int_eq(ys_labels_make_sparse(&labels, LARGE / 8, 2, NULL), YS_OK);
  ck_assert_int_eq(ys_labels_reserve(&labels, LARGE / 4, NULL), YS_OK);
  ck_assert(has_large_pages(array + LARGE / 2));
  ck_assert(has_large_pages(taken + LARGE / sizeof *taken / 2));
  ck_assert(has_large_pages(labels.begin + LARGE / 16));
  ck_assert(has_large_pages(labels.held + LARGE / 8));
  ck_assert(has_large_pages(labels.weight + LARGE / 8));
  ys_wish_large_pages(NULL, LARGE);
  ys_labels_free(&labels);
  ys_give_back(&memory);
  free(array);
}
END_TEST

/* Small ones and large ones by turns, more than one piece holds: aligned, all
 * zeros, and none in another. */
START_TEST(arrays_of_one_memory_lie_apart) {
  enum { ARRAYS = 60, LINE = 64, LARGE = 3 << 20 };
  ys_memory memory = {0};
  unsigned char *array[ARRAYS];
  size_t bytes[ARRAYS];
  for (size_t i = 0; i < ARRAYS; i++) {
    bytes[i] = i % 3 == 2 ? LARGE + i : 7 * i + 1;
    array[i] = ys_take(&memory, bytes[i], 1, "bytes");
    ck_assert_uint_eq((uintptr_t)array[i] % LINE, 0);
    for (size_t b = 0; b < bytes[i]; b++)
      if (array[i][b] != 0)
        ck_abort_msg("array %zu begins with what is not 0", i);
    memset(array[i], (int)i + 1, bytes[i]);
  }
  for (size_t i = 0; i < ARRAYS; i++)
    for (size_t b = 0; b < bytes[i]; b++)
      if (array[i][b] != i + 1)
        ck_abort_msg("array %zu has been written to", i);
  ck_assert_int_eq(ys_memory_check(&memory, NULL), YS_OK);
  ck_assert_ptr_null(ys_take(&memory, SIZE_MAX / 16, 8, "too much"));
  ck_assert_int_eq(ys_memory_check(&memory, NULL), YS_NO_MEMORY);
  ys_give_back(&memory);
}
END_TEST

/* Entries move where there is to be more room, and are what they were, though
 * nobody has said yet which row they are of. */
START_TEST(labels_keep_their_entries_where_they_move) {
  enum { ROWS = 100000, MANY = 1 << 20 };
  ys_labels labels;
  ck_assert_int_eq(ys_labels_make_sparse(&labels, ROWS, 7, NULL), YS_OK);
  for (size_t room = ROWS; room < MANY; room *= 3) {
    ck_assert_int_eq(ys_labels_reserve(&labels, room, NULL), YS_OK);
    for (size_t i = 0; room == ROWS && i < ROWS; i++) {
      labels.held[i] = (uint32_t)(i % 7);
      labels.weight[i] = (double)i;
    }
    for (size_t i = 0; i < ROWS; i++)
      if (labels.held[i] != i % 7 || labels.weight[i] != (double)i)
        ck_abort_msg("entry %zu is another", i);
  }
  ck_assert_int_eq(ys_labels_reserve(&labels, SIZE_MAX / 8, NULL),
                   YS_NO_MEMORY);
  ys_labels_free(&labels);
}
END_TEST

/* Any window of a batch drawn at random holds its rows. */
START_TEST(parts_are_parts_of_the_whole) {
  static const char *const specs[] = {
      "dirichlet:M=1000,K=3", "gaussian:M=1000,K=3,skew=1",
      "dirichlet:M=1000,K=3,noise=0.5,noise-seed=3"};
  for (size_t s = 0; s < sizeof specs / sizeof *specs; s++) {
    const ys_problem *problem;
    ys_options options;
    ck_assert_int_eq(ys_problem_parse(specs[s], &problem, &options, &error),
                     YS_OK);
    ck_assert_int_eq(ys_problem_make(specs[s], 2, &wide, &error), YS_OK);
    for (size_t first = 0; first < 1000; first += YS_RNG_ROWS)
      for (size_t rows = 1; first + rows <= 1000; rows += 243) {
        ck_assert_int_eq(ys_batch_alloc(&kept, "part", rows, 3, &error), YS_OK);
        ck_assert_int_eq(problem->draw(&options, first, 2, &kept, &error),
                         YS_OK);
        ck_assert_mem_eq(kept.sigma, wide.sigma + first * 3,
                         rows * 3 * sizeof *kept.sigma);
        ys_batch_free(&kept);
      }
    ys_batch_free(&wide);
    ys_options_free(&options);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("storage");
  TCase *tests = tcase_create("float32");
  tcase_set_timeout(tests, 120);
  tcase_add_checked_fixture(tests, make_files, drop_files);
  tcase_add_test(tests, rows_have_the_same_bits);
  tcase_add_test(tests, sums_are_those_of_a_plain_loop);
  tcase_add_test(tests, tops_are_the_first_of_the_largest);
  tcase_add_test(tests, the_first_bad_row_is_named);
  tcase_add_test(tests, logits_are_read_by_any_number_of_threads);
  tcase_add_test(tests, a_large_file_stays_until_doubles_are_wanted);
  tcase_add_test(tests, few_entries_are_judged_as_whole_rows_are);
  tcase_add_loop_test(tests, solvers_and_judge_see_the_same_bits, 0, PAIRS);
  tcase_add_test(tests, what_cannot_stay_is_refused);
  tcase_add_test(tests, large_arrays_ask_for_large_pages);
  tcase_add_test(tests, arrays_of_one_memory_lie_apart);
  tcase_add_test(tests, labels_keep_their_entries_where_they_move);
  tcase_add_test(tests, parts_are_parts_of_the_whole);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
