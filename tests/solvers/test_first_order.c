/* pgd and md: their steps against the formulas written out for collision with
 * strong fairness, and what is particular to each. */
#include "problems/problem.h"
#include "tests/support/simplex.h"
#include "tests/support/solver_run.h"

enum { ROWS = 12, CLASSES = 4, SIZE = ROWS * CLASSES, COLLISION_STRONG = 0 };

static gsl_rng *rng;

static void make_rng(void) {
  rng = gsl_rng_alloc(gsl_rng_mt19937);
}

static void drop_rng(void) {
  gsl_rng_free(rng);
}

/* ------------------------------------------------- steps written out ---- */

static void gradient_at(const fixture *f, const double *y, double *g) {
  const ys_objective *o = &f->objective;
  real mean[MOST_CLASSES];
  reference_means(o, y, mean);
  for (size_t i = 0; i < ROWS; i++) {
    const double *sigma = f->batch.sigma + i * CLASSES;
    real x = 0;
    for (size_t k = 0; k < CLASSES; k++)
      x += (real)sigma[k] * y[i * CLASSES + k];
    for (size_t k = 0; k < CLASSES; k++)
      g[i * CLASSES + k] =
          (double)-(sigma[k] / x + o->lambda * o->prior[k] / mean[k]);
  }
}

/* y = Proj(from - eta * gradient at `from`) */
static void projected(const fixture *f, const double *from, double eta,
                      double *y) {
  double g[SIZE];
  gradient_at(f, from, g);
  for (size_t e = 0; e < SIZE; e++)
    y[e] = from[e] - eta * g[e];
  for (size_t i = 0; i < ROWS; i++)
    ys_simplex_project(y + i * CLASSES, y + i * CLASSES, CLASSES);
}

/* z <- z exp(-eta * gradient at `from`), rows normalised. */
static void multiplied(const fixture *f, const double *from, double eta,
                       double *z) {
  double g[SIZE];
  gradient_at(f, from, g);
  for (size_t i = 0; i < SIZE; i += CLASSES) {
    real sum = 0, row[CLASSES];
    for (size_t k = 0; k < CLASSES; k++)
      sum += row[k] = z[i + k] * expl(-eta * (real)g[i + k]);
    for (size_t k = 0; k < CLASSES; k++)
      z[i + k] = (double)(row[k] / sum);
  }
}

/* a = (1 - w) a + w b */
static void mix(double *a, const double *b, double w) {
  for (size_t e = 0; e < SIZE; e++)
    a[e] += w * (b[e] - a[e]);
}

/* The reference's state: y, the iterate before it, the centre z, and FISTA's t
 * = 1 / theta. */
typedef struct state {
  double y[SIZE], last[SIZE], z[SIZE], t;
} state;

typedef void reference_step(const fixture *f, double eta, state *s);

static void projected_step(const fixture *f, double eta, state *s) {
  memcpy(s->last, s->y, sizeof s->y);
  projected(f, s->last, eta, s->y);
}

static void multiplied_step(const fixture *f, double eta, state *s) {
  memcpy(s->last, s->y, sizeof s->y);
  multiplied(f, s->last, eta, s->y);
}

/* Beck and Teboulle 2009, (4.1) to (4.3). */
static void fista_step(const fixture *f, double eta, state *s) {
  double next[SIZE], t = (1 + sqrt(1 + 4 * s->t * s->t)) / 2;
  projected(f, s->z, eta, next);
  for (size_t e = 0; e < SIZE; e++)
    s->z[e] = next[e] + (s->t - 1) / t * (next[e] - s->y[e]);
  memcpy(s->y, next, sizeof next);
  s->t = t;
}

/* Hanzely, Richtarik and Xiao 2021, Algorithm 1 with exponent 2. */
static void bregman_step(const fixture *f, double eta, state *s) {
  double theta = 1 / s->t, u[SIZE];
  memcpy(u, s->y, sizeof u);
  mix(u, s->z, theta);
  multiplied(f, u, eta / theta, s->z);
  mix(s->y, s->z, theta);
  s->t = (1 + sqrt(1 + 4 * s->t * s->t)) / 2;
}

