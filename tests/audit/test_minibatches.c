/* Mini-batches: rows drawn at random from the recorded batch that ships, at any
 * lambda, by every solver. Nothing infinite, no iterate off the simplex, no end
 * worse than an earlier iterate, no claim that another solver's bound or value
 * belies. Thousands more by `make soak`. */
#include "tests/support/audit_case.h"

#include "problems/problem.h"

enum { DRAWS = 36 };

static ys_batch recorded;

START_TEST(no_solver_breaks_a_law) {
  audit_case c;
  ck_assert(case_draw(&c, _i, &recorded, CASE_SIZES));
  audit_solvers(&c, NULL);
  case_free(&c);
}
END_TEST

int main(void) {
  char spec[1000];
  const char *source = getenv("YSTEP_SOURCE");
  snprintf(spec, sizeof spec, "file:path=%s/bench/data/cifar10_lenet5_3000.npy",
           source ? source : ".");
  if (ys_problem_make(spec, 1, &recorded, NULL))
    return EXIT_FAILURE;
  Suite *suite = suite_create("minibatches");
  TCase *draws = tcase_create("draws");
  tcase_add_loop_test(draws, no_solver_breaks_a_law, 1, DRAWS + 1);
  suite_add_tcase(suite, draws);
  int status = run_suite(suite);
  ys_batch_free(&recorded);
  return status;
}
