/* EM's accelerations: the two extrapolations on maps whose fixed point they
 * must hit, and whole runs against plain EM. */
#include "problems/certificate.h"
#include "problems/problem.h"
#include "solvers/em/accelerate.h"
#include "tests/support/solver_run.h"

static const char *const specs[] = {"em:accel=squarem", "em:accel=anderson",
                                    "em:accel=anderson,memory=1",
                                    "em:accel=anderson,memory=10"};
enum { SPECS = 4 };

/* The pairs that EM serves: strong fairness, collision or reverse. */
static int pair_of(int reverse) {
  return (reverse ? YS_REVERSE : YS_COLLISION) * YS_FAIRNESSES;
}

/* ------------------------------------------------- extrapolated maps ----
 *
 * With reverse and lambda = 0, F is least at y = sigma. This map brings every
 * logarithm nearer to sigma's by a factor, and so never raises F. */

typedef struct pull {
  const ys_batch *batch;
  double factor[2]; /* what is left of an even and of an odd row's distance */
} pull;

static void pull_rows(void *context, double *y) {
  const pull *p = context;
  const size_t n = p->batch->classes;
  for (size_t i = 0; i < p->batch->rows; i++)
    for (size_t k = 0; k < n; k++) {
      double target = log(p->batch->sigma[i * n + k]);
      y[i * n + k] =
          exp(target + p->factor[i % 2] * (log(y[i * n + k]) - target));
    }
}

static double distance(const ys_batch *batch, const double *y) {
  double most = 0;
  for (size_t e = 0; e < batch->rows * batch->classes; e++)
    most = fmax(most, fabs(y[e] - batch->sigma[e]));
  return most;
}

/* One factor: r and v are parallel, and the first step arrives. */
START_TEST(squarem_ends_a_geometric_sequence) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int round = 0; round < 50; round++) {
    fixture f;
    ys_squarem squarem;
    setup(&f, random_batch(rng, FLAT, 7, 4), pair_of(1), 0, NULL);
    pull p = {.batch = &f.batch};
    p.factor[0] = p.factor[1] = 0.1 + 0.08 * (round % 11);
    double *y = random_labels(rng, FLAT, 7, 4);
    ys_work *work = ys_work_open(sizeof *work, "work", &f.objective, NULL);
    ys_squarem_init(&squarem, work);
    ck_assert_int_eq(ys_memory_check(&work->memory, NULL), YS_OK);
    ys_squarem_step(&squarem, pull_rows, &p, y);
    ck_assert_double_le(distance(&f.batch, y), 1e-11);
    ys_work_free(work);
    free(y);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

/* Two factors: two differences span what is left. Four maps alone would leave
 * most of it. */
START_TEST(anderson_ends_a_linear_sequence) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int round = 0; round < 50; round++) {
    fixture f;
    ys_anderson anderson;
    setup(&f, random_batch(rng, FLAT, 7, 4), pair_of(1), 0, NULL);
    pull p = {.batch = &f.batch, .factor = {0.9, 0.5}};
    double *y = random_labels(rng, FLAT, 7, 4);
    for (size_t e = 0; e < 7 * 4; e++) /* near, so that F is nearly quadratic */
      y[e] = f.batch.sigma[e] * (1 + 1e-3 * (y[e] - 0.5));
    ys_work *work = ys_work_open(sizeof *work, "work", &f.objective, NULL);
    ys_anderson_init(&anderson, work, 2);
    ck_assert_int_eq(ys_memory_check(&work->memory, NULL), YS_OK);
    for (int step = 0; step < 4; step++)
      ys_anderson_step(&anderson, pull_rows, &p, y);
    ck_assert_double_le(distance(&f.batch, y), 1e-8);
    ys_work_free(work);
    free(y);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

/* ------------------------------------------------------- whole runs ---- */

START_TEST(every_step_descends_and_keeps_mass) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int kind = 0; kind < ROW_KINDS; kind++)
    for (int power = -6; power <= 4; power += 2)
      for (int reverse = 0; reverse < 2; reverse++) {
        fixture f;
        solver_run run;
        setup(&f, random_batch(rng, (row_kind)kind, 15, 4), pair_of(reverse),
              pow(10, power), NULL);
        double *y = random_labels(rng, FLAT, 15, 4);
        bool without = !reverse && f.batch.sigma[2] < 1;
        y[2] *= !without; /* a class without mass stays so */
        double last = INFINITY;
        ck_assert(begin_run(&run, specs[_i], &f.objective, y));
        for (int step = 0; step < 60; step++) {
          ck_assert_int_ne(next_step(&run, y), YS_STEP_FAILED);
          ys_verdict verdict = judge_run(&run, &f, y);
          ck_assert_msg(verdict.objective <=
                            last + 1e-14 * (1 + f.objective.lambda),
                        "kind %d, lambda 1e%d, step %d: %.17g after %.17g",
                        kind, power, step, verdict.objective, last);
          ck_assert_double_le(verdict.row_sum_error, 1e-14);
          for (size_t e = 0; e < 15 * 4; e++)
            ck_assert((y[e] > 0) == (e != 2 || !without));
          last = verdict.objective;
        }
        end_run(&run);
        free(y);
        teardown(&f);
      }
  gsl_rng_free(rng);
}
END_TEST

/* Steps until the certified gap is small enough; `most` if it is not. */
static int steps_to(fixture *f, const char *spec, double gap, int most,
                    double *objective) {
  double *y = malloc(f->batch.rows * f->batch.classes * sizeof *y);
  ys_verdict verdict = {.gap = INFINITY};
  solver_run run;
  int step = 0;
  ys_start_uniform(&f->objective, y);
  ck_assert(begin_run(&run, spec, &f->objective, y));
  for (; step < most && verdict.gap > gap; step++) {
    next_step(&run, y);
    verdict = judge_run(&run, f, y);
  }
  *objective = verdict.objective;
  end_run(&run);
  free(y);
  return step;
}