typedef struct scheme {
  const char *format;
  reference_step *step;
} scheme;

static const scheme schemes[] = {
    {"pgd:step=%g", projected_step},
    {"md:step=%g", multiplied_step},
    {"pgd:step=%g,accel=1", fista_step},
    {"md:step=%g,accel=1", bregman_step},
};

START_TEST(fixed_steps_follow_their_formulas) {
  const double etas[] = {1e-3, 0.05, 0.1};
  int compared = 0;
  for (int round = 0; round < 30; round++) {
    fixture f;
    state s = {.t = 1};
    char spec[64];
    double prior[CLASSES], y[SIZE];
    flat_row(rng, prior, CLASSES);
    setup(&f, random_batch(rng, FLAT, ROWS, CLASSES), COLLISION_STRONG, 0.5,
          prior);
    double eta = etas[round % 3];
    for (size_t i = 0; i < SIZE; i += CLASSES)
      flat_row(rng, y + i, CLASSES);
    memcpy(s.y, y, sizeof y);
    memcpy(s.z, y, sizeof y);
    snprintf(spec, sizeof spec, schemes[_i].format, eta);
    solver_run run;
    ck_assert(begin_run(&run, spec, &f.objective, y));
    for (int step = 0; step < 10; step++) {
      real before = reference_value(&f.objective, s.y);
      schemes[_i].step(&f, eta, &s);
      if (reference_value(&f.objective, s.y) > before)
        break; /* a restart */
      ck_assert_int_eq(next_step(&run, y), YS_STEP_ON);
      for (size_t e = 0; e < SIZE; e++)
        ck_assert_double_eq_tol(y[e], s.y[e], 1e-11);
      compared++;
    }
    end_run(&run);
    teardown(&f);
  }
  ck_assert_int_gt(compared, 250);
}
END_TEST

/* --------------------------------------------------- leaving the domain ----
 */

/* A step so long that every row goes to its first class. */
START_TEST(a_step_out_of_the_domain_is_undone) {
  const char *specs[] = {"pgd:step=1e6", "pgd:step=1e6,accel=1"};
  fixture f;
  double y[SIZE], before[SIZE];
  solver_run run;
  setup(&f, random_batch(rng, FLAT, ROWS, CLASSES), COLLISION_STRONG, 1, NULL);
  for (size_t i = 0; i < SIZE; i += CLASSES) {
    const double row[] = {0.94, 0.02, 0.02, 0.02};
    memcpy(f.batch.sigma + i, row, sizeof row);
  }
  ys_start_uniform(&f.objective, y);
  memcpy(before, y, sizeof y);
  ck_assert(begin_run(&run, specs[_i], &f.objective, y));
  ck_assert_int_eq(next_step(&run, y), YS_STEP_FAILED);
  ck_assert_int_eq(run.error.code, YS_BAD_NUMERICS);
  ck_assert_ptr_nonnull(strstr(run.error.text, "step=1e+06 is too long"));
  ck_assert_ptr_nonnull(strstr(run.error.text, "column 1"));
  ck_assert_mem_eq(y, before, sizeof y);
  end_run(&run);
  teardown(&f);
}
END_TEST

/* The same start, with steps that are searched for. */
START_TEST(searched_steps_stay_in_the_domain) {
  const char *specs[] = {"pgd", "pgd:step=bb", "pgd:accel=1", "md",
                         "md:accel=1"};
  fixture f;
  double y[SIZE];
  solver_run run;
  setup(&f, random_batch(rng, FLAT, ROWS, CLASSES), COLLISION_STRONG, 1, NULL);
  for (size_t i = 0; i < SIZE; i += CLASSES) {
    const double row[] = {1, 0, 0, 0};
    memcpy(f.batch.sigma + i, row, sizeof row);
  }
  ys_start_uniform(&f.objective, y);
  ck_assert(begin_run(&run, specs[_i], &f.objective, y));
  for (int step = 0; step < 500; step++) {
    ck_assert_int_ne(next_step(&run, y), YS_STEP_FAILED);
    ck_assert(isfinite(judge_run(&run, &f, y).objective));
  }
  ck_assert_double_le(judge_run(&run, &f, y).gap, 1e-9);
  end_run(&run);
  teardown(&f);
}
END_TEST

