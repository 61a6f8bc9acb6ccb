/* bench/kernels/: the benchmark's arithmetic, its kernels and its program. No
 * time is asserted. */
#include "bench/kernels/kernel_table.h"
#include "bench/kernels/plan.h"
#include "bench/kernels/regions.h"
#include "bench/system/clock_and_signals.h"
#include "tests/support/program.h"

#include <signal.h>
#include <unistd.h>

/* ------------------------------------------------------ arithmetic ---- */

START_TEST(quartiles_by_hand) {
  double odd[] = {5, 1, 4, 2, 3}, even[] = {4, 1, 3, 2}, one[] = {7};
  quartiles q = quartiles_of(odd, 5);
  assert_close(q.low, 2, 0);
  assert_close(q.median, 3, 0);
  assert_close(q.high, 4, 0);
  q = quartiles_of(even, 4);
  assert_close(q.low, 1.75, 1e-15);
  assert_close(q.median, 2.5, 1e-15);
  assert_close(q.high, 3.25, 1e-15);
  q = quartiles_of(one, 1);
  ck_assert(q.low == 7 && q.median == 7 && q.high == 7);
  ck_assert(isnan(quartiles_of(one, 0).median));
}
END_TEST

static double hundred(size_t rows, size_t classes) {
  return 100.0 * (double)rows * (double)classes;
}

/* Three samples of 20 elements; their ratios are 4, 2 and 1 triads. */
START_TEST(what_follows_from_samples) {
  const kernel k = {.name = "k", .arrays = 3, .flops = hundred};
  const sample samples[] = {{4e-6, 1e-6, 1, 0.5, 4e-7},
                            {2e-6, 1e-6, 2, 0.9, 1e-6},
                            {6e-6, 6e-6, 4, 0.8, 8e-7}};
  measurement m = {.kernel = &k, .rows = 4, .classes = 5, .target = 2};
  ys_error error;
  ck_assert_int_eq(measure_summarise(samples, 3, 8e9, 160, &m, &error), YS_OK);
  ck_assert_uint_eq(m.samples, 3);
  assert_close(m.ns.median, 200, 1e-12); /* 4e-6 s for 20 elements */
  assert_close(m.ns.low, 150, 1e-12);
  assert_close(m.ns.high, 250, 1e-12);
  assert_close(m.triad_ns.median, 50, 1e-12);
  assert_close(m.triads.median, 2, 1e-12); /* the median of the ratios */
  assert_close(m.read_ns.median, 40, 1e-12);
  assert_close(m.read_rate, 160 / 8e-7 / 1e9, 1e-12);
  assert_close(m.reads.low, 4.75, 1e-12); /* of 10, 2 and 7.5 */
  assert_close(m.reads.median, 7.5, 1e-12);
  assert_close(m.bytes, 3 * 20 * 8, 0);
  assert_close(m.bandwidth, 480 / 4e-6 / 1e9, 1e-12);
  assert_close(m.gflops.median, 2000 / 4e-6 / 1e9, 1e-12);
  assert_close(m.gemm.median, 4, 1e-12);
  /* 0.5/8, 1/4, 0.333/2 */
  assert_close(m.rate.median, 2000 / 6e-6 / 1e9 / 2, 1e-12);
  assert_close(m.share, 0.8, 0);
  ck_assert(m.met);
  m.target = 1.9;
  ck_assert_int_eq(measure_summarise(samples, 3, 8e9, 160, &m, &error), YS_OK);
  ck_assert(!m.met);
}
END_TEST

START_TEST(a_rate_has_to_be_high_enough) {
  const kernel k = {.name = "k", .rate = 0.7, .flops = hundred};
  const sample fast = {1e-6, 1e-6, 1e-6, 1, 1}, slow = {2e-6, 1e-9, 1e-6, 1, 1};
  measurement m = {.kernel = &k, .rows = 4, .classes = 5, .target = 0.7};
  ys_error error;
  ck_assert_int_eq(measure_summarise(&fast, 1, 2000, 1, &m, &error), YS_OK);
  assert_close(m.rate.median, 1, 1e-12);
  ck_assert(m.met);
  ck_assert_int_eq(measure_summarise(&slow, 1, 2000, 1, &m, &error), YS_OK);
  assert_close(m.rate.median, 0.5, 1e-12);
  ck_assert(!m.met);
}
END_TEST

static const kernel *find(const char *name) {
  for (size_t i = 0; kernels[i]; i++)
    if (strcmp(kernels[i]->name, name) == 0)
      return kernels[i];
  ck_abort_msg("no kernel %s", name);
}