/* To the same optimum in at most a fifth of plain EM's maps, two a step for
 * SQUAREM. */
START_TEST(a_fifth_of_the_maps) {
  static const char *const problems[] = {"dirichlet:M=600,K=10",
                                         "gaussian:M=600,K=6,scale=2"};
  for (int problem = 0; problem < 2; problem++) {
    fixture f;
    ys_batch batch;
    double plain, fast;
    ck_assert_int_eq(ys_problem_make(problems[problem], 1, &batch, NULL),
                     YS_OK);
    setup(&f, batch, 0, 1, NULL);
    int maps = steps_to(&f, "em", 1e-5, 20000, &plain);
    int steps = steps_to(&f, specs[_i], 1e-5, 20000, &fast);
    ck_assert_int_lt(maps, 20000);
    ck_assert_msg((_i ? 1 : 2) * steps <= maps / 5, "%s: %d steps, %d maps",
                  problems[problem], steps, maps);
    ck_assert_double_le(fabs(fast - plain), 1e-5);
    teardown(&f);
  }
}
END_TEST

START_TEST(planted_optima_are_found) {
  fixture f;
  ys_batch batch;
  double objective;
  ck_assert_int_eq(ys_problem_make("planted:M=100,K=4", 1, &batch, NULL),
                   YS_OK);
  setup(&f, batch, 0, batch.planted_lambda, NULL);
  ck_assert_int_lt(steps_to(&f, specs[_i], 1e-6, 5000, &objective), 5000);
  ck_assert_double_le(fabs(objective - batch.planted_optimum), 1e-6);
  teardown(&f);
}
END_TEST

/* Shapes at the edge, and rows that are vertices. */
START_TEST(hard_batches_are_solved) {
  static const size_t shapes[][2] = {{1, 2}, {1, 5}, {30, 2}, {30, 4}};
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int kind = 0; kind < ROW_KINDS; kind++)
    for (int shape = 0; shape < 4; shape++) {
      fixture f;
      double objective;
      setup(
          &f,
          random_batch(rng, (row_kind)kind, shapes[shape][0], shapes[shape][1]),
          0, 1, NULL);
      ck_assert_int_lt(steps_to(&f, specs[_i], 1e-6, 20000, &objective), 20000);
      teardown(&f);
    }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(without_fairness_nothing_is_extrapolated) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  for (int reverse = 0; reverse < 2; reverse++) {
    fixture f;
    solver_run plain, fast;
    setup(&f, random_batch(rng, FLAT, 9, 4), pair_of(reverse), 0, NULL);
    double *y = random_labels(rng, FLAT, 9, 4);
    double other[9 * 4];
    memcpy(other, y, sizeof other);
    ck_assert(begin_run(&plain, "em", &f.objective, y));
    ck_assert(begin_run(&fast, specs[_i], &f.objective, other));
    next_step(&plain, y);
    next_step(&fast, other);
    ck_assert_mem_eq(y, other, sizeof other);
    end_run(&plain);
    end_run(&fast);
    free(y);
    teardown(&f);
  }
  gsl_rng_free(rng);
}
END_TEST

START_TEST(threads_do_not_change_a_bit) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const size_t rows = 3000, classes = 7,
               bytes = rows * classes * sizeof(double);
  double *results[3];
  fixture f;
  setup(&f, random_batch(rng, FLAT, rows, classes), 0, 1, NULL);
  for (int t = 0; t < 3; t++) {
    solver_run run;
    f.objective.threads = t + 1;
    results[t] = malloc(bytes);
    ys_start_uniform(&f.objective, results[t]);
    ck_assert(begin_run(&run, specs[_i], &f.objective, results[t]));
    for (int i = 0; i < 12; i++)
      next_step(&run, results[t]);
    end_run(&run);
    ck_assert_mem_eq(results[t], results[0], bytes);
  }
  for (int t = 0; t < 3; t++)
    free(results[t]);
  teardown(&f);
  gsl_rng_free(rng);
}
END_TEST

START_TEST(options_are_checked) {
  static const char *const wrong[] = {"em:accel=fast", "em:memory=0",
                                      "em:accel=anderson,memory=11",
                                      "em:memory=2.5"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    const ys_solver *solver;
    ys_options options;
    ys_error error = {0};
    ck_assert_int_eq(ys_solver_parse(wrong[i], &solver, &options, &error),
                     YS_BAD_INPUT);
    ck_assert_ptr_nonnull(
        strstr(error.text, strstr(wrong[i], "memory") ? "memory" : "accel"));
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("accel");
  TCase *maps = tcase_create("maps"), *runs = tcase_create("runs");
  tcase_add_test(maps, squarem_ends_a_geometric_sequence);
  tcase_add_test(maps, anderson_ends_a_linear_sequence);
  tcase_add_loop_test(runs, every_step_descends_and_keeps_mass, 0, SPECS);
  tcase_add_loop_test(runs, a_fifth_of_the_maps, 0, SPECS);
  tcase_add_loop_test(runs, planted_optima_are_found, 0, SPECS);
  tcase_add_loop_test(runs, hard_batches_are_solved, 0, SPECS);
  tcase_add_loop_test(runs, without_fairness_nothing_is_extrapolated, 0, SPECS);
  tcase_add_loop_test(runs, threads_do_not_change_a_bit, 0, SPECS);
  tcase_add_test(runs, options_are_checked);
  suite_add_tcase(suite, maps);
  suite_add_tcase(suite, runs);
  return run_suite(suite);
}
