/* What every Check suite here shares: running one suite as a program, and small
 * helpers for comparing and for making random data. */
#ifndef TESTING_H
#define TESTING_H

#include <check.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>

/* Run one suite; the exit status for main. Tests run one after the other in
 * processes of their own unless CK_FORK=no. */
static inline int run_suite(Suite *suite) {
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* |a - b| <= tolerance * (1 + |b|), with the values in the message. */
#define assert_close(a, b, tolerance)                                          \
  do {                                                                         \
    double a_ = (a), b_ = (b), t_ = (tolerance);                               \
    ck_assert_msg(fabs(a_ - b_) <= t_ * (1 + fabs(b_)),                        \
                  "%s = %.17g, %s = %.17g, tolerance %g", #a, a_, #b, b_, t_); \
  } while (0)

#endif