START_TEST(targets) {
  assert_close(kernel_target(find("em"), 9), 3, 0);
  assert_close(kernel_target(find("em"), 10), 2, 0);
  assert_close(kernel_target(find("md"), 1000), 3, 0);
  assert_close(kernel_target(find("gradient+judge"), 2), 2, 0);
  assert_close(kernel_target(find("ipm-syrk"), 99), 0, 0);
  assert_close(kernel_target(find("ipm-syrk"), 100), 0.7, 0);
  assert_close(kernel_target(find("fw"), 10), 0, 0);
}
END_TEST

/* A row of sum_i v_i v_i^T: 2 M vectors, K (K + 1) / 2 entries, multiply and
 * add. */
START_TEST(operations_of_the_outer_products) {
  const kernel *syrk = find("ipm-syrk");
  assert_close(syrk->flops(128, 3), 2.0 * 128 * 6 * 2, 0);
  assert_close(syrk->flops(129, 3), 2.0 * 256 * 6 * 2, 0); /* whole chunks */
  assert_close(find("ipm-system")->flops(128, 3), 2.0 * 128 * 12 + 9, 0);
}
END_TEST

/* ------------------------------------------------------ yardsticks ---- */

START_TEST(triad_is_a_triad) {
  yardstick t;
  ck_assert_int_eq(triad_init(&t, 101, 3, NULL), YS_OK);
  for (size_t i = 0; i < t.count; i++) {
    t.b[i] = (double)i;
    t.c[i] = 1 / (double)(i + 1);
  }
  triad_run(&t);
  for (size_t i = 0; i < t.count; i++)
    assert_close(t.a[i], t.b[i] + 3 * t.c[i], 1e-15);
  yardstick_free(&t);
}
END_TEST

/* Numbers whose sums are exact: every one is read once. */
START_TEST(a_read_of_sigma_reads_all_of_it) {
  static const size_t shapes[][2] = {{1, 2}, {33, 7}, {7000, 3}, {90, 301}};
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
    const size_t count = shapes[s][0] * shapes[s][1];
    double *sigma = malloc(count * sizeof *sigma), sum = 0;
    float *recorded = malloc(count * sizeof *recorded);
    for (size_t i = 0; i < count; i++) {
      sigma[i] = (double)(i % 97 + 1);
      recorded[i] = (float)(i % 97 + 1);
      sum += sigma[i];
    }
    const ys_batch wide = {
        .rows = shapes[s][0], .classes = shapes[s][1], .sigma = sigma};
    const ys_batch kept = {
        .rows = shapes[s][0], .classes = shapes[s][1], .recorded = recorded};
    for (int threads = 1; threads <= 3; threads++) {
      ck_assert(sigma_read(&wide, threads) == sum);
      ck_assert(sigma_read(&kept, threads) == sum);
    }
    assert_close(sigma_bytes(&wide), 8 * (double)count, 0);
    assert_close(sigma_bytes(&kept), 4 * (double)count, 0);
    free(sigma);
    free(recorded);
  }
}
END_TEST

START_TEST(gemm_is_a_product) {
  enum { N = 13, THREADS = 2 };
  yardstick g;
  ck_assert_int_eq(gemm_init(&g, N, THREADS, NULL), YS_OK);
  gemm_run(&g);
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      double sum = 0;
      for (int k = 0; k < N; k++)
        sum += g.a[i * N + k] * g.b[k * N + j];
      assert_close(g.c[i * N + j], sum, 1e-13);
    }
  assert_close(gemm_flops(&g), 2.0 * N * N * N, 0);
  yardstick_free(&g);
}
END_TEST

/* --------------------------------------------------------- kernels ---- */

/* Each kernel of the table runs on a batch of odd shape, more often than a
 * solver may go on before it starts anew, and leaves y as it was. */
START_TEST(every_kernel_runs) {
  const kernel *k = kernels[_i];
  const plan p = {.batch = "dirichlet:seed=3", .lambda = 1};
  plan_batch b = {.size = "cache", .share = 1, .rows = 37, .classes = 5};
  stage s;
  ys_error error = {YS_OK, ""};
  ck_assert_int_eq(plan_batch_make(&p, &b, &error), YS_OK);
  ck_assert_int_eq(stage_init(&s, &p, &b, 2, &error), YS_OK);
  double *before = malloc(37 * 5 * sizeof *before);
  memcpy(before, s.y, 37 * 5 * sizeof *before);
  measurement m = {.kernel = k, .rows = 37, .classes = 5, .threads = 2};
  const effort spend = {3, 30, 10, 1e-9};
  measure_kernel(k, &s.data, &s.triad, &s.gemm, &spend, &m);
  ck_assert_msg(m.failure[0] == '\0', "%s: %s", k->name, m.failure);
  ck_assert_uint_eq(m.samples, 30);
  ck_assert(m.ns.low > 0 && m.ns.low <= m.ns.median &&
            m.ns.median <= m.ns.high);
  ck_assert(isfinite(m.rate.median) == (k->flops != NULL));
  ck_assert_int_eq(memcmp(before, s.y, 37 * 5 * sizeof *before), 0);
  free(before);
  stage_free(&s);
  ys_batch_free(&b.batch);
}
END_TEST

