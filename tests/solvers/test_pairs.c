/* The program over moves between pairs of classes: its optimality conditions on
 * random programs, well and badly scaled. */
#include "solvers/fw/pairs.h"
#include "tests/support/testing.h"

#include <string.h>

enum { CLASSES = 6, PAIRS = 40 };

static void random_pair(gsl_rng *rng, double flattest, ys_pair *p) {
  p->to = (uint32_t)gsl_rng_uniform_int(rng, CLASSES);
  p->from =
      (p->to + 1 + (uint32_t)gsl_rng_uniform_int(rng, CLASSES - 1)) % CLASSES;
  p->gain = 4 * gsl_rng_uniform(rng) - 2;
  p->curvature = pow(flattest, gsl_rng_uniform(rng));
  p->low = -gsl_rng_uniform(rng);
  p->high = gsl_rng_uniform(rng);
  if (gsl_rng_uniform_int(rng, 8) == 0)
    p->low = p->high = 0; /* cannot move */
}

static void random_program(gsl_rng *rng, double flattest, ys_pairs *pairs) {
  pairs->count = gsl_rng_uniform_int(rng, PAIRS + 1);
  for (size_t j = 0; j < pairs->count; j++)
    random_pair(rng, flattest, &pairs->pair[j]);
  for (size_t k = 0; k < CLASSES; k++)
    pairs->stiffness[k] = exp(6 * gsl_rng_uniform(rng) - 3);
}

/* Forces on the classes, h w, at the masses found. */
static void forces(const ys_pairs *pairs, double *force) {
  memset(force, 0, CLASSES * sizeof *force);
  for (size_t j = 0; j < pairs->count; j++) {
    force[pairs->pair[j].to] += pairs->pair[j].mass;
    force[pairs->pair[j].from] -= pairs->pair[j].mass;
  }
  for (size_t k = 0; k < CLASSES; k++)
    force[k] *= pairs->stiffness[k];
}

/* What the objective falls by, to first order, for a unit more of mass. */
static double descent(const ys_pair *p, const double *force) {
  return p->gain - p->curvature * p->mass - force[p->to] + force[p->from];
}

/* Test number i is of programs whose flattest curvature is 10^-2i. */
START_TEST(optimality_conditions_hold) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  const double small = 1e-3; /* gains are up to 2 */
  ys_memory memory = {0};
  ys_pairs pairs;
  double force[CLASSES];
  ys_pairs_init(&pairs, &memory, PAIRS, CLASSES);
  ck_assert_int_eq(ys_memory_check(&memory, NULL), YS_OK);
  for (int round = 0; round < 400; round++) {
    random_program(rng, pow(10, -2 * _i), &pairs);
    ys_pairs_solve(&pairs);
    forces(&pairs, force);
    for (size_t j = 0; j < pairs.count; j++) {
      const ys_pair *p = &pairs.pair[j];
      double gain = descent(p, force);
      ck_assert(p->low <= p->mass && p->mass <= p->high);
      ck_assert_msg(p->mass >= p->high || gain <= small,
                    "round %d: pair %zu could gain %g", round, j, gain);
      ck_assert_msg(p->mass <= p->low || gain >= -small,
                    "round %d: pair %zu could lose %g", round, j, gain);
    }
  }
  ys_give_back(&memory);
  gsl_rng_free(rng);
}
END_TEST

/* Where curvatures are so small that the program is nearly linear, the bounded
 * number of iterations may not be enough; bounds hold all the same. */
START_TEST(bounds_hold_in_flat_programs) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  ys_memory memory = {0};
  ys_pairs pairs;
  ys_pairs_init(&pairs, &memory, PAIRS, CLASSES);
  ck_assert_int_eq(ys_memory_check(&memory, NULL), YS_OK);
  for (int round = 0; round < 400; round++) {
    random_program(rng, 1e-14, &pairs);
    ys_pairs_solve(&pairs);
    for (size_t j = 0; j < pairs.count; j++) {
      const ys_pair *p = &pairs.pair[j];
      ck_assert(p->low <= p->mass && p->mass <= p->high);
    }
  }
  ys_give_back(&memory);
  gsl_rng_free(rng);
}
END_TEST

START_TEST(one_pair_is_a_quotient) {
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
  ys_memory memory = {0};
  ys_pairs pairs;
  ys_pairs_init(&pairs, &memory, PAIRS, CLASSES);
  ck_assert_int_eq(ys_memory_check(&memory, NULL), YS_OK);
  for (int round = 0; round < 400; round++) {
    random_program(rng, 1e-3, &pairs);
    pairs.count = 1;
    ys_pair *p = &pairs.pair[0];
    random_pair(rng, 1e-3, p);
    double stiff = pairs.stiffness[p->to] + pairs.stiffness[p->from];
    ys_pairs_solve(&pairs);
    assert_close(p->mass,
                 fmin(fmax(p->gain / (p->curvature + stiff), p->low), p->high),
                 1e-4);
  }
  ys_give_back(&memory);
  gsl_rng_free(rng);
}
END_TEST

START_TEST(no_pairs_are_no_work) {
  ys_memory memory = {0};
  ys_pairs pairs;
  ys_pairs_init(&pairs, &memory, 1, 2);
  ck_assert_int_eq(ys_memory_check(&memory, NULL), YS_OK);
  pairs.stiffness[0] = pairs.stiffness[1] = 1;
  ys_pairs_solve(&pairs);
  ck_assert_double_eq(pairs.force[0], 0);
  ck_assert_double_eq(pairs.force[1], 0);
  ys_give_back(&memory);
  ys_give_back(&memory);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("pairs");
  TCase *tests = tcase_create("programs");
  tcase_add_loop_test(tests, optimality_conditions_hold, 0, 2);
  tcase_add_test(tests, bounds_hold_in_flat_programs);
  tcase_add_test(tests, one_pair_is_a_quotient);
  tcase_add_test(tests, no_pairs_are_no_work);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