/* ------------------------------------------------------ at the optimum ---- */

/* Without fairness the optimum is a vertex, which projection reaches: the next
 * step has nowhere to go, says so, and leaves y as it is. */
START_TEST(stalls_at_a_vertex) {
  const char *specs[] = {"pgd", "pgd:step=bb", "pgd:step=2", "pgd:accel=1",
                         "pgd:step=2,accel=1"};
  fixture f;
  double y[SIZE], before[SIZE];
  solver_run run;
  ys_step step = YS_STEP_ON;
  setup(&f, random_batch(rng, FLAT, ROWS, CLASSES), COLLISION_STRONG, 0, NULL);
  ys_start_uniform(&f.objective, y);
  ck_assert(begin_run(&run, specs[_i], &f.objective, y));
  for (int i = 0; i < 2000 && step == YS_STEP_ON; i++) {
    memcpy(before, y, sizeof y);
    step = next_step(&run, y);
  }
  ck_assert_int_eq(step, YS_STEP_STALLED);
  ck_assert_mem_eq(y, before, sizeof y);
  ck_assert_double_le(judge_run(&run, &f, y).gap, 1e-13);
  end_run(&run);
  teardown(&f);
}
END_TEST

/* The last digits of F do not stop a search: the certificate, which is of first
 * order in the error where F is of second, becomes small. */
START_TEST(searches_go_on_below_the_rounding_of_f) {
  const char *specs[] = {"pgd", "pgd:step=bb", "pgd:accel=1", "md",
                         "md:accel=1"};
  for (int round = 0; round < 20; round++) {
    fixture f;
    double y[SIZE];
    solver_run run;
    double best = INFINITY;
    setup(&f, random_batch(rng, FLAT, ROWS, CLASSES), COLLISION_STRONG, 10,
          NULL);
    ys_start_uniform(&f.objective, y);
    ck_assert(begin_run(&run, specs[_i], &f.objective, y));
    for (int step = 0; step < 20000 && best > 1e-11; step++) {
      ck_assert_int_ne(next_step(&run, y), YS_STEP_FAILED);
      best = fmin(best, judge_run(&run, &f, y).gap);
    }
    ck_assert_double_le(best, 1e-11);
    end_run(&run);
    teardown(&f);
  }
}
END_TEST

/* ------------------------------------------------------ what is md's own ----
 */

static const char *const entropic[] = {"md", "md:accel=1", "md:step=3",
                                       "md:step=0.1,accel=1"};

START_TEST(zeros_of_the_start_stay) {
  fixture f;
  solver_run run;
  setup(&f, random_batch(rng, ZEROS, ROWS, CLASSES), COLLISION_STRONG, 1, NULL);
  double y[SIZE];
  ys_start_sigma(&f.objective, y);
  ck_assert(begin_run(&run, entropic[_i], &f.objective, y));
  for (int step = 0; step < 100; step++) {
    ck_assert_int_ne(next_step(&run, y), YS_STEP_FAILED);
    for (size_t e = 0; e < SIZE; e++)
      ck_assert((y[e] == 0) == (f.batch.sigma[e] == 0));
  }
  end_run(&run);
  teardown(&f);
}
END_TEST

/* Rows that start next to a vertex, most of them the wrong one, leave it. (From
 * 1e-200 one start in five ends in a stall: while such an entry grows to where
 * F can show it, no step does better than rounding.) */
START_TEST(tiny_entries_come_back) {
  fixture f;
  double y[SIZE], best = INFINITY;
  solver_run run;
  setup(&f, random_batch(rng, FLAT, ROWS, CLASSES), COLLISION_STRONG, 1, NULL);
  for (size_t i = 0; i < ROWS; i++)
    for (size_t k = 0; k < CLASSES; k++)
      y[i * CLASSES + k] = k == i % CLASSES ? 1 : 1e-30;
  ck_assert(begin_run(&run, entropic[_i], &f.objective, y));
  for (int step = 0; step < 20000 && best > 1e-5; step++) {
    next_step(&run, y);
    best = fmin(best, judge_run(&run, &f, y).gap);
  }
  ck_assert_double_le(best, 1e-5);
  end_run(&run);
  teardown(&f);
}
END_TEST