static ys_code refuse(kernel_case *c, ys_error *error) {
  (void)c;
  return ys_fail(error, YS_BAD_NUMERICS, "no");
}

static ys_code stand(kernel_case *c, ys_error *error) {
  (void)error;
  c->standing = true;
  return YS_OK;
}

START_TEST(a_kernel_that_fails_says_so) {
  const kernel fails = {.name = "fails", .arrays = 1, .run = refuse};
  const kernel stands = {.name = "stands", .arrays = 1, .run = stand};
  const plan p = {.batch = "dirichlet", .lambda = 1};
  plan_batch b = {.size = "cache", .share = 1, .rows = 4, .classes = 3};
  stage s;
  ys_error error;
  ck_assert_int_eq(plan_batch_make(&p, &b, &error), YS_OK);
  ck_assert_int_eq(stage_init(&s, &p, &b, 1, &error), YS_OK);
  const effort spend = {1, 1, 1, 1e-9};
  measurement m = {.rows = 4, .classes = 3};
  measure_kernel(&fails, &s.data, &s.triad, &s.gemm, &spend, &m);
  ck_assert_str_eq(m.failure, "no");
  ck_assert_uint_eq(m.samples, 0);
  measure_kernel(&stands, &s.data, &s.triad, &s.gemm, &spend, &m);
  assert_says(m.failure, "stalls");
  stage_free(&s);
  ys_batch_free(&b.batch);
}
END_TEST

static ys_code be_interrupted(kernel_case *c, ys_error *error) {
  (void)c;
  (void)error;
  raise(SIGINT);
  return YS_OK;
}

START_TEST(an_interrupted_kernel_has_no_samples_and_says_why) {
  const kernel k = {.name = "stops", .arrays = 1, .run = be_interrupted};
  const plan p = {.batch = "dirichlet", .lambda = 1};
  plan_batch b = {.size = "cache", .share = 1, .rows = 4, .classes = 3};
  stage s;
  ys_error error;
  interrupt_install();
  ck_assert_int_eq(plan_batch_make(&p, &b, &error), YS_OK);
  ck_assert_int_eq(stage_init(&s, &p, &b, 1, &error), YS_OK);
  const effort spend = {1, 1, 1, 1e-9};
  measurement m = {.rows = 4, .classes = 3};
  measure_kernel(&k, &s.data, &s.triad, &s.gemm, &spend, &m);
  ck_assert_str_eq(m.failure, "interrupted");
  ck_assert_uint_eq(m.samples, 0);
  stage_free(&s);
  ys_batch_free(&b.batch);
}
END_TEST

/* --------------------------------------------------------- program ---- */

/* Run `kernel-bench ARGUMENTS`, which lies beside ystep. */
__attribute__((format(printf, 1, 2))) static int bench(const char *format,
                                                       ...) {
  char arguments[512], command[700];
  va_list list;
  va_start(list, format);
  vsnprintf(arguments, sizeof arguments, format, list);
  va_end(list);
  snprintf(command, sizeof command,
           "OMP_WAIT_POLICY=passive \"$(dirname \"$YSTEP\")\"/kernel-bench %s "
           ">out.txt 2>err.txt",
           arguments);
  int status = system(command);
  ck_assert_msg(WIFEXITED(status), "%s: killed", command);
  return WEXITSTATUS(status);
}

