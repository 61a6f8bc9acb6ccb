/* bench/run/experiment.c: the run before the first one. */
#include "bench/run/experiment.h"
#include "tests/support/testing.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static ys_error error;

START_TEST(few_rows_start_every_thread_of_a_large_batch) {
  static const size_t shapes[][2] = {{1, 2},         {3000, 10},
                                     {400000, 10},   {500000, 10},
                                     {400000, 1000}, {5, 1000000}};
  for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
    for (int threads = 1; threads <= 64; threads *= 4) {
      const ys_batch batch = {.rows = shapes[s][0], .classes = shapes[s][1]};
      const size_t rows = experiment_warm_rows(&batch, threads);
      const ys_blocks blocks = ys_blocks_make(rows, batch.classes);
      ck_assert_uint_le(rows, batch.rows);
      if (batch.rows * batch.classes <= 4000000)
        ck_assert_uint_eq(rows, batch.rows);
      else if (rows < batch.rows) {
        ck_assert_int_eq(ys_block_threads(&blocks, threads), threads);
        ck_assert_uint_le(rows, (size_t)threads * 4 *
                                    ys_blocks_make(1, batch.classes).size);
      }
    }
  const ys_batch large = {.rows = 400000, .classes = 1000};
  ck_assert_uint_lt(experiment_warm_rows(&large, 2), 100);
}
END_TEST

/* A batch of 500000 x 10 of which nobody may touch more than the first rows. */
typedef struct fenced {
  double *sigma;
  size_t size;
  ys_batch batch;
} fenced;

enum { ROWS = 500000, CLASSES = 10, THREADS = 2 };

static void fence(fenced *f, bool lacks_class) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  f->batch = (ys_batch){.rows = ROWS, .classes = CLASSES};
  f->size = ROWS * CLASSES * sizeof(double);
  f->sigma = mmap(NULL, f->size, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ck_assert(f->sigma != MAP_FAILED);
  f->batch.sigma = f->sigma;
  const size_t rows = experiment_warm_rows(&f->batch, THREADS);
  for (size_t i = 0; i < rows; i++) {
    double *row = f->sigma + i * CLASSES;
    for (size_t k = 0; k < CLASSES; k++)
      row[k] = k == i % 7 ? 0.55 : 0.05;
    if (lacks_class) {
      row[i % 7] += row[9];
      row[9] = 0;
    }
  }
  const size_t open =
      (rows * CLASSES * sizeof(double) / page + 2) * page; /* prefetches */
  ck_assert_int_eq(mprotect((char *)f->sigma + open, f->size - open, PROT_NONE),
                   0);
}

START_TEST(a_large_batch_is_warmed_up_on_its_first_rows) {
  static const char *const solvers[] = {"fw", "ipm", "em", "pgd", "md", "gsl"};
  const size_t count = sizeof solvers / sizeof *solvers;
  const char *problem = "fenced";
  request_term term = {.lambda = 1};
  request r = {.problems = {&problem, 1},
               .solvers = {solvers, count},
               .terms = &term,
               .term_count = 1,
               .start = "no such file",
               .limits = {.max_iterations = 1000, .seconds = 60},
               .repeats = 1,
               .threads = THREADS};
  loaded_problem loaded = {0};
  ys_objective objective;
  fenced f;
  fence(&f, _i % 2);
  loaded.batch = f.batch;
  experiment e = {.request = &r, .problems = &loaded, .objectives = &objective};
  ck_assert_int_eq(chosen_solvers_read(r.solvers, &e.solvers, &error), YS_OK);
  for (int pair = 0; pair < YS_LOSSES * YS_FAIRNESSES; pair++) {
    ck_assert_int_eq(ys_objective_init(&objective, &loaded.batch,
                                       (ys_loss)(pair / YS_FAIRNESSES),
                                       (ys_fairness)(pair % YS_FAIRNESSES),
                                       term.lambda, NULL, THREADS, &error),
                     YS_OK);
    for (size_t s = 0; s < count; s++)
      if (experiment_check_solver(&e.solvers[s], &objective, NULL) == YS_OK)
        ck_assert_int_eq(experiment_warm_up(&e, s, &error), YS_OK);
    ys_objective_free(&objective);
  }
  chosen_solvers_free(e.solvers, count);
  munmap(f.sigma, f.size);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("experiment");
  TCase *tests = tcase_create("warm-up");
  tcase_add_test(tests, few_rows_start_every_thread_of_a_large_batch);
  tcase_add_loop_test(tests, a_large_batch_is_warmed_up_on_its_first_rows, 0,
                      2);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