/* The class that a row should go to has an entry so small that, next to it,
 * those that make up the row would underflow. */
START_TEST(entries_below_the_floor_do_not_make_up_a_row) {
  fixture f;
  double y[SIZE] = {0};
  solver_run run;
  setup(&f, random_batch(rng, FLAT, ROWS, CLASSES), COLLISION_STRONG, 1, NULL);
  memset(f.batch.sigma, 0, sizeof y);
  for (size_t i = 0; i < ROWS; i++) {
    const size_t held = i * CLASSES + i % CLASSES;
    const size_t best = i * CLASSES + (i + 1) % CLASSES;
    f.batch.sigma[held] = 1e-200;
    f.batch.sigma[best] = 1;
    y[held] = 1;
    y[best] = 1e-310;
  }
  ck_assert(begin_run(&run, entropic[_i], &f.objective, y));
  ck_assert_int_eq(next_step(&run, y), YS_STEP_ON);
  ck_assert_double_le(judge_run(&run, &f, y).row_sum_error, 1e-12);
  for (size_t i = 0; i < ROWS; i++)
    ck_assert_double_ge(y[i * CLASSES + (i + 1) % CLASSES], 1e-153);
  end_run(&run);
  teardown(&f);
}
END_TEST

/* ------------------------------------------------------------- options ---- */

/* Momentum leads out of the simplex, where the model's minimum may lie above F:
 * steps that it allows must not be shortened for that. */
START_TEST(momentum_keeps_its_pace) {
  double *y = malloc(10000 * sizeof *y), gap;
  ys_batch batch;
  fixture f;
  solver_run run;
  ck_assert_int_eq(ys_problem_make("dirichlet:M=5000,K=2", 1, &batch, NULL),
                   YS_OK);
  setup(&f, batch, YS_COLLISION * YS_FAIRNESSES + YS_STRONG, 1, NULL);
  ys_start_uniform(&f.objective, y);
  ck_assert(begin_run(&run, "pgd:accel=1", &f.objective, y));
  for (int step = 0; step < 8; step++)
    ck_assert_int_eq(next_step(&run, y), YS_STEP_ON);
  gap = judge_run(&run, &f, y).gap;
  ck_assert_msg(gap < 4e-6, "gap %g", gap); /* 1.4e-6; 9.6e-6 if shortened */
  end_run(&run);
  teardown(&f);
  free(y);
}
END_TEST

/* Three rows, eight classes, little fairness: a projected step empties some
 * class, whose weak fairness is finite but has no finite slope. */
START_TEST(classes_next_to_empty_do_not_keep_gaps_open) {
  static const char *const specs[] = {"pgd", "pgd:step=bb", "pgd:accel=1"};
  for (int seed = 1; seed <= 10; seed++) {
    char spec[64];
    ys_batch batch;
    fixture f;
    solver_run run;
    double y[24], gap = INFINITY;
    snprintf(spec, sizeof spec, "dirichlet:M=3,K=8,seed=%d", seed);
    ck_assert_int_eq(ys_problem_make(spec, 1, &batch, NULL), YS_OK);
    setup(&f, batch, YS_COLLISION * YS_FAIRNESSES + YS_WEAK, 0.1, NULL);
    ys_start_uniform(&f.objective, y);
    ck_assert(begin_run(&run, specs[_i], &f.objective, y));
    for (int step = 0; step < 20000 && gap > 1e-6; step++) {
      ck_assert_int_eq(next_step(&run, y), YS_STEP_ON);
      gap = judge_run(&run, &f, y).gap;
    }
    ck_assert_msg(gap <= 1e-6, "%s, %s: gap %g", specs[_i], spec, gap);
    end_run(&run);
    teardown(&f);
  }
}
END_TEST

/* A first step leaves a class next to nothing, where the gradient is of another
 * order altogether, or the optimum has next to nothing of it. */