static void assert_row(const table *t, size_t row) {
  const kernel *k = find(at(t, row, "kernel"));
  const double rows = number_at(t, row, "rows");
  const double classes = number_at(t, row, "classes");
  const bool out = strcmp(at(t, row, "size"), "memory") == 0;
  const bool dense = k->flops != NULL;
  ck_assert_str_eq(at(t, row, "message"), "");
  assert_close(number_at(t, row, "bytes"), k->arrays * 8 * rows * classes,
               1e-5);
  ck_assert(rows * classes <= (out ? 9000 : 2000));
  ck_assert(rows * classes > (out ? 9000 : 8000) / 4.0 - classes);
  const bool target = out && kernel_target(k, (size_t)classes) > 0 &&
                      (k->rate > 0 || number_at(t, row, "threads") == 2);
  ck_assert_int_eq(at(t, row, "target")[0] != '\0', target);
  ck_assert_int_eq(at(t, row, "met")[0] != '\0', target);
  ck_assert_int_eq(at(t, row, "dgemm_gflops")[0] != '\0', dense);
  ck_assert_int_eq(at(t, row, "rate")[0] != '\0', dense);
  ck_assert(number_at(t, row, "samples") >= 3);
  ck_assert(number_at(t, row, "triads_q1") <= number_at(t, row, "triads"));
  ck_assert(number_at(t, row, "triads") <= number_at(t, row, "triads_q3"));
  ck_assert(number_at(t, row, "triads") > 0);
  ck_assert(number_at(t, row, "read_ns_per_element") > 0);
  ck_assert(number_at(t, row, "read_gb_per_second") > 0);
  ck_assert(number_at(t, row, "reads_q1") <= number_at(t, row, "reads"));
  ck_assert(number_at(t, row, "reads") <= number_at(t, row, "reads_q3"));
}

START_TEST(quick_from_end_to_end) {
  enter_folder();
  int status = bench("--quick --cache-elements 2000 --memory-elements 9000 "
                     "--classes 3 100 --threads 1 2 -o out");
  char *errors = slurp("err.txt");
  ck_assert_msg(status == 0, "status %d: %s", status, errors);
  free(errors);
  size_t count = 0;
  while (kernels[count])
    count++;
  table t = read_table("out/kernels.csv");
  ck_assert_uint_eq(t.rows - 1, count * 2 * 2 * 2);
  for (size_t row = 1; row < t.rows; row++)
    assert_row(&t, row);
  free_table(&t);
  char *page = slurp("out/kernels.md"), *shown = slurp("out.txt");
  for (const char *word = strtok((char[]){"CPU:|compiler:|OMP_WAIT_POLICY|"
                                          "In cache, 1 thread|Out of cache, 2 "
                                          "threads|<= 3; K >= 10: <= 2|"
                                          "one plain read of sigma|the same, "
                                          "GB/s|time in plain reads of sigma"},
                                 "|");
       word; word = strtok(NULL, "|"))
    ck_assert_msg(strstr(page, word) && strstr(shown, word), "no '%s'", word);
  ck_assert(strstr(page, "## Every measurement") != NULL);
  ck_assert(strstr(page, " nan |") == NULL && strstr(page, "(nan") == NULL);
  free(page);
  free(shown);
  leave_folder();
}
END_TEST

START_TEST(filters) {
  enter_folder();
  ck_assert_int_eq(bench("-q --kernel judge em --classes 4 --threads 1 --size "
                         "cache --cache-elements 400 -o out"),
                   0);
  table t = read_table("out/kernels.csv");
  ck_assert_uint_eq(t.rows, 3);
  ck_assert_str_eq(at(&t, 1, "kernel"), "judge");
  ck_assert_str_eq(at(&t, 2, "kernel"), "em");
  ck_assert_str_eq(at(&t, 2, "rows"), "100");
  free_table(&t);
  ck_assert_int_eq(bench("-q --kernel em --classes 4 -o out"), 2);
  leave_folder();
}
END_TEST

START_TEST(refusals) {
  static const char *const bad[][2] = {
      {"--kernel emm", "emm|em|--list"},
      {"--classes 1", "--classes|1|2"},
      {"--classes 2.5", "--classes|2.5"},
      {"--threads 0", "--threads|0"},
      {"--size disk", "disk|cache|memory"},
      {"--cache-elements 0", "cache-elements"},
      {"--batch nope --classes 3", "nope"},
      {"--batch dirichlet:M=3 --classes 3", "M"},
      {"--lambda -1", "lambda"},
      {"--kernal em", "--kernal|--kernel"},
  };
  enter_folder();
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    ck_assert_msg(bench("%s", bad[i][0]) == 2, "%s", bad[i][0]);
    char *errors = slurp("err.txt");
    size_t length = strlen(errors);
    ck_assert_uint_gt(length, 0);
    errors[length - 1] = '\0';
    assert_says(errors, bad[i][1]);
    free(errors);
  }
  ck_assert_int_eq(bench("--list"), 0);
  char *list = slurp("out.txt");
  for (size_t i = 0; kernels[i]; i++)
    ck_assert(strstr(list, kernels[i]->name) != NULL);
  free(list);
  leave_folder();
}
END_TEST

/* Mini-batches in one memory: a row for each solver and lambda, numbers in it.
 */
START_TEST(ysteps_of_minibatches) {
  enter_folder();
  ck_assert_int_eq(bench("--y-steps --quick"), 0);
  char *page = slurp("out.txt");
  ck_assert_ptr_nonnull(strstr(page, "| fw | 1 |"));
  ck_assert_ptr_nonnull(strstr(page, "| exact | 10 |"));
  ck_assert_ptr_null(strstr(page, "inf"));
  ck_assert_ptr_null(strstr(page, "nan"));
  free(page);
  leave_folder();
}
END_TEST

/* --------------------------------------------------- large batches ---- */

/* Ten seconds: 2 outside, 1 in regions of one thread, 4 of two and 3 of all. */
START_TEST(what_is_serial) {
  regions r = {.count = 4};
  r.seconds[1] = 1;
  r.seconds[2] = 4;
  r.seconds[REGIONS_CORES] = 3;
  assert_close(regions_serial(&r, 10), 3, 1e-15);
  assert_close(regions_speedup(&r, 10), 10 / (3 + 2 + 3. / REGIONS_CORES),
               1e-15);
}
END_TEST

/* Of GCC's OpenMP: a region runs on one thread, and is counted as of those that
 * it asked for; before and after nothing is. */
START_TEST(regions_are_seen) {
#if defined(__GNUC__) && !defined(__clang__) && defined(__linux__)
  yardstick t;
  regions r = {0};
  ck_assert_int_eq(triad_init(&t, 1 << 20, 3, NULL), YS_OK);
  const double before = regions_clock();
  regions_watch(&r);
  triad_run(&t);
  triad_run(&t);
  regions_watch(NULL);
  const double all = regions_clock() - before;
  triad_run(&t);
  ck_assert_uint_eq(r.count, 2);
  ck_assert(r.seconds[3] > 0 && r.seconds[3] <= all);
  assert_close(regions_serial(&r, all), all - r.seconds[3], 1e-12);
  yardstick_free(&t);
#endif
}
END_TEST

/* A row with numbers in it; the share is one. */
static void assert_large(const char *page) {
  double lambda, seconds, reads, faster, serial = 1, law = 2, cores = 2;
  const int found = sscanf(
      page, "%*[^\n]%*[^`]`%*[^`]` | %lf | %lf | %lf | %lf | %lf | %lf | %lf |",
      &lambda, &seconds, &reads, &faster, &serial, &law, &cores);
  ck_assert_msg(found == 7 || found == 4, "%s", page);
  ck_assert(lambda == 1 && seconds > 0 && reads > 1 && faster > 0);
  ck_assert_msg(serial > 0 && serial < 100, "%s", page);
  ck_assert_msg(law >= 1 && law < REGIONS_CORES && cores > 0, "%s", page);
}

START_TEST(large_batches) {
  enter_folder();
  ck_assert_int_eq(bench("--large --quick"), 0);
  char *page = slurp("out.txt");
  assert_large(page);
  free(page);
  leave_folder();
}
END_TEST

static Suite *suite(void) {
  Suite *s = suite_create("kernels");
  TCase *c = tcase_create("kernel-bench");
  int count = 0;
  while (kernels[count])
    count++;
  tcase_set_timeout(c, 30);
  tcase_add_test(c, quartiles_by_hand);
  tcase_add_test(c, what_follows_from_samples);
  tcase_add_test(c, a_rate_has_to_be_high_enough);
  tcase_add_test(c, targets);
  tcase_add_test(c, operations_of_the_outer_products);
  tcase_add_test(c, triad_is_a_triad);
  tcase_add_test(c, a_read_of_sigma_reads_all_of_it);
  tcase_add_test(c, gemm_is_a_product);
  tcase_add_loop_test(c, every_kernel_runs, 0, count);
  tcase_add_test(c, a_kernel_that_fails_says_so);
  tcase_add_test(c, an_interrupted_kernel_has_no_samples_and_says_why);
  tcase_add_test(c, quick_from_end_to_end);
  tcase_add_test(c, filters);
  tcase_add_test(c, refusals);
  tcase_add_test(c, ysteps_of_minibatches);
  tcase_add_test(c, what_is_serial);
  tcase_add_test(c, regions_are_seen);
  tcase_add_test(c, large_batches);
  suite_add_tcase(s, c);
  return s;
}

int main(void) {
  return run_suite(suite());
}