START_TEST(steps_of_any_order_are_found) {
  static const struct {
    const char *spec, *problem;
    ys_fairness fairness;
    double lambda, last; /* prior of the last class of two; 0 is uniform */
  } cases[] = {{"md", "dirichlet:M=200,K=2", YS_STRONG, 100, 1e-6},
               {"md", "dirichlet:M=2000,K=2", YS_STRONG, 100, 1e-6},
               {"pgd", "dirichlet:M=1,K=6", YS_WEAK, 1e-4, 0},
               {"pgd", "dirichlet:M=1,K=4,seed=3", YS_WEAK, 1e-6, 0},
               {"pgd:accel=1", "dirichlet:M=1,K=6", YS_WEAK, 1e-4, 0},
               {"md", "dirichlet:M=1,K=6", YS_WEAK, 1e-4, 0}};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    ys_batch batch;
    fixture f;
    solver_run run;
    const double prior[] = {1 - cases[c].last, cases[c].last};
    double gap = INFINITY;
    ck_assert_int_eq(ys_problem_make(cases[c].problem, 1, &batch, NULL), YS_OK);
    setup(&f, batch, YS_COLLISION * YS_FAIRNESSES + (int)cases[c].fairness,
          cases[c].lambda, cases[c].last > 0 ? prior : NULL);
    double *y = malloc(batch.rows * batch.classes * sizeof *y);
    ys_start_uniform(&f.objective, y);
    ck_assert(begin_run(&run, cases[c].spec, &f.objective, y));
    for (int step = 0; step < 3000 && gap > 1e-9; step++) {
      ck_assert_int_ne(next_step(&run, y), YS_STEP_FAILED);
      gap = judge_run(&run, &f, y).gap;
    }
    ck_assert_msg(gap <= 1e-9, "%s, %s: gap %g", cases[c].spec,
                  cases[c].problem, gap);
    end_run(&run);
    free(y);
    teardown(&f);
  }
}
END_TEST

START_TEST(spectral_steps_take_no_momentum) {
  fixture f;
  double y[SIZE];
  solver_run run;
  setup(&f, random_batch(rng, FLAT, ROWS, CLASSES), COLLISION_STRONG, 1, NULL);
  ck_assert(!begin_run(&run, "pgd:step=bb,accel=1", &f.objective, y));
  ck_assert_ptr_nonnull(strstr(run.error.text, "step=bb"));
  ck_assert_ptr_nonnull(strstr(run.error.text, "momentum"));
  teardown(&f);
}
END_TEST

START_TEST(bad_options_are_refused) {
  const char *specs[] = {"pgd:step=0",  "pgd:step=-1",   "pgd:step=bbb",
                         "pgd:accel=2", "pgd:accel=0.5", "pgd:stepp=1",
                         "md:step=0",   "md:step=bb",    "md:accel=yes"};
  const ys_solver *solver;
  ys_options options;
  ys_error error;
  for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
    ck_assert_int_eq(ys_solver_parse(specs[i], &solver, &options, &error),
                     YS_BAD_INPUT);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("first_order");
  TCase *tests = tcase_create("first_order");
  tcase_set_timeout(tests, 60);
  tcase_add_checked_fixture(tests, make_rng, drop_rng);
  tcase_add_loop_test(tests, fixed_steps_follow_their_formulas, 0, 4);
  tcase_add_loop_test(tests, a_step_out_of_the_domain_is_undone, 0, 2);
  tcase_add_loop_test(tests, searched_steps_stay_in_the_domain, 0, 5);
  tcase_add_loop_test(tests, stalls_at_a_vertex, 0, 5);
  tcase_add_loop_test(tests, searches_go_on_below_the_rounding_of_f, 0, 5);
  tcase_add_loop_test(tests, zeros_of_the_start_stay, 0, 4);
  tcase_add_loop_test(tests, tiny_entries_come_back, 0, 4);
  tcase_add_loop_test(tests, entries_below_the_floor_do_not_make_up_a_row, 0,
                      4);
  tcase_add_loop_test(tests, classes_next_to_empty_do_not_keep_gaps_open, 0, 3);
  tcase_add_test(tests, momentum_keeps_its_pace);
  tcase_add_test(tests, steps_of_any_order_are_found);
  tcase_add_test(tests, spectral_steps_take_no_momentum);
  tcase_add_test(tests, bad_options_are_refused);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
